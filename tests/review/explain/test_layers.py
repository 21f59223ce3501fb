"""One enforcement point with rules that are known in part: each is taken for the worse."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.review.explain.layers import Entry, Layer, judge
from segfw.review.spacewords import space_words
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange
from tests.making import prefixes

SIDE = (Direction.INGRESS, Family.IPV4)
SSH = Service.of_ports(6, PortRange(22, 22))
NARROW = AddressSet.of(Family.IPV4, prefixes("10.0.0.0/25"))
WIDE = AddressSet.of(Family.IPV4, prefixes("10.0.0.0/24"))
ASKED = HeaderSpace.of(SSH, WIDE)
LOWER, UPPER = "tcp 22: 10.0.0.0/25", "tcp 22: 10.0.0.128/25"
ALL = "tcp 22: 10.0.0.0/24"


def entry(number, allows, least=WIDE, most=WIDE):
    return Entry("", number, allows, ((SSH, least),), ((SSH, most),))


def judged(*books, point=Point.NETWORK_ACL):
    return judge(Layer(point, "data", "data", lambda _: books), SIDE, ASKED)


def words(found):
    return space_words(found.allowed), space_words(found.denied), space_words(found.unknown)


@pytest.mark.parametrize(
    ("entries", "allowed", "denied", "unknown"),
    [
        ((), "nothing", ALL, "nothing"),
        ((entry(1, True),), ALL, "nothing", "nothing"),
        ((entry(1, False), entry(2, True)), "nothing", ALL, "nothing"),
        ((entry(2, False), entry(1, True)), ALL, "nothing", "nothing"),
        ((entry(1, False, NARROW, NARROW), entry(2, True)), UPPER, LOWER, "nothing"),
        # what it allows is known in part
        ((entry(1, True, NARROW, WIDE),), LOWER, "nothing", UPPER),
        # what it denies is known in part: what it may deny is not surely allowed
        ((entry(1, False, NARROW, WIDE), entry(2, True)), "nothing", LOWER, UPPER),
        # whether it allows is not known
        ((entry(1, None),), "nothing", "nothing", ALL),
        ((entry(1, None, NARROW, NARROW), entry(2, True)), UPPER, "nothing", LOWER),
        ((entry(1, None, NARROW, NARROW), entry(2, False)), "nothing", UPPER, LOWER),
        # when it is tried is not known
        ((entry(None, False, NARROW, NARROW), entry(2, True)), UPPER, "nothing", LOWER),
        ((entry(None, True, NARROW, NARROW), entry(2, False)), "nothing", UPPER, LOWER),
        ((entry(None, True, NARROW, NARROW),), LOWER, UPPER, "nothing"),
    ],
)  # fmt: skip
def test_what_is_sure_and_what_is_not(entries, allowed, denied, unknown):
    assert words(judged(entries)) == (allowed, denied, unknown)


def test_of_two_acls_that_are_there_at_once_only_what_both_say_is_sure():
    """While one takes over from the other nobody knows which a packet meets."""
    found = judged((entry(1, True),), (entry(1, True, NARROW, NARROW),))

    assert words(found) == (LOWER, "nothing", UPPER)


def test_any_rule_of_a_group_is_enough_and_all_that_allow_are_named():
    rules = (entry(0, True, NARROW, NARROW), entry(0, True))
    found = judged(rules, point=Point.SECURITY_GROUP)

    assert words(found) == (ALL, "nothing", "nothing")
    assert [space_words(one.part) for one in found.decided] == [LOWER, ALL]


def test_of_entries_that_are_tried_in_turn_each_decides_what_is_left():
    found = judged((entry(20, True), entry(10, False, NARROW, NARROW)))

    assert [(d.entry.number, space_words(d.part)) for d in found.decided] == [
        (10, LOWER),
        (20, UPPER),
    ]


def test_what_no_entry_matches_is_said():
    found = judged((entry(1, True, NARROW, NARROW),))

    assert space_words(found.unmatched) == UPPER


def reference(name, *texts):
    held = AddressSet.of(Family.IPV4, prefixes(*texts)) if texts else AddressSet(Family.IPV4)
    return held | AddressSet.atom(Family.IPV4, name)


def test_the_tag_of_azures_load_balancer_is_one_address():
    """Azure, "Virtual network service tags": AzureLoadBalancer is 168.63.129.16."""
    probe = AddressSet.of(Family.IPV4, prefixes("168.63.129.16/32"))
    near = AddressSet.of(Family.IPV4, prefixes("168.63.129.16/31"))
    rule = entry(1, True, *[reference("tag:azure-load-balancer")] * 2)
    layer = Layer(Point.NSG, "data", "data", lambda _: ((rule,),))

    assert judge(layer, SIDE, HeaderSpace.of(SSH, probe)).allowed
    found = judge(layer, SIDE, HeaderSpace.of(SSH, near))
    assert words(found) == ("tcp 22: 168.63.129.16/32", "tcp 22: 168.63.129.17/32", "nothing")


@pytest.mark.parametrize(
    ("names", "asked", "sure", "perhaps"),
    [
        (reference("group:a"), AddressSet.atom(Family.IPV4, "group:a"), True, True),
        (reference("group:a"), AddressSet.atom(Family.IPV4, "group:b"), False, True),
        (reference("group:a"), WIDE, False, True),
        (reference("group:a", "10.0.0.0/24"), WIDE, True, True),
        (WIDE, AddressSet.atom(Family.IPV4, "group:b"), False, True),
        (AddressSet.whole(Family.IPV4), AddressSet.atom(Family.IPV4, "group:b"), True, True),
        (AddressSet.of(Family.IPV4, prefixes("10.1.0.0/24")), WIDE, False, False),
    ],
)
def test_a_member_of_a_group_may_have_any_address(names, asked, sure, perhaps):
    """Design D8: an atom lies inside the family and in nothing smaller."""
    layer = Layer(Point.NSG, "data", "data", lambda _: ((entry(1, True, names, names),),))
    found = judge(layer, SIDE, HeaderSpace.of(SSH, asked))

    assert (bool(found.allowed), bool(found.possible)) == (sure, perhaps)
