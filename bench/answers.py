"""A reviewer's questions to a stack, each a process of its own, against Pulumi's import alone."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.timing import Result, in_turn, process_seconds, python

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = "in tcp 198.51.100.7 -> management:22"
ASKED = ("aws-prod-us-east-1", "azure-prod-westeurope", "aws-lab")
ANSWER = 0.8
PAGE = 3
"""Goals: at most so many times as long as the import."""


def answers(rounds: int) -> Iterator[Result]:
    """`segfw plan`, `explain` and `report` against Pulumi's import alone."""
    with tempfile.TemporaryDirectory() as folder:
        page = str(Path(folder) / "page.html")
        told = {
            **{f"plan {stack}": (["plan", stack], ANSWER) for stack in ASKED},
            **{f"explain {stack}": (["explain", stack, QUESTION], ANSWER) for stack in ASKED},
            "report aws-lab": (["report", "aws-lab", "--output", page], PAGE),
        }
        imported, *taken = in_turn(
            rounds,
            python("import pulumi"),
            *(lambda words=words: _process(words) for words, _ in told.values()),
        )
    for (what, (_, goal)), seconds_taken in zip(told.items(), taken, strict=True):
        yield Result(
            what=f"segfw {what} / import pulumi",
            value=seconds_taken / imported,
            most=goal,
            detail=f"{seconds_taken:.3f} s / {imported:.3f} s",
        )


def _process(words: list[str]) -> float:
    """A denied packet ends with status 1, which is an answer too."""
    return process_seconds([sys.executable, "-m", "segfw", *words], answers=(0, 1))
