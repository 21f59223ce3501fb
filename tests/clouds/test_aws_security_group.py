"""Security groups: one resource to a rule, in the words that EC2 keeps, and back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segfw.catalog.model import Direction, Protocol
from segfw.clouds.aws_security_group.lift import lift_prefix_list, lift_rules
from segfw.clouds.aws_security_group.lower import (
    group_name,
    lower_prefix_lists,
    lower_security_group,
)
from segfw.clouds.aws_security_group.spec import EGRESS_RULE, INGRESS_RULE, PREFIX_LIST
from segfw.clouds.lifted import LiftError
from segfw.flow import IcmpType, Point
from segfw.rule import union_of
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import ProgramValue, Reference, ReferenceKind, SecurityGroupSettings
from tests.clouds.shapes import PROPERTIES, allow_rules, shaped
from tests.making import TAGS, interface, ports, prefixes, rule, rule_set

IN_4 = (Direction.INGRESS, Family.IPV4)
DESCRIPTION = "ssh-admin (row 2): SSH to the command line"


def lowered(*rules, groups: int = 1, **group):
    settings = SecurityGroupSettings(groups=groups, **group)
    held = rule_set(Point.SECURITY_GROUP, rules, groups=groups)
    return lower_security_group(held, interface(security_group=settings), TAGS)


def spelled(one) -> dict:
    """The inputs of one rule, without what every rule has."""
    _, spec, _ = lowered(one)
    inputs = spec.inputs()
    assert inputs.pop("securityGroupId") == "${management.id}"
    assert inputs.pop("description") == DESCRIPTION
    return inputs


def reference(kind=ReferenceKind.PREFIX_LIST, **changed):
    return Reference(**{"kind": kind, "name": "admins", "id": "pl-0123", **changed})


SPELLINGS = {
    "tcp has both ports": (
        rule(),
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "10.9.0.0/28"},
    ),
    "udp is a keyword too": (
        rule(protocol=Protocol.UDP, ports=ports((1024, 65535))),
        {"ipProtocol": "udp", "fromPort": 1024, "toPort": 65535, "cidrIpv4": "10.9.0.0/28"},
    ),
    "an IPv6 prefix has a field of its own": (
        rule(prefixes=prefixes("2001:db8::/64")),
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv6": "2001:db8::/64"},
    ),
    "ICMP has its type and code in the ports": (
        rule(protocol=Protocol.ICMP, ports=(), icmp=IcmpType(3, 4)),
        {"ipProtocol": "icmp", "fromPort": 3, "toPort": 4, "cidrIpv4": "10.9.0.0/28"},
    ),
    "any code is -1": (
        rule(protocol=Protocol.ICMP, ports=(), icmp=IcmpType(8, None)),
        {"ipProtocol": "icmp", "fromPort": 8, "toPort": -1, "cidrIpv4": "10.9.0.0/28"},
    ),
    "any type is -1": (
        rule(
            protocol=Protocol.ICMPV6,
            ports=(),
            icmp=IcmpType(None, None),
            prefixes=prefixes("::/0"),
        ),
        {"ipProtocol": "icmpv6", "fromPort": -1, "toPort": -1, "cidrIpv6": "::/0"},
    ),
    "all traffic is -1 and leaves the ports out": (
        rule(protocol=None, ports=()),
        {"ipProtocol": "-1", "cidrIpv4": "10.9.0.0/28"},
    ),
    "a prefix list is named by its id": (
        rule(prefixes=(), reference=reference()),
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListId": "pl-0123"},
    ),
    "a group is named by its id": (
        rule(prefixes=(), reference=reference(ReferenceKind.SECURITY_GROUP, id="sg-0123")),
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "referencedSecurityGroupId": "sg-0123"},
    ),
    "the group itself is named by the id that it will have": (
        rule(
            prefixes=(),
            reference=reference(
                ReferenceKind.SECURITY_GROUP, name="self", id=ProgramValue("this group")
            ),
        ),
        {
            "ipProtocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "referencedSecurityGroupId": "${management.id}",
        },
    ),
    "a list that the stack makes is named by the id that it will have": (
        rule(prefixes=(), reference=reference(entries=prefixes("10.9.0.0/28"))),
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListId": "${admins.id}"},
    ),
}


@pytest.mark.parametrize(("one", "inputs"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_rule_is_spelled_as_ec2_keeps_it(one, inputs):
    assert spelled(one) == inputs


def test_a_rule_has_the_type_of_its_direction():
    _, into, out, _ = lowered(rule(), rule(direction=Direction.EGRESS, name="out"))

    assert (into.token, out.token) == (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    )


def test_a_group_has_no_rules_inline_and_no_name():
    group, *_ = lowered(rule())

    assert (group.token, group.name) == ("aws:ec2/securityGroup:SecurityGroup", "management")
    assert group.inputs() == {
        "description": (
            "Interface of a Cisco Secure Email Gateway. Rules are managed by seg-firewall."
        ),
        "revokeRulesOnDelete": True,
        "tags": {**TAGS, "Name": "small-management"},
        "vpcId": "vpc-1",
    }


def test_the_owner_of_a_groups_rules_names_them_all():
    *_, owner = lowered(rule(), rule(direction=Direction.EGRESS, name="out"))

    assert owner.token == ("aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive")
    assert owner.inputs() == {
        "egressRuleIds": ["${out.id}"],
        "ingressRuleIds": ["${management-in-tcp-22-10.9.0.0_28.id}"],
        "securityGroupId": "${management.id}",
    }


def test_ownership_may_be_left_to_others():
    assert [spec.token for spec in lowered(exclusive=False)] == [
        "aws:ec2/securityGroup:SecurityGroup"
    ]


def test_each_group_is_attached_to_each_network_interface():
    attached = [
        (spec.name, spec.inputs())
        for spec in lowered(groups=2, attach={"eni-2": "eni-2", "eni-1": "eni-1"})
        if "Attachment" in spec.token
    ]

    assert attached == [
        (
            f"{group}-attach-{eni}",
            {"networkInterfaceId": eni, "securityGroupId": f"${{{group}.id}}"},
        )
        for group in ("management", "management-2")
        for eni in ("eni-1", "eni-2")
    ]


def test_a_second_group_leaves_the_first_ones_name_alone():
    assert [group_name("public", number) for number in (1, 2, 3)] == [
        "public",
        "public-2",
        "public-3",
    ]


def test_a_rule_stands_in_its_own_group():
    specs = lowered(rule(group=2), groups=2)
    (held,) = [spec for spec in specs if spec.token == INGRESS_RULE]

    assert held.inputs()["securityGroupId"] == "${management-2.id}"


def test_a_list_of_ours_has_room_for_just_its_entries():
    own = reference(entries=prefixes("10.9.0.0/28", "10.9.1.0/28"))
    (spec,) = lower_prefix_lists([own, reference(name="theirs"), own], TAGS)

    assert (spec.token, spec.name) == ("aws:ec2/managedPrefixList:ManagedPrefixList", "admins")
    assert spec.inputs() == {
        "addressFamily": "IPv4",
        "entries": [
            {"cidr": "10.9.0.0/28", "description": "admins"},
            {"cidr": "10.9.1.0/28", "description": "admins"},
        ],
        "maxEntries": 2,
        "tags": {**TAGS, "Name": "small-admins"},
    }


@given(st.lists(allow_rules(), max_size=8))
def test_what_is_lowered_lifts_to_the_same_space(rules):
    specs = [s for s in lowered(*rules) if s.token in (INGRESS_RULE, EGRESS_RULE)]
    found = lift_rules([(spec.token, spec.inputs()) for spec in specs], {})

    for direction in Direction:
        here = [one for one in rules if one.direction is direction]
        for family in Family:
            assert found[direction, family] == union_of(here, family)


def lifted(**inputs) -> HeaderSpace:
    return lift_rules([(INGRESS_RULE, inputs)], {})[IN_4]


def space(service: Service, *texts: str) -> HeaderSpace:
    return HeaderSpace.of(service, AddressSet.of(Family.IPV4, prefixes(*texts)))


TEN = {"cidrIpv4": "10.0.0.0/8"}
READINGS = {
    "numbers as the engine sends them": (
        {**TEN, "ipProtocol": "tcp", "fromPort": 22.0, "toPort": 23.0},
        Service.of_ports(6, PortRange(22, 23)),
    ),
    "a keyword's number is the keyword": (
        {**TEN, "ipProtocol": "17", "fromPort": 53, "toPort": 53},
        Service.of_ports(17, PortRange(53, 53)),
    ),
    "another protocol is known by its number": (
        {**TEN, "ipProtocol": "47"},
        Service.of_protocol(47),
    ),
    "-1 is every protocol": ({**TEN, "ipProtocol": "-1"}, Service.everything()),
    "type -1 is all of ICMP": (
        {**TEN, "ipProtocol": "icmp", "fromPort": -1, "toPort": -1},
        Service.of_protocol(1),
    ),
    "code -1 is every code": (
        {**TEN, "ipProtocol": "icmp", "fromPort": 3, "toPort": -1},
        Service.of_icmp(1, 3, None),
    ),
}


@pytest.mark.parametrize(("inputs", "service"), READINGS.values(), ids=READINGS)
def test_a_rule_is_read_as_ec2_reads_it(inputs, service):
    assert lifted(**inputs) == space(service, "10.0.0.0/8")


def test_icmpv6_without_a_type_is_all_of_it():
    found = lift_rules([(EGRESS_RULE, {"ipProtocol": "icmpv6", "cidrIpv6": "::/0"})], {})

    assert found[Direction.EGRESS, Family.IPV6] == HeaderSpace.of(
        Service.of_protocol(58), AddressSet.of(Family.IPV6, prefixes("::/0"))
    )


def test_a_group_lets_through_what_any_of_its_rules_does():
    found = lift_rules(
        [
            (INGRESS_RULE, {**TEN, "ipProtocol": "tcp", "fromPort": 1, "toPort": 10}),
            (INGRESS_RULE, {**TEN, "ipProtocol": "tcp", "fromPort": 11, "toPort": 20}),
        ],
        {},
    )

    assert found[IN_4] == space(Service.of_ports(6, PortRange(1, 20)), "10.0.0.0/8")
    assert not found[Direction.EGRESS, Family.IPV4]


def test_an_id_that_is_unknown_is_an_atom_of_both_families():
    inputs = {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-9"}
    found = lift_rules([(INGRESS_RULE, inputs)], {})

    for family in Family:
        assert found[Direction.INGRESS, family] == HeaderSpace.of(
            Service.everything(), AddressSet.atom(family, "unknown:sg-9")
        )


def test_a_known_list_is_its_entries():
    ten = {
        Family.IPV4: AddressSet.of(Family.IPV4, prefixes("10.0.0.0/8")),
        Family.IPV6: AddressSet(Family.IPV6),
    }
    inputs = {"ipProtocol": "-1", "prefixListId": "pl-9"}
    found = lift_rules([(INGRESS_RULE, inputs)], {"pl-9": ten})

    assert found[IN_4] == space(Service.everything(), "10.0.0.0/8")
    assert not found[Direction.INGRESS, Family.IPV6]


TCP = {**TEN, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
FAR_END = "one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId is needed, not"
REFUSED = {
    "no far end": ({**TCP, "cidrIpv4": ...}, f"{FAR_END} 0"),
    "two far ends": ({**TCP, "cidrIpv6": "::/0"}, f"{FAR_END} 2"),
    "the other family's field": (
        {**TCP, "cidrIpv4": "::/0"},
        "cidrIpv4: ::/0 is not IPv4",
    ),
    "the other family's field, the other way": (
        {**TCP, "cidrIpv4": ..., "cidrIpv6": "10.0.0.0/8"},
        "cidrIpv6: 10.0.0.0/8 is not IPv6",
    ),
    "a prefix that is no text": ({**TCP, "cidrIpv4": 10}, "cidrIpv4 is not text"),
    "an id that is no text": (
        {**TCP, "cidrIpv4": ..., "prefixListId": ["pl-1"]},
        "prefixListId is not text",
    ),
    "host bits": (
        {**TCP, "cidrIpv4": "10.0.0.5/24"},
        'cidrIpv4: "10.0.0.5/24" has host bits set; did you mean "10.0.0.0/24"',
    ),
    "no length": (
        {**TCP, "cidrIpv4": "10.0.0.5"},
        'cidrIpv4: "10.0.0.5" has no length; did you mean "10.0.0.5/32"',
    ),
    "all traffic with ports": ({**TCP, "ipProtocol": "-1"}, "ipProtocol -1 takes no ports"),
    "no protocol": ({**TCP, "ipProtocol": ...}, "ipProtocol None is no protocol"),
    "a protocol's number as a number": ({**TCP, "ipProtocol": 6}, "ipProtocol 6 is no protocol"),
    "an unknown keyword": ({**TCP, "ipProtocol": "sctp"}, "ipProtocol 'sctp' is no protocol"),
    "a protocol above 255": ({**TCP, "ipProtocol": "256"}, "ipProtocol '256' is no protocol"),
    "a protocol in other digits": ({**TCP, "ipProtocol": "٦"}, "ipProtocol '٦' is no protocol"),
    "no first port": ({**TCP, "fromPort": ...}, "fromPort is not a whole number"),
    "no last port": ({**TCP, "toPort": ...}, "toPort is not a whole number"),
    "a port as text": ({**TCP, "fromPort": "22"}, "fromPort is not a whole number"),
    "a port as a truth": ({**TCP, "fromPort": True}, "fromPort is not a whole number"),
    "half a port": ({**TCP, "fromPort": 21.5}, "fromPort is not a whole number"),
    "no number": ({**TCP, "fromPort": float("nan")}, "fromPort is not a whole number"),
    "no end": ({**TCP, "toPort": float("inf")}, "toPort is not a whole number"),
    "a range that ends before it starts": ({**TCP, "toPort": 21}, "ports 22-21 are no range"),
    "a port above 65535": ({**TCP, "toPort": 65536}, "ports 22-65536 are no range"),
    "a port below 0": ({**TCP, "fromPort": -1}, "ports -1-22 are no range"),
    "an ICMP type above 255": (
        {**TCP, "ipProtocol": "icmp", "fromPort": 256, "toPort": 0},
        "ICMP type 256 code 0 is not within 0 to 255",
    ),
    "an ICMP code above 255": (
        {**TCP, "ipProtocol": "icmp", "fromPort": 3, "toPort": 256},
        "ICMP type 3 code 256 is not within 0 to 255",
    ),
    "an ICMP code without a type": (
        {**TCP, "ipProtocol": "icmp", "fromPort": -1, "toPort": 4},
        "ICMP code 4 needs a type",
    ),
    "ICMP without a type": (
        {**TEN, "ipProtocol": "icmp"},
        "fromPort is not a whole number",
    ),
    "ICMPv6 with half a type": (
        {"cidrIpv6": "::/0", "ipProtocol": "icmpv6", "fromPort": 2},
        "toPort is not a whole number",
    ),
}


@pytest.mark.parametrize(("inputs", "message"), REFUSED.values(), ids=REFUSED)
def test_a_rule_that_ec2_would_refuse_is_refused(inputs, message):
    given_ones = {key: value for key, value in inputs.items() if value is not ...}
    with pytest.raises(LiftError) as caught:
        lifted(**given_ones)

    assert str(caught.value) == message


LIST = {"addressFamily": "IPv6", "entries": [{"cidr": "2001:db8::/64"}]}


def test_a_list_is_the_addresses_of_its_entries():
    assert lift_prefix_list(PREFIX_LIST, LIST) == {
        Family.IPV4: AddressSet(Family.IPV4),
        Family.IPV6: AddressSet.of(Family.IPV6, prefixes("2001:db8::/64")),
    }


LIST_REFUSED = {
    "another type": ("aws:ec2/vpc:Vpc", LIST, "aws:ec2/vpc:Vpc is no prefix list"),
    "no family": (PREFIX_LIST, {"entries": []}, "addressFamily is neither IPv4 nor IPv6"),
    "no entries": (PREFIX_LIST, {"addressFamily": "IPv4"}, "entries is not a list"),
    "an entry that is text": (
        PREFIX_LIST,
        {"addressFamily": "IPv4", "entries": ["10.0.0.0/8"]},
        "entries holds something that is no mapping",
    ),
    "an entry without a prefix": (
        PREFIX_LIST,
        {"addressFamily": "IPv4", "entries": [{}]},
        "cidr is not text",
    ),
    "an entry of the other family": (
        PREFIX_LIST,
        {"addressFamily": "IPv4", "entries": [{"cidr": "::/0"}]},
        "entries holds a prefix that is not IPv4",
    ),
}


@pytest.mark.parametrize(("token", "inputs", "message"), LIST_REFUSED.values(), ids=LIST_REFUSED)
def test_a_list_that_ec2_would_refuse_is_refused(token, inputs, message):
    with pytest.raises(LiftError) as caught:
        lift_prefix_list(token, inputs)

    assert str(caught.value) == message


@given(shaped(TCP, PROPERTIES))
def test_no_shape_of_a_rule_raises_anything_else(inputs):
    with contextlib.suppress(LiftError):
        lifted(**inputs)


@given(shaped(LIST, PROPERTIES))
def test_no_shape_of_a_list_raises_anything_else(inputs):
    with contextlib.suppress(LiftError):
        lift_prefix_list(PREFIX_LIST, inputs)
