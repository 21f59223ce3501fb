"""Covers: few boxes (one port range x one prefix) that make up a header space.

`exact` never changes meaning. `superset` trades meaning for fewer boxes: it joins the
two boxes whose hull adds least, as long as nothing forbidden is added.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from segfw.sets import intervals
from segfw.sets.addresses import AddressSet, Family, Prefix, prefixes_of
from segfw.sets.headerspace import POINTS, HeaderSpace, Service, Slice
from segfw.sets.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Box(NamedTuple):
    """One port range of one protocol, from or to one prefix."""

    protocol: int
    ports: PortRange
    prefix: Prefix

    def space(self) -> HeaderSpace:
        """The packets inside."""
        service = Service.of_ports(self.protocol, self.ports)
        return HeaderSpace.of(service, AddressSet.of(self.prefix.family, (self.prefix,)))

    def holds(self, other: Box) -> bool:
        """Every packet of *other* is inside."""
        return (
            self.protocol == other.protocol
            and self.ports.first <= other.ports.first
            and other.ports.last <= self.ports.last
            and self.prefix.holds(other.prefix)
        )

    @property
    def volume(self) -> int:
        """How many (address, port) pairs are inside; IPv6 addresses by /64."""
        return len(self.ports) * weight(self.prefix)


def weight(prefix: Prefix) -> int:
    """How much address space a prefix is: IPv4 addresses, or IPv6 /64 networks (at least 1)."""
    if prefix.family is Family.IPV4:
        return prefix.size
    return 1 << max(0, 64 - prefix.length)


def union_space(family: Family, boxes: Iterable[Box]) -> HeaderSpace:
    """The packets in any of *boxes*, which are of one family."""
    return HeaderSpace.union(
        family,
        (
            (Service.of_ports(b.protocol, b.ports), AddressSet.of(family, (b.prefix,)))
            for b in boxes
        ),
    )


def exact(space: HeaderSpace) -> tuple[Box, ...]:
    """Few boxes whose union is *space*, which holds prefixes of TCP or UDP only.

    Where neighbouring ports share no addresses this is the collapsed list of each
    port, the unique minimum; elsewhere maximal boxes are picked greedily.
    """
    found: list[Box] = []
    for run in _runs(space):
        found.extend(_collapsed(run[0]) if len(run) == 1 else _greedy(space.family, run))
    return tuple(sorted(found))


def _runs(space: HeaderSpace) -> list[list[Slice]]:
    """Slices of neighbouring ports of one protocol, together."""
    runs: list[list[Slice]] = []
    for service, addresses in space.boxes():
        piece = (service.first, service.last, addresses)
        joins = runs and runs[-1][-1][1] + 1 == service.first and service.first % POINTS != 0
        if joins:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _collapsed(piece: Slice) -> list[Box]:
    return [_box(piece[0], piece[1], prefix) for prefix in piece[2].prefixes()]


def _box(first: int, last: int, prefix: Prefix) -> Box:
    return Box(first // POINTS, PortRange(first % POINTS, last % POINTS), prefix)


def _maximal_boxes(family: Family, run: list[Slice]) -> set[Box]:
    """Every box inside the run that no other box inside it holds."""
    found: set[Box] = set()
    for start in range(len(run)):
        held = run[start][2].held
        for end in range(start, len(run)):
            held = intervals.intersection(held, run[end][2].held)
            if not held:
                break
            found.update(
                _box(run[start][0], run[end][1], prefix) for prefix in prefixes_of(family, held)
            )
    return {box for box in found if not any(o != box and o.holds(box) for o in found)}


def _greedy(family: Family, run: list[Slice]) -> list[Box]:
    candidates = sorted(_maximal_boxes(family, run))
    rest = HeaderSpace(family, tuple(run))
    chosen: list[Box] = []
    while rest:
        best = max(candidates, key=lambda box: ((rest & box.space()).size(), -len(box.ports)))
        chosen.append(best)
        candidates.remove(best)
        rest -= best.space()
    return _irredundant(family, chosen)


def _irredundant(family: Family, boxes: list[Box]) -> list[Box]:
    kept = list(boxes)
    for box in sorted(boxes, key=lambda b: b.volume):
        others = [other for other in kept if other != box]
        if not box.space() - union_space(family, others):
            kept = others
    return kept


def superset(
    boxes: Iterable[Box], budget: int, allowed: Callable[[HeaderSpace], bool]
) -> tuple[Box, ...]:
    """At most *budget* boxes that hold all of *boxes*, adding little, or the fewest found.

    *allowed* judges what a join would add; a join that it refuses is not made. The
    result is the same for the same boxes in any order.
    """
    kept = set(boxes)
    joins = [_Join.of(left, right) for left, right in combinations(sorted(kept), 2)]
    heap = [one for one in joins if one is not None]
    heapify(heap)
    while len(kept) > budget and heap:
        best = heappop(heap)
        if best.left not in kept or best.right not in kept:
            continue
        added = best.hull.space() - union_space(best.hull.prefix.family, kept)
        if added and not allowed(added):
            continue
        kept = {box for box in kept if not best.hull.holds(box)}
        for box in sorted(kept):
            one = _Join.of(box, best.hull)
            if one is not None:
                heappush(heap, one)
        kept.add(best.hull)
    return tuple(sorted(kept))


class _Join(NamedTuple):
    """Two boxes and the hull that would replace them, cheapest first."""

    cost: int
    hull: Box
    left: Box
    right: Box

    @classmethod
    def of(cls, left: Box, right: Box) -> _Join | None:
        if left.protocol != right.protocol:
            return None
        hull = join(left, right)
        return cls(hull.volume - left.volume - right.volume, hull, left, right)


def join(left: Box, right: Box) -> Box:
    """The smallest box that holds both, which are of one protocol and family."""
    ports = PortRange(
        min(left.ports.first, right.ports.first), max(left.ports.last, right.ports.last)
    )
    return Box(left.protocol, ports, _around(left.prefix, right.prefix))


def _around(left: Prefix, right: Prefix) -> Prefix:
    """The longest prefix that holds both, which are of one family."""
    bits = left.family.bits
    shared = bits - (left.first ^ right.first).bit_length()
    length = min(left.length, right.length, shared)
    return Prefix(left.family, left.first >> (bits - length) << (bits - length), length)
