"""Network ACLs: every entry inline by number, protocols as numbers, and back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given

from segfw.catalog.model import Direction, Protocol
from segfw.clouds.aws_network_acl.lift import lift_network_acl
from segfw.clouds.aws_network_acl.lower import lower_network_acl
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.lifted import LiftError
from segfw.flow import IcmpType, Point
from segfw.rule import Action
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import NetworkAclSettings, StackOutput
from tests.clouds.shapes import PROPERTIES, ordered_rules, shaped
from tests.making import TAGS, interface, ports, prefixes, rule, rule_set

IN_4 = (Direction.INGRESS, Family.IPV4)


def lowered(*rules, subnet_ids=("subnet-1",)):
    acl = NetworkAclSettings(subnet_ids=subnet_ids)
    return lower_network_acl(rule_set(Point.NETWORK_ACL, rules), interface(), acl, TAGS)


SPELLINGS = {
    "tcp is 6": (
        rule(),
        {
            "ruleNo": 100,
            "action": "allow",
            "protocol": "6",
            "fromPort": 22,
            "toPort": 22,
            "cidrBlock": "10.9.0.0/28",
        },
    ),
    "udp is 17": (
        rule(protocol=Protocol.UDP, ports=ports((1024, 65535)), number=200),
        {
            "ruleNo": 200,
            "action": "allow",
            "protocol": "17",
            "fromPort": 1024,
            "toPort": 65535,
            "cidrBlock": "10.9.0.0/28",
        },
    ),
    "ICMP is 1, with type and code and no ports": (
        rule(protocol=Protocol.ICMP, ports=(), icmp=IcmpType(3, 4)),
        {
            "ruleNo": 100,
            "action": "allow",
            "protocol": "1",
            "fromPort": 0,
            "toPort": 0,
            "icmpType": 3,
            "icmpCode": 4,
            "cidrBlock": "10.9.0.0/28",
        },
    ),
    "any type and code are -1, and ICMPv6 is 58 with the other field": (
        rule(
            protocol=Protocol.ICMPV6,
            ports=(),
            icmp=IcmpType(None, None),
            prefixes=prefixes("2001:db8::/64"),
        ),
        {
            "ruleNo": 100,
            "action": "allow",
            "protocol": "58",
            "fromPort": 0,
            "toPort": 0,
            "icmpType": -1,
            "icmpCode": -1,
            "ipv6CidrBlock": "2001:db8::/64",
        },
    ),
    "a deny of everything is -1 with ports 0": (
        rule(protocol=None, ports=(), action=Action.DENY, prefixes=prefixes("0.0.0.0/0")),
        {
            "ruleNo": 100,
            "action": "deny",
            "protocol": "-1",
            "fromPort": 0,
            "toPort": 0,
            "cidrBlock": "0.0.0.0/0",
        },
    ),
}


@pytest.mark.parametrize(("one", "entry"), SPELLINGS.values(), ids=SPELLINGS)
def test_an_entry_is_spelled_as_ec2_keeps_it(one, entry):
    assert lowered(one).inputs()["ingress"] == [entry]


def test_an_acl_holds_its_entries_by_number_and_its_subnets():
    spec = lowered(
        rule(number=300),
        rule(number=100, ports=ports(443)),
        rule(number=200, direction=Direction.EGRESS),
        subnet_ids=("subnet-2", StackOutput("acme/network/prod", "subnetId")),
    )
    inputs = spec.inputs()

    assert (spec.token, spec.name) == ("aws:ec2/networkAcl:NetworkAcl", "management-acl")
    assert [entry["ruleNo"] for entry in inputs.pop("ingress")] == [100, 300]
    assert [entry["ruleNo"] for entry in inputs.pop("egress")] == [200]
    assert inputs == {
        "subnetIds": ["acme/network/prod:subnetId", "subnet-2"],
        "tags": {**TAGS, "Name": "small-management"},
        "vpcId": "vpc-1",
    }


def first_match(rules, family):
    """By the book: go through the rules in order, and the first that matches decides."""
    decided = allowed = HeaderSpace(family)
    for one in sorted(rules, key=lambda held: held.number):
        new = one.space(family) - decided
        decided |= new
        if one.action is Action.ALLOW:
            allowed |= new
    return allowed


@given(ordered_rules())
def test_what_is_lowered_lifts_to_what_the_first_match_decides(rules):
    spec = lowered(*rules)
    found = lift_network_acl(spec.token, spec.inputs())

    for direction in Direction:
        here = [one for one in rules if one.direction is direction]
        for family in Family:
            assert found[direction, family] == first_match(here, family)


def entry(**changed):
    whole = {
        "ruleNo": 100,
        "action": "allow",
        "protocol": "6",
        "fromPort": 22,
        "toPort": 22,
        "cidrBlock": "10.0.0.0/8",
        **changed,
    }
    return {key: value for key, value in whole.items() if value is not ...}


def lifted(*entries):
    return lift_network_acl(NETWORK_ACL, {"ingress": list(entries), "egress": []})[IN_4]


def space(service: Service, *texts: str) -> HeaderSpace:
    return HeaderSpace.of(service, AddressSet.of(Family.IPV4, prefixes(*texts)))


READINGS = {
    "numbers as the engine sends them": (
        entry(ruleNo=100.0, fromPort=22.0, toPort=23.0),
        Service.of_ports(6, PortRange(22, 23)),
    ),
    "another protocol has no ports": (entry(protocol="47"), Service.of_protocol(47)),
    "-1 is every protocol": (
        entry(protocol="-1", fromPort=0, toPort=0),
        Service.everything(),
    ),
    "ICMP without type and code is the echo reply, not any": (
        entry(protocol="1", fromPort=0, toPort=0),
        Service.of_icmp(1, 0, 0),
    ),
    "type -1 is all of ICMP": (
        entry(protocol="1", icmpType=-1, icmpCode=-1),
        Service.of_protocol(1),
    ),
    "code -1 is every code": (
        entry(protocol="1", icmpType=3, icmpCode=-1),
        Service.of_icmp(1, 3, None),
    ),
}


@pytest.mark.parametrize(("one", "service"), READINGS.values(), ids=READINGS)
def test_an_entry_is_read_as_ec2_reads_it(one, service):
    assert lifted(one) == space(service, "10.0.0.0/8")


def test_the_lowest_number_wins_whatever_the_order_of_the_list():
    deny = entry(ruleNo=90, action="deny", cidrBlock="10.1.0.0/16")

    assert lifted(entry(), deny) == lifted(deny, entry())
    assert lifted(deny, entry()) == space(
        Service.of_ports(6, PortRange(22, 22)), "10.0.0.0/8"
    ) - space(Service.everything(), "10.1.0.0/16")


def test_an_acl_without_entries_lets_nothing_through():
    assert not any(lift_network_acl(NETWORK_ACL, {"ingress": [], "egress": []}).values())


ONE_OF = "an entry has one of cidrBlock and ipv6CidrBlock"
REFUSED = {
    "no number": (entry(ruleNo=...), "ruleNo is not a whole number"),
    "a number as a truth": (entry(ruleNo=True), "ruleNo is not a whole number"),
    "no action": (entry(action=...), "action None is neither allow nor deny"),
    "an action in capitals": (entry(action="Allow"), "action 'Allow' is neither allow nor deny"),
    "no address": (entry(cidrBlock=...), ONE_OF),
    "addresses of both families": (entry(ipv6CidrBlock="::/0"), ONE_OF),
    "the other family's field": (
        entry(cidrBlock="::/0"),
        "cidrBlock holds a prefix of the other family",
    ),
    "the other family's field, the other way": (
        entry(cidrBlock=..., ipv6CidrBlock="10.0.0.0/8"),
        "ipv6CidrBlock holds a prefix of the other family",
    ),
    "host bits": (
        entry(cidrBlock="10.0.0.5/24"),
        'cidrBlock: "10.0.0.5/24" has host bits set; did you mean "10.0.0.0/24"',
    ),
    "an address as a number": (entry(cidrBlock=10), "cidrBlock is not text"),
    "no protocol": (entry(protocol=...), "protocol None is no protocol number"),
    "a protocol's name": (entry(protocol="tcp"), "protocol 'tcp' is no protocol number"),
    "a protocol as a number": (entry(protocol=6), "protocol 6 is no protocol number"),
    "a protocol above 255": (entry(protocol="256"), "protocol '256' is no protocol number"),
    "no first port": (entry(fromPort=...), "fromPort is not a whole number"),
    "no last port": (entry(toPort=...), "toPort is not a whole number"),
    "a range that ends before it starts": (entry(toPort=21), "ports 22-21 are no range"),
    "a port above 65535": (entry(toPort=65536), "ports 22-65536 are no range"),
    "an ICMP type above 255": (
        entry(protocol="1", icmpType=256),
        "ICMP type 256 code 0 is not within 0 to 255",
    ),
    "an ICMP code without a type": (
        entry(protocol="1", icmpType=-1, icmpCode=4),
        "ICMP code 4 needs a type",
    ),
    "an ICMP type as text": (
        entry(protocol="1", icmpType="3"),
        "icmpType is not a whole number",
    ),
}


@pytest.mark.parametrize(("one", "message"), REFUSED.values(), ids=REFUSED)
def test_an_entry_that_ec2_would_refuse_is_refused(one, message):
    with pytest.raises(LiftError) as caught:
        lifted(one)

    assert str(caught.value) == message


ACL_REFUSED = {
    "another type": ("aws:ec2/vpc:Vpc", {}, "aws:ec2/vpc:Vpc is no network ACL"),
    "no ingress": (NETWORK_ACL, {"egress": []}, "ingress is not a list"),
    "no egress": (NETWORK_ACL, {"ingress": []}, "egress is not a list"),
    "an entry that is none": (
        NETWORK_ACL,
        {"ingress": ["all"], "egress": []},
        "ingress holds something that is no mapping",
    ),
    "one number twice": (
        NETWORK_ACL,
        {"ingress": [entry(), entry(toPort=23)], "egress": []},
        "two entries have one number",
    ),
}


@pytest.mark.parametrize(("token", "inputs", "message"), ACL_REFUSED.values(), ids=ACL_REFUSED)
def test_an_acl_that_ec2_would_refuse_is_refused(token, inputs, message):
    with pytest.raises(LiftError) as caught:
        lift_network_acl(token, inputs)

    assert str(caught.value) == message


def test_one_number_in_both_directions_is_no_conflict():
    found = lift_network_acl(NETWORK_ACL, {"ingress": [entry()], "egress": [entry()]})

    assert found[Direction.INGRESS, Family.IPV4] == found[Direction.EGRESS, Family.IPV4]


@given(shaped(entry(), PROPERTIES))
def test_no_shape_of_an_entry_raises_anything_else(inputs):
    with contextlib.suppress(LiftError):
        lifted(inputs)


@given(shaped({"ingress": [entry()], "egress": []}, PROPERTIES))
def test_no_shape_of_an_acl_raises_anything_else(inputs):
    with contextlib.suppress(LiftError):
        lift_network_acl(NETWORK_ACL, inputs)
