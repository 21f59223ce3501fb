"""The command that writes the generated pages, or says which have drifted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw.cli.reference.pages import all_pages, drift

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--write", "target", type=FOLDER, help="Write the pages into this folder.")
@click.option("--check", "checked", type=FOLDER, help="Compare this folder; exit 1 if it differs.")
def main(target: Path | None, checked: Path | None) -> None:
    """Write the generated reference, or compare it with what is there."""
    if (target is None) == (checked is None):
        raise click.UsageError("say --write FOLDER or --check FOLDER.")
    if target is not None:
        write(target, all_pages())
    if checked is not None:
        compare(checked, all_pages())


def write(target: Path, pages: Mapping[str, str]) -> None:
    """Write *pages* into *target*."""
    target.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (target / name).write_text(text, encoding="utf-8")
    click.echo(f"wrote {len(pages)} files to {target}.")


def compare(checked: Path, pages: Mapping[str, str]) -> None:
    """Name the files of *checked* that are not as *pages*, and exit with 1 if there are any."""
    differing = drift(checked, pages)
    for name in differing:
        click.echo(f"{checked / name} is not what the code says.", err=True)
    if differing:
        click.echo("Run `make docs`, and look at what changed.", err=True)
        sys.exit(1)
    click.echo(f"{len(pages)} files are what the code says.")
