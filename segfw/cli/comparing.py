"""Stacks at two revisions, compared one after the other in one process."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import click

from segfw.catalog import load_catalog
from segfw.changes.comparison import Comparison, Status, gone, not_compared, unchanged, with_state
from segfw.changes.foreseen import nothing_deployed, state_after
from segfw.cli.load import NotProven, accounts_in
from segfw.cli.revisions import Repository, sides_of_range
from segfw.cli.stack_files import Files, files_in
from segfw.clouds.lifted import LiftError
from segfw.plan import make_plan
from segfw.problems import Place, Problem, ProblemsFound
from segfw.proof import ProofFailed
from segfw.review.changes_document import Sides
from segfw.settings import read_settings, read_tree
from segfw.settings.files import Reading
from segfw.settings.words import did_you_mean, ended, quoted_list

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import date

    from segfw.plan import Plan
    from segfw.settings import Tree

PATIENCE = 2.0
"""Seconds before a terminal is told how far the work is."""


class Side(NamedTuple):
    """The files of one side, where they lie and what messages call the folder."""

    name: str
    files: Files
    folder: Path
    lies: str
    """How messages spell the folder as it lies there."""
    shown: str
    """How they are to spell it."""
    day: date

    def said(self, found: ProblemsFound) -> tuple[Problem, ...]:
        """The problems with the folder's own name in them."""
        return tuple(
            Problem(self.place(one.place), one.path, one.message.replace(self.lies, self.shown))
            for one in found.problems
        )

    def place(self, place: Place) -> Place:
        """A place in the folder, by the folder's own name."""
        return Place(place.file.replace(self.lies, self.shown), place.line)

    def tree(self, stack: str) -> Tree:
        """What the stack's files say.

        Raises:
            ProblemsFound: there is no such file, or it is no YAML.
        """
        try:
            return read_tree(self.folder, stack)
        except ProblemsFound as found:
            raise ProblemsFound(self.said(found)) from None

    def plan(self, tree: Tree) -> Plan:
        """The proven plan of a stack as this side has it.

        Raises:
            ProblemsFound: its file is wrong, or does not fit a quota.
            NotProven: the compile changed meaning, which is a bug in this project.
        """
        catalog = load_catalog()
        try:
            settings = read_settings(tree, catalog, stack=tree.stack, today=self.day)
        except ProblemsFound as found:
            raise ProblemsFound(self.said(found)) from None
        places = {path: self.place(place) for path, place in settings.places.items()}
        try:
            return make_plan(replace(settings, places=places), catalog)
        except (ProofFailed, LiftError) as failed:
            raise NotProven(tree.stack, failed) from None


class Revisions(NamedTuple):
    """Both sides, and what is to be said of them."""

    old: Side
    new: Side
    sides: Sides


@contextmanager
def revisions(text: str, config_dir: Path, today: date) -> Generator[Revisions]:
    """The two sides that ``--rev`` names; files of a revision lie in a folder of their own.

    Raises:
        ProblemsFound: git, the repository, a revision or its config folder is not there.
    """
    repository = Repository(config_dir)
    old_name, new_name, parted = sides_of_range(text)
    old = named = repository.revision(old_name)
    new = repository.revision(new_name) if new_name is not None else None
    if parted and new is not None:
        old = repository.parting(old, new)
    if new is None and not repository.has_work_tree:
        message = f"the repository has no work tree; name two revisions: --rev {text}..NEW."
        raise ProblemsFound([Problem(Place(f"--rev {text}", 0), "", message)])
    notes = [
        f'several refs are called "{one.named}"; git took {one.commit[:7]}.'
        for one in (named, new)
        if one is not None and one.ambiguous
    ]
    notes += repository.notes()
    dirty = repository.is_dirty()
    if dirty:
        are = "are not part" if new else "are part"
        shown = Reading(config_dir).shown(".")
        notes.append(f"{shown}/ has changes that are not committed; they {are} of this comparison.")
    with ExitStack() as kept:
        at = Path(kept.enter_context(TemporaryDirectory(prefix="segfw-diff-")))
        sides: list[Side] = []
        for number, revision in enumerate((old, new)):
            if revision is None:
                lies = Reading(config_dir).shown(".")
                there = files_in(config_dir)
                sides.append(Side("the work tree", there, config_dir, lies, lies, today))
                continue
            folder = at / str(number) / "config"
            files = repository.files(revision)
            files.write_to(folder)
            shown = f"{revision.commit[:7]}:{repository.folder}"
            lies = Reading(folder).shown(".")
            day = min(revision.day, today)
            sides.append(Side(revision.words, files, folder, lies, shown, day))
        said = Sides(
            mode="revisions",
            old=sides[0].name,
            new=sides[1].name,
            old_commit=old.commit,
            new_commit=new.commit if new else None,
            notes=tuple(notes),
        )
        yield Revisions(sides[0], sides[1], said)


def check_stacks(stacks: tuple[str, ...], both: Revisions) -> None:
    """Each stack is on one of the sides.

    Raises:
        ProblemsFound: with what is there, for each that is on neither.
    """
    known = sorted({*both.old.files.stacks, *both.new.files.stacks})
    problems: list[Problem] = []
    for stack in stacks:
        if stack not in known:
            hint = did_you_mean(stack, known) or f"stacks there are {quoted_list(known)}"
            message = f'neither {both.old.name} nor {both.new.name} has a stack "{stack}"; {hint}'
            file = f"{both.new.shown}/Pulumi.{stack}.yaml"
            problems.append(Problem(Place(file, 0), "", ended(message)))
    if problems:
        raise ProblemsFound(problems)


def compare_revisions(stacks: tuple[str, ...], both: Revisions) -> Iterator[Comparison | NotProven]:
    """Each stack's comparison; a compile that is not proven in its place."""
    changed = _changed_files(both)
    told = Progress(len(stacks))
    for number, stack in enumerate(stacks):
        told.at(number, stack)
        try:
            yield _compared(stack, both, changed)
        except ProblemsFound as found:
            yield not_compared(stack, found.problems)
        except NotProven as failed:
            yield failed
    told.done()


class Changed(NamedTuple):
    """What is not the same bytes on both sides."""

    stacks: frozenset[str]
    """Stacks whose own file is another one."""
    shared: frozenset[str]
    """Shared files, as a tree of the new side spells them."""


def _changed_files(both: Revisions) -> Changed:
    old, new = both.old.files, both.new.files
    names = {one for one in (*old.held, *new.held) if old.held.get(one) != new.held.get(one)}
    reading = Reading(both.new.folder)
    return Changed(
        frozenset(Files(dict.fromkeys(names, b"")).stacks),
        frozenset(reading.shown(name) for name in names if "/" in name),
    )


def _compared(stack: str, both: Revisions, changed: Changed) -> Comparison:
    catalog = load_catalog()
    was, will_be = (stack in side.files.stacks for side in (both.old, both.new))
    own = stack in changed.stacks
    if not (own or changed.shared):
        return unchanged(stack)
    if not will_be:
        return gone(both.old.plan(both.old.tree(stack)), catalog)
    wanted = both.new.tree(stack)
    if not own and wanted.complete and changed.shared.isdisjoint(wanted.imports):
        return unchanged(stack)  # it imports the same on both sides, by their own imports too
    deployed = both.old.tree(stack) if was else None
    old = both.old.plan(deployed) if deployed is not None else None
    new = both.new.plan(wanted)
    accounts = accounts_in(wanted, new.settings.cloud)
    if deployed is None or old is None:
        found = with_state(new, nothing_deployed(both.old.name), catalog, accounts)
        return found._replace(status=Status.NEW)
    theirs = accounts_in(deployed, old.settings.cloud)
    state = state_after(old, catalog, both.old.name, theirs)
    return with_state(new, state, catalog, accounts, old)


class Progress:
    """How far a long run is, on a terminal, once it takes a while."""

    def __init__(self, total: int) -> None:
        """Begin to count the time."""
        self._total = total
        self._started = time.monotonic()
        self._last = self._started + PATIENCE
        self._shown = False

    def at(self, number: int, stack: str) -> None:
        """Say so, at most once a second."""
        now = time.monotonic()
        if now >= self._last and sys.stderr.isatty():
            click.echo(f"\r\x1b[K{number} of {self._total} stacks: {stack}", err=True, nl=False)
            self._last, self._shown = now + 1, True

    def done(self) -> None:
        """Clear the line."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)
