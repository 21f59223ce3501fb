"""``python -m segfw.cli.reference``: write the generated pages, or say which have drifted."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from segfw.cli.reference.pages import all_pages, drift

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--write", "target", type=FOLDER, help="Write the pages into this folder.")
@click.option("--check", "checked", type=FOLDER, help="Compare this folder; exit 1 if it differs.")
def main(target: Path | None, checked: Path | None) -> None:
    """Write the generated reference, or compare it with what is there."""
    if (target is None) == (checked is None):
        raise click.UsageError("say --write FOLDER or --check FOLDER.")
    pages = all_pages()
    if target is not None:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (target / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {len(pages)} files to {target}.")
        return
    if checked is not None:
        differing = drift(checked, pages)
        for name in differing:
            click.echo(f"{checked / name} is not what the code says.", err=True)
        if differing:
            click.echo("Run `make docs`, and look at what changed.", err=True)
            sys.exit(1)
        click.echo(f"{len(pages)} files are what the code says.")


if __name__ == "__main__":
    main(prog_name="python -m segfw.cli.reference")
