"""Covers against the best there are: small cases, every one of them solved by trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from segfw.cover import Box, exact, excess, union_space
from segfw.cover.superset import superset
from segfw.sets.addresses import Family, Prefix
from segfw.sets.headerspace import HeaderSpace
from segfw.sets.ports import PortRange
from tests.oracles.covers import Board

V4 = Family.IPV4
FIRST_PORT = 80
BLOCK = 10 << 24
CASES = 400


def space_of(board: Board, packets: int) -> HeaderSpace:
    size = 1 << board.bits
    return union_space(
        V4,
        (
            Box(6, PortRange(FIRST_PORT + port, FIRST_PORT + port), Prefix(V4, BLOCK + at, 32))
            for port, at in (divmod(i, size) for i in range(board.ports * size))
            if packets >> (port * size + at) & 1
        ),
    )


def some_of(random: Random, board: Board, share: float) -> int:
    return sum(1 << i for i in range(board.ports << board.bits) if random.random() < share)


def cases(
    seed: int, most_ports: int, shares: tuple[float, ...]
) -> Iterator[tuple[Random, Board, int]]:
    random = Random(seed)
    for _ in range(CASES):
        board = Board(random.randint(2, most_ports), 3)
        wanted = some_of(random, board, random.choice(shares))
        if wanted:
            yield random, board, wanted


@pytest.mark.parametrize("seed", range(3))
def test_an_exact_cover_has_the_fewest_boxes(seed) -> None:
    """Asked for: the optimum in 99 of 100 cases, and never more than 1.05 times as many."""
    off, all_ = 0, 0
    for _, board, wanted in cases(seed, 4, (0.3, 0.5, 0.7, 0.85)):
        space = space_of(board, wanted)
        found, best = exact(space), board.fewest(wanted)

        assert union_space(V4, found) == space
        assert best <= len(found) <= 1.05 * best
        all_ += 1
        off += len(found) > best
    assert off <= all_ / 100


@pytest.mark.parametrize("seed", range(3))
def test_a_superset_adds_least(seed) -> None:
    """Asked for: at most 1.1 times the optimum."""
    for random, board, wanted in cases(seed, 3, (0.15, 0.3, 0.5)):
        forbidden = some_of(random, board, random.choice((0, 0.1))) & ~wanted
        space, kept_out = space_of(board, wanted), space_of(board, forbidden)
        budget = random.randint(1, len(exact(space)))
        found = superset(space, budget, HeaderSpace(V4), kept_out)
        best = board.least_added(wanted, budget, forbidden)

        assert not space - union_space(V4, found)
        assert not union_space(V4, found) & kept_out
        assert (len(found) <= budget) == (best is not None)
        if best is not None:
            assert best <= excess(found, space) <= 1.1 * best
