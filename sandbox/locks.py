"""A lock on a folder, held by one process at a time and freed when that process ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BUSY = "another `make up` or `make down` is at work here; wait for it to end, then try again."


@contextmanager
def lock(path: Path, *, on_wait: Callable[[str], None] | None, busy: str) -> Iterator[None]:
    """Hold *path* as a lock; the kernel frees it if this process is killed.

    If another process holds it, *on_wait* is told *busy* and this one waits its turn.

    Raises:
        SandboxError: another process holds it and *on_wait* is None; the text is *busy*.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait is None:
                raise SandboxError(busy) from None
            on_wait(busy)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
