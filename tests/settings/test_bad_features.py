"""Features and their options."""

from __future__ import annotations

import pytest

from tests.settings.reading import ON_AWS, ON_AZURE, problems_of

CASES = {
    "a feature is a mapping or false": (
        """
config:
  seg-firewall:features: {ldpa: {}, ssh-admin: true, gui-https: 443, dns: [], ntp: "on"}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features.dns: is a list; write {} to switch it on, false to switch it off, or its options.",
            "config/Pulumi.test.yaml:2: features.gui-https: is the number 443; write {} to switch it on, false to switch it off, or its options.",
            'config/Pulumi.test.yaml:2: features.ldpa: no such feature; did you mean "ldap"?',
            'config/Pulumi.test.yaml:2: features.ntp: is the text "on"; write {} to switch it on, false to switch it off, or its options.',
            "config/Pulumi.test.yaml:2: features.ssh-admin: is true; write {} to switch it on, false to switch it off, or its options.",
        ],
    ),
    "options are known and have their forms": (
        """
config:
  seg-firewall:features:
    ssh-admin: {prot: 22, to: [admins]}
    gui-https: {port: "8443", from: admins}
    gui-http: {port: 70000}
    submission: {port: 25}
    syslog: {protocol: tpc}
    updates: {hosts: 5, from: [admins]}
    external-threat-feeds: {cleartext: "yes"}
    tac-tunnel: {port: 443}
    ftp: {server: false}
    new-ui: {cleartextApi: 1, from: []}
    snmp: {from: [admins, admins]}
    cluster: {peer: self, peers: [admins]}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ssh-admin.prot: no such option; did you mean "port"?',
            'config/Pulumi.test.yaml:3: features.ssh-admin.to: no such option; networks of ssh-admin (connections come in) are given by "from".',
            'config/Pulumi.test.yaml:4: features.gui-https.from: is the text "admins"; write a list of networks: [admins].',
            'config/Pulumi.test.yaml:4: features.gui-https.port: is the text "8443"; write a port number, without quotes.',
            "config/Pulumi.test.yaml:5: features.gui-http.port: 70000 is no port; ports are 1 to 65535.",
            "config/Pulumi.test.yaml:6: features.submission.port: 25 is none of its ports; write 465 or 587.",
            'config/Pulumi.test.yaml:7: features.syslog.protocol: no such value "tpc"; did you mean "tcp"?',
            "config/Pulumi.test.yaml:8: features.updates.from: updates takes no networks; leave it out.",
            "config/Pulumi.test.yaml:8: features.updates.hosts: is the number 5; write one of names, static.",
            'config/Pulumi.test.yaml:9: features.external-threat-feeds.cleartext: is the text "yes"; write true or false, without quotes.',
            'config/Pulumi.test.yaml:10: features.tac-tunnel: has no "until"; write the day after which the tunnel is no longer needed.',
            "config/Pulumi.test.yaml:11: features.ftp: has server and client false, so nothing of it is left; set one true, or write false for the feature.",
            "config/Pulumi.test.yaml:12: features.new-ui.cleartextApi: is the number 1; write true or false, without quotes.",
            "config/Pulumi.test.yaml:12: features.new-ui.from: is an empty list; name a network, or leave it out for the default.",
            "config/Pulumi.test.yaml:13: features.snmp.from[admins]: stands in the list twice; keep one.",
            "config/Pulumi.test.yaml:14: features.cluster.peer: self and peers say two things; leave one of them out.",
            'config/Pulumi.test.yaml:14: features.cluster.peer: self is whoever has the security group of "management", and nobody has: name network interfaces in interfaces.management.securityGroup.attach.',
        ],
    ),
    "networks of a feature are there": (
        """
config:
  seg-firewall:features: {ssh-admin: {from: [admin]}, gui-https: {from: [internet]}, receive-mail: {from: [internet]}, ldap: {}, mailbox-remediation: {exchange: true}, radius: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.gui-https.from[internet]: "internet" is no network; name the networks that are meant.',
            'config/Pulumi.test.yaml:2: features.ldap: needs the network "ldap-servers", which is not there; add "ldap-servers: [<prefix>]" to seg-firewall:networks, or name others with to: [...].',
            'config/Pulumi.test.yaml:2: features.mailbox-remediation: "outlook.office365.com" and "login.microsoftonline.com" have no published addresses and no strategy; under hosts, give prefixes, internet or a proxy, for each or as default.',
            'config/Pulumi.test.yaml:2: features.mailbox-remediation: needs the network "exchange-servers", which is not there; add "exchange-servers: [<prefix>]" to seg-firewall:networks, or name others with to: [...].',
            'config/Pulumi.test.yaml:2: features.radius: needs the network "radius-servers", which is not there; add "radius-servers: [<prefix>]" to seg-firewall:networks, or name others with to: [...].',
            'config/Pulumi.test.yaml:2: features.receive-mail.from[internet]: "internet" is no network; leave from out.',
            'config/Pulumi.test.yaml:2: features.ssh-admin.from[admin]: no such network; did you mean "admins"?',
        ],
    ),
    "a network that is like no other is declared": (
        """
config:
  seg-firewall:features: {snmp: {}, syslog: {to: [log-collectors]}, gui-https: {from: [Administrators of Berlin]}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features.gui-https.from[Administrators of Berlin]: no such network; networks have names of lower-case words, digits and hyphens, at most 32 characters, and stand under seg-firewall:networks.",
            'config/Pulumi.test.yaml:2: features.snmp: needs the network "snmp-managers", which is not there; add "snmp-managers: [<prefix>]" to seg-firewall:networks, or name others with from: [...].',
            'config/Pulumi.test.yaml:2: features.syslog.to[log-collectors]: no such network; add "log-collectors: [<prefix>]" to seg-firewall:networks.',
        ],
    ),
    "a network is meant by a slip of the hand only": (
        """
config:
  seg-firewall:networks: {ldap-server: [10.9.3.0/32], pop-servers: [10.9.4.0/32]}
  seg-firewall:features: {ldap: {}, scp-logs: {}, imap-auth: {to: [Mail_Servers]}, gui-https: {from: [amdins]}, ssh-admin: {from: [a]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.gui-https.from[amdins]: no such network; did you mean "admins"?',
            'config/Pulumi.test.yaml:3: features.imap-auth.to[Mail_Servers]: no such network; did you mean "mail-servers"?',
            'config/Pulumi.test.yaml:3: features.ldap: needs the network "ldap-servers", which is not there; call "ldap-server" so, or write to: [ldap-server].',
            'config/Pulumi.test.yaml:3: features.scp-logs: needs the network "scp-servers", which is not there; add "scp-servers: [<prefix>]" to seg-firewall:networks, or name others with to: [...].',
            'config/Pulumi.test.yaml:3: features.ssh-admin.from[a]: no such network; add "a: [<prefix>]" to seg-firewall:networks.',
        ],
    ),
    "networks with names of the catalog are two, though one letter tells them apart": (
        """
config:
  seg-firewall:networks: {ldaps-servers: [10.9.3.0/32]}
  seg-firewall:features: {ldap: {}, ldaps: {}, external-threat-feeds: {to: [ldap-servers]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.external-threat-feeds.to[ldap-servers]: no such network; add "ldap-servers: [<prefix>]" to seg-firewall:networks.',
            'config/Pulumi.test.yaml:3: features.ldap: needs the network "ldap-servers", which is not there; add "ldap-servers: [<prefix>]" to seg-firewall:networks, or name others with to: [...].',
        ],
    ),
    "a prefix stands under networks, and its name here": (
        """
config:
  seg-firewall:interfaces: {private: {routes: [10.7.0.0/16, mail-servers]}}
  seg-firewall:hosts: {default: {proxy: {network: 10.8.0.1, port: 3128}}}
  seg-firewall:features: {ssh-admin: {from: [10.0.0.0/8]}, dns: {to: ["2001:db8::53/64"]}, gui-https: {from: [0.0.0.0/0]}, snmp: {from: [any]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: interfaces.private.routes[10.7.0.0/16]: is a prefix, and here stand names of networks; add "<name>: [10.7.0.0/16]" to seg-firewall:networks, and write that name here.',
            'config/Pulumi.test.yaml:3: hosts.default.proxy.network: is a prefix, and here stand names of networks; add "<name>: [10.8.0.1/32]" to seg-firewall:networks, and write that name here.',
            'config/Pulumi.test.yaml:4: features.dns.to[2001:db8::53/64]: is a prefix, and here stand names of networks; add "<name>: [2001:db8::/64]" to seg-firewall:networks, and write that name here.',
            "config/Pulumi.test.yaml:4: features.gui-https.from[0.0.0.0/0]: is the internet, and here stand names of networks; name those that are meant.",
            'config/Pulumi.test.yaml:4: features.snmp.from[any]: "any" is no network; name those that are meant.',
            'config/Pulumi.test.yaml:4: features.ssh-admin.from[10.0.0.0/8]: is a prefix, and here stand names of networks; add "<name>: [10.0.0.0/8]" to seg-firewall:networks, and write that name here.',
        ],
    ),
    "values are written in lower case": (
        """
config:
  seg-firewall:features:
    syslog: {protocol: TCP, to: [admins]}
    SSH-ADMIN: {}
    custom-flow:
      - {name: x, interface: management, direction: egress, protocol: TCP, ports: [9000], to: [admins], reason: r, owner: o, reviewBy: "2027-01-01"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.syslog.protocol: no such value "TCP"; did you mean "tcp"?',
            'config/Pulumi.test.yaml:4: features.SSH-ADMIN: no such feature; did you mean "ssh-admin"?',
            'config/Pulumi.test.yaml:6: features.custom-flow[x].protocol: "TCP" is none of tcp, udp, icmp-echo; did you mean "tcp"?',
        ],
    ),
    "a feature that is on does something": (
        """
config:
  seg-firewall:features: {ftp: {server: false}, debug-logs: {https: false}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features.debug-logs: has https and ftps false, so nothing of it is left; set one true, or write false for the feature.",
            "config/Pulumi.test.yaml:2: features.ftp: has server and client false, so nothing of it is left; set one true, or write false for the feature.",
        ],
    ),
    "a feature is pinned to an interface that has its role": (
        """
config:
  seg-firewall:features: {ssh-admin: {interface: publc}, gui-https: {interface: public}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.gui-https.interface: "public" has not the role management, where connections to gui-https come in; give it the role, or name an interface that has it.',
            'config/Pulumi.test.yaml:2: features.ssh-admin.interface: no such interface; did you mean "public"?',
        ],
    ),
    "an interface has the role that a feature needs": (
        """
config:
  seg-firewall:interfaces: {private: {roles: [public]}}
  seg-firewall:features: {relay-mail: {from: [mail-servers]}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: interfaces: none has the default route; write defaultRoute: true for the one that sends to the internet.",
            "config/Pulumi.test.yaml:3: features.relay-mail: connections to it come in where the role private is, and no interface has it; give it to one, or switch the feature off.",
        ],
    ),
    "the group itself is a peer where somebody has it": (
        """
config:
  seg-firewall:features: {cluster: {peer: self}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.cluster.peer: self is whoever has the security group of "management", and nobody has: name network interfaces in interfaces.management.securityGroup.attach.',
        ],
    ),
    "Azure has no security group to be a peer": (
        """
config:
  seg-firewall:features: {cluster: {peer: self}}
""",
        ON_AZURE,
        {},
        [
            "config/Pulumi.test.yaml:2: features.cluster.peer: self is a security group, which Azure has not; take it out and name networks.",
        ],
    ),
    "a prefix list is made on AWS only": (
        """
config:
  seg-firewall:features: {talos: {prefixList: true}}
""",
        ON_AZURE,
        {},
        [
            "config/Pulumi.test.yaml:2: features.talos.prefixList: belongs to AWS, and this stack's cloud is azure; take it out.",
        ],
    ),
    "a changed port is free": (
        """
config:
  seg-firewall:features: {ssh-admin: {}, receive-mail: {port: 22}, gui-https: {port: 83}, gui-http: {port: 443}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.gui-https.port: 83 is the tcp port of "quarantine-https" on the gateway; choose one that is free.',
            'config/Pulumi.test.yaml:2: features.receive-mail.port: 22 is the tcp port of "ssh-admin" on the gateway; choose one that is free.',
        ],
    ),
    "both ends of a cluster use one port": (
        """
config:
  seg-firewall:features: {ssh-admin: {port: 2022}, cluster: {peers: [admins]}, new-ui: {port: 22}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features.cluster: would use the ports 2022 and 22 at its two ends; write port: with the one that is set on the gateways.",
        ],
    ),
    "a service has one port": (
        """
config:
  seg-firewall:features: {ssh-admin: {}, cluster: {peers: [admins], port: 2200}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.cluster: has SSH to the command line on port 2200, and "ssh-admin" has it on 22; the gateway has one, write the same port for both.',
        ],
    ),
    "features are a mapping": (
        """
config:
  seg-firewall:features: [ssh-admin]
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features: is a list; write a mapping from feature to options.",
        ],
    ),
    "a broken interface is reported once": (
        """
config:
  seg-firewall:interfaces: {private: {roles: [pivate]}}
  seg-firewall:features: {relay-mail: {from: [admins], interface: private}, dns: {to: [admins], interface: 5}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: interfaces.private.roles[pivate]: "pivate" is none of management, public, private; did you mean "private"?',
            'config/Pulumi.test.yaml:3: features.dns.interface: is a number to YAML; quote it: "5".',
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
