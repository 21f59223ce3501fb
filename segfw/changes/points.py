"""What each enforcement point newly lets through, and lets through no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.catalog.model import Direction
from segfw.changes.inventory import RULES, Owned
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, EXCLUSIVE, GROUP
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.lifted import LiftError
from segfw.flow import Point
from segfw.readback import lift
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.changes.inventory import Inputs, Inventory

    Side = tuple[Direction, Family]


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
    before: Mapping[Side, HeaderSpace]
    """All that it lets through as deployed; nothing where it is not."""
    after: Mapping[Side, HeaderSpace]
    """All that it lets through as planned; nothing where it is not."""


def point_changes(
    held: Inventory, old_members: Mapping[str, Any], new_members: Mapping[str, Any]
) -> Iterator[PointChange]:
    """Every enforcement point of either side; members are what each side knows of ids.

    Raises:
        LiftError: a resource has a value that no such resource can have; its first words
            are the resource's name.
    """
    old, new = by_point(held.deployed), by_point(held.planned)
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
            before=was,
            after=will_be,
        )


def _point_order(key: tuple[Point, str]) -> tuple[str, int]:
    return key[1], list(Point).index(key[0])


def by_point(resources: Iterable[Owned]) -> dict[tuple[Point, str], list[Owned]]:
    """The resources of each enforcement point; prefix lists are of none."""
    found: dict[tuple[Point, str], list[Owned]] = {}
    for one in resources:
        if one.point is not None:
            found.setdefault((one.point, one.interface), []).append(one)
    return found


def _spaces(resources: Iterable[Owned], known: Mapping[str, Any]) -> dict[Side, HeaderSpace]:
    filtering = filtering_ones(resources)
    if not filtering:
        return {(way, family): HeaderSpace(family) for way in Direction for family in Family}
    if not any(one.token in (GROUP, NETWORK_ACL, NSG) for one in filtering):
        raise LiftError(f'"{filtering[0].called}": its group is not in the state')
    try:
        return lift(((one.token, one.inputs) for one in filtering), known)
    except LiftError as error:
        raise LiftError(f'"{_unreadable(filtering, known)}": {error}') from None


def filtering_ones(resources: Iterable[Owned]) -> list[Owned]:
    """Those that let something through, or hold what does."""
    return [one for one in resources if one.token not in (EXCLUSIVE, ATTACHMENT)]


def _unreadable(filtering: Iterable[Owned], known: Mapping[str, Any]) -> str:
    """The first resource that cannot be read by itself either; a rule needs a group beside it."""
    group: tuple[str, Inputs] = (GROUP, {})
    for one in filtering:
        own = (one.token, one.inputs)
        try:
            lift([group, own] if one.token in RULES else [own], known)
        except LiftError:
            return one.called or one.name
    raise AssertionError("resources that can each be read can be read together")
