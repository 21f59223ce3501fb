"""The processes that the sandbox starts and must end: a moto server, on a free loopback port.

Each has a record in `.sandbox/run/`. A recorded process is only believed, and only ended, while
the process with that id still has the recorded command line: ids are used again.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.environment import PROJECT
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from sandbox.environment import Environment

HOST = "127.0.0.1"
MOTO = "moto"
TRIES = 3
SECONDS_TO_ANSWER = 30.0
SECONDS_TO_END = 5.0
SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A process of the sandbox's that listens on a loopback port."""

    name: str
    pid: int
    port: int
    command: tuple[str, ...]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A running service; *anew* if this call started it, and all it holds is therefore empty."""

    service: Service
    anew: bool


class EndedAtOnce(SandboxError):
    """A process ended before it answered."""


def start_moto(environment: Environment) -> Started:
    """A moto server that answers: the one that runs already, or a new one.

    Raises:
        SandboxError: it ended at once, or does not answer; the text shows the end of its log.
    """
    running = find(environment, MOTO)
    if running is not None and _answers(running):
        return Started(service=running, anew=False)
    if running is not None:
        stop(environment, MOTO)
    environment.prepare()
    for _ in range(TRIES - 1):
        with contextlib.suppress(EndedAtOnce):  # someone else may have taken the port meanwhile
            return Started(service=_start(environment), anew=True)
    return Started(service=_start(environment), anew=True)


def _start(environment: Environment) -> Service:
    port = free_port()
    command = (sys.executable, "-m", "sandbox.ec2", "-H", HOST, "-p", str(port))
    log = environment.logs / "moto.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment.variables() | {"PYTHONPATH": str(PROJECT)},
            cwd=environment.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C at the terminal is not for it
        )
    service = Service(name=MOTO, pid=process.pid, port=port, command=command)
    _record(environment, service)
    _wait_for_answer(service, process, log)
    process.returncode = 0  # it is meant to outlive this process: no warning about that
    return service


def find(environment: Environment, name: str) -> Service | None:
    """The recorded service called *name*, if its process still runs that very command."""
    try:
        read = json.loads(_record_path(environment, name).read_text("utf-8"))
        service = Service(**read | {"command": tuple(read["command"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return service if _lives(service) else None


def recorded(environment: Environment) -> tuple[str, ...]:
    """The names of the services that have a record, running or not."""
    return tuple(sorted(path.stem for path in environment.run.glob("*.json")))


def stop(environment: Environment, name: str) -> bool:
    """End the service called *name* and forget its record; whether there was one to end.

    A process that has the recorded id, but is another program, is left alone.
    """
    service = find(environment, name)
    if service is not None:
        _end(service)
    _record_path(environment, name).unlink(missing_ok=True)
    return service is not None


def stop_all(environment: Environment) -> tuple[str, ...]:
    """End every recorded service; the names of those that were running."""
    return tuple(name for name in recorded(environment) if stop(environment, name))


def reset_moto(service: Service) -> None:
    """Empty moto of everything in it."""
    request = urllib.request.Request(f"{service.url}/moto-api/reset", method="POST")  # noqa: S310 - http
    with _direct().open(request, timeout=10):
        pass


def free_port() -> int:
    """A loopback port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def command_line(pid: int) -> str | None:
    """The words of the command line of process *pid*, with spaces; None if it has ended."""
    if Path("/proc/self").exists():
        try:
            text = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            return None
        return text.rstrip("\0").replace("\0", " ") or None
    ps = shutil.which("ps") or "/bin/ps"
    command = [ps, "-ww", "-o", "args=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def _lives(service: Service) -> bool:
    return command_line(service.pid) == " ".join(service.command)


def _end(service: Service) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(service.pid, number)
        deadline = time.monotonic() + SECONDS_TO_END
        while time.monotonic() < deadline:
            _reap(service.pid)
            if not _lives(service):
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _reap(pid: int) -> None:
    """Let the system forget a child of this very process that has ended."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _wait_for_answer(service: Service, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        if _answers(service):
            return
        if process.poll() is not None:
            what = f"{service.name} ended with exit code {process.returncode} at its start"
            raise EndedAtOnce(f"{what}; {_end_of(log)}")
        time.sleep(SECONDS_BETWEEN_LOOKS)
    _end(service)
    what = f"{service.name} gave no answer on {service.url} in {SECONDS_TO_ANSWER:.0f} s"
    raise SandboxError(f"{what}; {_end_of(log)}")


def _answers(service: Service) -> bool:
    try:
        with _direct().open(f"{service.url}/moto-api/config", timeout=5):
            return True
    except (OSError, http.client.HTTPException):  # another program may have the port by now
        return False


def _direct() -> urllib.request.OpenerDirector:
    """An opener that goes to loopback itself, whatever proxy the caller's variables name."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _end_of(log: Path) -> str:
    last = log.read_text("utf-8", "replace").splitlines()[-5:]
    return f"the end of {log}:\n  " + "\n  ".join(last)


def _record(environment: Environment, service: Service) -> None:
    path = _record_path(environment, service.name)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(service), indent=2) + "\n", "utf-8")
    draft.replace(path)


def _record_path(environment: Environment, name: str) -> Path:
    return environment.run / f"{name}.json"
