"""Stacks of someone who wants one rule too wide, or one flow lost: each is refused.

They go through the whole line (settings, resolve, compile, proof); what is compared is a
part of the message that names the mistake, since most are told by several checks.
"""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.problems import ProblemsFound
from tests.settings.reading import ON_AWS, ON_AZURE, settings_of


def refusal(text: str, below: str = ON_AWS) -> str:
    """Everything that is said against a stack; empty where it compiles."""
    try:
        make_plan(settings_of(text, below), load_catalog())
    except ProblemsFound as found:
        return str(found)
    return ""


EXTERNAL = "seg-firewall:interfaces: {private: {external: true}}"
ATTACKS = {
    "all of Azure relays": (
        "config:\n"
        f"  {EXTERNAL}\n"
        "  seg-firewall:networks: {internal-mail: {azure: {serviceTag: AzureCloud.WestEurope}}}\n"
        "  seg-firewall:features: {relay-mail: {}}\n",
        ON_AZURE,
        "too wide for a network",
    ),
    "the internet by a tag in capitals": (
        "config:\n"
        "  seg-firewall:networks: {q: {azure: {serviceTag: INTERNET}}}\n"
        "  seg-firewall:features: {qmqp: {from: [q]}}\n",
        ON_AZURE,
        "too wide for a network",
    ),
    "a tag of unknown size relays": (
        "config:\n"
        "  seg-firewall:networks: {internal-mail: {azure: {serviceTag: Storage}}}\n"
        "  seg-firewall:features: {relay-mail: {}}\n",
        ON_AZURE,
        '"internal-mail" is a service tag, and how many addresses it has is not known',
    ),
    "a prefix list manages": (
        "config:\n"
        "  seg-firewall:networks:\n"
        "    m: {prefixes: [10.9.0.0/28],"
        " aws: {prefixList: {id: pl-1, weight: 2, family: ipv4}}}\n"
        "  seg-firewall:features: {ssh-admin: {from: [m]}}\n",
        ON_AWS,
        '"m" is a prefix list, and how many addresses it has is not known',
    ),
    "a prefix list beside prefixes gets a range of ports": (
        "config:\n"
        "  seg-firewall:networks:\n"
        "    ftp-peers: {prefixes: [10.0.0.1/32],"
        " aws: {prefixList: {id: pl-1, weight: 5, family: ipv4}}}\n"
        "  seg-firewall:features: {ftp: {client: true}}\n",
        ON_AWS,
        "needs ports 1024-65535, and how many addresses",
    ),
    "public senders relay from outside": (
        "config:\n"
        f"  {EXTERNAL}\n"
        "  seg-firewall:networks: {internal-mail: [8.0.0.0/8]}\n"
        "  seg-firewall:features: {relay-mail: {}}\n",
        ON_AWS,
        '"internal-mail" holds 8.0.0.0/8, which is public',
    ),
    "a subnet as wide as the VPC empties the network ACL": (
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    public: {subnets: [10.0.0.0/8], networkAcl: {subnetIds: [subnet-1]}}\n"
        "  seg-firewall:features: {receive-mail: {}, deliver-inside: {}}\n",
        ON_AWS,
        "a subnet is a /16 to /28 on aws",
    ),
    "one security group under two names": (
        "config:\n"
        "  seg-firewall:networks:\n"
        "    a: {aws: {securityGroup: sg-1}}\n"
        "    b: {aws: {securityGroup: sg-1}}\n"
        "  seg-firewall:features: {ssh-admin: {from: [a]}, gui-https: {from: [b]}}\n",
        ON_AWS,
        '"sg-1" is also the network "a"',
    ),
    "a route to what has no prefixes": (
        "config:\n"
        "  seg-firewall:interfaces: {management: {routes: [l]}}\n"
        "  seg-firewall:networks: {l: {aws: {securityGroup: sg-9}}}\n"
        "  seg-firewall:features: {ldap: {to: [l]}}\n",
        ON_AWS,
        '"l" has no prefixes, and a route is to prefixes',
    ),
    "half of a peer is routed to an interface without its family": (
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    public: {families: [ipv4, ipv6]}\n"
        "    management: {routes: [r]}\n"
        '  seg-firewall:networks: {r: ["2001:db8:0:1::/64"], d: ["2001:db8::/48"]}\n'
        "  seg-firewall:features: {dns: {to: [d]}}\n",
        ON_AWS,
        'is IPv6, and "management"',
    ),
    "a list of the family that management lacks": (
        "config:\n"
        "  seg-firewall:interfaces: {public: {families: [ipv4, ipv6]}}\n"
        "  seg-firewall:networks:\n"
        "    a: {aws: {prefixList: {id: pl-1, weight: 2, family: ipv6}}}\n"
        "  seg-firewall:features: {quarantine-https: {from: [a]}}\n",
        ON_AWS,
        "is ipv6, and no interface where quarantine-https would use it has it",
    ),
    "a network ACL that cannot name one family's list": (
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    public: {families: [ipv4, ipv6], networkAcl: {subnetIds: [subnet-1]}}\n"
        "  seg-firewall:networks:\n"
        "    t: {prefixes: [192.0.2.0/28],"
        " aws: {prefixList: {id: pl-1, weight: 2, family: ipv6}}}\n"
        "  seg-firewall:features: {external-threat-feeds: {to: [t]}}\n",
        ON_AWS,
        'cannot name the IPv6 members of "t"',
    ),
    "a network ACL that cannot name a group": (
        "config:\n"
        "  seg-firewall:interfaces: {private: {networkAcl: {subnetIds: [subnet-1]}}}\n"
        "  seg-firewall:networks: {internal-mail: {aws: {securityGroup: sg-1}}}\n"
        "  seg-firewall:features: {relay-mail: {}}\n",
        ON_AWS,
        'cannot name the IPv4 members of "internal-mail"',
    ),
    "a proxy of the other cloud": (
        "config:\n"
        "  seg-firewall:networks: {p: {azure: {serviceTag: Storage}}}\n"
        "  seg-firewall:hosts: {default: {proxy: {network: p, port: 3128}}}\n"
        "  seg-firewall:features: {updates: {}}\n",
        ON_AWS,
        "networks.p: holds nothing on aws",
    ),
    "the whole of IPv4 by NAT64": (
        "config:\n"
        "  seg-firewall:interfaces: {management: {families: [ipv4, ipv6]}}\n"
        '  seg-firewall:networks: {ftp-peers: ["64:ff9b::/96"]}\n'
        "  seg-firewall:features: {ftp: {}}\n",
        ON_AWS,
        "64:ff9b::/96 is NAT64 (RFC 6052), which stands for IPv4 addresses",
    ),
    "mail from the internet on the port of a service that was moved": (
        "config:\n"
        "  seg-firewall:features:"
        " {ssh-admin: {port: 2200}, receive-mail: {port: 22}, deliver-inside: {}}\n",
        ON_AWS,
        "22 is where the gateway has",
    ),
    "tags without room for ours": (
        f"config:\n  seg-firewall:tags: {{{', '.join(f't{i}: a' for i in range(48))}}}\n",
        ON_AWS,
        "tags: holds 48 tags; besides the 3 of ours a resource takes 47",
    ),
    "a tag that is ours": (
        "config:\n  seg-firewall:tags: {'seg-firewall:stack': other}\n",
        ON_AWS,
        'tags that begin with "seg-firewall:" are ours',
    ),
    "peers of an option that is off": (
        "config:\n"
        "  seg-firewall:networks: {exch: [10.9.3.0/32]}\n"
        "  seg-firewall:hosts: {default: internet}\n"
        "  seg-firewall:features: {mailbox-remediation: {to: [exch]}}\n",
        ON_AWS,
        "nothing that the feature opens with these options goes to a network",
    ),
    "one network interface twice": (
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    private: {securityGroup: {attach: {x: eni-1, y: eni-1}}}\n",
        ON_AWS,
        '"eni-1" is attached as "x" already',
    ),
    "a service tag that is none": (
        "config:\n  seg-firewall:networks: {a: {azure: {serviceTag: 'my tag'}}}\n",
        ON_AZURE,
        '"my tag" is no service tag',
    ),
    "an application security group that is none": (
        "config:\n  seg-firewall:networks: {a: {azure: {applicationSecurityGroup: '0.0.0.0/0'}}}\n",
        ON_AZURE,
        '"0.0.0.0/0" is no id of an application security group',
    ),
    "path MTU discovery on one interface only": (
        "config:\n  seg-firewall:features: {pmtu: {interface: management}}\n",
        ON_AWS,
        "pmtu belongs on every interface",
    ),
    "a day in another form": (
        'config:\n  seg-firewall:features: {tac-tunnel: {until: "2026-W50-1"}}\n',
        ON_AWS,
        "write a day, quoted",
    ),
    "a release with a leading zero": (
        'config:\n  seg-firewall:gateway: {release: "15.05"}\n',
        ON_AWS,
        '"15.05" is no release of the gateway',
    ),
    "an interface called like a prefix list of ours": (
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    talos-ipv4:"
        " {roles: [private], external: false, subnets: [10.1.9.0/24], vpc: vpc-1}\n",
        ON_AWS,
        '"talos-ipv4" is what a prefix list is called',
    ),
    "an import whose name no file can have": (
        "config:\n  seg-firewall:tags: {a: b}\n",
        ON_AWS.replace("[aws]", f"[aws, {'x' * 300}]"),
        "x" * 30,
    ),
}


@pytest.mark.parametrize(("text", "below", "said"), ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused(text: str, below: str, said: str) -> None:
    assert said in refusal(text, below)


def test_members_of_one_zone_are_filtered_in_another() -> None:
    """Two subnets in one network ACL: each sees what comes from the other."""
    settings = settings_of(
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    management:\n"
        "      subnets: [10.1.4.0/23]\n"
        "      networkAcl: {subnetIds: [subnet-a, subnet-b], fit: merge}\n"
        "  seg-firewall:networks: {cluster-members: [10.1.4.10/32, 10.1.5.10/32]}\n"
        "  seg-firewall:features: {cluster: {}, pmtu: false}\n"
    )
    plan = make_plan(settings, load_catalog())
    (acl,) = [r for r in plan.rule_sets if r.point.value == "network-acl"]

    assert acl.unfiltered == ()
    assert {str(p) for rule in acl.rules for p in rule.prefixes} >= {"10.1.4.10/32", "10.1.5.10/32"}


def test_a_reference_of_another_family_is_not_lost_where_prefixes_divide() -> None:
    settings = settings_of(
        "config:\n"
        "  seg-firewall:interfaces:\n"
        "    public: {families: [ipv4, ipv6]}\n"
        "    management: {families: [ipv4, ipv6], routes: [far]}\n"
        "  seg-firewall:networks:\n"
        '    far: ["2001:db8:2::/64"]\n'
        '    d: {prefixes: ["2001:db8:1::/64", "2001:db8:2::/64"],\n'
        "        aws: {prefixList: {id: pl-1, weight: 2, family: ipv4}}}\n"
        "  seg-firewall:features: {dns: {to: [d]}}\n"
    )
    plan = make_plan(settings, load_catalog())
    names = {rule.name for rule_set in plan.rule_sets for rule in rule_set.rules}

    assert "public-out-tcp-53-d" in names
    assert "management-out-tcp-53-2001-db8-2--_64" in names
