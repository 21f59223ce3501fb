"""`make up`: the shipped stacks, or others, brought up for real here."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from sandbox import plugins, processes, recovery, seed, stacks, summary
from sandbox.errors import SandboxError
from sandbox.locks import BUSY, lock
from sandbox.progress import Progress, Steps, ticker
from sandbox.runner import Pulumi
from sandbox.toolchain import get_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.environment import Environment

DEFAULT_STACKS = ("aws-lab", "azure-lab", "aws-prod-us-east-1", "azure-prod-westeurope")


def up(
    environment: Environment,
    names: Sequence[str],
    progress: Progress,
    *,
    began: float | None = None,
) -> int:
    """Bring the stacks *names* up, or those of `make up`; the exit code.

    The time that is reported counts from *began*, in seconds since the epoch.

    Raises:
        ProblemsFound: stack files are wrong; nothing was started or changed.
        NotProven: a plan is not what its file asks for; nothing was started or changed.
        SandboxError: something is missing; nothing was started or changed.
    """
    steps = Steps(began)
    files = stacks.read_all(names or DEFAULT_STACKS)
    steps.done("stack files")
    engine = get_engine(environment.tools, progress=progress)
    progress.say(f"engine: {engine}.")
    steps.done("engine")
    environment.prepare()
    with lock(environment.root / "lock", on_wait=None, busy=BUSY):
        pulumi = Pulumi(environment, engine=engine)
        plugins.install(environment)
        stacks.link_shared(environment.config)
        environment.calls.unlink(missing_ok=True)
        moto = None
        if any(file.cloud == "aws" for file in files) or recovery.stacks_in(pulumi, "aws"):
            moto = processes.start_moto(environment)
            how = "started" if moto.anew else "is running"
            progress.say(f"moto: {how} on {moto.service.url}.")
        recovery.recover(pulumi, moto, progress)
        steps.done("stand-in clouds")
        service = None if moto is None else moto.service
        failed = [file.stack for file in files if not _bring_up(pulumi, file, service, progress)]
        steps.done("stacks")
    progress.say("")
    if failed:
        progress.say(
            f"Not brought up: {', '.join(failed)}; the reasons are above. "
            "Mend them and run the same command again, or remove everything with `make down`."
        )
    else:
        progress.say(summary.plans([file.plan for file in files]))
        progress.say("")
        progress.say(summary.how_to_look(environment, files[0].stack, service))
        progress.say(f"\n{summary.NOT_A_CLOUD}")
        progress.say("The same command again changes nothing; `make down` destroys the stacks.")
    progress.say(f"\n{steps}")
    return 1 if failed else 0


def _bring_up(
    pulumi: Pulumi, file: stacks.StackFile, moto: processes.Service | None, progress: Progress
) -> bool:
    """Bring one stack up and export its state; whether that worked. Errors are shown."""
    stack = file.stack
    progress.begin()
    progress.tick(f"{stack}: network and stack file")
    pulumi.configure(stack, _seeded(pulumi.environment, file, moto))
    pulumi.init(stack)
    started = time.monotonic()
    result = pulumi.up(stack, check=False, on_event=ticker(stack, progress))
    seconds = time.monotonic() - started
    log = pulumi.environment.logs / f"{stack}.log"
    log.write_text(result.text, "utf-8")
    if result.code != 0:
        progress.say(
            f"{stack}: `pulumi up` ended with exit code {result.code}; all that it printed is in "
            f"{summary.shown(log)}. Its diagnostics:\n{summary.diagnostics(result)}"
        )
        return False
    exported = pulumi.environment.state / f"{stack}.json"
    exported.write_text(json.dumps(pulumi.export(stack), indent=2) + "\n", "utf-8")
    progress.say(
        f"{stack}: {summary.operations(result)} ({seconds:.1f} s); "
        f"planned: {summary.plan_counts(file.plan)}."
    )
    return True


def _seeded(
    environment: Environment, file: stacks.StackFile, moto: processes.Service | None
) -> str:
    if file.cloud == "azure":
        try:
            group = seed.azure(environment.arm_store, file.stack, file.place)
        except RuntimeError as error:
            message = f"{file.stack}: the stand-in Azure made no resource group: {error}"
            raise SandboxError(message) from None
        return stacks.for_azure(file, group)
    assert moto is not None, "moto runs whenever a stack is in AWS"
    network = seed.aws(moto.url, file.place, file.stack, file.subnets)
    return stacks.for_aws(file, network, moto.url)
