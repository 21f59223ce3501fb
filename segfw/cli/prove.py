"""`segfw prove`: the proof of stacks, comparison by comparison."""

from __future__ import annotations

import json
import sys
from time import perf_counter as clock
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.check import chosen_stacks, finding
from segfw.cli.load import NotProven, load_settings
from segfw.cli.main import config_dir_option, epilog, report_problems, today
from segfw.cli.write import plain_text
from segfw.clouds.lifted import LiftError
from segfw.plan import comparisons_of, unproven_plan
from segfw.problems import ProblemsFound
from segfw.proof import ProofFailed
from segfw.review.proving import Compared, StackProof, proof_document, proof_sections

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.plan import Plan
    from segfw.problems import Problem

EXAMPLES = """
  segfw prove aws-prod-us-east-1
  segfw prove --all
  segfw prove --all --format json | jq '.totals'
  segfw prove aws-lab --format json | jq '.stacks[].comparisons[] | select(.holds | not)'
"""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stacks", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every stack of the folder.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write it; json is documented and numbered.",
)
@config_dir_option
def prove(stacks: tuple[str, ...], form: str, config_dir: Path, *, every: bool) -> None:
    """Prove STACKS and show each comparison: what was compared, how much, how long it took.

    STACKS are names of stacks, or paths of their files. The inputs of every resource are
    read back as the cloud will read them, and compared with what the features mean. Where
    the two differ, one packet shows it, with the flow that meant it and the rule that lost
    or added it.
    """
    chosen = chosen_stacks(stacks, config_dir, every=every, doing="prove")
    proven: list[StackProof] = []
    problems: dict[str, tuple[Problem, ...]] = {}
    for folder, stack in chosen:
        try:
            settings = load_settings(folder, stack, today())
            proven.append(_compared(unproven_plan(settings, load_catalog())))
        except ProblemsFound as found:
            problems[stack] = found.problems
    if form == "json":
        found_ones = {stack: [finding(one) for one in held] for stack, held in problems.items()}
        click.echo(json.dumps(proof_document(proven, found_ones), indent=2))
    else:
        click.echo(plain_text(proof_sections(proven)), nl=False)
        if problems:
            report_problems(ProblemsFound([one for held in problems.values() for one in held]))
    unproven = [failed for one in proven if (failed := _failure(one)) is not None]
    for failed in unproven:
        failed.show()
    if unproven:
        sys.exit(NotProven.exit_code)
    sys.exit(1 if problems else 0)


def _compared(plan: Plan) -> StackProof:
    """Each comparison with its time; reading a point's resources counts for its first one."""
    found: list[Compared] = []
    proofs = comparisons_of(plan, load_catalog())
    while True:
        began = clock()
        try:
            proof = next(proofs, None)
        except LiftError as error:
            return StackProof(plan, tuple(found), unreadable=str(error))
        if proof is None:
            return StackProof(plan, tuple(found))
        holds = proof.holds
        found.append(Compared(proof, holds, clock() - began))


def _failure(one: StackProof) -> NotProven | None:
    """What is said of a stack that is not proven, as every command says it."""
    stack = one.plan.settings.stack
    if one.unreadable is not None:
        return NotProven(stack, LiftError(one.unreadable))
    failed = next((each.proof for each in one.compared if not each.holds), None)
    return NotProven(stack, ProofFailed(failed)) if failed is not None else None
