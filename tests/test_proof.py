"""What a proof says when it does not hold: one packet, and who meant it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segfw.catalog.model import Direction, Protocol
from segfw.clouds.lifted import LiftedRule, let_through
from segfw.flow import IcmpType, Peer, Point, Traffic
from segfw.proof import Meaning, Proof, ProofFailed, _meanings, counterexample
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange
from tests.making import flow, interface, prefixes, rule_set
from tests.shipped import planned

NOTHING = HeaderSpace(Family.IPV4)
WHERE = 'security group "management", ingress IPv4'


def tcp(first: int, last: int, *texts: str) -> HeaderSpace:
    addresses = AddressSet.of(Family.IPV4, prefixes(*(texts or ("10.9.0.0/28",))))
    return HeaderSpace.of(Service.of_ports(6, PortRange(first, last)), addresses)


def proof(
    meant: HeaderSpace,
    allowed: HeaderSpace,
    declared: HeaderSpace = NOTHING,
    point: Point = Point.SECURITY_GROUP,
    meanings: tuple[Meaning, ...] = (),
    rules: tuple[LiftedRule, ...] = (),
) -> Proof:
    return Proof(
        point=point,
        interface="management",
        direction=Direction.INGRESS,
        family=Family.IPV4,
        meanings=meanings,
        rules=rules,
        meant=meant,
        allowed=allowed,
        declared=declared,
    )


HOLDS = {
    "just what is meant": (tcp(22, 22), tcp(22, 22), NOTHING, True),
    "nothing for nothing": (NOTHING, NOTHING, NOTHING, True),
    "a port less": (tcp(22, 23), tcp(22, 22), NOTHING, False),
    "a port more": (tcp(22, 22), tcp(22, 23), NOTHING, False),
    "a port more that is declared": (tcp(22, 22), tcp(22, 23), tcp(23, 23), True),
    "two ports more of which one is declared": (tcp(22, 22), tcp(22, 24), tcp(23, 23), False),
    "a port less and another declared": (tcp(21, 22), tcp(22, 23), tcp(23, 23), False),
    "declared and not let through": (tcp(22, 22), tcp(22, 22), tcp(23, 23), False),
    "declared and meant anyway": (tcp(22, 23), tcp(22, 23), tcp(23, 23), False),
}


@pytest.mark.parametrize(("meant", "allowed", "declared", "holds"), HOLDS.values(), ids=HOLDS)
def test_a_proof_holds_where_meant_and_declared_are_exactly_what_is_let_through(
    meant, allowed, declared, holds
):
    assert proof(meant, allowed, declared).holds is holds


ONLY_SSH = (flow(),)


def ssh(name: str = "a", number: int | None = None, allows: bool = True, last: int = 22):
    return LiftedRule(name, number, allows, tcp(22, last).boxes())


def everything(number: int, allows: bool, name: str = "") -> LiftedRule:
    return LiftedRule(
        name, number, allows, ((Service.everything(), AddressSet.whole(Family.IPV4)),)
    )


def said(
    *rules: LiftedRule,
    flows=ONLY_SSH,
    replies: tuple[Meaning, ...] = (),
    declared: HeaderSpace = NOTHING,
    point: Point = Point.SECURITY_GROUP,
) -> str:
    """What a proof says where *flows* are meant and *rules* were lifted."""
    meanings = tuple(Meaning(one, False, tuple(one.boxes(Family.IPV4))) for one in flows) + replies
    meant = HeaderSpace.union(Family.IPV4, (box for m in meanings for box in m.boxes))
    allowed = let_through(Family.IPV4, rules)
    failed = ProofFailed(proof(meant, allowed, declared, point, meanings, rules))
    return str(failed)


def test_a_lost_packet_is_named_with_the_flow_that_meant_it():
    others = (flow("sma", peer=Peer("far", prefixes("10.77.0.0/28"))),)

    assert said(flows=(*others, flow())) == (
        f"{WHERE}: tcp 22, 10.9.0.0 is meant by management in tcp 22 admins: ssh-admin (row 2) "
        "and not let through: no rule matches it."
    )


def test_a_lost_packet_that_two_flows_meant_names_both():
    assert said(flows=(flow(), flow("cluster"))) == (
        f"{WHERE}: tcp 22, 10.9.0.0 is meant by management in tcp 22 admins: ssh-admin (row 2); "
        "management in tcp 22 admins: cluster (row 2) and not let through: no rule matches it."
    )


def test_a_lost_packet_names_the_entry_that_denies_it_before_the_one_that_would_allow_it():
    deny = LiftedRule("", 90, False, tcp(0, 1023, "10.0.0.0/8").boxes())

    assert said(deny, ssh("", 100), point=Point.NETWORK_ACL) == (
        'network ACL "management", ingress IPv4: tcp 22, 10.9.0.0 is meant by management in tcp 22 '
        "admins: ssh-admin (row 2) and not let through: entry 90 (deny tcp 0-1023: 10.0.0.0/8) "
        "denies it."
    )


def test_a_lost_packet_names_the_rule_of_an_nsg_with_its_priority():
    closing = everything(4096, allows=False, name="management-in-deny-all")

    assert said(closing, point=Point.NSG).endswith(
        'not let through: rule "management-in-deny-all" (priority 4096) denies it.'
    )


def test_a_lost_packet_that_no_flow_opens_is_a_reply_to_one():
    reply = Meaning(flow("dns"), True, tcp(50000, 50000).boxes())

    assert said(ssh(), replies=(reply,)) == (
        f"{WHERE}: tcp 50000, 10.9.0.0 is meant by a reply to management in tcp 22 admins: "
        "dns (row 2) and not let through: no rule matches it."
    )


def test_a_packet_that_is_request_and_reply_is_meant_by_the_request():
    reply = Meaning(flow("dns"), True, tcp(1, 100).boxes())

    shown = counterexample(
        proof(tcp(22, 22), NOTHING, meanings=(reply, Meaning(flow(), False, tcp(22, 22).boxes())))
    )
    assert shown is not None
    assert [one.reply for one in shown.meant_by] == [False]


def test_an_added_packet_is_named_with_every_rule_of_the_group_that_lets_it_through():
    assert said(ssh("a"), ssh("b", last=23), ssh("c", last=24)) == (
        f'{WHERE}: tcp 23, 10.9.0.0 is let through by rule "b" and rule "c" and no flow means it.'
    )


def test_an_added_packet_is_named_with_the_first_entry_that_lets_it_through():
    rules = (ssh("", 100), ssh("", 110, last=23), ssh("", 120, last=24), everything(200, False))

    assert said(*rules, point=Point.NETWORK_ACL) == (
        'network ACL "management", ingress IPv4: tcp 23, 10.9.0.0 is let through by '
        "entry 110 (allow tcp 22-23: 10.9.0.0/28) and no flow means it."
    )


def test_a_widening_that_is_none_is_named_with_what_makes_it_none():
    assert said(ssh(), declared=tcp(23, 23)) == (
        f"{WHERE}: tcp 23, 10.9.0.0 is declared as a widening and is none: no rule matches it."
    )
    assert said(ssh(), declared=tcp(22, 22)) == (
        f"{WHERE}: tcp 22, 10.9.0.0 is declared as a widening and is none: management in tcp 22 "
        "admins: ssh-admin (row 2) means it."
    )


def test_a_proof_that_holds_has_no_counterexample():
    held = proof(tcp(22, 22), tcp(22, 22))

    assert counterexample(held) is None
    with pytest.raises(AssertionError):
        ProofFailed(held)


def test_a_reference_is_shown_by_its_name():
    self_only = AddressSet.atom(Family.IPV4, "group:self")
    space = HeaderSpace.of(Service.of_ports(6, PortRange(2222, 2222)), self_only)
    rule = LiftedRule("a", None, True, space.boxes())

    assert str(ProofFailed(proof(NOTHING, space, rules=(rule,)))) == (
        f'{WHERE}: tcp 2222, group:self is let through by rule "a" and no flow means it.'
    )


def test_an_echo_reply_is_of_its_own_family_whatever_a_flow_says():
    """A proof leans on nothing that made the flows: ICMP is never meant in IPv6."""
    echo = flow(
        "icmp-echo",
        direction=Direction.EGRESS,
        traffic=Traffic(Protocol.ICMP, icmp=IcmpType(8, 0)),
        peer=Peer("monitoring", prefixes("10.9.0.0/28", "2001:db8::/64")),
        families=(Family.IPV4, Family.IPV6),
    )
    settings = replace(
        planned("aws-dev-us-east-1").settings, interfaces={"management": interface()}
    )
    needed = _meanings(settings, rule_set(Point.NETWORK_ACL, ()), [echo])
    (four,) = needed(Direction.INGRESS, Family.IPV4)

    assert four.reply
    assert HeaderSpace.union(Family.IPV4, four.boxes) == HeaderSpace.of(
        Service.of_icmp(1, 0, 0), AddressSet.of(Family.IPV4, prefixes("10.9.0.0/28"))
    )
    assert needed(Direction.INGRESS, Family.IPV6) == ()
