"""Two revisions of very many stacks in one process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.stacks import COUNTS, ROUNDS, fill
from bench.timing import Result, cpu_seconds, in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 2
"""The goal: so many times two checks of the same stacks, each of which compiles all once."""
SAME = 0.15
"""The goal where nothing changed: nothing is compiled."""
WHO = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")


def differing(rounds: int) -> Iterator[Result]:
    """`segfw diff --all --rev HEAD` where every stack changes, and where none does."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.mkdir()
        fill(config, COUNTS[-1])
        for words in (
            ("init", "--quiet"),
            ("add", "--all"),
            (*WHO, "commit", "--quiet", "-m", "a"),
        ):
            subprocess.run(["git", "-C", folder, *words], check=True)  # noqa: S607 - the user's own
        where = ["--config-dir", str(config)]
        check = [sys.executable, "-m", "segfw", "check", "--all", "--quiet", *where]
        compare = [sys.executable, "-m", "segfw", "diff", "--all", "--rev", "HEAD", *where]
        same = cpu_seconds(compare)
        shared = config / "shared" / "company.yaml"
        text = shared.read_text("utf-8")
        shared.write_text(text.replace("10.40.16.20/32", "10.40.16.24/32"), "utf-8")
        checked, compared = in_turn(
            min(rounds, ROUNDS), lambda: cpu_seconds(check), lambda: cpu_seconds(compare)
        )
    yield Result(
        what=f"segfw diff --all --rev: {COUNTS[-1]:,} stacks that change / two segfw check --all",
        value=compared / (2 * checked),
        most=MOST,
        detail=f"{compared:.2f} s / 2 x {checked:.2f} s",
    )
    yield Result(
        what=f"segfw diff --all --rev: {COUNTS[-1]:,} that do not change / two segfw check --all",
        value=same / (2 * checked),
        most=SAME,
        detail=f"{same:.2f} s",
    )
