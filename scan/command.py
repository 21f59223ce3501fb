"""The command: every stack, what was run over it, and what nothing covers."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scan.findings import NotRead
from scan.stacks import Scanned, scan_stack
from segfw.cli.load import load_plan
from segfw.cli.main import report_problems, stacks_of, today
from segfw.cli.waivers import load_waivers
from segfw.problems import ProblemsFound
from segfw.review.sections import counted
from segfw.waivers import Judged, Scope, Waivers, judged
from segfw.waivers.stock import STOCK, Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

RUN = tuple(one.id for one in STOCK.values() if one.tool in {Tool.CHECKOV, Tool.CFN_LINT})
"""The checks of the table that a scan decides."""
AT_ONCE = 2
"""Stacks that are scanned at once: a scanner keeps one core busy."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("stacks", nargs=-1)
@click.option(
    "--tools",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(".tools/scan-venv/bin"),
    show_default=True,
    help="The folder of checkov and cfn-lint.",
)
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/scan"),
    show_default=True,
    help="Where exports and skip files go, to be looked at.",
)
@click.option(
    "--config-dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("config"),
    show_default=True,
    help="The folder of the stack files.",
)
def main(stacks: tuple[str, ...], tools: Path, work: Path, config_dir: Path) -> None:
    """Run checkov and cfn-lint over the exports of STACKS, or of every stack.

    Each finding must be covered by an entry of waivers.yaml, and each entry for a check of
    these scanners by a finding. A second run of checkov with the skip files that `segfw
    waivers` writes must find nothing. Exit status 1 where any of that does not hold.
    """
    try:
        sys.exit(scan(stacks, tools, work, config_dir))
    except ProblemsFound as found:
        report_problems(found)
        sys.exit(1)
    except NotRead as why:
        click.secho(f"error: {why}", fg="red", err=True)
        sys.exit(1)


def scan(stacks: Sequence[str], tools: Path, work: Path, config_dir: Path) -> int:
    """Scan, print what was run and found, and say how the command ends."""
    waivers = load_waivers(config_dir)
    there = stacks_of(config_dir)
    chosen = list(dict.fromkeys(stacks)) or there
    plans = [load_plan(config_dir.absolute(), stack, today()) for stack in chosen]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda plan: scan_stack(plan, waivers, tools, work), plans))
    subjects = [subject for one in done for _, subject, _ in one.subjects]
    environments = {one.stack: one.environment for one in done}
    scope = Scope(environments, every=set(there) <= set(chosen), checks=RUN)
    held = judged(waivers, subjects, scope)
    for one in done:
        _print(one, held)
    return _conclude(done, held, waivers)


def _print(one: Scanned, held: Judged) -> None:
    """A line to each scanner and format, then the findings that nothing covers."""
    waived = {id(subject) for subject, _ in held.waived}
    print(f"{one.stack} ({one.environment})")
    for answer in one.answers:
        own = [subject for by, subject, _ in one.subjects if by is answer]
        covered = sum(1 for subject in own if id(subject) in waived)
        print(
            f"  {answer.tool:<16} {answer.form:<15} {answer.passed:>4} {answer.counts:<10} "
            f"{counted(len(own), 'finding')}, {covered} waived"
        )
    for answer, subject, says in one.subjects:
        if id(subject) not in waived:
            print(f"    not waived: {subject.check} {subject.resource}: {says} ({answer.form})")
    for answer in one.left:
        for hit in answer.hits:
            print(f"    found in spite of the skip files: {hit.check} {hit.resource}: {hit.says}")


def _conclude(done: Sequence[Scanned], held: Judged, waivers: Waivers) -> int:
    problems = [*held.problems, *(p for p in waivers.expired if _is_scanned(p.path))]
    left = sum(len(answer.hits) for one in done for answer in one.left)
    if problems:
        report_problems(ProblemsFound(problems))
    exports = sum(len({answer.form for answer in one.answers}) for one in done)
    print(
        f"scan: {counted(exports, 'export')} of {counted(len(done), 'stack')}: "
        f"{counted(len(held.open) + len(held.waived), 'finding')}, {len(held.waived)} waived, "
        f"{len(held.open)} not; {left} in spite of the skip files; "
        f"{counted(len(problems), 'problem')} in the register."
    )
    return 1 if held.open or left or problems else 0


def _is_scanned(path: str) -> bool:
    return path.removeprefix("waivers[").removesuffix("]") in RUN
