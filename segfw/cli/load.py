"""From a stack's name to its plan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from segfw.catalog import load_catalog
from segfw.clouds.lifted import LiftError
from segfw.plan import Plan, make_plan
from segfw.problems import Place, Problem, ProblemsFound
from segfw.proof import ProofFailed
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from datetime import date

    from segfw.settings.types import Cloud, Settings
    from segfw.state import State


class NotProven(click.ClickException):
    """A plan that does not mean what its flows mean: a bug of ours, said as one.

    Ends a command with exit status 3, so that a script can tell it from a mistake in a
    stack file.
    """

    exit_code = 3

    def __init__(self, stack: str, failed: ProofFailed | LiftError) -> None:
        """Keep what the proof says of *stack*: one packet, and what meant it or lets it through."""
        self.stack = stack
        super().__init__(
            f"{stack}: the rules that were made do not mean what the stack file asks for.\n"
            f"  {failed}\n"
            "This is a bug in seg-firewall, not a mistake in the stack file; nothing was made.\n"
            "Report it as SECURITY.md says, with this text, the version (segfw --version) and "
            "the stack file, addresses replaced."
        )

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the text to standard error, in red on a terminal."""
        click.secho(self.message, fg="red", file=file, err=True)


def load_settings(config_dir: Path, stack: str, today: date) -> Settings:
    """What the stack's file and its imports want.

    Raises:
        ProblemsFound: there is no such file, or it is wrong.
    """
    return read_settings(read_tree(config_dir, stack), load_catalog(), stack=stack, today=today)


def load_plan(config_dir: Path, stack: str, today: date) -> Plan:
    """The proven plan of the stack.

    Raises:
        ProblemsFound: the stack's file is wrong, or does not fit a quota.
        NotProven: the compile changed meaning, which is a bug in this project.
    """
    settings = load_settings(config_dir, stack, today)
    try:
        return make_plan(settings, load_catalog())
    except (ProofFailed, LiftError) as failed:
        raise NotProven(stack, failed) from None


def accounts_of(config_dir: Path, stack: str, cloud: Cloud) -> tuple[str, ...]:
    """The AWS accounts, or the Azure subscription, that the stack's file names."""
    from segfw.changes.site import WORDS

    node = read_tree(config_dir, stack).provider.get(WORDS[cloud].account_key)
    return () if node is None else tuple(one.text for one in node.items() or (node,))


def state_of(named: str) -> State:
    """The state in a file, or on standard input where *named* is ``-``.

    Raises:
        ProblemsFound: there is no such file, or it is no state.
    """
    from segfw.state import read_state

    name = "standard input" if named == "-" else named
    try:
        raw = sys.stdin.buffer.read() if named == "-" else Path(named).read_bytes()
        return read_state(raw.decode("utf-8-sig"), name)
    except OSError as error:
        message = f"{(error.strerror or str(error)).lower()}."
    except UnicodeDecodeError:
        message = "this is no text, so no JSON; a compressed state is read after gunzip."
    raise ProblemsFound([Problem(Place(name, 0), "", message)])
