"""Findings held against a register: what is waived, what is open, and which waiver is unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.settings.words import problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from segfw.problems import Problem
    from segfw.waivers.waiver import Subject, Waiver, Waivers


class Scope(NamedTuple):
    """What was judged, which decides what can be called unused."""

    stacks: Mapping[str, str]
    """The stacks that were judged, with their environments."""
    every: bool
    """They are all the stacks that there are."""
    checks: Collection[str]
    """The checks that were run."""

    def decides(self, waiver: Waiver) -> bool:
        """A finding that the waiver covers would have been seen."""
        judged_everywhere = self.every or (
            bool(waiver.stacks) and set(waiver.stacks) <= set(self.stacks)
        )
        return waiver.check in self.checks and judged_everywhere


class Judged(NamedTuple):
    """Findings, told apart by the register."""

    open: tuple[Subject, ...]
    """Nothing in force covers them."""
    waived: tuple[tuple[Subject, Waiver], ...]
    unused: tuple[Waiver, ...]
    """In force, and nothing was found that they cover."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """A problem to each waiver that is unused."""
        return tuple(map(unused, self.unused))


def unused(one: Waiver) -> Problem:
    """The problem of a waiver that covers nothing."""
    return problem(
        one.place,
        one.path,
        f"nothing is found that the waiver of {one.target} ({one.where}) covers; take the entry "
        "out, or correct what it names.",
    )


def judged(waivers: Waivers, subjects: Iterable[Subject], scope: Scope) -> Judged:
    """*subjects* held against *waivers*; every waiver that covers one counts as used."""
    in_force = waivers.in_force
    opened: list[Subject] = []
    covered: list[tuple[Subject, Waiver]] = []
    used: set[Waiver] = set()
    for subject in subjects:
        covering = [one for one in in_force if one.covers(subject)]
        used.update(covering)
        if covering:
            covered.append((subject, covering[0]))
        else:
            opened.append(subject)
    idle = tuple(one for one in in_force if one not in used and scope.decides(one))
    return Judged(tuple(opened), tuple(covered), idle)
