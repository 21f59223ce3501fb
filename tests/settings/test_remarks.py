"""What is allowed and should still be seen."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.review.checklist import checklist
from segfw.settings.remarks import remarks
from tests.settings.reading import AWS, ON_AWS, TODAY, settings_of

USED = (
    "config:\n  seg-firewall:features: {ssh-admin: {}, central-reporting: {}, deliver-inside: {}}\n"
)


def remarks_of(text: str, below: str = ON_AWS) -> list[str]:
    return [str(each) for each in remarks(settings_of(text, below), load_catalog(), today=TODAY)]


def test_a_stack_that_uses_everything_has_no_remark():
    assert remarks_of(USED) == []


CASES = {
    "the group itself is no network": (
        "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}}}\n",
        "  cluster: {peer: self}\n",
        [],
    ),
    "a newer release is compiled with the newest edition": (
        '  seg-firewall:gateway: {release: "17.1"}\n  seg-firewall:hosts: {default: internet}\n',
        "  smart-licensing: {}\n",
        [
            'note: config/Pulumi.test.yaml:2: gateway.release: 17.1 is newer than 16.0; the catalog knows "14.2", "15.0", "15.5" and "16.0" and its edition ug-14-ja is used: compare it with the firewall table of your release.'
        ],
    ),
    "smart licensing is needed from 15.5 on": (
        '  seg-firewall:gateway: {release: "15.5"}\n',
        "",
        [
            "warning: config/Pulumi.test.yaml:3: features: smart-licensing is off, and from 15.5 on the gateway does not work without it; write smart-licensing: {}."
        ],
    ),
    "received mail goes somewhere": (
        "",
        "  deliver-inside: false\n  receive-mail: {}\n  send-mail: {}\n",
        [
            "warning: config/Pulumi.test.yaml:6: features.receive-mail: mail is received and has nowhere to go; switch deliver-inside on, or give send-mail the networks it goes to."
        ],
    ),
    "mail may be sent to networks": (
        "",
        "  deliver-inside: false\n  receive-mail: {}\n  send-mail: {to: [mail-servers]}\n",
        [],
    ),
    "a load balancer needs something to balance": (
        "",
        "  load-balancer: {from: [admins]}\n",
        [
            "warning: config/Pulumi.test.yaml:6: features.load-balancer: does nothing without receive-mail or submission; switch one on, or this off."
        ],
    ),
    "the internet is answered by the default route": (
        "  seg-firewall:interfaces: {private: {defaultRoute: true}}\n",
        "  receive-mail: {}\n",
        [
            'warning: config/Pulumi.test.yaml:7: features.receive-mail: the internet connects to "public" and is answered by "private", which has the default route; write interfaces.public.defaultRoute: true.'
        ],
    ),
    "managers with public addresses are seen": (
        "  seg-firewall:networks: {admins: [10.9.0.0/28, 198.51.100.0/28]}\n",
        "  gui-https: {}\n",
        [
            'note: config/shared/aws.yaml:4: interfaces.management: admits public addresses of "admins" to services for administrators or quarantines; see that the interface has no public IP, NAT or load balancer.'
        ],
    ),
    "a tunnel that is no longer needed is seen": (
        "",
        '  tac-tunnel: {until: "2026-11-23"}\n',
        [
            "warning: config/Pulumi.test.yaml:6: features.tac-tunnel.until: 2026-11-23 is past; look at it again, then write a new day or take it out."
        ],
    ),
    "a tunnel is needed on its last day": ("", '  tac-tunnel: {until: "2026-11-24"}\n', []),
    "a custom flow is reviewed": (
        "",
        '  custom-flow: [{name: x, interface: management, direction: egress, protocol: tcp, ports: [9000], to: [admins], reason: r, owner: o, reviewBy: "2026-01-01"}]\n',
        [
            "warning: config/Pulumi.test.yaml:6: features.custom-flow[x].reviewBy: 2026-01-01 is past; look at it again, then write a new day or take it out."
        ],
    ),
    "networks and hosts that nothing uses are one note to a file": (
        (
            "  seg-firewall:networks: {one: [10.8.0.0/24], two: [10.8.1.0/24]}\n"
            "  seg-firewall:hosts: {res.cisco.com: internet}\n"
        ),
        "",
        [
            'note: config/Pulumi.test.yaml:2: networks.one: nothing in this stack uses "one" and "two".',
            'note: config/Pulumi.test.yaml:3: hosts.res.cisco.com: nothing in this stack uses "res.cisco.com".',
        ],
    ),
    "a host of another region is not used": (
        "  seg-firewall:hosts: {default: internet, api-sse.cisco.com: internet}\n",
        "  securex: {}\n",
        [
            'note: config/Pulumi.test.yaml:2: hosts.api-sse.cisco.com: nothing in this stack uses "api-sse.cisco.com".'
        ],
    ),
    "what is sent in the clear is seen, with what to use instead": (
        "  seg-firewall:networks: {logs: [10.8.0.0/28]}\n",
        "  syslog: {protocol: both, to: [logs]}\n  ldap: {to: [logs]}\n  gui-http: {}\n",
        [
            'note: config/Pulumi.test.yaml:7: features.syslog: row 40 may be readable on the way. Syslog is in the clear: set "syslog.protocol: tls", or deliver logs with "scp-logs".',
            'note: config/Pulumi.test.yaml:8: features.ldap: row 19 may be readable on the way. Queries and bind passwords are in the clear: use "ldaps" (row 20).',
            'note: config/Pulumi.test.yaml:9: features.gui-http: row 8 may be readable on the way. HTTP shows administrators\' passwords on the wire: use "gui-https" (row 21).',
        ],
    ),
    "what is sent over TLS is not": (
        "  seg-firewall:networks: {logs: [10.8.0.0/28]}\n",
        "  syslog: {to: [logs]}\n  ldaps: {to: [logs]}\n  gui-https: {}\n",
        [],
    ),
    "an option of a feature that is encrypted opens a row in the clear": (
        "",
        "  new-ui: {cleartextApi: true}\n",
        [
            'note: config/Pulumi.test.yaml:6: features.new-ui: row 47 may be readable on the way. HTTP shows the API\'s passwords on the wire: use "api-https" (row 48).',
        ],
    ),
    "rows of one feature in the clear are one note": (
        "  seg-firewall:hosts: {default: internet}\n",
        "  updates: {}\n",
        [
            'note: config/Pulumi.test.yaml:7: features.updates: row 9 and row 10 may be readable on the way. Files come over HTTP, their list over HTTPS (row 24). To keep HTTP off the internet, send the host through your proxy ("hosts", strategy "proxy").',
        ],
    ),
    "a proxy is what the catalog says to use instead": (
        (
            "  seg-firewall:networks: {proxies: [10.8.0.1/32]}\n"
            "  seg-firewall:hosts: {default: {proxy: {network: proxies, port: 3128}}}\n"
        ),
        "  updates: {}\n",
        [],
    ),
    "SSH, mail and DNS that leave by another name are seen": (
        (
            "  seg-firewall:networks: {proxies: [10.8.0.1/32]}\n"
            "  seg-firewall:hosts: {default: {proxy: {network: proxies, port: 53}}}\n"
        ),
        "  encryption: {}\n  syslog: {to: [proxies], port: 22}\n  deliver-inside: {port: 22}\n",
        [
            'note: config/Pulumi.test.yaml:3: hosts.default.proxy.port: 53 leaves the gateway here, and is the port of "dns"; see that what answers there is meant.',
            'note: config/Pulumi.test.yaml:8: features.syslog.port: 22 leaves the gateway here, and is the port of "ssh-logs" and "scp-logs"; see that what answers there is meant.',
            'note: config/Pulumi.test.yaml:9: features.deliver-inside.port: 22 leaves the gateway here, and is the port of "ssh-logs" and "scp-logs"; see that what answers there is meant.',
        ],
    ),
    "a port that the catalog gives a feature is its own": (
        "  seg-firewall:networks: {cluster-members: [10.9.4.0/28]}\n",
        '  tac-tunnel: {port: 53, until: "2026-12-24"}\n  cluster: {port: 22}\n',
        [],
    ),
    "prefixes are checked every 90 days": (
        '  seg-firewall:networks: {admins: {prefixes: [10.9.0.0/28], source: IPAM, checked: "2026-08-25"}}\n',
        "",
        [
            "note: config/Pulumi.test.yaml:2: networks.admins: was checked on 2026-08-25, more than 90 days ago; compare its prefixes with IPAM and write the new day."
        ],
    ),
    "prefixes that were checked 90 days ago are fresh": (
        '  seg-firewall:networks: {admins: {prefixes: [10.9.0.0/28], checked: "2026-08-26"}}\n',
        "",
        [],
    ),
}


@pytest.mark.parametrize(("above", "features", "expected"), CASES.values(), ids=CASES)
def test_each_remark_has_its_place_and_next_step(above, features, expected):
    lines = "".join(f"  {line}\n" for line in features.splitlines())
    text = (
        "config:\n"
        + above
        + "  seg-firewall:features:\n"
        + "    ssh-admin: {}\n    central-reporting: {}\n"
        + ("" if "deliver-inside" in features else "    deliver-inside: {}\n")
        + lines
    )
    assert remarks_of(text) == expected


def test_a_region_that_begins_like_no_other_is_seen():
    unknown = "  aws:region: ue-central-1\n  seg-firewall:imports: [aws]\n"

    assert remarks_of(USED, unknown) == [
        'warning: config/Pulumi.test.yaml:3: aws:region: "ue-central-1" begins like no region that the catalog knows, so hosts in another jurisdiction are not named; see that it is spelled as the cloud does.'
    ]


@pytest.mark.parametrize("location", ["westeurope", "West Europe", "WestEurope"])
def test_a_location_is_known_by_its_title_too(location):
    titled = f"  azure-native:location: {location}\n  seg-firewall:imports: [azure]\n"

    assert settings_of(USED, titled).region == "westeurope"
    assert remarks_of(USED, titled) == []


PRODUCTION = """
config:
  aws:allowedAccountIds: ["111122223333"]
  seg-firewall:gateway:
    environment: prod
    checklist: {%s}
  seg-firewall:features: {ssh-admin: {}, central-reporting: {}, deliver-inside: {}}
"""


def test_production_asks_for_its_checklist():
    assert remarks_of(PRODUCTION % "") == [
        'warning: config/Pulumi.test.yaml:3: gateway: nobody has confirmed "ip-access-list" and "static-routes" on the gateway; do what the checklist says, then write checklist: {<item>: {by: <who>, date: "<day>"}}.'
    ]


def test_production_asks_for_what_its_checklist_shows_and_for_nothing_else():
    """Pings are no administration, and a route into an interface's own subnet is none."""
    text = """
config:
  aws:allowedAccountIds: ["111122223333"]
  seg-firewall:gateway: {environment: prod}
  seg-firewall:interfaces:
    management: {routes: [near]}
    private: {routes: [], external: false}
  seg-firewall:networks: {near: [10.1.0.64/28], admins: [10.1.0.4/32]}
  seg-firewall:features: {icmp-echo: {from: [near]}, quarantine-https: {from: [public]}}
"""
    public = {"aws": AWS + "  seg-firewall:networks: {public: [198.51.100.0/28]}\n"}
    settings = settings_of(text, ON_AWS, public)
    found = [str(each) for each in remarks(settings, load_catalog(), today=TODAY)]

    assert found == [
        'warning: config/Pulumi.test.yaml:3: gateway: nobody has confirmed "no-public-address" on the gateway; do what the checklist says, then write checklist: {<item>: {by: <who>, date: "<day>"}}.',
        'note: config/Pulumi.test.yaml:6: interfaces.private: admits public addresses of "public" to services for administrators or quarantines; see that the interface has no public IP, NAT or load balancer.',
        'note: config/Pulumi.test.yaml:7: networks.admins: nothing in this stack uses "admins".',
        'note: config/shared/sound.yaml:13: networks.mail-servers: nothing in this stack uses "mail-servers" and "sma".',
    ]
    shown = checklist(make_plan(settings, load_catalog()), load_catalog(), today=TODAY)
    assert [item.id for item in shown] == ["no-public-address"]


def test_a_confirmation_holds_for_a_year():
    held = 'ip-access-list: {by: a, date: "2025-11-23"}, static-routes: {by: a, date: "2025-11-22"}'
    assert remarks_of(PRODUCTION % held) == [
        "warning: config/Pulumi.test.yaml:5: gateway.checklist.static-routes: was confirmed on 2025-11-22, more than 366 days ago; see on the gateway that it still holds, and write the new day."
    ]
