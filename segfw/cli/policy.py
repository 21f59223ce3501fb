"""`segfw policy`: the guardrails over stacks, or over a state, without the engine."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.check import chosen_stacks
from segfw.cli.load import inventory_of, load_plan
from segfw.cli.main import EXIT_STATUS, config_dir_option, report_problems, today
from segfw.cli.waivers import load_waivers
from segfw.cli.write import plain_text
from segfw.guardrails.pack import BY_ID, judge_view
from segfw.guardrails.view import View
from segfw.problems import ProblemsFound
from segfw.review.judging import Judged, judged_document, judged_sections
from segfw.waivers.findings import waiver_of
from segfw.waivers.used import unused

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.inventory import Inventory
    from segfw.problems import Problem
    from segfw.waivers import Waivers

VIOLATED = 4
EPILOG = f"""\b
Exit status:
  0  no mandatory guardrail is violated, or a waiver covers what is
  1  a stack file, the state or the register of waivers has problems
  2  {EXIT_STATUS[2]}
  3  {EXIT_STATUS[3]}
  {VIOLATED}  a mandatory guardrail is violated; with --strict, any

\b
Examples:
  segfw policy aws-prod-us-east-1
  segfw policy --all --format json | jq '.stacks[] | select(.stops)'
  segfw policy --state state.json
  segfw policy --state - < state.json
"""


@click.command(epilog=EPILOG)
@click.argument("stacks", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every stack of the folder.")
@click.option(
    "--state",
    metavar="FILE",
    help="Judge what is deployed, anybody's resources: what `pulumi stack export` wrote, or what "
    "`aws` or `az` answered (see `segfw adopt`); - for standard input.",
)
@click.option("--strict", is_flag=True, help="Advisory violations end with status 4 too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write it; json is documented and numbered.",
)
@config_dir_option
def policy(
    stacks: tuple[str, ...],
    state: str | None,
    form: str,
    config_dir: Path,
    *,
    every: bool,
    strict: bool,
) -> None:
    """Judge STACKS by the guardrails: what is open that must not be, and what to look at.

    STACKS are names of stacks, or paths of their files. The same guardrails run in Pulumi as
    a policy pack (`pulumi preview --policy-pack policy`), and all find the same. Violations
    are mandatory in production and advisory elsewhere; a mandatory one that config/waivers.yaml
    does not cover ends with status 4.
    """
    register = load_waivers(config_dir)
    problems = list(register.expired)
    if state is not None:
        if stacks or every:
            raise click.UsageError("--state judges one state; leave STACKS and --all out.")
        judged = [judged_inventory(inventory_of(state), register)]
    else:
        judged, found = _planned(stacks, config_dir, register, every=every)
        problems += found
        if every and not found:
            problems += _unused(register, judged)
    if form == "json":
        click.echo(json.dumps(judged_document(judged), indent=2))
    else:
        click.echo(plain_text(judged_sections(judged)), nl=False)
    for remark in register.expiring:
        click.secho(str(remark), fg="yellow", err=True)
    if problems:
        report_problems(ProblemsFound(problems))
        sys.exit(1)
    violated = any(
        one.stops or (strict and any(f.violated for f in one.findings)) for one in judged
    )
    sys.exit(VIOLATED if violated else 0)


def _planned(
    stacks: tuple[str, ...], config_dir: Path, register: Waivers, *, every: bool
) -> tuple[list[Judged], list[Problem]]:
    """Each stack as it would be deployed; those with problems are not judged."""
    from segfw.planned import inventory_of_plan

    judged: list[Judged] = []
    problems: list[Problem] = []
    for folder, stack in chosen_stacks(stacks, config_dir, every=every, doing="judge"):
        try:
            plan = load_plan(folder, stack, today())
        except ProblemsFound as found:
            problems += found.problems
        else:
            judged.append(judged_inventory(inventory_of_plan(plan, load_catalog()), register))
    return judged, problems


def judged_inventory(inventory: Inventory, register: Waivers) -> Judged:
    """What the guardrails find in the inventory, told apart by the register."""
    view = View(inventory, load_catalog(), today())
    gateway = view.gateway
    stack = inventory.stack
    found = [(one, waiver_of(one, gateway, inventory, register)) for one in judge_view(view)]
    return Judged(
        stack=stack or "a state without a stack's name",
        environment=gateway.environment if gateway else "",
        resources=len(inventory.resources),
        findings=tuple(one for one, waiver in found if waiver is None),
        waived=tuple((one, waiver) for one, waiver in found if waiver is not None),
    )


def _unused(register: Waivers, judged: list[Judged]) -> list[Problem]:
    """Waivers of guardrails that cover nothing in any stack; scanners' checks are not run here."""
    used = {waiver for one in judged for _, waiver in one.waived}
    return [unused(one) for one in register.in_force if one.check in BY_ID and one not in used]
