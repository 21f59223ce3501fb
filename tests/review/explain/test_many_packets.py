"""A question over many packets is answered exactly: what is allowed, what is denied, in words."""

from __future__ import annotations

from random import Random

import pytest

from segfw.catalog.model import Direction
from segfw.flow import Peer
from segfw.review.explain.answer import answer_from_plan
from segfw.review.explain.path import Verdict
from segfw.review.explain.question import Question
from segfw.review.spacewords import space_words
from segfw.sets.addresses import Family, Prefix
from segfw.sets.headerspace import POINTS, Packet, Service
from tests.oracles import packets as oracle
from tests.review.explain.asking import CATALOG, Naive, answered
from tests.shipped import SHIPPED, planned


def test_a_prefix_that_is_partly_allowed_is_said_in_both_parts():
    """config/shared/company.yaml: bastion is 10.40.8.4/32 and 10.40.8.5/32."""
    answer = answered(planned("aws-prod-us-east-1"), "in tcp 10.40.8.0/29 -> management:22")
    (way,) = answer.ways

    assert answer.verdict is Verdict.PARTLY
    assert space_words(way.allowed) == "tcp 22: 10.40.8.4/31"
    assert space_words(way.denied) == "tcp 22: 10.40.8.0/30, 10.40.8.6/31"


def test_a_network_of_two_families_is_answered_in_both():
    answer = answered(planned("aws-lab"), "in tcp admins -> management:22")

    assert answer.verdict is Verdict.ALLOWED
    assert [way.family for way in answer.ways] == [Family.IPV4, Family.IPV6]


def test_a_range_of_ports_is_answered_port_by_port():
    answer = answered(planned("aws-prod-us-east-1"), "in tcp 10.40.0.1 -> management:443-444")

    assert answer.verdict is Verdict.PARTLY
    assert space_words(answer.ways[0].allowed) == "tcp 443: 10.40.0.1/32"


def test_the_whole_internet_reaches_the_mail_port_and_not_the_command_line():
    plan = planned("aws-prod-us-east-1")

    assert answered(plan, "in tcp internet -> public:25").verdict is Verdict.ALLOWED
    assert answered(plan, "in tcp 8.0.0.0/7 -> management:22").verdict is Verdict.DENIED


@pytest.mark.parametrize("stack", SHIPPED)
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_the_parts_are_what_single_packets_get(stack, direction):
    """Blocks of ports and addresses around what is open, packet by packet beside the clouds."""
    plan, random = planned(stack), Random(f"{stack}{direction}")
    for interface in plan.settings.interfaces:
        naive = Naive(plan, interface)
        prefixes = sorted(
            {p for f in plan.flows for p in f.peer.prefixes if p.family == 4 and p.length > 8}
        )
        for _ in range(6):
            near = random.choice(prefixes)
            length = max(near.length - random.randrange(3), 8)
            block = near.cut(length)
            first = random.choice([20, 24, 52, 80, 442, 1020, 2220])
            service = Service(6 * POINTS + first, 6 * POINTS + first + 5)
            way = Direction(direction)
            remote = Peer(str(block), (block,))
            question = Question(way, service, interface, remote, (Family.IPV4,), "")
            (found,) = answer_from_plan(question, plan, CATALOG).ways
            for address in {block.first, block.last, *(random.randint(block.first, block.last) for _ in range(3))}:  # fmt: skip
                for port in (first, first + 1, first + 2, first + 5):
                    packet = Packet(Family.IPV4, 6 * POINTS + port, address)
                    wanted = naive.allowed(direction, oracle.Packet(4, address, 6, port))
                    assert (packet in found.allowed) is wanted, (str(question), packet)
                    assert (packet in found.denied) is not wanted or packet in found.unknown


def test_the_parts_are_disjoint_and_are_all_that_was_asked():
    plan = planned("aws-lab")
    prefix = Prefix(Family.IPV4, 10 << 24, 8)
    question = Question(
        Direction.INGRESS,
        Service(6 * POINTS, 6 * POINTS + 65535),
        "management",
        Peer("10.0.0.0/8", (prefix,)),
        (Family.IPV4,),
        "0-65535",
    )
    (way,) = answer_from_plan(question, plan, CATALOG).ways

    assert way.allowed
    assert way.denied
    assert not way.allowed & way.denied
    assert way.allowed | way.denied | way.unknown == way.asked
