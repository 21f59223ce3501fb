"""The user's own `pulumi`, run as a subprocess with the user's own login and backend."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKED = ("currently locked by", "Another update is currently in progress")
"""How the file backends and Pulumi Cloud say that an update holds the stack."""
READS_SETTINGS = frozenset({"up", "preview", "refresh", "import"})


class PulumiError(click.ClickException):
    """Something that `pulumi` said, or that it is not there."""


class Answer(NamedTuple):
    """What one command printed, and its exit status."""

    status: int
    stdout: str
    stderr: str

    @property
    def locked(self) -> bool:
        """Whether it could not be done because an update holds the stack."""
        return self.status != 0 and any(text in self.stdout + self.stderr for text in LOCKED)

    @property
    def errors(self) -> str:
        """The lines that say what went wrong, each once."""
        found: dict[str, None] = {}
        text, document = self.stdout + self.stderr, _json_object(self.stdout)
        if document is not None:
            text = self.stderr
            for each in document.get("diagnostics") or ():
                if each.get("severity") == "error":
                    found.setdefault(each["message"].strip())
        for line in text.splitlines():
            if "error:" in line or "[409]" in line:
                found.setdefault(line.strip())
        return "\n".join(found) or (self.stderr or self.stdout).strip()


class Lock(NamedTuple):
    """A lock file of a backend that is a folder."""

    holder: str
    process: int
    since: str
    here: bool

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
        state = "another machine's, so whether it still runs cannot be seen from here"
        if self.here:
            state = "which is still running" if self.running else "which has ended"
        return f"{self.holder}, process {self.process}, since {self.since}; {state}"


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
        self.file.rename(self.file.with_name(f"{self.file.name}.torn"))
        shutil.copyfile(self.whole, self.file)
        self.file.with_name(f"{self.file.name}.attrs").unlink(missing_ok=True)


class Pulumi:
    """The command line over one stack of the program in *cwd*."""

    def __init__(self, stack: str, cwd: Path, config_file: Path | None) -> None:
        """Find `pulumi` and the program.

        Raises:
            PulumiError: one of them is not there.
        """
        found = shutil.which("pulumi")
        if found is None:
            raise PulumiError(
                "there is no pulumi on PATH; install it "
                "(https://www.pulumi.com/docs/install/), log in as for `pulumi up`, "
                "and run this again."
            )
        self.stack = stack
        self._command = found
        self._cwd = cwd
        self._settings = [] if config_file is None else ["--config-file", str(config_file)]
        self.project = self._project()

    def _project(self) -> str:
        file = self._cwd / "Pulumi.yaml"
        try:
            return str(yaml.safe_load(file.read_text("utf-8"))["name"])
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            raise PulumiError(
                f"{file} is not there or names no project; name the program's folder with --cwd."
            ) from None

    def shown(self, *words: str) -> str:
        """The command as somebody would type it."""
        return " ".join(["pulumi", *words, "--stack", self.stack])

    def run(self, *words: str) -> Answer:
        """What `pulumi` answers; it never asks anything."""
        command = [self._command, *words, "--stack", self.stack]
        if words[0] in READS_SETTINGS:
            command += self._settings
        return self._run(command)

    def _run(self, command: list[str]) -> Answer:
        ran = subprocess.run(  # noqa: S603 - the user's own pulumi, with a list of words
            [*command, "--non-interactive", "--color", "never"],
            cwd=self._cwd,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return Answer(ran.returncode, ran.stdout, ran.stderr)

    def export(self) -> dict[str, Any]:
        """The stack's state, secrets encrypted.

        Raises:
            PulumiError: there is no such stack, or its state cannot be read.
        """
        answer = self.run("stack", "export")
        if answer.status == 0:
            return json.loads(answer.stdout)
        if "no stack named" in answer.stdout + answer.stderr:
            listed = self._run([self._command, "stack", "ls", "--json"])
            names = (
                [each["name"] for each in json.loads(listed.stdout)] if not listed.status else []
            )
            there = f"there is {', '.join(names)}" if names else "there is none"
            raise PulumiError(
                f'{self.project} has no stack "{self.stack}" in this backend; {there}. '
                "`pulumi whoami --verbose` says which backend you are logged in to."
            )
        raise PulumiError(f"the state of {self.stack} cannot be read:\n{answer.errors}")

    def torn(self) -> Torn | None:
        """What an engine that was killed in the writing left, in a backend that is a folder."""
        backend = self._folder()
        if backend is None:
            return None
        file = backend / "stacks" / self.project / f"{self.stack}.json"
        attributes = file.with_name(f"{file.name}.attrs")
        if attributes.is_file() and not attributes.stat().st_size:
            return Torn(attributes, None)
        if not file.is_file() or _is_whole(file):
            return None
        history = backend / "history" / self.project / self.stack
        found = [file.with_name(f"{file.name}.bak"), *history.glob("*.checkpoint.json")]
        whole = [each for each in found if each.is_file() and _is_whole(each)]
        return Torn(file, max(whole, key=lambda each: each.stat().st_mtime)) if whole else None

    def _folder(self) -> Path | None:
        """The backend's files, where it is a folder of this machine's."""
        asked = self._run([self._command, "whoami", "--json"])
        url = "" if asked.status else str(json.loads(asked.stdout).get("url", ""))
        if not url.startswith("file://"):
            return None
        return Path(url.removeprefix("file://").partition("?")[0]).expanduser() / ".pulumi"

    def locks(self) -> tuple[Lock, ...]:
        """The locks on the stack, where the backend is a folder of this machine's.

        Other backends show a lock only to a command that needs it.
        """
        backend = self._folder()
        if backend is None:
            return ()
        folder = backend / "locks" / "organization" / self.project / self.stack
        return tuple(_read_locks(folder))


def _json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that *text* is, if it is one."""
    try:
        return json.loads(text) if text.startswith("{") else None
    except ValueError:
        return None


def _is_whole(file: Path) -> bool:
    try:
        json.loads(file.read_text("utf-8"))
    except ValueError:
        return False
    return True


def _read_locks(folder: Path) -> Iterator[Lock]:
    for path in sorted(folder.glob("*.json")):
        try:
            said = json.loads(path.read_text("utf-8"))
            yield Lock(
                f"{said['username']}@{said['hostname']}",
                int(said["pid"]),
                said["timestamp"].partition(".")[0].removesuffix("Z") + "Z",
                said["hostname"] == platform.node(),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            yield Lock("somebody who left no name", 0, "an unknown time", here=False)
