"""What would be lost: peers that a point cannot name, and families that nobody has (D4, D10a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.problems import Problem, ProblemsFound
from segfw.resolve import SELF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.flow import Flow
    from segfw.sets.addresses import Family
    from segfw.settings.types import Settings


def refuse_what_would_be_lost(settings: Settings, flows: Iterable[Flow]) -> None:
    """Raise a problem for each peer that no rule would reach.

    Raises:
        ProblemsFound: a network ACL would have to name a reference, or a named peer has
            addresses of a family that no interface on its way has.
    """
    held = tuple(flows)
    problems = {*_unnameable(settings, held), *_unmet(settings, held)}
    if problems:
        raise ProblemsFound(list(problems))


def _unnameable(settings: Settings, flows: tuple[Flow, ...]) -> Iterator[Problem]:
    """Peers that a network ACL would have to name by a reference, in some family."""
    for flow in flows:
        if settings.interfaces[flow.interface].network_acl is None:
            continue
        if Point.NETWORK_ACL not in flow.points or flow.peer.reference is None:
            continue
        named = {prefix.family for prefix in flow.peer.prefixes}
        for family in flow.families:
            if family not in named and not flow.peer.reference.entries:
                yield _unnameable_problem(settings, flow, family)


def _unnameable_problem(settings: Settings, flow: Flow, family: Family) -> Problem:
    if flow.peer.name == SELF:
        path = f"features.{flow.feature}"
        way_out = (
            f"write {path}: {{peer: networks}}, or leave out interfaces.{flow.interface}.networkAcl"
        )
    else:
        path = _path(settings, flow)
        way_out = f"give it {family.label} prefixes besides, or leave the reference out"
    message = (
        f'the network ACL of "{flow.interface}" cannot name the {family.label} members of '
        f'"{flow.peer.name}", which {flow.feature} needs: a network ACL knows prefixes only; '
        f"{way_out}."
    )
    return Problem(settings.place(path), path, message)


def _unmet(settings: Settings, flows: tuple[Flow, ...]) -> Iterator[Problem]:
    """Named peers with addresses of a family that the interfaces on their way lack.

    What comes in may come by any interface with the role; what is sent goes by one.
    """
    groups: dict[tuple[str, str, Direction, str, str], list[Flow]] = {}
    for flow in flows:
        way = flow.interface if flow.direction is Direction.EGRESS else ""
        key = (flow.feature, flow.row, flow.direction, flow.peer.name, way)
        groups.setdefault(key, []).append(flow)
    for group in groups.values():
        met = {family for flow in group for family in flow.families}
        for family in sorted({f for flow in group for f in flow.unmet} - met):
            names = ", ".join(sorted({f'"{flow.interface}"' for flow in group}))
            path = _path(settings, group[0])
            message = (
                f'"{group[0].peer.name}" has {family.label} addresses, and {names}, where '
                f"{group[0].feature} would use them, has no {family.keyword}; add it to the "
                "families there, or take the addresses out."
            )
            yield Problem(settings.place(path), path, message)


def _path(settings: Settings, flow: Flow) -> str:
    kind = "networks" if flow.peer.name in settings.networks else "hosts"
    return f"{kind}.{flow.peer.name}"
