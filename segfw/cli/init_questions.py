"""What `segfw init` asks on a terminal, one question after the other."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from segfw.cli.main import today
from segfw.starting.answers import answered
from segfw.starting.asking import LISTED, is_about
from segfw.starting.start import begin, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from segfw.catalog.model import Catalog
    from segfw.problems import Problem
    from segfw.starting.asking import Question
    from segfw.starting.given import Given
    from segfw.starting.start import Start


FEATURES = "features."
UNKNOWN = "no such feature"


class GivenUp(Exception):
    """The user left at a question, by Ctrl-C or the end of the input."""

    def __init__(self, given: Given) -> None:
        """Keep what was said until then."""
        super().__init__()
        self.given = given


def _shared(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (folder / "shared").glob("*.yaml")))


class _Answer(NamedTuple):
    """What was answered, kept so that one that turns out wrong can be taken back."""

    question: Question
    text: str


class _Asking(NamedTuple):
    """What questions are asked about, whatever was answered."""

    catalog: Catalog
    folder: Path
    name: str | None
    shared: tuple[str, ...]

    def begin(self, given: Given) -> Start:
        return begin(given, self.catalog, self.folder, name=self.name, shared=self.shared)

    def wrong(self, start: Start) -> tuple[Problem, ...]:
        return wrong(start, self.catalog, self.folder, today())


def asked(given: Given, catalog: Catalog, folder: Path, name: str | None) -> Start:
    """What was given, with what a terminal's user answered besides.

    Raises:
        GivenUp: the user left at a question.
    """
    asking = _Asking(catalog, folder, name, _shared(folder))
    start = asking.begin(given)
    if not on_terminal():
        return start
    answers: list[_Answer] = []
    said: set[Problem] = set()  # in the end: who answers the same again is not asked for ever
    while True:
        done = {_key(answer.question) for answer in answers}
        waiting = [one for one in start.questions if one.needed or _key(one) not in done]
        if waiting:
            start = _answer(start, waiting[0], answers, asking)
            continue
        problems = asking.wrong(start)
        left = _without_wrong(answers, [one for one in problems if one not in said])
        if len(left) == len(answers):
            return start
        said.update(problems)
        answers, start = left, asking.begin(_replayed(given, left))


def _answer(start: Start, question: Question, answers: list[_Answer], asking: _Asking) -> Start:
    """*start* with the answer, if it can be right; then it is one of *answers*."""
    try:
        text = _prompted(question)
    except click.Abort:
        click.echo(err=True)  # the prompt's line has no end
        raise GivenUp(start.given) from None
    tried = asking.begin(answered(start.given, question, text))
    before = {(one.place, one.path) for one in asking.wrong(start)}
    new = (one for one in asking.wrong(tried) if (one.place, one.path) not in before)
    complaint = next((one for one in new if is_about(one, question)), None)
    if complaint is not None:
        _complain(complaint)
        return start
    answers.append(_Answer(question, text))
    return tried


def _without_wrong(answers: list[_Answer], problems: Iterable[Problem]) -> list[_Answer]:
    """The answers that no problem is about; of the others, each problem is printed."""
    again: set[tuple[str, str]] = set()
    for problem in problems:
        found = {_key(one.question) for one in answers if is_about(problem, one.question)}
        if found:
            _complain(problem)
        again |= found
    return [one for one in answers if _key(one.question) not in again]


def _replayed(given: Given, answers: Iterable[_Answer]) -> Given:
    for one in answers:
        given = answered(given, one.question, one.text)
    return given


def _key(question: Question) -> tuple[str, str]:
    return question.field, question.prefix


def on_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _prompted(question: Question) -> str:
    """The answer, asked for on standard error: the file may go to standard output."""
    choice = click.Choice(question.choices) if question.choices else str
    example = "" if question.choices else f" (such as {question.example})"
    answer: str = click.prompt(
        f"{question.text}{example}",
        default=question.default,
        show_default=bool(question.default),
        type=choice,
        err=True,
    )
    return answer.strip()


def _complain(problem: Problem) -> None:
    """What is wrong; of features, which one it is, since the answer may name several."""
    path = problem.path.removeprefix(FEATURES)
    where = f"{path}: " if path != problem.path else ""
    more = (
        f" {LISTED}."
        if UNKNOWN in problem.message and "did you mean" not in problem.message
        else ""
    )
    click.secho(f"  {where}{problem.message}{more}", fg="red", err=True)
