"""Comparisons as JSON: documented in `docs/reference/diff-json.md`, numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.changes.compare import Kind
from segfw.flow import Point
from segfw.review.changes import counts_line, headline
from segfw.review.changes_groups import addresses_of, chief_parts, group_words, reason_of
from segfw.review.changes_where import attached
from segfw.review.changes_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.comparison import Comparison
    from segfw.changes.forms import FormChange
    from segfw.changes.lines import Line
    from segfw.changes.meaning import Group
    from segfw.changes.points import PointChange, Side
    from segfw.changes.room import Use
    from segfw.changes.steps import Step, Ways
    from segfw.changes.verdict import Verdict
    from segfw.problems import Problem
    from segfw.sets.headerspace import HeaderSpace

FORMAT = 2
"""Raised when a key is removed or changes its meaning; a new key raises nothing."""


class Sides(NamedTuple):
    """What is compared with what."""

    mode: str
    """``state``, ``revisions`` or ``stacks``."""
    old: str
    new: str
    old_commit: str | None = None
    new_commit: str | None = None
    notes: tuple[str, ...] = ()


MODES = ("state", "revisions", "stacks")


def document(
    found: Iterable[Comparison],
    sides: Sides,
    catalog: Catalog,
    *,
    compiled_by: str,
    problems: Iterable[Problem] = (),
) -> Mapping[str, Any]:
    """Every comparison; *problems* are those for which there is none at all."""
    held = tuple(found)
    return {
        "format": FORMAT,
        "compiledBy": compiled_by,
        "mode": sides.mode,
        "old": {"name": sides.old, "commit": sides.old_commit},
        "new": {"name": sides.new, "commit": sides.new_commit},
        "notes": list(sides.notes),
        "changes": any(one.any for one in held),
        "problems": [_problem(one) for one in problems],
        "stacks": [stack_document(one, catalog) for one in held],
    }


def stack_document(one: Comparison, catalog: Catalog) -> dict[str, Any]:
    """One comparison; kept rules are only counted."""
    changes, verdict, meaning = one.changes, one.verdict, one.meaning
    plan = changes.plan if changes else one.pair.new if one.pair else None
    return {
        "stack": one.stack,
        "status": one.status.value,
        "headline": headline(one),
        "cloud": plan.settings.cloud.value if plan else None,
        "digest": plan.digest if plan else None,
        "verdict": counts_line(one, changes, verdict) if changes and verdict else None,
        "changes": one.any,
        "oneUpdate": not verdict.problems if verdict else None,
        "counts": {kind.value: changes.count(kind) if changes else 0 for kind in Kind},
        "problems": [_problem(problem) for problem in one.refused],
        "ways": _ways(verdict),
        "warnings": list(verdict.warnings) if verdict else [],
        "exposed": [_group(group, catalog) for group in (meaning.exposed if meaning else ())],
        "opened": [_group(group, catalog) for group in (meaning.opened if meaning else ())],
        "closed": [_group(group, catalog) for group in (meaning.closed if meaning else ())],
        "forms": [_form(form) for form in one.forms],
        "uncompared": list(one.pair.uncompared) if one.pair else [],
        "points": list(_points(one)),
        "rules": _rules(changes, catalog) if changes else [],
        "resources": [
            {
                "change": each.effect.value,
                "type": each.token,
                "name": each.name,
                "interface": each.interface or None,
                "what": list(each.what),
            }
            for each in (changes.resources if changes else ())
        ],
        "room": [_use(use) for use in (verdict.uses if verdict else ())],
    }


def _rules(changes: Changes, catalog: Catalog) -> list[dict[str, Any]]:
    words = Words(changes, catalog)
    return [
        _rule(changes, words, change) for change in changes.lines if change.kind is not Kind.KEPT
    ]


def _group(group: Group, catalog: Catalog) -> dict[str, Any]:
    because = group.because
    return {
        "words": group_words(group),
        "risk": group.risk.value,
        "management": group.manages,
        "feature": because.feature or None,
        "custom": because.custom,
        "rows": list(because.rows),
        "why": reason_of(group, catalog),
        "interface": group.interface,
        "peer": because.peer or None,
        "addresses": sum(one.size() for one in addresses_of(chief_parts(group))),
        "packets": [
            {
                "point": part.point.value,
                "absent": part.absent,
                "reply": part.reply,
                "direction": part.direction.value,
                "family": part.space.family.keyword,
                "service": str(service),
                "addresses": str(addresses),
            }
            for part in group.parts
            for service, addresses in part.space.boxes()
        ],
        "origins": [
            {"file": one.file, "line": one.line or None, "path": one.path} for one in group.origins
        ],
    }


def _form(form: FormChange) -> dict[str, Any]:
    return {
        "form": form.form.value,
        "point": form.point.value,
        "interface": form.interface,
        "direction": form.direction.value,
        "old": list(form.old),
        "new": list(form.new),
        "by": list(form.by),
    }


def _points(one: Comparison) -> Iterator[dict[str, Any]]:
    if one.changes is not None:
        yield from (_point(one, one.changes, point) for point in one.changes.points)
    elif one.meaning is not None:
        for each in one.meaning.differences:
            yield {
                "point": each.point.value,
                "interface": each.key[0],
                "deployed": each.was,
                "planned": each.will_be,
                "attached": None,
                "opened": _spaces(each.opened),
                "closed": _spaces(each.closed),
            }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "text": problem.message,
        "file": problem.place.file,
        "line": problem.place.line or None,
        "path": problem.path,
    }


def _ways(verdict: Verdict | None) -> dict[str, Any]:
    found: Ways | None = verdict.ways if verdict else None
    split = found.split if found else None
    groups = found.groups if found else None
    quota = found.quota if found else None
    return {
        "steps": [_step(step) for step in split.steps] if split else [],
        "groups": dict(groups.groups or {}) if groups else {},
        "quota": quota.quota if quota else None,
        "renames": [
            {"urn": urn, "name": name} for urn, name in (verdict.renames if verdict else ())
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "features": list(step.features),
        "exchanges": [{"gone": gone, "come": come} for gone, come in step.exchanges],
        "adds": [line.name for line in step.opens],
        "removes": [line.called or line.name for line in step.closes],
        "room": step.room,
    }


def _point(one: Comparison, changes: Changes, point: PointChange) -> dict[str, Any]:
    known = point.point is Point.SECURITY_GROUP or (point.was and point.will_be)
    return {
        "point": point.point.value,
        "interface": point.interface,
        "deployed": point.was,
        "planned": point.will_be,
        "attached": attached(changes, point, stated=one.stated) if point.will_be else None,
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
