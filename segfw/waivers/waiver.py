"""A waiver, what it covers, and how long it holds.

The day is always an argument: nothing in this package knows a clock.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.limits import WAIVER_SOON_DAYS
from segfw.problems import Place, Remark, Severity
from segfw.review.sections import counted
from segfw.settings.words import problem

if TYPE_CHECKING:
    from datetime import date

    from segfw.problems import Problem

ALL = "all"
"""The environment of a waiver that holds in every one."""
WILDCARD = "*"


class State(Enum):
    """How a waiver stands on a day."""

    IN_FORCE = "in force"
    EXPIRES_SOON = "expires soon"
    """In force, for at most `WAIVER_SOON_DAYS` days more."""
    EXPIRED = "expired"
    """Its last day is past: it waives nothing, and it is a problem."""


class Subject(NamedTuple):
    """One finding, as a waiver sees it."""

    check: str
    """The id of a guardrail of ours, or of a stock check."""
    resource: str
    """The resource's name in the plan; of a guardrail's finding, the last part of its URN."""
    features: tuple[str, ...]
    """The features that the resource serves; empty where that is not known."""
    environment: str
    """Empty where no firewall of ours says it."""
    stack: str


class Waiver(NamedTuple):
    """An accepted finding: which, where, why, who, until when."""

    check: str
    resource: str
    """A name, or a pattern with one ``*`` at an end; empty where *feature* is said."""
    feature: str
    """Empty where *resource* is said."""
    environment: str
    """An environment, or `ALL`."""
    stacks: tuple[str, ...]
    """Empty: every stack of the environment."""
    reason: str
    owner: str
    expires: date
    """The last day on which it holds."""
    link: str
    place: Place

    @property
    def target(self) -> str:
        """``resource "public-acl"``, ``feature "send-mail"``, ``every resource``."""
        if self.feature:
            return f'feature "{self.feature}"'
        return "every resource" if self.resource == WILDCARD else f'resource "{self.resource}"'

    @property
    def where(self) -> str:
        """``prod``, ``lab: aws-lab``, ``all environments``."""
        environment = "all environments" if self.environment == ALL else self.environment
        return f"{environment}: {', '.join(self.stacks)}" if self.stacks else environment

    @property
    def path(self) -> str:
        """Where its problems are said to be."""
        return f"waivers[{self.check}]"

    def days_left(self, today: date) -> int:
        """Days after *today* on which it still holds; negative once it is expired."""
        return (self.expires - today).days

    def state(self, today: date) -> State:
        """How it stands on *today*."""
        left = self.days_left(today)
        if left < 0:
            return State.EXPIRED
        return State.EXPIRES_SOON if left <= WAIVER_SOON_DAYS else State.IN_FORCE

    def holds_in(self, stack: str, environment: str) -> bool:
        """It says something of the stack."""
        return self.environment in {ALL, environment} and (not self.stacks or stack in self.stacks)

    def covers(self, subject: Subject) -> bool:
        """It is about this finding; whether it is still in force is another question."""
        return (
            self.check == subject.check
            and self.holds_in(subject.stack, subject.environment)
            and (
                self.feature in subject.features
                if self.feature
                else matches(self.resource, subject.resource)
            )
        )


def matches(pattern: str, name: str) -> bool:
    """*name* is what *pattern* says; one ``*`` at an end stands for any text."""
    if pattern.endswith(WILDCARD):
        return name.startswith(pattern[:-1])
    if pattern.startswith(WILDCARD):
        return name.endswith(pattern[1:])
    return name == pattern


class Waivers(NamedTuple):
    """The register as it stands on a day."""

    entries: tuple[Waiver, ...]
    today: date

    @property
    def in_force(self) -> tuple[Waiver, ...]:
        """Those that waive something today."""
        return tuple(one for one in self.entries if one.state(self.today) is not State.EXPIRED)

    @property
    def expired(self) -> tuple[Problem, ...]:
        """A problem to each that is past."""
        return tuple(
            problem(
                one.place,
                one.path,
                f"the waiver of {one.target} ({one.where}) expired on {one.expires}; mend what "
                f'"{one.check}" finds, or have {one.owner} look at it again and write a new day.',
            )
            for one in self.entries
            if one.state(self.today) is State.EXPIRED
        )

    @property
    def expiring(self) -> tuple[Remark, ...]:
        """A warning to each that will soon be past."""
        return tuple(
            Remark(
                Severity.WARNING,
                one.place,
                one.path,
                f"the waiver of {one.target} ({one.where}) expires on {one.expires}, in "
                f"{counted(one.days_left(self.today), 'day')}; {one.owner} answers for it.",
            )
            for one in self.entries
            if one.state(self.today) is State.EXPIRES_SOON
        )


def waived(
    waivers: Waivers,
    check: str,
    resource: str,
    features: tuple[str, ...],
    environment: str,
    stack: str,
) -> Waiver | None:
    """The waiver in force that covers the finding; None where nothing does."""
    subject = Subject(check, resource, features, environment, stack)
    return next((one for one in waivers.in_force if one.covers(subject)), None)
