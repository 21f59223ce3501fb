"""Covers that the greedy choice alone would get wrong."""

from __future__ import annotations

import random

import pytest

from segfw.catalog.model import Protocol
from segfw.cover import Box, exact, excess, union_space, weight
from segfw.cover.superset import superset
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace
from tests.making import ports, prefixes


def box(bounds: tuple[int, int], prefix: str) -> Box:
    return Box(Protocol.TCP.number, *ports(bounds), *prefixes(prefix))


def test_a_box_that_later_ones_make_needless_is_given_up():
    """The two overlap on port 5, where 10.0.0.4/30 is the largest box: greedy takes it first.

    port 4            .6 .7
    port 5    .4 .5   .6 .7
    port 6    .4 .5
    """
    two = (box((4, 5), "10.0.0.6/31"), box((5, 6), "10.0.0.4/31"))

    assert set(exact(union_space(Family.IPV4, two))) == set(two)


@pytest.mark.parametrize(
    ("prefix", "size"),
    [
        ("10.0.0.0/24", 256),
        ("10.0.0.1/32", 1),
        ("2001:db8::/48", 65536),
        ("2001:db8::/64", 1),
        ("2001:db8::1/128", 1),
    ],
)
def test_address_space_is_weighed_in_ipv4_addresses_and_ipv6_subnets(prefix, size):
    assert weight(*prefixes(prefix)) == size


def test_one_box_more_never_adds_more_and_room_that_helps_is_used():
    """Joining can swallow several boxes at once; the room that this leaves is used again."""
    chosen = random.Random(8)
    hosts = [f"10.{chosen.getrandbits(8)}.{chosen.getrandbits(8)}.{n}/32" for n in range(60)]
    boxes = [box((port, port), host) for port in (22, 443) for host in hosts]
    space, nothing = union_space(Family.IPV4, boxes), HeaderSpace(Family.IPV4)

    found = [superset(space, budget, nothing, nothing) for budget in range(2, 30)]
    added = [excess(one, space) for one in found]

    assert added == sorted(added, reverse=True)
    assert added[0] == 2 * (2**24 - 60)
    assert [len(one) for one in found[8:]] == list(range(10, 30))
