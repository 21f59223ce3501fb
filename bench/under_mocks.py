"""`python -m bench.under_mocks STACK ROUNDS`: seconds of components, of a bare loop, resources."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pulumi_aws as aws
from pulumi.runtime import mocks, settings, stack
from pulumi_azure_native import network

from components.aws import GatewayNetworkAcl, GatewaySecurityGroup
from components.azure import GatewayNsg
from segfw.catalog import load_catalog
from segfw.clouds.aws_security_group.spec import EGRESS_RULE, EXCLUSIVE, GROUP, INGRESS_RULE
from segfw.plan import Plan, make_plan
from segfw.settings import read_settings, read_tree
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Callable

    import pulumi

CONFIG = Path(__file__).resolve().parent.parent / "config"


class Answers(mocks.Mocks):
    """Answers each registration with its inputs, and counts them."""

    def __init__(self) -> None:
        """Nothing has been registered yet."""
        self.count = 0

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """An id and the inputs; rules also have the id that their group knows them by."""
        self.count += bool(args.custom)
        state = dict(args.inputs)
        if args.typ.startswith("aws:vpc/securityGroup"):
            state["securityGroupRuleId"] = f"sgr-{args.name}"
        return f"id-{args.name}", state

    def call(self, args: mocks.MockCallArgs) -> Any:
        """No program of ours calls anything."""
        raise AssertionError(args.token)


def timed(program: Callable[[], None]) -> tuple[float, int]:
    """How long *program* takes with all its registrations, and how many there are."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    answers = Answers()
    settings.reset_options()
    mocks.set_mocks(answers, project="bench", stack="bench", preview=False)
    started = time.perf_counter()
    try:
        loop.run_until_complete(stack.run_pulumi_func(program))
    finally:
        taken = time.perf_counter() - started
        settings.reset_options()
        loop.close()
        asyncio.set_event_loop(None)
    return taken, answers.count


def on_aws(plan: Plan) -> tuple[Callable[[], None], Callable[[], None]]:
    """The components of an AWS plan, and the same resources without them."""

    def components() -> None:
        for key, specs in plan.specs.items():
            point, _, name = key.partition("/")
            interface = plan.settings.interfaces[name]
            if point == "network-acl":
                subnets = specs[0].subnet_ids  # type: ignore[attr-defined]
                GatewayNetworkAcl(
                    name,
                    {"vpc_id": str(interface.vpc), "subnet_ids": subnets, "acl": specs[0]},  # type: ignore[typeddict-item]
                )
            else:
                attach = {k: str(v) for k, v in interface.security_group.attach.items()}
                GatewaySecurityGroup(
                    name,
                    {
                        "vpc_id": str(interface.vpc),
                        "resources": specs,  # type: ignore[typeddict-item]
                        "network_interface_ids": attach,
                        "prefix_list_ids": {},
                        "reference_ids": {},
                    },
                )

    kinds = {
        GROUP: aws.ec2.SecurityGroup,
        INGRESS_RULE: aws.vpc.SecurityGroupIngressRule,
        EGRESS_RULE: aws.vpc.SecurityGroupEgressRule,
        EXCLUSIVE: aws.ec2.VpcSecurityGroupRulesExclusive,
    }

    def bare() -> None:
        ids: dict[str, pulumi.Input[str]] = {}
        for spec in plan.resources():
            inputs = {snake(k): resolved(v, ids) for k, v in spec.inputs().items()}
            if "network_interface_id" in inputs:
                kind = aws.ec2.NetworkInterfaceSecurityGroupAttachment
            elif "subnet_ids" in inputs:
                kind = aws.ec2.NetworkAcl
            else:
                kind = kinds[spec.token]
            made = kind(spec.name, **inputs)
            ids[f"${{{spec.name}.id}}"] = getattr(made, "security_group_rule_id", made.id)

    return components, bare


def on_azure(plan: Plan) -> tuple[Callable[[], None], Callable[[], None]]:
    """The components of an Azure plan, and the same resources without them."""

    def components() -> None:
        for key, (spec,) in plan.specs.items():
            GatewayNsg(
                key.partition("/")[2],
                {
                    "resource_group_name": "rg",
                    "nsg": spec,  # type: ignore[typeddict-item]
                    "reference_ids": {},
                    "drop_provider_aliases": False,
                },
            )

    def bare() -> None:
        for spec in plan.resources():
            network.NetworkSecurityGroup(
                spec.name, **{snake(k): resolved(v, {}) for k, v in spec.inputs().items()}
            )

    return components, bare


def snake(name: str) -> str:
    """The SDK's name of an input."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def resolved(value: Any, ids: dict[str, pulumi.Input[str]]) -> Any:
    """An input with the ids of siblings in place of their names."""
    if isinstance(value, list):
        return [resolved(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


def main() -> None:
    """Take turns, so that what slows one slows the other; print the medians."""
    name, rounds = sys.argv[1], int(sys.argv[2])
    today = datetime.now(UTC).date()
    catalog = load_catalog()
    held = read_settings(read_tree(CONFIG, name), catalog, stack=name, today=today)
    plan = make_plan(held, catalog)
    programs = on_aws(plan) if held.cloud is Cloud.AWS else on_azure(plan)
    for program in programs:  # the first run pays for the SDK's lazy imports
        timed(program)
    taken: tuple[list[float], list[float]] = ([], [])
    count = 0
    for _ in range(rounds):
        for times, program in zip(taken, programs, strict=True):
            one, count = timed(program)
            times.append(one)
    print(median(taken[0]), median(taken[1]), count)


main()
