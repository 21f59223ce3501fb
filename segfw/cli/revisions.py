"""The config folder as a git revision has it: read from the object store, beside the work tree.

Nothing is checked out, and nothing of the repository is written.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from segfw.problems import Place, Problem, ProblemsFound
from segfw.settings.words import did_you_mean, ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

FILES = re.compile(r"Pulumi\.[^/]+\.yaml|shared/[^/]+\.yaml")
"""What of the config folder a stack is made of."""
RANGE = re.compile(r"(.*?)(\.{2,3})(.*)", re.DOTALL)
HEAD = "HEAD"
SYMLINK = "120000"
QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
"""Write nothing, fetch nothing, and say what is said in one language."""


class Revision(NamedTuple):
    """A commit, as it was named."""

    named: str
    commit: str
    day: date
    """When it was made: the stack is read as of then."""

    @property
    def words(self) -> str:
        """``main (3f2a91c)``; the commit alone where it was named by itself."""
        short = self.commit[:7]
        return short if self.commit.startswith(self.named) else f"{self.named} ({short})"


@dataclass(frozen=True)
class Files:
    """The files that stacks are made of, on one side."""

    held: Mapping[str, bytes]
    """By their names in the config folder: ``Pulumi.x.yaml``, ``shared/base.yaml``."""

    @cached_property
    def stacks(self) -> list[str]:
        """The stacks that have a file, in order."""
        return sorted(
            name.removeprefix("Pulumi.").removesuffix(".yaml")
            for name in self.held
            if "/" not in name
        )

    def write_to(self, folder: Path) -> None:
        """Put the files below *folder*."""
        (folder / "shared").mkdir(parents=True)
        for name, content in self.held.items():
            (folder / name).write_bytes(content)


def files_in(folder: Path) -> Files:
    """The files of a config folder as they are now; one that cannot be read is left out."""
    found: dict[str, bytes] = {}
    for path in (*folder.glob("Pulumi.*.yaml"), *folder.glob("shared/*.yaml")):
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = path.read_bytes()
        except OSError:
            continue
    return Files(found)


def sides_of_range(text: str) -> tuple[str, str | None, bool]:
    """What ``--rev`` names: the old side, the new one (None: the work tree), and ``...``.

    As git has it: ``OLD..NEW``, and ``OLD...NEW`` from where both parted; an empty name is HEAD.
    """
    found = RANGE.fullmatch(text)
    if found is None:
        return text, None, False
    old, dots, new = found.groups()
    return old or HEAD, new or HEAD, dots == "..."


class Repository:
    """The git repository that a config folder is in."""

    def __init__(self, config_dir: Path) -> None:
        """Find it.

        Raises:
            ProblemsFound: git is not installed, or the folder is in no repository.
        """
        there = config_dir.absolute()
        while not there.is_dir():
            there = there.parent
        self._at = there
        self.config_dir = config_dir
        prefix = self._asked("rev-parse", "--show-prefix")
        below = config_dir.absolute().relative_to(there).as_posix()
        self._prefix = prefix.removesuffix("\n") + ("" if below == "." else f"{below}/")

    @property
    def folder(self) -> str:
        """The config folder, from the repository's top."""
        return self._prefix.removesuffix("/") or "."

    def revision(self, named: str) -> Revision:
        """The commit of that name.

        Raises:
            ProblemsFound: there is none.
        """
        done = self._run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}"
        )
        if done.returncode or not named.strip():
            raise _refused(named, self._unknown(named))
        commit = done.stdout.decode().strip()
        seconds = self._asked("show", "--no-patch", "--format=%ct", commit, "--")
        return Revision(named, commit, datetime.fromtimestamp(int(seconds), UTC).date())

    def parting(self, old: Revision, new: Revision) -> Revision:
        """The commit in which both began.

        Raises:
            ProblemsFound: they have none in common.
        """
        done = self._run("merge-base", old.commit, new.commit)
        if done.returncode:
            message = f"{old.named} and {new.named} have no commit in common{self._shallow_hint()}."
            raise _refused(f"{old.named}...{new.named}", message)
        commit = done.stdout.decode().split()[0]
        return self.revision(commit)._replace(named=f"where {new.named} left {old.named}")

    def files(self, revision: Revision) -> Files:
        """What *revision* has in the config folder.

        Raises:
            ProblemsFound: it has no such folder, or git cannot read a file of it.
        """
        words = ["ls-tree", "-r", "-z", "--full-tree", revision.commit]
        listed = self._run(*words, *(["--", self._prefix] if self._prefix else ()))
        self._check(listed, revision.named)
        entries = dict(_entries(listed.stdout, self._prefix))
        if not any("/" not in name for name in entries):
            message = (
                f"{revision.words} has no stack files in {self.folder}/; name a later revision."
            )
            raise _refused(revision.named, message)
        contents = self._contents([oid for oid, _ in entries.values()], revision)
        found: dict[str, bytes] = {}
        for name, (oid, mode) in entries.items():
            content = contents[oid]
            if mode == SYMLINK:
                target = os.path.normpath(Path(name).parent / content.decode(errors="replace"))
                if target not in entries or entries[target][1] == SYMLINK:
                    message = f"{self._prefix}{name} is a link to a file that is not in the folder."
                    raise _refused(revision.named, message)
                content = contents[entries[target][0]]
            found[name] = content
        return Files(found)

    def is_dirty(self) -> bool:
        """The config folder has changes, or new files, that are not committed."""
        words = ("status", "--porcelain", "-z", "--untracked-files=all", "--", ".")
        done = self._run(*words, at=self.config_dir if self.config_dir.is_dir() else None)
        return bool(done.stdout)

    def _contents(self, oids: Iterable[str], revision: Revision) -> dict[str, bytes]:
        """Every object, by one process."""
        wanted = list(dict.fromkeys(oids))
        done = self._run("cat-file", "--batch", given="".join(f"{oid}\n" for oid in wanted))
        self._check(done, revision.named)
        found: dict[str, bytes] = {}
        rest, at = done.stdout, 0
        for oid in wanted:
            end = rest.index(b"\n", at)
            header = rest[at:end].split()
            if len(header) != 3:  # noqa: PLR2004 - name, type, size; else "missing"
                message = (
                    f"the repository lacks object {oid[:7]} of {revision.words}; run git fetch "
                    "--refetch, or clone it without --filter."
                )
                raise _refused(revision.named, message)
            size = int(header[2])
            found[oid] = rest[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def _unknown(self, named: str) -> str:
        refs = self._asked("for-each-ref", "--format=%(refname:short)").split()
        hint = did_you_mean(named, refs)
        way = hint or "git branch --all and git tag list those that there are"
        return ended(f'git knows no revision "{named}"{self._shallow_hint()}; {way}')

    def _shallow_hint(self) -> str:
        shallow = self._asked("rev-parse", "--is-shallow-repository").strip() == "true"
        return (
            ", and this clone is shallow: fetch the rest with git fetch --unshallow (in a "
            "pipeline: fetch-depth: 0)"
            if shallow
            else ""
        )

    def _asked(self, *words: str) -> str:
        done = self._run(*words)
        self._check(done, "git")
        return done.stdout.decode(errors="replace")

    def _check(self, done: subprocess.CompletedProcess[bytes], where: str) -> None:
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            first = said[0].removeprefix("fatal: ") if said else f"status {done.returncode}"
            if "not a git repository" in first:
                message = (
                    f"{self._at} is in no git repository, so it has no revisions; compare with a "
                    "state (--state FILE) or another stack instead."
                )
            else:
                message = ended(f"git cannot answer: {first}")
            raise _refused(where, message)

    def _run(
        self, *words: str, given: str = "", at: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - the words are ours, names behind --end-of-options
                ["git", "-C", str(at or self._at), *words],  # noqa: S607 - the user's own git
                input=given.encode(),
                capture_output=True,
                check=False,
                env={**os.environ, **QUIET},
            )
        except FileNotFoundError:
            message = "git is not installed, and revisions are read with it; install it first."
            raise _refused("git", message) from None


def _entries(listed: bytes, prefix: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Names in the folder, with object and mode."""
    for line in listed.split(b"\0"):
        about, _, path = line.partition(b"\t")
        name = os.fsdecode(path).removeprefix(prefix)
        if FILES.fullmatch(name):
            mode, _, oid = about.decode().split()
            yield name, (oid, mode)


def _refused(named: str, message: str) -> ProblemsFound:
    where = named if named == "git" else f"--rev {named}"
    return ProblemsFound([Problem(Place(where, 0), "", message)])
