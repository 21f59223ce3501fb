"""`python -m bench`: how long things take, as ratios taken in one run on one machine.

Absolute times differ between machines, so each goal is a ratio of two things that were
run in turn. A missed goal is said, and fails the run only with ``--strict``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from bench import contenders, terraform
from bench.inputs import VERSION
from bench.measures import MEASURES
from bench.timing import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

WHY = 300
"""How much is said of a measure that gave up, in characters."""
PACKAGES = ("seg-firewall", "pulumi", "pulumi-aws", "pulumi-azure-native", "pyyaml", "cattrs")


def versions() -> dict[str, str]:
    """What was measured."""
    found = {
        "benchmark": str(VERSION),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found | contenders.versions() | terraform.versions()


def line(name: str, result: Result) -> str:
    """``check  0.52  goal <= 0.7  met     segfw check aws-lab / import pulumi (0.14 s / …)``."""
    start = f"{name:<{max(map(len, MEASURES))}}"
    if result.skipped:
        return f"{start}    SKIPPED  {result.what}: {result.skipped}"
    verdict = "      " if result.met is None else "met   " if result.met else "MISSED"
    return f"{start}  {result.shown:>9}  {result.goal_text:<13}  {verdict}  {result.what}" + (
        f" ({result.detail})" if result.detail else ""
    )


def _asked(name: str, only: str) -> bool:
    return any(part in name for part in only.split(","))


def listed() -> str:
    """The measures' names, each with what it is about."""
    wide = max(map(len, MEASURES))
    told = (
        f"  {name:<{wide}}  {(measure.__doc__ or '').partition(chr(10))[0]}"
        for name, measure in MEASURES.items()
    )
    return "measures:\n" + "\n".join(told)


def whole(name: str, results: Iterator[Result]) -> Iterator[Result]:
    """The *results* of a measure; one that gives up says why, and loses nothing of the others."""
    try:
        yield from results
    except SystemExit as failed:
        why = " ".join(str(failed).split())[:WHY]
        yield Result(what=f"{name} gave up", skipped=why)


def main() -> int:
    """Run every measure, print it when it is there; 1 with ``--strict`` where a goal is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog=f"{listed()}\n\nexample:\n  python -m bench --only check --rounds 3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a goal is missed")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each process (default 7)")
    parser.add_argument(
        "--only",
        default="",
        help="measures whose name has this, or one of these with commas, in it",
    )
    args = parser.parse_args()
    chosen = [(name, measure) for name, measure in MEASURES.items() if _asked(name, args.only)]
    if not chosen:
        parser.error(f'no measure has "{args.only}" in its name; there are {", ".join(MEASURES)}.')
    known = versions()
    if not args.json:
        print(", ".join(f"{name} {number}" for name, number in known.items()))
    results: list[tuple[str, Result]] = []
    for number, (name, measure) in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {name} ...", end="\r", file=sys.stderr, flush=True)
        for result in whole(name, measure(args.rounds)):
            results.append((name, result))
            if not args.json:
                clear = "\x1b[K" if sys.stderr.isatty() else ""
                print(f"{clear}{line(name, result)}", flush=True)
    if args.json:
        told = [
            {"measure": name, **asdict(r), "value": None if r.skipped else r.value}
            for name, r in results
        ]
        print(json.dumps({"versions": known, "results": told}, indent=2))
    missed = [r for _, r in results if r.met is False]
    skipped = [r for _, r in results if r.skipped]
    if not args.json:
        print(f"{len(results)} figures, {len(missed)} miss their goal, {len(skipped)} skipped.")
    return 1 if args.strict and missed else 0


if __name__ == "__main__":
    sys.exit(main())
