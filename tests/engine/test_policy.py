"""The policy pack in the real engine: before an update, after it, and over a state."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.environment import PROJECT
from segfw.catalog import load_catalog
from segfw.guardrails.guardrail import Verdict
from segfw.guardrails.pack import BY_ID, Finding, judge
from segfw.inventory import inventory_of_state
from segfw.plan import make_plan
from segfw.planned import inventory_of_plan
from segfw.settings import read_settings, tree_from_values
from segfw.state import read_state
from tests.engine.conftest import aws_provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sandbox.runner import Pulumi, Result
    from tests.engine.conftest import Clouds, Stack

pytestmark = pytest.mark.engine
PACK = str(PROJECT / "policy")
NOTES = {"not-known-yet": Verdict.OPEN, "listed": Verdict.LISTED}
Said = set[tuple[str, str, str]]
"""Guardrail, verdict, and what is said, with its subject."""


def said_by(findings: Iterable[Finding]) -> Said:
    return {
        (one.guardrail.id, one.found.verdict.value, f"{one.found.subject}: {one.found.message}")
        for one in findings
    }


def said_in(events: Iterable[dict[str, Any]]) -> Said:
    """What the pack reports, by the engine's events; a guardrail's fix ends its message."""
    found: Said = set()
    for event in events:
        policy = event.get("policyEvent")
        if policy is None:
            continue
        _, _, message = policy["message"].strip().partition("\n")
        name = policy["policyName"]
        if name == "production":
            continue
        if name == "waived":
            guardrail, _, rest = message.rpartition(" (until ")[0].partition(": ")
            found.add((guardrail, "waived", rest))
        elif name in NOTES:
            guardrail, _, rest = message.partition(": ")
            found.add((guardrail, NOTES[name].value, rest))
        else:
            rest = message.removesuffix(f". {BY_ID[name].fix}") if name in BY_ID else message
            found.add((name, Verdict.VIOLATED.value, rest))
    return found


def preview(pulumi: Pulumi, stack: str, *more: str) -> tuple[Result, list[dict[str, Any]]]:
    events: list[dict[str, Any]] = []
    result = pulumi.run(
        stack,
        "preview",
        "--policy-pack",
        PACK,
        *more,
        check=False,
        on_event=lambda event: events.append(dict(event)),
    )
    return result, events


def ready(stack: Stack) -> None:
    values = {f"seg-firewall:{key}": value for key, value in stack.settings.items()}
    stack.pulumi.configure(stack.name, {**stack.provider, **values})
    stack.pulumi.init(stack.name)


def planned(stack: Stack) -> Said:
    tree = tree_from_values(copy.deepcopy(stack.settings))
    settings = read_settings(tree, load_catalog(), stack=stack.name, today=date.today())
    inventory = inventory_of_plan(make_plan(settings, load_catalog()), load_catalog())
    return said_by(judge(inventory, load_catalog(), date.today()))


def analyzed(stack: Stack, folder: Path) -> tuple[Result, Said, Said]:
    """`pulumi policy analyze` over the stack's state, and the command line over the same."""
    file = folder / "state.json"
    text = stack.pulumi.run(stack.name, "stack", "export").stdout
    file.write_text(text, "utf-8")
    result = stack.pulumi.run(
        None, "policy", "analyze", "--file", str(file), "--policy-pack", PACK, "--json", check=False
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    deployed = inventory_of_state(read_state(text, "state.json"))
    ours = said_by(judge(deployed, load_catalog(), date.today()))
    return result, said_in([json.loads(line) for line in lines]), ours


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_the_pack_the_command_line_and_the_analysis_of_a_state_find_the_same(
    cloud: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    stack: Stack = request.getfixturevalue(f"{cloud}_stack")
    ready(stack)
    expected = planned(stack)

    result, events = preview(stack.pulumi, stack.name)
    assert result.code == 0, result.stdout + result.stderr
    assert said_in(events) == expected
    assert len(expected) > 5

    stack.up()
    result, found, ours = analyzed(stack, tmp_path)
    assert result.code == 0, result.stdout + result.stderr
    assert found == expected
    assert ours == expected


def production(stack: Stack, folder: Path, register: str) -> tuple[str, str]:
    """The stack in production; options with a register of waivers of its own."""
    stack.settings["gateway"]["environment"] = "prod"
    stack.provider["aws:allowedAccountIds"] = ["123456789012"]
    (folder / "waivers.yaml").write_text(register, "utf-8")
    config = folder / "policy.json"
    config.write_text(json.dumps({"waivers": {"file": str(folder / "waivers.yaml")}}), "utf-8")
    return "--policy-pack-config", str(config)


def stopped_by(events: Iterable[dict[str, Any]]) -> list[str]:
    """What the engine stops for."""
    return sorted(
        event["policyEvent"]["policyName"]
        for event in events
        if event.get("policyEvent", {}).get("enforcementLevel") == "mandatory"
    )


def names_of(events: Iterable[dict[str, Any]], verdict: str = "violated") -> set[str]:
    return {name for name, said, _ in said_in(events) if said == verdict}


def test_production_stops_for_what_elsewhere_is_only_reported(
    aws_stack: Stack, tmp_path: Path
) -> None:
    options = production(aws_stack, tmp_path, "waivers: []\n")
    ready(aws_stack)
    result, events = preview(aws_stack.pulumi, aws_stack.name, *options)
    assert names_of(events) == {"gateway-checklist"}
    assert stopped_by(events) == ["production"]
    assert result.code != 0

    confirmed = {"by": "mail operations", "date": date.today().isoformat()}
    items = ("ip-access-list", "host-header", "cross-site-scripting", "no-relay-policy")
    aws_stack.settings["gateway"]["checklist"] = dict.fromkeys((*items, "static-routes"), confirmed)
    ready(aws_stack)
    result, events = preview(aws_stack.pulumi, aws_stack.name, *options)
    assert names_of(events) == set()
    assert result.code == 0, result.stdout


WAIVER = """\
waivers:
  - check: gateway-checklist
    resource: "*"
    environment: prod
    reason: The gateway is not there yet.
    owner: mail-operations
    expires: "{day}"
    link: https://wiki.example.com/accepted
"""


def test_a_waiver_lets_production_go_on_until_its_last_day(
    aws_stack: Stack, tmp_path: Path
) -> None:
    today = date.today()
    options = production(aws_stack, tmp_path, WAIVER.format(day=today.isoformat()))
    ready(aws_stack)
    result, events = preview(aws_stack.pulumi, aws_stack.name, *options)
    assert (names_of(events), names_of(events, "waived")) == (set(), {"gateway-checklist"})
    assert result.code == 0, result.stdout

    past = (today - timedelta(days=1)).isoformat()
    options = production(aws_stack, tmp_path, WAIVER.format(day=past))
    result, events = preview(aws_stack.pulumi, aws_stack.name, *options)
    assert names_of(events) == {"gateway-checklist", "waivers"}
    assert result.code != 0


@pytest.mark.parametrize(
    ("excepted", "names", "stopped"),
    [
        ({"gateway-checklist": "There is no gateway yet."}, {"gateway-checklist"}, []),
        ({"gateway-checklist": " "}, {"gateway-checklist"}, ["production"]),
        ({"nosuch": "A reason."}, {"gateway-checklist"}, ["production", "production"]),
    ],
)
def test_policy_config_takes_a_guardrail_out_of_production_with_a_reason(
    aws_stack: Stack, tmp_path: Path, excepted, names, stopped
) -> None:
    _, config = production(aws_stack, tmp_path, "waivers: []\n")
    ready(aws_stack)
    held = json.loads((tmp_path / "policy.json").read_text("utf-8"))
    held["production"] = {"except": excepted}
    (tmp_path / "policy.json").write_text(json.dumps(held), "utf-8")

    result, events = preview(aws_stack.pulumi, aws_stack.name, "--policy-pack-config", config)
    assert names_of(events) == names
    assert stopped_by(events) == stopped
    assert (result.code == 0) is (not stopped)


OPENED = """
import json
from pathlib import Path

import pulumi_aws as aws
from components import SecureEmailGatewayFirewall

settings = json.loads(Path("settings.json").read_text("utf-8"))
firewall = SecureEmailGatewayFirewall("seg", settings)
aws.vpc.SecurityGroupIngressRule(
    "by-hand",
    security_group_id=firewall.security_group_ids["management"][0],
    description="by hand",
    ip_protocol="tcp",
    from_port=22,
    to_port=22,
    cidr_ipv4="0.0.0.0/0",
)
"""


@pytest.mark.parametrize(("level", "code"), [(None, 0), ("mandatory", 1)])
def test_a_lab_is_told_and_not_stopped_unless_policy_config_says_so(
    clouds: Clouds, aws_stack: Stack, program: Callable[[str], Pulumi], tmp_path: Path, level, code
) -> None:
    """SSH that a program opens beside the firewall, in dev."""
    pulumi = program(OPENED)
    (tmp_path / "settings.json").write_text(json.dumps(aws_stack.settings), "utf-8")
    pulumi.configure("opened", aws_provider(clouds.endpoint))
    pulumi.init("opened")
    config = tmp_path / "policy.json"
    config.write_text(json.dumps({"ssh-external": level} if level else {}), "utf-8")

    result, events = preview(pulumi, "opened", "--policy-pack-config", str(config))
    assert "ssh-external" in names_of(events)
    assert stopped_by(events) == (["ssh-external"] if level else [])
    assert result.code == code, result.stdout


FOREIGN = """
import pulumi
import pulumi_aws as aws

group = aws.ec2.SecurityGroup("web", description="web", tags={"owner": "web"})
for half in ("0.0.0.0/1", "128.0.0.0/1"):
    aws.vpc.SecurityGroupIngressRule(
        "ssh-" + half[0],
        security_group_id=group.id,
        description="both halves of the internet",
        ip_protocol="tcp",
        from_port=20,
        to_port=30,
        cidr_ipv4=half,
    )
"""


def test_a_program_that_is_not_ours_is_judged_and_stopped(
    clouds: Clouds, program: Callable[[str], Pulumi]
) -> None:
    pulumi = program(FOREIGN)
    pulumi.configure("foreign", aws_provider(clouds.endpoint))
    pulumi.init("foreign")

    result, events = preview(pulumi, "foreign")
    violated = {name for name, verdict, _ in said_in(events) if verdict == Verdict.VIOLATED.value}
    assert {"ssh-external", "management-networks", "catalog-ports", "exclusive"} <= violated
    assert result.code != 0


UNTAGGED = """
import pulumi_aws as aws

aws.ec2.SecurityGroup("web", description="web", ingress=[], egress=[])
"""


def test_the_remediation_adds_tags_where_there_are_none(
    clouds: Clouds, program: Callable[[str], Pulumi]
) -> None:
    pulumi = program(UNTAGGED)
    pulumi.configure("untagged", aws_provider(clouds.endpoint))
    pulumi.init("untagged")

    _, events = preview(pulumi, "untagged")
    assert "tagged" in names_of(events)

    _, events = preview(pulumi, "untagged", "--policy-pack", str(PROJECT / "policy/remediation"))
    (made,) = [
        event["resourcePreEvent"]["metadata"]["new"]["inputs"]
        for event in events
        if "SecurityGroup" in event.get("resourcePreEvent", {}).get("metadata", {}).get("type", "")
    ]
    assert made["tags"] == {"pulumi:project": pulumi.project, "pulumi:stack": "untagged"}
