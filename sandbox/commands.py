"""One engine command: what it needs to be told, and what it printed and did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.errors import SandboxError
from sandbox.events import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.environment import Environment

# Commands that read the stack's configuration, and so take the sandbox's file.
WITH_CONFIG = frozenset({"up", "preview", "refresh", "destroy", "import", "config", "watch"})
# Commands that write an event log.
WITH_EVENTS = frozenset({"up", "preview", "refresh", "destroy", "import"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one command printed and did; *report* is empty for commands without an event log."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    report: Report = field(default_factory=Report)

    @property
    def text(self) -> str:
        """Everything that was printed."""
        return self.stdout + self.stderr

    @property
    def unchanged(self) -> bool:
        """Whether the command succeeded and no resource was touched."""
        return self.code == 0 and not self.report.changed


class CommandFailed(SandboxError):
    """A command ended with an exit code other than 0; `result` has what it printed."""

    def __init__(self, result: Result) -> None:
        """Say which command it was and everything it printed."""
        shown = " ".join(result.command)
        super().__init__(f"`{shown}` ended with exit code {result.code}:\n{result.text.rstrip()}")
        self.result = result


def with_config_file(
    environment: Environment,
    arguments: Sequence[str],
    selected: Callable[[], str | None] = lambda: None,
) -> list[str]:
    """The engine's *arguments*, and the sandbox's stack file where the command reads one.

    A command that names no stack is about the one that is *selected*. A stack is removed
    without its stack file, which is the project's.

    Raises:
        SandboxError: such a command names no stack, and none is selected.
    """
    commands = [word for word in arguments if not word.startswith("-")]
    if commands[:2] == ["stack", "rm"]:
        return [*arguments, "--preserve-config"]
    if not commands or commands[0] not in WITH_CONFIG or "--help" in arguments or "-h" in arguments:
        return list(arguments)
    if any(word.startswith("--config-file") for word in arguments):
        return list(arguments)
    stack = _named_stack(arguments) or selected()
    if stack is None:
        message = (
            f"say which stack: add `--stack NAME` to `pulumi {commands[0]}`, or choose one with "
            "`pulumi stack select NAME`."
        )
        raise SandboxError(message)
    file = environment.config_file(stack.rpartition("/")[2])
    return [*arguments, "--config-file", str(file)]


def _named_stack(arguments: Sequence[str]) -> str | None:
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word in ("--stack", "-s") and following:
            return following
        if word.startswith("--stack="):
            return word.removeprefix("--stack=")
    return None
