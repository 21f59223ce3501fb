"""What the readers of exports share: the form that they read into, and how the plan spells ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from segfw.clouds.lifted import spaces
from segfw.plan import PREFIX_LISTS
from segfw.readback import known_ids, lift, read_point

if TYPE_CHECKING:
    from segfw.clouds.lifted import Side
    from segfw.plan import Plan
    from segfw.sets.headerspace import HeaderSpace

    Read = dict[str, dict[Side, HeaderSpace]]
    """What each enforcement point lets through, by ``{point}/{interface}``."""
    Resource = tuple[str, dict[str, Any]]
    """A Pulumi type and inputs as the engine spells them."""

IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ACL = "aws:ec2/networkAcl:NetworkAcl"
NSG = "azure-native:network:NetworkSecurityGroup"
DESCRIBED = re.compile(r"Output (?P<output>\S+) of stack (?P<stack>\S+)")


def planned_spaces(plan: Plan) -> Read:
    """What the plan's own resources let through."""
    return {
        key: spaces(read_point(plan.settings, plan.specs, key))
        for key in plan.specs
        if key != PREFIX_LISTS
    }


def lifted(plan: Plan, points: dict[str, list[Resource]]) -> Read:
    return {
        key: lift(resources, known_ids(plan.settings, plan.specs, key))
        for key, resources in points.items()
    }


def spelling(description: str) -> str:
    """How the plan spells the id that a variable stands for."""
    said = DESCRIBED.fullmatch(description)
    assert said is not None, description
    return f"{said['stack']}:{said['output']}"


def interface_of(group: str, interfaces: list[str]) -> str:
    """The interface of a group's logical name: ``data``, or ``data-2`` for its second group."""
    return group if group in interfaces else group.rpartition("-")[0]


def same_lists(plan: Plan, read: dict[str, set[str]]) -> None:
    """The stack's own prefix lists hold what the plan's hold: rules name them by their ids."""
    own = {
        spec.name: {entry["cidr"] for entry in spec.inputs()["entries"]}
        for spec in plan.specs.get(PREFIX_LISTS, ())
    }
    assert read == own
