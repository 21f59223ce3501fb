"""Effective settings are spelled as a stack file, and read back as the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.settings import read_settings, read_tree, tree_from_values
from segfw.settings.spelling import spelled
from tests.shipped import CONFIG, SHIPPED, TODAY


@pytest.mark.parametrize("stack", SHIPPED)
def test_spelled_settings_read_back_as_the_same_settings(stack):
    catalog = load_catalog()
    read = read_settings(read_tree(CONFIG, stack), catalog, stack=stack, today=TODAY)
    tree = tree_from_values(spelled(read, catalog))
    again = read_settings(tree, catalog, stack=stack, today=TODAY)

    assert spelled(again, catalog) == spelled(read, catalog)
    assert make_plan(again, catalog).digest == make_plan(read, catalog).digest


def test_a_feature_that_is_on_by_default_and_switched_off_stays_off():
    catalog = load_catalog()
    read = read_settings(read_tree(CONFIG, "aws-lab"), catalog, stack="aws-lab", today=TODAY)
    off = {name: chosen for name, chosen in read.features.items() if name != "pmtu"}

    assert spelled(replace(read, features=off), catalog)["features"]["pmtu"] is False
