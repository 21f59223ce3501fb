"""The config folder as a git revision has it: read from the object store, beside the work tree.

Nothing is checked out, and nothing of the repository is written.
"""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from segfw.cli.stack_files import Files
from segfw.problems import Place, Problem, ProblemsFound
from segfw.settings.words import did_you_mean, ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

STACK_FILE = re.compile(r"Pulumi\.[^/\n]+\.yaml")
SHARED_FILE = re.compile(r"[^/\n]+\.yaml")
SHARED = "shared/"
RANGE = re.compile(r"(.*?)(\.{2,3})(.*)", re.DOTALL)
HEAD = "HEAD"
SYMLINK = "120000"
TREE = re.compile(rb"([0-9a-f]+) tree \d+")
BLOB = re.compile(rb"[0-9a-f]+ blob (\d+)")
LOST_LINKS = (b"symlink", b"dangling", b"loop", b"notdir")
"""How git says that a link leads to no file of the revision; where to is in the lines behind."""
QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
"""Write nothing, fetch nothing, and say what is said in one language."""


class Revision(NamedTuple):
    """A commit, as it was named."""

    named: str
    commit: str
    day: date
    """When it was made: the stack is read as of then."""
    ambiguous: bool = False
    """Several refs have the name, such as a tag and a branch."""

    @property
    def words(self) -> str:
        """``main (3f2a91c)``; the commit alone where it was named by itself."""
        short = self.commit[:7]
        return short if self.commit.startswith(self.named) else f"{self.named} ({short})"


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
        done = self._run("rev-parse", "--verify", "--end-of-options", f"{named}^{{commit}}")
        if done.returncode or not named.strip():
            raise _refused(named, self._unknown(named))
        commit = done.stdout.decode().strip()
        words = ("show", "--no-patch", "--no-show-signature", "--format=%ct", commit, "--")
        day = _day(int(self._asked(*words)))
        return Revision(named, commit, day, ambiguous=b" is ambiguous" in done.stderr)

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
        entries = self._entries(revision, "", STACK_FILE)
        if not entries:
            message = (
                f"{revision.words} has no stack files in {self.folder}/; name a later revision."
            )
            raise _refused(revision.named, message)
        entries |= self._entries(revision, SHARED, SHARED_FILE)
        contents = self._contents(entries.values(), revision)
        return Files({name: contents[wanted] for name, wanted in entries.items()})

    def _entries(self, revision: Revision, folder: str, files: re.Pattern[str]) -> dict[str, str]:
        """What to ask git for, by name in the config folder; *folder* may be a link."""
        path = f"{revision.commit}:{self._prefix}{folder}".removesuffix("/")
        asked = self._run("cat-file", "--batch-check", "--follow-symlinks", given=f"{path}\n")
        self._check(asked, revision.named)
        header = asked.stdout.split(b"\n", 1)[0]
        tree = TREE.fullmatch(header)
        if tree is None:
            return {}
        listed = self._run("ls-tree", "-z", "--full-tree", tree[1].decode())
        self._check(listed, revision.named)
        found: dict[str, str] = {}
        for line in listed.stdout.split(b"\0"):
            about, _, raw = line.partition(b"\t")
            name = os.fsdecode(raw)
            if files.fullmatch(name):
                mode, _, oid = about.decode().split()
                followed = path + ("" if path.endswith(":") else "/") + name
                found[f"{folder}{name}"] = followed if mode == SYMLINK else oid
        return found

    def _lost(self, path: str, revision: Revision) -> ProblemsFound:
        message = f"{path} is a link to nothing that {revision.words} has."
        return _refused(revision.named, message)

    def notes(self) -> Iterator[str]:
        """What a reader may not expect of the repository."""
        outer = self._asked("rev-parse", "--show-superproject-working-tree").strip()
        if outer:
            yield f"{self.folder}/ is in a submodule; the revisions are the submodule's own."

    @property
    def has_work_tree(self) -> bool:
        """Files are checked out; a bare repository has none."""
        return self._asked("rev-parse", "--is-inside-work-tree").strip() == "true"

    def is_dirty(self) -> bool:
        """The config folder has changes, or new files, that are not committed."""
        words = ("status", "--porcelain", "-z", "--untracked-files=all", "--", ".")
        done = self._run(*words, at=self.config_dir if self.config_dir.is_dir() else None)
        return bool(done.stdout)

    def _contents(self, asked: Iterable[str], revision: Revision) -> dict[str, bytes]:
        """Every object, by one process; a link's is what it leads to."""
        wanted = list(dict.fromkeys(asked))
        given = "".join(f"{one}\n" for one in wanted)
        done = self._run("cat-file", "--batch", "--follow-symlinks", given=given)
        self._check(done, revision.named)
        found: dict[str, bytes] = {}
        rest, at = done.stdout, 0
        for one in wanted:
            end = rest.index(b"\n", at)
            header = BLOB.fullmatch(rest[at:end])
            if rest[at:end].startswith(LOST_LINKS):
                raise self._lost(one.partition(":")[2], revision)
            if header is None:
                message = (
                    f"the repository lacks object {one[:7]} of {revision.words}; run git fetch "
                    "--refetch, or clone it without --filter."
                )
                raise _refused(revision.named, message)
            size = int(header[1])
            found[one] = rest[end + 1 : end + 1 + size]
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
        return os.fsdecode(done.stdout)

    def _check(self, done: subprocess.CompletedProcess[bytes], where: str) -> None:
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            first = said[0].removeprefix("fatal: ") if said else f"status {done.returncode}"
            if "not a git repository" in first:
                message = (
                    f"{self._at} is in no git repository, so it has no revisions; compare with a "
                    "state (--state FILE) or another stack instead."
                )
            elif "dubious ownership" in first:
                message = (
                    f"{first}: the repository is another user's; trust it with git config --global "
                    "--add safe.directory, then its path."
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
                input=os.fsencode(given),
                capture_output=True,
                check=False,
                env=_environment(),
            )
        except FileNotFoundError:
            message = "git is not installed, and revisions are read with it; install it first."
            raise _refused("git", message) from None


def _environment() -> dict[str, str]:
    """Ours, but for a hook's ``GIT_DIR``: with it alone git takes any folder for the top."""
    held = {**os.environ, **QUIET}
    if "GIT_WORK_TREE" not in held:
        held.pop("GIT_DIR", None)
    return held


def _day(seconds: int) -> date:
    """The day of a time stamp; the last there is of one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=UTC).date()


def _refused(named: str, message: str) -> ProblemsFound:
    where = named if named == "git" else f"--rev {named}"
    return ProblemsFound([Problem(Place(where, 0), "", message)])
