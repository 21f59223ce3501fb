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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from segfw.catalog.model import Direction
    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.lifting import Lifted
    from segfw.changes.lines import Line
    from segfw.changes.points import PointChange, Side
    from segfw.sets.addresses import Family

    Where = tuple[Point, str, Direction]
    Named = tuple["Form", Where, tuple[str, ...]]
    Spaces = Mapping[Family, HeaderSpace]


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
    """Some rules became others that let through the same: merged or split."""
    COVERED = "covered"
    """Rules of one side alone; others of the other side, often wider ones, have their packets."""


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
    by: tuple[str, ...] = ()
    """Of covered ones: names of the other side's rules that have packets of theirs."""


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
    old_lifted = lifted_lines(changes.held.deployed, members(changes.deployed_ids))
    new_lifted = lifted_lines(changes.held.planned, members(changes.planned_ids))
    unchanged = _unchanged_in_meaning(changes, old_lifted, new_lifted)
    same = [one for one in unchanged if one.kind is not Kind.KEPT]
    found: dict[Named, tuple[list[str], list[str]]] = {}

    def add(form: Form, old: Iterable[Line], new: Iterable[Line], by: tuple[str, ...] = ()) -> None:
        for lines, index in ((old, 0), (new, 1)):
            for line in lines:
                names = found.setdefault((form, _where(line), by), ([], []))[index]
                names.append(_old_name(line) if index == 0 else line.name)

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
    for form, old, new, by in _became_or_covered(
        (going, coming),
        ([one.old for one in changes.lines if one.old], old_lifted),
        ([one.new for one in changes.lines if one.new], new_lifted),
    ):
        add(form, old, new, by)
    return tuple(
        FormChange(form, *where, tuple(old), tuple(new), by)
        for (form, where, by), (old, new) in sorted(found.items(), key=_order)
    )


def _became_or_covered(
    alone: tuple[Sequence[Line], Sequence[Line]],
    old: tuple[Sequence[Line], Lifted],
    new: tuple[Sequence[Line], Lifted],
) -> Iterator[tuple[Form, tuple[Line, ...], tuple[Line, ...], tuple[str, ...]]]:
    """Of the rules that go and come *alone*: which became others, and which others cover.

    A rule became others only where those open and close nothing besides: a /26 whose network
    is a /25 now did not become the /25, which is told as opened.
    """
    going, coming = _Matched(alone[0], old[1]), _Matched(alone[1], new[1])
    all_old, all_new = _Matched(*old), _Matched(*new)
    for line in alone[0]:
        if coming.sharing(line, going):
            yield Form.RESHAPED, (line,), (), ()
        else:
            by = tuple(one.name for one in all_new.sharing(line, going))
            yield Form.COVERED, (line,), (), by
    for line in alone[1]:
        if going.sharing(line, coming):
            yield Form.RESHAPED, (), (line,), ()
        else:
            by = tuple(_old_name(one) for one in all_old.sharing(line, coming))
            yield Form.COVERED, (), (line,), by


def _order(one: tuple[Named, object]) -> tuple[object, ...]:
    form, (point, interface, direction), _ = one[0]
    return interface, list(Point).index(point), direction.value, list(Form).index(form)


def _where(line: Line) -> Where:
    return line.point, line.interface, line.direction


def _old_name(line: Line) -> str:
    return line.called or line.name


class _Matched:
    """Rules of one side, each with the packets that it matches."""

    def __init__(self, lines: Iterable[Line], lifted: Lifted) -> None:
        """Sort them by where they are and what they do."""
        self._lifted = lifted
        self._there: dict[tuple[object, ...], list[tuple[Line, Spaces]]] = {}
        for line in lines:
            there = self._there.setdefault((_where(line), line.allows), [])
            there.append((line, self.spaces(line)))

    def spaces(self, line: Line) -> Spaces:
        """What the rule matches, by family."""
        rules = self._lifted.get(line_key(line), {})
        return {family: HeaderSpace.union(family, rule.boxes) for family, rule in rules.items()}

    def sharing(self, line: Line, its: _Matched) -> list[Line]:
        """Those in the same place that match packets of *line*, a rule of *its* side."""
        held = self._there.get((_where(line), line.allows), ())
        mine = its.spaces(line)
        return [other for other, spaces in held if _share(mine, spaces)]


def _share(one: Spaces, other: Spaces) -> bool:
    return any(_meet(one[family], other[family]) for family in one.keys() & other.keys())


def _meet(one: HeaderSpace, other: HeaderSpace) -> bool:
    """Some packet is in both; most rules are of other ports, which is told at once."""
    if not (one.slices and other.slices):
        return False
    if one.slices[-1][1] < other.slices[0][0] or other.slices[-1][1] < one.slices[0][0]:
        return False
    return bool(one & other)


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


def _unchanged_in_meaning(changes: Changes, old: Lifted, new: Lifted) -> Iterator[LineChange]:
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
