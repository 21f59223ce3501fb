"""Minimum set covers: proven ones while the search is short, then good ones.

Reductions (a row that only one column covers; a row or column that another one makes
needless) settle most of what address lists give rise to; what is left is searched, each
connected part on its own. The answer depends on nothing but the input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STEPS = 2_000
"""How many branches the search of one connected part may take before it settles for less."""


def smallest(columns: Sequence[Iterable[int]]) -> list[int]:
    """The indices of few *columns* (sets of rows) that cover every row, in order.

    Of equally good columns the earlier one is taken.
    """
    found: list[int] = []
    for part in _parts([tuple(column) for column in columns]):
        masks = _local(part)
        found.extend(part[index][0] for index in _solve(masks))
    return sorted(found)


Part = list[tuple[int, tuple[int, ...]]]
"""Columns that hang together, each with its index and its rows."""


def _parts(columns: list[tuple[int, ...]]) -> list[Part]:
    """The columns in connected parts; columns without rows are left out."""
    root: dict[int, int] = {}

    def find(row: int) -> int:
        while root.setdefault(row, row) != row:
            root[row] = row = root[root[row]]
        return row

    for rows in columns:
        for row in rows[1:]:
            root[find(row)] = find(rows[0])
    parts: dict[int, Part] = {}
    for index, rows in enumerate(columns):
        if rows:
            parts.setdefault(find(rows[0]), []).append((index, rows))
    return list(parts.values())


def _local(part: Part) -> list[int]:
    """Each column of the part as a bit mask over the part's own rows."""
    place: dict[int, int] = {}
    return [sum(1 << place.setdefault(row, len(place)) for row in set(rows)) for _, rows in part]


class _State(NamedTuple):
    """What is chosen, what is open, and the columns that may still be chosen."""

    chosen: tuple[int, ...]
    open: int
    columns: dict[int, int]
    """Index to the open rows that the column covers."""

    def take(self, index: int) -> _State:
        covered = self.columns[index]
        rest = {i: mask & ~covered for i, mask in self.columns.items() if mask & ~covered}
        return _State((*self.chosen, index), self.open & ~covered, rest)

    def without(self, index: int) -> _State:
        return self._replace(columns={i: m for i, m in self.columns.items() if i != index})


def _solve(masks: list[int]) -> list[int]:
    every = 0
    for mask in masks:
        every |= mask
    start = _reduced(_State((), every, dict(enumerate(masks))))
    if not start.open:
        return list(start.chosen)
    return _search(start, _greedy(start))


def _reduced(state: _State) -> _State:
    """The state after every choice that costs nothing to make."""
    while state.open:
        needed = _only_one(state.columns.values())
        if needed:
            index = next(i for i, mask in state.columns.items() if mask & needed)
            state = state.take(index)
            continue
        kept = _undominated(state.columns)
        if len(kept) == len(state.columns):
            return state
        state = state._replace(columns=kept)
    return state


def _only_one(masks: Iterable[int]) -> int:
    """The rows that exactly one of *masks* covers."""
    once = twice = 0
    for mask in masks:
        twice |= once & mask
        once |= mask
    return once & ~twice


def _undominated(columns: dict[int, int]) -> dict[int, int]:
    """The columns that no other one makes needless; of equal ones the first."""
    by_row: dict[int, list[int]] = {}
    for index, mask in columns.items():
        rest = mask
        while rest:
            low = rest & -rest
            by_row.setdefault(low, []).append(index)
            rest ^= low
    return {
        index: mask
        for index, mask in columns.items()
        if not any(
            mask | columns[other] == columns[other] and (mask != columns[other] or other < index)
            for other in by_row[mask & -mask]
            if other != index
        )
    }


def _greedy(state: _State) -> tuple[int, ...]:
    """A cover by the column that covers most, again and again, without needless ones."""
    start, columns = len(state.chosen), state.columns
    while state.open:
        best = max(state.columns, key=lambda i: (state.columns[i].bit_count(), -i))
        state = _reduced(state.take(best))
    chosen = list(state.chosen)
    for index in sorted(chosen[start:], key=lambda i: (columns[i].bit_count(), i)):
        others = 0
        for other in chosen[start:]:
            others |= columns[other] if other != index else 0
        if columns[index] | others == others:
            chosen.remove(index)
    return tuple(chosen)


def _search(start: _State, known: tuple[int, ...]) -> list[int]:
    """The best cover found in `STEPS` branches; the best there is where they suffice."""
    best = known
    steps = 0
    waiting = [start]
    while waiting and steps < STEPS:
        steps += 1
        state = _reduced(waiting.pop())
        if not state.open:
            if len(state.chosen) < len(best):
                best = state.chosen
            continue
        if len(state.chosen) + _at_least(state) >= len(best):
            continue
        waiting.extend(_branches(state))
    return list(best)


def _branches(state: _State) -> list[_State]:
    """One state for each column of the row that has fewest; the likeliest one last."""
    row = min(_rows(state.open), key=lambda bit: _count(state, bit))
    having = [i for i, mask in state.columns.items() if mask & row]
    having.sort(key=lambda i: (-state.columns[i].bit_count(), i))
    branches: list[_State] = []
    for index in having:
        branches.append(state.take(index))
        state = state.without(index)
    return branches[::-1]


def _at_least(state: _State) -> int:
    """Rows of which no column covers two: each costs a column."""
    count, rest = 0, state.open
    while rest:
        row = rest & -rest
        count += 1
        for mask in state.columns.values():
            if mask & row:
                rest &= ~mask
    return count


def _count(state: _State, row: int) -> int:
    return sum(1 for mask in state.columns.values() if mask & row)


def _rows(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low
