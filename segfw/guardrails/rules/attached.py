"""A rule set protects what it is attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.network_acls import ACL_RULE
from segfw.guardrails.reading.nsgs import NSG_RULE
from segfw.guardrails.reading.security_groups import GROUPS, LEGACY_RULE, STANDALONE
from segfw.guardrails.reading.values import given
from segfw.guardrails.rules.exclusive import EXCLUSIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View
    from segfw.inventory import Resource

ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"


def judge(view: View) -> Iterator[Found]:
    """Groups, ACLs and NSGs that nothing in the stack is attached to."""
    used = {urn for one in view.inventory.resources if can_attach(one) for urn in uses(view, one)}
    for holder in view.holders:
        resource = holder.resource
        if resource is None or holder.urn in used or "default" in resource.type.lower():
            continue
        if given(resource.inputs.get("subnetIds")):
            continue
        message = "nothing in this stack is attached to it, so what it protects is not seen here"
        yield Found(Verdict.OPEN, holder.urn, holder.label, message)


RULES = (*GROUPS, *STANDALONE, LEGACY_RULE, EXCLUSIVE, ACL_RULE)


def can_attach(resource: Resource) -> bool:
    """The resource may be what is protected; rules and other holders never are."""
    return not (
        resource.type in RULES
        or NSG_RULE.fullmatch(resource.type)
        or resource.type.startswith("seg-firewall:")
    )


def uses(view: View, resource: Resource) -> Iterator[str]:
    """All that a resource depends on, or names by its id."""
    for urns in resource.depends.values():
        yield from urns
    for text in texts_within(resource.inputs):
        yield from (one.urn for one in view.index.by_id.get(text, ()))


def texts_within(value: object) -> Iterator[str]:
    """Every text within a value, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += cast("dict[str, object]", one).values()
        elif isinstance(one, list):
            waiting += cast("list[object]", one)


GUARDRAIL = Guardrail(
    id="attached",
    statement="Every group, ACL and NSG is attached to something.",
    why="An unattached group protects nothing, while every update is green.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix=(
        "Set `securityGroup.attach`, or attach the id in the stack that owns the network interface."
    ),
    undecided=REPORTED + "; on Azure whoever owns the network interface attaches the NSG",
    frameworks=("AWS FSBP EC2.16", "CIS Azure 5.0 7.11"),
    answers=(
        "CKV2_AWS_5",
        "CKV2_AWS_1",
        "CKV2_AZURE_31",
        "Azure.NSG.Associated",
        "ec2_securitygroup_not_used",
        "ec2_networkacl_unused",
        "network_subnet_nsg_associated",
    ),
)
