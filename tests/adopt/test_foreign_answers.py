"""What is said of rules that nobody planned, packet by packet beside the naive evaluator."""

from __future__ import annotations

from random import Random

import pytest

from segfw.adopt import adopt
from segfw.adopt.words import spaces_words
from segfw.catalog.model import Direction
from segfw.live import read_files
from segfw.sets.addresses import AddressSet, Family, parse_prefix
from segfw.sets.headerspace import POINTS, HeaderSpace, Service
from tests.live.foreign import Maker
from tests.oracles.packets import ICMP, ICMPV6, TCP, UDP, Packet
from tests.review.explain.asking import Naive
from tests.shipped import planned

ROUNDS = 30


def corners(space):
    """Packets at the bounds of a header space."""
    for first, last, addresses in space.slices[:12]:
        for low, high in addresses.held[:3]:
            for point in (first, (first + last) // 2, last):
                protocol, value = divmod(point, POINTS)
                value = value if protocol in (TCP, UDP, ICMP, ICMPV6) else 0
                for remote in (low, high):
                    yield point, Packet(int(space.family), remote, protocol, value)


def has(space, point, remote):
    return any(
        first <= point <= last and any(low <= remote <= high for low, high in held.held)
        for first, last, held in space.slices
    )


@pytest.mark.parametrize(
    ("stack", "at"),
    [("aws-prod-us-east-1", "management=sg-0a1"), ("azure-prod-westeurope", "management=m")],
)
def test_beyond_is_exactly_what_the_stack_decides_otherwise(stack, at):
    plan = planned(stack)
    make, naive = Maker(plan, Random(stack)), Naive(plan, "management")
    explained = asked = 0
    for _ in range(ROUNDS):
        files = make.aws()[0] if stack.startswith("aws") else make.azure()[0]
        files = [one for one in files if one[0] != "acls.json"]
        found = adopt(plan, read_files(files).inventory, [at], "answers")
        for one in found.explanations:
            placed = one.existing.match.placed
            if placed.interface != "management":
                continue
            for decision in one.existing.decisions:
                beyond = one.beyond.get(decision.side, HeaderSpace(decision.side[1]))
                for point, packet in corners(decision.space):
                    wanted = naive.passes(placed.held.point.value, decision.side[0].value, packet)
                    agrees = wanted is decision.allows
                    assert has(beyond, point, packet.remote) is not agrees, (one, packet)
                    asked, explained = asked + 1, explained + agrees

    assert asked > 300
    assert explained > 10


def test_a_rule_for_everything_is_said_in_one_breath():
    """Not one protocol after the other: the runs that have the same far ends stand together."""
    every = HeaderSpace.of(Service.everything(), AddressSet.whole(Family.IPV4))
    some = AddressSet.of(Family.IPV4, [parse_prefix("10.0.0.0/8")])
    ssh = HeaderSpace.of(Service(TCP * POINTS + 22, TCP * POINTS + 22), some)
    side = (Direction.INGRESS, Family.IPV4)
    bare = AddressSet(Family.IPV4, AddressSet.whole(Family.IPV4).held)
    everybody = HeaderSpace.of(Service.everything(), bare)

    assert spaces_words({side: every}).startswith("in every protocol: ")
    assert spaces_words({side: everybody - ssh}) == (
        "in protocols 0 to 5, tcp 0-21, tcp 23-65535, protocols 7 to 255: 0.0.0.0/0; "
        "tcp 22: 0.0.0.0/0 (but for 10.0.0.0/8)"
    )
