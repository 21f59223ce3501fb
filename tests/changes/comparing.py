"""Comparisons of a sound stack with what another version of it left deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.changes import Changes, compare
from segfw.state import read_state
from tests.review.planning import plan_of
from tests.settings.reading import ON_AWS
from tests.states import export, resources_of

if TYPE_CHECKING:
    from collections.abc import Callable

OFF = "pmtu: false"


def stack(features: str, more: str = "") -> str:
    """A stack with these features and these further lines, and nothing by default."""
    return f"config:\n{more}  seg-firewall:features: {{{OFF}, {features}}}\n"


def networks(**prefixes: str) -> str:
    """A line that defines networks, by ``_`` for ``-`` in their names."""
    held = ", ".join(f"{name.replace('_', '-')}: {value}" for name, value in prefixes.items())
    return f"  seg-firewall:networks: {{{held}}}\n"


def changed(
    old: str,
    new: str,
    below: str = ON_AWS,
    edit: Callable[[list[dict[str, Any]]], object] | None = None,
    **more: Any,
) -> Changes:
    """What an update to *new* changes where *old* is deployed, its state edited by *edit*."""
    resources = resources_of(plan_of(old, below))
    if edit is not None:
        edit(resources)
    state = read_state(export(resources, **more), "state.json")
    return compare(plan_of(new, below), state)


def told(changes: Changes) -> list[str]:
    """Every rule that is not kept: its kind, name and features."""
    return [
        f"{one.kind.value} {one.line.name}: {', '.join(one.line.reason.features) or 'none'}"
        for one in changes.lines
        if one.kind.value != "kept"
    ]


def parts(changes: Changes) -> list[str]:
    """Every resource that changes: how, its name and its parts."""
    return [
        f"{one.effect.value} {one.name}: {', '.join(one.what) or 'all'}"
        for one in changes.resources
    ]


def spaces(changes: Changes) -> list[str]:
    """What is opened and closed, by enforcement point."""
    return [
        f"{sign}{point.point.value} {point.interface} {way.value} {family.label} {space}"
        for point in changes.points
        for sign, held in (("+", point.opened), ("-", point.closed))
        for (way, family), space in held.items()
        if space
    ]
