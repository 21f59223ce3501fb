"""What a cloud has where a plan was brought up and somebody then changed its rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from segfw.adopt import Adoption, adopt
from segfw.inventory import Inventory, inventory_of_state
from segfw.state import read_state
from tests.states import exported, resources_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from segfw.adopt.explaining import Explanation
    from segfw.plan import Plan

Held = list[dict[str, Any]]
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def inventory_of(held: Held) -> Inventory:
    from tests.states import export

    return inventory_of_state(read_state(export(held), "state.json"))


def adopted(plan: Plan, edit: Callable[[Held], object] | None = None) -> Adoption:
    """The plan against its own cloud, edited."""
    held = json.loads(exported(plan))["deployment"]["resources"]
    if edit is not None:
        edit(held)
    return adopt(plan, inventory_of(held), (), "state.json")


def group_id(plan: Plan, name: str) -> str:
    (one,) = (
        one
        for one in resources_of(plan)
        if one["type"].endswith(":SecurityGroup") and one["urn"].endswith(f"::{name}")
    )
    return one["id"]


def rule(held: Held, group: str, name: str, *, egress: bool = False, **inputs: Any) -> None:
    """Add one rule to the group of that name."""
    (holder,) = (
        one
        for one in held
        if one["type"].endswith(":SecurityGroup") and one["urn"].endswith(f"::{group}")
    )
    kind = EGRESS if egress else INGRESS
    held.append(
        {
            **holder,
            "urn": f"urn:pulumi:s::seg-firewall::{kind}::{name}".replace(
                "urn:pulumi:s", holder["urn"].split("::")[0]
            ),
            "id": f"sgr-{name}",
            "type": kind,
            "inputs": {"ipProtocol": "tcp", "securityGroupId": holder["id"], **inputs},
            "outputs": {},
        }
    )


def drop(held: Held, name: str) -> None:
    """Take the resource of that name away."""
    (one,) = (one for one in held if one["urn"].endswith(f"::{name}") and one["custom"])
    held.remove(one)


def one_of(found: Adoption, words: str) -> Explanation:
    (one,) = (one for one in found.explanations if one.existing.words == words)
    return one
