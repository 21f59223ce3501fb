"""Who may reach what: the protection of the gateway."""

from __future__ import annotations

import pytest

from tests.settings.reading import ON_AWS, ON_AZURE, problems_of

CASES = {
    "management is not for public addresses on an external interface": (
        """
config:
  seg-firewall:interfaces: {management: {external: true}}
  seg-firewall:networks: {admins: [198.51.100.0/28]}
  seg-firewall:features: {ssh-admin: {}, central-reporting: {from: [admins]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.central-reporting: "admins" holds 198.51.100.0/28, which is public, and "management" can be reached from the internet; admit private addresses only, or move the role management to an interface that is not external.',
            'config/Pulumi.test.yaml:4: features.ssh-admin: "admins" holds 198.51.100.0/28, which is public, and "management" can be reached from the internet; admit private addresses only, or move the role management to an interface that is not external.',
        ],
    ),
    "management is not for unknown addresses on an external interface": (
        """
config:
  seg-firewall:interfaces: {management: {external: true}}
  seg-firewall:networks: {admins: {aws: {prefixList: {id: pl-1, weight: 5, family: ipv4}}}}
  seg-firewall:features: {ssh-admin: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.ssh-admin: "admins" is a prefix list, and how many addresses it has is not known; name a network with prefixes.',
            'config/shared/sound.yaml:8: interfaces.management.routes[admins]: "admins" has no prefixes, and a route is to prefixes; list them, or pin its features with interface: management.',
        ],
    ),
    "a quarantine is not for public addresses on an external interface": (
        """
config:
  seg-firewall:interfaces: {private: {external: true}}
  seg-firewall:networks: {quarantine-users: [198.51.100.0/28]}
  seg-firewall:features: {quarantine-https: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.quarantine-https: "quarantine-users" holds 198.51.100.0/28, which is public, and "private" can be reached from the internet; admit private addresses only, or move the role private to an interface that is not external.',
        ],
    ),
    "mail from the internet needs an external interface": (
        """
config:
  seg-firewall:interfaces: {public: {external: false}}
  seg-firewall:features: {receive-mail: {}, submission: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.receive-mail: accepts connections from the internet on "public", which is not external; write external: true there, move the role public, or name networks with from: [...].',
            'config/Pulumi.test.yaml:3: features.submission: accepts connections from the internet on "public", which is not external; write external: true there, move the role public, or name networks with from: [...].',
        ],
    ),
    "managers are few": (
        """
config:
  seg-firewall:networks: {admins: [10.0.0.0/20, 10.0.16.0/32]}
  seg-firewall:features: {ssh-admin: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ssh-admin: its networks ("admins") hold 4,097 IPv4 addresses, more than the 4,096 that may manage a gateway; name smaller ones.',
        ],
    ),
    "managers are few in IPv6": (
        """
config:
  seg-firewall:interfaces: {management: {families: [ipv6]}}
  seg-firewall:networks: {admins: ["2001:db8::/55"]}
  seg-firewall:features: {ssh-admin: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.ssh-admin: its networks ("admins") hold 512 IPv6 networks of /64, more than the 256 that may manage a gateway; name smaller ones.',
            "config/shared/sound.yaml:7: interfaces.management.subnets[10.1.0.0/24]: 10.1.0.0/24 is IPv4, and the interface has only ipv6; add ipv4 to its families, or take the subnet out.",
        ],
    ),
    "an IPv6 network of managers is full where one more address begins the next": (
        """
config:
  seg-firewall:interfaces: {management: {families: [ipv4, ipv6]}}
  seg-firewall:networks: {admins: ["2001:db8::/56"], more: ["2001:db8:1::1/128"]}
  seg-firewall:features: {ssh-admin: {}, gui-https: {from: [admins, more]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.gui-https: its networks ("admins" and "more") hold 257 IPv6 networks of /64, more than the 256 that may manage a gateway; name smaller ones.',
        ],
    ),
    "managers are few in all networks together": (
        """
config:
  seg-firewall:networks: {a: [10.0.0.0/21], b: [10.0.8.0/21], c: [10.0.16.0/24]}
  seg-firewall:features: {ssh-admin: {from: [a, b, c]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ssh-admin: its networks ("a", "b" and "c") hold 4,352 IPv4 addresses, more than the 4,096 that may manage a gateway; name smaller ones.',
        ],
    ),
    "peers are few in all networks together": (
        """
config:
  seg-firewall:networks: {a: [10.0.0.0/8], b: [11.0.0.0/8]}
  seg-firewall:features: {relay-mail: {from: [a, b]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.relay-mail: its networks ("a" and "b") hold 33,554,432 IPv4 addresses, more than the 16,777,216 of a named peer; name smaller ones.',
        ],
    ),
    "managers are known by address": (
        """
config:
  seg-firewall:networks: {admins: {azure: {serviceTag: Storage}}}
  seg-firewall:features: {ssh-admin: {}}
""",
        ON_AZURE,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ssh-admin: "admins" is a service tag, and how many addresses it has is not known; name a network with prefixes.',
            'config/shared/sound.yaml:8: interfaces.management.routes[admins]: "admins" has no prefixes, and a route is to prefixes; list them, or pin its features with interface: management.',
        ],
    ),
    "a range of ports is for close peers": (
        """
config:
  seg-firewall:networks: {ftp-peers: [10.9.0.0/23]}
  seg-firewall:features: {ftp: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ftp: needs ports 1024-65535, and 10.9.0.0/23 of "ftp-peers" is larger than a /24; name the servers themselves.',
        ],
    ),
    "a range of ports is not for the internet": (
        """
config:
  seg-firewall:hosts: {default: internet}
  seg-firewall:features: {debug-logs: {ftps: true}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.debug-logs: needs ports 1024-65535 to "support-ftp.cisco.com", and they are never opened to the internet; give hosts.support-ftp.cisco.com prefixes or a proxy.',
        ],
    ),
    "a tag is no private address": (
        """
config:
  seg-firewall:interfaces: {management: {external: true}}
  seg-firewall:networks: {admins: {azure: {serviceTag: Storage}}}
  seg-firewall:features: {ssh-admin: {}}
""",
        ON_AZURE,
        {},
        [
            'config/Pulumi.test.yaml:4: features.ssh-admin: "admins" is a service tag, and how many addresses it has is not known; name a network with prefixes.',
            'config/shared/sound.yaml:8: interfaces.management.routes[admins]: "admins" has no prefixes, and a route is to prefixes; list them, or pin its features with interface: management.',
        ],
    ),
    "a range of ports is for known peers": (
        """
config:
  seg-firewall:networks: {ftp-peers: {aws: {prefixList: {id: pl-1, weight: 5, family: ipv4}}}}
  seg-firewall:features: {ftp: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ftp: "ftp-peers" is a prefix list, and how many addresses it has is not known; name a network with prefixes.',
            'config/Pulumi.test.yaml:3: features.ftp: needs ports 1024-65535, and how many addresses "ftp-peers" has is not known; list its prefixes.',
        ],
    ),
    "a large network is reported once for all ranges": (
        """
config:
  seg-firewall:networks: {ftp-peers: [10.9.0.0/23, "2001:db8::/64"]}
  seg-firewall:features: {ftp: {client: true, data: both}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: networks.ftp-peers[2001:db8::/64]: is IPv6, and "management", where "ftp" would use it, has no ipv6; add it to the families there, or take the prefix out.',
            'config/Pulumi.test.yaml:2: networks.ftp-peers[2001:db8::/64]: is IPv6, and "public", where "ftp" would use it, has no ipv6; add it to the families there, or take the prefix out.',
            'config/Pulumi.test.yaml:3: features.ftp: needs ports 1024-65535, and 10.9.0.0/23 of "ftp-peers" is larger than a /24; name the servers themselves.',
        ],
    ),
    "the internet is no manager": (
        """
config:
  seg-firewall:networks: {admins: [0.0.0.0/0]}
  seg-firewall:features: {ssh-admin: {}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: networks.admins[0.0.0.0/0]: 0.0.0.0/0 is the internet, and a network is not; list the addresses that are meant.",
        ],
    ),
    "a range of ports is for a host's own addresses": (
        """
config:
  seg-firewall:hosts: {default: [203.0.112.0/23]}
  seg-firewall:features: {debug-logs: {https: false, ftps: true}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.debug-logs: needs ports 1024-65535 to "support-ftp.cisco.com", and 203.0.112.0/23 is larger than a /24; give the host\'s own addresses.',
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
