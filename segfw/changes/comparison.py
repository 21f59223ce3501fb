"""One stack's comparison, whatever it is compared with, as readers get it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.changes.compare import compare
from segfw.changes.deployment import NOTHING, deployment_of
from segfw.changes.forms import form_changes
from segfw.changes.meaning import compare_meaning
from segfw.changes.pair import compare_stacks
from segfw.changes.sides import sides_of
from segfw.changes.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Collection

    from segfw.catalog.model import Catalog
    from segfw.changes.compare import Changes
    from segfw.changes.forms import FormChange
    from segfw.changes.meaning import Meaning
    from segfw.changes.pair import Pair
    from segfw.changes.verdict import Verdict
    from segfw.plan import Plan
    from segfw.problems import Problem
    from segfw.state import State


class Status(Enum):
    """What became of a stack."""

    COMPARED = "compared"
    UNCHANGED = "unchanged"
    """Its files are the same on both sides, so nothing was compiled."""
    NEW = "new"
    """Only the new side has it."""
    GONE = "gone"
    """Only the old side has it."""
    PROBLEMS = "problems"
    """A side of it cannot be read, or the two cannot be compared."""


class Comparison(NamedTuple):
    """What differs between two sides of one stack, or between two stacks."""

    stack: str
    status: Status
    meaning: Meaning | None = None
    forms: tuple[FormChange, ...] = ()
    changes: Changes | None = None
    """What an update would do; None where none leads from one side to the other."""
    verdict: Verdict | None = None
    pair: Pair | None = None
    deployed: Plan | None = None
    """The plan that the old side is; None where it is a state."""
    problems: tuple[Problem, ...] = ()
    """Why there is no comparison; those of an update are the verdict's."""

    @property
    def any(self) -> bool:
        """Something differs, or an update would do something."""
        if self.changes is not None:
            return self.changes.any or (self.meaning is not None and self.meaning.any)
        if self.pair is not None and self.meaning is not None:
            return self.meaning.any
        return self.status in (Status.NEW, Status.GONE)

    @property
    def stated(self) -> bool:
        """The old side is a state, which knows more than our own files; not a revision."""
        return self.deployed is None and self.status is Status.COMPARED and self.pair is None

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Everything for which the command ends with exit status 1."""
        return self.problems + (self.verdict.problems if self.verdict is not None else ())


def with_state(
    plan: Plan,
    state: State,
    catalog: Catalog,
    accounts: Collection[str] = (),
    deployed: Plan | None = None,
) -> Comparison:
    """What an update of *state*'s stack to *plan* changes; *deployed* is the plan that left it.

    Raises:
        ProblemsFound: the state is not this stack's, or cannot be read.
    """
    changes = compare(plan, state, accounts)
    return Comparison(
        stack=plan.settings.stack,
        status=Status.COMPARED,
        meaning=compare_meaning(*sides_of(changes, catalog, deployed)),
        forms=form_changes(changes),
        changes=changes,
        verdict=judge(changes),
        deployed=deployed,
    )


def between(old: Plan, new: Plan, catalog: Catalog) -> Comparison:
    """Two stacks, by what they let through."""
    pair = compare_stacks(old, new, catalog)
    return Comparison(new.settings.stack, Status.COMPARED, pair.meaning, pair=pair)


def gone(old: Plan, catalog: Catalog) -> Comparison:
    """A stack that only the old side has."""
    meaning = compare_meaning(deployment_of(old, catalog), NOTHING)
    return Comparison(old.settings.stack, Status.GONE, meaning)


def unchanged(stack: str) -> Comparison:
    """A stack whose files are the same."""
    return Comparison(stack, Status.UNCHANGED)


def not_compared(stack: str, problems: tuple[Problem, ...]) -> Comparison:
    """A stack with problems in the way."""
    return Comparison(stack, Status.PROBLEMS, problems=problems)
