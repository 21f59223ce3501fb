"""Rules that are written differently and let through the same: renamed, moved, merged, split."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.changes.compare import Kind
from segfw.changes.known import members
from segfw.changes.lifting import lifted_lines, line_key
from segfw.flow import Point
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Direction
    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.lifting import Lifted
    from segfw.changes.lines import Line
    from segfw.changes.points import PointChange, Side

    Where = tuple[Point, str, Direction]


class Form(Enum):
    """How rules that let through the same differ."""

    RENAMED = "renamed"
    """Another name, the same packets."""
    MOVED = "moved"
    """In another of the interface's groups."""
    RENUMBERED = "renumbered"
    """Another entry number or priority."""
    DESCRIBED = "described"
    """Another description, or another name in an NSG."""
    RESHAPED = "reshaped"
    """Some rules became others that let through the same: merged, split, or covered by others."""


class FormChange(NamedTuple):
    """Rules of one enforcement point and direction whose form alone changes."""

    form: Form
    point: Point
    interface: str
    direction: Direction
    old: tuple[str, ...]
    """Names of the deployed ones."""
    new: tuple[str, ...]
    """Names of the planned ones; of pairs, in the order of *old*."""


KINDS = {
    Kind.MOVED: Form.MOVED,
    Kind.RENUMBERED: Form.RENUMBERED,
    Kind.DESCRIBED: Form.DESCRIBED,
}


def form_changes(changes: Changes) -> tuple[FormChange, ...]:
    """Every rule that differs and of whose packets none is newly let through or stopped.

    Raises:
        LiftError: a resource has a value that no such resource can have; `compare` has said so.
    """
    same = [one for one in _unchanged_in_meaning(changes) if one.kind is not Kind.KEPT]
    found: dict[tuple[Form, Where], tuple[list[str], list[str]]] = {}

    def add(form: Form, old: Iterable[Line], new: Iterable[Line]) -> None:
        for lines, index in ((old, 0), (new, 1)):
            for line in lines:
                where = (line.point, line.interface, line.direction)
                names = found.setdefault((form, where), ([], []))[index]
                names.append((line.called or line.name) if index == 0 else line.name)

    for one in same:
        if one.kind in KINDS and one.old is not None and one.new is not None:
            add(KINDS[one.kind], (one.old,), (one.new,))
    rest = [one for one in same if one.kind not in KINDS]
    going = [one.old for one in rest if one.old is not None]
    coming = [one.new for one in rest if one.new is not None]
    for was, will_be in _twins(going, coming):
        add(Form.RENAMED, (was,), (will_be,))
        going.remove(was)
        coming.remove(will_be)
    add(Form.RESHAPED, going, coming)
    return tuple(
        FormChange(form, *where, tuple(old), tuple(new))
        for (form, where), (old, new) in sorted(found.items(), key=_order)
    )


def _order(one: tuple[tuple[Form, Where], object]) -> tuple[object, ...]:
    form, (point, interface, direction) = one[0]
    return interface, list(Point).index(point), direction.value, list(Form).index(form)


def _twins(going: Iterable[Line], coming: Iterable[Line]) -> list[tuple[Line, Line]]:
    """A rule that goes and one that comes with the same content, in pairs."""
    there: dict[tuple[object, ...], list[Line]] = {}
    for line in going:
        there.setdefault(_content(line), []).append(line)
    return [
        (held.pop(0), line)
        for line in coming
        if (held := there.get(_content(line))) is not None and held
    ]


def _content(line: Line) -> tuple[object, ...]:
    return line.point, line.interface, line.direction, line.content


def _unchanged_in_meaning(changes: Changes) -> Iterator[LineChange]:
    old = lifted_lines(changes.held.deployed, members(changes.deployed_ids))
    new = lifted_lines(changes.held.planned, members(changes.planned_ids))
    points = {(one.point, one.interface): one for one in changes.points}
    for one in changes.lines:
        point = points.get((one.line.point, one.line.interface))
        if point is None or not (point.was and point.will_be):
            continue
        touched = (one.old is not None and _touches(one.old, old, point)) or (
            one.new is not None and _touches(one.new, new, point)
        )
        if not touched:
            yield one


def _touches(line: Line, lifted: Lifted, point: PointChange) -> bool:
    """Some packet that the rule matches is newly let through or stopped."""
    for family, rule in lifted.get(line_key(line), {}).items():
        side: Side = (line.direction, family)
        held = HeaderSpace.union(family, rule.boxes)
        if held & point.opened[side] or held & point.closed[side]:
            return True
    return False
