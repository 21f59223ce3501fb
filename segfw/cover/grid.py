"""A grid over the packets that hulls of some boxes can hold, so that sets of them are bit masks."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from operator import getitem
from typing import TYPE_CHECKING

from segfw.cover.box import SUBNET_BITS, Box, around
from segfw.sets.addresses import Family, prefixes_of
from segfw.sets.headerspace import HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segfw.sets.addresses import AddressSet, Prefix

BYTE = 8


class Grid:
    """Cells of service points x addresses; no hull of the boxes holds a part of a cell.

    A cell is a bit; its weight is its (address, port) pairs, IPv6 addresses by /64.
    """

    def __init__(
        self,
        prefixes: Iterable[Prefix],
        space: HeaderSpace,
        free: HeaderSpace,
        forbidden: HeaderSpace,
    ) -> None:
        """Lay the grid for boxes between the ports of *space*, with one of *prefixes* each.

        See `superset` for what the spaces are.
        """
        self.services = [service for service, _ in space.boxes()]
        services = list(self.services)
        services += [Service(first, last) for first, last, _ in free.slices]
        self._points = sorted({p for s in services for p in (s.first, s.last + 1)})
        self._addresses = sorted({a for p in prefixes for a in (p.first, p.last + 1)})
        self._width = len(self._addresses) - 1
        self._cells: dict[Box, int] = {}
        self.wanted = self._mask(space, whole=False)
        self._costless = self.wanted | self._mask(free, whole=True)
        self.forbidden = self._mask(forbidden, whole=False) & ~self.wanted
        self._tables = list(_tables(list(self._weights(space.family))))

    def cells(self, box: Box) -> int:
        """The cells that *box*, a hull of some of the boxes, holds."""
        known = self._cells.get(box)
        if known is None:
            service = box.service
            low = bisect_left(self._addresses, box.prefix.first)
            high = bisect_left(self._addresses, box.prefix.last + 1)
            row = (1 << high) - (1 << low)
            known = 0
            for at in range(*self._rows(service)):
                known |= row << at * self._width
            self._cells[box] = known
        return known

    def added(self, box: Box) -> int:
        """The cells of *box* beyond the space and what is free."""
        return self.cells(box) & ~self._costless

    def weight(self, mask: int) -> int:
        """How many (address, port) pairs the cells of *mask* hold."""
        return sum(map(getitem, self._tables, mask.to_bytes(len(self._tables), "little")))

    def _rows(self, service: Service) -> tuple[int, int]:
        return bisect_left(self._points, service.first), bisect_left(self._points, service.last + 1)

    def _mask(self, space: HeaderSpace, *, whole: bool) -> int:
        """The cells that lie in *space*: with all they hold (*whole*), or with any of it."""
        mask = 0
        for at, (first, following) in enumerate(pairwise(self._points)):
            for low, high, addresses in space.slices:
                inside = low <= first and following - 1 <= high
                touched = low < following and first <= high
                if inside if whole else touched:
                    mask |= self._row(addresses, whole=whole) << at * self._width
        return mask

    def _row(self, addresses: AddressSet, *, whole: bool) -> int:
        row = 0
        for at, (first, following) in enumerate(pairwise(self._addresses)):
            near = bisect_left(addresses.held, (following,)) - 1
            if near >= 0:
                low, high = addresses.held[near]
                if low <= first and following - 1 <= high if whole else first <= high:
                    row |= 1 << at
        return row

    def _weights(self, family: Family) -> Iterator[int]:
        shift = 0 if family is Family.IPV4 else family.bits - SUBNET_BITS
        for point, next_point in pairwise(self._points):
            for address, next_address in pairwise(self._addresses):
                yield (next_point - point) * max(1, (next_address - address) >> shift)


def closed(prefixes: Iterable[Prefix]) -> list[Prefix]:
    """The prefixes with every prefix that holds just some of them: all that hulls can have."""
    held = sorted(set(prefixes))
    return sorted({*held, *(around(one, two) for one, two in pairwise(held))})


def pieces(prefixes: Sequence[Prefix]) -> Iterator[Prefix]:
    """The prefixes, and what is left of each without those inside it, as prefixes."""
    yield from prefixes
    bounds = sorted({bound for p in prefixes for bound in (p.first, p.last + 1)})
    for first, following in pairwise(bounds):
        if any(p.first <= first <= p.last for p in prefixes):
            yield from prefixes_of(prefixes[0].family, ((first, following - 1),))


def _tables(weights: list[int]) -> Iterator[tuple[int, ...]]:
    """For each byte of a mask, the weight of each value that it can have."""
    for start in range(0, len(weights), BYTE):
        sums = [0]
        for one in weights[start : start + BYTE]:
            sums += [held + one for held in sums]
        yield tuple(sums)
