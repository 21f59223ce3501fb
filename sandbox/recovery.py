"""What an earlier run left behind, and what can still be believed of it.

moto keeps everything in memory, and an engine that was killed may have made resources that it
never noted. In both cases the stand-in cloud starts anew, and so do the stacks in it: that is
certain, quick, and costs nothing that is worth keeping.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox import processes
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sandbox.environment import Environment
    from sandbox.progress import Progress
    from sandbox.runner import Pulumi

CLOUDS = {"pulumi:providers:aws": "aws", "pulumi:providers:azure-native": "azure"}
SHOWN = {"aws": "AWS", "azure": "Azure"}


def recover(pulumi: Pulumi, moto: processes.Started | None, progress: Progress) -> None:
    """Make what the earlier runs left fit to go on from, and say what had to be thrown away.

    Raises:
        SandboxError: an engine is still at work on one of the stacks.
    """
    for stack in pulumi.stacks():
        unlock(pulumi, stack, progress)
    torn = [name for name in pulumi.stacks() if is_torn(pulumi, name)]
    if moto is not None and moto.anew:
        _start_anew(
            pulumi, "aws", "moto, which keeps everything in memory, was not running", progress
        )
    for cloud in SHOWN:
        killed = [name for name in stacks_in(pulumi, cloud) if is_pending(pulumi, name)]
        if not killed and not torn:
            continue
        if cloud == "aws" and moto is not None:
            processes.reset_moto(moto.service)
        if cloud == "azure":
            pulumi.environment.arm_store.unlink(missing_ok=True)
        why = f"an engine was killed in the middle of {', '.join([*killed, *torn])}"
        _start_anew(pulumi, cloud, why, progress)
    for stack in torn:
        progress.say(f"{stack}: its state was cut off in the writing, and was thrown away.")
        remove_files(pulumi, stack)


def unlock(pulumi: Pulumi, stack: str, progress: Progress) -> None:
    """Remove the locks of engines that are gone.

    Raises:
        SandboxError: the engine that holds one is still running.
    """
    _drop_torn_attributes(pulumi, stack)
    holders = list(_lock_holders(pulumi.environment, pulumi.project, stack))
    for pid in holders:
        if "pulumi" in (processes.command_line(pid) or ""):
            message = (
                f"{stack}: an engine is still at work on it (process {pid}); "
                "wait for it to end, or end it, then run the same command again."
            )
            raise SandboxError(message)
    if holders:
        progress.say(f"{stack}: an earlier run was killed and left the stack locked; unlocked.")
        if is_torn(pulumi, stack):
            for path in _locks(pulumi.environment, pulumi.project, stack):
                path.unlink(missing_ok=True)
        else:
            pulumi.run(stack, "cancel", "--yes")


def forget(pulumi: Pulumi, stack: str) -> None:
    """Throw the state of *stack* away without asking its cloud for anything."""
    pulumi.run(stack, "stack", "rm", "--yes", "--force", "--preserve-config")
    (pulumi.environment.state / f"{stack}.json").unlink(missing_ok=True)


def stacks_in(pulumi: Pulumi, cloud: str) -> tuple[str, ...]:
    """The stacks that have a provider of *cloud* in their state."""
    return tuple(name for name in pulumi.stacks() if cloud in clouds_of(pulumi, name))


def clouds_of(pulumi: Pulumi, stack: str) -> frozenset[str]:
    """The clouds that *stack* has resources in, by the providers in its state."""
    types = [resource.get("type") for resource in _state(pulumi, stack).get("resources") or ()]
    return frozenset(CLOUDS[kind] for kind in types if kind in CLOUDS)


def protected(pulumi: Pulumi, stack: str) -> bool:
    """Whether the state of *stack* has a resource that a destroy would refuse to delete."""
    return any(each.get("protect") for each in _state(pulumi, stack).get("resources") or ())


def _start_anew(pulumi: Pulumi, cloud: str, why: str, progress: Progress) -> None:
    stale = stacks_in(pulumi, cloud)
    if not stale:
        return
    progress.say(
        f"sandbox: {why}; the stand-in {SHOWN[cloud]} starts empty, and the state of "
        f"{', '.join(stale)} was thrown away."
    )
    for stack in stale:
        forget(pulumi, stack)


def _drop_torn_attributes(pulumi: Pulumi, stack: str) -> None:
    """Remove attribute files that a killed engine left empty: it reads without them, not with."""
    for path in pulumi.stack_files.glob(f"{stack}.json*.attrs"):
        if path.stat().st_size == 0:
            path.unlink()


def is_torn(pulumi: Pulumi, stack: str) -> bool:
    """Whether an engine was killed while it wrote the state of *stack*: no engine can read it."""
    try:
        json.loads((pulumi.stack_files / f"{stack}.json").read_text("utf-8"))
    except ValueError:
        return True
    except OSError:
        return False
    return False


def remove_files(pulumi: Pulumi, stack: str) -> None:
    """Remove what the backend and the sandbox keep of *stack*, without the engine's help."""
    for path in pulumi.stack_files.glob(f"{stack}.json*"):
        path.unlink()
    (pulumi.environment.state / f"{stack}.json").unlink(missing_ok=True)


def is_pending(pulumi: Pulumi, stack: str) -> bool:
    """Whether an engine began something in *stack* of which it never noted the end."""
    return bool(_state(pulumi, stack).get("pending_operations"))


def _state(pulumi: Pulumi, stack: str) -> Mapping[str, Any]:
    """The state of *stack* from the backend's own file: quicker than asking the engine."""
    path = pulumi.stack_files / f"{stack}.json"
    try:
        return json.loads(path.read_text("utf-8"))["checkpoint"].get("latest") or {}
    except (OSError, ValueError, KeyError):
        return {}


def _lock_holders(environment: Environment, project: str, stack: str) -> Iterator[int]:
    """The process ids in the locks of *stack*; 0 for a lock that does not say."""
    for path in _locks(environment, project, stack):
        try:
            yield int(json.loads(path.read_text("utf-8"))["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            yield 0


def _locks(environment: Environment, project: str, stack: str) -> list[Path]:
    folder = environment.backend / ".pulumi" / "locks" / "organization" / project / stack
    return sorted(folder.glob("*.json"))
