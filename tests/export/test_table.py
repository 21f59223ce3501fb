"""CSV: one line to a rule, as RFC 4180 has it, and no cell that a spreadsheet calculates."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from segfw.catalog import load_catalog
from segfw.export.table import COLUMNS, table
from tests.export.reading import rows_of
from tests.export.short import SHORT, short_plan
from tests.shipped import SHIPPED, planned

CATALOG = load_catalog()


def plan_named(stack):
    return planned(stack) if stack in SHIPPED else short_plan(stack)


@pytest.mark.parametrize("stack", [*SHORT, *SHIPPED])
def test_there_is_one_line_to_a_rule(stack):
    plan = plan_named(stack)
    text = table(plan, CATALOG)
    rules = sum(len(rule_set.rules) for rule_set in plan.rule_sets)

    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert read[0] == list(COLUMNS)
    assert len(read) == rules + 1
    assert {len(row) for row in read} == {len(COLUMNS)}


def test_a_row_has_what_a_reader_asks_for():
    plan = short_plan("short-aws")
    (row,) = [
        row
        for row in rows_of(table(plan, CATALOG))
        if row["name"] == "management-out-tcp-9091-10.9.1.0_28"
    ]

    assert row == {
        "stack": "short-aws",
        "point": "security-group",
        "interface": "management",
        "group": "1",
        "direction": "egress",
        "action": "allow",
        "number": "",
        "protocol": "tcp",
        "ports": "9091",
        "peer": "metrics",
        "prefixes": "10.9.1.0/28",
        "reference": "",
        "families": "ipv4",
        "features": "custom-flow",
        "rows": "custom metrics-push",
        "reason": "custom metrics-push: owner @mail-operations",
        "name": "management-out-tcp-9091-10.9.1.0_28",
        "catalogEdition": CATALOG.edition,
        "planDigest": plan.digest,
    }


@pytest.mark.parametrize("stack", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "a=1"])
def test_no_cell_is_a_formula_and_every_cell_can_be_read_back(stack):
    plan = short_plan("short-aws")
    called = plan._replace(settings=replace(plan.settings, stack=stack))
    text = table(called, CATALOG)
    cells = {row[0] for row in csv.reader(io.StringIO(text, newline=""), strict=True)} - {"stack"}

    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert {row["stack"] for row in rows_of(text)} == {stack}
