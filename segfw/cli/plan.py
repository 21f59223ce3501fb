"""`segfw plan`: every rule of a stack, and why it is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.load import load_plan
from segfw.cli.main import config_dir_option, today
from segfw.cli.write import markdown_text, plain_text
from segfw.review.tables import sections

if TYPE_CHECKING:
    from pathlib import Path

EPILOG = """
\b
Examples:
  segfw plan aws-lab
  segfw plan aws-lab --summary
  segfw plan azure-prod-westeurope --format markdown > plan.md
  segfw plan aws-lab --format json | jq '.ruleSets[].usage'
"""


@click.command(epilog=EPILOG)
@click.argument("stack")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write it; json is documented and numbered.",
)
@click.option("--summary", is_flag=True, help="Leave the tables of rules out.")
@config_dir_option
def plan(stack: str, form: str, config_dir: Path, *, summary: bool) -> None:
    """Show what STACK would create: rules with their feature and row, quotas, widenings, proof.

    Exits 0 for a stack that compiles and is proven, 1 for one with problems, 3 for a proof
    that does not hold, which is a bug in seg-firewall.
    """
    made = load_plan(config_dir, stack, today())
    if form == "json":
        from segfw.review.document import document

        click.echo(json.dumps(document(made, load_catalog(), today=today()), indent=2))
        return
    found = sections(made, load_catalog(), today=today(), rules=not summary)
    click.echo(markdown_text(found) if form == "markdown" else plain_text(found), nl=False)
