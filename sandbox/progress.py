"""Progress for people: lines in a log, one moving line on a terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

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
