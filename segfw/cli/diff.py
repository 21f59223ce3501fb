"""`segfw diff`: what an update would change, beside what a state says is deployed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.load import accounts_of, load_plan, state_of
from segfw.cli.main import EXIT_STATUS, config_dir_option, report_problems, stack_file, today
from segfw.cli.write import markdown_text, plain_text
from segfw.problems import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.changes.verdict import Verdict

CHANGES = 4
"""The exit status that --exit-code asks for."""
EPILOG = f"""\b
Exit status:
  0  nothing changes, or one update can make the change
  1  one update cannot make the change, or the stack file or the state has problems
  2  {EXIT_STATUS[2]}
  3  {EXIT_STATUS[3]}
  {CHANGES}  with --exit-code: something changes, and one update can make it

\b
Examples:
  segfw diff aws-prod-us-east-1 --state state.json
  segfw diff aws-prod-us-east-1 --state - < state.json
  segfw diff aws-prod-us-east-1 --state state.json --format markdown > diff.md
  segfw diff aws-prod-us-east-1 --state state.json --exit-code
"""


@click.command(epilog=EPILOG)
@click.argument("stack")
@click.option(
    "--state",
    "state",
    required=True,
    metavar="FILE",
    help="What `pulumi stack export` wrote, or - for standard input.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write it; json is documented and numbered.",
)
@click.option(
    "--exit-code",
    "differing",
    is_flag=True,
    help=f"Exit status {CHANGES} where something changes and one update can do it.",
)
@config_dir_option
def diff(stack: str, state: str, form: str, config_dir: Path, *, differing: bool) -> None:
    """Compare STACK with what a state says is deployed.

    Shows rules that come and go with their feature and row, what is opened and closed, and
    whether one update can make the change. A change that one update cannot make, or that
    would lose something meanwhile, is exit status 1, with the steps that can.

    STACK is a stack's name, or the path of its file. Secrets in the state are not read.
    """
    from segfw.changes import compare
    from segfw.changes.verdict import judge
    from segfw.review.changes import sections

    file = stack_file(stack, config_dir)
    made = load_plan(*file, today())
    accounts = accounts_of(*file, made.settings.cloud)
    changes = compare(made, state_of(state), accounts)
    verdict = judge(changes)
    if form == "json":
        from segfw.review.changes_document import document

        click.echo(json.dumps(document(changes, verdict, load_catalog()), indent=2))
    else:
        found = list(sections(changes, verdict, load_catalog()))
        click.echo(markdown_text(found) if form == "markdown" else plain_text(found), nl=False)
    sys.exit(_status(verdict, differs=differing and changes.any, told=form == "json"))


def _status(verdict: Verdict, *, differs: bool, told: bool) -> int:
    """The exit status; problems are said on standard error unless the form has *told* them."""
    if verdict.problems:
        if not told:
            report_problems(ProblemsFound(verdict.problems))
        return 1
    return CHANGES if differs else 0
