"""What should be known before a change is made, though it can be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.compare import Kind
from segfw.changes.inventory import list_at
from segfw.changes.others import ACL_RULE, GROUP_RULE, NSG_RULE
from segfw.changes.resources import Effect
from segfw.changes.room import security_group_changes
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, EGRESS_RULE, GROUP, INGRESS_RULE
from segfw.clouds.azure_nsg.spec import NSG
from segfw.flow import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.changes.compare import Changes
    from segfw.changes.others import OthersRule
    from segfw.changes.resources import ResourceChange

LABELS = {
    GROUP: "security group",
    GROUP_RULE: "security group",
    INGRESS_RULE: "security group",
    EGRESS_RULE: "security group",
    ACL_RULE: "network ACL",
    NSG_RULE: "NSG",
}
"""What a rule of others is a rule of."""
SHOWN = 3
"""How many rules or resources a message names before the rest is counted."""


def warnings(changes: Changes) -> Iterator[str]:
    """Each warning, as a sentence."""
    if changes.state.pending:
        names = _some(changes.state.pending)
        yield (
            f"the last update was interrupted: what it did to {names} is not in this state; "
            "refresh it first."
        )
    if changes.held.leaving:
        names = _some(tuple(one.called for one in changes.held.leaving))
        yield f"an earlier update replaced {names} and has not deleted it yet; this one will."
    if changes.uncompared:
        yield f"secret in the state, and not compared: {_some(changes.uncompared)}."
    yield from map(_other, changes.held.others)
    yield from _unknown_lists(changes)
    for one in changes.resources:
        yield from _warned(changes, one)
    yield from _maybe_renamed(changes)


def _other(rule: OthersRule) -> str:
    where = f'the {LABELS[rule.token]} "{rule.holder}"'
    if rule.token == GROUP:
        return (
            f"{where} has a rule among its own inputs that is no rule of the plan: {rule.words}. "
            "Take it out where it was written."
        )
    return (
        f'"{rule.name}" is no rule of the plan, and adds one to {where}: {rule.words}. Take it '
        "out where it was written."
    )


def _unknown_lists(changes: Changes) -> Iterator[str]:
    lists = sorted(
        {
            line.peers[0]
            for change in security_group_changes(changes)
            for line, known in (
                (change.old, changes.deployed_ids),
                (change.new, changes.planned_ids),
            )
            if line is not None and line.peers[0].startswith("pl-") and line.peers[0] not in known
        }
    )
    if lists:
        yield (
            f"nothing says how many entries {_some(tuple(lists))} may hold: counted as 1 against "
            "the quota."
        )


def _warned(changes: Changes, one: ResourceChange) -> Iterator[str]:
    replaced = one.effect is Effect.REPLACED
    if one.token == GROUP and (replaced or one.effect is Effect.REMOVED):
        attached = any(
            old.token == ATTACHMENT and old.inputs.get("securityGroupId") == f"${{{one.name}.id}}"
            for old in changes.held.deployed
        )
        if replaced:
            yield (
                f'security group "{one.name}" is made anew ({", ".join(one.what)}), with all its '
                "rules and another id; whoever attaches it must follow."
            )
        elif not attached:
            yield (
                f'security group "{one.name}" goes, and this stack does not attach it: AWS '
                "refuses to delete it while a network interface has it."
            )
    if one.token == NSG and (replaced or one.effect is Effect.REMOVED):
        yield (
            f'NSG "{one.name}" {"is made anew, with another id" if replaced else "goes"}: Azure '
            "refuses to delete it while a network interface or subnet has it, so detach it first."
        )
    if one.token == NETWORK_ACL:
        old = _acl_subnets(changes, one.name, old=True)
        new = set[str]().union(
            *(_acl_subnets(changes, acl.name, old=False) for acl in changes.held.planned)
        )
        lost = sorted(old - new)
        if lost and one.effect is not Effect.ADDED:
            yield (
                f'{_some(tuple(lost))} leaves network ACL "{one.name}" and falls back to the '
                "VPC's default ACL, which allows everything unless somebody edited it."
            )


def _acl_subnets(changes: Changes, name: str, *, old: bool) -> set[str]:
    side = changes.held.deployed if old else changes.held.planned
    return {
        subnet
        for one in side
        if one.token == NETWORK_ACL and one.name == name
        for subnet in list_at(one.inputs, "subnetIds")
        if isinstance(subnet, str)
    }


def _maybe_renamed(changes: Changes) -> Iterator[str]:
    """An interface that goes and one that comes with a rule alike: a renaming, most likely."""
    old = {one.interface: set[tuple[object, ...]]() for one in changes.points if not one.will_be}
    new = {one.interface: set[tuple[object, ...]]() for one in changes.points if not one.was}
    old = {name: held for name, held in old.items() if name not in changes.plan.settings.interfaces}
    deployed = {one.interface for one in changes.points if one.was}
    new = {name: held for name, held in new.items() if name not in deployed}
    for change in changes.lines:
        line = change.line
        if line.point is not Point.NETWORK_ACL:
            side = new if change.kind is Kind.ADDED else old
            if line.interface in side:
                side[line.interface].add((line.direction, line.content))
    for gone, held in sorted(old.items()):
        for come, others in sorted(new.items()):
            if held & others:
                yield (
                    f'"{gone}" goes and "{come}" comes with {counted(len(held & others), "rule")} '
                    f"alike: if it is the same interface, write renamedFrom: [{gone}] under "
                    f'"{come}", and nothing is made anew.'
                )


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN
    return ", ".join(f'"{name}"' for name in names[:SHOWN]) + (f" and {more} more" * (more > 0))


def counted(count: int, noun: str) -> str:
    """``1 rule``, ``2 rules``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
