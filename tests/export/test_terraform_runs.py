"""Terraform itself takes the export: validate, plan, apply to a stand-in AWS, and a second plan.

It needs `terraform` on PATH and a folder with the aws provider, which the environment variable
SEG_BENCH_TERRAFORM_PLUGINS names (docs/performance.md). Nothing is downloaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import terraform
from sandbox import processes, seed, stacks
from sandbox.environment import Environment
from tests.export.short import short_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segfw.plan import Plan

REGION = "us-east-1"
LEFT_OUT = "VpcSecurityGroupRulesExclusive"

pytestmark = pytest.mark.skipif(bool(terraform.absent()), reason=terraform.absent())


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = Environment(root=tmp_path_factory.mktemp("moto"))
    environment.prepare()
    yield processes.start_moto(environment).service.url
    processes.stop_all(environment)


def over_a_network(stack: str, endpoint: str, folder: Path) -> Plan:
    """The plan of a shipped stack, its ids those of a network that is there."""
    file = stacks.read(stack)
    network = seed.aws(endpoint, REGION, stack, file.subnets)
    config = folder / "config"
    (config / "shared").mkdir(parents=True)
    for shared in (stacks.CONFIG / "shared").iterdir():
        (config / "shared" / shared.name).write_bytes(shared.read_bytes())
    text = stacks.for_aws(file, network, endpoint)
    (config / f"Pulumi.{stack}.yaml").write_text(text, "utf-8")
    return stacks.read(stack, config).plan


@pytest.mark.slow
@pytest.mark.parametrize("stack", ["aws-lab", "aws-prod-us-east-1"])
def test_terraform_makes_the_stack_and_then_finds_nothing_to_change(stack, endpoint, tmp_path):
    plan = over_a_network(stack, endpoint, tmp_path)
    program = terraform.Program(tmp_path / "program", endpoint, REGION)
    program.write(plan)

    program.validate()
    program.apply()

    wanted = [spec for spec in plan.resources() if LEFT_OUT not in spec.token]
    assert program.count() == len(wanted)
    assert "No changes." in program.plan()


def test_the_provider_knows_every_argument_of_lists_references_and_variables(tmp_path):
    program = terraform.Program(tmp_path / "program", "http://127.0.0.1:1", REGION)
    program.write(short_plan("short-aws"))

    program.validate()
