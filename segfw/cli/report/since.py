"""Since when config lines stand there: what git says of them.

Nothing here fails: without git, without a repository or with a history that was cut off,
what is not known stays unknown.
"""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.review.report.model import Dates

NOT_COMMITTED = "not committed yet"
SECONDS = 20
"""After so long git is not waited for."""
HEADER = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?\Z")


def dates_of(files: Iterable[str]) -> Dates:
    """The day on which each line of *files* was last changed, by file and line."""
    found: dict[tuple[str, int], str] = {}
    cut_off: dict[Path, frozenset[str]] = {}
    for file in sorted(set(files)):
        path = Path(file)
        if path.is_file():
            folder = path.absolute().parent
            if folder not in cut_off:
                cut_off[folder] = _cut_off(folder)
            blamed = _git(
                folder, "blame", "--porcelain", "--root", "--no-textconv", "--", path.name
            )
            if blamed is None and _is_new(path):
                lines = path.read_bytes().count(b"\n") + 1
                found |= {(file, line): NOT_COMMITTED for line in range(1, lines + 1)}
            for line, said in _days(blamed or "", cut_off[folder]):
                found[file, line] = said
    return found


def _is_new(path: Path) -> bool:
    """The file stands in a repository that has never had it."""
    folder = path.absolute().parent
    inside = _git(folder, "rev-parse", "--is-inside-work-tree") == "true\n"
    return inside and _git(folder, "ls-files", "--", path.name) == ""


def commit_of(folder: Path) -> str:
    """``commit 1a2b3c4d``, with a word on files that differ; empty where git knows nothing."""
    head = _git(folder, "rev-parse", "--short=8", "HEAD")
    if not head:
        return ""
    changed = _git(folder, "status", "--porcelain", "--", ".")
    return f"commit {head.strip()}{', with changes that are not committed' if changed else ''}"


def _cut_off(folder: Path) -> frozenset[str]:
    """The commits before which a shallow clone knows nothing."""
    path = _git(folder, "rev-parse", "--git-path", "shallow")
    shallow = folder / path.strip() if path else None
    if shallow is None or not shallow.is_file():
        return frozenset()
    return frozenset(shallow.read_text(encoding="ascii", errors="replace").split())


def _days(blamed: str, cut_off: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Each line's number with what is said of it, from `git blame --porcelain`."""
    days: dict[str, str] = {}
    commit, line = "", 0
    for text in blamed.split("\n"):
        if text.startswith("\t"):
            yield line, days.get(commit, "")
        elif header := HEADER.match(text):
            commit, line = header[1], int(header[2])
            if not commit.strip("0"):
                days[commit] = NOT_COMMITTED
        elif text.startswith("committer-time ") and commit not in days:
            day = datetime.fromtimestamp(int(text.split()[1]), UTC).date().isoformat()
            days[commit] = f"{day} or before" if commit in cut_off else day


def _git(folder: Path, *words: str) -> str | None:
    """What git says in *folder*; None where it is not there or refuses."""
    call = ("git", "--no-optional-locks", "-C", str(folder), *words)
    try:
        done = subprocess.run(  # noqa: S603
            call, capture_output=True, check=True, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", errors="replace")
