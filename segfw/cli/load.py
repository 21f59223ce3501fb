"""From a stack's name to its plan."""

from __future__ import annotations

import re
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

    from segfw.inventory import Inventory
    from segfw.live import Live
    from segfw.settings import Tree
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
    return accounts_in(read_tree(config_dir, stack), cloud)


def accounts_in(tree: Tree, cloud: Cloud) -> tuple[str, ...]:
    """The AWS accounts, or the Azure subscription, that a stack's config names."""
    from segfw.changes.site import WORDS

    node = tree.provider.get(WORDS[cloud].account_key)
    return () if node is None else tuple(one.text for one in node.items() or (node,))


def state_of(named: str) -> State:
    """The state in a file, or on standard input where *named* is ``-``.

    Raises:
        ProblemsFound: there is no such file, or it is no state.
    """
    from segfw.state import read_state

    name, text = _text_of(named)
    return read_state(text, name)


def inventory_of(*named: str) -> Inventory:
    """What is deployed: a Pulumi state, or what `aws` and `az` answered, by looking at the JSON.

    ``-`` is standard input; answers may stand there one after the other.

    Raises:
        ProblemsFound: there is no such file, or it is neither.
    """
    return deployed_in(named)[0]


def deployed_in(named: tuple[str, ...]) -> tuple[Inventory, Live | None]:
    """The inventory of the files, and what else answers of a cloud say; None of a state.

    Raises:
        ProblemsFound: there is no such file, it is neither, or a state is not alone.
    """
    texts = [_text_of(one, bounded=True) for one in named]
    states = [name for name, text in texts if _is_state(text)]
    if not states:
        from segfw.live import read_files

        live = read_files(texts)
        return live.inventory, live
    if len(texts) > 1:
        message = "a state tells all of a stack; give it alone, or answers of a cloud alone."
        raise ProblemsFound([Problem(Place(states[0], 0), "", message)])
    from segfw.inventory import inventory_of_state
    from segfw.state import read_state

    name, text = texts[0]
    return inventory_of_state(read_state(text, name)), None


def check_answers(live: Live, file: tuple[Path, str], settings: Settings, name: str) -> None:
    """The answers of a cloud are of the region and account that the stack *file* is for.

    What only one side says is not compared; *name* is the answers' own, for messages.

    Raises:
        ProblemsFound: they are of another.
    """
    from segfw.changes.site import WORDS

    words = WORDS[settings.cloud]
    stack = settings.stack
    wanted = (
        (words.region, words.region_key, live.region, (settings.region or "",)),
        (words.account, words.account_key, live.account, accounts_of(*file, settings.cloud)),
    )
    problems: list[Problem] = []
    for word, key, there, here in wanted:
        known = {one.replace(" ", "").casefold() for one in here if one}
        if there and known and there.replace(" ", "").casefold() not in known:
            said = ", ".join(f'"{one}"' for one in here)
            message = (
                f'the answers are of {word} "{there}", and {key} of stack "{stack}" is {said}; '
                "ask the cloud again there, or name the stack that these are of."
            )
            problems.append(Problem(Place(name, 0), "", message))
    if problems:
        raise ProblemsFound(problems)


STATE_KEYS = re.compile(r'\s*\{\s*"(?:version|deployment|checkpoint|features)"\s*:')
"""How a state begins: what the engine writes has one of these first."""


def _is_state(text: str) -> bool:
    """The text begins as a state does, or has a state's key at its top."""
    if STATE_KEYS.match(text):
        return True
    if '"deployment"' not in text and '"checkpoint"' not in text:
        return False
    import json

    try:
        held: object = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(held, dict) and bool({"deployment", "checkpoint"} & held.keys())


def _text_of(named: str, *, bounded: bool = False) -> tuple[str, str]:
    """The file's name for messages, and its text; ``-`` is standard input.

    A *bounded* one is not read where it is larger than any answer of a cloud.
    """
    name = "standard input" if named == "-" else named
    try:
        if bounded and named != "-":
            _check_size(Path(named).stat().st_size, name)
        raw = sys.stdin.buffer.read() if named == "-" else Path(named).read_bytes()
        return name, raw.decode("utf-8-sig")
    except OSError as error:
        message = f"{(error.strerror or str(error)).lower()}."
    except UnicodeDecodeError:
        message = "this is no text, so no JSON; a compressed state is read after gunzip."
    raise ProblemsFound([Problem(Place(name, 0), "", message)])


def _check_size(size: int, name: str) -> None:
    from segfw.live.answers import check_size
    from segfw.live.fields import Refused

    try:
        check_size(size)
    except Refused as found:
        raise ProblemsFound([Problem(Place(name, 0), "", found.message)]) from None
