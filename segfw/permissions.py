"""The least that an account must be allowed to do to deploy a stack: an IAM policy, or a role.

What each type of resource needs was recorded: `calls.json` holds the calls that the sandbox
saw while stacks with all of them were made, changed, refreshed and removed. What those
stand-ins do not call and the real providers do is added by hand below, with its source.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import GROUP, PREFIX_LIST
from segfw.plan import TAG_PREFIX
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.plan import Plan
    from segfw.settings.types import CloudId

VERSION = "2012-10-17"
"""Of the language of IAM policies."""
RESOURCES = {
    "AuthorizeSecurityGroupEgress": ("security-group", "security-group-rule"),
    "AuthorizeSecurityGroupIngress": ("security-group", "security-group-rule"),
    "CreateManagedPrefixList": ("prefix-list",),
    "CreateNetworkAcl": ("network-acl", "vpc"),
    "CreateNetworkAclEntry": ("network-acl",),
    "CreateSecurityGroup": ("security-group", "vpc"),
    "DeleteManagedPrefixList": ("prefix-list",),
    "DeleteNetworkAcl": ("network-acl",),
    "DeleteNetworkAclEntry": ("network-acl",),
    "DeleteSecurityGroup": ("security-group",),
    "GetManagedPrefixListEntries": ("prefix-list",),
    "ModifyManagedPrefixList": ("prefix-list",),
    "ModifyNetworkInterfaceAttribute": ("network-interface", "security-group"),
    "ModifySecurityGroupRules": ("security-group", "security-group-rule"),
    "ReplaceNetworkAclAssociation": ("network-acl", "subnet"),
    "RevokeSecurityGroupEgress": ("security-group", "security-group-rule"),
    "RevokeSecurityGroupIngress": ("security-group", "security-group-rule"),
    "UpdateSecurityGroupRuleDescriptionsEgress": ("security-group",),
    "UpdateSecurityGroupRuleDescriptionsIngress": ("security-group",),
}
"""What EC2's actions are on (AWS, "Service Authorization Reference", Amazon EC2: general
knowledge, not read); an action that is not here is on everything, as every Describe is."""
ALWAYS = {
    Cloud.AWS: ("sts:GetCallerIdentity",),
    Cloud.AZURE: (
        "Microsoft.Network/locations/operations/read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ),
}
"""What the real providers do besides: the account is asked for, and ARM answers a write with an
operation to look at."""
TAGGING = frozenset({"ec2:CreateTags", "ec2:DeleteTags"})
TAGGED = {
    GROUP: ("security-group", "CreateSecurityGroup"),
    NETWORK_ACL: ("network-acl", "CreateNetworkAcl"),
    PREFIX_LIST: ("prefix-list", "CreateManagedPrefixList"),
}
"""What gets tags, and the call that makes it (AWS, "Grant permission to tag resources during
creation")."""
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
"""How a region's name begins, to the partition of its ARNs (AWS, "Amazon Resource Names")."""
UNNAMED = "SUBSCRIPTION"
"""What stands for a subscription that the stack file does not name."""


@cache
def recorded_calls() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Resource type and operation (create, read, update, delete) to the actions that were seen."""
    return json.loads(files("segfw").joinpath("calls.json").read_text("utf-8"))


def actions_of(tokens: Iterable[str], cloud: Cloud) -> tuple[str, ...]:
    """Every action that resources of these types need, in order.

    Raises:
        KeyError: a type was never recorded, which is a bug in this project.
    """
    calls = recorded_calls()
    found = {action for token in tokens for each in calls[token].values() for action in each}
    return tuple(sorted({*found, *ALWAYS[cloud]}))


def permissions(plan: Plan, accounts: tuple[str, ...] = ()) -> dict[str, Any]:
    """The IAM policy of an AWS stack, or the role definition of an Azure stack.

    *accounts* are the AWS accounts, or the Azure subscription, that the stack file names.
    """
    tokens = {spec.token for spec in plan.resources()}
    actions = actions_of(tokens, plan.settings.cloud)
    if plan.settings.cloud is Cloud.AZURE:
        return _role(plan, actions, accounts)
    by_scope: dict[tuple[str, ...], list[str]] = {}
    for action in (one for one in actions if one not in TAGGING):
        by_scope.setdefault(tuple(_scope(plan, action, accounts)), []).append(action)
    return {
        "Version": VERSION,
        "Statement": [
            {"Effect": "Allow", "Action": held, "Resource": list(scope)}
            for scope, held in sorted(by_scope.items())
        ]
        + _tagging(plan, tokens, accounts),
    }


def _tagging(plan: Plan, tokens: set[str], accounts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Tags on what is being made, and on what has the stack's tag; on nothing else."""
    kinds = [kind for token, (kind, _) in TAGGED.items() if token in tokens]
    creating = sorted(action for token, (_, action) in TAGGED.items() if token in tokens)
    on = [arn for kind in kinds for arn in _arns(plan, kind, accounts)]
    return [
        {
            "Effect": "Allow",
            "Action": ["ec2:CreateTags"],
            "Resource": on,
            "Condition": {"StringEquals": {"ec2:CreateAction": creating}},
        },
        {
            "Effect": "Allow",
            "Action": sorted(TAGGING),
            "Resource": on,
            "Condition": {
                "StringEquals": {f"aws:ResourceTag/{TAG_PREFIX}stack": plan.settings.stack}
            },
        },
    ]


def _scope(plan: Plan, action: str, accounts: tuple[str, ...]) -> Iterator[str]:
    """The ARNs that an action is on, as narrow as the stack file says; ``*`` where it cannot be."""
    kinds = RESOURCES.get(action.partition(":")[2])
    if kinds is None:
        yield "*"
        return
    for kind in kinds:
        yield from _arns(plan, kind, accounts)


def _arns(plan: Plan, kind: str, accounts: tuple[str, ...]) -> Iterator[str]:
    region = plan.settings.region or "*"
    partition = next((p for start, p in PARTITIONS.items() if region.startswith(start)), "aws")
    for account in accounts or ("*",):
        for name in sorted(_names(plan, kind)):
            yield f"arn:{partition}:ec2:{region}:{account}:{kind}/{name}"


def _names(plan: Plan, kind: str) -> set[str]:
    """Ids of what the stack file names; ``*`` for what the stack makes, or another stack knows."""
    ids: list[CloudId | None] = []
    for interface in plan.settings.interfaces.values():
        if kind == "vpc":
            ids.append(interface.vpc)
        elif kind == "subnet" and interface.network_acl is not None:
            ids += interface.network_acl.subnet_ids
        elif kind == "network-interface":
            ids += interface.security_group.attach.values()
    known = {one for one in ids if isinstance(one, str)}
    return known if known and len(known) == len(set(ids)) else {"*"}


def _role(plan: Plan, actions: tuple[str, ...], accounts: tuple[str, ...]) -> dict[str, Any]:
    groups = {one.resource_group for one in plan.settings.interfaces.values()}
    literal = sorted(one for one in groups if isinstance(one, str))
    subscription = f"/subscriptions/{accounts[0] if accounts else UNNAMED}"
    narrow = len(literal) == len(groups)
    return {
        "Name": f"seg-firewall {plan.settings.stack}",
        "IsCustom": True,
        "Description": "What deploying the stack needs, and no more.",
        "Actions": list(actions),
        "NotActions": [],
        "AssignableScopes": [f"{subscription}/resourceGroups/{one}" for one in literal]
        if narrow
        else [subscription],
    }
