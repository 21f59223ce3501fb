"""What a guardrail is, and what it finds."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.guardrails.view import View


class Severity(Enum):
    """How bad a violation is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Verdict(Enum):
    """What a finding says."""

    VIOLATED = "violated"
    OPEN = "not known yet"
    """Something that it depends on is not known: a computed value, or a setting nobody recorded."""
    LISTED = "listed"
    """Allowed, and worth a look; never fails anything."""


class Found(NamedTuple):
    """What one guardrail says of one subject."""

    verdict: Verdict
    urn: str
    """The resource; empty for the stack as a whole."""
    subject: str
    """``security group "public"``, ``rule "x"``, ``network "admins"``."""
    message: str

    @property
    def line(self) -> str:
        """Subject and message on one line, whatever a resource's name has in it."""
        return on_one_line(f"{self.subject}: {self.message}")


def on_one_line(text: str) -> str:
    """*text* with a question mark for each character that is not printed."""
    return "".join(each if each.isprintable() else "?" for each in text)


class Guardrail(NamedTuple):
    """One policy of ours over an inventory."""

    id: str
    statement: str
    """What must hold, as a sentence."""
    why: str
    severity: Severity
    judge: Callable[[View], Iterator[Found]]
    fix: str
    """The next step where it is violated."""
    undecided: str
    """What is decided where something is not known yet."""
    frameworks: tuple[str, ...] = ()
    """``CIS AWS 5.0 5.3``, ``AWS FSBP EC2.13``."""
    answers: tuple[str, ...] = ()
    """Ids of stock checks of others that look at the same thing."""


REPORTED = "reported as not known, and judged again by `pulumi policy analyze` after the update"
"""The usual decision about what is not known yet."""
NEVER_OPEN = "nothing of it is ever unknown: it judges what the firewall recorded of itself"
