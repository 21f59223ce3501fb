"""The components in programs that are not ours."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import seed
from tests.docs.pages import ROOT, blocks
from tests.engine.conftest import REGION, SETTINGS, Clouds, aws_provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.runner import Pulumi

pytestmark = pytest.mark.engine

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws
from components import SecureEmailGatewayFirewall

args = json.loads({args!r})
{before}
firewall = SecureEmailGatewayFirewall("mail", args, pulumi.ResourceOptions({options}))
pulumi.export("groups", firewall.security_group_ids)
"""
EXPLICIT = """
provider = aws.Provider(
    "chosen", region={region!r}, access_key="test", secret_key="test",
    skip_credentials_validation=True, skip_metadata_api_check=True,
    skip_requesting_account_id=True, endpoints=[aws.ProviderEndpointArgs(ec2={url!r}, sts={url!r})],
)
"""


def arguments(clouds: Clouds, name: str) -> dict[str, Any]:
    network = seed.aws(clouds.endpoint, REGION, name, {"gate": ["10.20.100.0/24"]})
    settings = json.loads(json.dumps(SETTINGS))
    return settings | {
        "cloud": "aws",
        "interfaces": {
            "gate": {
                "roles": ["management", "public"],
                "external": True,
                "subnets": ["10.20.100.0/24"],
                "vpc": network.vpc_id,
                "networkAcl": {"subnetIds": [network.subnet_ids["gate"]], "fit": "merge"},
            }
        },
    }


def text(args: dict[str, Any], *, before: str = "", options: str = "") -> str:
    return PROGRAM.format(args=json.dumps(args), before=before, options=options)


@pytest.fixture
def theirs(program: Callable[[str], Pulumi], clouds: Clouds):
    made: list[tuple[Pulumi, str]] = []

    def bring_up(stack: str, source: str, config: dict[str, Any]):
        pulumi = program(source)
        pulumi.configure(stack, config)
        pulumi.init(stack)
        made.append((pulumi, stack))
        return pulumi, pulumi.up(stack)

    yield bring_up
    for pulumi, stack in made:
        pulumi.run(stack, "destroy", "--yes", "--skip-preview", "--run-program=false", check=False)


def test_an_explicit_provider_is_used_where_default_ones_are_disabled(theirs, clouds) -> None:
    source = text(
        arguments(clouds, "explicit"),
        before=EXPLICIT.format(region=REGION, url=clouds.endpoint),
        options="provider=provider",
    )
    pulumi, result = theirs("explicit", source, {"pulumi:disable-default-providers": ["*"]})

    assert result.code == 0
    providers = {
        r["provider"].rsplit("::", 2)[-2]
        for r in pulumi.resources("explicit")
        if r.get("provider") and r["type"].startswith("aws:")
    }
    assert providers == {"chosen"}


def test_a_users_transform_reaches_the_rules(theirs, clouds) -> None:
    before = """
def tag(args):
    if args.type_ == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
        args.props["tags"] = {"team": "mail"}
        return pulumi.ResourceTransformationResult(args.props, args.opts)
"""
    source = text(arguments(clouds, "transform"), before=before, options="transformations=[tag]")
    pulumi, _ = theirs("transform", source, aws_provider(clouds.endpoint))

    rules = [r for r in pulumi.resources("transform") if "IngressRule" in r["type"]]
    assert rules
    assert all(rule["inputs"]["tags"] == {"team": "mail"} for rule in rules)


def test_protect_on_the_component_does_not_stop_a_rule_from_going(theirs, clouds) -> None:
    args = arguments(clouds, "protect")
    provider = aws_provider(clouds.endpoint)
    theirs("protect", text(args, options="protect=True"), provider)
    del args["features"]["send-mail"]
    pulumi, result = theirs("protect", text(args, options="protect=True"), provider)

    assert result.code == 0
    assert "gate-out-tcp-25-0.0.0.0_0" in result.report.named("delete")
    assert "gate-acl" in result.report.named("create-replacement")
    protected = {r["type"] for r in pulumi.resources("protect") if r.get("protect")}
    assert "aws:ec2/securityGroup:SecurityGroup" in protected
    theirs("protect", text(args), provider)


def test_outputs_of_another_stack_are_ids_here(theirs, clouds) -> None:
    args = arguments(clouds, "reference")
    vpc = args["interfaces"]["gate"]["vpc"]
    subnet = args["interfaces"]["gate"]["networkAcl"]["subnetIds"][0]
    network = (
        f"import pulumi\npulumi.export('vpcId', {vpc!r})\npulumi.export('subnet', {subnet!r})\n"
    )
    theirs("network", network, {})
    args["interfaces"]["gate"]["vpc"] = {"stack": "organization/theirs/network", "output": "vpcId"}
    args["interfaces"]["gate"]["networkAcl"]["subnetIds"] = [
        {"stack": "organization/theirs/network", "output": "subnet"}
    ]
    pulumi, result = theirs("reference", text(args), aws_provider(clouds.endpoint))

    assert result.code == 0
    group = next(r for r in pulumi.resources("reference") if r["type"].endswith(":SecurityGroup"))
    assert group["inputs"]["vpcId"] == vpc


def shown(page: str, language: str, holding: str) -> str:
    """The one code block of a page that holds a text."""
    found = [
        block.text
        for block in blocks(ROOT / "docs" / page)
        if block.language == language and holding in block.text
    ]
    (text,) = found
    return text


def test_the_program_that_is_shown_runs_as_the_sandboxs_page_says_and_without_warnings(
    program, clouds
) -> None:
    pulumi = program(shown("use-from-your-program.md", "python", "SecureEmailGatewayFirewall("))
    page = shown("sandbox.md", "sh", "pulumi config set-all")
    (command,) = re.findall(r"^pulumi config set-all (?:.*\\\n)*.*$", page, re.MULTILINE)
    pulumi.init("shown")
    file = pulumi.environment.config_file("shown")
    done = subprocess.run(
        ["sh", "-ec", f'{command} --stack shown --config-file "$CONFIG_FILE"'],
        cwd=pulumi.cwd,
        env=pulumi.variables() | {"SEG_SANDBOX_EC2": clouds.endpoint, "CONFIG_FILE": str(file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    planned = pulumi.preview("shown")
    result = pulumi.up("shown")
    pulumi.destroy("shown")

    assert [line for line in planned.report.messages if line.startswith("warning")] == []
    assert "gateway" in result.report.named("create")
    assert not [line for line in result.report.messages if line.startswith(("warning", "error"))]


def test_problems_in_a_foreign_program_stand_at_its_args_and_under_no_traceback(
    program, clouds
) -> None:
    args = arguments(clouds, "problems")
    args["features"]["dsn"] = args["features"].pop("dns")
    pulumi = program(text(args))
    pulumi.configure("problems", aws_provider(clouds.endpoint))
    pulumi.init("problems")
    result = pulumi.up("problems", check=False)

    assert result.code != 0
    assert 'nothing was made:\n    args: features.dsn: no such feature; did you mean "dns"?' in (
        result.text
    )
    assert "Traceback" not in result.text
    assert not [step for step in result.report.steps if "aws:" in step.type]


def test_a_warning_in_the_log_says_so_once(program, clouds) -> None:
    args = arguments(clouds, "warning")
    pulumi = program(text(args))
    pulumi.configure("warning", aws_provider(clouds.endpoint))
    pulumi.init("warning")
    said = pulumi.preview("warning").report.messages

    assert [line for line in said if line.startswith("warning: args: features.receive-mail: ")]
    assert not [line for line in said if "warning: warning" in line]
