"""ARM's state in a JSON file: one request at a time, and never half a file."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.arm import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sandbox.arm_bodies import Response

_Result = TypeVar("_Result")


class Store:
    """A file that several providers, tests and people may use at once; it need not exist yet."""

    def __init__(self, path: Path) -> None:
        """In the file *path*."""
        self._path = path

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """ARM's answer; what it changed is in the file when this returns."""
        return self.use(lambda arm: arm.request(method, path, body), writes=method.upper() != "GET")

    def use(self, work: Callable[[Arm], _Result], *, writes: bool = True) -> _Result:
        """The result of *work* on the stored ARM, alone with it."""
        with self._alone():
            state = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}
            result = work(Arm(state))
            if writes:
                fresh = self._path.with_name(f"{self._path.name}.new")
                fresh.write_text(json.dumps(state, indent=1), "utf-8")
                fresh.replace(self._path)
            return result

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(
            self._path.with_name(f"{self._path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
