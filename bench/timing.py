"""Figures with their goals, and the ways to time what they are made of."""

from __future__ import annotations

import atexit
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
MANY = 100
"""From here up, figures are shown without decimals."""
AWS_START = (
    "import components.firewall, components.aws, pulumi_aws as a;"
    "a.ec2.SecurityGroup; a.ec2.NetworkAcl; a.vpc.SecurityGroupIngressRule"
)
AZURE_START = (
    "import components.firewall, components.azure;"
    "from pulumi_azure_native import network as n; n.NetworkSecurityGroup"
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One figure, with its goal where it has one."""

    what: str
    value: float = math.nan
    unit: str = ""
    most: float | None = None
    """The goal: no more than this."""
    least: float | None = None
    """The goal: no less than this."""
    detail: str = ""
    skipped: str = ""
    """Why there is no figure."""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none, or no figure."""
        if self.skipped:
            return None
        if self.most is not None:
            return self.value <= self.most
        return None if self.least is None else self.value >= self.least

    @property
    def goal_text(self) -> str:
        """``goal <= 0.7``."""
        if self.most is not None:
            return f"goal <= {self.most:g}"
        return "" if self.least is None else f"goal >= {self.least:g}"

    @property
    def shown(self) -> str:
        """The figure with its unit."""
        if self.skipped:
            return "SKIPPED"
        return f"{self.value:.{0 if self.value > MANY else 2}f}{self.unit}"


@cache
def environment() -> dict[str, str]:
    """Every process finds its modules compiled, whether or not this machine keeps bytecode."""
    kept = tempfile.mkdtemp(prefix="seg-firewall-bench-")
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    plain = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**plain, "PYTHONPYCACHEPREFIX": kept}


def process_seconds(words: list[str], answers: tuple[int, ...] = (0,)) -> float:
    """How long a process takes from its start to its end, with one of the statuses *answers*.

    Raises:
        CalledProcessError: it ended with another status.
    """
    started = time.perf_counter()
    done = subprocess.run(
        words, cwd=ROOT, env=environment(), check=False, stdout=subprocess.DEVNULL
    )
    taken = time.perf_counter() - started
    if done.returncode not in answers:
        raise subprocess.CalledProcessError(done.returncode, words)
    return taken


def in_turn(rounds: int, *runs: Callable[[], float]) -> list[float]:
    """The median of each run; they take turns, so that what slows one slows the others.

    A first run of each is not counted: it compiles modules and fills caches.
    """
    for run in runs:
        run()
    taken: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for times, run in zip(taken, runs, strict=True):
            times.append(run())
    return [median(times) for times in taken]


def python(code: str) -> Callable[[], float]:
    """A run of *code* in a Python of its own."""
    return lambda: process_seconds([sys.executable, "-c", code])


def seconds(run: Callable[[], object]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def cpu_seconds(words: list[str]) -> float:
    """How much processor time a process takes, with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=ROOT, env=environment(), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
