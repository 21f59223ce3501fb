"""CloudFormation: cfn-lint takes every template, and all egress is not open by default."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from segfw.catalog import load_catalog
from segfw.clouds.aws_network_acl.spec import AclEntry
from segfw.export.cloudformation import RESOURCES_LENGTH, TooLong, cloudformation
from segfw.plan import make_plan
from tests.export.short import short_plan
from tests.shipped import SHIPPED, planned

CATALOG = load_catalog()


def template(plan):
    return json.loads(cloudformation(plan, CATALOG))


def of_type(plan, kind):
    return [each for each in template(plan)["Resources"].values() if each["Type"] == kind]


@pytest.mark.slow
@pytest.mark.parametrize("stack", ["short-aws", *(s for s in SHIPPED if s.startswith("aws"))])
def test_cfn_lint_has_nothing_to_say(stack, tmp_path):
    plan = planned(stack) if stack in SHIPPED else short_plan(stack)
    file = tmp_path / "firewall.template.json"
    file.write_text(cloudformation(plan, CATALOG), "utf-8")

    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--template", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_says_where_it_comes_from_and_what_it_does_not_say():
    plan = short_plan("short-aws")
    said = template(plan)["Metadata"]["SegFirewall"]

    assert (said["stack"], said["planDigest"]) == ("short-aws", plan.digest)
    assert said["notSaid"] == [
        "Each group has one egress rule inline that matches nothing on a network (ICMP type 252 "
        "code 86 to 127.0.0.1/32), or else CloudFormation would allow all egress.",
        "CloudFormation has no resource that attaches a group to a network interface: "
        "management to eni-0a1b2c3d4e5f60001.",
        "Sole ownership of the rules of management, public: rules that others add are not removed.",
        "A changed network ACL is edited entry by entry; the stack makes a new one and moves the "
        "subnets over.",
    ]


def test_a_stack_says_only_what_concerns_it():
    plan = short_plan("short-aws")
    bare = {
        name: replace(
            each,
            network_acl=None,
            security_group=replace(each.security_group, attach={}, exclusive=False),
        )
        for name, each in plan.settings.interfaces.items()
    }
    said = template(make_plan(replace(plan.settings, interfaces=bare), CATALOG))

    assert len(said["Metadata"]["SegFirewall"]["notSaid"]) == 1


def test_every_group_has_an_egress_rule_inline():
    for stack in ("aws-lab", "short-aws"):
        plan = planned(stack) if stack in SHIPPED else short_plan(stack)
        groups = of_type(plan, "AWS::EC2::SecurityGroup")

        assert groups
        for group in groups:
            (rule,) = group["Properties"]["SecurityGroupEgress"]
            assert (rule["CidrIp"], rule["IpProtocol"]) == ("127.0.0.1/32", "icmp")
            assert "SecurityGroupIngress" not in group["Properties"]


def test_a_rule_says_why_it_is_there():
    (rule,) = [
        each
        for each in of_type(short_plan("short-aws"), "AWS::EC2::SecurityGroupIngress")
        if each["Properties"].get("CidrIp") == "10.9.0.0/28"
    ]

    assert rule["Metadata"] == {
        "SegFirewall": {
            "name": "management-in-tcp-443-10.9.0.0_28",
            "features": ["gui-https"],
            "rows": ["row 21"],
            "reason": "gui-https (row 21): Web interface over HTTPS",
        }
    }


def test_an_id_of_another_stack_is_a_parameter():
    said = template(short_plan("short-aws"))
    ((name, parameter),) = said["Parameters"].items()

    assert parameter == {"Type": "String", "Description": "Output vpcId of stack acme/network/dev"}
    groups = of_type(short_plan("short-aws"), "AWS::EC2::SecurityGroup")
    assert [group["Properties"]["VpcId"] for group in groups] == [{"Ref": name}] * 2


def test_a_stack_of_literal_ids_has_no_parameters():
    assert "Parameters" not in template(planned("aws-lab"))


def test_a_subnet_is_given_to_its_network_acl():
    (taken,) = of_type(short_plan("short-aws"), "AWS::EC2::SubnetNetworkAclAssociation")

    assert taken["Properties"]["SubnetId"] == "subnet-0a1b2c3d4e5f60001"


def test_an_entry_has_ports_or_a_type_and_never_both():
    for entry in of_type(planned("aws-lab"), "AWS::EC2::NetworkAclEntry"):
        said = entry["Properties"]
        assert ("PortRange" in said) == (said["Protocol"] in (6, 17))
        assert ("Icmp" in said) == (said["Protocol"] in (1, 58))


def test_more_resources_than_a_template_takes_are_refused():
    plan = short_plan("short-aws")
    (acl,) = plan.specs["network-acl/public"]
    (rule_set,) = [one for one in plan.rule_sets if one.label == 'network ACL "public"']
    first = next(rule for rule in rule_set.rules if rule.direction.value == "ingress")
    numbers = range(1, RESOURCES_LENGTH + 1)
    entries = tuple(AclEntry(n, "allow", "6", 25, 25, "10.0.0.0/8") for n in numbers)
    grown = plan._replace(
        specs={**plan.specs, "network-acl/public": (acl._replace(ingress=entries, egress=()),)},
        rule_sets=(
            *(one for one in plan.rule_sets if one is not rule_set),
            rule_set._replace(rules=tuple(first._replace(number=n) for n in numbers)),
        ),
    )

    with pytest.raises(TooLong) as found:
        cloudformation(grown, CATALOG)
    assert str(found.value) == (
        "short-aws: a CloudFormation template would have 516 resources, 16 over the limit of 500; "
        "export it as terraform or csv."
    )
