"""What an exact cover is worth, and what it costs on very many port classes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.inputs import on_ports
from bench.spaces import parsed, port_by_port, space_of
from bench.timing import Result
from segfw.cover import exact, union_space
from segfw.sets.addresses import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = ((2, 1_000), (4, 1_000), (12, 1_000))
"""Port classes and prefixes of what gateways have."""
MANY = (120, 1_000)
"""More than a hundred classes, as in lists that grew for years."""
MOST = 0.65
"""The goal on role-shaped lists: so many rules for one of port by port."""


def covers(_: int) -> Iterator[Result]:
    """Rules of an exact cover against each port's own list, collapsed."""
    for classes, prefixes in (*FEW, MANY):
        lists = parsed(on_ports(classes, prefixes))
        started = time.process_time()
        naive = port_by_port(lists)
        middle = time.process_time()
        space = space_of(lists)
        found = exact(space)
        ended = time.process_time()
        if union_space(Family.IPV4, found) != space:
            raise SystemExit(f"error: the cover of {classes} port classes is not exact.")
        is_many = (classes, prefixes) == MANY
        yield Result(
            what=f"rules of an exact cover / of port by port: {classes} port classes, "
            f"role-shaped lists of {sum(map(len, lists)):,} prefixes",
            value=len(found) / len(naive),
            most=None if is_many else MOST,
            detail=f"{len(found):,} / {len(naive):,} rules",
        )
        if is_many:
            yield Result(
                what=f"time of an exact cover / of port by port: {classes} port classes",
                value=(ended - middle) / (middle - started),
                detail=f"{ended - middle:.2f} s / {middle - started:.3f} s",
            )
