"""`segfw settings`: each effective value of a stack, and where it came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import click

from segfw.catalog import load_catalog
from segfw.cli.main import config_dir_option, epilog, stack_file, today
from segfw.cli.write import plain_text
from segfw.review.sections import Section, Table
from segfw.settings import read_settings, read_tree
from segfw.settings.node import PROVIDER_KEYS
from segfw.settings.spelling import spelled
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segfw.problems import Place
    from segfw.settings import Tree
    from segfw.settings.types import Settings

EXAMPLES = """
  segfw settings aws-prod-us-east-1
  segfw settings aws-prod-us-east-1 --format json
"""


PROVIDERS = {Cloud.AWS: "aws:", Cloud.AZURE: "azure-native:"}
"""How the keys of each cloud's Pulumi provider begin."""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2))
@click.argument("stack")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@config_dir_option
def settings(stack: str, form: str, config_dir: Path) -> None:
    """Show every effective setting of STACK, the line it stands in, and what imports lost.

    STACK is a stack's name, or the path of its file.
    """
    folder, stack = stack_file(stack, config_dir)
    tree = read_tree(folder, stack)
    read = read_settings(tree, load_catalog(), stack=stack, today=today())
    rows = (
        *_provider_rows(tree, read.cloud),
        *_rows(spelled(read, load_catalog()), read),
    )
    losses = [
        (loss.path, _said(loss.lost.plain()), str(loss.lost.place), str(loss.won.place))
        for loss in tree.losses
    ]
    if form == "json":
        click.echo(
            json.dumps(
                {
                    "format": 1,
                    "stack": stack,
                    "imports": list(tree.imports),
                    "settings": [
                        {"path": path, "value": value, "from": place} for path, place, value in rows
                    ],
                    "lost": [
                        dict(zip(("path", "lost", "from", "by"), one, strict=True))
                        for one in losses
                    ],
                },
                indent=2,
            )
        )
        return
    imports = f"imports: {', '.join(tree.imports) or 'none'}"
    found = [Section(f"Settings of {stack}", (imports,), Table(("Path", "From", "Value"), rows))]
    if losses:
        lines = tuple(
            f"{path}: {lost} of {place} is replaced by {winner}"
            for path, lost, place, winner in losses
        )
        found.append(Section("Replaced by a later file (lists are replaced, never joined)", lines))
    click.echo(plain_text(found), nl=False)


def _provider_rows(tree: Tree, cloud: Cloud) -> Iterator[tuple[str, str, str]]:
    """What is read of the config of the cloud's own provider; the rest of it is Pulumi's."""
    for key in PROVIDER_KEYS:
        if key.startswith(PROVIDERS[cloud]):
            node = tree.provider.get(key)
            if node is None:
                yield key, "default", "not given"
            else:
                yield key, str(node.place), _said(node.plain())


def _rows(values: dict[str, Any], read: Settings) -> Iterator[tuple[str, str, str]]:
    """Each leaf with the line it stands in; a value that stands nowhere is a default."""
    for path, value in _leaves(values, ""):
        place = _place(read, path, value)
        yield path, str(place) if place is not None and place.line else "default", value


def _place(read: Settings, path: str, value: str) -> Place | None:
    """Where the value stands in its own form, or in the short form of a list."""
    parent, _, key = path.rpartition(".")
    short = parent if key == "prefixes" else f"{parent}[{value}]"
    return read.places.get(path) or read.places.get(short)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, _said(value)


def _said(value: Any) -> str:
    """A value as a stack file would have it, on one line."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return f"[{', '.join(_said(item) for item in items)}]"
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return f"{{{', '.join(f'{key}: {_said(inner)}' for key, inner in pairs)}}}"
    return str(value).lower() if isinstance(value, bool) else str(value)
