"""The comparison: what an update of a deployed stack to a plan would change."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.catalog.model import Direction
from segfw.changes.inventory import Inventory, Owned, inventory, mapping_at
from segfw.changes.known import deployed_ids, members, peer_words, planned_ids
from segfw.changes.lines import Line, Reason, lines_of
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import (
    ATTACHMENT,
    EXCLUSIVE,
    GROUP,
    PREFIX_LIST,
)
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.lifted import LiftError
from segfw.flow import Point
from segfw.problems import Place, Problem, ProblemsFound
from segfw.readback import lift
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.changes.known import Known
    from segfw.plan import Plan
    from segfw.state import State

    Side = tuple[Direction, Family]


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


class Effect(Enum):
    """What an update does to a resource that is no rule."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    UPDATED = "updated"


class ResourceChange(NamedTuple):
    """A group, network ACL, NSG, prefix list, exclusive ownership or attachment that changes."""

    effect: Effect
    token: str
    name: str
    interface: str
    what: tuple[str, ...]
    """Which of its parts: ``rules``, ``tags``, ``subnets``; none where it comes or goes."""


class PointChange(NamedTuple):
    """What one enforcement point newly lets through, and lets through no more."""

    point: Point
    interface: str
    opened: Mapping[Side, HeaderSpace]
    closed: Mapping[Side, HeaderSpace]
    was: bool
    """It is deployed."""
    will_be: bool
    """It is planned."""


class Changes(NamedTuple):
    """The whole comparison."""

    plan: Plan
    state: State
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
        """An update would do something."""
        return bool(self.resources) or any(one.kind is not Kind.KEPT for one in self.lines)

    def peers(self, line: Line, *, old: bool) -> tuple[str, ...]:
        """A line's far ends, for people."""
        return peer_words(line, self.deployed_ids if old else self.planned_ids)


def compare(plan: Plan, state: State) -> Changes:
    """What an update of *state*'s stack to *plan* would change.

    Raises:
        ProblemsFound: the state is not this stack's, or holds what no such resource can have.
    """
    held = inventory(plan, state)
    try:
        old_ids = deployed_ids(plan.settings, held, state.outputs)
        new_ids = planned_ids(plan.settings, held)
        old = tuple(line for _, line in lines_of(held.deployed, _recorded(held)))
        new = tuple(line for _, line in lines_of(held.planned, _reasons(plan)))
        points = tuple(_points(held, members(old_ids), members(new_ids)))
    except LiftError as error:
        message = f"the state has a resource that cannot be read: {error}."
        raise ProblemsFound([Problem(Place(state.file, 0), "", message)]) from None
    lines = tuple(sorted(_lines(old, new), key=_reading_order))
    secret: list[str] = []
    resources = tuple(_resources(held, lines, secret))
    return Changes(
        plan=plan,
        state=state,
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


def _points(
    held: Inventory, old_members: Mapping[str, Any], new_members: Mapping[str, Any]
) -> Iterator[PointChange]:
    old, new = _by_point(held.deployed), _by_point(held.planned)
    for point, interface in sorted(old.keys() | new.keys(), key=_point_order):
        was = _spaces(old.get((point, interface), []), old_members)
        will_be = _spaces(new.get((point, interface), []), new_members)
        yield PointChange(
            point=point,
            interface=interface,
            opened={side: will_be[side] - was[side] for side in was},
            closed={side: was[side] - will_be[side] for side in was},
            was=(point, interface) in old,
            will_be=(point, interface) in new,
        )


def _point_order(key: tuple[Point, str]) -> tuple[str, int]:
    return key[1], list(Point).index(key[0])


def _by_point(resources: Iterable[Owned]) -> dict[tuple[Point, str], list[Owned]]:
    found: dict[tuple[Point, str], list[Owned]] = {}
    for one in resources:
        if one.point is not None:
            found.setdefault((one.point, one.interface), []).append(one)
    return found


def _spaces(resources: Iterable[Owned], known: Mapping[str, Any]) -> dict[Side, HeaderSpace]:
    filtering = [one for one in resources if one.token not in (EXCLUSIVE, ATTACHMENT)]
    if not filtering:
        return {(way, family): HeaderSpace(family) for way in Direction for family in Family}
    if not any(one.token in (GROUP, NETWORK_ACL, NSG) for one in filtering):
        raise LiftError(f'"{filtering[0].called}": its group is not in the state')
    return lift(((one.token, one.inputs) for one in filtering), known)


PARTS = {
    GROUP: {"vpcId": "VPC", "tags": "tags"},
    NETWORK_ACL: {"vpcId": "VPC", "subnetIds": "subnets", "tags": "tags"},
    NSG: {"resourceGroupName": "resource group", "tags": "tags"},
    PREFIX_LIST: {"addressFamily": "family", "entries": "entries", "tags": "tags"},
    ATTACHMENT: {"networkInterfaceId": "network interface", "securityGroupId": "group"},
    EXCLUSIVE: {"securityGroupId": "group"},
}
"""Inputs whose change a reader is told of; a group's description and name never change."""
REPLACING = {"VPC", "resource group", "family", "network interface", "group"}
"""Parts that are settled when a resource is made."""


def _resources(
    held: Inventory, lines: Iterable[LineChange], secret: list[str]
) -> Iterator[ResourceChange]:
    old = {one.key: one for one in held.deployed if one.token in PARTS}
    new = {one.key: one for one in held.planned if one.token in PARTS}
    changed = {
        (change.line.token, change.line.holder)
        for change in lines
        if change.kind is not Kind.KEPT and change.line.point is not Point.SECURITY_GROUP
    }
    order = list(PARTS)
    for key in sorted(old.keys() | new.keys(), key=lambda k: (order.index(k[0]), k[1])):
        one = new.get(key) or old[key]
        if key not in old or key not in new:
            effect = Effect.ADDED if key in new else Effect.REMOVED
            yield ResourceChange(effect, one.token, one.name, one.interface, ())
            continue
        what = [*_differing(old[key], new[key], secret)]
        if key in changed:
            what.insert(0, "entries" if one.token == NETWORK_ACL else "rules")
        if what:
            replaced = REPLACING & {*what} or (one.token == NETWORK_ACL and "entries" in what)
            effect = Effect.REPLACED if replaced else Effect.UPDATED
            yield ResourceChange(effect, one.token, one.name, one.interface, tuple(what))


def _differing(old: Owned, new: Owned, secret: list[str]) -> Iterator[str]:
    for field, word in PARTS[new.token].items():
        was, will_be = old.inputs.get(field), new.inputs.get(field)
        if was is SECRET or (isinstance(was, list) and SECRET in was):
            secret.append(f"{new.name}.{field}")
        elif _unordered(was) != _unordered(will_be):
            yield word


def _unordered(value: Any) -> Any:
    """A value whose lists compare as sets: subnets and entries have no order."""
    if isinstance(value, list):
        return sorted(map(repr, cast("list[Any]", value)))
    return value or None
