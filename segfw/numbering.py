"""Numbers of ordered rules: entry numbers of network ACLs, priorities of NSGs.

Each feature has a stretch of numbers of its own, by its place in the catalog, so a
feature that is switched on later renumbers no other. A band whose stretches do not
hold its rules is numbered through, in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.limits import NSG_PRIORITY_FIRST, NSG_PRIORITY_LAST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.rule import Rule


class Band(NamedTuple):
    """A run of numbers, both bounds inside; numbers in one band are in one order."""

    first: int
    last: int


ACL_BANDS = (Band(100, 9_999), Band(10_000, 10_999), Band(11_000, 32_000))
"""Named allows on guarded ports, guards, everything else; numbers end at 32766."""
NSG_BANDS = (Band(NSG_PRIORITY_FIRST, NSG_PRIORITY_LAST - 1),)
"""All but the last priority, which is the closing deny's."""


def numbered(
    rules: Iterable[Iterable[Rule]], bands: Iterable[Band], feature_order: tuple[str, ...]
) -> tuple[Rule, ...]:
    """The *rules* of each band with their numbers, by direction and number.

    Numbers are unique within a direction. A band with more rules than numbers is left
    numbered past its end: the quota of the point, which is smaller, has refused the rule
    set then.
    """
    held = [(list(here), band) for here, band in zip(rules, bands, strict=True)]
    return tuple(
        rule
        for direction in Direction
        for here, band in held
        for rule in _in_band([r for r in here if r.direction is direction], band, feature_order)
    )


def _in_band(rules: list[Rule], band: Band, feature_order: tuple[str, ...]) -> list[Rule]:
    ordered = sorted(rules, key=lambda rule: (_rank(rule, feature_order), rule.reading_order))
    stretch = (band.last - band.first + 1) // (len(feature_order) + 1)
    sparse: list[Rule] = []
    used: dict[int, int] = {}
    for rule in ordered:
        rank = _rank(rule, feature_order)
        taken = used.get(rank, 0)
        if taken == stretch:
            return [r._replace(number=band.first + i) for i, r in enumerate(ordered)]
        sparse.append(rule._replace(number=band.first + rank * stretch + taken))
        used[rank] = taken + 1
    return sparse


def _rank(rule: Rule, feature_order: tuple[str, ...]) -> int:
    """The place of the first feature that it serves; 0 for a rule that serves none."""
    ranks = [feature_order.index(feature) + 1 for feature in rule.features]
    return min(ranks, default=0)
