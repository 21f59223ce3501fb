"""The tightest few entries of one direction and family of a network ACL (`fit: superset`).

The bands stay apart (design D6): named allows on guarded ports may be joined among
themselves, and what stands behind the guards among itself. Where even that does not fit,
guards are given up, the one that keeps out least first, and never one that keeps the
internet from a service of the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.compiler.acl_bands import Bands
from segfw.compiler.expand import unique
from segfw.compiler.fit import denied, is_mergeable, rules_of, space_of
from segfw.cover import exact, excess
from segfw.cover.superset import tightest
from segfw.sets.addresses import AddressSet, Family, private_addresses
from segfw.sets.headerspace import HeaderSpace
from segfw.sets.ports import PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.cover import Box
    from segfw.rule import Rule
    from segfw.sets.headerspace import Service


Side = tuple[Direction, Family]


class _Choice(NamedTuple):
    """One way to say the bands: how far over the budget, what it adds, and the entries."""

    over: int
    added: int
    bands: Bands


def superset_of(asked: Bands, side: Side, budget: int, services: Iterable[Service]) -> Bands:
    """At most *budget* entries that hold all that was asked for; more where nothing fits.

    Nothing but what is needed is given up: the exact cover where it fits, then joins, then
    guards. *services* are those on which the gateway answers, and none of them is opened
    to the internet unless that was asked for.
    """
    exact = asked.merged()
    if len(exact.in_order()) <= budget:
        return exact
    kept_out = _from_the_internet(side, services)
    best: _Choice | None = None
    for guards in _fewer_and_fewer(asked, side, kept_out):
        choice = _joined(asked._replace(guards=guards), side, budget, kept_out)
        if best is None or choice.over < best.over:
            best = choice
        if not best.over:
            break
    return best.bands if best else exact


def _from_the_internet(side: Side, services: Iterable[Service]) -> HeaderSpace:
    """The gateway's services, from public addresses; nothing for what the gateway opens."""
    direction, family = side
    if direction is Direction.EGRESS:
        return HeaderSpace(family)
    public = AddressSet.whole(family) - private_addresses(family)
    return HeaderSpace.union(
        family,
        ((service, public) for service in services),
    )


def _fewer_and_fewer(asked: Bands, side: Side, kept_out: HeaderSpace) -> Iterator[list[Rule]]:
    """The guards, then without one more each time of those that may go."""
    _, family = side
    behind = space_of([rule for rule in asked.rest if is_mergeable(rule)], family)
    opened = {guard: behind & denied(PortSet.of(guard.ports), family) for guard in asked.guards}
    may_go = [guard for guard in asked.guards if not opened[guard] & kept_out]
    may_go.sort(key=lambda guard: (opened[guard].size(), guard.ports))
    for count in range(len(may_go) + 1):
        yield [guard for guard in asked.guards if guard not in may_go[:count]]


def _joined(asked: Bands, side: Side, budget: int, kept_out: HeaderSpace) -> _Choice:
    """The best split of the budget between the two bands that can be joined."""
    direction, family = side
    front = _Band(asked.first, family, PortSet(), kept_out)
    back = _Band(asked.rest, family, asked.guarded(), kept_out)
    left = budget - len(asked.guards) - len(front.fixed) - len(back.fixed)
    best: _Choice | None = None
    most = min(len(front.exact), max(left - min(len(back.exact), 1), 1))
    for share in range(most, min(most, 1) - 1, -1):
        one = front.within(share)
        two = tuple(box for box in back.within(left - share) if box not in one)
        bands = Bands(
            [*front.fixed, *rules_of(one, direction, front.loose)],
            asked.guards,
            [*back.fixed, *rules_of(two, direction, back.loose)],
        )
        over = max(0, len(bands.in_order()) - budget)
        choice = _Choice(over, front.added(one) + back.added(two), bands)
        if best is not None and best[:2] <= choice[:2] and not best.over:
            break
        best = choice if best is None or choice[:2] < best[:2] else best
    if best is None:
        raise AssertionError("a band has at least one share")
    return best


class _Band:
    """Entries that may be joined with each other."""

    def __init__(
        self, rules: list[Rule], family: Family, ignoring: PortSet, kept_out: HeaderSpace
    ) -> None:
        """Take apart the *rules* of a band; denies before it decide on the ports *ignoring*."""
        self.fixed = unique(rule for rule in rules if not is_mergeable(rule))
        self.loose = [rule for rule in rules if is_mergeable(rule)]
        self._free = denied(ignoring, family)
        self._space = space_of(self.loose, family) - self._free
        self._forbidden = kept_out - self._free
        self.exact = exact(self._space, self._free)

    def within(self, budget: int) -> tuple[Box, ...]:
        """At most *budget* boxes, or as few as may be."""
        return tightest(self.exact, max(budget, 0), self._space, self._free, self._forbidden)

    def added(self, boxes: tuple[Box, ...]) -> int:
        """What *boxes* let through that the band does not ask for, in (address, port) pairs."""
        return excess(boxes, self._space | self._free)
