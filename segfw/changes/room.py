"""Room in security groups: during an update a group holds its old and its new rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.changes.compare import Kind
from segfw.changes.inventory import RULES
from segfw.changes.known import weight
from segfw.changes.lines import Line, lines_of
from segfw.changes.resources import Effect
from segfw.clouds.aws_security_group.spec import GROUP
from segfw.flow import Point
from segfw.sets.addresses import Family

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.known import Known

    Key = tuple[str, str, str]
    Cell = tuple[str, Direction, Family]


class Use(NamedTuple):
    """What one direction and family of a security group holds before, after and meanwhile."""

    group: str
    """The group's logical name."""
    interface: str
    direction: Direction
    family: Family
    old: int
    new: int
    together: int
    """Old and new side by side: the engine creates before it deletes."""
    limit: int

    @property
    def room(self) -> int:
        """How many rules are free at the tightest moment; below 0 where it does not fit."""
        return self.limit - self.together


class World(NamedTuple):
    """The rules that security groups hold at one time."""

    held: Mapping[Key, Line]

    @property
    def keys(self) -> frozenset[Key]:
        """What tells its rules apart."""
        return frozenset(self.held)


class Scales:
    """What rules count, by group, direction and family."""

    def __init__(self, changes: Changes) -> None:
        """Weigh each rule of either side; one that both have counts what it counts at most."""
        self.limit = changes.plan.settings.quotas.security_group_rules
        self._weights: dict[Key, dict[Family, int]] = {}
        self._cells: dict[Key, tuple[str, Direction]] = {}
        self._interfaces: dict[str, str] = {}
        for change in changes.lines:
            if change.line.point is not Point.SECURITY_GROUP:
                continue
            for line, known in (
                (change.old, changes.deployed_ids),
                (change.new, changes.planned_ids),
            ):
                if line is not None:
                    self._weigh(line, {f: weight(line, f, known) for f in Family})
        for line in _leaving(changes):
            self._weigh(line, {f: weight(line, f, changes.deployed_ids) for f in Family})

    def _weigh(self, line: Line, weights: Mapping[Family, int]) -> None:
        before = self._weights.get(line.key, {})
        self._weights[line.key] = {f: max(before.get(f, 0), weights[f]) for f in Family}
        self._cells[line.key] = (line.holder, line.direction)
        self._interfaces[line.holder] = line.interface

    def weigh_as(self, line: Line, holder: str) -> Key:
        """The key of *line* as if it were in another group of its interface."""
        moved = line._replace(holder=holder)
        if moved.key not in self._weights:
            self._weigh(moved, self._weights[line.key])
        return moved.key

    def used(self, keys: Iterable[Key]) -> dict[Cell, int]:
        """What the rules of *keys* count, where they count anything."""
        found: dict[Cell, int] = {}
        for key in keys:
            group, direction = self._cells[key]
            for family, weighs in self._weights[key].items():
                if weighs:
                    cell = (group, direction, family)
                    found[cell] = found.get(cell, 0) + weighs
        return found

    def fits(self, keys: Collection[Key]) -> bool:
        """The rules of *keys* are within the quota side by side."""
        return all(used <= self.limit for used in self.used(keys).values())

    def interface_of(self, group: str) -> str:
        """The interface whose group it is."""
        return self._interfaces[group]


def security_group_changes(changes: Changes) -> tuple[LineChange, ...]:
    """The rules of security groups on either side."""
    return tuple(one for one in changes.lines if one.line.point is Point.SECURITY_GROUP)


def worlds(changes: Changes) -> tuple[World, World]:
    """The rules before and after; a group that is replaced is another one afterwards.

    What an earlier update left to be deleted is still there before.
    """
    old: dict[Key, Line] = {}
    new: dict[Key, Line] = {}
    anew = _replaced(changes)
    for change in security_group_changes(changes):
        if change.old is not None and change.old.holder not in anew:
            old[change.old.key] = change.old
        if change.new is not None:
            new[change.new.key] = change.new
    old.update((line.key, line) for line in _leaving(changes) if line.holder not in anew)
    return World(old), World(new)


def _leaving(changes: Changes) -> Iterator[Line]:
    """Rules that wait to be deleted, by names of their own: their successors have theirs."""
    for _, line in lines_of(changes.held.leaving, {}):
        if line.token in RULES:
            yield line._replace(name=f"{line.name} (leaving)")


def _replaced(changes: Changes) -> set[str]:
    return {
        one.name
        for one in changes.resources
        if one.token == GROUP and one.effect is Effect.REPLACED
    }


def uses(changes: Changes) -> tuple[Use, ...]:
    """Every group, direction and family of the plan that holds a rule on either side."""
    scales = Scales(changes)
    return tuple(_uses(changes, scales))


def _uses(changes: Changes, scales: Scales) -> Iterator[Use]:
    before, after = worlds(changes)
    planned = {line.holder for line in after.held.values()} | _planned_groups(changes)
    old = _counted(before, changes.deployed_ids)
    new = _counted(after, changes.planned_ids)
    together = scales.used(before.keys | after.keys)
    for cell in sorted(together, key=_cell_order):
        group, direction, family = cell
        if group in planned:
            yield Use(
                group=group,
                interface=scales.interface_of(group),
                direction=direction,
                family=family,
                old=old.get(cell, 0),
                new=new.get(cell, 0),
                together=together[cell],
                limit=scales.limit,
            )


def _planned_groups(changes: Changes) -> set[str]:
    return {one.name for one in changes.held.planned if one.token == GROUP}


def _counted(world: World, known: Mapping[str, Known]) -> dict[Cell, int]:
    """What one side's rules count by what that side knows of prefix lists."""
    found: dict[Cell, int] = {}
    for line in world.held.values():
        for family in Family:
            cell = (line.holder, line.direction, family)
            found[cell] = found.get(cell, 0) + weight(line, family, known)
    return found


def _cell_order(cell: Cell) -> tuple[str, bool, Family]:
    return cell[0], cell[1] is Direction.EGRESS, cell[2]


class Twin(NamedTuple):
    """A rule that would be made while another one says the same: AWS refuses the second."""

    made: Line
    there: Line


def twins(changes: Changes) -> tuple[Twin, ...]:
    """Rules whose content is already in their group, under another name.

    Identity for EC2 is group, direction, protocol, ports and far end
    (`InvalidPermission.Duplicate`); the engine deletes only after it has made and changed.
    """
    before, _ = worlds(changes)
    there: dict[tuple[object, ...], Line] = {_identity(line): line for line in before.held.values()}
    found: list[Twin] = []
    for change in security_group_changes(changes):
        if change.new is None or change.kind not in (Kind.ADDED, Kind.MOVED, Kind.CHANGED):
            continue
        other = there.get(_identity(change.new))
        if other is not None:
            found.append(Twin(change.new, other))
    return tuple(found)


def _identity(line: Line) -> tuple[object, ...]:
    return line.holder, line.direction, line.content
