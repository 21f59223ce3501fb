"""Two short stacks that hold what an export can meet; their exports are goldens."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from segfw.catalog import load_catalog
from segfw.plan import Plan, make_plan
from segfw.settings import read_settings, read_tree
from tests.shipped import TODAY

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "exports"
SHORT = ("short-aws", "short-azure")


@cache
def short_plan(stack: str) -> Plan:
    tree = read_tree(FOLDER, stack)
    return make_plan(read_settings(tree, load_catalog(), stack=stack, today=TODAY), load_catalog())
