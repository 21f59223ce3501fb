"""The components register what was planned: spelling, options, names, outputs."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws
import pytest
import yaml
from pulumi_azure_native import network

from components import SecureEmailGatewayFirewall
from segfw.catalog import load_catalog
from segfw.plan import Plan, make_plan
from segfw.problems import ProblemsFound
from segfw.settings import read_settings, read_tree
from tests.components.mocked import Run, run
from tests.review.planning import CATALOG, TODAY, features, plan_of
from tests.shipped import SHIPPED

# The SDKs load a module when it is first touched, and one that is cut off in that stays
# half loaded for the whole process. So they are loaded before any test runs.
LOADED = (
    network.NetworkSecurityGroup,
    pulumi_aws.ec2.SecurityGroup,
    pulumi_aws.vpc.SecurityGroupIngressRule,
)
ROOT = Path(__file__).parents[2]
COMPONENTS = {
    "seg-firewall:index:SecureEmailGatewayFirewall",
    "seg-firewall:index:GatewaySecurityGroup",
    "seg-firewall:index:GatewayNetworkAcl",
    "seg-firewall:index:GatewayNsg",
}
AWS_ARGS: dict[str, Any] = {
    "cloud": "aws",
    "gateway": {"environment": "dev", "release": "15.0", "ciscoRegion": "americas"},
    "interfaces": {
        "gate": {
            "roles": ["management", "public", "private"],
            "external": False,
            "subnets": ["10.0.1.0/24"],
            "vpc": "vpc-1",
        }
    },
    "networks": {"admins": ["10.1.0.0/24"]},
    "features": {"ssh-admin": {}},
}
AZURE_ARGS: dict[str, Any] = {
    **AWS_ARGS,
    "cloud": "azure",
    "interfaces": {
        "gate": {
            "roles": ["management", "public", "private"],
            "external": False,
            "subnets": ["10.0.1.0/24"],
            "resourceGroup": "rg-1",
        }
    },
}


def engine_config(stack: str) -> dict[str, str]:
    """The stack's config as the engine hands it over: text, or JSON for lists and mappings."""
    text = (ROOT / "config" / f"Pulumi.{stack}.yaml").read_text()
    values = yaml.safe_load(text)["config"]
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}


def planned(stack: str) -> Plan:
    settings = read_settings(
        read_tree(ROOT / "config", stack), load_catalog(), stack=stack, today=date.today()
    )
    return make_plan(settings, load_catalog())


def registered(stack: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(ROOT)

    def program() -> dict[str, Any]:
        made = SecureEmailGatewayFirewall("seg")
        return {
            "groups": made.security_group_ids,
            "acls": made.network_acl_ids,
            "nsgs": made.nsg_ids,
            "digest": made.digest,
            "readme": made.readme,
        }

    return run(program, stack_name=stack, config=engine_config(stack))


def without_ids(value: Any) -> Any:
    """Planned inputs with each ``${name.id}`` as the mocks answer it, numbers as doubles."""
    if isinstance(value, str):
        return re.sub(r"^\$\{(.+)\.id\}$", r"\1", value)
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_ids(inner) for inner in value]
    return value


def without_marks(value: Any) -> Any:
    """Registered inputs with the mocks' id marks taken off."""
    if isinstance(value, str):
        return re.sub(r"^(id|sgr)-", "", value)
    if isinstance(value, dict):
        return {key: without_marks(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_marks(inner) for inner in value]
    return value


@pytest.mark.parametrize("stack", SHIPPED)
def test_what_is_registered_is_what_the_plan_lists(stack, monkeypatch):
    plan = planned(stack)
    seen = registered(stack, monkeypatch)

    expected = {(s.token, s.name): without_ids(s.inputs()) for s in plan.resources()}
    found = {
        (r.typ, r.name): without_marks(dict(r.inputs)) for r in seen.recorder.resources if r.custom
    }
    assert found == expected
    assert {r.typ for r in seen.recorder.resources if not r.custom} <= COMPONENTS


@pytest.mark.parametrize("stack", SHIPPED)
def test_outputs_name_each_interface_and_the_plans_digest(stack, monkeypatch):
    plan = planned(stack)
    seen = registered(stack, monkeypatch)

    assert seen.outputs["digest"] == plan.digest
    aws = stack.startswith("aws")
    interfaces = set(plan.settings.interfaces)
    assert set(seen.outputs["groups"]) == (interfaces if aws else set())
    assert set(seen.outputs["nsgs"]) == (set() if aws else interfaces)
    acls = {n for n, i in plan.settings.interfaces.items() if i.network_acl}
    assert set(seen.outputs["acls"]) == acls
    assert "## On the gateway itself" in seen.outputs["readme"]
    assert "outbound TCP 25" in seen.outputs["readme"]


def test_what_changes_with_a_rule_is_never_protected_and_groups_are():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["interfaces"]["gate"]["networkAcl"] = {"subnetIds": ["subnet-1"], "fit": "merge"}
        args["interfaces"]["gate"]["securityGroup"] = {"attach": ["eni-1"]}
        SecureEmailGatewayFirewall("seg", args, pulumi.ResourceOptions(protect=True))
        return {}

    requests = [r for r in run(program).requests if r.custom]
    assert len({r.type for r in requests}) == 5, "group, rule, exclusive, attachment, ACL"
    assert {r.type for r in requests if r.protect} == {"aws:ec2/securityGroup:SecurityGroup"}


def test_a_network_acl_is_replaced_when_its_entries_change():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["interfaces"]["gate"]["networkAcl"] = {"subnetIds": ["subnet-1"], "fit": "merge"}
        SecureEmailGatewayFirewall("seg", args)
        return {}

    (request,) = run(program).options("aws:ec2/networkAcl:NetworkAcl").values()
    assert list(request.replaceOnChanges) == ["ingress", "egress"]
    assert not request.deleteBeforeReplace


def test_a_renamed_interface_is_an_alias_on_its_component():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["interfaces"]["gate"]["renamedFrom"] = ["mgmt"]
        SecureEmailGatewayFirewall("seg", args)
        return {}

    seen = run(program)
    component = seen.options("seg-firewall:index:GatewaySecurityGroup")["gate"]
    assert [alias.spec.name for alias in component.aliases] == ["mgmt"]
    group = seen.options("aws:ec2/securityGroup:SecurityGroup")["gate"]
    assert group.parent.endswith("$seg-firewall:index:GatewaySecurityGroup::gate")


def test_attachments_wait_for_the_rules():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["interfaces"]["gate"]["securityGroup"] = {"attach": ["eni-1"]}
        SecureEmailGatewayFirewall("seg", args)
        return {}

    seen = run(program)
    token = (
        "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
    )
    (attachment,) = seen.options(token).values()
    rules = [u for u in attachment.dependencies if "securityGroupIngressRule" in u]
    assert len(rules) == 2, "the rules of ssh-admin and pmtu"


def test_ids_may_be_outputs_of_other_resources():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["interfaces"]["gate"]["vpc"] = pulumi.Output.from_input("vpc-made-here")
        args["interfaces"]["gate"]["securityGroup"] = {
            "attach": {"first": pulumi.Output.from_input("eni-made-here")}
        }
        SecureEmailGatewayFirewall("seg", args)
        return {}

    seen = run(program)
    groups = seen.recorder.of("aws:ec2/securityGroup:SecurityGroup")
    assert groups["gate"]["vpcId"] == "vpc-made-here"
    token = (
        "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
    )
    attachments = seen.recorder.of(token)
    assert attachments["gate-attach-first"]["networkInterfaceId"] == "eni-made-here"


def test_a_networks_reference_may_be_an_output_of_another_resource():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["networks"]["admins"] = {
            "aws": {"securityGroup": pulumi.Output.from_input("sg-made-here")}
        }
        SecureEmailGatewayFirewall("seg", args)
        return {}

    rules = run(program).recorder.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert rules["gate-in-tcp-22-admins"]["referencedSecurityGroupId"] == "sg-made-here"


def test_an_application_security_group_may_be_an_output_of_another_resource():
    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AZURE_ARGS))
        args["networks"]["admins"] = {
            "azure": {"applicationSecurityGroup": pulumi.Output.from_input("asg-made-here")}
        }
        SecureEmailGatewayFirewall("seg", args)
        return {}

    (nsg,) = run(program).recorder.of("azure-native:network:NetworkSecurityGroup").values()
    (rule,) = [r for r in nsg["securityRules"] if r["name"] == "gate-in-tcp-22-admins"]
    assert rule["sourceApplicationSecurityGroups"] == [{"id": "asg-made-here"}]


def test_an_output_among_prefixes_is_a_problem_and_nothing_is_registered():
    recorded: list[str] = []

    def program() -> dict[str, Any]:
        args = json.loads(json.dumps(AWS_ARGS))
        args["networks"]["admins"] = [pulumi.Output.from_input("10.1.0.0/24")]
        try:
            SecureEmailGatewayFirewall("seg", args)
        except ProblemsFound as found:
            recorded.append(str(found))
        return {}

    seen = run(program)
    assert seen.recorder.resources == []
    assert "networks.admins" in recorded[0]


def test_problems_are_an_error_that_pulumi_shows_without_a_traceback_and_stand_at_the_args():
    args = json.loads(json.dumps(AWS_ARGS))
    args["features"]["dsn"] = {}

    with pytest.raises(ProblemsFound) as caught:
        run(lambda: {"d": SecureEmailGatewayFirewall("seg", args).digest})

    assert isinstance(caught.value, pulumi.RunError)
    assert str(caught.value) == (
        'nothing was made:\nargs: features.dsn: no such feature; did you mean "dns"?'
    )


def test_a_plan_that_is_not_proven_is_called_a_bug_without_a_traceback(monkeypatch):
    from components import firewall
    from segfw.clouds.lifted import LiftError

    def unreadable(*_):
        raise LiftError("cidrIpv4 is not text")

    monkeypatch.setattr(firewall, "make_plan", unreadable)

    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: {"d": SecureEmailGatewayFirewall("seg", AWS_ARGS).digest})

    assert str(caught.value) == (
        "nothing was made, by a bug in seg-firewall:\ncidrIpv4 is not text"
    )


def test_a_previews_log_has_each_remark_at_the_args_with_one_severity(monkeypatch):
    warned: list[str] = []
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, _: warned.append(text))
    monkeypatch.setattr(pulumi.log, "info", lambda text, _: told.append(text))
    args = {**AWS_ARGS, "features": {"receive-mail": {}, "ssh-admin": {}}}
    args["interfaces"] = {"gate": {**AWS_ARGS["interfaces"]["gate"], "external": True}}

    run(lambda: {"d": SecureEmailGatewayFirewall("seg", args).digest}, preview=True)

    assert warned
    assert [line for line in warned if not line.startswith("args: ")] == []
    assert [
        line for line in told if not re.match("note: args: |widening: |redundant: ", line)
    ] == []


def test_a_preview_has_remarks_then_widenings_then_redundancies():
    from components import firewall

    internet = "  seg-firewall:hosts: {default: internet}\n"
    plan = plan_of(features("aggregator: {}, talos: {}", internet))
    found = [text.partition(": ")[0] for _, text in firewall._remarks(plan, CATALOG, TODAY, None)]

    assert found == ["note", "widening", *["redundant"] * 4]


def test_azures_provider_aliases_stay_unless_dropped():
    def program_with(args: dict[str, Any]) -> Run:
        return run(lambda: {"ids": SecureEmailGatewayFirewall("seg", args).nsg_ids})

    token = "azure-native:network:NetworkSecurityGroup"
    kept = program_with(AZURE_ARGS).options(token)["gate"]
    dropped = program_with({**AZURE_ARGS, "dropProviderAliases": True}).options(token)["gate"]
    assert len(kept.aliases) >= 50, "azure-native's own, see pulumi-azure-native issue 4516"
    assert len(dropped.aliases) == 0


def test_the_users_transform_reaches_every_child():
    touched: list[str] = []

    def program() -> dict[str, Any]:
        def note(args: pulumi.ResourceTransformationArgs) -> None:
            touched.append(args.name)

        SecureEmailGatewayFirewall("seg", AWS_ARGS, pulumi.ResourceOptions(transformations=[note]))
        return {}

    seen = run(program)
    assert sorted(touched) == sorted(r.name for r in seen.recorder.resources)


def test_the_components_inputs_trace_each_rule_and_say_no_line():
    seen = run(lambda: {"d": SecureEmailGatewayFirewall("seg", AWS_ARGS).digest})
    token = "seg-firewall:index:SecureEmailGatewayFirewall"
    inputs = seen.recorder.of(token)["seg"]

    rule = inputs["rules"]["security-group/gate-in-tcp-22-10.1.0.0_24"]
    assert rule == {"features": ["ssh-admin"], "rows": ["ssh-cli"]}
    assert inputs["settings"]["networks"]["admins"]["prefixes"] == ["10.1.0.0/24"]
    assert "places" not in inputs["settings"]


@pytest.mark.parametrize(
    ("args", "loaded", "absent"),
    [
        (AWS_ARGS, "pulumi_aws", "pulumi_azure_native"),
        (AZURE_ARGS, "pulumi_azure_native", "pulumi_aws"),
    ],
    ids=["aws", "azure"],
)
def test_only_the_chosen_clouds_sdk_is_imported(args, loaded, absent):
    import subprocess

    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.components.mocked import run
from components import SecureEmailGatewayFirewall
run(lambda: {{"d": SecureEmailGatewayFirewall("seg", {args!r}).digest}})
assert {loaded!r} in sys.modules
assert {absent!r} not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
