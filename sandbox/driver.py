"""`make up` and `make down`: the shipped stacks, brought up for real here, and removed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import plugins, processes, recovery, stacks
from sandbox.commands import CommandFailed, Result
from sandbox.environment import PROJECT, Environment
from sandbox.errors import SandboxError
from sandbox.locks import lock
from sandbox.runner import Pulumi
from sandbox.toolchain import find_engine, get_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.progress import Progress

DEFAULT_STACKS = ("aws-lab", "azure-lab", "aws-prod-us-east-1", "azure-prod-westeurope")

NOT_A_CLOUD = (
    "This is not a cloud: a real Pulumi engine and the real SDKs, with stand-ins for AWS (moto)\n"
    "and Azure on this machine. Nothing in it filters a packet, and no account was touched."
)

FAIL_OPEN = (
    "On a real account, a destroy hands the gateways' subnets back to the VPC's default network\n"
    "ACL, which allows everything unless someone edited it: this fails open, so take the gateways\n"
    "off the network first."
)

BUSY = "another `make up` or `make down` is at work here; wait for it to end, then try again."

# How a count of operations is put in words.
WORDS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "same": "unchanged",
    "import": "imported",
}


def up(environment: Environment, names: Sequence[str], progress: Progress) -> int:
    """Bring the stacks *names* up, or those of `make up`; the exit code.

    Raises:
        SandboxError: something is missing; nothing was started or changed.
    """
    started = time.monotonic()
    files = [stacks.read(name) for name in names or DEFAULT_STACKS]
    engine = get_engine(environment.tools, progress=progress)
    progress.say(f"engine: {engine}.")
    environment.prepare()
    with lock(environment.root / "lock", on_wait=None, busy=BUSY):
        pulumi = Pulumi(environment, engine=engine)
        plugins.install(environment)
        environment.calls.unlink(missing_ok=True)
        moto = None
        if any(file.cloud == "aws" for file in files) or recovery.stacks_in(pulumi, "aws"):
            moto = processes.start_moto(environment)
            how = "started" if moto.anew else "is running"
            progress.say(f"moto: {how} on {moto.service.url}.")
        recovery.recover(pulumi, moto, progress)
        done = [_bring_up(pulumi, file, moto, progress) for file in files]
        for file, worked in zip(files, done, strict=True):
            if worked:
                _show_plan(file.stack, progress)
    progress.say("")
    progress.say(_how_to_look(environment, [file.stack for file in files], moto))
    failed = [file.stack for file, worked in zip(files, done, strict=True) if not worked]
    if failed:
        progress.say(f"\nNot brought up: {', '.join(failed)}; the reasons are above.")
    progress.say(f"\n{time.monotonic() - started:.0f} s in all.")
    return 1 if failed else 0


def down(environment: Environment, progress: Progress) -> int:
    """Destroy every stack, end every process, and remove what was kept; the exit code.

    Raises:
        SandboxError: an `up` is at work.
    """
    if not environment.backend.exists():
        progress.say("Nothing is up.")
        return 0
    failed = []
    with lock(environment.root / "lock", on_wait=None, busy=BUSY):
        engine = find_engine(environment.tools)
        if engine is not None:
            pulumi = Pulumi(environment, engine=engine)
            failed = [name for name in pulumi.stacks() if not _take_down(pulumi, name, progress)]
        for name in processes.stop_all(environment):
            progress.say(f"{name}: ended.")
        _remove(environment)
    progress.say("")
    progress.say(FAIL_OPEN)
    return 1 if failed else 0


def _bring_up(
    pulumi: Pulumi, file: stacks.StackFile, moto: processes.Started | None, progress: Progress
) -> bool:
    """Bring one stack up and export its state; whether that worked. Errors are shown."""
    stack = file.stack
    progress.begin()
    progress.tick(f"{stack}: network and stack file")
    pulumi.configure(stack, _seeded(pulumi.environment, file, moto))
    pulumi.init(stack)
    started = time.monotonic()
    result = pulumi.up(stack, check=False, on_event=_ticker(stack, progress))
    seconds = time.monotonic() - started
    log = pulumi.environment.logs / f"{stack}.log"
    log.write_text(result.text, "utf-8")
    if result.code != 0:
        progress.say(
            f"{stack}: `pulumi up` ended with exit code {result.code}; all that it printed is in "
            f"{_shown(log)}. Its diagnostics:\n{diagnostics(result)}"
        )
        return False
    exported = pulumi.environment.state / f"{stack}.json"
    exported.write_text(json.dumps(pulumi.export(stack), indent=2) + "\n", "utf-8")
    progress.say(f"{stack}: {summary(result)} ({seconds:.1f} s).")
    return True


def summary(result: Result) -> str:
    """What an `up` did, in a few words."""
    counts = {WORDS.get(op, op): count for op, count in result.report.changes.items()}
    if result.unchanged:
        return f"unchanged: {counts.get('unchanged', 0)} resources"
    ordered = sorted(counts.items(), key=lambda item: (item[0] == "unchanged", item[0]))
    return ", ".join(f"{count} {word}" for word, count in ordered if count)


def diagnostics(result: Result) -> str:
    """What the engine says went wrong, without the progress that led to it."""
    _, heading, told = result.text.partition("\nDiagnostics:\n")
    return told.rstrip() if heading else result.text.strip()


def _seeded(
    environment: Environment, file: stacks.StackFile, moto: processes.Started | None
) -> str:
    from sandbox import seed

    if file.cloud == "azure":
        try:
            group = seed.azure(environment.arm_store, file.stack, file.place)
        except RuntimeError as error:
            message = f"{file.stack}: the stand-in Azure made no resource group: {error}"
            raise SandboxError(message) from None
        return stacks.for_azure(file, group)
    assert moto is not None, "moto runs whenever a stack is in AWS"
    endpoint = moto.service.url
    network = seed.aws(endpoint, file.place, file.stack, file.subnets)
    return stacks.for_aws(file, network, endpoint)


def _ticker(stack: str, progress: Progress) -> Callable[[Mapping[str, Any]], None]:
    """Counts resources as the engine finishes them."""
    started = time.monotonic()
    count = 0

    def on_event(event: Mapping[str, Any]) -> None:
        nonlocal count
        count += "resOutputsEvent" in event
        seconds = time.monotonic() - started
        done = f"{count} resources done" if count else "under way"
        progress.tick(f"{stack}: {done}, {seconds:.0f} s", every=2.0)

    return on_event


def _show_plan(stack: str, progress: Progress) -> None:
    progress.say("")
    command = [sys.executable, "-m", "segfw", "plan", stack, "--summary"]
    process = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    progress.say((process.stdout + process.stderr).rstrip())


def _take_down(pulumi: Pulumi, stack: str, progress: Progress) -> bool:
    """Destroy *stack* and forget it; whether the destroy worked."""
    recovery.unlock(pulumi, stack, progress)
    if recovery.is_torn(pulumi, stack):
        recovery.remove_files(pulumi, stack)
        progress.say(f"{stack}: its state was cut off in the writing, and was thrown away.")
        return True
    moto = processes.find(pulumi.environment, processes.MOTO)
    if moto is None and "aws" in recovery.clouds_of(pulumi, stack):
        recovery.forget(pulumi, stack)
        progress.say(f"{stack}: its resources went with moto; its state was thrown away.")
        return True
    if recovery.protected(pulumi, stack):
        pulumi.run(stack, "state", "unprotect", "--all", "--yes")
    try:
        result = pulumi.destroy(stack, on_event=_ticker(stack, progress))
    except CommandFailed as error:
        progress.say(f"{stack}: not destroyed. {error}")
        recovery.forget(pulumi, stack)
        return False
    progress.say(f"{stack}: {summary(result)}.")
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


def _how_to_look(
    environment: Environment, names: Sequence[str], moto: processes.Started | None
) -> str:
    python = _shown(Path(sys.executable))
    sandbox = f"{python} -m sandbox"
    one = names[0]
    lines = [
        NOT_A_CLOUD,
        "",
        "Look around:",
        f"  {sandbox} pulumi -- stack --stack {one}",
        f"  {sandbox} pulumi -- preview --diff --stack {one}",
        f"  {python} -m segfw plan {one}",
    ]
    if moto is not None:
        lines.append(
            f"  curl -s {moto.service.url}/moto-api/data.json   # everything in the stand-in AWS"
        )
    lines += [
        f"  {_shown(environment.arm_store)}   # everything in the stand-in Azure",
        f"  {_shown(environment.calls)}   # each API call of this run",
        f"  {_shown(environment.state)}/   # each stack's exported state",
        f'  eval "$({sandbox} env)"   # a shell in which plain `pulumi` is this one',
        "",
        "`make up` again changes nothing; `make down` removes it all.",
    ]
    return "\n".join(lines)


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
