"""The difference of two sides in meaning: packets, grouped by who needs them, the worst first.

Exact: what a side newly lets through is its space less the other's, by set algebra. Each
packet of that is in the group of every flow that means it; what no flow means is in a
group of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.changes.grouping import Difference, Group, Part, groups_of
from segfw.changes.risk import (
    everything,
    passing,
    public_part,
    unknown_part,
    without_references,
)
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.changes.deployment import Deployment, Filter, Key
    from segfw.changes.points import Side

__all__ = ["Difference", "Group", "Meaning", "Part", "compare_meaning"]

SIDES: tuple[Side, ...] = tuple((way, family) for way in Direction for family in Family)


class Meaning(NamedTuple):
    """The whole difference in meaning."""

    differences: tuple[Difference, ...]
    """Each enforcement point of either side."""
    opened: tuple[Group, ...]
    """The worst first."""
    closed: tuple[Group, ...]
    exposed: tuple[Group, ...]
    """What the internet reaches without any rule having changed: the interface is external now."""

    @property
    def any(self) -> bool:
        """Something is let through, or reached, that was not, or no more."""
        return bool(self.opened or self.closed or self.exposed)


def compare_meaning(old: Deployment, new: Deployment) -> Meaning:
    """What *new* lets through and *old* does not, and the other way round.

    An interface without a group or NSG lets nothing through. One without a network ACL is
    not filtered there: of an ACL that comes or goes, what the group lets through is told.
    """
    keys = sorted(old.filters.keys() | new.filters.keys())
    found = tuple(_difference(key, old, new) for key in keys)
    opened = groups_of(((one, one.opened) for one in found), new, rated=True)
    closed = groups_of(((one, one.closed) for one in found), old, rated=False)
    return Meaning(found, opened, closed, tuple(_exposed(old, new)))


def _difference(key: Key, old: Deployment, new: Deployment) -> Difference:
    was, will_be = old.filters.get(key), new.filters.get(key)
    one = will_be or was
    if one is None:
        raise AssertionError("an enforcement point of neither side")
    interface, of_acl = key
    if was and will_be:
        before, after = was.spaces, will_be.spaces
        opened = {side: after[side] - before[side] for side in SIDES}
        closed = {side: before[side] - after[side] for side in SIDES}
    elif of_acl:
        opened = _beyond(was, new, interface)
        closed = _beyond(will_be, old, interface)
    else:
        empty = {side: HeaderSpace(side[1]) for side in SIDES}
        opened = dict(will_be.spaces) if will_be else empty
        closed = dict(was.spaces) if was else empty
    return Difference(key, one.point, opened, closed, was is not None, will_be is not None)


def _beyond(acl: Filter | None, side: Deployment, interface: str) -> dict[Side, HeaderSpace]:
    """What the interface's group lets through on *side*, where *acl* is no more, and it did not."""
    group = side.filters.get((interface, False))
    if acl is None or group is None:
        return {one: HeaderSpace(one[1]) for one in SIDES}
    subnets = side.subnets.get(interface, ())
    return {
        one: without_references(
            group.spaces[one] - passing(everything(one[1]), one[0], acl, subnets)
        )
        for one in SIDES
    }


def _of_outside(space: HeaderSpace, side: Deployment) -> HeaderSpace:
    """What public addresses send, and members of references that may be public."""
    return public_part(space) | unknown_part(space, side.inside)


def _exposed(old: Deployment, new: Deployment) -> Iterator[Group]:
    """What stays open to public addresses on an interface that has become external."""
    for (interface, of_acl), was in old.filters.items():
        will_be = new.filters.get((interface, of_acl))
        came_out = new.external.get(interface) and old.external.get(interface) is False
        if of_acl or will_be is None or not came_out:
            continue
        found = Difference((interface, False), will_be.point, {}, {}, was=True, will_be=True)
        acl = new.filters.get((interface, True))
        stays = {
            side: _of_outside(
                passing(
                    was.spaces[side] & will_be.spaces[side],
                    side[0],
                    acl,
                    new.subnets.get(interface, ()),
                ),
                new,
            )
            for side in SIDES
            if side[0] is Direction.INGRESS
        }
        yield from (
            group._replace(note="the interface is external now")
            for group in groups_of([(found, stays)], new, rated=True)
        )
