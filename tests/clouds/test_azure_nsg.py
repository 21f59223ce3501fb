"""NSGs: every rule inline by priority, singular and plural fields, and back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given

from segfw.catalog.model import Direction, Protocol
from segfw.clouds.azure_nsg.lift import lift_nsg
from segfw.clouds.azure_nsg.lower import lower_nsg
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.lifted import LiftError
from segfw.flow import IcmpType, Point
from segfw.rule import Action
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Packet, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import Reference, ReferenceKind
from tests.clouds.shapes import PROPERTIES, ordered_rules, shaped
from tests.making import TAGS, closing, interface, ports, prefixes, rule, rule_set

IN_4 = (Direction.INGRESS, Family.IPV4)
CLOSED = tuple(closing(direction) for direction in Direction)
DESCRIPTION = "ssh-admin (row 2): SSH to the command line"


def lowered(*rules):
    return lower_nsg(rule_set(Point.NSG, rules), interface(), TAGS)


def reference(kind, id_):
    return Reference(kind=kind, name="admins", id=id_)


ASG = "/subscriptions/0/resourceGroups/rg-1/providers/Microsoft.Network/applicationSecurityGroups/a"
COMMON = {
    "access": "Allow",
    "description": DESCRIPTION,
    "name": "management-in-tcp-22-10.9.0.0_28",
    "priority": 100,
    "protocol": "Tcp",
    "sourcePortRange": "*",
}
INTO = {**COMMON, "direction": "Inbound", "destinationAddressPrefix": "*"}
OUT = {**COMMON, "direction": "Outbound", "sourceAddressPrefix": "*"}
SPELLINGS = {
    "one prefix and one port are singular": (
        rule(),
        {**INTO, "sourceAddressPrefix": "10.9.0.0/28", "destinationPortRange": "22"},
    ),
    "several prefixes and ports are plural": (
        rule(prefixes=prefixes("10.9.0.0/28", "10.9.1.0/28"), ports=ports(22, (1024, 65535))),
        {
            **INTO,
            "sourceAddressPrefixes": ["10.9.0.0/28", "10.9.1.0/28"],
            "destinationPortRanges": ["22", "1024-65535"],
        },
    ),
    "outbound has its peer on the other side": (
        rule(direction=Direction.EGRESS, protocol=Protocol.UDP),
        {
            **OUT,
            "protocol": "Udp",
            "destinationAddressPrefix": "10.9.0.0/28",
            "destinationPortRange": "22",
        },
    ),
    "a tag stands in the singular field": (
        rule(prefixes=(), reference=reference(ReferenceKind.SERVICE_TAG, "AzureLoadBalancer")),
        {**INTO, "sourceAddressPrefix": "AzureLoadBalancer", "destinationPortRange": "22"},
    ),
    "an application security group is given by its id alone": (
        rule(
            prefixes=(),
            reference=reference(ReferenceKind.APPLICATION_SECURITY_GROUP, ASG),
        ),
        {**INTO, "sourceApplicationSecurityGroups": [{"id": ASG}], "destinationPortRange": "22"},
    ),
    "an application security group as destination": (
        rule(
            direction=Direction.EGRESS,
            prefixes=(),
            reference=reference(ReferenceKind.APPLICATION_SECURITY_GROUP, ASG),
        ),
        {
            **OUT,
            "destinationApplicationSecurityGroups": [{"id": ASG}],
            "destinationPortRange": "22",
        },
    ),
    "ICMP has no types and any port": (
        rule(protocol=Protocol.ICMP, ports=(), icmp=IcmpType(None, None)),
        {
            **INTO,
            "protocol": "Icmp",
            "sourceAddressPrefix": "10.9.0.0/28",
            "destinationPortRange": "*",
        },
    ),
    "the closing deny is * throughout": (
        closing(Direction.INGRESS),
        {
            **INTO,
            "access": "Deny",
            "description": "Everything that no rule above allows",
            "name": "management-in-deny-all",
            "priority": 4096,
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    ),
}


@pytest.mark.parametrize(("one", "inputs"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_rule_is_spelled_as_arm_keeps_it(one, inputs):
    assert lowered(one).inputs()["securityRules"] == [inputs]


def test_an_nsg_holds_all_its_rules():
    spec = lowered(rule(), *CLOSED)
    inputs = spec.inputs()

    assert (spec.token, spec.name) == ("azure-native:network:NetworkSecurityGroup", "management")
    assert len(inputs.pop("securityRules")) == 3
    assert inputs == {"resourceGroupName": "rg-1", "tags": TAGS}


def first_match(rules, family):
    """By the book: go through the rules in order, and the first that matches decides."""
    decided = allowed = HeaderSpace(family)
    for one in sorted(rules, key=lambda held: held.number):
        new = one.space(family) - decided
        decided |= new
        if one.action is Action.ALLOW:
            allowed |= new
    return allowed


@given(ordered_rules(with_types=False))
def test_what_is_lowered_lifts_to_what_the_first_match_decides(rules):
    spec = lowered(*rules, *CLOSED)
    found = lift_nsg(spec.token, spec.inputs(), {})

    for direction in Direction:
        here = [one for one in rules if one.direction is direction]
        for family in Family:
            assert found[direction, family] == first_match(here, family)


def own(**changed):
    whole = {
        **INTO,
        "sourceAddressPrefix": "10.0.0.0/8",
        "destinationPortRange": "22",
        **changed,
    }
    return {key: value for key, value in whole.items() if value is not ...}


DENY_IN = {
    **INTO,
    "access": "Deny",
    "name": "deny",
    "priority": 4096,
    "protocol": "*",
    "sourceAddressPrefix": "*",
    "destinationPortRange": "*",
}


def lifted(*rules, family=Family.IPV4, known=None):
    found = lift_nsg(NSG, {"securityRules": [*rules, DENY_IN]}, known or {})
    return found[Direction.INGRESS, family]


def space(service: Service, *texts: str) -> HeaderSpace:
    return HeaderSpace.of(service, AddressSet.of(Family.IPV4, prefixes(*texts)))


def tcp(first: int, last: int | None = None) -> Service:
    return Service.of_ports(6, PortRange(first, last or first))


TEN = "10.0.0.0/8"
READINGS = {
    "a priority as the engine sends it": (own(priority=100.0), space(tcp(22), TEN)),
    "plural fields": (
        own(
            sourceAddressPrefix=...,
            sourceAddressPrefixes=[TEN, "192.0.2.0/24"],
            destinationPortRange=...,
            destinationPortRanges=["22", "80-90"],
        ),
        space(tcp(22), TEN, "192.0.2.0/24") | space(tcp(80, 90), TEN, "192.0.2.0/24"),
    ),
    "empty plural fields beside singular ones are nothing": (
        own(sourceAddressPrefixes=[], destinationPortRanges=[], destinationAddressPrefixes=[]),
        space(tcp(22), TEN),
    ),
    "any port of a protocol": (
        own(destinationPortRange="*"),
        space(Service.of_protocol(6), TEN),
    ),
    "any protocol with ports is TCP and UDP": (
        own(protocol="*"),
        space(tcp(22), TEN) | space(Service.of_ports(17, PortRange(22, 22)), TEN),
    ),
    "any protocol and any port is everything": (
        own(protocol="*", destinationPortRange="*"),
        space(Service.everything(), TEN),
    ),
    "ESP is protocol 50": (
        own(protocol="Esp", destinationPortRange="*"),
        space(Service.of_protocol(50), TEN),
    ),
    "AH is protocol 51": (
        own(protocol="Ah", destinationPortRange="*"),
        space(Service.of_protocol(51), TEN),
    ),
    "an earlier deny": (
        [own(), own(priority=99, access="Deny", sourceAddressPrefix="10.1.0.0/16")],
        space(tcp(22), TEN) - space(tcp(22), "10.1.0.0/16"),
    ),
    "a later deny": (
        [own(), own(priority=101, access="Deny", sourceAddressPrefix="10.1.0.0/16")],
        space(tcp(22), TEN),
    ),
}


@pytest.mark.parametrize(("rules", "wanted"), READINGS.values(), ids=READINGS)
def test_a_rule_is_read_as_azure_reads_it(rules, wanted):
    assert lifted(*(rules if isinstance(rules, list) else [rules])) == wanted


@pytest.mark.parametrize("family", Family)
def test_a_star_is_every_address_and_every_member_of_a_tag(family):
    assert lifted(own(sourceAddressPrefix="*"), family=family) == HeaderSpace.of(
        tcp(22), AddressSet.whole(family)
    )


def address(text: str) -> tuple[Family, int]:
    (prefix,) = prefixes(f"{text}/{32 if '.' in text else 128}")
    return prefix.family, prefix.first


@pytest.mark.parametrize(
    ("remote", "inside"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("172.32.0.1", True),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("2001:4860:4860::8888", True),
        ("fd00::1", False),
    ],
)
def test_the_internet_tag_is_public_space_only(remote, inside):
    family, value = address(remote)
    found = lifted(own(sourceAddressPrefix="Internet"), family=family)

    assert (Packet(family, tcp(22).first, value) in found) is inside


@pytest.mark.parametrize("family", Family)
def test_another_tag_is_an_atom(family):
    assert lifted(own(sourceAddressPrefix="Storage.WestEurope"), family=family) == HeaderSpace.of(
        tcp(22), AddressSet.atom(family, "tag:Storage.WestEurope")
    )


def test_a_tag_that_is_known_is_what_is_known_of_it():
    known = {"Own": {f: AddressSet.atom(f, "tag:ours") for f in Family}}

    assert lifted(own(sourceAddressPrefix="Own"), known=known) == HeaderSpace.of(
        tcp(22), AddressSet.atom(Family.IPV4, "tag:ours")
    )


def test_an_application_security_group_is_an_atom_by_its_id():
    grouped = own(sourceAddressPrefix=..., sourceApplicationSecurityGroups=[{"id": ASG}])

    assert lifted(grouped) == HeaderSpace.of(
        tcp(22), AddressSet.atom(Family.IPV4, f"unknown:{ASG}")
    )


def test_members_of_a_reference_send_no_icmp_of_the_other_family():
    echo = own(protocol="Icmp", sourceAddressPrefix="Storage", destinationPortRange="*")

    assert lifted(echo) == HeaderSpace.of(
        Service.of_protocol(1), AddressSet.atom(Family.IPV4, "tag:Storage")
    )
    assert not lifted(echo, family=Family.IPV6)


@pytest.mark.parametrize("family", Family)
def test_an_nsg_without_rules_has_azures_default_rules(family):
    """65000 and 65001 allow the VNet and the load balancer in, the VNet and the internet out."""
    found = lift_nsg(NSG, {"securityRules": []}, {})

    into, out = found[Direction.INGRESS, family], found[Direction.EGRESS, family]
    public = {Family.IPV4: "8.8.8.8", Family.IPV6: "2001:4860:4860::8888"}[family]
    packet = Packet(family, tcp(22).first, address(public)[1])
    everything = Service.everything()
    for tag in ("VirtualNetwork", "AzureLoadBalancer"):
        assert HeaderSpace.of(everything, AddressSet.atom(family, f"tag:{tag}")) & into
    assert packet not in into
    assert packet in out
    assert HeaderSpace.of(everything, AddressSet.atom(family, "tag:VirtualNetwork")) & out
    assert not HeaderSpace.of(everything, AddressSet.atom(family, "tag:AzureLoadBalancer")) & out


NEAR = 'destinationAddressPrefix is not "*": the gateway\'s own addresses are not modelled'
SOURCE = 'sourcePortRange is not "*": source ports are not modelled'
REFUSED = {
    "no direction": (own(direction=...), "direction None is neither Inbound nor Outbound"),
    "a direction in small letters": (
        own(direction="inbound"),
        "direction 'inbound' is neither Inbound nor Outbound",
    ),
    "no priority": (own(priority=...), "priority is not a whole number"),
    "a priority as a truth": (own(priority=True), "priority is not a whole number"),
    "a priority that another rule has": (
        own(priority=4096),
        "two ingress rules have priority 4096",
    ),
    "no access": (own(access=...), "access None is neither Allow nor Deny"),
    "access in small letters": (own(access="allow"), "access 'allow' is neither Allow nor Deny"),
    "no near end": (own(destinationAddressPrefix=...), NEAR),
    "a near end of its own": (own(destinationAddressPrefix="10.20.0.4/32"), NEAR),
    "a near end in the plural besides": (own(destinationAddressPrefixes=["10.20.0.4/32"]), NEAR),
    "a group as the near end": (
        own(destinationApplicationSecurityGroups=[{"id": ASG}]),
        NEAR,
    ),
    "no peer": (own(sourceAddressPrefix=...), "sourceAddressPrefix is missing"),
    "no peer in the plural": (
        own(sourceAddressPrefix=..., sourceAddressPrefixes=[]),
        "sourceAddressPrefix is missing",
    ),
    "peers in both fields": (
        own(sourceAddressPrefixes=[TEN]),
        "sourceAddressPrefix and sourceAddressPrefixes are both given",
    ),
    "plural peers that are no list": (
        own(sourceAddressPrefix=..., sourceAddressPrefixes=TEN),
        "sourceAddressPrefixes is not a list",
    ),
    "a peer that is no text": (own(sourceAddressPrefix=10), "sourceAddressPrefix is not text"),
    "host bits": (
        own(sourceAddressPrefix="10.0.0.5/24"),
        'address prefix: "10.0.0.5/24" has host bits set; did you mean "10.0.0.0/24"',
    ),
    "groups that are no list": (
        own(sourceAddressPrefix=..., sourceApplicationSecurityGroups="a"),
        "sourceApplicationSecurityGroups is not a list",
    ),
    "a group without an id": (
        own(sourceAddressPrefix=..., sourceApplicationSecurityGroups=[{}]),
        "id is not text",
    ),
    "no source ports": (own(sourcePortRange=...), SOURCE),
    "a source port": (own(sourcePortRange="123"), SOURCE),
    "source ports in the plural besides": (own(sourcePortRanges=["123"]), SOURCE),
    "no port": (own(destinationPortRange=...), "destinationPortRange is missing"),
    "ports in both fields": (
        own(destinationPortRanges=["80"]),
        "destinationPortRange and destinationPortRanges are both given",
    ),
    "a port as a number": (own(destinationPortRange=22), "destinationPortRange is not text"),
    "a range that ends before it starts": (
        own(destinationPortRange="22-21"),
        "port range '22-21' is no range",
    ),
    "a range without an end": (own(destinationPortRange="22-"), "port range '22-' is no range"),
    "a range without a start": (own(destinationPortRange="-22"), "port range '-22' is no range"),
    "a port above 65535": (
        own(destinationPortRange="65536"),
        "port range '65536' is no range",
    ),
    "a port in other digits": (own(destinationPortRange="٢٢"), "port range '٢٢' is no range"),
    "a name for a port": (own(destinationPortRange="ssh"), "port range 'ssh' is no range"),
    "no protocol": (
        own(protocol=...),
        "protocol None is none of Tcp, Udp, Icmp, Esp, Ah and *",
    ),
    "a protocol in small letters": (
        own(protocol="tcp"),
        "protocol 'tcp' is none of Tcp, Udp, Icmp, Esp, Ah and *",
    ),
}


@pytest.mark.parametrize(("one", "message"), REFUSED.values(), ids=REFUSED)
def test_a_rule_that_arm_would_refuse_or_that_is_not_modelled_is_refused(one, message):
    with pytest.raises(LiftError) as caught:
        lifted(one)

    assert str(caught.value) == message


def test_one_priority_in_both_directions_is_no_conflict():
    out = {**OUT, "destinationAddressPrefix": TEN, "destinationPortRange": "22"}

    assert lifted(own(), out) == space(tcp(22), TEN)


NSG_REFUSED = {
    "another type": (
        "azure-native:network:Subnet",
        "azure-native:network:Subnet is no network security group",
    ),
    "no rules": (NSG, "securityRules is not a list"),
}


@pytest.mark.parametrize(("token", "message"), NSG_REFUSED.values(), ids=NSG_REFUSED)
def test_what_is_no_nsg_with_rules_is_refused(token, message):
    with pytest.raises(LiftError) as caught:
        lift_nsg(token, {}, {})

    assert str(caught.value) == message


@given(shaped(own(sourceAddressPrefixes=[], destinationPortRanges=[]), PROPERTIES))
def test_no_shape_of_a_rule_raises_anything_else(inputs):
    with contextlib.suppress(LiftError):
        lifted(inputs)


@given(shaped({"securityRules": [own()]}, PROPERTIES))
def test_no_shape_of_an_nsg_raises_anything_else(inputs):
    with contextlib.suppress(LiftError):
        lift_nsg(NSG, inputs, {})
