"""What is allowed and should still be seen."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.settings.remarks import remarks
from tests.settings.reading import ON_AWS, TODAY, settings_of

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


def test_a_confirmation_holds_for_a_year():
    held = 'ip-access-list: {by: a, date: "2025-11-23"}, static-routes: {by: a, date: "2025-11-22"}'
    assert remarks_of(PRODUCTION % held) == [
        "warning: config/Pulumi.test.yaml:5: gateway.checklist.static-routes: was confirmed on 2025-11-22, more than 366 days ago; see on the gateway that it still holds, and write the new day."
    ]
