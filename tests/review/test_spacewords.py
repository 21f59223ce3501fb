"""Header spaces said with holes mean what the plain list of prefixes means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segfw.review.spacewords import address_words, blocks, space_words
from segfw.sets.addresses import AddressSet, Family, parse_prefix
from segfw.sets.headerspace import HeaderSpace, Service
from tests.making import ports, prefixes
from tests.strategies import PREFIXES_4

TCP = 6


def held(*texts: str) -> AddressSet:
    return AddressSet.of(Family.IPV4, prefixes(*texts))


def on_22(addresses: AddressSet) -> HeaderSpace:
    return HeaderSpace.of(Service.of_ports(TCP, *ports((22, 22))), addresses)


def test_a_network_with_a_hole_is_said_as_such() -> None:
    space = on_22(held("10.0.0.0/8") - held("10.1.2.3/32"))

    assert space_words(space) == "tcp 22: 10.0.0.0/8 (but for 10.1.2.3/32)"


def test_what_has_no_holes_is_said_as_prefixes() -> None:
    assert space_words(on_22(held("10.0.0.0/24", "10.0.2.0/24"))) == (
        "tcp 22: 10.0.0.0/24, 10.0.2.0/24"
    )


def test_the_empty_space_is_nothing() -> None:
    assert space_words(HeaderSpace(Family.IPV4)) == "nothing"


@given(st.lists(PREFIXES_4, max_size=6), st.lists(PREFIXES_4, max_size=6))
def test_blocks_with_their_holes_are_the_set_and_never_longer_than_its_prefixes(wide, out) -> None:
    wanted = AddressSet.of(Family.IPV4, wide) - AddressSet.of(Family.IPV4, out)
    found = blocks(wanted)

    said = AddressSet.union(
        Family.IPV4,
        (
            AddressSet.of(Family.IPV4, [block]) - AddressSet.of(Family.IPV4, holes)
            for block, holes in found
        ),
    )
    assert said.held == wanted.held
    assert sum(1 + len(holes) for _, holes in found) <= len(wanted.prefixes())


def test_references_stand_behind_what_is_said_with_holes() -> None:
    family = Family.IPV4
    whole = AddressSet.whole(family)
    hole = AddressSet.of(family, [parse_prefix("10.1.0.0/16")])

    assert address_words(whole) == "0.0.0.0/0"
    assert address_words(whole - hole) == "0.0.0.0/0 (but for 10.1.0.0/16), every reference"
    assert address_words(hole | AddressSet.atom(family, "list:pl-1")) == "10.1.0.0/16, list:pl-1"
    assert address_words(AddressSet.atom(family, "list:pl-1")) == "list:pl-1"
