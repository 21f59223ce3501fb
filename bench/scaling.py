"""How time grows with the input."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from bench.inputs import SHAPES
from bench.spaces import space_of
from bench.timing import Result
from segfw.cover import exact
from segfw.sets.addresses import collapse, parse_prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SIZES = (1_000, 10_000, 100_000)
MOST = 16
"""The goal: ten times the prefixes take at most so many times as long."""
AGAIN = {1_000: 30, 10_000: 5, 100_000: 1}
"""How often a size is run for one figure, so that short ones can be told apart."""
ROUNDS = 3


def scaling(rounds: int) -> Iterator[Result]:
    """Collapsing, and exact covers of two port classes, from a thousand prefixes up."""
    for shape, generate in SHAPES.items():
        by_size = [generate(size, 4) for size in SIZES]
        yield from _decades(
            f"collapse, {shape}",
            [lambda texts=texts: collapse(parse_prefixes(texts)) for texts in by_size],
            min(rounds, ROUNDS),
        )
    for shape in ("uniform", "role-shaped"):
        spaces = []
        for size in SIZES:
            prefixes = parse_prefixes(SHAPES[shape](size, 4))
            spaces.append(space_of([prefixes, prefixes[::2]]))
        yield from _decades(
            f"exact cover of two port classes, {shape}",
            [lambda space=space: exact(space) for space in spaces],
            min(rounds, ROUNDS),
        )


def _decades(what: str, runs: Sequence[Callable[[], object]], rounds: int) -> Iterator[Result]:
    taken: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for size, run, times in zip(SIZES, runs, taken, strict=True):
            started = time.process_time()
            for _ in range(AGAIN[size]):
                run()
            times.append((time.process_time() - started) / AGAIN[size])
    found = [median(times) for times in taken]
    for less, more, before, after in zip(SIZES, SIZES[1:], found, found[1:], strict=False):
        yield Result(
            what=f"{what}: {more:,} / {less:,} prefixes",
            value=after / before,
            most=MOST,
            detail=f"{after * 1000:.0f} ms / {before * 1000:.1f} ms",
        )
