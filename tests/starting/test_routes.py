"""Routes that are proposed: replies leave as connections came in, and nothing is sent two ways."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.review.remarks import all_remarks
from segfw.settings import read_settings
from segfw.starting.asking import CISCO_REGION, cisco_region
from tests.shipped import TODAY, settings_of
from tests.starting.starting import begun

CATALOG = load_catalog()
THREE = ("management:internal", "public:external", "private:internal")
PROD = {
    "environment": "prod",
    "account": "111122223333",
    "release": None,
    "interfaces": THREE,
    "features": (),
    "networks": (),
}


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_they_are_those_of_the_shipped_production_stacks(region):
    start = begun(**PROD, region=region, imports=("base", "company", "production", region))
    shipped = settings_of(f"aws-prod-{region}").interfaces

    for name, interface in start.values["interfaces"].items():
        users = {"monitoring"}  # it stands there for pings
        written = set(shipped[name].routes)
        if name == "private":
            written -= {
                "quarantine-users"
            }  # routed there, and used by nobody: the quarantine is off
        assert set(interface.get("routes", ())) | users == written | users, name


def test_nothing_that_comes_in_is_answered_by_another_interface():
    start = begun(**PROD, imports=("base", "company", "production", "eu-central-1"))
    read = read_settings(start.draft.tree, CATALOG, stack=start.stack, today=TODAY)
    warnings = [str(r) for r in all_remarks(make_plan(read, CATALOG), CATALOG, today=TODAY)]

    assert not [
        text for text in warnings if "answered by" in text or "which the gateway sends by" in text
    ]


def test_one_interface_needs_no_routes():
    assert "routes" not in begun().values["interfaces"]["data"]


def test_public_networks_leave_by_the_default_route():
    start = begun(
        interfaces=("management:internal", "mail:public,private:external"),
        features=("external-threat-feeds", "ssh-admin"),
        networks=("taxii-servers=192.0.2.16/28", "admins=10.9.0.0/28"),
    )

    assert start.values["interfaces"]["management"]["routes"] == ["admins"]
    assert "routes" not in start.values["interfaces"]["mail"]
    assert start.values["interfaces"]["mail"]["defaultRoute"] is True


def test_two_networks_with_one_prefix_are_sent_one_way():
    start = begun(
        interfaces=THREE,
        features=("relay-mail", "ldaps"),
        networks=("internal-mail=10.9.1.0/28", "ldaps-servers=10.9.1.0/28"),
    )

    assert start.values["interfaces"]["private"]["routes"] == ["internal-mail", "ldaps-servers"]
    assert "routes" not in start.values["interfaces"]["management"]


def test_mail_goes_inside_by_the_private_interface_and_the_rest_by_management():
    start = begun(
        interfaces=THREE,
        features=("deliver-inside,dns",),
        networks=("mail-servers=10.9.1.0/28", "dns-servers=10.8.0.1/32"),
    )

    assert start.values["interfaces"]["private"]["routes"] == ["mail-servers"]
    assert start.values["interfaces"]["management"]["routes"] == ["dns-servers"]


def test_what_lies_in_the_interfaces_own_subnet_needs_no_route():
    start = begun(
        interfaces=THREE,
        subnets=("management=10.9.0.0/24",),
        features=("ssh-admin,snmp",),
        networks=("admins=10.9.0.0/28", "snmp-managers=10.8.0.1/32"),
    )

    assert start.values["interfaces"]["management"]["routes"] == ["snmp-managers"]


def test_said_routes_are_kept_and_none_is_proposed_beside_them():
    start = begun(
        interfaces=THREE,
        features=("ssh-admin,dns",),
        networks=("admins=10.9.0.0/28", "dns-servers=10.8.0.1/32"),
        routes=("private=dns-servers",),
    )

    assert start.values["interfaces"]["private"]["routes"] == ["dns-servers"]
    assert "routes" not in start.values["interfaces"]["management"]


def test_a_custom_flow_is_routed_by_its_own_interface():
    flow = (
        "features.custom-flow=[{name: push, interface: private, direction: egress, protocol: tcp, ports: [8514], "
        'to: [collectors], owner: me, reason: "Because.", reviewBy: "2027-01-01"}]'
    )
    start = begun(
        interfaces=THREE, networks=("admins=10.9.0.0/28", "collectors=10.8.0.0/28"), more=(flow,)
    )

    assert start.values["interfaces"]["private"]["routes"] == ["collectors"]


@pytest.mark.parametrize(
    ("region", "served"),
    [
        ("us-east-1", "americas"),
        ("ca-central-1", "americas"),
        ("eu-west-1", "europe"),
        ("UK South", "europe"),
        ("japaneast", "apjc"),
        ("me-south-1", None),
        ("nowhere", None),
    ],
)
def test_the_cisco_region_follows_the_jurisdiction_where_it_is_near(region, served):
    assert cisco_region(region, CATALOG) == served


def test_every_cisco_region_that_is_taken_exists():
    assert set(CISCO_REGION.values()) == set(CATALOG.regions)
    assert set(CISCO_REGION) <= set(CATALOG.jurisdictions.values())


def test_what_an_import_says_is_not_derived_again():
    start = begun(imports=("eu-central-1",), region="us-east-1")

    assert "ciscoRegion" not in start.values["gateway"]
    assert start.draft.gateway("ciscoRegion") == "europe"
