"""What is wrong with a user's input, and what a reader should know, each with its place."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Place(NamedTuple):
    """Where a value stands: a file as the user named it, and a line from 1.

    A value that stands in no file (given by a Pulumi program, or changed by
    ``pulumi config``) has the file ``stack config`` and line 0.
    """

    file: str
    line: int

    def __str__(self) -> str:
        """``config/Pulumi.aws-prod.yaml:14``, or ``stack config``."""
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Place("stack config", 0)


class Problem(NamedTuple):
    """A mistake in the user's input: nothing is made until it is mended.

    The message quotes names, says the bound and the next step, and ends with a full stop.
    """

    place: Place
    path: str
    """Where in the settings, as a user says it: ``features.ldap.port``; may be empty."""
    message: str

    def __str__(self) -> str:
        """``config/Pulumi.aws-prod.yaml:22: features.ldpa: no such feature; …``."""
        return ": ".join(part for part in (str(self.place), self.path, self.message) if part)


class Severity(Enum):
    """How much a remark should worry its reader."""

    WARNING = "warning"
    NOTE = "note"


class Remark(NamedTuple):
    """Something that is allowed and that a reviewer should see."""

    severity: Severity
    place: Place
    path: str
    message: str

    def __str__(self) -> str:
        """``warning: config/Pulumi.aws-prod.yaml:9: interfaces.public: …``."""
        parts = (self.severity.value, str(self.place), self.path, self.message)
        return ": ".join(part for part in parts if part)


class ProblemsFound(Exception):
    """Everything that was found wrong in one phase, sorted by file and line.

    The text has one problem to a line, and nothing else.
    """

    def __init__(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        """Keep *problems*, each once, in order."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
