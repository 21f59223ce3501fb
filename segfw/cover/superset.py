"""Tight supersets: a given number of boxes that hold a space and add as little as can be found.

The boxes of an exact cover are sorted into groups, and each group becomes its hull. What
grouping costs is counted on a grid of cells: the union of all hulls, less what was asked
for, so nothing is counted twice.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from segfw.cover.box import Box, around, hull
from segfw.cover.exact import exact
from segfw.cover.grid import Grid, closed, pieces
from segfw.cover.search import searched
from segfw.cover.tree import by_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.sets.headerspace import HeaderSpace

WORKING_SET = 40
"""How many boxes the search begins with at most; lists of one port are thinned to it."""
SEARCHED = 12
"""Up to so many boxes, boxes of every other cut are tried too (`segfw.cover.search`)."""
PASSES = 4
"""How often the groups of more boxes than that are gone through for a better place of each."""


def superset(
    space: HeaderSpace, budget: int, free: HeaderSpace, forbidden: HeaderSpace
) -> tuple[Box, ...]:
    """At most *budget* boxes that hold *space*, or as few as come without *forbidden*.

    Few (address, port) pairs are added, IPv6 addresses counted by /64; those in *free*
    cost nothing and those in *forbidden* are not added at all. Empty for an empty space.
    """
    return tightest(exact(space, free), budget, space, free, forbidden)


def tightest(
    boxes: tuple[Box, ...],
    budget: int,
    space: HeaderSpace,
    free: HeaderSpace,
    forbidden: HeaderSpace,
) -> tuple[Box, ...]:
    """The `superset` of *space*, whose exact cover beside *free* is *boxes*."""
    if len(boxes) <= budget:
        return boxes
    thin = _thinned(boxes, max(budget, WORKING_SET), forbidden - space)
    prefixes = closed(box.prefix for box in thin)
    if len(thin) <= SEARCHED:
        prefixes = closed(pieces(prefixes))
    grid = Grid(prefixes, space, free, forbidden)
    groups = _joined([(box,) for box in thin], budget, grid)
    if len(groups) <= budget:
        groups = _cheaper(groups, by_tree(thin, budget, grid), grid)
        groups = _divided(_improved(groups, budget, grid), budget, grid)
        groups = _divided(_needed(groups, grid), budget, grid)
    found = tuple(sorted({_hull(group) for group in groups}))
    if len(thin) <= SEARCHED:
        found = searched(grid, prefixes, budget, found)
    return _without_needless(found, grid)


Group = tuple[Box, ...]


def _hull(group: Group) -> Box:
    whole = group[0]
    for box in group[1:]:
        whole = hull(whole, box)
    return whole


def _thinned(boxes: tuple[Box, ...], most: int, forbidden: HeaderSpace) -> list[Box]:
    """The boxes, neighbouring prefixes of one port range joined until *most* are left."""
    kept = dict.fromkeys(sorted(boxes, key=lambda box: (box.protocol, box.ports, box.prefix)))
    after = {one: two for one, two in pairwise(kept) if one[:2] == two[:2]}
    before = {two: one for one, two in after.items()}
    heap = [_join(one, two) for one, two in after.items()]
    heapify(heap)
    while len(kept) > most and heap:
        _, wide, one, two = heappop(heap)
        if after.get(one) != two or wide.space() & forbidden:
            continue
        first, last = one, two
        while (outer := before.get(first)) is not None and wide.holds(outer):
            first = outer
        while (outer := after.get(last)) is not None and wide.holds(outer):
            last = outer
        _replace(kept, before, after, (first, last, wide))
        if wide in before:
            heappush(heap, _join(before[wide], wide))
        if wide in after:
            heappush(heap, _join(wide, after[wide]))
    return sorted(kept)


Join = tuple[int, Box, Box, Box]


def _join(one: Box, two: Box) -> Join:
    wide = Box(one.protocol, one.ports, around(one.prefix, two.prefix))
    return wide.volume - one.volume - two.volume, wide, one, two


def _replace(
    kept: dict[Box, None],
    before: dict[Box, Box],
    after: dict[Box, Box],
    run: tuple[Box, Box, Box],
) -> None:
    """Put the last box of *run* in the place of all from its first to its second."""
    first, last, wide = run
    left, right = before.pop(first, None), after.pop(last, None)
    box: Box | None = first
    while box is not None:
        kept.pop(box, None)
        following = after.pop(box, None) if box != last else None
        if following is not None:
            before.pop(following, None)
        box = following
    kept[wide] = None
    if left is not None:
        after[left], before[wide] = wide, left
    if right is not None:
        before[right], after[wide] = wide, right


def _joined(groups: list[Group], budget: int, grid: Grid) -> list[Group]:
    """The groups, two at a time made one where it adds least, until *budget* are left."""
    kept = {_hull(group): group for group in groups}
    covered = 0
    heap: list[Join] = []

    def weigh(one: Box, two: Box) -> None:
        if one.protocol == two.protocol:
            wide = hull(one, two)
            mask = grid.added(wide)
            if not mask & grid.forbidden:
                heappush(heap, (grid.weight(mask & ~covered), wide, one, two))

    for one, two in combinations(sorted(kept), 2):
        weigh(one, two)
    while len(kept) > budget and heap:
        _, wide, one, two = heappop(heap)
        if one not in kept or two not in kept:
            continue
        covered |= grid.added(wide)
        inside = [box for box in kept if wide.holds(box)]
        group = tuple(sorted({box for held in inside for box in kept.pop(held)}))
        for box in sorted(kept):
            weigh(box, wide)
        kept[wide] = group
    return list(kept.values())


def _cost(groups: list[Group], grid: Grid) -> int | None:
    """What the hulls of the groups add together; None where they add what is forbidden."""
    mask = 0
    for group in groups:
        mask |= grid.added(_hull(group))
    return None if mask & grid.forbidden else grid.weight(mask)


def _cheaper(one: list[Group], other: list[Group], grid: Grid) -> list[Group]:
    """The groups that add less: *one*, where both add the same or *other* is empty."""
    cost, less = _cost(one, grid), _cost(other, grid) if other else None
    return other if less is not None and (cost is None or less < cost) else one


def _improved(known: list[Group], budget: int, grid: Grid) -> list[Group]:
    """The groups, boxes moved one at a time to where they add less."""
    best, least = known, _cost(known, grid)
    for _ in range(PASSES):
        before = least
        for box in sorted(box for group in best for box in group):
            moved = _moved(best, box, budget, grid)
            cost = _cost(moved, grid)
            if cost is not None and (least is None or cost < least):
                best, least = moved, cost
        if least == before:
            break
    return best


def _moved(groups: list[Group], box: Box, budget: int, grid: Grid) -> list[Group]:
    """The groups with *box* where it adds least: in any of them, or alone where there is room."""
    home = next(index for index, group in enumerate(groups) if box in group)
    rest = tuple(one for one in groups[home] if one != box)
    others = [*groups[:home], *([rest] if rest else []), *groups[home + 1 :]]
    hulls = [_hull(group) for group in others]
    masks = [grid.added(one) for one in hulls]
    choices = [
        (_weight_with(masks, at, grid.added(hull(one, box)), grid), at)
        for at, one in enumerate(hulls)
        if one.protocol == box.protocol
    ]
    if len(others) < budget:
        choices.append((_weight_with(masks, len(others), grid.added(box), grid), len(others)))
    at = min(choices)[1]
    return [*others[:at], (*(others[at] if at < len(others) else ()), box), *others[at + 1 :]]


def _needed(groups: list[Group], grid: Grid) -> list[Group]:
    """The groups whose hulls hold something that no other hull does."""
    kept = set(_without_needless(tuple(sorted({_hull(group) for group in groups})), grid))
    return list({hull: group for group in groups if (hull := _hull(group)) in kept}.values())


def _divided(known: list[Group], budget: int, grid: Grid) -> list[Group]:
    """The groups, one parted in two where that takes away most, while there is room.

    A part of the space that only the hull of another group's boxes held stays inside.
    """
    groups, least = known, _cost(known, grid)
    while len(groups) < budget:
        parted = [
            [*groups[:at], *parts, *groups[at + 1 :]]
            for at, group in enumerate(groups)
            for parts in _cuts(group)
        ]
        costs = [_cost(one, grid) if _holds_all(one, grid) else None for one in parted]
        found = min((cost, at) for at, cost in enumerate([least, *costs]) if cost is not None)
        if found[1] == 0:
            break
        least, groups = found[0], parted[found[1] - 1]
    return groups


def _holds_all(groups: list[Group], grid: Grid) -> bool:
    held = 0
    for group in groups:
        held |= grid.cells(_hull(group))
    return not grid.wanted & ~held


def _cuts(group: Group) -> Iterator[tuple[Group, Group]]:
    """The group's boxes in two, at each place in the order of addresses and in that of ports."""
    for order in (_by_address, _by_ports):
        boxes = tuple(sorted(group, key=order))
        yield from ((boxes[:at], boxes[at:]) for at in range(1, len(boxes)))


def _by_address(box: Box) -> tuple[object, ...]:
    return box.prefix, box.ports


def _by_ports(box: Box) -> tuple[object, ...]:
    return box.ports, box.prefix


def _weight_with(masks: list[int], at: int, mask: int, grid: Grid) -> int:
    """What the masks add together, *mask* in the place of the one *at*."""
    for index, other in enumerate(masks):
        mask |= other if index != at else 0
    return grid.weight(mask)


def _without_needless(boxes: tuple[Box, ...], grid: Grid) -> tuple[Box, ...]:
    """The boxes, without those whose part of the space the others hold too."""
    kept = list(boxes)
    for box in sorted(boxes, key=lambda b: (b.volume, b)):
        others = 0
        for other in kept:
            others |= grid.cells(other) if other != box else 0
        if not grid.cells(box) & grid.wanted & ~others:
            kept.remove(box)
    return tuple(kept)
