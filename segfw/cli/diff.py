"""`segfw diff`: what differs between a stack and its state, two revisions, or two stacks."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from segfw.catalog import load_catalog
from segfw.cli.load import NotProven, accounts_of, load_plan, state_of
from segfw.cli.main import (
    EXIT_STATUS,
    config_dir_option,
    format_option,
    report_problems,
    stack_file,
    today,
)
from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from segfw.changes.comparison import Comparison
    from segfw.plan import Plan
    from segfw.review.changes_document import Sides

CHANGES = 4
"""The exit status that --exit-code asks for."""
EPILOG = f"""\b
Exit status:
  0  nothing changes, or one update can make the change
  1  one update cannot make the change, or a stack file, state or revision has problems
  2  {EXIT_STATUS[2]}
  3  {EXIT_STATUS[3]}
  {CHANGES}  with --exit-code: something changes, and one update can make it

\b
Examples:
  segfw diff aws-prod-us-east-1 --rev main
  segfw diff --all --rev main...HEAD --format markdown > comment.md
  segfw diff aws-prod-us-east-1 aws-prod-eu-central-1
  segfw diff aws-prod-us-east-1 --state state.json
  segfw diff aws-prod-us-east-1 --state - < state.json
  segfw diff aws-prod-us-east-1 --rev v1.4 --exit-code
"""
TWO = 2


class Found(NamedTuple):
    """What was compared, and what could not be."""

    sides: Sides
    comparisons: tuple[Comparison, ...] = ()
    unproven: tuple[NotProven, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why nothing could be compared."""


@click.command(epilog=EPILOG)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option(
    "--state",
    "state",
    metavar="FILE",
    help="Compare one stack with what `pulumi stack export` wrote, or - for standard input.",
)
@click.option(
    "--rev",
    "rev",
    metavar="REV",
    help="Compare stacks at a git revision with the work tree; OLD..NEW: two revisions; "
    "OLD...NEW: NEW with where it left OLD.",
)
@click.option("--all", "every", is_flag=True, help="With --rev: every stack of either side.")
@format_option
@click.option(
    "--exit-code",
    "differing",
    is_flag=True,
    help=f"Exit status {CHANGES} where something changes and one update can do it.",
)
@config_dir_option
def diff(
    stacks: tuple[str, ...],
    state: str | None,
    rev: str | None,
    form: str,
    config_dir: Path,
    *,
    every: bool,
    differing: bool,
) -> None:
    """Compare a stack with its state, with another revision, or with another stack.

    Of two stacks the first is the old side. Shows what is newly let through, by feature and
    peer, the riskiest first; what is let through no more; what is only written differently;
    and whether one update can make the change. A change that one update cannot make, or that
    would lose something meanwhile, is exit status 1, with the steps that can.

    A STACK is a stack's name, or the path of its file. Secrets in a state are not read, and
    the work tree is never touched.
    """
    _check_call(stacks, state=state, rev=rev, every=every)
    if rev is not None:
        found = _between_revisions(stacks, rev, config_dir, every=every)
    elif state is not None:
        found = _with_state(stacks[0], state, config_dir)
    else:
        found = _between_stacks(stacks[0], stacks[1], config_dir)
    _write(found, form)
    sys.exit(_status(found, form, differing=differing))


def _check_call(
    stacks: tuple[str, ...], *, state: str | None, rev: str | None, every: bool
) -> None:
    """Refuse a call that names too much or too little to compare."""
    wrong = ""
    if state is not None and rev is not None:
        wrong = "--state and --rev each say what to compare with; leave one of them out."
    elif every and rev is None:
        wrong = "--all compares every stack at two revisions; name one with --rev."
    elif every and stacks:
        wrong = "--all names every stack; leave it or the names out."
    elif rev is not None and not (every or stacks):
        wrong = "name a stack, or --all."
    elif state is not None and len(stacks) != 1:
        wrong = f"--state is of one stack, and {len(stacks) or 'none'} is named."
    elif state is None and rev is None and len(stacks) != TWO:
        wrong = "name two stacks; or one with --state FILE or --rev REV."
    if wrong:
        raise click.UsageError(wrong)


def _with_state(named: str, state: str, config_dir: Path) -> Found:
    from segfw.changes.comparison import not_compared, with_state
    from segfw.review.changes_document import Sides
    from segfw.review.changes_where import deployed

    file = stack_file(named, config_dir)
    shown = "standard input" if state == "-" else state
    sides = Sides("state", shown, file.stack)
    try:
        made = load_plan(*file, today())
        accounts = accounts_of(*file, made.settings.cloud)
        one = with_state(made, state_of(state), load_catalog(), accounts)
    except ProblemsFound as found:
        return Found(sides, (not_compared(file.stack, found.problems),))
    notes = (deployed(one.changes),) if one.changes is not None else ()
    return Found(sides._replace(notes=notes), (one,))


def _between_stacks(old: str, new: str, config_dir: Path) -> Found:
    from segfw.changes.comparison import between
    from segfw.review.changes_document import Sides

    files = [stack_file(one, config_dir) for one in (old, new)]
    sides = Sides("stacks", files[0].stack, files[1].stack)
    if files[0] == files[1]:
        raise click.UsageError(f'both are "{files[0].stack}"; name two stacks.')
    plans: list[Plan] = []
    problems: list[Problem] = []
    for file in files:
        try:
            plans.append(load_plan(*file, today()))
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        return Found(sides, problems=tuple(problems))
    return Found(sides, (between(plans[0], plans[1], load_catalog()),))


def _between_revisions(named: tuple[str, ...], rev: str, config_dir: Path, *, every: bool) -> Found:
    from segfw.cli.comparing import check_stacks, compare_revisions, revisions
    from segfw.review.changes_document import Sides

    files = list(dict.fromkeys(stack_file(one, config_dir) for one in named))
    folders = {file.folder for file in files} or {config_dir.absolute()}
    if len(folders) > 1:
        raise click.UsageError("the stacks are of several folders; compare one folder at a time.")
    try:
        with revisions(rev, folders.pop(), today()) as both:
            known = sorted({*both.old.files.stacks, *both.new.files.stacks})
            stacks = tuple(known if every else (file.stack for file in files))
            check_stacks(stacks, both)
            found = tuple(compare_revisions(stacks, both))
            sides = both.sides
    except ProblemsFound as refused:
        return Found(Sides("revisions", rev, rev), problems=refused.problems)
    return Found(
        sides,
        tuple(_unproven(one) if isinstance(one, NotProven) else one for one in found),
        tuple(one for one in found if isinstance(one, NotProven)),
    )


def _unproven(failed: NotProven) -> Comparison:
    """A stack whose compile is a bug of ours is one of those that are not compared."""
    from segfw.changes.comparison import not_compared

    first = failed.message.splitlines()[0].removeprefix(f"{failed.stack}: ")
    return not_compared(failed.stack, (Problem(Place(failed.stack, 0), "", first),))


def _compiled_by() -> str:
    from importlib.metadata import version

    return f"seg-firewall {version('seg-firewall')}"


def _write(found: Found, form: str) -> None:
    """The comparison on standard output; nothing where there is none, but in JSON."""
    if form == "json":
        from segfw.review.changes_document import document

        held = document(
            found.comparisons,
            found.sides,
            load_catalog(),
            compiled_by=_compiled_by(),
            problems=found.problems,
        )
        click.echo(json.dumps(held, indent=2))
        return
    from segfw.review.changes import first_line, where

    shown = [one for one in found.comparisons if not one.problems]
    if not (shown or form == "markdown"):
        return
    about = where(found.sides, _compiled_by()) if found.comparisons else ()
    same = [one.stack for one in shown if not one.any]
    several = len(found.comparisons) > 1
    differing = [one for one in shown if one.any] if several else shown
    if form == "markdown":
        from segfw.cli.diff_markdown import comment
        from segfw.review.changes_alike import alike

        unchanged = (f"No difference: {', '.join(same)}.",) if several and same else ()
        refused = [*found.problems, *(p for one in found.comparisons for p in one.problems)]
        first = first_line(found.comparisons) if found.comparisons else _nothing(refused)
        stacks = alike(differing, load_catalog())
        click.echo(comment(first, stacks, (*about, *unchanged), map(str, refused)), nl=False)
        return
    _write_text(differing, about, same if several else [], several=several, found=found)


def _nothing(refused: list[Problem]) -> str:
    from segfw.review.sections import counted

    return f"nothing compared: {counted(len(refused), 'problem')}"


def _write_text(
    shown: Iterable[Comparison],
    about: tuple[str, ...],
    same: list[str],
    *,
    several: bool,
    found: Found,
) -> None:
    from segfw.cli.write import plain_text
    from segfw.review.changes import first_line, sections
    from segfw.review.changes_alike import alike
    from segfw.review.sections import Section

    out: list[Section] = []
    if several:
        out.append(Section(first_line(found.comparisons), about))
        for one in alike(shown, load_catalog()):
            head, *rest = one.sections
            more = (one.others_line, ", ".join(one.others)) if one.others else ()
            out += [head._replace(lines=(*head.lines, *more)), *rest]
    else:
        out += (each for one in shown for each in sections(one, load_catalog(), about))
    if same:
        out.append(Section("No difference", (", ".join(same),)))
    click.echo(plain_text(out), nl=False)


def _status(found: Found, form: str, *, differing: bool) -> int:
    """The exit status; problems are said on standard error unless JSON has told them."""
    bugs = {failed.stack for failed in found.unproven}
    compared = (one for one in found.comparisons if one.stack not in bugs)
    refused = [*found.problems, *(p for one in compared for p in one.refused)]
    if refused and form != "json":
        report_problems(ProblemsFound(refused))
    for failed in found.unproven:
        failed.show()
    if found.unproven:
        return NotProven.exit_code
    if refused:
        return 1
    return CHANGES if differing and any(one.any for one in found.comparisons) else 0
