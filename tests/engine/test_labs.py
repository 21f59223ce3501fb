"""What the labs' clouds hold is what Cisco's table asks for, packet by packet.

The stacks are brought up by the real engine; what is judged is read back from the
stand-in clouds' own APIs, not from the state and not from the plan.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from sandbox import seed, stacks
from sandbox.environment import PROJECT
from sandbox.runner import Pulumi
from segfw.catalog import load_catalog
from segfw.plan import Plan, make_plan
from segfw.settings import read_settings, read_tree
from tests.oracles.cells import FirstMatch
from tests.oracles.enforcement import Side, rules_of, sides
from tests.oracles.intent import ACL, GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.conftest import Clouds

pytestmark = pytest.mark.engine

RULE = "aws:vpc/securityGroup{0}Rule:SecurityGroup{0}Rule"


def planned(stack: str) -> Plan:
    read = read_settings(
        read_tree(PROJECT / "config", stack), load_catalog(), stack=stack, today=date.today()
    )
    return make_plan(read, load_catalog())


@pytest.fixture
def bring_up(clouds: Clouds) -> Iterator[Any]:
    made: list[str] = []
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)

    def up(stack: str) -> Pulumi:
        file = stacks.read(stack)
        if file.cloud == "aws":
            network = seed.aws(clouds.endpoint, file.place, stack, file.subnets)
            text = stacks.for_aws(file, network, clouds.endpoint)
        else:
            group = seed.azure(clouds.environment.arm_store, stack, file.place)
            text = stacks.for_azure(file, group)
        pulumi.configure(stack, text)
        pulumi.init(stack)
        made.append(stack)
        pulumi.up(stack)
        return pulumi

    yield up
    for stack in made:
        pulumi.destroy(stack, check=False)


def ids_of(pulumi: Pulumi, stack: str) -> dict[str, str]:
    return {
        r["urn"].rsplit("::", 1)[-1]: r["id"]
        for r in pulumi.resources(stack)
        if r.get("custom") and "id" in r
    }


def ec2_of(clouds: Clouds, region: str) -> Any:
    return boto3.client(
        "ec2",
        region_name=region,
        endpoint_url=clouds.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def groups_on(ec2: Any, interface_id: str, stack_groups: set[str]) -> list[tuple[str, dict]]:
    """The rules of the stack's groups that are attached to a network interface, as resources."""
    (card,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])[
        "NetworkInterfaces"
    ]
    attached = {group["GroupId"] for group in card["Groups"]} & stack_groups
    assert attached
    rules = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": sorted(attached)}]
    )["SecurityGroupRules"]
    return [
        (
            RULE.format("Egress" if rule["IsEgress"] else "Ingress"),
            {
                name: rule[key]
                for name, key in {
                    "cidrIpv4": "CidrIpv4",
                    "cidrIpv6": "CidrIpv6",
                    "fromPort": "FromPort",
                    "toPort": "ToPort",
                    "ipProtocol": "IpProtocol",
                }.items()
                if rule.get(key) is not None
            },
        )
        for rule in rules
    ]


def acl_of(ec2: Any, subnet_id: str) -> list[tuple[str, dict]]:
    """The entries of the network ACL that a subnet is in, without EC2's own last denies."""
    (acl,) = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet_id]}]
    )["NetworkAcls"]
    sides: dict[str, list[dict]] = {"ingress": [], "egress": []}
    for entry in acl["Entries"]:
        if entry["RuleNumber"] <= 32766:
            block = {
                "cidrBlock": entry.get("CidrBlock"),
                "ipv6CidrBlock": entry.get("Ipv6CidrBlock"),
            }
            sides["egress" if entry["Egress"] else "ingress"].append(
                {
                    **{key: value for key, value in block.items() if value},
                    "ruleNo": entry["RuleNumber"],
                    "action": entry["RuleAction"],
                    "protocol": entry["Protocol"],
                    "fromPort": entry.get("PortRange", {}).get("From", 0),
                    "toPort": entry.get("PortRange", {}).get("To", 0),
                    "icmpType": entry.get("IcmpTypeCode", {}).get("Type", 0),
                    "icmpCode": entry.get("IcmpTypeCode", {}).get("Code", 0),
                }
            )
    return [("aws:ec2/networkAcl:NetworkAcl", sides)]


def nsg_of(clouds: Clouds, nsg_id: str) -> list[tuple[str, dict]]:
    """The rules that the stand-in ARM holds for one NSG."""
    store = json.loads(clouds.environment.arm_store.read_text("utf-8"))
    name = nsg_id.rpartition("/")[-1]
    (nsg,) = [
        nsg
        for group in store["resourceGroups"].values()
        for key, nsg in group.get("networkSecurityGroups", {}).items()
        if key == name
    ]
    rules = [
        {"name": rule["name"], **{k: v for k, v in rule["properties"].items() if v != []}}
        for rule in nsg["rules"]
    ]
    return [("azure-native:network:NetworkSecurityGroup", {"securityRules": rules})]


def judged(side: Side, resources: list[tuple[str, dict]]) -> list[str]:
    """Where the cloud's own rules differ from what is meant and declared, in words."""
    rules = rules_of(side.point, resources, side.direction, {})
    held = side._replace(allowed=FirstMatch(rules))
    return [
        *(f"{side}: lost {packet}" for packet in held.lost()),
        *(f"{side}: not as declared {packet}" for packet in held.misdeclared()),
    ]


def test_the_aws_lab_holds_what_the_table_asks_for(clouds: Clouds, bring_up) -> None:
    plan = planned("aws-lab")
    pulumi = bring_up("aws-lab")
    file = stacks.read("aws-lab")
    network = seed.aws(clouds.endpoint, file.place, "aws-lab", file.subnets)
    ec2 = ec2_of(clouds, file.place)
    ids = ids_of(pulumi, "aws-lab")
    own = {value for value in ids.values() if value.startswith("sg-")}
    found: list[str] = []
    for side in sides(plan):
        interface = side.key.partition("/")[2]
        if side.point == GROUP:
            resources = groups_on(ec2, network.interface_ids[interface], own)
        else:
            assert side.point == ACL
            resources = acl_of(ec2, network.subnet_ids[interface])
        found += judged(side, resources)

    assert found == []


def test_the_azure_lab_holds_what_the_table_asks_for(clouds: Clouds, bring_up) -> None:
    plan = planned("azure-lab")
    pulumi = bring_up("azure-lab")
    ids = ids_of(pulumi, "azure-lab")
    found: list[str] = []
    for side in sides(plan):
        found += judged(side, nsg_of(clouds, ids[side.key.partition("/")[2]]))

    assert found == []


def test_a_rule_opened_behind_our_back_is_seen_by_this_very_test(clouds: Clouds, bring_up) -> None:
    """The judge is no rubber stamp: one port too many in the cloud is named."""
    plan = planned("aws-dev-us-east-1")
    pulumi = bring_up("aws-dev-us-east-1")
    file = stacks.read("aws-dev-us-east-1")
    network = seed.aws(clouds.endpoint, file.place, "aws-dev-us-east-1", file.subnets)
    ec2 = ec2_of(clouds, file.place)
    ids = ids_of(pulumi, "aws-dev-us-east-1")
    (name,) = plan.settings.interfaces
    ec2.authorize_security_group_ingress(
        GroupId=ids[name],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 83,
                "ToPort": 83,
                "IpRanges": [{"CidrIp": "203.0.113.0/24"}],
            }
        ],
    )
    own = {value for value in ids.values() if value.startswith("sg-")}
    found = [
        line
        for side in sides(plan)
        for line in judged(side, groups_on(ec2, network.interface_ids[name], own))
    ]

    assert found
    assert all("not as declared" in line for line in found)
