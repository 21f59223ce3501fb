"""What `segfw init` asks on a terminal, one question after the other."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from segfw.cli.main import today
from segfw.starting.asking import answered
from segfw.starting.start import begin, wrong

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.catalog.model import Catalog
    from segfw.starting.asking import Question
    from segfw.starting.given import Given
    from segfw.starting.start import Start


class GivenUp(Exception):
    """The user left at a question, by Ctrl-C or the end of the input."""

    def __init__(self, given: Given) -> None:
        """Keep what was said until then."""
        super().__init__()
        self.given = given


def _shared(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (folder / "shared").glob("*.yaml")))


def asked(given: Given, catalog: Catalog, folder: Path, name: str | None) -> Start:
    """What was given, with what a terminal's user answered besides.

    Raises:
        GivenUp: the user left at a question.
    """
    shared = _shared(folder)
    start = begin(given, catalog, folder, name=name, shared=shared)
    if not on_terminal():
        return start
    done: set[tuple[str, str]] = set()
    while True:
        waiting = [one for one in start.questions if one.needed or _key(one) not in done]
        if not waiting:
            return start
        question = waiting[0]
        try:
            answer = _prompted(question)
        except click.Abort:
            click.echo(err=True)  # the prompt's line has no end
            raise GivenUp(start.given) from None
        following = answered(start.given, question, answer)
        tried = begin(following, catalog, folder, name=name, shared=shared)
        complaint = _complaint(question, tried, catalog, folder)
        if complaint is not None:
            click.secho(f"  {complaint}", fg="red", err=True)
            continue
        done.add(_key(question))
        start = tried


def _key(question: Question) -> tuple[str, str]:
    return question.field, question.prefix


def on_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _prompted(question: Question) -> str:
    """The answer, asked for on standard error: the file may go to standard output."""
    choice = click.Choice(question.choices) if question.choices else str
    example = "" if question.choices else f" (such as {question.example})"
    return click.prompt(
        f"{question.text}{example}",
        default=question.default,
        show_default=bool(question.default),
        type=choice,
        err=True,
    )


def _complaint(question: Question, tried: Start, catalog: Catalog, folder: Path) -> str | None:
    """What is wrong with an answer; None where nothing is, as far as can be seen yet."""
    for problem in wrong(tried, catalog, folder, today()):
        of_flag = problem.place.file.partition(" ")[0] == question.flag
        there = not problem.path or problem.path.startswith(question.path or "interfaces")
        if of_flag and there:
            return problem.message
    return None
