"""Terraform in JSON syntax: what the providers and the scanners look for is there."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from segfw.catalog import load_catalog
from segfw.export.terraform import terraform
from segfw.plan import make_plan
from segfw.settings.types import Cloud, ProgramValue
from tests.export.short import SHORT, short_plan
from tests.shipped import SHIPPED, planned
from tests.strategies import Shape, plan_of, stacks

CATALOG = load_catalog()
ENTRY = {
    "action",
    "cidr_block",
    "from_port",
    "icmp_code",
    "icmp_type",
    "ipv6_cidr_block",
    "protocol",
    "rule_no",
    "to_port",
}  # registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/network_acl
RULE = {
    "access",
    "description",
    "destination_address_prefix",
    "destination_address_prefixes",
    "destination_application_security_group_ids",
    "destination_port_range",
    "destination_port_ranges",
    "direction",
    "name",
    "priority",
    "protocol",
    "source_address_prefix",
    "source_address_prefixes",
    "source_application_security_group_ids",
    "source_port_range",
    "source_port_ranges",
}  # registry.terraform.io/providers/hashicorp/azurerm/4.53.0/docs/resources/network_security_group
TCP_AND_UDP = ("6", "17")
VPC = "acme_network_dev_vpcId-f7e3e7c5"


def program(plan):
    return json.loads(terraform(plan, CATALOG))


def changed(stack, **values):
    """The plan of a short stack with other settings."""
    return make_plan(replace(short_plan(stack).settings, **values), CATALOG)


def entries(plan):
    acls = program(plan)["resource"].get("aws_network_acl", {}).values()
    return [entry for acl in acls for side in ("ingress", "egress") for entry in acl[side]]


def nsg_rules(plan):
    groups = program(plan)["resource"]["azurerm_network_security_group"].values()
    return [rule for group in groups for rule in group["security_rule"]]


def security_groups_and_rules(plan):
    resources = program(plan)["resource"]
    kinds = [kind for kind in resources if "security_group" in kind]
    return [body for kind in kinds for body in resources[kind].values()]


def test_it_says_where_it_comes_from():
    plan = short_plan("short-aws")
    said = program(plan)["//"]

    assert said.pop("notSaid")
    assert said == {
        "madeBy": "segfw export",
        "stack": "short-aws",
        "environment": "dev",
        "catalogEdition": CATALOG.edition,
        "planDigest": plan.digest,
    }


def test_a_rule_says_why_it_is_there():
    rules = program(short_plan("short-aws"))["resource"]["aws_vpc_security_group_ingress_rule"]

    assert rules["management-in-tcp-443-10_9_0_0__28"] == {
        "//": {
            "name": "management-in-tcp-443-10.9.0.0_28",
            "features": ["gui-https"],
            "rows": ["row 21"],
            "reason": "gui-https (row 21): Web interface over HTTPS",
        },
        "security_group_id": "${aws_security_group.management.id}",
        "description": "gui-https (row 21): Web interface over HTTPS",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_ipv4": "10.9.0.0/28",
    }


def test_far_ends_that_are_no_prefixes():
    resources = program(short_plan("short-aws"))["resource"]
    into = resources["aws_vpc_security_group_ingress_rule"]
    out = resources["aws_vpc_security_group_egress_rule"]

    bastion = into["management-in-tcp-22-bastion"]["referenced_security_group_id"]
    assert bastion == "sg-0a1b2c3d4e5f60001"
    itself = into["management-in-tcp-22-self"]["referenced_security_group_id"]
    assert itself == "${aws_security_group.management.id}"
    own_list = out["public-out-tcp-443-talos-ipv4"]["prefix_list_id"]
    assert own_list == "${aws_ec2_managed_prefix_list.talos-ipv4.id}"


def test_an_entry_of_a_network_acl_says_why_it_is_there():
    acl = program(short_plan("short-aws"))["resource"]["aws_network_acl"]["public-acl"]
    first = acl["ingress"][0]["rule_no"]

    assert acl["//"]["rules"][f"ingress {first}"] == {
        "features": [],
        "rows": [],
        "reason": "guard: Cluster communication service (row 44)",
    }
    assert len(acl["//"]["rules"]) == len(acl["ingress"]) + len(acl["egress"])


def test_an_attachment_waits_for_the_rules_of_its_group():
    resources = program(short_plan("short-aws"))["resource"]
    (attachment,) = resources["aws_network_interface_sg_attachment"].values()
    rules = [
        f"{kind}.{label}"
        for kind in sorted(resources)
        for label in sorted(resources[kind])
        if kind.endswith("gress_rule") and label.startswith("management-")
    ]

    assert attachment["depends_on"] == rules


def test_a_group_without_rules_is_attached_at_once():
    stack = short_plan("short-aws").settings
    without = {name: each for name, each in stack.features.items() if name == "talos"}
    plan = changed("short-aws", features=without, custom_flows=())
    (attachment,) = program(plan)["resource"]["aws_network_interface_sg_attachment"].values()

    assert "depends_on" not in attachment


@pytest.mark.parametrize("stack", SHIPPED)
def test_every_group_and_rule_has_a_description(stack):
    plan = planned(stack)
    on_azure = plan.settings.cloud is Cloud.AZURE
    described = nsg_rules(plan) if on_azure else security_groups_and_rules(plan)

    assert described
    assert all(1 <= len(each["description"]) <= (140 if on_azure else 255) for each in described)


@given(stacks(Shape(clouds=(Cloud.AWS,))))
def test_no_entry_for_tcp_or_udp_begins_at_port_0(stack):
    for entry in entries(plan_of(stack)):
        assert set(entry) == ENTRY
        assert entry["protocol"] not in TCP_AND_UDP or entry["from_port"] > 0


@given(stacks(Shape(clouds=(Cloud.AZURE,))))
def test_one_value_is_singular_and_several_are_plural(stack):
    for rule in nsg_rules(plan_of(stack)):
        assert set(rule) == RULE
        for key, plural in (("destination_port_range", "s"), ("source_address_prefix", "es")):
            assert rule[key] is None or rule[f"{key}{plural}"] is None
            assert rule[f"{key}{plural}"] is None or len(rule[f"{key}{plural}"]) > 1


def test_an_id_of_another_stack_is_a_variable():
    said = program(short_plan("short-aws"))

    assert said["variable"] == {
        VPC: {"type": "string", "description": "Output vpcId of stack acme/network/dev"}
    }
    groups = said["resource"]["aws_security_group"]
    assert {group["vpc_id"] for group in groups.values()} == {f"${{var.{VPC}}}"}


def test_an_id_of_a_program_is_a_variable():
    interfaces = {
        name: replace(each, vpc=ProgramValue("interfaces.public.vpc"))
        for name, each in short_plan("short-aws").settings.interfaces.items()
    }
    (said,) = program(changed("short-aws", interfaces=interfaces))["variable"].values()

    assert said["description"] == "Given by the Pulumi program: <interfaces.public.vpc>"


def test_a_stack_of_literal_ids_has_no_variables():
    assert "variable" not in program(planned("aws-lab"))


def test_text_is_never_taken_for_a_template():
    plan = changed("short-aws", tags={"${key}": "${aws_vpc.x} %{if x} 100 %"})
    group = program(plan)["resource"]["aws_security_group"]["public"]

    assert group["tags"]["$${key}"] == "$${aws_vpc.x} %%{if x} 100 %"


def test_what_is_not_said_is_named():
    own, acl = program(short_plan("short-aws"))["//"]["notSaid"]

    assert own == (
        "Sole ownership of the rules of management, public: "
        "aws_vpc_security_group_rules_exclusive is new in provider 6.29, and rules that others "
        "add are not removed without it."
    )
    assert acl == (
        "A changed network ACL is edited entry by entry; the stack makes a new one and moves the "
        "subnets over."
    )
    assert program(short_plan("short-azure"))["//"]["notSaid"] == []


@pytest.mark.parametrize(
    ("stack", "provider", "variable"),
    [("short-aws", {"aws": {}}, None), ("short-azure", {"azurerm": {"features": {}}}, "location")],
)
def test_a_region_that_only_the_provider_knows(stack, provider, variable):
    said = program(changed(stack, region=None))

    assert said["provider"] == provider
    assert variable is None or variable in said["variable"]


def test_a_region_that_is_known():
    assert program(short_plan("short-aws"))["provider"] == {"aws": {"region": "eu-central-1"}}
    (group,) = program(short_plan("short-azure"))["resource"][
        "azurerm_network_security_group"
    ].values()
    assert group["location"] == "westeurope"
    assert group["name"] == "short-azure-data"


def test_the_short_stacks_are_of_both_clouds():
    assert {short_plan(stack).settings.cloud for stack in SHORT} == set(Cloud)
