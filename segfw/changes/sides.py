"""Both sides of a comparison with a state: what each lets through, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.deployment import Because, Cause, Deployment, Filter, deployment_of
from segfw.changes.inventory import list_at, mapping_at
from segfw.changes.known import members, peer_words, recorded_networks, stand_ins
from segfw.changes.lifting import lifted_lines, line_key
from segfw.changes.lines import prefix_of
from segfw.flow import Point

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog, Direction
    from segfw.changes.compare import Changes
    from segfw.changes.deployment import Key
    from segfw.changes.lines import Line
    from segfw.changes.points import Side
    from segfw.plan import Plan
    from segfw.sets.addresses import Prefix


def sides_of(
    changes: Changes, catalog: Catalog, deployed: Plan | None = None
) -> tuple[Deployment, Deployment]:
    """The deployed side and the planned one.

    *deployed* is the plan that the state was left by, where that is known: its flows say
    why each packet was let through; else what the state records of each rule does.
    """
    held, plan = changes.held, changes.plan
    planned = stand_ins(plan.settings, held.planned, changes.planned_ids, held.given)
    new = deployment_of(plan, catalog, planned)
    if deployed is None:
        old = _recorded_side(changes)
    else:
        names = {before: after for after, before in held.renamed.items()}
        theirs = stand_ins(deployed.settings, held.deployed, changes.deployed_ids, held.given)
        old = deployment_of(deployed, catalog, theirs, names)
    return _as_read(old, changes, before=True), _as_read(new, changes, before=False)


def _as_read(side: Deployment, changes: Changes, *, before: bool) -> Deployment:
    """The side with the spaces that its resources were read back to, ids being ids."""
    filters: dict[Key, Filter] = {}
    for point in changes.points:
        if point.was if before else point.will_be:
            key = (point.interface, point.point is Point.NETWORK_ACL)
            spaces = point.before if before else point.after
            filters[key] = side.filters[key]._replace(spaces=spaces)
    return side._replace(filters=filters)


def _recorded_side(changes: Changes) -> Deployment:
    filters: dict[Key, Filter] = {}
    causes = _recorded_causes(changes)
    for point in changes.points:
        if point.was:
            key = (point.interface, point.point is Point.NETWORK_ACL)
            own = {side: tuple(causes.get((*key, side), ())) for side in point.before}
            filters[key] = Filter(point.point, point.interface, point.before, own)
    external: dict[str, bool | None] = {}
    subnets: dict[str, tuple[Prefix, ...]] = {}
    for interface in {one.interface for one in changes.points if one.was}:
        called = changes.held.renamed.get(interface, interface)
        said = mapping_at(changes.held.recorded_settings("interfaces"), called)
        is_external = said.get("external")
        external[interface] = is_external if isinstance(is_external, bool) else None
        texts = (one for one in list_at(said, "subnets") if isinstance(one, str))
        subnets[interface] = tuple(one for one in map(prefix_of, texts) if one is not None)
    return Deployment(filters, external, subnets)


def _recorded_causes(changes: Changes) -> dict[tuple[str, bool, Side], list[Cause]]:
    """Each deployed rule that allows, with the features and rows that the state records."""
    networks = recorded_networks(changes.held)
    lifted = lifted_lines(changes.held.deployed, members(changes.deployed_ids))
    lines = [one.old for one in changes.lines if one.old is not None and one.old.allows]
    said = [(line, _because(changes, networks, line)) for line in lines]
    opener = _openers(said)
    found: dict[tuple[str, bool, Side], list[Cause]] = {}
    for line, because in said:
        of_acl = line.point is Point.NETWORK_ACL
        direction = opener.get((line.interface, because.feature, because.peer)) or line.direction
        for family, rule in lifted.get(line_key(line), {}).items():
            cause = Cause(
                because=because._replace(direction=direction),
                reply=of_acl and direction is not line.direction,
                manages=False,
                origins=(),
                boxes=rule.boxes,
            )
            found.setdefault((line.interface, of_acl, (line.direction, family)), []).append(cause)
    return found


def _because(changes: Changes, networks: Mapping[str, tuple[str, ...]], line: Line) -> Because:
    names = dict.fromkeys(name for peer in line.peers for name in networks.get(peer, ()))
    peer = ", ".join(names) or ", ".join(peer_words(line, changes.deployed_ids)) or "any address"
    return Because(", ".join(line.reason.features), line.reason.rows, peer, line.direction)


def _openers(said: list[tuple[Line, Because]]) -> Mapping[tuple[str, str, str], Direction]:
    """Who opens a feature's connections with a far end, where the group's rules agree on it.

    A network ACL's entries look alike for requests and replies.
    """
    found: dict[tuple[str, str, str], set[Direction]] = {}
    for line, because in said:
        if line.point is not Point.NETWORK_ACL:
            key = (line.interface, because.feature, because.peer)
            found.setdefault(key, set()).add(line.direction)
    return {key: next(iter(held)) for key, held in found.items() if len(held) == 1}
