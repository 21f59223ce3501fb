"""Follows a running engine: what it prints, its events, and Ctrl-C."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING, Any, TextIO

from sandbox.events import read_events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SECONDS_TO_FINISH_AFTER_INTERRUPT = 60


def follow(
    process: subprocess.Popen[str],
    *,
    stream: TextIO | None,
    log: Path,
    on_event: Callable[[Mapping[str, Any]], None] | None,
) -> tuple[str, str]:
    """What *process* prints; returns when it has ended, which Ctrl-C only asks it to do."""
    printed: dict[str, list[str]] = {"stdout": [], "stderr": []}

    def read(name: str, source: TextIO) -> None:
        for line in source:
            printed[name].append(line)
            if stream is not None:
                stream.write(line)
                stream.flush()

    threads = [
        threading.Thread(target=read, args=(name, source), daemon=True)
        for name, source in (("stdout", process.stdout), ("stderr", process.stderr))
    ]
    for thread in threads:
        thread.start()
    try:
        _wait(process, log, on_event)
    except KeyboardInterrupt:
        # The terminal sent the same signal to the engine, which ends when running calls have.
        try:
            process.wait(SECONDS_TO_FINISH_AFTER_INTERRUPT)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            process.kill()
        raise
    for thread in threads:
        thread.join()
    return "".join(printed["stdout"]), "".join(printed["stderr"])


def _wait(
    process: subprocess.Popen[str],
    log: Path,
    on_event: Callable[[Mapping[str, Any]], None] | None,
) -> None:
    if on_event is None:
        process.wait()
        return
    seen = 0
    running = True
    while running:
        try:
            process.wait(0.2)
            running = False
        except subprocess.TimeoutExpired:
            pass
        for number, event in enumerate(read_events(log)):
            if number >= seen:
                seen = number + 1
                on_event(event)
