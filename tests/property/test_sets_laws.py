"""The laws of the sets, one to a test, against Python's own `set` and at the boundaries."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from segfw.sets import intervals
from segfw.sets.addresses import (
    ALL_ATOMS,
    NO_ATOMS,
    PRIVATE,
    WHOLE,
    AddressSet,
    Atoms,
    Family,
    Prefix,
    PrefixError,
    collapse,
    parse_prefix,
    prefixes_of,
)
from segfw.sets.headerspace import POINTS, HeaderSpace, Packet, Service
from segfw.sets.ports import ALL_PORTS, PortRange, PortSet

V4, V6 = Family.IPV4, Family.IPV6
UNIVERSE = 12
EDGES_4 = (0, 1, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1)
EDGES_6 = (0, 1, 2**127 - 1, 2**127, 2**128 - 2, 2**128 - 1)

small = st.lists(
    st.tuples(st.integers(0, UNIVERSE - 1), st.integers(0, UNIVERSE - 1)).map(
        lambda pair: (min(pair), max(pair))
    ),
    max_size=5,
)


def members(held) -> set[int]:
    """What an interval set holds, the slow and obvious way."""
    return {n for first, last in held for n in range(first, last + 1)}


class TestIntervals:
    @given(small)
    def test_canonical_holds_the_same_integers(self, held) -> None:
        assert members(intervals.canonical(held)) == members(held)

    @given(small)
    def test_canonical_is_sorted_disjoint_and_without_neighbours(self, held) -> None:
        for (_, last), (first, _) in pairwise(intervals.canonical(held)):
            assert last + 1 < first

    @given(small)
    def test_equal_sets_have_one_form(self, held) -> None:
        one_by_one = [(n, n) for n in sorted(members(held), reverse=True)]

        assert intervals.canonical(one_by_one) == intervals.canonical(held)

    @given(small, small)
    def test_union_is_pythons(self, left, right) -> None:
        found = intervals.union(intervals.canonical(left), intervals.canonical(right))

        assert found == intervals.canonical((n, n) for n in members(left) | members(right))

    @given(small, small)
    def test_intersection_is_pythons(self, left, right) -> None:
        found = intervals.intersection(intervals.canonical(left), intervals.canonical(right))

        assert found == intervals.canonical((n, n) for n in members(left) & members(right))

    @given(small, small)
    def test_difference_is_pythons(self, left, right) -> None:
        found = intervals.difference(intervals.canonical(left), intervals.canonical(right))

        assert found == intervals.canonical((n, n) for n in members(left) - members(right))

    @given(small)
    def test_size_counts(self, held) -> None:
        assert intervals.size(intervals.canonical(held)) == len(members(held))


def ports(held) -> PortSet:
    return PortSet.of(PortRange(first, last) for first, last in held)


edge_ports = st.sampled_from((0, 1, 1023, 1024, 65534, 65535))
port_sets = st.lists(
    st.tuples(edge_ports, edge_ports).map(lambda p: PortRange(min(p), max(p))), max_size=4
).map(PortSet.of)


class TestPortSet:
    @given(small, small)
    def test_union_is_pythons(self, left, right) -> None:
        assert ports(left) | ports(right) == PortSet.single(*(members(left) | members(right)))

    @given(small, small)
    def test_intersection_is_pythons(self, left, right) -> None:
        assert ports(left) & ports(right) == PortSet.single(*(members(left) & members(right)))

    @given(small, small)
    def test_difference_is_pythons(self, left, right) -> None:
        assert ports(left) - ports(right) == PortSet.single(*(members(left) - members(right)))

    @given(small)
    def test_containment_is_pythons(self, held) -> None:
        assert {n for n in range(UNIVERSE) if n in ports(held)} == members(held)

    @given(port_sets)
    def test_ranges_give_back_the_set(self, held) -> None:
        assert PortSet.of(held.ranges()) == held

    @given(port_sets)
    def test_a_set_and_what_it_lacks_are_all_ports(self, held) -> None:
        everything = PortSet.of([ALL_PORTS])

        assert held | (everything - held) == everything
        assert not held & (everything - held)

    @given(port_sets)
    def test_a_set_is_true_where_it_holds_a_port(self, held) -> None:
        assert bool(held) == (held.size() > 0)

    def test_neighbours_join_at_the_top(self) -> None:
        assert str(PortSet.of([PortRange(65535, 65535), PortRange(0, 65534)])) == "0-65535"

    @pytest.mark.parametrize("bounds", [(-1, 0), (2, 1), (0, 65536), (65536, 65536)])
    def test_a_range_outside_the_ports_is_refused(self, bounds) -> None:
        with pytest.raises(ValueError, match=r"is no port range"):
            PortRange(*bounds)


names = st.frozensets(st.sampled_from(("group:a", "group:b", "tag:c")), max_size=3)
atoms = st.builds(Atoms, names, st.booleans())
KNOWN = ("group:a", "group:b", "tag:c", "a name in none of them")


def plain(held: Atoms) -> set[str]:
    """The known names in a set of atoms; the last one stands for all others."""
    return {name for name in KNOWN if name in held}


class TestAtoms:
    @given(atoms, atoms)
    def test_union_is_pythons(self, left, right) -> None:
        assert plain(left | right) == plain(left) | plain(right)

    @given(atoms, atoms)
    def test_intersection_is_pythons(self, left, right) -> None:
        assert plain(left & right) == plain(left) & plain(right)

    @given(atoms, atoms)
    def test_difference_is_pythons(self, left, right) -> None:
        assert plain(left - right) == plain(left) - plain(right)

    @given(atoms)
    def test_complement_is_pythons(self, held) -> None:
        assert plain(~held) == set(KNOWN) - plain(held)

    @given(atoms, atoms)
    def test_equal_sets_are_equal_and_hash_equal(self, left, right) -> None:
        assert (left == right) == (plain(left) == plain(right))
        assert left != right or hash(left) == hash(right)

    @given(atoms)
    def test_a_set_is_true_where_it_holds_a_reference(self, held) -> None:
        assert bool(held) == bool(plain(held))


def edges(family: Family) -> st.SearchStrategy[int]:
    return st.sampled_from(EDGES_4 if family is V4 else EDGES_6)


@st.composite
def prefixes(draw, family: Family | None = None) -> Prefix:
    """Prefixes around the edges of a family: siblings, nested ones, the whole, one address."""
    family = family or draw(st.sampled_from(Family))
    bits = family.bits
    length = draw(st.sampled_from((0, 1, 2, bits // 2, bits - 2, bits - 1, bits)))
    block = 1 << (bits - length)
    return Prefix(family, draw(edges(family)) // block * block, length)


address_sets = st.builds(
    lambda held, named: AddressSet.of(V4, held) | AddressSet(V4, (), named),
    st.lists(prefixes(V4), max_size=4),
    atoms,
)


class TestAddressSet:
    @given(st.lists(prefixes(V4), max_size=4), st.lists(prefixes(V4), max_size=4))
    def test_union_is_of_all_prefixes(self, left, right) -> None:
        assert AddressSet.of(V4, left) | AddressSet.of(V4, right) == AddressSet.of(
            V4, [*left, *right]
        )

    @given(address_sets, address_sets)
    def test_union_is_commutative(self, left, right) -> None:
        assert left | right == right | left

    @given(address_sets, address_sets)
    def test_intersection_is_commutative(self, left, right) -> None:
        assert left & right == right & left

    @given(address_sets, address_sets, address_sets)
    def test_intersection_distributes_over_union(self, one, two, three) -> None:
        assert one & (two | three) == (one & two) | (one & three)

    @given(address_sets, address_sets)
    def test_difference_and_intersection_make_up_the_set(self, left, right) -> None:
        assert (left - right) | (left & right) == left
        assert not (left - right) & right

    @given(address_sets, address_sets)
    def test_de_morgan(self, left, right) -> None:
        whole = AddressSet.whole(V4)

        assert whole - (left | right) == (whole - left) & (whole - right)

    @given(address_sets)
    def test_double_complement_is_the_set(self, held) -> None:
        whole = AddressSet.whole(V4)

        assert whole - (whole - held) == held

    @given(address_sets, address_sets)
    def test_equal_sets_hash_equal(self, left, right) -> None:
        assert left != right or hash(left) == hash(right)

    @given(address_sets)
    def test_a_set_is_true_where_it_holds_something(self, held) -> None:
        assert bool(held) == (held != AddressSet(V4))

    @given(address_sets)
    def test_the_size_is_that_of_its_prefixes(self, held) -> None:
        assert held.size() == sum(prefix.size for prefix in held.prefixes())

    @given(st.sampled_from(Family))
    def test_a_reference_lies_inside_the_family(self, family) -> None:
        atom = AddressSet.atom(family, "group:a")

        assert atom & AddressSet.of(family, [WHOLE[family]]) == atom

    @given(prefixes())
    def test_a_reference_lies_in_nothing_smaller(self, prefix) -> None:
        assume(not prefix.whole)

        assert not AddressSet.atom(prefix.family, "group:a") & AddressSet.of(
            prefix.family, [prefix]
        )

    def test_two_references_are_apart(self) -> None:
        assert not AddressSet.atom(V4, "group:a") & AddressSet.atom(V4, "group:b")

    def test_the_whole_less_one_reference_still_holds_the_others(self) -> None:
        rest = AddressSet.whole(V6) - AddressSet.atom(V6, "group:a")

        assert "group:a" not in rest.atoms
        assert "group:b" in rest.atoms
        assert rest.size() == 2**128

    def test_the_whole_as_a_prefix_is_the_whole(self) -> None:
        for family in Family:
            assert AddressSet.of(family, [WHOLE[family]]) == AddressSet.whole(family)

    def test_families_do_not_mix(self) -> None:
        with pytest.raises(ValueError, match=r"do not mix"):
            _ = AddressSet.whole(V4) | AddressSet.whole(V6)
        with pytest.raises(ValueError, match=r"is not IPv4"):
            AddressSet.of(V4, [WHOLE[V6]])

    def test_atoms_are_none_and_all_at_the_ends(self) -> None:
        assert AddressSet.whole(V4).atoms == ALL_ATOMS
        assert AddressSet(V4).atoms == NO_ATOMS


services = st.one_of(
    st.builds(
        lambda protocol, a, b: Service.of_ports(protocol, PortRange(min(a, b), max(a, b))),
        st.sampled_from((6, 17)),
        edge_ports,
        edge_ports,
    ),
    st.builds(
        Service.of_icmp,
        st.sampled_from((1, 58)),
        st.sampled_from((0, 3, 8, 255)),
        st.sampled_from((None, 0, 4, 255)),
    ),
    st.builds(Service.of_protocol, st.sampled_from((0, 5, 6, 7, 47, 255))),
    st.just(Service.everything()),
)
boxes = st.lists(st.tuples(services, address_sets), max_size=4)
spaces = boxes.map(lambda held: HeaderSpace.union(V4, held))
PROBES = [
    *(6 * POINTS + p for p in (0, 1, 2, 1022, 1023, 1024, 1025, 65533, 65534, 65535)),
    *(17 * POINTS + p for p in (0, 1, 1023, 1024, 65535)),
    *(1 * POINTS + k * 256 + c for k in (0, 3, 8, 255) for c in (0, 4, 255)),
    *(58 * POINTS + k * 256 + c for k in (0, 3, 8, 255) for c in (0, 255)),
    *(p * POINTS for p in (0, 5, 7, 47, 255)),
]
FAR_ENDS = [*EDGES_4, 2**30, 3 * 2**30, *KNOWN]


def packets(space: HeaderSpace) -> set[Packet]:
    """The probes that a space holds: a small universe that has every edge."""
    probes = (Packet(V4, point, far) for point in PROBES for far in FAR_ENDS)
    return {packet for packet in probes if packet in space}


class TestHeaderSpace:
    @given(boxes)
    def test_a_union_holds_what_any_box_holds(self, held) -> None:
        each = [packets(HeaderSpace.of(service, far)) for service, far in held]

        assert packets(HeaderSpace.union(V4, held)) == set().union(*each)

    @given(spaces, spaces)
    def test_union_is_pythons(self, left, right) -> None:
        assert packets(left | right) == packets(left) | packets(right)

    @given(spaces, spaces)
    def test_intersection_is_pythons(self, left, right) -> None:
        assert packets(left & right) == packets(left) & packets(right)

    @given(spaces, spaces)
    def test_difference_is_pythons(self, left, right) -> None:
        assert packets(left - right) == packets(left) - packets(right)

    @given(boxes, st.randoms(use_true_random=False))
    def test_a_union_is_the_same_in_any_order_and_one_by_one(self, held, random) -> None:
        shuffled = list(held)
        random.shuffle(shuffled)
        one_by_one = HeaderSpace(V4)
        for service, far in shuffled:
            one_by_one |= HeaderSpace.of(service, far)

        assert one_by_one == HeaderSpace.union(V4, held)
        assert hash(one_by_one) == hash(HeaderSpace.union(V4, held))

    @given(spaces, spaces)
    def test_equal_by_difference_is_equal_and_hashes_equal(self, left, right) -> None:
        same = not (left - right) and not (right - left)

        assert same == (left == right)
        assert not same or hash(left) == hash(right)

    @given(spaces)
    def test_the_form_is_canonical(self, space) -> None:
        for first, last, far in space.slices:
            assert first <= last
            assert far
        for (_, last, far), (first, _, following) in pairwise(space.slices):
            assert last < first
            assert last + 1 < first or far != following

    @given(spaces)
    def test_boxes_give_back_the_space(self, space) -> None:
        assert HeaderSpace.union(V4, space.boxes()) == space

    @given(spaces)
    def test_a_sample_is_in_the_space(self, space) -> None:
        packet = space.sample()

        assert (packet is None) == (not space)
        assert packet is None or packet in space

    @given(spaces)
    def test_what_a_point_holds_is_what_its_packets_say(self, space) -> None:
        for point in PROBES:
            far = next(
                (a for first, last, a in space.slices if first <= point <= last),
                AddressSet(space.family),
            )
            held = {p.remote for p in packets(space) if p.point == point}
            assert held == {e for e in FAR_ENDS if _holds(far, e)}

    @given(spaces, services)
    def test_within_a_service_is_the_intersection_with_it(self, space, service) -> None:
        inside = {p for p in packets(space) if service.first <= p.point <= service.last}

        assert packets(space.within(service)) == inside

    def test_every_protocol_one_by_one_is_everything(self) -> None:
        whole = AddressSet.whole(V4)
        each = [(Service.of_protocol(number), whole) for number in range(256)]

        assert HeaderSpace.union(V4, each) == HeaderSpace.of(Service.everything(), whole)

    def test_count_is_ports_times_addresses(self) -> None:
        far = AddressSet.of(V4, [parse_prefix("10.0.0.0/24")])

        assert HeaderSpace.of(Service.of_ports(6, PortRange(82, 83)), far).size() == 512

    def test_families_do_not_mix(self) -> None:
        with pytest.raises(ValueError, match=r"do not mix"):
            _ = HeaderSpace(V4) | HeaderSpace(V6)


def _holds(far: AddressSet, end: int | str) -> bool:
    if isinstance(end, str):
        return end in far.atoms
    return any(first <= end <= last for first, last in far.held)


class TestPrefixText:
    @given(prefixes())
    @example(parse_prefix("255.255.255.255/32"))
    @example(parse_prefix("::/0"))
    @example(parse_prefix("::1/128"))
    def test_parsing_gives_back_what_was_printed(self, prefix) -> None:
        assert parse_prefix(str(prefix)) == prefix

    @given(prefixes())
    def test_the_text_is_the_one_of_the_standard_library(self, prefix) -> None:
        of_family = ipaddress.IPv4Network if prefix.family is V4 else ipaddress.IPv6Network

        assert str(prefix) == str(of_family((prefix.first, prefix.length)))

    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("2001:DB8::/32", "2001:db8::/32"),
            ("2001:0db8:0:0:0:0:0:1/128", "2001:db8::1/128"),
            ("0:0:0:0:0:0:0:0/0", "::/0"),
            ("2001:db8:0:1:0:0:0:0/64", "2001:db8:0:1::/64"),
        ],
    )
    def test_other_spellings_print_as_rfc_5952_says(self, text, canonical) -> None:
        assert str(parse_prefix(text)) == canonical

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("10.0.0.5/24", '"10.0.0.5/24" has host bits set; did you mean "10.0.0.0/24"'),
            ("2001:db8::1/64", '"2001:db8::1/64" has host bits set; did you mean "2001:db8::/64"'),
            ("0.0.0.1/0", '"0.0.0.1/0" has host bits set; did you mean "0.0.0.0/0"'),
            ("10.0.0.0/33", '"10.0.0.0/33": an IPv4 length is at most 32'),
            ("::/129", '"::/129": an IPv6 length is at most 128'),
            ("10.0.0.1", '"10.0.0.1" has no length; did you mean "10.0.0.1/32"'),
            ("::1", '"::1" has no length; did you mean "::1/128"'),
            ("10.0.0.0/", '"10.0.0.0/" has no decimal length after the slash'),
            ("10.0.0.0/08", '"10.0.0.0/08" has no decimal length after the slash'),
            ("10.0.0.0/+8", '"10.0.0.0/+8" has no decimal length after the slash'),
            ("10.0.0.0/ 8", '"10.0.0.0/ 8" has no decimal length after the slash'),
            ("10.0.0.0/٨", '"10.0.0.0/٨" has no decimal length after the slash'),
            (
                "10.0.0.0/255.0.0.0",
                '"10.0.0.0/255.0.0.0" has no decimal length after the slash',
            ),
            ("10.0.0.0/8/8", '"10.0.0.0/8/8" has no decimal length after the slash'),
            (
                "010.0.0.0/8",
                '"010.0.0.0/8" is not an address with a length, such as 10.0.0.0/24',
            ),
            ("10.0.0/24", '"10.0.0/24" is not an address with a length, such as 10.0.0.0/24'),
            (" 10.0.0.0/8", '" 10.0.0.0/8" is not an address with a length, such as 10.0.0.0/24'),
            ("", '"" is not an address with a length, such as 10.0.0.0/24'),
            ("internet", '"internet" is not an address with a length, such as 10.0.0.0/24'),
            ("fe80::%eth0/64", '"fe80::%eth0/64" has a zone; write the address without "%eth0"'),
            (
                "::ffff:10.0.0.0/104",
                '"::ffff:10.0.0.0/104" is an IPv4-mapped address; write it as IPv4',
            ),
            (
                "::ffff:a00:0/128",
                '"::ffff:a00:0/128" is an IPv4-mapped address; write it as IPv4',
            ),
        ],
    )
    def test_what_is_no_prefix_is_refused_with_the_reason(self, text, message) -> None:
        with pytest.raises(PrefixError) as refused:
            parse_prefix(text)

        assert str(refused.value) == message

    @given(prefixes(), prefixes())
    def test_holding_is_the_standard_librarys_subnet(self, one, other) -> None:
        left, right = (ipaddress.ip_network(str(p)) for p in (one, other))
        expected = left.version == right.version and right.subnet_of(left)  # type: ignore[arg-type]

        assert one.holds(other) == expected

    @given(prefixes())
    def test_the_parent_holds_it_and_is_one_bit_shorter(self, prefix) -> None:
        assume(not prefix.whole)

        assert prefix.cut(prefix.length - 1).holds(prefix)
        assert prefix.cut(prefix.length - 1).length == prefix.length - 1

    def test_private_space_is_that_of_the_rfcs(self) -> None:
        expected = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}

        assert {str(p) for p in PRIVATE} == expected


def networks(held) -> list:
    return [ipaddress.ip_network(str(prefix)) for prefix in held]


class TestCollapse:
    @given(st.lists(prefixes(V4), max_size=6), st.lists(prefixes(V6), max_size=4))
    def test_it_gives_what_the_standard_library_gives(self, four, six) -> None:
        expected = [
            *ipaddress.collapse_addresses(networks(four)),
            *ipaddress.collapse_addresses(networks(six)),
        ]

        assert networks(collapse([*six, *four])) == expected

    @given(st.lists(prefixes(), max_size=6))
    def test_it_keeps_the_set(self, held) -> None:
        for family in Family:
            before = AddressSet.of(family, [p for p in held if p.family is family])
            after = AddressSet.of(family, [p for p in collapse(held) if p.family is family])
            assert after.held == before.held

    @given(st.lists(prefixes(), max_size=6))
    def test_it_is_idempotent(self, held) -> None:
        assert collapse(collapse(held)) == collapse(held)

    @given(st.lists(prefixes(), max_size=6), st.randoms(use_true_random=False))
    def test_it_is_free_of_order(self, held, random) -> None:
        shuffled = list(held)
        random.shuffle(shuffled)

        assert collapse(shuffled) == collapse(held)

    @given(st.lists(prefixes(), max_size=6))
    def test_it_leaves_no_pair_that_could_be_one(self, held) -> None:
        found = collapse(held)
        for one in found:
            for other in found:
                assert one == other or not one.holds(other)
                siblings = one.length == other.length and one.length > 0
                assert (
                    one == other
                    or not siblings
                    or one.cut(one.length - 1) != other.cut(other.length - 1)
                )

    def test_all_but_the_first_and_last_address_are_62_prefixes(self) -> None:
        assert len(prefixes_of(V4, ((1, 2**32 - 2),))) == 62

    def test_all_but_the_first_and_last_ipv6_address_are_254_prefixes(self) -> None:
        assert len(prefixes_of(V6, ((1, 2**128 - 2),))) == 254

    def test_two_halves_are_the_whole(self) -> None:
        halves = [parse_prefix("0.0.0.0/1"), parse_prefix("128.0.0.0/1")]

        assert collapse(halves) == (WHOLE[V4],)

    def test_a_whole_family_of_pieces_at_the_top_of_the_space(self) -> None:
        pieces = [parse_prefix(f"255.255.255.{n}/32") for n in range(256)]

        assert [str(p) for p in collapse(pieces)] == ["255.255.255.0/24"]

    def test_ipv4_stands_before_ipv6_and_they_never_merge(self) -> None:
        assert collapse([WHOLE[V6], WHOLE[V4]]) == (WHOLE[V4], WHOLE[V6])
