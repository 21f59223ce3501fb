"""Others who do the same, each in a process of its own (`bench.worker`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from bench.inputs import SHAPES
from bench.timing import ROOT, Result, environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIXES = 100_000
ROUNDS = 3
MEMORY = 0.4
"""The goal: at most so much of what the standard library takes."""
GOALS = {("ipaddress", 4): 10, ("netaddr", 4): 4, ("ipaddress", 6): 10, ("netaddr", 6): 6}
INSTALLED = {"netaddr": "netaddr", "aerleon": "aerleon"}
"""Contenders that are not there by themselves, by the package that brings them."""


class Run(NamedTuple):
    """What a worker printed."""

    figure: float
    digest: str
    left: int


@cache
def interpreter() -> str:
    """The Python that has the contenders, or else this one."""
    named = os.environ.get("SEG_BENCH_PYTHON")
    own = ROOT / ".tools" / "bench-venv" / "bin" / "python"
    return named or (str(own) if own.exists() else sys.executable)


@cache
def versions() -> dict[str, str]:
    """What each contender is, and "not installed" for one that is not."""
    code = (
        "import json, sys\n"
        "from importlib.metadata import PackageNotFoundError, version\n"
        "found = {}\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        found[name] = version(name)\n"
        "    except PackageNotFoundError:\n"
        "        found[name] = 'not installed'\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run(
        [interpreter(), "-c", code, *INSTALLED.values()], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def is_there(contender: str) -> bool:
    """Whether the contender can run."""
    return contender not in INSTALLED or versions()[INSTALLED[contender]] != "not installed"


def missing(contender: str, what: str) -> Result:
    """In the place of a figure, so that nobody takes its absence for a met goal."""
    return Result(
        what=what, skipped=f"{INSTALLED[contender]} is not installed; `make bench` installs it"
    )


def worker(contender: str, source: Path, *flags: str) -> Run:
    """One run of one contender."""
    done = subprocess.run(
        [interpreter(), "-m", "bench.worker", contender, str(source), *flags],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def medians(contenders: Iterable[str], source: Path, rounds: int) -> dict[str, tuple[float, Run]]:
    """Each contender's median and its last run; they take turns."""
    taken: dict[str, list[Run]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, runs in taken.items():
            runs.append(worker(name, source))
    return {name: (median(r.figure for r in runs), runs[-1]) for name, runs in taken.items()}


def libraries(rounds: int) -> Iterator[Result]:
    """Collapsing a hundred thousand prefixes, texts in, against two libraries."""
    there = ["segfw", *(name for name in ("ipaddress", "netaddr") if is_there(name))]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "prefixes.txt"
        for family in (4, 6):
            for shape, generate in SHAPES.items():
                source.write_text("\n".join(generate(PREFIXES, family)), "utf-8")
                found = medians(there, source, min(rounds, ROUNDS))
                yield from _compared(found, f"{PREFIXES:,} IPv{family} prefixes, {shape}", family)
                yield _memory(source, f"{shape} IPv{family}")


def _memory(source: Path, over: str) -> Result:
    own, library = (worker(name, source, "--memory").figure for name in ("segfw", "ipaddress"))
    return Result(
        what=f"peak memory of the same / ipaddress's: {over}",
        value=own / library,
        most=MEMORY,
        detail=f"{own / 2**20:.0f} MiB / {library / 2**20:.0f} MiB",
    )


def _compared(found: dict[str, tuple[float, Run]], over: str, family: int) -> Iterator[Result]:
    mine, own = found["segfw"]
    for name, call in (
        ("ipaddress", "ipaddress.collapse_addresses"),
        ("netaddr", "netaddr.cidr_merge"),
    ):
        what = f"{call} / parse_prefixes and collapse: {over}"
        if name not in found:
            yield missing(name, what)
            continue
        theirs, other = found[name]
        if other.digest != own.digest:
            raise SystemExit(f"error: {call} and collapse differ over {over}.")
        yield Result(
            what=what,
            value=theirs / mine,
            least=GOALS[name, family],
            detail=f"{theirs:.2f} s / {mine:.3f} s; {own.left:,} prefixes left",
        )
