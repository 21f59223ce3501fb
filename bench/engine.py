"""This project on a real engine, against a bare loop and against Terraform, in the sandbox.

The clouds are stand-ins on this machine, so what is compared is what the tools do
themselves. Pulumi has the sandbox's small providers and Terraform its real one, so only
the bare loop is a like comparison.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from bench import terraform
from bench.timing import ROOT, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.plan import Plan

STACK = "aws-lab"
REGION = "us-east-1"
MOST = 1.15
ROUNDS = 2
"""An even number: each side is first as often as it is last."""
BARE = '''\
"""The resources of a plan, each made by its class; written for speed, not for anyone."""

import json
from pathlib import Path

import pulumi_aws as aws

KINDS = {
    "SecurityGroup": aws.ec2.SecurityGroup,
    "NetworkAcl": aws.ec2.NetworkAcl,
    "NetworkInterfaceSecurityGroupAttachment": aws.ec2.NetworkInterfaceSecurityGroupAttachment,
    "VpcSecurityGroupRulesExclusive": aws.ec2.VpcSecurityGroupRulesExclusive,
    "SecurityGroupIngressRule": aws.vpc.SecurityGroupIngressRule,
    "SecurityGroupEgressRule": aws.vpc.SecurityGroupEgressRule,
}
ids = {}


def resolved(value):
    if isinstance(value, list):
        return [resolved(one) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


for kind, name, inputs in json.loads(Path("resources.json").read_text("utf-8")):
    made = KINDS[kind](name, **{key: resolved(value) for key, value in inputs.items()})
    ids["${" + name + ".id}"] = getattr(made, "security_group_rule_id", made.id)
'''


class Cost(NamedTuple):
    """What a command took."""

    wall: float
    cpu: float
    """Processor time of the command and all that it started, the stand-in cloud left out."""


def cost_of(run: Callable[[], object]) -> Cost:
    """Run it once."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    ended, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(ended - started, cpu)


class Side(NamedTuple):
    """One way to the same resources; each step is run and timed by itself."""

    name: str
    preview: Callable[[], object]
    up: Callable[[], object]
    down: Callable[[], object]
    resources: Callable[[], int]
    """How many resources there are after `up`, the tool's own records not counted."""


def engine(rounds: int) -> Iterator[Result]:
    """Preview and update of aws-lab, side by side with the same resources otherwise made."""
    with tempfile.TemporaryDirectory() as folder, _sides(Path(folder)) as (sides, skipped):
        taken: dict[tuple[str, str], list[Cost]] = {}
        counts: dict[str, int] = {}
        for number in range(min(rounds, ROUNDS)):
            for step in ("preview", "up"):
                for side in sides[:: -1 if number % 2 else 1]:
                    run = getattr(side, step)
                    taken.setdefault((side.name, step), []).append(cost_of(run))
            counts = {side.name: side.resources() for side in sides}
            for side in sides:
                side.down()
    if counts[sides[0].name] != counts[sides[1].name]:
        raise SystemExit(f"error: the sides made different numbers of resources: {counts}.")
    wall = {key: median(cost.wall for cost in costs) for key, costs in taken.items()}
    cpu = {key: median(cost.cpu for cost in costs) for key, costs in taken.items()}
    own = sides[0].name
    for step in ("preview", "up"):
        for side in sides[1:]:
            yield Result(
                what=f"{step} of {STACK}, {counts[own]} resources / by {side.name}, "
                f"{counts[side.name]}",
                value=wall[own, step] / wall[side.name, step],
                most=MOST if side is sides[1] else None,
                detail=f"{wall[own, step]:.1f} s / {wall[side.name, step]:.1f} s; processor time "
                f"{cpu[own, step]:.1f} s / {cpu[side.name, step]:.1f} s",
            )
    if skipped:
        yield Result(what=f"preview and up of {STACK} / by terraform", skipped=skipped)


@contextmanager
def _sides(folder: Path) -> Iterator[tuple[list[Side], str]]:
    """The ways there are, and why Terraform is not one of them."""
    from sandbox import plugins, processes, seed, stacks  # noqa: PLC0415
    from sandbox.environment import Environment  # noqa: PLC0415
    from sandbox.runner import Pulumi  # noqa: PLC0415

    environment = Environment(root=folder / "sandbox")
    environment.prepare()
    plugins.install(environment)
    endpoint = processes.start_moto(environment).service.url
    try:
        file = stacks.read(STACK)

        def settings(who: str) -> str:
            """The stack's text with a network of its own."""
            network = seed.aws(endpoint, REGION, who, file.subnets)
            return stacks.for_aws(file, network, endpoint)

        def plan_of(who: str) -> Plan:
            """The plan of the bare ways, over a network of their own."""
            config = folder / who / "config"
            (config / "shared").mkdir(parents=True)
            for shared in (ROOT / "config" / "shared").iterdir():
                (config / "shared" / shared.name).write_bytes(shared.read_bytes())
            (config / f"Pulumi.{STACK}.yaml").write_text(settings(who), "utf-8")
            return stacks.read(STACK, config).plan

        ours = Pulumi(environment)
        ours.configure(STACK, settings("ours"))
        bare_folder = folder / "bare"
        resources = [
            [spec.token.rpartition(":")[2], spec.name, _snaked(spec.inputs())]
            for spec in plan_of("bare").resources()
        ]
        (bare_folder / "Pulumi.yaml").write_text("name: bare\nruntime: python\n", "utf-8")
        (bare_folder / "__main__.py").write_text(BARE, "utf-8")
        (bare_folder / "resources.json").write_text(json.dumps(resources), "utf-8")
        bare = Pulumi(environment, cwd=bare_folder, engine=ours.engine)
        bare.configure("bench", provider_of(settings("bare")))
        sides = [_pulumi(STACK, ours, STACK), _pulumi("a bare loop", bare, "bench")]
        skipped = terraform.absent()
        if not skipped:
            own = terraform.Program(folder / "terraform", endpoint, REGION)
            own.write(plan_of("terraform"))
            sides.append(
                Side("terraform and its own provider", own.plan, own.apply, own.destroy, own.count)
            )
        yield sides, skipped
    finally:
        processes.stop_all(environment)


def provider_of(settings: str) -> dict[str, Any]:
    """The provider's own settings of a stack's text: what a program without ours also has."""
    config = yaml.safe_load(settings)["config"]
    return {key: value for key, value in config.items() if key.startswith("aws:")}


def _pulumi(name: str, pulumi: Any, stack: str) -> Side:
    pulumi.init(stack)

    def count() -> int:
        return sum(
            bool(one.get("custom")) and not one["type"].startswith("pulumi:")
            for one in pulumi.resources(stack)
        )

    return Side(
        name,
        preview=lambda: pulumi.preview(stack),
        up=lambda: pulumi.up(stack),
        down=lambda: pulumi.destroy(stack),
        resources=count,
    )


def _snaked(value: Any) -> Any:
    """The inputs by the SDK's names; tags keep theirs."""
    if isinstance(value, list):
        return [_snaked(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key): (
            one if key == "tags" else _snaked(one)
        )
        for key, one in value.items()
    }
