"""The policy and the role that deploying a stack needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segfw.permissions import RESOURCES, actions_of, permissions, recorded_calls
from segfw.settings.types import Cloud
from tests.shipped import SHIPPED, planned


def statements(stack: str, *accounts: str) -> dict[str, list[str]]:
    """Action to what it is allowed on."""
    policy = permissions(planned(stack), accounts)
    return {
        action: one["Resource"]
        for one in policy["Statement"]
        for action in one["Action"]
        if one["Effect"] == "Allow"
    }


def test_a_security_group_is_made_only_in_the_stacks_own_network() -> None:
    found = statements("aws-dev-us-east-1", "111122223333")

    assert found["ec2:CreateSecurityGroup"] == [
        "arn:aws:ec2:us-east-1:111122223333:security-group/*",
        "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0d1e2f3a4b5c60001",
    ]
    assert found["ec2:DescribeSecurityGroups"] == ["*"]


def test_what_the_stack_does_not_have_is_not_allowed() -> None:
    """No network ACL, no prefix list: nothing that makes, changes or removes one."""
    found = [one for one in statements("aws-dev-us-east-1") if "Describe" not in one]

    assert not [action for action in found if "NetworkAcl" in action or "PrefixList" in action]


def test_no_action_is_a_pattern_and_no_writing_one_is_allowed_on_everything() -> None:
    for stack in SHIPPED:
        if stack.startswith("aws"):
            for action, resources in statements(stack, "111122223333").items():
                assert "*" not in action
                verb = action.partition(":")[2]
                assert resources != ["*"] or verb.startswith(("Describe", "Get"))


def test_tags_are_made_with_what_is_made_and_changed_where_the_stacks_tag_is() -> None:
    policy = permissions(planned("aws-dev-us-east-1"), ("111122223333",))
    made, changed = policy["Statement"][-2:]

    assert made["Action"] == ["ec2:CreateTags"]
    assert made["Condition"] == {"StringEquals": {"ec2:CreateAction": ["CreateSecurityGroup"]}}
    assert changed["Action"] == ["ec2:CreateTags", "ec2:DeleteTags"]
    assert changed["Condition"] == {
        "StringEquals": {"aws:ResourceTag/seg-firewall:stack": "aws-dev-us-east-1"}
    }
    assert (
        made["Resource"]
        == changed["Resource"]
        == ["arn:aws:ec2:us-east-1:111122223333:security-group/*"]
    )


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eu-central-1", "aws")],
)
def test_arns_are_of_the_regions_partition(region: str, partition: str) -> None:
    plan = planned("aws-dev-us-east-1")
    moved = plan._replace(settings=replace(plan.settings, region=region))
    named = {
        arn for one in permissions(moved)["Statement"] for arn in one["Resource"] if arn != "*"
    }

    assert named
    assert all(arn.startswith(f"arn:{partition}:ec2:{region}:*:") for arn in named)


def test_a_role_is_assignable_to_the_stacks_resource_groups_alone() -> None:
    role = permissions(planned("azure-prod-westeurope"), ("1111-2222",))

    assert all(
        one.startswith("/subscriptions/1111-2222/resourceGroups/")
        for one in role["AssignableScopes"]
    )
    assert "Microsoft.Network/networkSecurityGroups/write" in role["Actions"]


def test_every_type_of_every_shipped_stack_was_recorded() -> None:
    for stack in SHIPPED:
        plan = planned(stack)
        assert actions_of({one.token for one in plan.resources()}, plan.settings.cloud)


def test_every_writing_action_that_was_recorded_has_its_resources() -> None:
    seen = {action for each in recorded_calls().values() for one in each.values() for action in one}
    writing = {
        action.removeprefix("ec2:")
        for action in seen
        if action.startswith("ec2:") and not action.startswith(("ec2:Describe", "ec2:Get"))
    }

    assert writing - {"CreateTags", "DeleteTags"} <= set(RESOURCES)


def test_a_type_that_was_never_recorded_is_a_bug() -> None:
    with pytest.raises(KeyError):
        actions_of({"aws:s3/bucket:Bucket"}, Cloud.AWS)
