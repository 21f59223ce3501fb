"""What `segfw init` says last: what the new file still lacks, and the commands that follow."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from segfw.settings.types import Settings


def say_examples(imports: Iterable[str], config_dir: Path, *, err: bool = False) -> None:
    """One line where a file that is built on holds example addresses: nobody's real peers."""
    from segfw.settings.words import quoted_list
    from segfw.starting.examples import EXAMPLE, with_examples

    found = with_examples(config_dir, imports)
    if found:
        text = (
            f"Not ready to deploy: the addresses of the shared files {quoted_list(found)} are "
            f'examples; copy them, put your own in, take the words "{EXAMPLE}" out, and import '
            "the copies."
        )
        click.secho(text, fg="yellow", err=err)


def say_next(settings: Settings, config_dir: Path) -> None:
    """The commands that follow, what is attached to nothing, and where the schema is."""
    stack = settings.stack
    folder = "" if str(config_dir) == "config" else f" --config-dir {shlex.quote(str(config_dir))}"
    click.echo(
        f"Next:\n"
        f"  segfw check {stack}{folder}\n"
        f"  segfw plan {stack}{folder}\n"
        f"  python -m sandbox up {stack}      (the real engine on this machine, no account)\n"
        f"  pulumi stack init {stack} && pulumi preview && pulumi up"
    )
    _say_attached(settings)
    click.echo(
        "A network may say where its addresses are from, in place of a list: "
        '{prefixes: [...], owner: ..., source: ..., checked: "YYYY-MM-DD"}.'
    )
    schema = config_dir / "stack.schema.json"
    if schema.is_file():
        click.echo(f"{schema} lets an editor explain and complete every key of the file.")
    else:
        click.echo(
            f"The file's schema is no longer beside it: copy config/stack.schema.json of the "
            f"project to {schema}, and an editor explains and completes every key."
        )


def _say_attached(settings: Settings) -> None:
    """Which rule sets the stack attaches to nothing, and how that is done."""
    from segfw.settings.words import quoted_list

    if settings.cloud is Cloud.AZURE:
        click.echo(
            "The stack attaches no NSG: whoever owns a network interface or subnet sets its "
            "networkSecurityGroup to the output nsgIds.<interface>."
        )
        return
    loose = [n for n, one in settings.interfaces.items() if not one.security_group.attach]
    if loose:
        click.echo(
            f"Attached to nothing yet: the security group of {quoted_list(loose)}; write "
            f"interfaces.{loose[0]}.securityGroup: {{attach: [eni-...]}} in the file (--attach "
            f"{loose[0]}=eni-... does it here)."
        )
