"""A `pulumi` that answers from a script, and what `segfw recover` says to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from segfw.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

FAKE = """\
#!{python}
import json, pathlib, sys
here = pathlib.Path({here!r})
words = sys.argv[1:]
with (here / "calls").open("a") as file:
    file.write(json.dumps(words) + "\\n")
answers = json.loads((here / "answers").read_text())
for key, listed in answers.items():
    if " ".join(words).startswith(key) and listed:
        answer = listed.pop(0) if len(listed) > 1 else listed[0]
        (here / "answers").write_text(json.dumps(answers))
        for path, text in answer.get("writes", {{}}).items():
            pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
            pathlib.Path(path).write_text(text)
        for path in answer.get("removes", []):
            pathlib.Path(path).unlink()
        sys.stdout.write(answer.get("out", ""))
        sys.stderr.write(answer.get("err", ""))
        sys.exit(answer.get("status", 0))
"""
UNCHANGED = {"steps": [{"op": "same", "urn": "urn::x", "oldState": None}]}
LOCKED = {
    "status": 1,
    "err": "error: the stack is currently locked by 1 lock(s). Either wait\n"
    "  s3://b/lock.json: created by kim@elsewhere (pid 7) at 2026-01-02T03:04:05Z\n",
}


class Fake:
    """A program's folder and a `pulumi` on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.backend = folder / "backend"
        (folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n", "utf-8")
        command = folder / "bin" / "pulumi"
        command.parent.mkdir()
        command.write_text(FAKE.format(python=sys.executable, here=str(folder)), "utf-8")
        command.chmod(0o755)
        self.answers: dict[str, list[dict[str, Any]]] = {
            "whoami": [{"out": json.dumps({"url": f"file://{self.backend}"})}],
            "stack export": [state()],
            "stack ls": [{"out": json.dumps([{"name": "prod"}])}],
            "preview": [{"out": json.dumps(UNCHANGED)}],
        }

    def call(self, *words: str, answer: str | None = None, stack: str = "dev") -> Result:
        (self.folder / "answers").write_text(json.dumps(self.answers), "utf-8")
        path = os.pathsep.join([str(self.folder / "bin"), os.environ["PATH"]])
        return CliRunner().invoke(
            main,
            ["recover", stack, "--cwd", str(self.folder), *words],
            input=answer,
            env={"PATH": path},
        )

    def changes(self) -> list[str]:
        """The commands that change something, as they were given."""
        lines = (self.folder / "calls").read_text("utf-8").splitlines()
        words = [json.loads(line) for line in lines]
        return [
            " ".join(each[:2]) if each[0] == "state" else each[0]
            for each in words
            if each[0] in ("cancel", "refresh", "import", "up", "state")
        ]

    def lock(self, *, pid: Any, hostname: str) -> Path:
        file, text = self.lock_file(pid=pid, hostname=hostname)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def lock_file(
        self, *, pid: Any, hostname: str, time: str = "2026-01-02T03:04:05.6Z"
    ) -> tuple[Path, str]:
        """Where the lock of such a holder is, and what it says."""
        folder = self.backend / ".pulumi" / "locks" / "organization" / "p" / "dev"
        said = {"pid": pid, "username": "kim", "hostname": hostname, "timestamp": time}
        return folder / "1.json", json.dumps(said)

    def state_file(self, text: str) -> Path:
        """The state's own file, with *text* in it."""
        file = self.backend / ".pulumi" / "stacks" / "p" / "dev.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file


def state(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    begun = [{"type": "creating", "resource": each} for each in pending]
    deployment = {"resources": list(resources), "pending_operations": begun}
    return {"out": json.dumps({"version": 3, "deployment": deployment})}


def planned(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"out": json.dumps({"steps": list(steps)})}


def checkpoint(count: int) -> str:
    """A state's file of so many resources."""
    listed = [
        {"urn": f"urn:pulumi:dev::p::a:b:C::r{number}", "type": "a:b:C"} for number in range(count)
    ]
    latest = {"resources": listed}
    return json.dumps({"version": 3, "checkpoint": {"stack": "dev", "latest": latest}})


@contextmanager
def running() -> Iterator[int]:
    """The number of a process that is called as the engine is, while it runs."""
    with subprocess.Popen(["pulumi"], executable=shutil.which("cat"), stdin=-1) as engine:
        try:
            yield engine.pid
        finally:
            engine.communicate()


def ended() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid
