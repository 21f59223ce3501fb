"""The best hulls of boxes that differ only in their prefixes, by the tree of prefixes.

Two boxes of one port range share a hull only along the tree, so the best for each number
of hulls follows from the best of both halves. Port ranges share the budget; a hull over
several of them is not tried here.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from segfw.cover.box import Box, around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segfw.cover.grid import Grid

Group = tuple[Box, ...]
Best = list[tuple[int, tuple[Group, ...]] | None]
"""By the number of hulls, from one: what they add, and the boxes of each; None: forbidden."""


def by_tree(boxes: Sequence[Box], budget: int, grid: Grid) -> list[Group]:
    """The boxes in at most *budget* groups; empty where no such groups are allowed."""
    best: Best | None = None
    for _, alike in groupby(sorted(boxes, key=_by_service), key=_service):
        own = _best(tuple(alike), budget, grid)
        best = own if best is None else _both(best, own, budget)
    found = [one for one in best or () if one is not None]
    return list(min(found, key=_added)[1]) if found else []


def _service(box: Box) -> tuple[object, ...]:
    return box[:2]


def _by_service(box: Box) -> tuple[object, ...]:
    return box.protocol, box.ports, box.prefix


def _added(one: tuple[int, tuple[Group, ...]]) -> int:
    return one[0]


def _best(boxes: Group, budget: int, grid: Grid) -> Best:
    """The best of boxes of one service, in order."""
    prefix = around(boxes[0].prefix, boxes[-1].prefix)
    mask = grid.added(Box(boxes[0].protocol, boxes[0].ports, prefix))
    whole = None if mask & grid.forbidden else (grid.weight(mask), (boxes,))
    middle = prefix.first + prefix.size // 2
    lower = tuple(box for box in boxes if box.prefix.first < middle)
    if len(lower) in (0, len(boxes)):
        return [whole]
    upper = boxes[len(lower) :]
    return [whole, *_both(_best(lower, budget, grid), _best(upper, budget, grid), budget)[1:]]


def _both(one: Best, other: Best, budget: int) -> Best:
    """The best of two lots of boxes together, up to *budget* hulls."""
    found: Best = [None] * min(budget, len(one) + len(other))
    for at, first in enumerate(one):
        for beside, second in enumerate(other[: len(found) - at - 1]):
            if first is not None and second is not None:
                added, held = first[0] + second[0], found[at + beside + 1]
                if held is None or added < held[0]:
                    found[at + beside + 1] = added, (*first[1], *second[1])
    return found
