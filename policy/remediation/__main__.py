"""A pack of one remediation: `pulumi up --policy-pack policy/remediation`.

It stands apart from the guardrails, since the engine asks a pack with a remediation about
every resource once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from segfw.guardrails.rules.tagged import takes_tags

if TYPE_CHECKING:
    from collections.abc import Mapping


def tag(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
    """The resource with the tags that say whose it is, where it has none; else no change."""
    if not takes_tags(args.resource_type) or args.props.get("tags"):
        return None
    stack, project = args.urn.removeprefix("urn:pulumi:").split("::", 2)[:2]
    return {**args.props, "tags": {"pulumi:project": project, "pulumi:stack": stack}}


PolicyPack(
    name="seg-firewall-remediation",
    policies=[
        ResourceValidationPolicy(
            name="missing-tags",
            description="What has no tags gets those of its project and stack, in place.",
            remediate=cast("Any", tag),  # the package's type knows only of awaited ones
            enforcement_level=EnforcementLevel.REMEDIATE,
        )
    ],
)
