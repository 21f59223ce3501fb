"""What is to be done on the gateway itself, filled in for one stack."""

from __future__ import annotations

import pytest

from segfw.review.checklist import checklist
from tests.review.planning import CATALOG, TODAY, features, plan_of
from tests.settings.reading import ON_AZURE

INTERNET = "  seg-firewall:hosts: {default: internet}\n"
MEMBERS = "  seg-firewall:networks: {cluster-members: [10.1.0.5/32, 10.1.0.6/32]}\n"


def items(text: str, more: str = "", below: str | None = None) -> dict:
    plan = plan_of(features(text, more), *([below] if below else []))
    return {item.id: item for item in checklist(plan, CATALOG, today=TODAY)}


def line_of(item_id: str, text: str, more: str = "", below: str | None = None) -> str:
    """The line of an item's commands that is filled in."""
    wanted = {item.id: item for item in CATALOG.checklist}[item_id]
    found = items(text, more, below)[item_id].commands
    (own,) = [line for line in found if line not in wanted.commands]
    return own


def test_a_stack_that_nobody_administers_has_only_its_routes_to_enter():
    assert list(items("dns: {to: [mail-servers]}")) == ["static-routes"]


CONCERNS = {
    "ssh-admin: {}": {"ip-access-list"},
    "gui-https: {}": {"ip-access-list", "host-header", "cross-site-scripting"},
    "receive-mail: {}, deliver-inside: {}": {"no-relay-policy"},
    "submission: {}, deliver-inside: {}": {"no-relay-policy", "smtp-auth"},
    "cluster: {}": {"ip-access-list", "cluster-transport"},
    "new-ui: {}": {"ip-access-list", "host-header", "cross-site-scripting", "new-web-interface"},
    "file-reputation: {}": {"file-reputation-port"},
    "updates: {hosts: static}": {"static-update-hosts"},
    "updates: {hosts: names}": set(),
    "snmp: {from: [admins]}": {"ip-access-list"},
    "icmp-echo: {from: [admins]}": set(),
}


@pytest.mark.parametrize(("text", "ids"), CONCERNS.items())
def test_an_item_is_there_for_the_features_that_it_concerns(text, ids):
    assert set(items(text, INTERNET + MEMBERS)) == ids | {"static-routes"}


def test_items_stand_in_the_catalogs_order():
    found = list(items("new-ui: {}, submission: {}, cluster: {}, deliver-inside: {}", MEMBERS))

    assert found == [item.id for item in CATALOG.checklist if item.id in found]


def test_the_access_list_holds_administrators_sma_and_members_each_once():
    text = "ssh-admin: {}, gui-https: {}, central-reporting: {}, cluster: {}"

    assert line_of("ip-access-list", text, MEMBERS) == (
        "10.1.0.5/32, 10.1.0.6/32, 10.9.0.0/28, 10.9.2.0/32"
    )


def test_the_access_list_leaves_out_who_only_sends_mail_or_pings():
    text = "ssh-admin: {}, relay-mail: {from: [mail-servers]}, icmp-echo: {from: [sma]}"

    assert line_of("ip-access-list", text) == "10.9.0.0/28"


def test_administrators_known_only_to_the_cloud_are_still_on_the_access_list():
    group = "  seg-firewall:networks: {bastion: {aws: {securityGroup: sg-0123456789abcdef0}}}\n"

    assert line_of("ip-access-list", "ssh-admin: {from: [admins, bastion]}", group) == (
        '10.9.0.0/28, the addresses behind "bastion"'
    )


def test_the_members_of_the_group_itself_are_still_on_the_access_list():
    attached = (
        "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1, eni-2]}}}\n"
    )

    assert line_of("ip-access-list", "cluster: {peer: self}", attached) == (
        "the addresses behind this security group"
    )
    assert "(the addresses behind this security group)" in (
        items("cluster: {peer: self}", attached)["cluster-transport"].why
    )


def test_the_clusters_item_names_the_members():
    why = items("cluster: {}", MEMBERS)["cluster-transport"].why

    assert why.startswith("The members (10.1.0.5/32, 10.1.0.6/32) connect with each other")


def test_static_routes_are_listed_by_interface_and_network():
    commands = items("ssh-admin: {}")["static-routes"].commands

    assert commands == (
        "routeconfig",
        "new",
        "  admins: 10.9.0.0/28 via the router of management",
        "  sma: 10.9.2.0/32 via the router of management",
        "  mail-servers: 10.9.1.0/28 via the router of private",
        "commit",
    )


def test_a_destination_is_entered_once_with_the_networks_behind_it():
    more = (
        "  seg-firewall:interfaces: {management: {routes: [admins, bastion, sma]}}\n"
        "  seg-firewall:networks: {bastion: [10.9.0.0/28, 10.8.0.4/32]}\n"
    )
    commands = items("ssh-admin: {from: [admins, bastion]}", more)["static-routes"].commands

    assert commands == (
        "routeconfig",
        "new",
        "  bastion: 10.8.0.4/32 via the router of management",
        "  admins, bastion: 10.9.0.0/28 via the router of management",
        "  sma: 10.9.2.0/32 via the router of management",
        "  mail-servers: 10.9.1.0/28 via the router of private",
        "commit",
    )


def test_what_lies_in_the_interfaces_own_subnet_is_no_route():
    more = (
        "  seg-firewall:interfaces: {management: {routes: [admins, near, sma]}}\n"
        "  seg-firewall:networks: {near: [10.1.0.64/28, 10.1.0.0/24, 10.1.0.0/16]}\n"
    )
    commands = items("dns: {to: [near]}", more)["static-routes"].commands

    assert commands[2:4] == (
        "  near: 10.1.0.0/16 via the router of management",
        "  admins: 10.9.0.0/28 via the router of management",
    )


def test_routes_into_the_own_subnet_alone_leave_nothing_to_enter():
    more = (
        "  seg-firewall:interfaces: {management: {routes: [near]}, private: {routes: []}}\n"
        "  seg-firewall:networks: {near: [10.1.0.64/28]}\n"
    )

    assert "static-routes" not in items("dns: {to: [near]}", more)


def test_a_quarantine_that_public_addresses_may_open_must_stay_unreachable():
    public = "  seg-firewall:networks: {branch: [198.51.100.0/28]}\n"
    found = items("quarantine-https: {from: [branch]}", public)

    assert found["no-public-address"].why.startswith("private admit public addresses")


def test_a_stack_without_routes_has_none_to_enter():
    routeless = "  seg-firewall:interfaces: {management: {routes: []}, private: {routes: []}}\n"

    assert "static-routes" not in items("dns: {to: [mail-servers]}", routeless)


def test_changed_ports_are_named_with_their_service():
    why = items("ssh-admin: {port: 2022}, gui-https: {port: 8443}")["changed-ports"].why

    names = {"ssh-cli": "2022", "gui-https": "8443"}
    listed = sorted(f"{CATALOG.rows[row].title} on {port}" for row, port in names.items())
    assert why.endswith(f"must use the same: {', '.join(listed)}.")


def test_the_default_port_is_no_change():
    assert "changed-ports" not in items("ssh-admin: {port: 22}, ldap: {port: 3268, to: [sma]}")


def test_interfaces_that_public_addresses_may_manage_must_stay_unreachable():
    public = "  seg-firewall:networks: {branch: [198.51.100.0/28]}\n"
    found = items("ssh-admin: {from: [admins, branch]}", public)

    assert found["no-public-address"].commands == ()
    assert found["no-public-address"].why.startswith(
        "management admit public addresses to services for administrators"
    )
    assert "no-public-address" not in items("ssh-admin: {}")


def confirmed(day: str) -> str | None:
    gateway = (
        f'  seg-firewall:gateway:\n    checklist: {{ip-access-list: {{by: Mara, date: "{day}"}}}}\n'
    )
    return items("ssh-admin: {}", gateway)["ip-access-list"].confirmed


def test_an_item_is_confirmed_for_a_year():
    assert confirmed("2026-11-24") == "Mara, 2026-11-24"
    assert confirmed("2025-11-23") == "Mara, 2025-11-23"  # 366 days before


def test_a_confirmation_expires_after_a_year():
    assert confirmed("2025-11-22") is None  # 367 days before


def test_what_nobody_confirmed_is_to_do():
    assert items("ssh-admin: {}")["ip-access-list"].confirmed is None


def test_commands_that_were_read_in_a_text_are_told_from_the_others():
    found = items("gui-https: {}")

    assert found["ip-access-list"].sourced
    assert not found["host-header"].sourced


def test_azure_has_the_same_checklist():
    aws, azure = (items("gui-https: {}, ssh-admin: {}", "", below) for below in (None, ON_AZURE))

    assert {key: (one.why, one.commands) for key, one in aws.items()} == {
        key: (one.why, one.commands) for key, one in azure.items()
    }
