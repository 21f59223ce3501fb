"""The replies: by themselves where a point is stateful, by entries of their own where it is not."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.review.explain.layers import Entry, Layer
from segfw.review.explain.path import Verdict, verdict_of_ways, way
from segfw.review.spacewords import space_words
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import Service
from segfw.sets.ports import PortRange
from tests.making import prefixes
from tests.review.explain.asking import answered, asked
from tests.shipped import planned

ANYONE = AddressSet.whole(Family.IPV4)
LAB = planned("aws-lab")


def entry(number, ports, *, allows=True, addresses=ANYONE, protocol=6):
    box = (Service.of_ports(protocol, PortRange(*ports)), addresses)
    return Entry("", number, allows, (box,), (box,))


def acl(ingress, egress, unseen=()):
    rules = {Direction.INGRESS: ingress, Direction.EGRESS: egress}
    return Layer(Point.NETWORK_ACL, "public", "public", lambda side: (rules[side[0]],), unseen)


def asked_way(layer, text, ports=(1024, 65535)):
    question = asked(LAB, text)
    return way(question, [layer], Family.IPV4, PortRange(*ports), lambda *_: ())


def test_a_connection_without_replies_is_denied_in_effect():
    found = asked_way(
        acl([entry(1, (25, 25))], [entry(1, (80, 80))]), "in tcp 192.0.2.1 -> public:25"
    )

    assert found.legs[0].verdict is Verdict.ALLOWED
    assert found.cut
    assert verdict_of_ways([found]) is Verdict.DENIED


def test_replies_that_only_some_openers_get_are_enough():
    layer = acl(
        [entry(1, (25, 25))], [entry(1, (2222, 2222), allows=False), entry(2, (1024, 65535))]
    )
    found = asked_way(layer, "in tcp 192.0.2.1 -> public:25")

    assert verdict_of_ways([found]) is Verdict.ALLOWED
    replies = found.legs[0].replies.judged
    assert space_words(replies.denied) == "tcp 2222: 192.0.2.1/32"
    assert (
        space_words(replies.allowed) == "tcp 1024-2221: 192.0.2.1/32; tcp 2223-65535: 192.0.2.1/32"
    )


def test_the_far_ends_that_get_no_reply_are_told_from_those_that_do():
    some = AddressSet.of(Family.IPV4, prefixes("192.0.2.0/25"))
    layer = acl([entry(1, (25, 25))], [entry(1, (1024, 65535), addresses=some)])
    found = asked_way(layer, "in tcp 192.0.2.0/24 -> public:25")

    assert verdict_of_ways([found]) is Verdict.PARTLY
    assert space_words(found.allowed) == "tcp 25: 192.0.2.0/25"
    assert space_words(found.denied) == "tcp 25: 192.0.2.128/25"


@pytest.mark.parametrize(("last", "verdict"), [(9999, Verdict.DENIED), (10000, Verdict.ALLOWED)])
def test_replies_go_to_the_ports_that_the_gateway_opens_from(last, verdict):
    layer = acl([entry(1, (1024, last))], [entry(1, (443, 443))])
    found = asked_way(layer, "out tcp public -> 192.0.2.1:443", ports=(10000, 65535))

    assert verdict_of_ways([found]) is verdict


def test_members_of_the_own_subnet_need_no_entry_for_request_or_reply():
    layer = acl([], [], unseen=prefixes("192.0.2.0/24"))

    assert verdict_of_ways([asked_way(layer, "in tcp 192.0.2.1 -> public:25")]) is Verdict.ALLOWED
    assert verdict_of_ways([asked_way(layer, "in tcp 192.0.3.1 -> public:25")]) is Verdict.DENIED


def test_of_two_own_subnets_each_is_filtered():
    layer = acl([], [], unseen=prefixes("192.0.2.0/24", "192.0.3.0/24"))

    assert verdict_of_ways([asked_way(layer, "in tcp 192.0.2.1 -> public:25")]) is Verdict.DENIED


def test_echo_is_answered_by_echo_reply():
    request = Entry("", 1, True, *[((Service.of_icmp(1, 8, 0), ANYONE),)] * 2)
    reply = Entry("", 1, True, *[((Service.of_icmp(1, 0, 0), ANYONE),)] * 2)
    question = "in icmp 192.0.2.1 -> public:8.0"

    assert verdict_of_ways([asked_way(acl([request], [reply]), question)]) is Verdict.ALLOWED
    assert verdict_of_ways([asked_way(acl([request], [request]), question)]) is Verdict.DENIED


def test_what_is_never_answered_needs_no_reply():
    mtu = Entry("", 1, True, *[((Service.of_icmp(1, 3, 4), ANYONE),)] * 2)
    found = asked_way(acl([mtu], []), "in icmp 192.0.2.1 -> public:3.4")

    assert verdict_of_ways([found]) is Verdict.ALLOWED
    assert not found.legs[0].answers


def test_ntp_is_answered_on_its_own_port_too():
    """RFC 5905 section 7.3: a server may answer to port 123; the catalog's row 15 says so."""
    answer = answered(LAB, "out udp -> ntp-servers:123")
    replies = answer.ways[0].legs[1].replies.judged

    assert space_words(replies.asked).startswith("udp 123: ")
    assert "udp 1024-65535" in space_words(replies.asked)


def test_guards_cut_some_replies_and_are_named():
    """A proxy answers by a wide range, in which the gateway's own services are guarded (D6)."""
    answer = answered(planned("aws-prod-us-east-1"), "out tcp public -> internet:25")
    judged = answer.ways[0].legs[1].replies.judged
    guards = [one for one in judged.decided if one.entry.allows is False]

    assert answer.verdict is Verdict.ALLOWED
    assert guards
    assert all(answer.why(one).closing.startswith("guard: ") for one in guards)


def test_a_stateful_point_has_no_replies_to_judge():
    answer = answered(planned("azure-lab"), "in tcp admins -> management:22")

    assert all(leg.replies is None and leg.answers for way in answer.ways for leg in way.legs)
