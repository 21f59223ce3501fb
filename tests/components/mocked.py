"""A program run under Pulumi's mocks: every registration is collected, with its options."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks, settings, stack

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Recorder(mocks.Mocks):
    """Answers every registration with its inputs, an id, and what the SDK would wait for."""

    resources: list[mocks.MockResourceArgs] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources.append(args)
        state = dict(args.inputs)
        if args.typ.startswith("aws:vpc/securityGroup"):
            state["securityGroupRuleId"] = f"sgr-{args.name}"
        return ("" if not args.custom else f"id-{args.name}"), state

    def call(self, args: mocks.MockCallArgs) -> dict[Any, Any]:
        raise AssertionError(f"the program calls {args.token}")

    def of(self, token: str) -> dict[str, dict[str, Any]]:
        """Inputs by name of the resources of one type."""
        return {r.name: dict(r.inputs) for r in self.resources if r.typ == token}


@dataclass
class Run:
    """What one program registered and what it put out."""

    recorder: Recorder
    outputs: dict[str, Any]
    requests: list[Any]
    """The registrations as the engine would get them, with options."""

    def options(self, token: str) -> dict[str, Any]:
        """Registration requests by name of the resources of one type."""
        return {r.name: r for r in self.requests if r.type == token}


def run(
    program: Callable[[], dict[str, pulumi.Output[Any] | Any]],
    *,
    preview: bool = False,
    stack_name: str = "aws-test",
    config: dict[str, str] | None = None,
) -> Run:
    """Run *program* to its end and resolve the outputs that it returns.

    Every run has its own event loop and mocks, so no queued work leaks into the next.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    recorder = Recorder()
    monitor = _RecordingMonitor(recorder)
    settings.reset_options()
    mocks.set_mocks(recorder, project="test", stack=stack_name, preview=preview, monitor=monitor)
    pulumi.runtime.set_all_config(config or {})
    outputs: dict[str, Any] = {}

    def body() -> None:
        for name, value in program().items():
            pulumi.Output.from_input(value).apply(
                lambda resolved, name=name: outputs.__setitem__(name, resolved)
            )

    try:
        loop.run_until_complete(stack.run_pulumi_func(body))
    finally:
        settings.reset_options()
        loop.close()
        asyncio.set_event_loop(None)
    return Run(recorder, outputs, monitor.requests)


class _RecordingMonitor(mocks.MockMonitor):
    """The mock monitor, keeping each request whole."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        self.requests.append(request)
        return super().RegisterResource(request)
