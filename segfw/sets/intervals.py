"""Finite sets of integers as sorted, disjoint, non-adjacent inclusive intervals.

A *canonical* tuple is what `canonical` returns; every other function takes and
returns canonical tuples, so equal sets are equal tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def canonical(intervals: Iterable[Interval]) -> Intervals:
    """The integers in any of *intervals*, each a (first, last) pair with first <= last."""
    held = sorted(intervals)
    if len(held) == 1:
        return (held[0],)
    merged: list[Interval] = []
    for first, last in held:
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def union(left: Intervals, right: Intervals) -> Intervals:
    """The integers in *left* or in *right*."""
    if not left or left == right:
        return right
    if not right:
        return left
    return canonical((*left, *right))


def intersection(left: Intervals, right: Intervals) -> Intervals:
    """The integers in both."""
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        first = max(left[i][0], right[j][0])
        last = min(left[i][1], right[j][1])
        if first <= last:
            found.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def difference(left: Intervals, right: Intervals) -> Intervals:
    """The integers in *left* and not in *right*."""
    found: list[Interval] = []
    j = 0
    for first, last in left:
        rest = first
        while j < len(right) and right[j][1] < rest:
            j += 1
        k = j
        while k < len(right) and right[k][0] <= last:
            if rest < right[k][0]:
                found.append((rest, right[k][0] - 1))
            rest = right[k][1] + 1
            k += 1
        if rest <= last:
            found.append((rest, last))
    return tuple(found)


def size(intervals: Intervals) -> int:
    """How many integers the set holds."""
    return sum(last - first + 1 for first, last in intervals)
