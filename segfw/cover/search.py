"""The best boxes for a small grid, by trying every one that could hold what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.cover.box import Box
from segfw.sets.headerspace import POINTS
from segfw.sets.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segfw.cover.grid import Grid
    from segfw.sets.addresses import Prefix

STEPS = 30_000
"""Boxes laid, at most; what was found by then is returned."""
TRIED = 1_000
"""With more boxes to choose from, nothing is tried."""


class _Candidate(NamedTuple):
    cost: int
    box: Box
    cells: int
    added: int


def searched(
    grid: Grid, prefixes: Sequence[Prefix], budget: int, known: tuple[Box, ...]
) -> tuple[Box, ...]:
    """At most *budget* boxes that hold what is wanted and add less than *known*, else *known*.

    The best there are, where `STEPS` suffice.
    """
    if len(grid.services) ** 2 * len(prefixes) > TRIED:
        return known
    candidates = list(_candidates(grid, prefixes))
    best, least = known, None
    if len(known) <= budget:
        least = grid.weight(_added(grid, known))
    by_cell = _by_cell(grid.wanted, candidates)
    waiting: list[tuple[int, int, tuple[Box, ...]]] = [(0, 0, ())]
    seen: dict[int, int] = {}
    steps = 0
    while waiting and steps < STEPS:
        covered, added, laid = waiting.pop()
        steps += 1
        if least is not None and grid.weight(added) >= least:
            continue
        if seen.get(covered, budget + 1) <= len(laid):
            continue
        seen[covered] = len(laid)
        if not grid.wanted & ~covered:
            best, least = laid, grid.weight(added)
        elif len(laid) < budget:
            holding = next(held for cell, held in by_cell if not cell & covered)
            waiting.extend(
                (covered | one.cells, added | one.added, (*laid, one.box)) for one in holding
            )
    return tuple(sorted(best))


def _by_cell(wanted: int, candidates: Sequence[_Candidate]) -> list[tuple[int, list[_Candidate]]]:
    """Each wanted cell with the boxes that hold it, those with the least choice first."""
    found: list[tuple[int, list[_Candidate]]] = []
    while wanted:
        cell = wanted & -wanted
        found.append((cell, [one for one in candidates if one.cells & cell]))
        wanted ^= cell
    return sorted(found, key=_choice)


def _choice(entry: tuple[int, list[_Candidate]]) -> int:
    return len(entry[1])


def _added(grid: Grid, boxes: tuple[Box, ...]) -> int:
    mask = 0
    for box in boxes:
        mask |= grid.added(box)
    return mask


def _candidates(grid: Grid, prefixes: Sequence[Prefix]) -> Iterator[_Candidate]:
    """The boxes that may be laid, dearest first: none inside another that adds no more."""
    kept: list[_Candidate] = []
    for box in _boxes(grid, prefixes):
        added = grid.added(box)
        if not added & grid.forbidden and grid.cells(box) & grid.wanted:
            kept.append(_Candidate(grid.weight(added), box, grid.cells(box), added))
    kept.sort(reverse=True)
    for one in kept:
        if not any(
            one.cells | other.cells == other.cells and one.added == other.added
            for other in kept
            if other.cells != one.cells
        ):
            yield one


def _boxes(grid: Grid, prefixes: Sequence[Prefix]) -> Iterator[Box]:
    for first in grid.services:
        for last in grid.services:
            protocol, low = divmod(first.first, POINTS)
            if protocol == last.first // POINTS and first.first <= last.first:
                ports = PortRange(low, last.last % POINTS)
                yield from (Box(protocol, ports, prefix) for prefix in prefixes)
