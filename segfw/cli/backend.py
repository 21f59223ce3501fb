"""What a backend that is a folder keeps of a stack, read without the engine.

The locks of its updates, and its state's file where an engine was killed while it wrote that
(pulumi/pulumi pkg/backend/diy: lock.go, store.go and backend.go@v3.259.0).
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from segfw.problems import ProblemsFound
from segfw.state import read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

ORGANIZATION = "organization"
"""The only one that a backend has which is no Pulumi Cloud."""
PROCESSES = range(1, 2**31)
"""Every number that a process can have (POSIX: a signed `pid_t`, where others mean groups)."""
REFUSAL = re.compile(
    r"created by (?P<user>.*)@(?P<host>.*) \(pid (?P<process>-?\d+)\) at (?P<time>\S+)"
)
"""How the engine names the holder of a lock that is in a command's way."""


class Lock(NamedTuple):
    """What an update that is at work, or was killed, holds a stack with."""

    holder: str
    process: int
    since: datetime | None
    here: bool
    """The holder is, or was, a process of this machine."""

    @property
    def running(self) -> bool:
        """Whether the holder is a process of this machine that still runs."""
        if not self.here:
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        try:
            called = Path(f"/proc/{self.process}/cmdline").read_bytes().partition(b"\0")[0]
        except OSError:
            return True
        return called.rpartition(b"/")[2].startswith(b"pulumi")

    def __str__(self) -> str:
        """Who, since when, and whether it still is."""
        state = "whether it still runs cannot be seen from here"
        if self.here:
            state = "which is still running" if self.running else "which has ended"
        since = f"{self.since:%Y-%m-%dT%H:%M:%SZ}" if self.since else "an unknown time"
        return f"{self.holder}, process {self.process}, since {since}; {state}"


UNNAMED = Lock("somebody who left no name", 0, None, here=False)


def named_locks(refusal: str) -> tuple[Lock, ...]:
    """The locks of which the engine says in *refusal* that they are in a command's way."""
    found = tuple(
        _lock(said["user"], said["host"], int(said["process"][:20]), said["time"])
        for said in REFUSAL.finditer(refusal)
    )
    return found or (UNNAMED,)


def _lock(user: str, host: str, process: int, time: str) -> Lock:
    here = host == platform.node() and process in PROCESSES
    return Lock(f"{user}@{host}", process, _moment(time), here)


def _moment(time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(time).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Torn(NamedTuple):
    """A file of a stack's state that was cut off in the writing, and what to put in its place."""

    file: Path
    whole: Path | None
    """The newest whole state; None where the engine does without the file."""

    def __str__(self) -> str:
        """What mending it means."""
        if self.whole is None:
            return f"Remove {self.file}, which is empty; the state itself is whole."
        day = datetime.fromtimestamp(self.whole.stat().st_mtime, tz=UTC)
        return (
            f"Put {self.whole} of {day:%Y-%m-%dT%H:%M:%SZ} in the place of {self.file}, which was "
            "cut off in the writing and is kept beside it as .torn."
        )

    def mend(self) -> None:
        """Make the state one that can be read."""
        if self.whole is None:
            self.file.unlink()
            return
        copy = self.file.with_name(f"{self.file.name}.mended")
        shutil.copyfile(self.whole, copy)
        self.file.rename(self.file.with_name(f"{self.file.name}.torn"))
        copy.rename(self.file)
        self.file.with_name(f"{self.file.name}.attrs").unlink(missing_ok=True)


class Folder(NamedTuple):
    """One stack of a backend that is a folder of this machine's."""

    path: Path
    project: str
    stack: str

    def locks(self) -> tuple[Lock, ...]:
        """The locks that are there now; one that cannot be read is somebody's all the same."""
        return tuple(_locks(self.path / "locks" / ORGANIZATION / self.project / self.stack))

    def torn(self) -> Torn | None:
        """What an engine that was killed in the writing left."""
        file = self.path / "stacks" / self.project / f"{self.stack}.json"
        attributes = file.with_name(f"{file.name}.attrs")
        if attributes.is_file() and not attributes.stat().st_size:
            return Torn(attributes, None)
        if not _is_cut_off(file):
            return None
        history = self.path / "history" / self.project / self.stack
        found = [file.with_name(f"{file.name}.bak"), *history.glob("*.checkpoint.json")]
        whole = [each for each in found if _is_state(each)]
        return Torn(file, max(whole, key=lambda each: each.stat().st_mtime)) if whole else None


def _locks(folder: Path) -> Iterator[Lock]:
    for path in sorted(folder.glob("*.json")):
        try:
            said = json.loads(path.read_text("utf-8"))
            user, host, process, time = (
                said[key] for key in ("username", "hostname", "pid", "timestamp")
            )
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            yield UNNAMED
            continue
        if type(process) is int and all(isinstance(each, str) for each in (user, host, time)):
            yield _lock(user, host, process, time)
        else:
            yield UNNAMED


def _is_cut_off(file: Path) -> bool:
    """Whether it ends too early; what is whole and odd is for the engine to refuse."""
    try:
        json.loads(file.read_text("utf-8"))
    except ValueError:
        return True
    except (OSError, RecursionError):
        pass
    return False


def _is_state(file: Path) -> bool:
    try:
        read_state(file.read_text("utf-8"), str(file))
    except (OSError, ValueError, ProblemsFound):
        return False
    return True
