"""Packets of a difference, put together by who needs them, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.changes.deployment import Because, Cause
from segfw.changes.risk import (
    Risk,
    asked_by_references,
    passing,
    risk_of,
    risk_of_references,
)
from segfw.flow import Point
from segfw.sets.headerspace import POINTS, WITH_TYPES, HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Direction
    from segfw.changes.deployment import Deployment, Key
    from segfw.changes.points import Side
    from segfw.flow import Origin
    from segfw.sets.addresses import Family

NOBODY = Because("", (), "", None)
"""Of packets that no flow means."""


class Part(NamedTuple):
    """Packets of one group at one enforcement point."""

    point: Point
    direction: Direction
    reply: bool
    """They answer the flow's."""
    space: HeaderSpace
    absent: bool = False
    """The point is a network ACL that is on the other side only: here it filters nothing."""


class Group(NamedTuple):
    """What one feature and far end newly may, or may no more, on one interface."""

    because: Because
    interface: str
    parts: tuple[Part, ...]
    risk: Risk
    """Of what is opened; NAMED of what is closed."""
    manages: bool
    """It reaches what administers the gateway."""
    origins: tuple[Origin, ...]
    """The lines of config that say so, each once."""
    note: str = ""
    """Why no flow means it, or why no rule changes."""


class Difference(NamedTuple):
    """One side less the other at one enforcement point."""

    key: Key
    point: Point
    opened: Mapping[Side, HeaderSpace]
    closed: Mapping[Side, HeaderSpace]
    was: bool
    will_be: bool


class _Piece(NamedTuple):
    """Packets with one of their reasons."""

    cause: Cause
    note: str
    space: HeaderSpace
    needed: HeaderSpace
    """All packets of the reason, those that were let through before among them."""


class _Gathered:
    """What is found for one group, piece by piece."""

    def __init__(self) -> None:
        self.rows: dict[str, None] = {}
        self.origins: dict[Origin, None] = {}
        self.parts: dict[tuple[Point, Direction, bool, Family], HeaderSpace] = {}
        self.needed: dict[Side, HeaderSpace] = {}
        """All that the reasons let through, by which anyone is told from someone."""
        self.manages = False

    def add(self, point: Point, side: Side, piece: _Piece) -> None:
        direction, family = side
        cause = piece.cause
        key = (point, direction, cause.reply, family)
        self.parts[key] = self.parts.get(key, HeaderSpace(family)) | piece.space
        self.needed[side] = self.needed.get(side, HeaderSpace(family)) | piece.needed
        self.rows.update(dict.fromkeys(cause.because.rows))
        self.origins.update(dict.fromkeys(cause.origins))
        self.manages = self.manages or cause.manages


def groups_of(
    found: Iterable[tuple[Difference, Mapping[Side, HeaderSpace]]],
    side: Deployment,
    *,
    rated: bool,
) -> tuple[Group, ...]:
    """The packets of every enforcement point by interface, feature and far end."""
    gathered: dict[tuple[str, Because, str], _Gathered] = {}
    for difference, spaces in found:
        interface = difference.key[0]
        for way, space in spaces.items():
            if space:
                for piece in _explained(difference, way, space, side):
                    key = (interface, piece.cause.because._replace(rows=()), piece.note)
                    held = gathered.setdefault(key, _Gathered())
                    held.add(difference.point, way, piece)
    groups = (_group(*key, held, side, rated=rated) for key, held in gathered.items())
    return tuple(sorted(groups, key=_worst_first))


def _explained(
    difference: Difference, way: Side, space: HeaderSpace, side: Deployment
) -> Iterator[_Piece]:
    """Each cause's part of *space*, then what none explains, by what the plan says of it."""
    interface, of_acl = difference.key
    # A network ACL that is on the other side only: what the group lets through is told.
    one = side.filters.get(difference.key) or side.filters[interface, False]
    rest = space
    for cause in one.causes.get(way, ()):
        held = HeaderSpace.union(way[1], cause.boxes)
        part = space & held
        if part:
            yield _Piece(cause, "", part, held)
            rest -= held
    nobody = Cause(NOBODY._replace(direction=way[0]), False, False, (), ())  # noqa: FBT003
    for where, widening, why in one.widenings:
        if where == way and rest & widening:
            yield _Piece(nobody, why, rest & widening, one.spaces[way])
            rest -= widening
    if rest:
        unknown = "" if side.management or not of_acl else "the state does not say why"
        yield _Piece(nobody, unknown or "no flow means it", rest, one.spaces[way])


def _group(
    interface: str,
    because: Because,
    note: str,
    held: _Gathered,
    side: Deployment,
    *,
    rated: bool,
) -> Group:
    order = list(Point)
    parts = tuple(
        Part(
            point,
            direction,
            reply,
            space,
            absent=(interface, point is Point.NETWORK_ACL) not in side.filters,
        )
        for (point, direction, reply, _), space in sorted(
            held.parts.items(),
            key=lambda one: (order.index(one[0][0]), one[0][2], one[0][1].value, one[0][3]),
        )
    )
    return Group(
        because=because._replace(rows=tuple(held.rows)),
        interface=interface,
        parts=parts,
        risk=_risk(because, interface, parts, held, side) if rated else Risk.NAMED,
        manages=held.manages,
        origins=tuple(held.origins),
        note=note,
    )


def _risk(
    because: Because, interface: str, parts: tuple[Part, ...], held: _Gathered, side: Deployment
) -> Risk:
    """The worst of what passes both enforcement points of the interface."""
    found: list[Risk] = []
    for part in parts:
        way = (part.direction, part.space.family)
        if part.point is Point.NETWORK_ACL:
            group = side.filters[interface, False].spaces[way]
            through = part.space & group
            if asked_by_references(part.space, group, side.inside):
                found.append(risk_of_references(part.direction, interface, side))
        else:
            acl = side.filters.get((interface, True))
            through = passing(part.space, part.direction, acl, side.subnets.get(interface, ()))
        if through:
            found.append(risk_of(through, held.needed[way], part.direction, interface, side))
    order = list(Risk)
    # What passes at one point alone is a reply, or what a flow needs there alone.
    worst = min(found, key=order.index, default=Risk.NAMED)
    beyond = not because.feature and order.index(worst) > order.index(Risk.WIDENING)
    return Risk.WIDENING if beyond else worst


def _worst_first(group: Group) -> tuple[object, ...]:
    """By risk, management before other things, ICMP last; then as a reader looks for them."""
    because = group.because
    way = because.direction.value if because.direction else ""
    return (
        list(Risk).index(group.risk),
        not group.manages,
        all(_only_icmp(part.space) for part in group.parts),
        group.interface,
        way,
        because.feature,
        because.custom or "",
        because.peer,
        group.note,
    )


def _only_icmp(space: HeaderSpace) -> bool:
    services = (service for service, _ in space.boxes())
    return all(service.first // POINTS in WITH_TYPES for service in services)
