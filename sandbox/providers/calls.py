"""A record of every call to a cloud, in order, one JSON object to a line."""

from __future__ import annotations

import itertools
import json
import os
import time
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP: Final[ContextVar[tuple[str, str]]] = ContextVar("step", default=("", ""))


@contextmanager
def step(operation: str, urn: str) -> Iterator[None]:
    """Calls that this thread makes meanwhile belong to *operation* on the resource *urn*."""
    before = _STEP.set((operation, urn))
    try:
        yield
    finally:
        _STEP.reset(before)


class Recorder:
    """Appends to one file that several providers may share; without a file it does nothing."""

    def __init__(self, path: Path | None) -> None:
        """To the file *path*, if there is one."""
        self._path = path
        self._numbers = itertools.count(1)

    @classmethod
    def from_environment(cls) -> Recorder:
        """A recorder to the file that SEG_SANDBOX_CALLS names."""
        name = os.environ.get("SEG_SANDBOX_CALLS")
        return cls(Path(name) if name else None)

    def record(
        self,
        *,
        api: str,
        action: str,
        parameters: Any,
        outcome: str,
        writes: bool,
        answer: Any = None,
    ) -> None:
        """Append one call; *outcome* is ``ok`` or the cloud's error code.

        Numbers count within one provider process, ``at`` is ordered across them.  One write
        with O_APPEND keeps lines whole.  ``operation`` and ``resource`` are the engine's step
        that the call is part of; *answer* holds the ids of what the call made.
        """
        if self._path is None:
            return
        operation, urn = _STEP.get()
        line = json.dumps(
            {
                "number": next(self._numbers),
                "at": time.monotonic_ns(),
                "process": os.getpid(),
                "api": api,
                "action": action,
                "writes": writes,
                "parameters": parameters,
                "outcome": outcome,
                "answer": answer,
                "operation": operation,
                "resource": urn,
            },
            sort_keys=False,
            default=str,
        )
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(self._path, flags, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)
