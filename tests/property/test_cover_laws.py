"""The laws of covers: what is exact changes no meaning, what is a superset adds only what it may."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segfw.cover import Box, exact, union_space
from segfw.cover.superset import superset
from segfw.sets.addresses import AddressSet, Family, Prefix, collapse, parse_prefix
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange

V4 = Family.IPV4
NOTHING = HeaderSpace(V4)
PORTS = (22, 25, 80, 81, 82, 83, 1023, 1024, 65535)


@st.composite
def boxes(draw) -> Box:
    """Boxes that touch, nest and overlap: a small block of addresses, neighbouring ports."""
    length = draw(st.integers(28, 32))
    block = 1 << (32 - length)
    first = (10 << 24) + draw(st.integers(0, 15)) // block * block
    ports = sorted((draw(st.sampled_from(PORTS)), draw(st.sampled_from(PORTS))))
    return Box(draw(st.sampled_from((6, 17))), PortRange(*ports), Prefix(V4, first, length))


several = st.lists(boxes(), max_size=6)


@given(several)
def test_an_exact_cover_is_the_same_space(held) -> None:
    space = union_space(V4, held)

    assert union_space(V4, exact(space)) == space


@given(several)
def test_an_exact_cover_has_no_box_inside_another(held) -> None:
    found = exact(union_space(V4, held))

    assert not [(a, b) for a in found for b in found if a != b and a.holds(b)]


@given(several)
def test_an_exact_cover_never_has_more_boxes_than_each_port_alone(held) -> None:
    space = union_space(V4, held)
    alone = sum(len(addresses.prefixes()) for _, addresses in space.boxes())

    assert len(exact(space)) <= alone


@given(st.lists(boxes(), min_size=1, max_size=6))
def test_of_one_port_the_cover_is_the_collapsed_list(held) -> None:
    service = Service.of_ports(6, PortRange(25, 25))
    space = HeaderSpace.of(service, AddressSet.of(V4, [box.prefix for box in held]))

    assert [box.prefix for box in exact(space)] == list(collapse(box.prefix for box in held))


def joined(held, budget, forbidden=None):
    return superset(union_space(V4, held), budget, NOTHING, forbidden or NOTHING)


@given(several, st.integers(0, 6))
def test_a_superset_holds_everything(held, budget) -> None:
    assert not union_space(V4, held) - union_space(V4, joined(held, budget))


@given(several, st.integers(2, 6))
def test_where_all_may_be_added_a_superset_keeps_its_budget(held, budget) -> None:
    # One box to a protocol is always possible, and there are two.
    assert len(joined(held, budget)) <= budget


@given(several)
def test_a_superset_that_fits_is_the_exact_cover(held) -> None:
    cover = exact(union_space(V4, held))

    assert joined(held, len(cover)) == cover


@given(several, st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_superset_does_not_depend_on_order(held, budget, random) -> None:
    shuffled = list(held)
    random.shuffle(shuffled)

    assert joined(shuffled, budget) == joined(held, budget)


@given(several, st.integers(0, 3), boxes())
def test_a_superset_never_adds_what_is_forbidden(held, budget, kept_out) -> None:
    forbidden = kept_out.space() - union_space(V4, held)

    assert not union_space(V4, joined(held, budget, forbidden)) & forbidden


@given(several)
def test_a_superset_adds_nothing_where_nothing_may_be_added(held) -> None:
    everything = HeaderSpace.of(Service.everything(), AddressSet.whole(V4))
    found = joined(held, 0, everything)

    assert union_space(V4, found) == union_space(V4, held)


@given(st.lists(boxes(), min_size=1, max_size=6), st.integers(1, 2))
def test_what_is_free_costs_nothing(held, budget) -> None:
    """Where everything is decided elsewhere but the boxes' own ports, one box will do."""
    space = union_space(V4, [box._replace(protocol=6) for box in held])
    around = HeaderSpace.of(Service.of_protocol(6), AddressSet.whole(V4))
    apart = HeaderSpace.union(
        V4,
        (
            (Service(first, last), AddressSet.whole(V4))
            for first, last, _ in (around - full_rows(space)).slices
        ),
    )
    found = superset(space, budget, apart, NOTHING)

    assert not space - union_space(V4, found)


def full_rows(space: HeaderSpace) -> HeaderSpace:
    """Every address at the ports where the space has any."""
    whole = AddressSet.whole(V4)
    return HeaderSpace.union(V4, ((Service(a, b), whole) for a, b, _ in space.slices))


def test_a_range_may_run_over_ports_that_are_decided_elsewhere() -> None:
    peers = AddressSet.of(V4, [parse_prefix("10.0.0.0/24")])
    below, above = (
        HeaderSpace.of(Service.of_ports(6, PortRange(*p)), peers) for p in ((80, 81), (83, 84))
    )
    denied = HeaderSpace.of(Service.of_ports(6, PortRange(82, 82)), AddressSet.whole(V4))

    assert exact(below | above, denied) == (Box(6, PortRange(80, 84), parse_prefix("10.0.0.0/24")),)
    assert exact(below, denied) == (Box(6, PortRange(80, 81), parse_prefix("10.0.0.0/24")),)


def test_neighbouring_ports_of_the_same_peers_are_one_box() -> None:
    both = [parse_prefix("10.0.0.0/24"), parse_prefix("10.2.0.0/24")]
    space = union_space(V4, (Box(6, PortRange(p, p), x) for p in (82, 83) for x in both))

    assert exact(space) == tuple(Box(6, PortRange(82, 83), x) for x in both)
