"""What the policy pack adds to a preview, beyond starting a policy process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.engine import REGION, STACK, Cost, cost_of
from bench.timing import ROOT, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 0.1
ROUNDS = 4
"""An even number: each side is first as often as it is last."""
EMPTY = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

policy = ResourceValidationPolicy(
    name="nothing",
    description="Nothing.",
    validate=lambda args, report: None,
    enforcement_level=EnforcementLevel.DISABLED,
)
PolicyPack(name="empty", policies=[policy])
"""
"""As little as a pack can be: it takes no policies as a mistake."""


def policing(rounds: int) -> Iterator[Result]:
    """Previews of a lab with the pack, with a pack without policies, and with none."""
    from sandbox import plugins, processes, seed, stacks  # noqa: PLC0415
    from sandbox.environment import Environment  # noqa: PLC0415
    from sandbox.runner import Pulumi  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        (empty / "__main__.py").write_text(EMPTY, "utf-8")
        (empty / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n", "utf-8")
        environment = Environment(root=Path(folder) / "sandbox")
        environment.prepare()
        plugins.install(environment)
        endpoint = processes.start_moto(environment).service.url
        try:
            file = stacks.read(STACK)
            pulumi = Pulumi(environment)
            network = seed.aws(endpoint, REGION, "bench", file.subnets)
            pulumi.configure(STACK, stacks.for_aws(file, network, endpoint))
            pulumi.init(STACK)
            sides: dict[str, tuple[str, ...]] = {
                "pack": ("--policy-pack", str(ROOT / "policy")),
                "empty": ("--policy-pack", str(empty)),
                "none": (),
            }
            taken: dict[str, list[Cost]] = {name: [] for name in sides}
            for number in range(max(2, min(rounds, ROUNDS))):
                for name in list(sides)[:: -1 if number % 2 else 1]:
                    taken[name].append(
                        cost_of(lambda name=name: pulumi.preview(STACK, *sides[name]))
                    )
        finally:
            processes.stop_all(environment)
    wall = {name: median(cost.wall for cost in costs) for name, costs in taken.items()}
    yield Result(
        what=f"guardrails over a preview of {STACK}, the start of a policy process left out / "
        "the preview",
        value=(wall["pack"] - wall["empty"]) / wall["none"],
        most=MOST,
        detail=f"{wall['pack']:.2f} s with the pack, {wall['empty']:.2f} s with an empty one, "
        f"{wall['none']:.2f} s with none",
    )
