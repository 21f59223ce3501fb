"""The stack's `readme` output: what no rule can do, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.review.checklist import ToDo, checklist
from segfw.review.remarks import CLOUD_BLOCKS

if TYPE_CHECKING:
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan


def readme(plan: Plan, catalog: Catalog, *, today: date) -> str:
    """The checklist for the gateway itself, what the cloud blocks, and what must be attached."""
    lines = [f"# Secure Email Gateway firewall: {plan.settings.stack}", ""]
    lines += ["## On the gateway itself", ""]
    for item in checklist(plan, catalog, today=today):
        lines += _item(item)
    lines += ["", "## What the cloud still blocks", "", *cloud_blocks(plan), ""]
    lines += ["## Where the rules apply", ""]
    lines += [f"- {line}" for line in attachments(plan)]
    return "\n".join(lines) + "\n"


def _item(item: ToDo) -> list[str]:
    mark = "x" if item.confirmed else " "
    confirmed = f" (confirmed by {item.confirmed})" if item.confirmed else ""
    lines = [f"- [{mark}] **{item.title}** (`{item.id}`){confirmed}", f"  {item.why}"]
    if item.commands:
        lines += ["", "  ```", *(f"  {command}" for command in item.commands), "  ```", ""]
        if not item.sourced:
            lines += ["  Confirm these commands in your release.", ""]
    return lines


def cloud_blocks(plan: Plan) -> tuple[str, ...]:
    """What the cloud does outside of any rule, for a stack that sends mail."""
    sends = any(feature in plan.settings.features for feature in ("send-mail", "deliver-inside"))
    return (CLOUD_BLOCKS[plan.settings.cloud],) if sends else ("Nothing that this stack needs.",)


def attachments(plan: Plan) -> tuple[str, ...]:
    """Who attaches each rule set to what; unattached, a rule set protects nothing."""
    return tuple(
        f"{rule_set.label}: {attached_by(plan, rule_set.point.value, rule_set.interface)}"
        for rule_set in plan.rule_sets
    )


def attached_elsewhere(plan: Plan, point: str, interface_name: str) -> bool:
    """This stack attaches the rule set to nothing: until others do, it protects nothing."""
    interface = plan.settings.interfaces[interface_name]
    match point:
        case "network-acl":
            return interface.network_acl is None
        case "nsg":
            return True
        case _:
            return not interface.security_group.attach


def attached_by(plan: Plan, point: str, interface_name: str) -> str:
    """``attached by us``, or ``attached elsewhere``, with to what and what is left to do."""
    interface = plan.settings.interfaces[interface_name]
    elsewhere = attached_elsewhere(plan, point, interface_name)
    if not elsewhere and interface.network_acl is not None and point == "network-acl":
        subnets = ", ".join(sorted(str(s) for s in interface.network_acl.subnet_ids))
        return f"attached by us: takes over {subnets}."
    if point == "nsg":
        return (
            "attached elsewhere: whoever owns the network interface or subnet sets its "
            f"networkSecurityGroup to the output nsgIds.{interface_name}."
        )
    if not elsewhere:
        keys = ", ".join(str(v) for _, v in sorted(interface.security_group.attach.items()))
        return f"attached by us to {keys}."
    return (
        "attached elsewhere: whoever owns the network interface adds the output "
        f"securityGroupIds.{interface_name}; until then it protects nothing."
    )
