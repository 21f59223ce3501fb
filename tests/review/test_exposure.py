"""Who reaches the gateway, and whom it reaches anywhere: a reviewer's first questions."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Protocol
from segfw.flow import IcmpType, Peer
from segfw.review.exposure import Reach, counted_addresses, exposure, is_public, ports_words
from segfw.settings.types import Reference, ReferenceKind
from tests.making import ports, prefixes
from tests.review.planning import CATALOG, features, plan_of
from tests.settings.reading import ON_AZURE

INTERNET = "  seg-firewall:hosts: {default: internet}\n"
PARTNERS = "  seg-firewall:networks: {partners: [192.0.2.0/30]}\n"


def openings(text: str, more: str = "", below: str | None = None) -> set:
    """Each service of each opening on a line of its own."""
    plan = plan_of(features(f"pmtu: false, {text}", more), *([below] if below else []))
    return {
        (
            one.reach.value,
            one.interface,
            one.peer,
            f"{service.protocol.value} {service.ports}",
            *service.features,
        )
        for one in exposure(plan, CATALOG)
        for service in one.services
    }


CASES = {
    "mail from anywhere": (
        ("receive-mail: {}, deliver-inside: {}", ""),
        {("from-internet", "public", "internet", "tcp 25", "receive-mail")},
    ),
    "mail from named public addresses is from the internet too": (
        ("receive-mail: {from: [partners]}, deliver-inside: {}", PARTNERS),
        {("from-internet", "public", "partners", "tcp 25", "receive-mail")},
    ),
    "mail from a private network is not": (
        ("receive-mail: {from: [sma]}, deliver-inside: {}", ""),
        set(),
    ),
    "what administers the gateway": (
        ("ssh-admin: {port: 2022}, central-reporting: {}", ""),
        {
            ("management", "management", "admins", "tcp 2022", "ssh-admin"),
            ("management", "management", "sma", "tcp 2022", "central-reporting"),
        },
    ),
    "one port for several features": (
        ("gui-https: {}, new-ui: {}", ""),
        {
            ("management", "management", "admins", "tcp 443", "gui-https", "new-ui"),
            ("management", "management", "admins", "tcp 4431", "new-ui"),
            ("management", "management", "admins", "tcp 6443", "new-ui"),
        },
    ),
    "pings administer nothing": (("icmp-echo: {from: [admins]}", ""), set()),
    "mail that is relayed from inside administers nothing": (
        ("relay-mail: {from: [mail-servers]}, deliver-inside: {}", ""),
        set(),
    ),
    "mail to anyone": (
        ("send-mail: {}", ""),
        {("to-anywhere", "public", "internet", "tcp 25", "send-mail")},
    ),
    "hosts without published addresses": (
        ("aggregator: {}, encryption: {}", INTERNET),
        {("to-anywhere", "public", "internet", "tcp 443", "encryption", "aggregator")},
    ),
    "published prefixes are not anyone": (("talos: {}", ""), set()),
    "named servers are not anyone": (("dns: {to: [sma]}", ""), set()),
}


@pytest.mark.parametrize("below", [None, ON_AZURE], ids=["aws", "azure"])
@pytest.mark.parametrize(("stack", "wanted"), CASES.values(), ids=CASES)
def test_a_stack_is_open_to(stack, wanted, below):
    assert openings(*stack, below) == wanted


def test_what_any_address_may_send_inside_is_told_from_what_the_internet_may():
    found = exposure(plan_of(features("dns: {to: [sma]}")), CATALOG)

    assert [(one.reach, one.interface) for one in found] == [
        (Reach.FROM_INTERNET, "public"),
        (Reach.FROM_ANYWHERE, "management"),
        (Reach.FROM_ANYWHERE, "private"),
    ]
    assert {service[:2] for one in found for service in one.services} == {
        (Protocol.ICMP, "type 3 code 4")
    }


def test_a_network_acls_own_flows_are_no_exposure():
    """Path MTU discovery goes out through a network ACL; a security group needs no rule for it."""
    acl = "  seg-firewall:interfaces: {public: {networkAcl: {subnetIds: [subnet-1]}}}\n"
    found = exposure(plan_of(features("dns: {to: [sma]}", acl)), CATALOG)

    assert [one for one in found if one.reach is Reach.TO_ANYWHERE] == []


def test_members_of_a_group_are_counted_by_the_cloud_only():
    attached = "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}}}\n"
    (one,) = exposure(plan_of(features("pmtu: false, cluster: {peer: self}", attached)), CATALOG)

    assert (one.peer, one.prefixes, one.addresses, one.public) == (
        "self",
        (),
        "known to the cloud only",
        False,
    )


SIZES = {
    "10.0.0.1/32": "1 address",
    "10.0.0.0/20": "4,096 addresses",
    "2001:db8::1/128": "1 IPv6 address",
    "2001:db8::/120": "256 IPv6 addresses",
    "2001:db8::/62": "4 IPv6 /64",
    "10.0.0.0/28 10.1.0.0/28 2001:db8::/64": "32 addresses and 1 IPv6 /64",
    "2001:db8::/64 2001:db8:1::/120": "2 IPv6 /64",
    "0.0.0.0/0": "any IPv4 address",
    "0.0.0.0/0 ::/0": "any IPv4 or IPv6 address",
    "": "known to the cloud only",
}


@pytest.mark.parametrize(("held", "text"), SIZES.items())
def test_addresses_are_counted_for_people(held, text):
    assert counted_addresses(prefixes(*held.split())) == text


PUBLIC = {
    "10.0.0.0/8": False,
    "100.64.0.0/10": False,
    "fc00::/7": False,
    "198.51.100.0/28": True,
    "10.0.0.0/7": True,  # 11.0.0.0/8 is in it
    "2001:db8::/32": True,
    "10.0.0.0/8 8.8.8.8/32": True,
}


@pytest.mark.parametrize(("held", "public"), PUBLIC.items())
def test_an_address_is_public_unless_it_is_private(held, public):
    assert is_public(Peer("a", prefixes(*held.split()))) is public


MEMBERS = {
    ReferenceKind.SECURITY_GROUP: False,
    ReferenceKind.APPLICATION_SECURITY_GROUP: False,
    ReferenceKind.PREFIX_LIST: None,
    ReferenceKind.SERVICE_TAG: None,
}


@pytest.mark.parametrize(("kind", "public"), MEMBERS.items())
def test_whether_a_references_members_are_public_may_be_unknown(kind, public):
    assert is_public(Peer("a", (), Reference(kind=kind, name="a", id="x"))) is public


def test_ports_and_types_of_icmp_are_in_a_readers_words():
    assert ports_words(ports(25, (1024, 65535)), None) == "25,1024-65535"
    assert ports_words((), IcmpType(8, None)) == "type 8"
    assert ports_words((), IcmpType(None, None)) == "any"
    assert ports_words((), None) == "any"
