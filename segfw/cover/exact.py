"""Exact covers: the fewest boxes whose union is a given space."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from segfw.cover.box import Box
from segfw.cover.setcover import smallest
from segfw.sets import intervals
from segfw.sets.addresses import Prefix, prefixes_of
from segfw.sets.headerspace import POINTS, HeaderSpace, Slice
from segfw.sets.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.sets.addresses import Family
    from segfw.sets.intervals import Intervals


class _Candidate(NamedTuple):
    """A box that no larger one inside the space holds: a run of slices, both ends inside."""

    first: int
    last: int
    prefix: Prefix


def exact(space: HeaderSpace, optional: HeaderSpace | None = None) -> tuple[Box, ...]:
    """Few boxes whose union is *space*, which holds prefixes of TCP or UDP only.

    Boxes may run over *optional*, whose slices are apart from those of *space*: what
    becomes of it is decided elsewhere. The number is the least there is wherever
    `segfw.cover.setcover` proves it, which it does for all but large knots of lists on
    neighbouring ports.
    """
    more = optional.slices if optional else ()
    slices = sorted((*space.slices, *more), key=_first)
    needless = {piece[0] for piece in more}
    found: list[Box] = []
    for run in _runs(HeaderSpace(space.family, tuple(slices))):
        needed = [piece[0] not in needless for piece in run]
        if len(run) == 1:
            chosen = [_Candidate(0, 0, prefix) for prefix in run[0][2].prefixes()] * needed[0]
        else:
            chosen = _chosen(space.family, run, needed)
        found.extend(_box(run, _trimmed(one, needed)) for one in chosen)
    return tuple(sorted(found))


def _first(piece: Slice) -> int:
    return piece[0]


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


def _chosen(family: Family, run: list[Slice], needed: list[bool]) -> list[_Candidate]:
    candidates = list(_candidates(family, [addresses.held for _, _, addresses in run]))
    rows: list[list[int]] = [[] for _ in candidates]
    count = 0
    for index, is_needed in enumerate(needed):
        if not is_needed:
            continue
        here = [i for i, one in enumerate(candidates) if one.first <= index <= one.last]
        for covering in _rows(candidates, here):
            for i in covering:
                rows[i].append(count)
            count += 1
    return [candidates[i] for i in smallest(rows)]


def _candidates(family: Family, held: list[Intervals]) -> Iterator[_Candidate]:
    """Every box inside the run that no other box inside it holds, widest first."""
    empty: Intervals = ()
    found: list[_Candidate] = []
    for first in range(len(held)):
        common = held[first]
        for last in range(first, len(held)):
            common = intervals.intersection(common, held[last])
            if not common:
                break
            before = held[first - 1] if first else empty
            after = held[last + 1] if last + 1 < len(held) else empty
            found.extend(
                _Candidate(first, last, prefix)
                for prefix in prefixes_of(family, common)
                if not _inside(prefix, before) and not _inside(prefix, after)
            )
    yield from sorted(found, key=lambda one: (one.first - one.last, one))


def _inside(prefix: Prefix, held: Intervals) -> bool:
    at = bisect_right(held, (prefix.first, prefix.family.last)) - 1
    return at >= 0 and prefix.last <= held[at][1]


def _rows(candidates: list[_Candidate], here: list[int]) -> Iterator[tuple[int, ...]]:
    """For parts of one slice's addresses, the candidates that cover each.

    Prefixes nest, so the parts are what a prefix has outside the smaller ones inside it.
    A part inside another prefix's part is covered wherever that one is, and left out.
    """
    by_prefix: dict[Prefix, list[int]] = {}
    for index in here:
        by_prefix.setdefault(candidates[index].prefix, []).append(index)
    order = sorted(by_prefix)
    own = _own_sizes(order)
    above: list[tuple[Prefix, tuple[int, ...], bool]] = []
    for prefix in order:
        while above and not above[-1][0].holds(prefix):
            above.pop()
        outer, said = (above[-1][1], above[-1][2]) if above else ((), False)
        covering = (*outer, *by_prefix[prefix])
        if not said and own[prefix]:
            yield covering
        above.append((prefix, covering, said or bool(own[prefix])))


def _own_sizes(order: list[Prefix]) -> dict[Prefix, int]:
    """How many addresses each prefix has that no smaller one of *order* has."""
    own = {prefix: prefix.size for prefix in order}
    above: list[Prefix] = []
    for prefix in order:
        while above and not above[-1].holds(prefix):
            above.pop()
        if above:
            own[above[-1]] -= prefix.size
        above.append(prefix)
    return own


def _trimmed(one: _Candidate, needed: list[bool]) -> _Candidate:
    """The candidate without optional slices at its ends."""
    held = [i for i in range(one.first, one.last + 1) if needed[i]]
    return one._replace(first=held[0], last=held[-1])


def _box(run: list[Slice], one: _Candidate) -> Box:
    first, last = run[one.first][0], run[one.last][1]
    return Box(first // POINTS, PortRange(first % POINTS, last % POINTS), one.prefix)
