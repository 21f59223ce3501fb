"""Files that commands write: whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, text: str) -> None:
    """Put *text* at *path*: who looks there sees what was before, or all of it.

    What is no file (``/dev/stdout``) is written to, never replaced.

    Raises:
        click.ClickException: the file cannot be written.
    """
    path = path.resolve()
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_bytes(text.encode())
            return
        draft.write_bytes(text.encode())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise click.ClickException(f"cannot write {path}: {error.strerror}.") from None
