"""Questions to plans: by text, and packet by packet beside the naive evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.flow import Peer
from segfw.review.explain.answer import Answer, answer_from_plan
from segfw.review.explain.names import names_of
from segfw.review.explain.question import Question, read_question, words_of
from segfw.sets.addresses import Family, Prefix
from segfw.sets.headerspace import POINTS, WITH_PORTS, WITH_TYPES, Service
from tests.oracles import naive
from tests.oracles.enforcement import known_ids, resources_of, rules_of
from tests.oracles.packets import ICMP, ICMPV6, TCP, UDP, Match, Packet, span

if TYPE_CHECKING:
    from segfw.plan import Plan

CATALOG = load_catalog()
EPHEMERAL = (1024, 65535)
ECHO = {(ICMP, 8 * 256): 0, (ICMPV6, 128 * 256): 129 * 256}
"""Echo request to echo reply: RFC 792, RFC 4443."""
POINTS_OF_AWS = ("network-acl", "security-group")
"""As AWS tries them on the way in."""


def asked(plan: Plan, text: str) -> Question:
    return read_question(words_of(text), names_of(plan.settings, plan.flows))


def answered(plan: Plan, text: str) -> Answer:
    return answer_from_plan(asked(plan, text), plan, CATALOG)


def question_of(plan: Plan, packet: Packet, interface: str, direction: str) -> Question | None:
    """The question about one packet; None where nobody can ask it (a reference that none has)."""
    family = Family(packet.family)
    if packet.protocol in (*WITH_PORTS, *WITH_TYPES):
        point = packet.protocol * POINTS + packet.value
        service = Service(point, point)
    else:
        service = Service.of_protocol(packet.protocol)
    if isinstance(packet.remote, int):
        prefix = Prefix(family, packet.remote, family.bits)
        remote = Peer(str(prefix), (prefix,))
    else:
        found = names_of(plan.settings, plan.flows).peers.get(packet.remote)
        if found is None or found.reference is None:
            return None
        remote = found
    return Question(Direction(direction), service, interface, remote, (family,), "")


class Naive:
    """What the clouds do with packets at one interface, rule by rule."""

    def __init__(self, plan: Plan, interface: str) -> None:
        self.plan = plan
        self.points = [
            rule_set.point.value for rule_set in plan.rule_sets if rule_set.interface == interface
        ]
        self.settings = plan.settings.interfaces[interface]
        self.interface = interface

    def rules(self, point: str, direction: str) -> list[Match]:
        key = f"{point}/{self.interface}"
        resources, known = resources_of(self.plan, key), known_ids(self.plan, key)
        return rules_of(point, resources, direction, known)

    def passes(self, point: str, direction: str, packet: Packet) -> bool:
        """The point lets the packet through, or never meets it."""
        if point == "network-acl" and self.is_own(packet):
            return True
        return naive.lets_through(self.rules(point, direction), packet)

    def is_own(self, packet: Packet) -> bool:
        """A member of the one subnet that the interface has in this family."""
        own = [s for s in map(span, map(str, self.settings.subnets)) if s[0] == packet.family]
        acl = self.settings.network_acl
        one = acl is not None and len(acl.subnet_ids) == len(own) == 1
        return one and isinstance(packet.remote, int) and own[0][1] <= packet.remote <= own[0][2]

    def answers(self, direction: str, packet: Packet) -> bool:
        """Some reply comes back through a network ACL; true where nothing has to."""
        if "network-acl" not in self.points or self.is_own(packet):
            return True
        if packet.protocol in (TCP, UDP):
            ports = self.plan.settings.gateway.ephemeral_ports
            first, last = (ports.first, ports.last) if direction == "egress" else EPHEMERAL
            values = self.interesting(direction, packet.protocol, first, last)
            if packet.protocol == UDP and packet.value == 123:
                values.append(123)  # NTP speaks from 123 to 123 (RFC 5905 section 7.3)
        elif (packet.protocol, packet.value) in ECHO:
            values = [ECHO[packet.protocol, packet.value]]
        else:
            return True
        back = {"ingress": "egress", "egress": "ingress"}[direction]
        return any(self.passes("network-acl", back, packet._replace(value=v)) for v in values)

    def interesting(self, direction: str, protocol: int, first: int, last: int) -> list[int]:
        """Every port at which the answer may change between *first* and *last*."""
        back = {"ingress": "egress", "egress": "ingress"}[direction]
        bounds = {first, last}
        for match in self.rules("network-acl", back):
            for own, low, high in match.services:
                if own in (None, protocol):
                    bounds |= {low - 1, low, high, high + 1}
        return sorted(value for value in bounds if first <= value <= last)

    def allowed(self, direction: str, packet: Packet) -> bool:
        requests = all(self.passes(point, direction, packet) for point in self.points)
        return requests and self.answers(direction, packet)

    def names_a_reference(self, direction: str, packet: Packet) -> bool:
        """A rule for the packet's service names a reference, or a prefix where one asks."""
        return any(
            isinstance(remote, str) is not isinstance(packet.remote, str)
            for point in self.points
            for way in (direction, {"ingress": "egress", "egress": "ingress"}[direction])
            for match in self.rules(point, way)
            for remote in match.remotes
            if remote != "*"
        )
