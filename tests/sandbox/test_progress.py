"""What a run says of the time that it took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.progress import Steps

if TYPE_CHECKING:
    import pytest


def test_the_steps_make_the_whole_and_begin_with_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([102.4, 103.8, 110.2])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    steps = Steps(began=100.0)
    steps.done("engine")
    steps.done("stacks")

    assert str(steps) == "10 s in all: environment 2 s, engine 2 s, stacks 6 s."


def test_a_run_that_began_with_this_process_has_no_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([100.0, 101.0])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    steps = Steps()
    steps.done("stacks")

    assert str(steps) == "1 s in all: stacks 1 s."
