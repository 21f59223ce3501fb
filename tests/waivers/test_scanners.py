"""The scanners' own files say what the register says, as far as each can."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from segfw.catalog import load_catalog
from segfw.waivers import known_words, read_waivers
from segfw.waivers.exported import names_in
from segfw.waivers.scanners import (
    Target,
    Uncovered,
    aws_config_parameters,
    checkov_baseline,
    checkov_config,
    prowler_mutelist,
    trivy_ignore,
)
from tests.shipped import SHIPPED, planned
from tests.waivers.registers import TODAY, register

GROUP = "ec2_securitygroup_allow_ingress_from_internet_to_"


def waivers(*entries):
    return read_waivers(register(*entries), "config/waivers.yaml", known_words(load_catalog()), TODAY)  # fmt: skip


def targets(*stacks, account="*"):
    return [Target(planned(stack), account) for stack in stacks]


def test_checkov_skips_a_check_where_it_is_waived_on_everything_and_nowhere_else():
    held = waivers(
        {"check": "CKV2_AWS_5", "resource": '"*"'},
        {"check": "CKV_AWS_231"},
        {"check": "CKV2_AWS_1", "resource": '"*"', "environment": "prod"},
        {"check": "AWS-0104", "resource": '"*"'},
        {"check": "gateway-checklist", "resource": '"*"'},
    )

    assert yaml.safe_load(checkov_config(held, targets("aws-lab"))) == {
        "skip-check": ["CKV2_AWS_5"]
    }
    assert yaml.safe_load(checkov_config(held, targets("aws-lab", "aws-prod-us-east-1"))) == {
        "skip-check": ["CKV2_AWS_5"]
    }
    assert yaml.safe_load(checkov_config(held, targets("aws-prod-us-east-1"))) == {
        "skip-check": ["CKV2_AWS_5", "CKV2_AWS_1"]
    }


def test_a_stack_in_which_nothing_trips_does_not_hinder_a_skip():
    held = waivers({"check": "CKV2_AWS_5", "resource": '"*"'})

    assert "- CKV2_AWS_5" in checkov_config(held, targets("aws-lab", "azure-lab"))


def test_checkov_skips_nothing_where_nothing_is_waived():
    assert yaml.safe_load(checkov_config(waivers({}), targets("azure-lab"))) == {"skip-check": []}


def test_each_entry_says_which_waiver_it_comes_from():
    text = checkov_config(waivers({"check": "CKV2_AWS_5", "resource": '"*"'}), targets("aws-lab"))

    assert (
        "  # config/waivers.yaml:2: every resource (all environments), until 2027-05-01, net\n"
        "  - CKV2_AWS_5\n"
    ) in text


def test_the_baseline_names_resources_as_checkov_does_in_each_format():
    document = json.loads(
        checkov_baseline(waivers({}), targets("aws-prod-us-east-1"), load_catalog())
    )

    assert document["waivers"] == [
        'config/waivers.yaml:2: CKV_AWS_231: resource "public-acl", until 2027-05-01, net'
    ]
    assert [one["file"] for one in document["failed_checks"]] == [
        "/aws-prod-us-east-1/main.tf.json",
        "/aws-prod-us-east-1.template.json",
    ]
    assert document["failed_checks"][0]["findings"] == [
        {"resource": "aws_network_acl.public-acl", "check_ids": ["CKV_AWS_231"]},
        {"resource": "resource.public-acl", "check_ids": ["CKV_AWS_231"]},
    ]


def test_the_baseline_of_a_stack_of_another_environment_is_empty():
    held = waivers({"environment": "lab"})

    text = checkov_baseline(held, targets("aws-prod-us-east-1"), load_catalog())

    assert json.loads(text)["failed_checks"] == []


def test_an_expired_waiver_is_in_no_file():
    held = waivers({"check": "CKV2_AWS_5", "resource": '"*"', "expires": '"2026-11-23"'})

    assert yaml.safe_load(checkov_config(held, targets("aws-lab"))) == {"skip-check": []}


def test_trivy_is_told_the_first_day_on_which_a_waiver_no_longer_holds():
    held = waivers({"check": "AWS-0104", "resource": None, "feature": "send-mail"})

    (entry,) = yaml.safe_load(trivy_ignore(held, targets("aws-lab")))["misconfigurations"]

    assert entry["id"] == "AWS-0104"
    assert str(entry["expired_at"]) == "2027-05-02"
    assert entry["statement"] == 'feature "send-mail": Replies. (net, https://wiki.example.com/1)'
    assert entry["paths"] == ["**/aws-lab/**", "**/aws-lab.*"]


def test_trivy_is_told_the_files_where_a_waiver_is_not_for_every_stack():
    held = waivers({"check": "AWS-0104", "environment": "lab", "resource": "public"})

    text = trivy_ignore(held, targets("aws-lab", "aws-prod-us-east-1"))

    (entry,) = yaml.safe_load(text)["misconfigurations"]
    assert entry["paths"] == ["**/aws-lab/**", "**/aws-lab.*"]


def test_trivy_is_told_nothing_where_nothing_is_waived():
    assert yaml.safe_load(trivy_ignore(waivers({}), targets("aws-lab"))) == {
        "misconfigurations": []
    }


def muted(text, account, check, region, resource, tags):
    """Whether prowler mutes a finding: its matching, restated from its documentation."""
    checks = yaml.safe_load(text)["Mutelist"]["Accounts"].get(account, {"Checks": {}})["Checks"]
    return any(
        re.search(name, check)
        and any(re.search(one.replace("*", ".*", 1) if one == "*" else one, region) for one in said["Regions"])
        and any(re.search(".*" if one == "*" else one, resource) for one in said["Resources"])
        and all(re.search(one, " | ".join(f"{k}={v}" for k, v in tags.items())) for one in said["Tags"])
        for name, said in checks.items()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("check", "name", "stack", "expected"),
    [
        ("high_risk_tcp_ports", "aws-prod-us-east-1-public", "aws-prod-us-east-1", True),
        ("high_risk_tcp_ports", "aws-prod-us-east-1-public-2", "aws-prod-us-east-1", False),
        ("high_risk_tcp_ports", "aws-prod-us-east-1-management", "aws-prod-us-east-1", False),
        ("high_risk_tcp_ports", "aws-prod-us-east-1-public", "somebody-else", False),
        ("high_risk_tcp_ports_too", "aws-prod-us-east-1-public", "aws-prod-us-east-1", False),
    ],
)
def test_prowler_mutes_the_groups_that_a_waiver_covers_by_their_tags(check, name, stack, expected):
    held = waivers({"check": f"{GROUP}high_risk_tcp_ports", "resource": None, "feature": "receive-mail"})  # fmt: skip
    text = prowler_mutelist(held, targets("aws-prod-us-east-1", account="111122223333"))
    tags = {"Name": name, "seg-firewall:stack": stack}

    assert muted(text, "111122223333", GROUP + check, "us-east-1", "sg-1", tags) is expected
    assert not muted(text, "111122223333", GROUP + check, "eu-west-1", "sg-1", tags)
    assert not muted(text, "999922223333", GROUP + check, "us-east-1", "sg-1", tags)


def test_prowler_has_one_entry_for_a_check_that_two_waivers_are_about():
    held = waivers(
        {"check": f"{GROUP}any_port", "resource": "public"},
        {"check": f"{GROUP}any_port", "resource": "private", "reason": "Another."},
    )

    text = prowler_mutelist(held, targets("aws-lab"))
    (said,) = yaml.safe_load(text)["Mutelist"]["Accounts"]["*"]["Checks"].values()

    assert said["Description"] == "Replies.; Another."
    assert said["Tags"][1] == "Name=(aws-lab-public|aws-lab-private)( \\||$)"


def test_prowler_knows_an_nsg_by_its_name_and_pulumis_digits():
    held = waivers({"check": "network_udp_internet_access_restricted", "resource": "public"})

    text = prowler_mutelist(held, targets("azure-lab"))
    (said,) = yaml.safe_load(text)["Mutelist"]["Accounts"]["*"]["Checks"].values()

    assert said["Resources"] == ["^(public)[0-9a-f]*$"]
    assert said["Tags"] == ["seg-firewall:stack=(azure-lab)( \\||$)"]


def test_prowler_is_told_of_a_stack_only_where_a_waiver_covers_something_there():
    held = waivers({"check": f"{GROUP}any_port", "resource": "data"})

    text = prowler_mutelist(held, targets("aws-lab", "aws-dev-us-east-1"))
    (said,) = yaml.safe_load(text)["Mutelist"]["Accounts"]["*"]["Checks"].values()

    assert said["Tags"][0] == "seg-firewall:stack=(aws-dev-us-east-1)( \\||$)"


def test_prowler_mutes_nothing_where_nothing_is_waived():
    text = prowler_mutelist(waivers({}), targets("aws-lab"))

    assert yaml.safe_load(text) == {"Mutelist": {"Accounts": {}}}


def test_aws_config_authorises_the_ports_that_the_plan_opens_to_anyone():
    assert json.loads(aws_config_parameters(planned("aws-prod-us-east-1"))) == {
        "authorizedTcpPorts": "25"
    }
    assert json.loads(aws_config_parameters(planned("aws-lab"))) == {"authorizedTcpPorts": "25,587"}


def test_aws_config_has_nothing_to_say_of_azure():
    with pytest.raises(Uncovered, match='stack "azure-lab" is not on AWS'):
        aws_config_parameters(planned("azure-lab"))


@pytest.mark.parametrize("stack", SHIPPED)
def test_the_files_are_the_same_every_time(stack):
    held = waivers({}, {"check": "AWS-0104"}, {"check": f"{GROUP}any_port"})

    for write in (checkov_config, trivy_ignore, prowler_mutelist):
        assert write(held, targets(stack)) == write(held, targets(stack))


@pytest.mark.parametrize(
    ("stack", "form", "id_", "name"),
    [
        ("aws-lab", "terraform", "aws_security_group.management-2", "management-2"),
        ("aws-lab", "cloudformation", "AWS::EC2::NetworkAcl.PublicAcl7E863155", "public-acl"),
        ("azure-lab", "terraform", "azurerm_network_security_group.public", "public"),
        ("azure-lab", "arm", "Microsoft.Network/networkSecurityGroups.azure-lab-public", "public"),
    ],
)
def test_a_resource_of_an_export_is_known_by_its_name_in_the_plan(stack, form, id_, name):
    from segfw.export.formats import FORMATS

    named = names_in(FORMATS[form].write(planned(stack), load_catalog()), form)

    assert named[id_].name == name


def test_a_resource_of_an_export_says_which_features_it_serves():
    from segfw.export.formats import FORMATS

    text = FORMATS["terraform"].write(planned("aws-prod-us-east-1"), load_catalog())
    named = names_in(text, "terraform")

    assert named["aws_network_acl.public-acl"].features == ("receive-mail", "send-mail", "talos", "pmtu")  # fmt: skip
    assert named["aws_vpc_security_group_ingress_rule.public-in-tcp-25-0_0_0_0__0"].features == ("receive-mail",)  # fmt: skip
