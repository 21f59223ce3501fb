"""A question's way through the enforcement points of its interface, and its replies' way back."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, Protocol
from segfw.flow import ECHO_REPLIES, IcmpType, Point, Traffic
from segfw.replies import answering
from segfw.review.explain.layers import Judged, Layer, judge
from segfw.review.explain.services import ECHOES
from segfw.sets.addresses import AddressSet
from segfw.sets.headerspace import CODES, POINTS, WITH_PORTS, WITH_TYPES, HeaderSpace
from segfw.sets.ports import ALL_PORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from segfw.clouds.lifted import Side
    from segfw.flow import Flow
    from segfw.review.explain.question import Question
    from segfw.sets.addresses import Family
    from segfw.sets.headerspace import Service
    from segfw.sets.ports import PortRange

ORDER = {
    Direction.INGRESS: (Point.NETWORK_ACL, Point.SECURITY_GROUP, Point.NSG),
    Direction.EGRESS: (Point.SECURITY_GROUP, Point.NSG, Point.NETWORK_ACL),
}
"""How the clouds try them: a network ACL stands at the subnet's edge, a group at the interface
(AWS VPC user guide, "Infrastructure security in Amazon VPC")."""


class Verdict(Enum):
    """The answer in one word."""

    ALLOWED = "allowed"
    DENIED = "denied"
    PARTLY = "partly"
    UNKNOWN = "not known"


class Replies(NamedTuple):
    """What becomes of the packets that answer, on a stateless enforcement point."""

    judged: Judged
    """Those that meet the point, in the other direction."""

    @property
    def answered(self) -> AddressSet:
        """The far ends with which some reply is surely exchanged."""
        return _ends(self.judged.asked.family, (self.judged.allowed, self.judged.unmet))

    @property
    def possible(self) -> AddressSet:
        """The far ends with which some reply may be exchanged."""
        return _ends(self.judged.asked.family, (self.judged.possible, self.judged.unmet))


class Leg(NamedTuple):
    """One enforcement point on the way."""

    judged: Judged
    replies: Replies | None
    """None where replies pass by themselves, and where nothing is let through to be answered."""
    answers: bool
    """The traffic is answered at all."""

    @property
    def verdict(self) -> Verdict:
        """Of the request alone; packets that do not meet the point pass."""
        judged = self.judged
        passing = bool(judged.allowed or judged.unmet)
        return verdict_of(bool(judged.denied), bool(judged.unknown), passing=passing)


class Way(NamedTuple):
    """The question's way in one family."""

    family: Family
    legs: tuple[Leg, ...]
    asked: HeaderSpace
    """As the last firewall sees it: by reference where the far end has one."""
    allowed: HeaderSpace
    """What passes all points, and is answered where it has to be."""
    possible: HeaderSpace
    exact: bool
    """False where the points ask for the far end in different forms: the parts are not joined."""

    @property
    def denied(self) -> HeaderSpace:
        """Surely denied, or surely without an answer."""
        return self.asked - self.possible

    @property
    def unknown(self) -> HeaderSpace:
        """Neither."""
        return self.possible - self.allowed

    @property
    def cut(self) -> bool:
        """Some request passes every point and its replies surely do not."""
        through = self.asked
        for leg in self.legs:
            through &= leg.judged.allowed | leg.judged.unmet
        return bool(self.exact and through - self.possible)


def verdict_of(denied: bool, unknown: bool, *, passing: bool) -> Verdict:  # noqa: FBT001
    """The word for a question of which parts are denied, not known and passing."""
    if denied:
        return Verdict.PARTLY if passing or unknown else Verdict.DENIED
    return Verdict.UNKNOWN if unknown else Verdict.ALLOWED


def verdict_of_ways(ways: Iterable[Way]) -> Verdict:
    """The word for the question in all its families."""
    held = list(ways)
    return verdict_of(
        any(way.denied for way in held),
        any(way.unknown for way in held),
        passing=any(way.allowed for way in held),
    )


def way(
    question: Question,
    layers: Sequence[Layer],
    family: Family,
    gateway_ports: PortRange,
    openers: Callable[[Layer, Side, HeaderSpace], Iterable[Flow]],
) -> Way:
    """The question's way in one family; *openers* are the flows that mean a packet at a point."""
    order = ORDER[question.direction]
    present = sorted(layers, key=lambda layer: order.index(layer.point))
    side = question.direction, family
    judged = [
        judge(layer, side, question.space(family, by_reference=layer.stateful)) for layer in present
    ]
    asked = question.space(family, by_reference=True)
    exact = all(one.asked | one.unmet == asked for one in judged)
    legs = [
        _leg(question, one, gateway_ports, list(openers(one.layer, side, one.allowed)))
        for one in judged
    ]
    if not judged:
        raise AssertionError(f"nothing stands before {question.interface}")
    if exact:
        allowed = possible = asked
        for leg in legs:
            allowed = _answered(allowed & (leg.judged.allowed | leg.judged.unmet), leg)
            possible = _answered(possible & (leg.judged.possible | leg.judged.unmet), leg, may=True)
    else:
        allowed, possible = _in_words(asked, legs)
    return Way(family, tuple(legs), asked, allowed, possible, exact)


def _in_words(asked: HeaderSpace, legs: list[Leg]) -> tuple[HeaderSpace, HeaderSpace]:
    """All or nothing, where the points speak of the far end in different forms."""
    nothing = HeaderSpace(asked.family)
    verdicts = {leg.verdict for leg in legs}
    verdicts |= {_replies_verdict(leg.replies) for leg in legs if leg.replies}
    if verdicts == {Verdict.ALLOWED}:
        return asked, asked
    return (nothing, nothing) if Verdict.DENIED in verdicts else (nothing, asked)


def _replies_verdict(replies: Replies) -> Verdict:
    if replies.answered:
        return Verdict.ALLOWED
    return Verdict.UNKNOWN if replies.possible else Verdict.DENIED


def _leg(question: Question, judged: Judged, ports: PortRange, flows: list[Flow]) -> Leg:
    wanted = replies_to(question, judged.side[1], ports, flows)
    answers = bool(wanted)
    if judged.layer.stateful or not wanted or not judged.possible:
        return Leg(judged, None, answers)
    far_ends = _ends(judged.asked.family, (judged.possible,))
    back = HeaderSpace.union(far_ends.family, ((service, far_ends) for service in wanted))
    direction, family = judged.side
    return Leg(judged, Replies(judge(judged.layer, (direction.reverse, family), back)), answers)


def replies_to(
    question: Question, family: Family, gateway_ports: PortRange, flows: Iterable[Flow]
) -> tuple[Service, ...]:
    """What answers *question*, by `segfw.replies`; none for traffic that is never answered.

    The *flows* that mean it say whether the opener has a port of its own (NTP).
    """
    traffic = _traffic(question, family)
    if traffic is None:
        return ()
    fixed = {flow.source_port for flow in flows} | {None}
    found: list[Service] = []
    for port in sorted(fixed, key=lambda one: one or 0):
        reply = answering(question.direction, traffic, port, gateway_ports)
        if reply is not None:
            found += [one for one in reply.services() if one not in found]
    return tuple(found)


def _traffic(question: Question, family: Family) -> Traffic | None:
    """The question's traffic; None for protocols whose replies nobody here knows."""
    number = question.protocol
    protocol = next((one for one in Protocol if one.number == number), None)
    if protocol is None or protocol.family not in (None, family):
        return None
    if number in WITH_PORTS:
        return Traffic(protocol, (ALL_PORTS,))
    first, last = question.service.first % POINTS, question.service.last % POINTS
    if number in WITH_TYPES:
        own = ECHOES[number, "echo-request"]  # type 128 of ICMP is no echo, nor 8 of ICMPv6
        asking = (one for one in ECHO_REPLIES if str(one) == own)
        echo = next((one for one in asking if first <= _point(one) <= last), None)
        return Traffic(protocol, icmp=echo) if echo is not None else None
    return None


def _point(icmp: IcmpType) -> int:
    return (icmp.kind or 0) * CODES + (icmp.code or 0)


def _answered(space: HeaderSpace, leg: Leg, *, may: bool = False) -> HeaderSpace:
    """The part of *space* whose far end gets some answer through the point."""
    if leg.replies is None:
        return space
    ends = leg.replies.possible if may else leg.replies.answered
    unmet = leg.judged.unmet
    return HeaderSpace.union(space.family, ((s, a & ends) for s, a in space.boxes())) | (
        space & unmet
    )


def _ends(family: Family, spaces: Iterable[HeaderSpace]) -> AddressSet:
    """The far ends of the packets in any of *spaces*."""
    return AddressSet.union(family, (a for space in spaces for _, _, a in space.slices))
