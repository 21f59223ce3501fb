"""Every part of the guard of custom flows."""

from __future__ import annotations

import pytest

from tests.settings.reading import ON_AWS, ON_AZURE, problems_of

CASES = {
    "a name is kebab-case": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: X_1, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[X_1].name: is not kebab-case of at most 32 characters; write lower-case words, digits and hyphens.",
        ],
    ),
    "a flow has a name": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.custom-flow: has no "name"; write a name of lower-case words, digits and hyphens.',
        ],
    ),
    "the interface is there": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: managment, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].interface: no such interface; did you mean "management"?',
        ],
    ),
    "the direction is one of two": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: inbound, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].direction: "inbound" is none of ingress, egress.',
        ],
    ),
    "the protocol is one of three": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: sctp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].protocol: "sctp" is none of tcp, udp, icmp-echo.',
        ],
    ),
    "ports are few": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: ["9000-9016"], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports: holds 17 ports, and a custom flow has at most 16; list those that are needed.",
        ],
    ),
    "services of the gateway have features": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [22, "6000-6100"], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports: holds 102 ports, and a custom flow has at most 16; list those that are needed.",
            'config/Pulumi.test.yaml:4: features.custom-flow[x].ports: the gateway listens on 22; use "ssh-admin" for it, or take it out.',
            'config/Pulumi.test.yaml:4: features.custom-flow[x].ports: the gateway listens on 6080; use "api-http" for it, or take it out.',
        ],
    ),
    "ports are ports": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [0, "90-80", a, 9000, 9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports[0]: 0 is no port; ports are 1 to 65535.",
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports[90-80]: 90-80 ends before it starts; write the lower port first.",
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports[9000]: stands in the list twice; keep one.",
            'config/Pulumi.test.yaml:4: features.custom-flow[x].ports[a]: is no port range; write a port such as 8514, or two such as "8000-8010".',
        ],
    ),
    "tcp has ports": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x]: has no ports; write the ports that tcp needs.",
        ],
    ),
    "a ping has no ports": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: icmp-echo, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports: icmp-echo has no ports; leave them out.",
        ],
    ),
    "the far end is not the internet": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [internet], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].from[internet]: a custom flow never has the internet as its far end; name a network.",
        ],
    ),
    "the far end is a network": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admin], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].from[admin]: no such network; did you mean "admins"?',
        ],
    ),
    "the far end has a size": (
        """
config:
  seg-firewall:networks: {tools: {aws: {prefixList: {id: pl-1, weight: 3, family: ipv4}}}}
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [tools], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:5: features.custom-flow[x]: "tools" is a prefix list, and how many addresses it has is not known; name a network with prefixes.',
        ],
    ),
    "the far end is one network": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins, sma], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].from: names 2 networks; write one, and a flow of its own for each other.",
        ],
    ),
    "ingress comes from a network": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], to: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].to: an ingress flow names its network in "from".',
        ],
    ),
    "a flow has a far end": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x]: has no "from"; write from: [<network>].',
        ],
    ),
    "mail and DNS leave by their features": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: egress, protocol: tcp, ports: [25, "50-54"], to: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].ports: 25 leaves the gateway by "send-mail" and "deliver-inside" only; use one of them, or take the port out.',
            'config/Pulumi.test.yaml:4: features.custom-flow[x].ports: 53 leaves the gateway by "dns" only; use one of them, or take the port out.',
        ],
    ),
    "reason and owner say something": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: "", owner: " ", reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].owner: is empty; write text, or leave the key out.",
            "config/Pulumi.test.yaml:4: features.custom-flow[x].reason: is empty; write text, or leave the key out.",
        ],
    ),
    "a reason is one line": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: "a\\tb", owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].reason: has the control character U+0009; write it as one line of plain text.",
        ],
    ),
    "a review is within a year": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2028-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].reviewBy: 2028-01-01 is more than 366 days ahead; write 2027-11-25 at most.",
        ],
    ),
    "a review is not past in production": (
        """
config:
  aws:allowedAccountIds: ["111122223333"]
  seg-firewall:gateway: {environment: prod}
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2026-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:6: features.custom-flow[x].reviewBy: 2026-01-01 is past, and this is a production stack; look at it again, then write a new day or take it out.",
        ],
    ),
    "reason, owner and review are given": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins]}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x]: has no "owner"; write who answers for it.',
            'config/Pulumi.test.yaml:4: features.custom-flow[x]: has no "reason"; write why it is needed.',
            'config/Pulumi.test.yaml:4: features.custom-flow[x]: has no "reviewBy"; write the day until which it is needed, quoted.',
        ],
    ),
    "keys are known": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, note: a, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].note: no such key; there are "name", "interface", "direction", "protocol", "reason", "owner", "reviewBy", "ports", "from" and "to".',
        ],
    ),
    "public addresses stay off external interfaces": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: public, direction: ingress, protocol: tcp, ports: [9000], from: [net], reason: r, owner: o, reviewBy: "2027-01-01"}
  seg-firewall:networks: {net: [198.51.100.0/28]}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x].from[net]: holds 198.51.100.0/28, which is public, and "public" can be reached from the internet; admit private addresses only.',
        ],
    ),
    "names are unique": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: features.custom-flow[x]: another flow is called "x"; give each its own name.',
        ],
    ),
    "flows are few": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x0, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x1, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x2, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x3, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x4, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x5, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x6, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x7, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x8, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x9, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
      - {name: x10, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:3: features.custom-flow: holds 11 flows, and a stack has at most 10; see which of them a feature covers.",
        ],
    ),
    "flows are a list": (
        """
config:
  seg-firewall:features: {custom-flow: {a: b}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features.custom-flow: is a mapping; write a list of flows, each a mapping with a name.",
        ],
    ),
    "a changed port belongs to its feature": (
        """
config:
  seg-firewall:features:
    gui-https: {port: 8443}
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [8443], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:5: features.custom-flow[x].ports: the gateway listens on 8443; use "gui-https" for it, or take it out.',
        ],
    ),
    "ranges are ports": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: ["1-70000", "0-5"], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports[0-5]: 0-5 leaves the ports, which are 1 to 65535.",
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports[1-70000]: 1-70000 leaves the ports, which are 1 to 65535.",
        ],
    ),
    "ports are listed once": (
        """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: ["9000-9003", 9002], from: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.custom-flow[x].ports: lists a port twice; keep one.",
        ],
    ),
    "the interface has the family of the network": (
        """
config:
  seg-firewall:networks: {v6: ["2001:db8::/64"]}
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: tcp, ports: [9000], from: [v6], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: networks.v6[2001:db8::/64]: is IPv6, and "management", where "x" would use it, has no ipv6; add it to the families there, or take the prefix out.',
        ],
    ),
    "a ping on Azure is IPv4": (
        """
config:
  seg-firewall:interfaces: {management: {families: [ipv4, ipv6]}}
  seg-firewall:networks: {v6: ["2001:db8::/64"]}
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: management, direction: ingress, protocol: icmp-echo, from: [v6], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AZURE,
        {},
        [
            'config/Pulumi.test.yaml:6: features.custom-flow[x]: 2001:db8::/64 of "v6" is IPv6, and NSGs have no ICMP for IPv6; name a network without it.',
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
