"""`make down`: every stack destroyed, every process ended, and what stays said.

A program that is not ours may have stacks in the sandbox too. What they made is in the stand-in
clouds, which end here: they are named first, then destroyed as ours are.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from sandbox import processes, recovery
from sandbox.commands import CommandFailed
from sandbox.environment import PROJECT, Environment
from sandbox.locks import BUSY, lock
from sandbox.progress import Progress, ticker
from sandbox.runner import Pulumi
from sandbox.summary import operations, shown
from sandbox.toolchain import Engine, find_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

FAIL_OPEN = (
    "On a real account, a destroy hands the gateways' subnets back to the VPC's default network\n"
    "ACL, which allows everything unless someone edited it: this fails open, so take the gateways\n"
    "off the network first."
)


def down(environment: Environment, progress: Progress) -> int:
    """Destroy every stack, end every process, and remove what was kept; the exit code.

    Raises:
        SandboxError: an `up` is at work.
    """
    if not environment.backend.exists():
        progress.say("Nothing is up.")
        return 0
    with lock(environment.root / "lock", on_wait=None, busy=BUSY):
        ours = Pulumi(environment).project
        found = dict(sorted(_stacks(environment).items(), key=lambda item: item[0] != ours))
        foreign = [f"{name}/{stack}" for name in found if name != ours for stack in found[name]]
        if foreign:
            progress.say(f"Of programs of your own, to be destroyed too: {', '.join(foreign)}.")
        engine = find_engine(environment.tools)
        worked = [
            _destroy_all(environment, project, stacks, engine, progress)
            for project, stacks in found.items()
        ]
        for name in processes.stop_all(environment):
            progress.say(f"{name}: ended.")
        _remove(environment)
    progress.say(f"\n{_kept(environment)}\n\n{FAIL_OPEN}")
    return 0 if all(worked) else 1


def _stacks(environment: Environment) -> dict[str, list[str]]:
    """The stacks of each project in the sandbox's backend."""
    found: dict[str, list[str]] = {}
    for path in sorted((environment.backend / ".pulumi" / "stacks").glob("*/*.json")):
        found.setdefault(path.parent.name, []).append(path.stem)
    return found


def _destroy_all(
    environment: Environment,
    project: str,
    stacks: list[str],
    engine: Engine | None,
    progress: Progress,
) -> bool:
    """Destroy the *stacks* of *project*; whether all of that worked."""
    if engine is None:
        for stack in stacks:
            progress.say(f"{project}/{stack}: no engine to destroy it; its state was thrown away.")
        return False
    with _program(project) as folder:
        pulumi = Pulumi(environment, cwd=folder, engine=engine)
        worked = [_destroy(pulumi, stack, progress) for stack in stacks]
        return all(worked)


@contextmanager
def _program(project: str) -> Iterator[Path]:
    """A folder to run the engine in for *project*: without its program if that is not ours."""
    if project == Pulumi().project:
        yield PROJECT
        return
    with tempfile.TemporaryDirectory(prefix="down-") as folder:
        settings = {"name": project, "runtime": "python"}
        (Path(folder) / "Pulumi.yaml").write_text(yaml.safe_dump(settings), "utf-8")
        yield Path(folder)


def _destroy(pulumi: Pulumi, stack: str, progress: Progress) -> bool:
    """Destroy *stack* and forget it; whether the destroy worked."""
    name = stack if pulumi.cwd == PROJECT else f"{pulumi.project}/{stack}"
    recovery.unlock(pulumi, stack, progress)
    if recovery.is_torn(pulumi, stack):
        recovery.remove_files(pulumi, stack)
        progress.say(f"{name}: its state was cut off in the writing, and was thrown away.")
        return True
    moto = processes.find(pulumi.environment, processes.MOTO)
    if moto is None and "aws" in recovery.clouds_of(pulumi, stack):
        recovery.forget(pulumi, stack)
        progress.say(f"{name}: its resources went with moto; its state was thrown away.")
        return True
    if recovery.protected(pulumi, stack):
        pulumi.run(stack, "state", "unprotect", "--all", "--yes")
    try:
        result = pulumi.destroy(stack, on_event=ticker(name, progress))
    except CommandFailed as error:
        last = pulumi.environment.logs / f"{pulumi.project}-{stack}.state.json"
        last.write_text(json.dumps(pulumi.export(stack), indent=2) + "\n", "utf-8")
        progress.say(f"{name}: not destroyed; its last state is in {shown(last)}. {error}")
        recovery.forget(pulumi, stack)
        return False
    progress.say(f"{name}: {operations(result)}.")
    recovery.forget(pulumi, stack)
    return True


def _remove(environment: Environment) -> None:
    """Remove all but the logs, and the lock that this process holds."""
    for path in environment.root.iterdir():
        if path in (environment.logs, environment.root / "lock"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _kept(environment: Environment) -> str:
    """What is still there, and takes room."""
    left = {
        environment.logs: "the logs",
        environment.root / "lock": "an empty file",
        PROJECT / ".venv": "the Python environment",
        environment.tools: "the engine",
    }
    there = [f"{shown(path)} ({what})" for path, what in left.items() if path.exists()]
    return f"Kept: {', '.join(there)}; delete by hand what is no longer needed."
