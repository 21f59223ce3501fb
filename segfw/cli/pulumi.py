"""The user's own `pulumi`, run as a subprocess with the user's own login and backend."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click
import yaml

from segfw.cli import backend
from segfw.problems import ProblemsFound
from segfw.unfinished import read_preview, read_state

if TYPE_CHECKING:
    from segfw.cli.backend import Folder, Lock, Torn
    from segfw.unfinished import Preview, State

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
    def locks(self) -> tuple[Lock, ...]:
        """The locks that it names as being in its way."""
        return backend.named_locks(self.stdout + self.stderr)

    @property
    def diagnosed(self) -> tuple[str, ...]:
        """The errors in a document that it printed, whatever its exit status."""
        return tuple(
            str(_mapping(each).get("message", each)).strip()
            for each in _list(_mapping(_json(self.stdout)).get("diagnostics"))
            if _mapping(each).get("severity", "error") == "error"
        )

    @property
    def errors(self) -> str:
        """The lines that say what went wrong, each once."""
        text = self.stderr if _mapping(_json(self.stdout)) else self.stdout + self.stderr
        found = dict.fromkeys(self.diagnosed)
        for line in text.splitlines():
            if "error:" in line or "[409]" in line:
                found.setdefault(line.strip())
        return "\n".join(found) or (self.stderr or self.stdout).strip()


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
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
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

    def state(self) -> State:
        """The stack's state.

        Raises:
            PulumiError: there is no such stack, or its state cannot be read.
        """
        answer = self.run("stack", "export")
        if answer.status == 0:
            command = self.shown("stack", "export")
            try:
                return read_state(answer.stdout, command)
            except ProblemsFound as found:
                raise _unreadable(command, _first(found)) from None
        if "no stack named" in answer.stdout + answer.stderr:
            names = self._stacks()
            there = f"there is {', '.join(names)}" if names else "there is none"
            raise PulumiError(
                f'{self.project} has no stack "{self.stack}" in this backend; {there}. '
                "`pulumi whoami --verbose` says which backend you are logged in to."
            )
        raise PulumiError(f"the state of {self.stack} cannot be read:\n{answer.errors}")

    def _stacks(self) -> list[str]:
        listed = _list(_json(self._run([self._command, "stack", "ls", "--json"]).stdout))
        return [str(each["name"]) for each in map(_mapping, listed) if "name" in each]

    def preview(self) -> Preview:
        """What an update would do, beside the cloud as it is now.

        Raises:
            PulumiError: that cannot be known.
        """
        words = ("preview", "--json", "--refresh")
        answer = self.run(*words)
        if answer.status != 0 or answer.diagnosed:
            raise PulumiError(
                f"a preview does not work, so what is left to do is not known:\n{answer.errors}\n"
                "Mend that, then run this again."
            )
        command = self.shown(*words)
        try:
            return read_preview(answer.stdout, command)
        except ProblemsFound as found:
            raise _unreadable(command, _first(found)) from None

    # What a backend that is a folder of this machine's shows

    def locks(self) -> tuple[Lock, ...]:
        """The locks that are on the stack now, where the backend is a folder.

        Other backends show a lock only to a command that needs it.
        """
        return self.folder.locks() if self.folder else ()

    def torn(self) -> Torn | None:
        """What an engine that was killed in the writing left, where the backend is a folder."""
        return self.folder.torn() if self.folder else None

    @cached_property
    def folder(self) -> Folder | None:
        """The stack's place in the backend, where that is a folder of this machine's.

        Raises:
            PulumiError: pulumi does not say which backend it has.
        """
        asked = self._run([self._command, "whoami", "--json"])
        if asked.status != 0:
            return None
        said = _mapping(_json(asked.stdout))
        if "url" not in said:
            raise _unreadable("pulumi whoami --json", "the backend's url is needed here.")
        url = str(said["url"])
        if not url.startswith("file://"):
            return None
        path = Path(_decoded(url.removeprefix("file://").partition("?")[0])).expanduser()
        return backend.Folder(self._cwd / path / ".pulumi", *self._named())

    def _named(self) -> tuple[str, str]:
        """The project and the stack that are meant by the stack's name, qualified or not."""
        *qualified, stack = self.stack.split("/")
        match qualified:
            case [] | [backend.ORGANIZATION]:
                return self.project, stack
            case [project] | [backend.ORGANIZATION, project]:
                return project, stack
            case _:
                raise PulumiError(
                    f'a backend that is a folder has no stack "{self.stack}": its only '
                    f'organization is called "{backend.ORGANIZATION}". '
                    f"Write {backend.ORGANIZATION}/{qualified[-1]}/{stack}."
                )


def _json(text: str) -> Any:
    """The value that *text* says; None where it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _decoded(path: str) -> str:
    """The path of a URL, in which a space is %20."""
    return re.sub(
        "(?:%[0-9A-Fa-f]{2})+",
        lambda coded: os.fsdecode(bytes.fromhex(coded[0].replace("%", ""))),
        path,
    )


def _unreadable(command: str, what: str) -> PulumiError:
    return PulumiError(
        f"what `{command}` printed cannot be read: {what} Run it yourself to see all of it, mend "
        "what stands in its way, then run this again."
    )


def _first(found: ProblemsFound) -> str:
    """The first problem, without the file that it has no need of."""
    problem = found.problems[0]
    return ": ".join(part for part in (problem.path, problem.message) if part)
