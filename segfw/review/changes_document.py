"""A comparison with a state as JSON: documented in `docs/reference/diff-json.md`, numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.changes.compare import Kind
from segfw.flow import Point
from segfw.review.changes import Words, verdict_line
from segfw.review.changes_where import attached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog
    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.lines import Line
    from segfw.changes.points import PointChange, Side
    from segfw.changes.room import Use
    from segfw.changes.steps import Step, Ways
    from segfw.changes.verdict import Verdict
    from segfw.problems import Problem
    from segfw.sets.headerspace import HeaderSpace

FORMAT = 1
"""Raised when a key is removed or changes its meaning; a new key raises nothing."""


def document(changes: Changes, verdict: Verdict, catalog: Catalog) -> Mapping[str, Any]:
    """The whole comparison; kept rules are only counted."""
    words = Words(changes, catalog)
    return {
        "format": FORMAT,
        "stack": changes.plan.settings.stack,
        "cloud": changes.plan.settings.cloud.value,
        "digest": changes.plan.digest,
        "verdict": verdict_line(changes, verdict),
        "changes": changes.any,
        "oneUpdate": not verdict.problems,
        "counts": {kind.value: changes.count(kind) for kind in Kind},
        "problems": [_problem(problem) for problem in verdict.problems],
        "ways": _ways(verdict),
        "warnings": list(verdict.warnings),
        "points": [_point(changes, point) for point in changes.points],
        "rules": [
            _rule(changes, words, change)
            for change in changes.lines
            if change.kind is not Kind.KEPT
        ],
        "resources": [
            {
                "change": one.effect.value,
                "type": one.token,
                "name": one.name,
                "interface": one.interface or None,
                "what": list(one.what),
            }
            for one in changes.resources
        ],
        "room": [_use(use) for use in verdict.uses],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "text": problem.message,
        "file": problem.place.file,
        "line": problem.place.line or None,
        "path": problem.path,
    }


def _ways(verdict: Verdict) -> dict[str, Any]:
    found: Ways | None = verdict.ways
    split = found.split if found else None
    groups = found.groups if found else None
    quota = found.quota if found else None
    return {
        "steps": [_step(step) for step in split.steps] if split else [],
        "groups": dict(groups.groups or {}) if groups else {},
        "quota": quota.quota if quota else None,
        "renames": [{"urn": urn, "name": name} for urn, name in verdict.renames],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "features": list(step.features),
        "exchanges": [{"gone": gone, "come": come} for gone, come in step.exchanges],
        "adds": [line.name for line in step.opens],
        "removes": [line.called or line.name for line in step.closes],
        "room": step.room,
    }


def _point(changes: Changes, point: PointChange) -> dict[str, Any]:
    known = point.point is Point.SECURITY_GROUP or (point.was and point.will_be)
    return {
        "point": point.point.value,
        "interface": point.interface,
        "deployed": point.was,
        "planned": point.will_be,
        "attached": attached(changes, point) if point.will_be else None,
        "opened": _spaces(point.opened) if known else [],
        "closed": _spaces(point.closed) if known else [],
    }


def _spaces(spaces: Mapping[Side, HeaderSpace]) -> list[dict[str, Any]]:
    return [
        {
            "direction": direction.value,
            "family": family.keyword,
            "service": str(service),
            "addresses": str(addresses),
        }
        for (direction, family), space in spaces.items()
        for service, addresses in space.boxes()
    ]


def _rule(changes: Changes, words: Words, change: LineChange) -> dict[str, Any]:
    line = change.line
    return {
        "change": change.kind.value,
        "point": line.point.value,
        "interface": line.interface,
        "name": line.name,
        "direction": line.direction.value,
        "action": "allow" if line.allows else "deny",
        "protocol": line.protocol,
        "ports": line.ports,
        "peer": words.peer(change),
        "why": words.reason(change),
        "features": list(line.reason.features),
        "rows": list(line.reason.rows),
        "old": _side(changes, change.old, old=True),
        "new": _side(changes, change.new, old=False),
    }


def _side(changes: Changes, line: Line | None, *, old: bool) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "name": line.called or line.name,
        "holder": line.holder,
        "number": line.number,
        "peers": list(changes.peers(line, old=old)),
        "description": line.description,
    }


def _use(use: Use) -> dict[str, Any]:
    return {
        "group": use.group,
        "interface": use.interface,
        "direction": use.direction.value,
        "family": use.family.keyword,
        "old": use.old,
        "new": use.new,
        "together": use.together,
        "limit": use.limit,
        "room": use.room,
    }
