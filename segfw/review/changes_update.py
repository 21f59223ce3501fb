"""What an update does besides rules, the room that it needs, and its steps where it has several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.resources import Effect
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import (
    ATTACHMENT,
    EGRESS_RULE,
    EXCLUSIVE,
    GROUP,
    INGRESS_RULE,
    PREFIX_LIST,
)
from segfw.clouds.azure_nsg.spec import NSG
from segfw.review.sections import Item, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.changes.compare import Changes
    from segfw.changes.lines import Line
    from segfw.changes.resources import ResourceChange
    from segfw.changes.room import Use
    from segfw.changes.steps import Step
    from segfw.changes.verdict import Verdict

TYPES = {
    GROUP: "security group",
    NETWORK_ACL: "network ACL",
    NSG: "NSG",
    PREFIX_LIST: "prefix list",
    EXCLUSIVE: "sole ownership",
    ATTACHMENT: "attachment",
    INGRESS_RULE: "rule",
    EGRESS_RULE: "rule",
}


ANEW = (GROUP, NSG, PREFIX_LIST)
"""What gets another id when it is made anew, so that whoever uses it must follow."""


def made_anew(changes: Changes) -> tuple[str, ...]:
    """``security group management``: what is replaced, and gets another id."""
    return tuple(
        f"{TYPES[one.token]} {one.name}"
        for one in changes.resources
        if one.effect is Effect.REPLACED and one.token in ANEW
    )


def resource_sections(changes: Changes) -> Iterator[Section]:
    """What changes besides rules, where something does."""
    if changes.resources:
        rows = tuple(
            (one.effect.value, TYPES[one.token], one.name, _part_words(one))
            for one in changes.resources
        )
        table = Table(("Change", "Resource", "Name", "What"), rows)
        yield Section("Resources", tuple(_replaced(changes.resources)), table)


def _part_words(one: ResourceChange) -> str:
    return ", ".join(one.what)


def _replaced(resources: Iterable[ResourceChange]) -> Iterator[str]:
    if any(one.token == NETWORK_ACL and one.effect is Effect.REPLACED for one in resources):
        yield (
            "A replaced network ACL takes over its subnets as a whole before the old one is "
            "deleted."
        )


def room_sections(verdict: Verdict) -> Iterator[Section]:
    """What security groups hold before, after and meanwhile, where that changes."""
    rows = tuple(_use(use) for use in verdict.uses if {use.old, use.new} != {use.together})
    if rows:
        headers = ("Group", "Direction", "Family", "Now", "After", "Side by side", "Quota", "Room")
        yield Section("Room in security groups during the update", (), Table(headers, rows))


def _use(use: Use) -> tuple[str, ...]:
    numbers = (use.old, use.new, use.together, use.limit, use.room)
    return (use.group, use.direction.value, use.family.label, *map(str, numbers))


def way_sections(verdict: Verdict) -> Iterator[Section]:
    """Updates after each other, and commands that keep what is there, where they help."""
    ways = verdict.ways
    if ways is not None and ways.split is not None:
        items = tuple(
            _step(number, step, of=len(ways.split.steps))
            for number, step in enumerate(ways.split.steps, start=1)
        )
        yield Section(f"In {len(items)} updates", (), items=items)
    if verdict.renames:
        commands = tuple(
            f"pulumi state rename '{urn}' '{name}' --yes" for urn, name in verdict.renames
        )
        item = Item("Rename the rules in the state first; no cloud is touched.", (), commands)
        yield Section("To keep what is there", (), items=(item,))


def _step(number: int, step: Step, *, of: int) -> Item:
    if step.features and all(step.features):
        what = f"Take the changes of {', '.join(step.features)}" + (" only" if number < of else "")
    elif step.features:
        what = "Take the changes of the rules below"
    elif step.exchanges and number < of:
        what = "Change these far ends only, in the lists of addresses"
    else:
        what = "Take this part of the change only" if number < of else "Take the rest"
    head = f"{number}. {what}: {len(step.opens)} added, {len(step.closes)} removed, "
    notes = [
        *_far_ends(step.exchanges),
        *_steps_lines("add", step.opens),
        *_steps_lines("remove", step.closes),
    ]
    return Item(f"{head}room {step.room} left.", tuple(notes))


def _far_ends(exchanges: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """``put 10.1.0.0/24, 10.2.0.0/24 in the place of 10.3.0.0/24``."""
    gone = ", ".join(one for one, _ in exchanges if one)
    come = ", ".join(one for _, one in exchanges if one)
    if gone and come:
        yield f"put {come} in the place of {gone}"
    elif gone or come:
        yield f"remove {gone}" if gone else f"add {come}"


def _steps_lines(word: str, lines: Iterable[Line]) -> Iterator[str]:
    """``add for ssh-admin: in tcp 22 from 10.40.9.0/28, 10.40.9.16/28``."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for line in lines:
        features = ", ".join(line.reason.features) or "an unknown feature"
        start, end = line.words.rsplit(" ", 1)
        found.setdefault((features, line.interface, start), []).append(end)
    for (features, interface, start), ends in found.items():
        yield f"{word} for {features}: {interface} {start} {', '.join(ends)}"
