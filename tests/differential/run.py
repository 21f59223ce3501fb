"""Generated stacks, each judged on packets of its own; the first disagreement ends the run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from segfw.clouds.lifted import LiftError
from segfw.plan import make_plan
from segfw.problems import ProblemsFound
from segfw.proof import ProofFailed
from segfw.settings.types import Cloud, Fit
from tests.conftest import SLOW
from tests.differential.packets import Chooser
from tests.differential.verdicts import points_of
from tests.strategies import CATALOG, Shape, has_no_plan, stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.plan import Plan
    from segfw.settings.types import Settings

BATCH = 40
"""Stacks are generated so many at a time."""
PER_STACK = 1000
"""Packets to a stack; some have hardly so many that differ."""
SHAPES = (
    Shape(),
    Shape(features=(8, 20)),
    Shape(
        clouds=(Cloud.AWS,),
        acl_fits=(Fit.SUPERSET,),
        acl_entries=(12, 16, 20, 40),
        features=(8, 20),
    ),
)
DETAILS = ("places", "origins", "place")
"""What says where a setting stands, not what it is."""
EACH = 2.0
"""Seconds between two lines of progress."""


class Disagreement(Exception):
    """Two opinions differ on a packet, or a stack is not proven; the text shows it."""


class Count(NamedTuple):
    """How far a run is."""

    packets: int = 0
    let_through: int = 0
    stacks: int = 0
    points: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return self.packets / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        share = 100 * self.let_through // max(self.packets, 1)
        return (
            f"{self.packets:,} packets ({share} % of them let through) at {self.points:,} "
            f"enforcement points, directions and families of {self.stacks:,} stacks, "
            f"{self.seconds:.0f} s, {self.rate:,.0f} packets/s"
        )


def spelled(value: object, path: str = "") -> Iterator[str]:
    """A stack's settings, one to a line; what is empty is left out."""
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in DETAILS:
                yield from spelled(inner, f"{path}.{name}" if path else str(name))
        if not value and path.startswith("features."):
            yield f"  {path}: on"
        return
    if isinstance(value, tuple | frozenset) and not hasattr(value, "_fields"):
        if any(is_dataclass(one) for one in value):
            for index, one in enumerate(value):
                yield from spelled(one, f"{path}[{index}]")
            return
        value = ", ".join(sorted(map(_word, value)))
    if value not in (None, ""):
        yield f"  {path}: {_word(value)}"


def _word(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value)


@lru_cache(maxsize=2)
def batch(number: int, seed_: int) -> list[Settings]:
    """The stacks of one batch: the same for the same numbers."""
    found: list[Settings] = []

    @seed(f"{seed_}/{number}")
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=SLOW,
    )
    @given(st.sampled_from(SHAPES).flatmap(stacks))
    def collect(stack: Settings) -> None:
        found.append(stack)

    collect()
    return found


def generated(seed_: int, only: int | None) -> Iterator[tuple[int, Settings]]:
    """Stacks without end, with their numbers; or one of them."""
    number = 0 if only is None else only // BATCH
    while True:
        for place, stack in enumerate(batch(number, seed_)[:BATCH]):
            found = number * BATCH + place
            if only in (None, found):
                yield found, stack
        if only is not None:
            return
        number += 1


def run(
    packets: int, seed_: int, only: int | None = None, tell: Callable[[Count], None] | None = None
) -> Count:
    """Judge so many packets; *tell* hears how far it is, every two seconds.

    Raises:
        Disagreement: on the first packet on which not all agree.
    """
    began = told = time.monotonic()
    count = Count()
    for number, stack in generated(seed_, only):
        text = "\n".join(["The stack:", *spelled(stack)])
        again = f"python -m tests.differential --seed {seed_} --stack {number}"
        try:
            plan = make_plan(stack, CATALOG)
        except ProblemsFound as found:
            if has_no_plan(found):
                continue
            raise Disagreement(
                f"stack {number} has problems: {found}\nSee it again: {again}\n{text}"
            ) from None
        except (ProofFailed, LiftError) as failed:
            raise Disagreement(
                f"stack {number} is not proven: {failed}\nSee it again: {again}\n{text}"
            ) from None
        random = Random(f"{seed_}/{number}")
        most = min(PER_STACK, packets - count.packets)
        judged, passed, points = judge(plan, random, most, f"{again}\n{text}")
        now = time.monotonic()
        count = Count(
            count.packets + judged,
            count.let_through + passed,
            count.stacks + 1,
            count.points + points,
            now - began,
        )
        if tell is not None and now - told >= EACH:
            told = now
            tell(count)
        if count.packets >= packets:
            break
    return count


def judge(plan: Plan, random: Random, most: int, again: str) -> tuple[int, int, int]:
    """Packets judged and let through, and at how many points, directions and families.

    Each gets packets by how much there is to say about it.
    """
    points = points_of(plan)
    matches = [
        [*p.side.allowed.matches, *p.side.meant.matches, *p.side.declared.matches] for p in points
    ]
    whole = sum(1 + len(one) for one in matches)
    judged = passed = 0
    for point, held in zip(points, matches, strict=True):
        share = min(1 + most * (1 + len(held)) // whole, most - judged)
        for packet in Chooser(point.side.family, held, random).packets(share):
            if not point.sees(packet):
                continue
            verdicts = point.verdicts(packet)
            if not verdicts.agree:
                raise Disagreement(f"{point.side}: {packet}\n{verdicts}\nSee it again: {again}")
            judged += 1
            passed += verdicts.evaluated
    return judged, passed, len(points)
