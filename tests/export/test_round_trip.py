"""An export read back lets through what the plan lets through, packet for packet."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.export.cloudformation import TooLong
from segfw.export.formats import FORMATS
from segfw.sets.addresses import AddressSet, Family, parse_prefixes
from segfw.sets.headerspace import HeaderSpace, Service
from tests.export.reading import READERS, planned_spaces
from tests.export.short import SHORT, short_plan
from tests.shipped import SHIPPED, planned
from tests.strategies import plan_of, stacks

CATALOG = load_catalog()
CASES = [
    (form, stack)
    for stack in [*SHIPPED, *SHORT]
    for form in FORMATS
    if any(cloud.value in stack.split("-") for cloud in FORMATS[form].clouds)
]
LOOPBACK = AddressSet.of(Family.IPV4, parse_prefixes(["127.0.0.1/32"]))
ADDED = HeaderSpace.of(Service.of_icmp(1, 252, 86), LOOPBACK)
"""What a CloudFormation group allows besides, or EC2 would allow all egress (docs/export.md)."""


def expected(form, plan):
    spaces = planned_spaces(plan)
    if form == "cloudformation":
        for key, sides in spaces.items():
            if key.startswith("security-group/"):
                sides[Direction.EGRESS, Family.IPV4] |= ADDED
    return spaces


def plan_named(stack):
    return short_plan(stack) if stack in SHORT else planned(stack)


@pytest.mark.parametrize(("form", "stack"), CASES)
def test_a_stack_read_back_is_its_plan(form, stack):
    plan = plan_named(stack)

    assert READERS[form](plan, FORMATS[form].write(plan, CATALOG)) == expected(form, plan)


@pytest.mark.parametrize(("form", "stack"), CASES)
def test_a_changed_port_is_read_as_another_plan(form, stack):
    plan = plan_named(stack)
    text = FORMATS[form].write(plan, CATALOG).replace("443", "442")

    assert READERS[form](plan, text) != expected(form, plan)


@given(stacks())
def test_any_stack_read_back_is_its_plan(stack):
    plan = plan_of(stack)
    for form, each in FORMATS.items():
        if stack.cloud in each.clouds:
            try:
                text = each.write(plan, CATALOG)
            except TooLong:
                continue
            assert READERS[form](plan, text) == expected(form, plan), form


@given(stacks())
def test_no_resource_is_lost_to_another_of_its_name(stack):
    plan = plan_of(stack)
    written = json.loads(FORMATS["terraform"].write(plan, CATALOG))["resource"]
    exclusive = sum("RulesExclusive" in spec.token for spec in plan.resources())

    assert sum(len(held) for held in written.values()) == len([*plan.resources()]) - exclusive


@pytest.mark.parametrize(("form", "stack"), CASES)
def test_an_export_has_the_same_bytes_each_time(form, stack):
    plan = plan_named(stack)

    assert FORMATS[form].write(plan, CATALOG) == FORMATS[form].write(plan, CATALOG)
