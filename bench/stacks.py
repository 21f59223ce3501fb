"""Very many stacks in one process."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.timing import AWS_START, AZURE_START, ROOT, Result, cpu_seconds, in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTS = (10, 100, 1_000)
MODEL = "aws-dev-us-east-1"
MOST = 11
"""The goal: ten times the stacks take at most so many times as long."""
ROUNDS = 2


def fill(folder: Path, count: int) -> None:
    """*count* stacks like `MODEL`, each with subnets, network and interface of its own."""
    text = (ROOT / "config" / f"Pulumi.{MODEL}.yaml").read_text("utf-8")
    shutil.copytree(ROOT / "config" / "shared", folder / "shared")
    for number in range(count):
        own = (
            text.replace("10.21.10.0/24", f"10.{100 + number // 256}.{number % 256}.0/24")
            .replace("vpc-0d1e2f3a4b5c60001", f"vpc-{number:017x}")
            .replace("eni-0d1e2f3a4b5c60001", f"eni-{number:017x}")
        )
        (folder / f"Pulumi.s{number:04}.yaml").write_text(own, "utf-8")


def stacks(rounds: int) -> Iterator[Result]:
    """`segfw check --all` by the number of stacks, and against the imports of two SDKs."""
    with tempfile.TemporaryDirectory() as folder:
        commands = []
        for count in COUNTS:
            config = Path(folder) / str(count)
            config.mkdir()
            fill(config, count)
            words = ["-m", "segfw", "check", "--all", "--quiet", "--config-dir", str(config)]
            commands.append([sys.executable, *words])
        commands.append([sys.executable, "-c", f"{AWS_START};{AZURE_START}"])
        *checks, imports = in_turn(
            min(rounds, ROUNDS), *(lambda words=words: cpu_seconds(words) for words in commands)
        )
    for less, more, before, after in zip(COUNTS, COUNTS[1:], checks, checks[1:], strict=False):
        yield Result(
            what=f"segfw check --all: {more:,} / {less:,} stacks",
            value=after / before,
            most=MOST,
            detail=f"{after:.2f} s / {before:.2f} s, start included",
        )
    yield Result(
        what=f"segfw check --all of {COUNTS[-1]:,} stacks / one import of both SDKs",
        value=checks[-1] / imports,
        most=1,
        detail=f"{checks[-1]:.2f} s / {imports:.2f} s",
    )
