"""The table of others' checks: complete for our guardrails, and right about what trips."""

from __future__ import annotations

import dataclasses
import re

import pytest

from segfw.catalog import load_catalog
from segfw.flow import Point
from segfw.guardrails.pack import GUARDRAILS
from segfw.plan import make_plan
from segfw.waivers.findings import FORESEEN, foreseen
from segfw.waivers.stock import STOCK, Tool
from segfw.waivers.tripping import covered, tripping
from tests.shipped import SHIPPED, planned, settings_of
from tests.waivers.registers import read, register

KNOWN_TOOLS = set(Tool)


def names(check, stack):
    return [one.resource for one in tripping(STOCK[check], planned(stack))]


def test_every_check_that_a_guardrail_answers_is_in_the_table():
    answered = {id_ for one in GUARDRAILS for id_ in one.answers}

    assert not answered - set(STOCK)


def test_every_tool_has_checks_and_every_check_says_what_it_looks_at():
    assert {one.tool for one in STOCK.values()} == KNOWN_TOOLS
    assert all(one.looks_at and not one.looks_at.endswith(".") for one in STOCK.values())
    assert all(one.trips.why.endswith(".") for one in STOCK.values() if one.trips)


def test_the_ids_have_their_tools_form():
    forms = {Tool.CHECKOV: r"CKV2?_(AWS|AZURE)_\d+", Tool.TRIVY: r"(AWS|AZU)-\d{4}", Tool.CFN_LINT: r"[EW]\d{4}"}  # fmt: skip

    for one in STOCK.values():
        assert re.fullmatch(forms.get(one.tool, r"\S+"), one.id)


def test_groups_trip_a_check_of_what_attaches_them_whatever_they_allow():
    assert names("CKV2_AWS_5", "aws-lab") == ["management", "management-2", "private", "public"]
    assert names("CKV2_AWS_1", "aws-lab") == ["management-acl", "private-acl", "public-acl"]


def test_the_replies_to_mail_trip_a_check_for_3389_and_only_on_the_public_acl():
    assert names("CKV_AWS_231", "aws-prod-us-east-1") == [
        "public-acl",
        "public-in-tcp-1024-65535-0.0.0.0_0",
    ]


def test_a_gateway_whose_ephemeral_ports_begin_above_3389_does_not_trip_it():
    settings = settings_of("aws-prod-us-east-1")
    ports = dataclasses.replace(settings.gateway.ephemeral_ports, first=32768)
    gateway = dataclasses.replace(settings.gateway, ephemeral_ports=ports)
    plan = make_plan(dataclasses.replace(settings, gateway=gateway), load_catalog())

    assert [*tripping(STOCK["CKV_AWS_231"], plan)] == []


def test_mail_trips_checks_for_port_25_and_path_mtu_discovery_does_not():
    group = "ec2_securitygroup_allow_ingress_from_internet_to_"

    assert names(f"{group}high_risk_tcp_ports", "aws-prod-us-east-1") == [
        "public",
        "public-in-tcp-25-0.0.0.0_0",
    ]
    assert names("FG_R00377", "aws-prod-us-east-1") == ["public", "public-in-tcp-25-0.0.0.0_0"]


def test_a_check_for_any_rule_counts_path_mtu_discovery():
    check = "ec2_securitygroup_allow_ingress_from_internet_to_any_port"

    assert "management" in names(check, "aws-prod-us-east-1")


def test_nothing_trips_a_check_that_is_to_be_mended():
    assert names("CKV_AWS_24", "aws-lab") == []


@pytest.mark.parametrize("stack", SHIPPED)
def test_a_stack_trips_only_checks_that_the_table_says_are_tripped(stack):
    assert {one.check for one in foreseen(planned(stack))} <= set(FORESEEN)


def test_every_check_of_the_table_that_trips_is_tripped_by_a_shipped_stack():
    tripped = {one.check for stack in SHIPPED for one in foreseen(planned(stack))}

    assert tripped == set(FORESEEN)


def test_a_waiver_of_a_foreseen_check_covers_what_trips_it():
    (one,) = read(register(resource='"public*"')).entries

    assert covered(one, STOCK[one.check], planned("aws-lab")) == (
        "public-acl",
        "public-in-tcp-1024-65535-0.0.0.0_0",
        "public-in-tcp-1024-65535---_0",
    )


def test_a_waiver_of_another_check_covers_whatever_it_names():
    (one,) = read(register(resource="public-acl")).entries

    assert covered(one._replace(check="CKV_AWS_23"), STOCK["CKV_AWS_23"], planned("aws-lab")) == (
        "public-acl",
    )


def test_what_trips_says_which_features_it_serves():
    (nsg, *rules) = tripping(STOCK["AZU-0074"], planned("azure-prod-westeurope"))

    assert (nsg.resource, nsg.environment, nsg.stack) == ("public", "prod", "azure-prod-westeurope")
    assert "receive-mail" in nsg.features
    assert [one.features for one in rules] == [("receive-mail",)]


def test_points_of_the_table_are_of_one_cloud_unless_the_check_is_of_both():
    for one in STOCK.values():
        if one.trips and one.tool is not Tool.CLOUDSPLOIT:
            assert len({point is Point.NSG for point in one.trips.points}) == 1
