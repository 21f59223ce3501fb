"""A comparison with what the real engine exports: it says beforehand what an update then does."""

from __future__ import annotations

import copy
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from segfw.catalog import load_catalog
from segfw.changes import Changes, compare
from segfw.changes.verdict import judge
from segfw.plan import make_plan
from segfw.settings import read_settings, tree_from_values
from segfw.state import read_state
from tests.changes.comparing import told

if TYPE_CHECKING:
    from tests.engine.conftest import Stack

pytestmark = pytest.mark.engine


def changes_of(stack: Stack) -> Changes:
    """What `up` would change, by the stack's settings and its exported state."""
    tree = tree_from_values(copy.deepcopy(stack.settings))
    settings = read_settings(tree, load_catalog(), stack=stack.name, today=date.today())
    return compare(make_plan(settings, load_catalog()), exported(stack))


def exported(stack: Stack) -> Any:
    return read_state(stack.pulumi.run(stack.name, "stack", "export").stdout, "state.json")


def added(stack: Stack, before: dict[str, str]) -> set[str]:
    return set(stack.urns()) - set(before)


def test_what_was_brought_up_does_not_differ_and_a_peer_adds_exactly_its_rules(
    aws_stack: Stack,
) -> None:
    aws_stack.up()
    same = changes_of(aws_stack)
    assert not same.any
    assert (judge(same).problems, judge(same).warnings) == ((), ())

    aws_stack.settings["networks"]["admins"].append("10.40.9.0/28")
    more = changes_of(aws_stack)
    assert told(more) == [
        "added management-in-tcp-22-10.40.9.0_28: ssh-admin",
        "added management-in-tcp-443-10.40.9.0_28: gui-https",
    ]
    assert more.resources == ()
    before = aws_stack.urns()
    aws_stack.up()
    assert added(aws_stack, before) == {one.line.name for one in more.lines if one.old is None}
    assert not changes_of(aws_stack).any


def test_a_renamed_interface_is_no_change_before_and_after(aws_stack: Stack) -> None:
    aws_stack.up()
    interfaces = aws_stack.settings["interfaces"]
    interfaces["mgmt"] = interfaces.pop("management") | {"renamedFrom": ["management"]}

    assert told(changes_of(aws_stack)) == []
    aws_stack.up()
    assert not changes_of(aws_stack).any


def test_a_twin_is_refused_and_renaming_it_in_the_state_mends_that(aws_stack: Stack) -> None:
    """The network keeps its reference and gets another name: the same rule by another name."""
    settings = aws_stack.settings
    aws_stack.up()
    group = aws_stack.urns()["public"]
    settings["networks"]["theirs"] = {"aws": {"securityGroup": group}, "prefixes": ["10.40.0.0/24"]}
    settings["features"]["ssh-admin"] = {"from": ["theirs"]}
    aws_stack.up()
    settings["networks"]["others"] = settings["networks"].pop("theirs")
    settings["features"]["ssh-admin"] = {"from": ["others"]}
    verdict = judge(changes_of(aws_stack))

    assert ["InvalidPermission.Duplicate" in problem.message for problem in verdict.problems] == [
        True
    ]
    refused = aws_stack.up(check=False)
    assert refused.code != 0
    assert "InvalidPermission.Duplicate" in refused.text

    for urn, name in verdict.renames:
        aws_stack.pulumi.run(aws_stack.name, "state", "rename", urn, name, "--yes")
    mended = changes_of(aws_stack)
    assert (told(mended), judge(mended).problems) == ([], ())
    aws_stack.up()
    assert not changes_of(aws_stack).any


def test_a_change_of_azure_is_seen_by_rule(azure_stack: Stack) -> None:
    azure_stack.up()
    assert not changes_of(azure_stack).any

    del azure_stack.settings["features"]["gui-https"]
    assert told(changes_of(azure_stack)) == [
        "removed gate-in-tcp-443-10.40.0.0_24: gui-https",
        "removed gate-in-tcp-443-10.40.8.0_28: gui-https",
    ]
    azure_stack.up()
    assert not changes_of(azure_stack).any


def test_a_change_over_the_quota_is_refused_by_both_and_its_steps_are_not(
    aws_stack: Stack,
) -> None:
    """Two features of 19 peers and a rule for path MTU: 38 and 38 and 1 are 77 of 60."""
    settings = aws_stack.settings
    settings["networks"]["before"] = [f"10.40.1.{n}/32" for n in range(0, 38, 2)]
    settings["networks"]["after"] = [f"10.40.1.{n}/32" for n in range(1, 39, 2)]
    for feature in ("ssh-admin", "gui-https"):
        settings["features"][feature] = {"from": ["before"]}
    aws_stack.up()
    for feature in ("ssh-admin", "gui-https"):
        settings["features"][feature] = {"from": ["after"]}
    verdict = judge(changes_of(aws_stack))
    assert verdict.ways is not None
    assert verdict.ways.split is not None
    assert ["77 side by side" in problem.message for problem in verdict.problems] == [True]
    assert [step.features for step in verdict.ways.split.steps] == [("gui-https",), ("ssh-admin",)]

    before = set(aws_stack.urns())
    refused = aws_stack.up(check=False)
    assert refused.code != 0
    assert "RulesPerSecurityGroupLimitExceeded" in refused.text

    # Back to where it was; then as the steps say.
    for feature in ("ssh-admin", "gui-https"):
        settings["features"][feature] = {"from": ["before"]}
    aws_stack.up()
    assert set(aws_stack.urns()) == before
    for step in verdict.ways.split.steps:
        for feature in step.features:
            settings["features"][feature] = {"from": ["after"]}
        assert judge(changes_of(aws_stack)).problems == ()
        aws_stack.up()
    assert not changes_of(aws_stack).any
