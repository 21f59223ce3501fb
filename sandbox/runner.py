"""Runs the Pulumi command line in the sandbox and says what it did.

    pulumi = Pulumi(Environment(root=folder), cwd=program)
    pulumi.configure("dev", {"seg-firewall:cloud": "aws"})
    pulumi.init("dev")
    result = pulumi.up("dev")
    assert result.report.named("create") == ("group", "rule")
    assert pulumi.outputs("dev")["id"].startswith("sg-")

Every operation takes the stack's configuration from the sandbox's own file
(`Environment.config_file`), never from the program's folder, since the engine writes into it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import yaml

from sandbox.commands import WITH_CONFIG, WITH_EVENTS, CommandFailed, Result
from sandbox.environment import PROJECT, Environment
from sandbox.events import read_events, report
from sandbox.following import follow
from sandbox.progress import Progress
from sandbox.toolchain import Engine, get_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True)
class _Program:
    """A folder with a Pulumi.yaml."""

    folder: Path

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What stands in Pulumi.yaml."""
        return yaml.safe_load((self.folder / "Pulumi.yaml").read_text("utf-8"))

    def stack_file(self, stack: str) -> Path:
        """The stack file that the engine would read by itself."""
        return self.folder / self.settings.get("stackConfigDir", "") / f"Pulumi.{stack}.yaml"


class Pulumi:
    """The Pulumi command line over the program in *cwd*, in *environment*.

    *extra* are variables on top of the sandbox's. The engine is looked for, and built if need be,
    at the first command.
    """

    def __init__(
        self,
        environment: Environment | None = None,
        *,
        cwd: Path = PROJECT,
        engine: Engine | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is run yet."""
        self.environment = environment or Environment()
        self.cwd = cwd
        self._extra = dict(extra or {})
        self._engine = engine
        self._program = _Program(folder=cwd)

    @property
    def engine(self) -> Engine:
        """The engine that runs the commands."""
        if self._engine is None:
            self._engine = get_engine(
                self.environment.tools,
                search_path=self.environment.base.get("PATH"),
                progress=Progress(),
            )
        return self._engine

    @property
    def project(self) -> str:
        """The project's name."""
        return self._program.settings["name"]

    def variables(self) -> dict[str, str]:
        """The environment of every command."""
        return self.environment.variables(self.engine) | self._extra

    # The commands, from the general to the particular.

    def run(
        self,
        stack: str | None,
        *arguments: str,
        check: bool = True,
        stream: TextIO | None = None,
        on_event: Callable[[Mapping[str, Any]], None] | None = None,
        extra: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        """Run `pulumi ARGUMENTS --stack STACK` without questions, and wait for it.

        What it prints goes to *stream* too as it comes, each engine event to *on_event*.

        Raises:
            CommandFailed: *check* is true and the exit code is not 0.
            KeyboardInterrupt: Ctrl-C was pressed; the engine has finished what it had begun.
        """
        self.environment.prepare()
        named = [] if stack is None else ["--stack", stack]
        command = [*arguments, *named, "--non-interactive", "--color", "never"]
        if stack is not None and arguments[0] in WITH_CONFIG and "--config-file" not in arguments:
            self.configure(stack)
            command += ["--config-file", str(self.environment.config_file(stack))]
        with tempfile.TemporaryDirectory(prefix="events-", dir=self.environment.logs) as folder:
            log = Path(folder) / "events.jsonl"
            if arguments[0] in WITH_EVENTS:
                command += ["--event-log", str(log)]
            variables = self.variables() | {"PULUMI_DEBUG_COMMANDS": "true"} | dict(extra or {})
            with subprocess.Popen(
                [self.engine.cli, *command],
                cwd=cwd or self.cwd,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
            ) as process:
                stdout, stderr = follow(process, stream=stream, log=log, on_event=on_event)
            told = report(read_events(log))
        result = Result(
            command=("pulumi", *arguments, *named),
            code=process.returncode,
            stdout=stdout,
            stderr=stderr,
            report=told,
        )
        if check and result.code != 0:
            raise CommandFailed(result)
        return result

    def up(self, stack: str, *arguments: str, preview: bool = False, **options: Any) -> Result:
        """Bring *stack* up; without a preview first unless one is asked for."""
        skipped = () if preview else ("--skip-preview",)
        return self.run(stack, "up", "--yes", *skipped, *arguments, **options)

    def preview(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Say what `up` would do."""
        return self.run(stack, "preview", *arguments, **options)

    def refresh(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Read every resource from its cloud into the state."""
        return self.run(stack, "refresh", "--yes", "--skip-preview", *arguments, **options)

    def destroy(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Delete every resource of *stack*."""
        return self.run(stack, "destroy", "--yes", "--skip-preview", *arguments, **options)

    def init(self, stack: str) -> bool:
        """Make *stack* if it is not there; whether it was made now.

        The engine's own `stack init` writes into the program's stack file; here it does so in a
        folder apart, and the salt that it wrote is kept in the sandbox's file.
        """
        self.environment.prepare()
        self.configure(stack)
        if self.exists(stack):
            return False
        with tempfile.TemporaryDirectory(prefix="init-", dir=self.environment.root) as folder:
            apart = Path(folder)
            project = {"name": self.project, "runtime": "python"}
            (apart / "Pulumi.yaml").write_text(yaml.safe_dump(project), "utf-8")
            self.run(stack, "stack", "init", "--no-select", cwd=apart)
            written = (apart / f"Pulumi.{stack}.yaml").read_text("utf-8")
        config_file = self.environment.config_file(stack)
        config_file.write_text(with_salt_of(written, config_file.read_text("utf-8")), "utf-8")
        return True

    def configure(self, stack: str, values: Mapping[str, Any] | str | None = None) -> Path:
        """The sandbox's stack file of *stack*, written anew from *values* if they are given.

        Without *values* an existing file is left as it is, and a missing one starts as a copy of
        the program's own. Text is written as it stands; a mapping becomes the `config:` section.
        """
        path = self.environment.config_file(stack)
        own = self._program.stack_file(stack)
        if values is None:
            if path.exists():
                return path
            values = own.read_text("utf-8") if own.exists() else "config: {}\n"
        if not isinstance(values, str):
            values = yaml.safe_dump({"config": dict(values)}, sort_keys=False)
        if path.exists():
            values = with_salt_of(path.read_text("utf-8"), values)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(values, "utf-8")
        return path

    # What is there.

    @property
    def stack_files(self) -> Path:
        """Where the file backend keeps this project's stacks."""
        return self.environment.backend / ".pulumi" / "stacks" / self.project

    def exists(self, stack: str) -> bool:
        """Whether *stack* has been made."""
        return (self.stack_files / f"{stack}.json").exists()

    def stacks(self) -> tuple[str, ...]:
        """The names of this project's stacks, sorted."""
        return tuple(sorted(path.stem for path in self.stack_files.glob("*.json")))

    def export(self, stack: str) -> dict[str, Any]:
        """The stack's state, as `pulumi stack export` writes it."""
        return json.loads(self.run(stack, "stack", "export").stdout)

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """The resources in the stack's state, the stack itself and providers included."""
        return self.export(stack)["deployment"].get("resources") or []

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs, secrets shown."""
        return json.loads(self.run(stack, "stack", "output", "--json", "--show-secrets").stdout)


def _salt_line(text: str) -> str | None:
    """The line of a stack file that holds the engine's salt, if there is one."""
    for line in text.splitlines(keepends=True):
        if line.startswith("encryptionsalt:"):
            return line if line.endswith("\n") else line + "\n"
    return None


def with_salt_of(other: str, text: str) -> str:
    """The stack file *text* with the salt of the stack file *other*, unless it has one itself."""
    salt = _salt_line(other)
    if salt is None or _salt_line(text) is not None:
        return text
    return text + ("" if text.endswith("\n") else "\n") + salt
