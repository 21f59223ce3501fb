"""Faults on request: what may go wrong in the middle of an update, at a call of one's choice.

Off unless SEG_SANDBOX_FAULTS is set.  It holds a JSON list of faults, each with what the
fields of :class:`Fault` say:

    [{"action": "AuthorizeSecurityGroupIngress", "do": "kill-engine-after", "nth": 2}]

The first fault that is due at a call happens; calls are counted within one provider process.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Answer = TypeVar("_Answer")

VARIABLE: Final = "SEG_SANDBOX_FAULTS"
FOR_EVER: Final = 0
KINDS: Final = frozenset(
    {
        "refuse",  # the cloud answers with an error, and has done nothing
        "lose-answer",  # the cloud does it, and the connection breaks before it says so
        "kill-engine-before",  # the engine is killed, and the call is never made
        "kill-engine-after",  # the engine is killed when the cloud has done it
        "kill-provider-after",  # the provider is killed when the cloud has done it
        "interrupt",  # somebody presses Ctrl-C while the call is made
        "break-state",  # nothing but what `path` does
    }
)


class Injected(Exception):
    """The cloud's answer is this error."""

    def __init__(self, fault: Fault) -> None:
        """With the code, text and status of *fault*."""
        super().__init__(fault.message)
        self.code = fault.code
        self.status = fault.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Happens at calls whose name is *action* (a regular expression), from the *nth* on.

    It happens *times* times, or for ever with 0; with *spreads*, once it has happened it happens
    at every call, whatever its name.  From then on the folder *path*, if there is one, cannot be
    written to, as on a full disk.
    """

    action: str
    do: str
    nth: int = 1
    times: int = 1
    code: str = "InternalError"
    message: str = "An internal error has occurred"
    status: int = 500
    path: str = ""
    spreads: bool = False

    def __post_init__(self) -> None:
        """Refuses a kind that is none."""
        if self.do not in KINDS:
            text = f'{VARIABLE}: no fault is called "{self.do}"; there are {sorted(KINDS)}'
            raise ValueError(text)

    def due(self, number: int) -> bool:
        """Whether it happens at the call that is the *number*th of its action."""
        return number >= self.nth and (self.times == FOR_EVER or number < self.nth + self.times)


class Faults:
    """Makes calls, and lets happen what is due; safe for many threads."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        """With *faults*; without any, every call is simply made."""
        self._faults = tuple(faults)
        self._seen = [0] * len(self._faults)
        self._spread: Fault | None = None
        self._counting = threading.Lock()

    @classmethod
    def from_environment(cls) -> Faults:
        """Those that SEG_SANDBOX_FAULTS asks for: normally none."""
        return cls([Fault(**each) for each in json.loads(os.environ.get(VARIABLE) or "[]")])

    def make(self, action: str, call: Callable[[], _Answer]) -> _Answer:
        """The answer of *call*, unless a fault comes in between.

        Raises:
            Injected: the fault is an error of the cloud's.
        """
        fault = self._due(action)
        if fault is None:
            return call()
        if fault.do == "refuse":
            raise Injected(fault)
        if fault.do == "kill-engine-before":
            _kill_engine()
        if fault.do == "interrupt":
            os.kill(os.getppid(), signal.SIGINT)
        if fault.path:
            break_folder(Path(fault.path))
        answer = call()
        if fault.do == "lose-answer":
            raise Injected(fault)
        if fault.do == "kill-engine-after":
            _kill_engine()
        if fault.do == "kill-provider-after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def _due(self, action: str) -> Fault | None:
        with self._counting:
            found = self._spread
            for position, fault in enumerate(self._faults):
                if re.fullmatch(fault.action, action):
                    self._seen[position] += 1
                    if found is None and fault.due(self._seen[position]):
                        found = fault
            if found is not None and found.spreads:
                self._spread = found
        return found


def break_folder(folder: Path) -> None:
    """Put a file in the place of *folder*: not even root can write below it then."""
    if folder.is_dir():
        folder.rename(_aside(folder))
        folder.write_text("full\n", "utf-8")


def mend_folder(folder: Path) -> None:
    """Put *folder* back as it was."""
    if folder.is_file():
        folder.unlink()
        _aside(folder).rename(folder)


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.aside")


def _kill_engine() -> Any:
    """Kill the engine, and go with it: another call would be one that no engine waits for."""
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(0)
