"""Explain says what the clouds do, packet by packet, and at which point they do it."""

from __future__ import annotations

from random import Random

import pytest

from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.review.explain.answer import answer_from_plan
from segfw.review.explain.path import ORDER, Verdict
from tests.differential.packets import Chooser
from tests.oracles.packets import Packet
from tests.review.explain.asking import CATALOG, Naive, question_of
from tests.shipped import SHIPPED, planned

COUNT = 60
"""Packets to an interface, direction and family."""
SEED = 20_261_125
INTERFACES = [(name, each) for name in SHIPPED for each in planned(name).settings.interfaces]


def packets(naive: Naive, direction: str, family: int, random: Random) -> list[Packet]:
    matches = [m for point in naive.points for m in naive.rules(point, direction)]
    return list(Chooser(family, matches, random).packets(COUNT))


@pytest.mark.parametrize(("stack", "interface"), INTERFACES)
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_explain_agrees_with_the_naive_evaluator(stack, interface, direction):
    plan, random = planned(stack), Random(f"{SEED}{stack}{interface}{direction}")
    naive = Naive(plan, interface)
    asked = allowed = 0
    for family in (4, 6):
        for packet in packets(naive, direction, family, random):
            question = question_of(plan, packet, interface, direction)
            if question is None:
                continue
            answer = answer_from_plan(question, plan, CATALOG)
            expected = naive.allowed(direction, packet)
            asked, allowed = asked + 1, allowed + expected
            if answer.verdict is Verdict.UNKNOWN:
                assert not expected
                assert naive.names_a_reference(direction, packet), packet
            else:
                assert (answer.verdict is Verdict.ALLOWED) is expected, (str(question), packet)
            (one,) = answer.ways
            for leg in one.legs:
                judged = leg.judged
                said = naive.passes(judged.layer.point.value, direction, packet)
                assert said or not (judged.allowed or judged.unmet), str(question)
                assert not said or judged.possible or judged.unmet, str(question)

    assert asked > COUNT // 2
    assert 0 < allowed < asked


@pytest.mark.parametrize("stack", SHIPPED)
def test_the_points_answer_in_the_order_in_which_the_cloud_tries_them(stack):
    """AWS, "Infrastructure security in Amazon VPC": the ACL is the subnet's, the group the NIC's."""
    plan = planned(stack)
    for interface in plan.settings.interfaces:
        for direction, order in (
            ("ingress", ["network-acl", "security-group"]),
            ("egress", ["security-group", "network-acl"]),
        ):
            question = question_of(plan, Packet(4, 1, 6, 22), interface, direction)
            (way,) = answer_from_plan(question, plan, CATALOG).ways
            points = [leg.judged.layer.point.value for leg in way.legs]
            has = Naive(plan, interface).points
            assert points == ([p for p in order if p in has] or ["nsg"])


def test_every_point_has_a_turn_in_both_directions():
    assert all(set(ORDER[direction]) == set(Point) for direction in Direction)


@pytest.mark.parametrize("stack", SHIPPED)
def test_the_flows_behind_an_allowed_packet_mean_it(stack):
    """Whoever is named as the reason has the port and the address among what it opens."""
    plan, random = planned(stack), Random(f"{SEED}{stack}")
    named = 0
    for interface in plan.settings.interfaces:
        naive = Naive(plan, interface)
        for direction in ("ingress", "egress"):
            for packet in packets(naive, direction, 4, random):
                question = question_of(plan, packet, interface, direction)
                if question is None or not naive.allowed(direction, packet):
                    continue
                answer = answer_from_plan(question, plan, CATALOG)
                for leg in answer.ways[0].legs:
                    for decided in leg.judged.decided:
                        because = answer.why(decided)
                        assert because.reasons or because.widening or because.closing
                        for reason in because.reasons:
                            if reason.reply or isinstance(packet.remote, str):
                                continue
                            named += 1
                            flow = reason.flow
                            assert flow.direction.value == direction
                            assert flow.interface == interface
                            assert flow.traffic.protocol.number == packet.protocol
                            assert any(
                                p.family == 4 and p.first <= packet.remote <= p.last
                                for p in flow.peer.prefixes
                            )
                            assert (
                                any(r.first <= packet.value <= r.last for r in flow.traffic.ports)
                                or flow.traffic.icmp
                            )

    assert named > 20
