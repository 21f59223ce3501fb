"""The file that `segfw init` writes: its name is free, and it is there whole or not at all."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from segfw.cli.main import stacks_of

if TYPE_CHECKING:
    from pathlib import Path

STACK_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""What Pulumi takes for the name of a stack (https://www.pulumi.com/docs/iac/concepts/stacks/), but
for a first hyphen, with which commands take it for an option, and a first dot, which hides."""
STACK_FILE = re.compile(r"Pulumi\.(.+)\.yaml")
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What a file system answers that has no hard links, such as exFAT or a shared folder."""


def refuse_name(name: str | None, config_dir: Path, *, to_be_written: bool) -> None:
    """Pulumi takes the name, and its file is not there yet; asked before any question is."""
    if name is None:
        return
    if not STACK_NAME.fullmatch(name):
        raise click.UsageError(
            f'"{name}" is no name of a stack; write letters, digits, hyphens, underscores and '
            "dots, at most 100, with no hyphen or dot first."
        )
    if file := STACK_FILE.fullmatch(name):
        raise click.UsageError(f'"{name}" is the name of a file; write the stack\'s: {file[1]}.')
    path = config_dir / f"Pulumi.{name}.yaml"
    if to_be_written and os.path.lexists(path):
        raise click.ClickException(
            f"{path} is there already and is never overwritten; choose another name with --name."
        )
    twins = [one for one in stacks_of(config_dir) if one.casefold() == name.casefold()]
    if to_be_written and twins:
        raise click.ClickException(
            f'there is a stack "{twins[0]}", and some file systems take {path} for its file; '
            "choose another name with --name."
        )


def create(path: Path, text: str) -> None:
    """Put *text* at *path*, whole; where something is there already, leave it as it is."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(
            f"cannot make the folder {path.parent}: {error.strerror}."
        ) from None
    try:
        draft.write_text(text, encoding="utf-8")
        _take(path, draft)
    except FileExistsError:
        raise click.ClickException(
            f"{path} is there already and is never overwritten; choose another name with --name."
        ) from None
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            draft.unlink()


def _take(path: Path, draft: Path) -> None:
    """Give the file *draft* the name *path*, which must be free: unlike a rename, a link asks."""
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        path.touch(exist_ok=False)  # the name is taken, if it is free; then what it holds comes
        draft.replace(path)
