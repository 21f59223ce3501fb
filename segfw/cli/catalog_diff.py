"""`segfw catalog diff`: what another release of the gateway needs opened or closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.main import config_dir_option, epilog, format_option, stack_file, today

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.review.releases import Difference, StackDifference

EXAMPLES = """
  segfw catalog diff 14.2 15.5
  segfw catalog diff 15.0 16.0 --stack aws-prod-us-east-1
  segfw catalog diff 14.2 15.5 --format json | jq '.needed[].opens'
"""


@click.group(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
def catalog() -> None:
    """Compare what the catalog says of two releases of the gateway.

    The rows of Cisco's table are listed by `segfw rows`, the features by `segfw features`.
    """


@catalog.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("first")
@click.argument("last")
@click.option("--stack", help="A stack, or the path of its file, to compare at both releases.")
@format_option
@config_dir_option
def diff(first: str, last: str, stack: str | None, form: str, config_dir: Path) -> None:
    """Show what release LAST needs opened or closed beside release FIRST.

    In general: rows of the table that begin or end between them, ports that change, features
    that become necessary, and from which editions of the table that is known. With --stack,
    what the stack's rules let through at each release, compared exactly.
    """
    from segfw.cli.write import markdown_text, plain_text
    from segfw.review.releases import difference
    from segfw.review.releases_sections import document, sections

    for release in (first, last):
        _refuse_release(release)
    held = load_catalog()
    found = difference(held, first, last)
    of_stack = None if stack is None else _of_stack(stack, config_dir, found)
    if form == "json":
        click.echo(json.dumps(document(found, of_stack, held), indent=2))
        return
    written = list(sections(found, of_stack, held))
    click.echo(markdown_text(written) if form == "markdown" else plain_text(written), nl=False)


def _refuse_release(release: str) -> None:
    """A release is a number, and not older than the oldest that the catalog knows."""
    from segfw.resolve import release_key
    from segfw.settings.checks.gateway import RELEASE, no_release

    known = load_catalog().releases
    said = f"the catalog knows {', '.join(known)}"
    if not RELEASE.fullmatch(release):
        raise click.UsageError(f"{no_release(release, known[-1])} {said.capitalize()}.")
    if release_key(release) < release_key(known[0]):
        raise click.UsageError(f'"{release}" is older than {known[0]}; {said}.')


def _of_stack(stack: str, config_dir: Path, found: Difference) -> StackDifference:
    from segfw.cli.load import NotProven
    from segfw.clouds.lifted import LiftError
    from segfw.proof import ProofFailed
    from segfw.review.releases import stack_difference
    from segfw.settings import read_tree

    folder, name = stack_file(stack, config_dir)
    tree = read_tree(folder, name)
    try:
        return stack_difference(tree, load_catalog(), found, stack=name, today=today())
    except (ProofFailed, LiftError) as failed:
        raise NotProven(name, failed) from None
