"""`segfw settings`: each effective value of a stack, and where it came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import click

from segfw.catalog import load_catalog
from segfw.cli.main import config_dir_option, today
from segfw.cli.write import plain_text
from segfw.review.sections import Section, Table
from segfw.review.traceability import settings_values
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segfw.settings.types import Settings

EPILOG = """
\b
Examples:
  segfw settings aws-prod-us-east-1
  segfw settings aws-prod-us-east-1 --format json
"""


@click.command(epilog=EPILOG)
@click.argument("stack")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@config_dir_option
def settings(stack: str, form: str, config_dir: Path) -> None:
    """Show every effective setting of STACK, the line it stands in, and what imports lost."""
    tree = read_tree(config_dir, stack)
    read = read_settings(tree, load_catalog(), stack=stack, today=today())
    rows = tuple(_rows(settings_values(read), read))
    losses = [(loss.path, str(loss.lost.plain()), str(loss.won.plain())) for loss in tree.losses]
    if form == "json":
        click.echo(
            json.dumps(
                {
                    "format": 1,
                    "stack": stack,
                    "imports": list(tree.imports),
                    "settings": [
                        {"path": path, "value": value, "from": place} for path, value, place in rows
                    ],
                    "lost": [dict(zip(("path", "lost", "by"), one, strict=True)) for one in losses],
                },
                indent=2,
            )
        )
        return
    imports = f"imports: {', '.join(tree.imports) or 'none'}"
    found = [Section(f"Settings of {stack}", (imports,), Table(("Path", "Value", "From"), rows))]
    if losses:
        lines = tuple(f"{path}: {lost} lost to {won}" for path, lost, won in losses)
        found.append(Section("Replaced by a later file (lists are replaced, never joined)", lines))
    click.echo(plain_text(found), nl=False)


def _rows(values: dict[str, Any], read: Settings) -> Iterator[tuple[str, str, str]]:
    for path, value in _leaves(values, ""):
        place = read.place(path)
        yield path, value, str(place) if place.line else "default"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        yield path, ", ".join(str(inner) for inner in cast("list[Any]", value)) or "(none)"
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)
