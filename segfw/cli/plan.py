"""`segfw plan`: every rule of a stack, and why it is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.load import load_plan
from segfw.cli.main import config_dir_option, epilog, format_option, stack_file, today
from segfw.cli.write import markdown_text, plain_text
from segfw.review.tables import checklist_section, sections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segfw.plan import Plan
    from segfw.review.sections import Section

EXAMPLES = """
  segfw plan aws-lab
  segfw plan aws-lab --summary
  segfw plan aws-lab --checklist
  segfw plan azure-prod-westeurope --format markdown > plan.md
  segfw plan aws-lab --format json | jq '.ruleSets[].usage'
"""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stack")
@format_option
@click.option("--summary", is_flag=True, help="Leave the tables of rules out.")
@click.option(
    "--checklist",
    "only_checklist",
    is_flag=True,
    help="Only what is to be done on the gateway itself, with its commands.",
)
@config_dir_option
def plan(stack: str, form: str, config_dir: Path, *, summary: bool, only_checklist: bool) -> None:
    """Show what STACK would create: exposure, rules with their feature and row, quotas, proof.

    STACK is a stack's name, or the path of its file.
    """
    if only_checklist and form == "json":
        raise click.UsageError(
            'a plan in json has the checklist with its commands under "checklist"; '
            "leave one of --checklist and --format json out."
        )
    made = load_plan(*stack_file(stack, config_dir), today())
    if form == "json":
        from segfw.review.document import document

        click.echo(json.dumps(document(made, load_catalog(), today=today()), indent=2))
        return
    found = _checklist(made) if only_checklist else _whole(made, form, rules=not summary)
    click.echo(markdown_text(found) if form == "markdown" else plain_text(found), nl=False)


def _whole(made: Plan, form: str, *, rules: bool) -> Iterator[Section]:
    """The plan; with the commands in Markdown, which is read where `segfw` cannot be called."""
    commands = form == "markdown"
    return sections(made, load_catalog(), today=today(), rules=rules, commands=commands)


def _checklist(made: Plan) -> list[Section]:
    section = checklist_section(made, load_catalog(), today=today(), commands=True)
    return [section._replace(title=f"On the gateway itself, for {made.settings.stack}")]
