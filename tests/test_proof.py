"""What a proof says when it does not hold: one packet, and who meant it."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction, Protocol
from segfw.flow import IcmpType, Peer, Point, Traffic
from segfw.proof import Proof, ProofFailed, _stateless
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange, PortSet
from tests.making import flow, prefixes

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
) -> Proof:
    return Proof(
        point=point,
        interface="management",
        direction=Direction.INGRESS,
        family=Family.IPV4,
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


def said(failed: Proof, *flows) -> str:
    return str(ProofFailed(failed, flows))


def test_a_lost_packet_is_named_with_the_flow_that_meant_it():
    others = (
        flow("cluster", interface="public"),
        flow("sma", direction=Direction.EGRESS),
        flow("far", peer=Peer("far", prefixes("10.77.0.0/28"))),
    )

    assert said(proof(tcp(22, 22), NOTHING), *others, flow()) == (
        f"{WHERE}: tcp 22, 10.9.0.0 is meant by management in tcp 22 admins: ssh-admin (row 2) "
        "and not let through."
    )


def test_a_lost_packet_that_two_flows_meant_names_both():
    assert said(proof(tcp(22, 22), NOTHING), flow(), flow("cluster")) == (
        f"{WHERE}: tcp 22, 10.9.0.0 is meant by management in tcp 22 admins: ssh-admin (row 2); "
        "management in tcp 22 admins: cluster (row 2) and not let through."
    )


def test_a_lost_packet_that_no_flow_opens_is_a_reply():
    lost = proof(tcp(50000, 50000), NOTHING, point=Point.NETWORK_ACL)

    assert said(lost, flow()) == (
        'network ACL "management", ingress IPv4: tcp 50000, 10.9.0.0 is meant by a reply '
        "and not let through."
    )


def test_an_added_packet_is_named():
    assert said(proof(tcp(22, 22), tcp(22, 23)), flow()) == (
        f"{WHERE}: tcp 23, 10.9.0.0 is let through and no flow means it."
    )


def test_a_widening_that_is_none_is_named():
    assert said(proof(tcp(22, 22), tcp(22, 22), tcp(23, 23)), flow()) == (
        f"{WHERE}: tcp 23, 10.9.0.0 is declared as a widening and is none."
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
    four, six = (
        _stateless([echo], Direction.INGRESS, family, PortRange(1024, 65535), PortSet())
        for family in Family
    )

    assert four == HeaderSpace.of(
        Service.of_icmp(1, 0, 0), AddressSet.of(Family.IPV4, prefixes("10.9.0.0/28"))
    )
    assert not six
