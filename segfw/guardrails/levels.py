"""How strictly a guardrail is enforced, by the environment of the stack."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import Severity

if TYPE_CHECKING:
    from segfw.guardrails.guardrail import Guardrail

PRODUCTION = "prod"
RELAXED = ("dev", "test", "lab")
"""Environments in which nothing is mandatory: they are there for trying."""


class Level(Enum):
    """What a violation does."""

    ADVISORY = "advisory"
    """It is reported, and the update goes on."""
    MANDATORY = "mandatory"
    """It stops the update."""


def level(guardrail: Guardrail, environment: str) -> Level:
    """The level of *guardrail*; *environment* is empty where no firewall of ours says it.

    Production stops for everything but low severities. So does a program that is not ours,
    since nothing says that it is for trying.
    """
    if environment in RELAXED or guardrail.severity is Severity.LOW:
        return Level.ADVISORY
    return Level.MANDATORY
