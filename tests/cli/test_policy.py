"""`segfw policy`: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from segfw.cli.main import main
from segfw.cli.reference.policy_schema import schema
from tests.shipped import CONFIG, SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def call(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["policy", *words], input=given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped stacks, without their register of waivers."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config, ignore=shutil.ignore_patterns("waivers.yaml"))
    return config


def state(cidr: str) -> str:
    """The state of a program that is not ours: one group with SSH from *cidr*."""

    def urn(token: str, name: str) -> str:
        return f"urn:pulumi:theirs::web::{token}::{name}"

    group = {
        "urn": urn(GROUP, "web"),
        "custom": True,
        "id": "sg-1",
        "type": GROUP,
        "inputs": {"description": "web", "tags": {"owner": "web"}},
    }
    rule = {
        "urn": urn(RULE, "ssh"),
        "custom": True,
        "id": "sgr-1",
        "type": RULE,
        "inputs": {
            "securityGroupId": "sg-1",
            "description": "ssh",
            "ipProtocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "cidrIpv4": cidr,
        },
        "propertyDependencies": {"securityGroupId": [urn(GROUP, "web")]},
    }
    return json.dumps({"version": 3, "deployment": {"resources": [group, rule]}})


def document(result: Result) -> dict[str, Any]:
    found = json.loads(result.stdout)
    Draft202012Validator(schema()).validate(found)
    return found


def test_the_shipped_stacks_are_clean_and_what_is_waived_is_said() -> None:
    result = call("--all", "--config-dir", str(CONFIG), "--format", "json")
    stacks = document(result)["stacks"]

    assert result.exit_code == 0, result.stderr
    assert sorted(one["stack"] for one in stacks) == SHIPPED
    violated = [f for one in stacks for f in one["findings"] if f["verdict"] == "violated"]
    assert {one["guardrail"] for one in violated} == {"gateway-checklist"}
    assert all(one["waivedBy"] and one["waivedUntil"] for one in violated)


def test_without_a_waiver_production_ends_with_4_and_names_the_fix_once(folder: Path) -> None:
    result = call("aws-prod-us-east-1", "--config-dir", str(folder))

    assert result.exit_code == 4
    assert "violated: gateway-checklist (medium, mandatory): checklist item ip-access-list" in (
        result.stdout
    )
    assert result.stdout.count("Do it on the gateway, then write") == 1


def test_elsewhere_violations_are_advisory_unless_strict(folder: Path) -> None:
    assert call("aws-lab", "--config-dir", str(folder)).exit_code == 0
    result = call("--state", "-", given=state("0.0.0.0/0"))
    assert result.exit_code == 4


def test_a_state_of_others_is_judged_from_standard_input_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(state("10.0.0.0/28"), "utf-8")

    piped = call("--state", "-", "--format", "json", given=state("0.0.0.0/0"))
    ids = {f["guardrail"] for f in document(piped)["stacks"][0]["findings"]}
    assert {"ssh-external", "management-networks", "catalog-ports"} <= ids
    read = call("--state", str(file), "--format", "json")
    found = document(read)["stacks"][0]["findings"]
    assert [f["guardrail"] for f in found if f["verdict"] == "violated"] == ["exclusive"]


@pytest.mark.parametrize(
    ("words", "given", "status", "said"),
    [
        ((), None, 2, "name a stack, or --all"),
        (("aws-lab", "--state", "-"), state("10.0.0.0/28"), 2, "leave STACKS and --all out"),
        (("--state", "-"), "{}", 1, "this is no Pulumi state"),
        (("--state", "/nowhere"), None, 1, "no such file"),
        (("nosuch",), None, 1, "nosuch"),
    ],
)
def test_what_cannot_be_judged_is_said(words, given, status, said) -> None:
    result = call(
        *words, *(() if "--state" in words else ("--config-dir", str(CONFIG))), given=given
    )

    assert result.exit_code == status, result.output
    assert said in result.output


def test_a_waiver_of_a_guardrail_that_covers_nothing_is_a_problem(folder: Path) -> None:
    text = (CONFIG / "waivers.yaml").read_text("utf-8").replace("gateway-checklist", "one-form")
    (folder / "waivers.yaml").write_text(text, "utf-8")

    result = call("--all", "--config-dir", str(folder))
    assert result.exit_code == 1
    assert "waivers[one-form]: nothing is found that the waiver of every resource" in result.stderr
