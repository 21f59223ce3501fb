"""Starting, finding and ending the sandbox's processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sandbox import processes
from sandbox.environment import Environment
from sandbox.errors import SandboxError
from sandbox.processes import MOTO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    made = Environment(root=tmp_path / "sandbox")
    yield made
    processes.stop_all(made)


def test_a_second_start_finds_the_running_moto(environment: Environment) -> None:
    first = processes.start_moto(environment)
    second = processes.start_moto(environment)

    assert (first.anew, second.anew) == (True, False)
    assert first.service == second.service


def test_a_killed_moto_is_started_anew(environment: Environment) -> None:
    first = processes.start_moto(environment).service
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)

    second = processes.start_moto(environment)

    assert second.anew
    assert second.service.pid != first.pid


def test_stop_ends_it_and_forgets_it_and_may_be_said_twice(environment: Environment) -> None:
    service = processes.start_moto(environment).service

    assert processes.stop_all(environment) == (MOTO,)
    assert processes.stop_all(environment) == ()
    assert processes.command_line(service.pid) is None
    assert processes.recorded(environment) == ()


def test_another_program_with_the_recorded_id_is_not_ended(environment: Environment) -> None:
    environment.prepare()
    record = {"name": MOTO, "pid": os.getpid(), "port": 1, "command": ["moto", "-p", "1"]}
    (environment.run / "moto.json").write_text(json.dumps(record), "utf-8")

    assert processes.find(environment, MOTO) is None
    assert processes.stop(environment, MOTO) is False
    assert processes.recorded(environment) == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": 1}'])
def test_a_record_that_cannot_be_read_is_no_record(environment: Environment, text: str) -> None:
    environment.prepare()
    (environment.run / "moto.json").write_text(text, "utf-8")

    assert processes.find(environment, MOTO) is None


def test_a_moto_that_ends_at_once_is_shown_with_its_log(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no module named moto\nexit 3\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))

    with pytest.raises(SandboxError) as caught:
        processes.start_moto(environment)

    assert str(caught.value) == (
        f"moto ended with exit code 3 at its start; the end of {environment.logs}/moto.log:\n"
        "  no module named moto"
    )


def test_a_port_that_another_program_took_meanwhile_is_given_up(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one speaks HTTP/2, as a provider of Pulumi does."""
    free_port = processes.free_port
    with socket.create_server((processes.HOST, 0)) as taken:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = taken.accept()
                    caller.sendall(b"\x00\x00\x18\x04\x00\x00\x00\x00\x00\r\n")
                    caller.close()

        threading.Thread(target=answer, daemon=True).start()
        held = taken.getsockname()[1]
        offered = iter([held])
        monkeypatch.setattr(processes, "free_port", lambda: next(offered, None) or free_port())

        started = processes.start_moto(environment)

    assert started.anew
    assert started.service.port not in (0, held)


def test_moto_answers_whatever_proxy_the_caller_has(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    started = time.monotonic()

    processes.reset_moto(processes.start_moto(environment).service)

    assert time.monotonic() - started < processes.SECONDS_TO_ANSWER
