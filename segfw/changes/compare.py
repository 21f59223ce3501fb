"""The comparison: what an update of a deployed stack to a plan would change."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, cast

from segfw.changes.inventory import Inventory, inventory, mapping_at
from segfw.changes.known import deployed_ids, members, peer_words, planned_ids
from segfw.changes.lines import Line, Reason, lines_of
from segfw.changes.points import PointChange, point_changes
from segfw.changes.resources import Effect, ResourceChange, check_forms, resource_changes
from segfw.changes.site import Site, check_site, deployed_site
from segfw.clouds.lifted import LiftError
from segfw.flow import Point
from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from segfw.changes.known import Known
    from segfw.plan import Plan
    from segfw.state import State

__all__ = [
    "Changes",
    "Effect",
    "Kind",
    "LineChange",
    "PointChange",
    "ResourceChange",
    "compare",
]


class Kind(Enum):
    """What an update does to a rule or resource."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    """It keeps its name and its place, and lets something else through."""
    MOVED = "moved"
    """It goes to another of the interface's groups: made there, then deleted here."""
    RENUMBERED = "renumbered"
    """Another entry number or priority, and nothing else."""
    DESCRIBED = "described"
    """Another description or name, and nothing else."""
    KEPT = "kept"


class LineChange(NamedTuple):
    """One rule on both sides."""

    kind: Kind
    old: Line | None
    new: Line | None

    @property
    def line(self) -> Line:
        """The rule as it will be, or as it was."""
        one = self.new or self.old
        if one is None:
            raise AssertionError("a rule of neither side")
        return one


class Changes(NamedTuple):
    """The whole comparison."""

    plan: Plan
    state: State
    site: Site
    """Where the state says that it is deployed."""
    held: Inventory
    lines: tuple[LineChange, ...]
    """Every rule of either side, kept ones too, in reading order."""
    resources: tuple[ResourceChange, ...]
    points: tuple[PointChange, ...]
    planned_ids: Mapping[str, Known]
    deployed_ids: Mapping[str, Known]
    uncompared: tuple[str, ...]
    """Inputs that are secret in the state, as ``name.input``."""

    def count(self, kind: Kind) -> int:
        """How many rules are of *kind*."""
        return sum(1 for one in self.lines if one.kind is kind)

    @property
    def any(self) -> bool:
        """An update would do something, or others have done something to what is ours."""
        return bool(self.resources or self.held.others) or any(
            one.kind is not Kind.KEPT for one in self.lines
        )

    def peers(self, line: Line, *, old: bool) -> tuple[str, ...]:
        """A line's far ends, for people."""
        return peer_words(line, self.deployed_ids if old else self.planned_ids)


def compare(plan: Plan, state: State, accounts: Collection[str] = ()) -> Changes:
    """What an update of *state*'s stack to *plan* would change.

    *accounts* are those that the stack file names: AWS accounts, or an Azure subscription.

    Raises:
        ProblemsFound: the state is not this stack's, is of another region or account, or holds
            what no such resource can have.
    """
    held = inventory(plan, state)
    site = deployed_site(state, {one.urn for one in held.deployed})
    check_site(plan, site, accounts, state.file)
    try:
        check_forms((*held.deployed, *held.leaving))
        old_ids = deployed_ids(plan.settings, held, state.outputs)
        new_ids = planned_ids(plan.settings, held)
        old = tuple(line for _, line in lines_of(held.deployed, _recorded(held)))
        new = tuple(line for _, line in lines_of(held.planned, _reasons(plan)))
        points = tuple(point_changes(held, members(old_ids), members(new_ids)))
    except LiftError as error:
        message = f"the state has a resource that cannot be read: {error}."
        raise ProblemsFound([Problem(Place(state.file, 0), "", message)]) from None
    lines = tuple(sorted(_lines(old, new), key=_reading_order))
    secret: list[str] = []
    resources = tuple(resource_changes(held, _holders_that_change(lines), secret))
    return Changes(
        plan=plan,
        state=state,
        site=site,
        held=held,
        lines=lines,
        resources=resources,
        points=points,
        planned_ids=new_ids,
        deployed_ids=old_ids,
        uncompared=tuple(secret),
    )


def _reasons(plan: Plan) -> dict[str, Reason]:
    return {
        f"{rule_set.point.value}/{rule.name}": Reason(
            rule.features, tuple(dict.fromkeys(flow.row for flow in rule.flows))
        )
        for rule_set in plan.rule_sets
        for rule in rule_set.rules
    }


def _recorded(held: Inventory) -> dict[str, Reason]:
    """The features and rows that the deployed component registered by rule name."""
    return {
        name: Reason(
            _texts(mapping_at(one).get("features")),
            _texts(mapping_at(one).get("rows")),
        )
        for name, one in mapping_at(held.recorded, "rules").items()
    }


def _texts(value: object) -> tuple[str, ...]:
    listed = cast("list[object]", value if isinstance(value, list) else [])
    return tuple(one for one in listed if isinstance(one, str))


def _reading_order(change: LineChange) -> tuple[object, ...]:
    line = change.line
    return (line.interface, list(Point).index(line.point), *line.reading_order)


def _lines(old: Iterable[Line], new: Iterable[Line]) -> Iterator[LineChange]:
    """Both sides' rules in pairs: by name in groups and NSGs, by content in network ACLs."""
    left: dict[tuple[object, ...], list[Line]] = {}
    for line in old:
        left.setdefault(_identity(line), []).append(line)
    for line in new:
        same = left.get(_identity(line))
        if same:
            was = same.pop(0)
            yield LineChange(_kind(was, line), was, line)
        else:
            yield LineChange(Kind.ADDED, None, line)
    for lines in left.values():
        yield from (LineChange(Kind.REMOVED, line, None) for line in lines)


def _holders_that_change(lines: Iterable[LineChange]) -> set[tuple[str, str]]:
    """Network ACLs and NSGs some of whose rules change, by type and name."""
    return {
        (change.line.token, change.line.holder)
        for change in lines
        if change.kind is not Kind.KEPT and change.line.point is not Point.SECURITY_GROUP
    }


def _identity(line: Line) -> tuple[object, ...]:
    if line.point is Point.SECURITY_GROUP:
        return line.interface, line.token, line.name
    return line.point, line.interface, line.direction, line.name


def _kind(old: Line, new: Line) -> Kind:
    if old.holder != new.holder:
        return Kind.MOVED
    if (old.direction, old.content) != (new.direction, new.content):
        return Kind.CHANGED
    if old.number != new.number:
        return Kind.RENUMBERED
    renamed = new.point is Point.NSG and bool(old.called)
    return Kind.DESCRIBED if renamed or old.description != new.description else Kind.KEPT
