"""Networks, references and hosts."""

from __future__ import annotations

import pytest

from tests.settings.reading import ON_AWS, ON_AZURE, problems_of

CASES = {
    "prefixes have no host bits, no netmask and no twin": (
        """
config:
  seg-firewall:networks:
    admins: 10.0.0.0/8
    a: [10.0.0.0/33, 10.0.0.1/24, 10.0.0.0/24, 10.0.0.0/24, abc, 5, fe80::1%eth0/64]
    b: {prefix: [10.0.0.0/24]}
    c: {prefixes: [10.0.0.0/24], checked: 2026-11-01}
    d: {prefixes: [10.0.0.0/24], checked: "2026-13-01"}
    Bad: []
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: networks.admins: is the text "10.0.0.0/8"; write a list of prefixes, or a mapping with prefixes.',
            "config/Pulumi.test.yaml:4: networks.a[10.0.0.0/24]: stands in the list twice; keep one.",
            'config/Pulumi.test.yaml:4: networks.a[10.0.0.0/33]: "10.0.0.0/33": an IPv4 length is at most 32.',
            'config/Pulumi.test.yaml:4: networks.a[10.0.0.1/24]: "10.0.0.1/24" has host bits set; did you mean "10.0.0.0/24"?',
            "config/Pulumi.test.yaml:4: networks.a[5]: is the number 5; write a prefix such as 10.0.0.0/24.",
            'config/Pulumi.test.yaml:4: networks.a[abc]: "abc" is not an address with a length, such as 10.0.0.0/24.',
            'config/Pulumi.test.yaml:4: networks.a[fe80::1%eth0/64]: "fe80::1%eth0/64" has a zone; write the address without "%eth0".',
            'config/Pulumi.test.yaml:5: networks.b.prefix: no such key; did you mean "prefixes"?',
            'config/Pulumi.test.yaml:6: networks.c.checked: 2026-11-01 means different things to different readers; quote it: "2026-11-01".',
            'config/Pulumi.test.yaml:7: networks.d.checked: is the text "2026-13-01"; write a day, quoted, such as "2026-11-24".',
            "config/Pulumi.test.yaml:8: networks.Bad: the name is not kebab-case of at most 32 characters; write lower-case words, digits and hyphens.",
        ],
    ),
    "a prefix is no output": (
        """
config:
  seg-firewall:networks: {admins: [{stack: a, output: b}]}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: networks.admins: is an output, and quotas and proofs need prefixes before anything is made; write the prefix itself.",
        ],
    ),
    "a network is not empty": (
        """
config:
  seg-firewall:networks: {a: [], b: {owner: me}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: networks.a: holds nothing; list its prefixes, or take it out.",
            "config/Pulumi.test.yaml:2: networks.b: holds nothing; list its prefixes, or take it out.",
        ],
    ),
    "a network is not the internet, nor in pieces": (
        """
config:
  seg-firewall:networks:
    a: [0.0.0.0/0]
    b: [0.0.0.0/1, 128.0.0.0/1]
    c: ["::/0"]
    d: ["2001:db8::/32", "2001:db9::/128"]
    e: [10.0.0.0/8, 11.0.0.0/32]
    internet: [10.0.0.0/8]
    talos-ipv4: [10.0.0.0/8]
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:3: networks.a[0.0.0.0/0]: 0.0.0.0/0 is the internet, and a network is not; list the addresses that are meant.",
            "config/Pulumi.test.yaml:4: networks.b: its prefixes together hold 4,294,967,296 IPv4 addresses, more than the 16,777,216 of a named peer; list smaller ones.",
            "config/Pulumi.test.yaml:5: networks.c[::/0]: ::/0 is the internet, and a network is not; list the addresses that are meant.",
            "config/Pulumi.test.yaml:6: networks.d: its prefixes together hold 2 IPv6 networks of /32, more than the one of a named peer; list smaller ones.",
            "config/Pulumi.test.yaml:7: networks.e: its prefixes together hold 16,777,217 IPv4 addresses, more than the 16,777,216 of a named peer; list smaller ones.",
            'config/Pulumi.test.yaml:8: networks.internet: "internet" is the name of another peer; call it something else.',
            'config/Pulumi.test.yaml:9: networks.talos-ipv4: "talos-ipv4" is the name of another peer; call it something else.',
        ],
    ),
    "nobody has checked anything tomorrow": (
        """
config:
  seg-firewall:networks: {a: {prefixes: [10.0.0.0/8], checked: "2027-01-01"}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: networks.a.checked: 2027-01-01 is in the future; write the day on which it was done.",
        ],
    ),
    "a reference is whole": (
        """
config:
  seg-firewall:networks:
    a: {aws: {prefixList: {id: pl-1}}}
    b: {aws: {}}
    c: {aws: {prefixList: {id: sg-1, weight: 0, family: ipv4}}, azure: {serviceTag: Internet}}
    d: {aws: {securityGroup: pl-1}, azure: {serviceTag: A, applicationSecurityGroup: b}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: networks.a.aws.prefixList: has no "family"; write ipv4 or ipv6; a prefix list holds one of them.',
            'config/Pulumi.test.yaml:3: networks.a.aws.prefixList: has no "weight"; write its maximum number of entries, which counts against the quota.',
            "config/Pulumi.test.yaml:4: networks.b: holds nothing; list its prefixes, or take it out.",
            "config/Pulumi.test.yaml:4: networks.b.aws: needs prefixList or securityGroup, and only one of them.",
            'config/Pulumi.test.yaml:5: networks.c.aws.prefixList.id: "sg-1" is another kind of id; ids here begin with "pl-".',
            "config/Pulumi.test.yaml:5: networks.c.aws.prefixList.weight: 0 is no number of entries; write the list's maximum.",
            'config/Pulumi.test.yaml:5: networks.c.azure.serviceTag: "Internet" is too wide for a network; list its prefixes instead.',
            'config/Pulumi.test.yaml:6: networks.d.aws.securityGroup: "pl-1" is another kind of id; ids here begin with "sg-".',
            "config/Pulumi.test.yaml:6: networks.d.azure: needs serviceTag or applicationSecurityGroup, and only one of them.",
        ],
    ),
    "a reference is of its kind, and no tag stands for everybody": (
        """
config:
  seg-firewall:networks:
    c: {aws: {prefixList: {id: sg-1, weight: 0, family: ipv4}}, azure: {serviceTag: Internet}}
    d: {aws: {securityGroup: pl-1}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: networks.c.aws.prefixList.id: "sg-1" is another kind of id; ids here begin with "pl-".',
            "config/Pulumi.test.yaml:3: networks.c.aws.prefixList.weight: 0 is no number of entries; write the list's maximum.",
            'config/Pulumi.test.yaml:3: networks.c.azure.serviceTag: "Internet" is too wide for a network; list its prefixes instead.',
            'config/Pulumi.test.yaml:4: networks.d.aws.securityGroup: "pl-1" is another kind of id; ids here begin with "sg-".',
        ],
    ),
    "a network that is used has something in this cloud": (
        """
config:
  seg-firewall:networks: {dns-servers: {azure: {serviceTag: Storage}}}
  seg-firewall:features: {dns: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: networks.dns-servers: holds nothing on aws, where "dns" uses it; list its prefixes.',
        ],
    ),
    "a host is known and has one strategy": (
        """
config:
  seg-firewall:hosts:
    updates.ironport.co: internet
    updates.ironport.com: intranet
    downloads.ironport.com: {}
    res.cisco.com: {proxy: {network: a, port: 0}}
    est.sco.cisco.com: [0.0.0.0/0]
    aggregator.cisco.com: {proxy: {network: admins}}
    default: []
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: hosts.updates.ironport.co: no such host; did you mean "updates.ironport.com"?',
            'config/Pulumi.test.yaml:4: hosts.updates.ironport.com: is the text "intranet"; write a list of prefixes, internet, or {proxy: {network: ..., port: ...}}.',
            "config/Pulumi.test.yaml:5: hosts.downloads.ironport.com: needs prefixes or a proxy, and only one of them; or write internet.",
            'config/Pulumi.test.yaml:6: hosts.res.cisco.com.proxy.network: no such network; add "a: [<prefix>]" to seg-firewall:networks.',
            "config/Pulumi.test.yaml:6: hosts.res.cisco.com.proxy.port: 0 is no port; ports are 1 to 65535.",
            'config/Pulumi.test.yaml:7: hosts.est.sco.cisco.com[0.0.0.0/0]: 0.0.0.0/0 is the internet, and a host is not; list the addresses that are meant, or write "internet".',
            'config/Pulumi.test.yaml:8: hosts.aggregator.cisco.com.proxy: has no "port"; write the port of the proxy.',
            "config/Pulumi.test.yaml:9: hosts.default: needs prefixes or a proxy, and only one of them; or write internet.",
        ],
    ),
    "every host that is needed has a strategy": (
        """
config:
  seg-firewall:features: {updates: {}, securex: {}}
  seg-firewall:hosts: {updates.ironport.com: internet}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.securex: "api.eu.sse.itd.cisco.com" and "est.sco.cisco.com" have no published addresses and no strategy; under hosts, give prefixes, internet or a proxy, for each or as default.',
            'config/Pulumi.test.yaml:2: features.updates: "downloads.ironport.com" and "update-manifests.sco.cisco.com" have no published addresses and no strategy; under hosts, give prefixes, internet or a proxy, for each or as default.',
        ],
    ),
    "a prefix has an interface of its family where connections come in": (
        """
config:
  seg-firewall:networks: {admins: [10.9.0.0/28, "2001:db8::/64"]}
  seg-firewall:features: {ssh-admin: {}, gui-https: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: networks.admins[2001:db8::/64]: is IPv6, and "management", where "ssh-admin" and "gui-https" would use it, has no ipv6; add it to the families there, or take the prefix out.',
        ],
    ),
    "a prefix has an interface of its family where connections go out": (
        """
config:
  seg-firewall:hosts: {res.cisco.com: ["2001:db8::/64"]}
  seg-firewall:features: {encryption: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: hosts.res.cisco.com[2001:db8::/64]: is IPv6, and "public", where "encryption" would use it, has no ipv6; add it to the families there, or take the prefix out.',
        ],
    ),
    "Azure has no ICMP for IPv6": (
        """
config:
  seg-firewall:interfaces: {management: {families: [ipv4, ipv6]}}
  seg-firewall:networks: {monitoring: ["2001:db8::/64"]}
  seg-firewall:features: {icmp-echo: {}}
""",
        ON_AZURE,
        {},
        [
            'config/Pulumi.test.yaml:4: features.icmp-echo: 2001:db8::/64 of "monitoring" is IPv6, and NSGs have no ICMP for IPv6; name a network without it.',
        ],
    ),
    "a prefix list has an interface of its family": (
        """
config:
  seg-firewall:networks: {dns-servers: {aws: {prefixList: {id: pl-1, weight: 5, family: ipv6}}}}
  seg-firewall:features: {dns: {}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: networks.dns-servers.aws.prefixList.family: is ipv6, and no interface where dns would use it has it; add it to the families of one, or take the list out.",
        ],
    ),
    "a proxy has an interface of its family": (
        """
config:
  seg-firewall:networks: {web-proxies: ["2001:db8::/64"]}
  seg-firewall:hosts: {default: {proxy: {network: web-proxies, port: 3128}}}
  seg-firewall:features: {encryption: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: networks.web-proxies[2001:db8::/64]: is IPv6, and "public", where "encryption" would use it, has no ipv6; add it to the families there, or take the prefix out.',
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
