"""Progress for people: lines in a log, one moving line on a terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_FRAMES = 0.2
FRAMES = "|/-\\"


@dataclass(slots=True, kw_only=True)
class Progress:
    """Says what is going on, on *stream*; several lines a second only on a terminal."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    _shown: float = 0.0
    _frame: int = 0
    _moving: bool = False

    def say(self, text: str) -> None:
        """Print a line of its own."""
        self.settle()
        print(text, file=self.stream, flush=True)

    def tick(self, text: str, *, every: float = SECONDS_BETWEEN_LINES) -> None:
        """Show *text* as the present state: redrawn in place on a terminal, else every so often."""
        now = time.monotonic()
        terminal = self.stream.isatty()
        if now - self._shown < (SECONDS_BETWEEN_FRAMES if terminal else every):
            return
        self._shown = now
        if not terminal:
            print(text, file=self.stream, flush=True)
            return
        self._frame += 1
        self._moving = True
        frame = FRAMES[self._frame % len(FRAMES)]
        print(f"\r\x1b[2K{frame} {text}", end="", file=self.stream, flush=True)

    def begin(self) -> None:
        """Start a new wait: the first tick comes one interval from now."""
        self._shown = time.monotonic()

    def settle(self) -> None:
        """Clear the moving line, so that what follows starts at the left."""
        if self._moving:
            print("\r\x1b[2K", end="", file=self.stream, flush=True)
            self._moving = False


def ticker(stack: str, progress: Progress) -> Callable[[Mapping[str, Any]], None]:
    """Shows on *progress* how many resources the engine has finished, event by event."""
    started = time.monotonic()
    count = 0

    def on_event(event: Mapping[str, Any]) -> None:
        nonlocal count
        count += "resOutputsEvent" in event
        seconds = time.monotonic() - started
        done = f"{count} resources done" if count else "under way"
        progress.tick(f"{stack}: {done}, {seconds:.0f} s", every=2.0)

    return on_event


class Steps:
    """How long each step of a run took; as text, the whole and its parts in whole seconds."""

    def __init__(self, began: float | None = None) -> None:
        """The run began now, or at *began*: what was before this process is the environment's."""
        self._ends = [("", time.time() if began is None else began)]
        if began is not None:
            self.done("environment")

    def done(self, step: str) -> None:
        """Note that *step* ends now."""
        self._ends.append((step, time.time()))

    def __str__(self) -> str:
        """``31 s in all: engine 1 s, stacks 30 s.``: rounded so that the parts make the whole."""
        (_, began), *ends = self._ends
        seconds = [0, *(round(end - began) for _, end in ends)]
        parts = [
            f"{step} {till - since} s"
            for (step, _), since, till in zip(ends, seconds, seconds[1:], strict=False)
        ]
        return f"{seconds[-1]} s in all: {', '.join(parts)}."
