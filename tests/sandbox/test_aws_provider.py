"""The stand-in aws provider over a moto server, called over gRPC as the engine calls it.

Expected behaviour: terraform-provider-aws and pulumi-aws, as the modules under
`sandbox/providers` cite them.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import seed
from sandbox.ec2 import serving
from sandbox.providers.aws import Aws
from sandbox.providers.aws_api import Connection
from sandbox.providers.calls import Recorder
from sandbox.providers.probe import HalfMade, Probe, Refusal, Resource
from sandbox.providers.values import UNKNOWN

GROUP = "aws:ec2/securityGroup:SecurityGroup"
IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
EXCLUSIVE = "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
ATTACHED = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
ACL = "aws:ec2/networkAcl:NetworkAcl"
LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
REGION = "us-east-1"
NUMBERS = itertools.count(1)
INTERFACES = {"public": ["10.20.101.0/24"], "private": ["10.20.102.0/24"]}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving() as url:
        yield url


def settings(endpoint: str, **said: str) -> dict[str, str]:
    endpoints = json.dumps([{"ec2": endpoint, "sts": endpoint}])
    return {
        "region": REGION,
        "endpoints": endpoints,
        "accessKey": "test",
        "secretKey": "test",
    } | said


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("aws") / "calls.jsonl"


@pytest.fixture(scope="module")
def aws(endpoint: str, calls: Path) -> Iterator[Probe]:
    probe = Probe(Aws(Recorder(calls)), settings(endpoint))
    yield probe
    probe.close()


@pytest.fixture(scope="module")
def ec2(endpoint: str) -> Any:
    return Connection(url=endpoint, access_key="x", secret_key="x").client("ec2", REGION)


@pytest.fixture(scope="module")
def network(endpoint: str) -> seed.AwsNetwork:
    return seed.aws(endpoint, REGION, "shared", INTERFACES)


@pytest.fixture
def fresh(endpoint: str) -> seed.AwsNetwork:
    """A network whose interfaces and subnets no other test has touched."""
    return seed.aws(endpoint, REGION, f"stack-{next(NUMBERS)}", INTERFACES)


@pytest.fixture
def fresh_group(aws: Probe, fresh: seed.AwsNetwork) -> Resource:
    return aws.create(GROUP, "fresh-sg", {"vpcId": fresh.vpc_id})


@pytest.fixture
def group(aws: Probe, network: seed.AwsNetwork) -> Resource:
    return aws.create(
        GROUP, "management-sg", {"vpcId": network.vpc_id, "revokeRulesOnDelete": True}
    )


def rule(group: Resource, **said: Any) -> dict[str, Any]:
    base = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
    return base | ({} if "prefixListId" in said or "referencedSecurityGroupId" in said
                   or "cidrIpv6" in said else {"cidrIpv4": "198.51.100.0/28"}) | said  # fmt: skip


def written(calls: Path, since: int = 0) -> list[str]:
    lines = [json.loads(line) for line in calls.read_text("utf-8").splitlines()]
    return [line["action"] for line in lines[since:] if line["writes"]]


def count(calls: Path) -> int:
    return len(calls.read_text("utf-8").splitlines()) if calls.exists() else 0


# Security groups


def test_a_group_is_named_after_its_resource_with_seven_hex_digits(group: Resource) -> None:
    assert re.fullmatch(r"management-sg-[0-9a-f]{7}", group.outputs["name"])


def test_a_group_says_who_manages_it(group: Resource) -> None:
    assert group.outputs["description"] == "Managed by Pulumi"


def test_a_new_group_allows_nothing(group: Resource, ec2: Any) -> None:
    assert group.outputs["egress"] == []
    (found,) = ec2.describe_security_groups(GroupIds=[group.id])["SecurityGroups"]
    assert found["IpPermissionsEgress"] == []


@pytest.mark.parametrize("said", [{"description": "other"}, {"name": "other"}, {"vpcId": "vpc-1"}])
def test_what_a_group_cannot_change_replaces_it(
    aws: Probe, group: Resource, network: seed.AwsNetwork, said: dict[str, str]
) -> None:
    diff = aws.diff(group, {"vpcId": network.vpc_id, "revokeRulesOnDelete": True} | said)

    assert list(diff.replaces) == list(said)
    assert not diff.deleteBeforeReplace


def test_a_group_with_a_name_of_its_own_is_deleted_first(
    aws: Probe, network: seed.AwsNetwork
) -> None:
    inputs = {"vpcId": network.vpc_id, "name": f"own-{network.vpc_id}"}
    made = aws.create(GROUP, "g", inputs)

    assert aws.diff(made, inputs | {"description": "other"}).deleteBeforeReplace


def test_tags_change_in_place(aws: Probe, group: Resource, network: seed.AwsNetwork) -> None:
    inputs = {"vpcId": network.vpc_id, "revokeRulesOnDelete": True, "tags": {"Name": "mail"}}
    diff = aws.diff(group, inputs)

    assert (list(diff.detailedDiff), list(diff.replaces)) == (["tags.Name"], [])
    assert aws.update(group, inputs).outputs["tagsAll"] == {"Name": "mail"}


def test_inline_rules_left_out_are_not_touched(
    aws: Probe, group: Resource, network: seed.AwsNetwork
) -> None:
    aws.create(IN, "ssh", rule(group))
    inputs = {"vpcId": network.vpc_id, "revokeRulesOnDelete": True}
    read = aws.refresh(group)

    assert read is not None
    assert "ingress" not in read.inputs
    assert aws.changes(read, inputs) == []
    assert len(aws.update(read, inputs).outputs["ingress"]) == 1
    assert aws.update(read, inputs | {"ingress": []}).outputs["ingress"] == []


def test_inline_rules_come_back_as_they_were_written(aws: Probe, network: seed.AwsNetwork) -> None:
    block = {
        "protocol": "tcp",
        "fromPort": 25,
        "toPort": 25,
        "cidrBlocks": ["10.2.0.0/16", "10.1.0.0/16"],
        "description": "smtp",
        "self": True,
    }
    inputs = {"vpcId": network.vpc_id, "ingress": [block]}
    made = aws.create(GROUP, "inline", inputs)
    read = aws.refresh(made)

    assert read is not None
    assert read.inputs["ingress"] == [block]
    assert aws.changes(read, inputs) == []


def test_a_group_in_use_cannot_be_deleted(
    aws: Probe, fresh_group: Resource, fresh: seed.AwsNetwork
) -> None:
    at = {"networkInterfaceId": fresh.interface_ids["public"], "securityGroupId": fresh_group.id}
    attached = aws.create(ATTACHED, "at", at)
    with pytest.raises(
        Refusal, match=f"DependencyViolation: resource {fresh_group.id} has a dependent"
    ):
        aws.delete(fresh_group)
    aws.delete(attached)
    aws.delete(fresh_group)

    assert aws.refresh(fresh_group) is None


def test_rules_elsewhere_that_name_the_group_are_revoked_with_it(
    aws: Probe, group: Resource, network: seed.AwsNetwork
) -> None:
    other = aws.create(GROUP, "other", {"vpcId": network.vpc_id})
    named = aws.create(IN, "from-it", rule(other, referencedSecurityGroupId=group.id))
    aws.delete(group)

    assert aws.refresh(named) is None


# Rules


@pytest.mark.parametrize(
    "said",
    [
        {"cidrIpv4": "198.51.100.0/28", "description": "ssh-admin: SSH (row 2)"},
        {"cidrIpv6": "2001:db8:40::/64"},
        {"ipProtocol": "icmp", "fromPort": 3, "toPort": 4},
        {"ipProtocol": "icmp", "fromPort": -1, "toPort": -1},
        {"ipProtocol": "icmpv6", "fromPort": 2, "toPort": 0, "cidrIpv6": "::/0"},
    ],
)
@pytest.mark.parametrize("token", [IN, OUT])
def test_a_rule_comes_back_as_it_was_written(
    aws: Probe, group: Resource, token: str, said: dict[str, Any]
) -> None:
    inputs = rule(group, **said)
    made = aws.create(token, "r", inputs)
    read = aws.refresh(made)

    assert read == made
    assert aws.changes(made, inputs) == []


@pytest.mark.parametrize("protocol", ["-1", "50", "icmpv6"])
def test_protocols_without_ports_come_back_without_ports(
    aws: Probe, group: Resource, protocol: str
) -> None:
    inputs = {"securityGroupId": group.id, "ipProtocol": protocol, "cidrIpv6": "2001:db8::/32"}
    made = aws.create(IN, "r", inputs)

    assert aws.changes(made, inputs) == []
    assert "fromPort" not in made.outputs


def test_a_rule_of_a_prefix_list_or_group_keeps_its_description(
    aws: Probe, group: Resource
) -> None:
    many = aws.create(LIST, "peers", {"addressFamily": "IPv4", "maxEntries": 2})
    for said in ({"prefixListId": many.id}, {"referencedSecurityGroupId": group.id}):
        inputs = rule(group, description="cluster: members", **said)
        made = aws.create(IN, "r", inputs)

        assert aws.refresh(made) == made
        assert made.outputs["description"] == "cluster: members"


def test_ports_and_description_change_in_place_by_one_call(
    aws: Probe, group: Resource, calls: Path
) -> None:
    made = aws.create(IN, "r", rule(group))
    news = rule(group, fromPort=23, toPort=23, description="now telnet")
    before = count(calls)
    diff = aws.diff(made, news)
    after = aws.update(made, news)

    assert list(diff.replaces) == []
    assert sorted(diff.detailedDiff) == ["description", "fromPort", "toPort"]
    assert after.outputs["fromPort"] == 23
    assert after.outputs["securityGroupRuleId"] == made.id
    assert written(calls, before) == ["ModifySecurityGroupRules"]


@pytest.mark.parametrize(
    ("said", "news"),
    [
        ({"cidrIpv4": "10.0.0.0/24"}, {"cidrIpv4": "10.0.1.0/24"}),
        ({"cidrIpv6": "2001:db8::/64"}, {"cidrIpv6": "2001:db8:1::/64"}),
    ],
)
def test_another_block_changes_in_place(
    aws: Probe, group: Resource, said: dict[str, str], news: dict[str, str]
) -> None:
    made = aws.create(IN, "r", rule(group, **said))
    after = aws.update(made, rule(group, **news))

    assert list(aws.diff(made, rule(group, **news)).replaces) == []
    assert aws.refresh(after) == after


def test_another_kind_of_peer_replaces(aws: Probe, group: Resource) -> None:
    made = aws.create(IN, "r", rule(group))
    diff = aws.diff(made, rule(group, cidrIpv6="2001:db8::/64"))

    assert list(diff.replaces) == ["cidrIpv4", "cidrIpv6"]


def test_another_group_replaces(aws: Probe, group: Resource) -> None:
    made = aws.create(IN, "r", rule(group))

    assert list(aws.diff(made, rule(group) | {"securityGroupId": "sg-1"}).replaces) == [
        "securityGroupId"
    ]


def test_tags_of_a_rule_come_in_a_second_call(aws: Probe, group: Resource, calls: Path) -> None:
    before = count(calls)
    made = aws.create(IN, "r", rule(group, tags={"Name": "ssh"}))

    assert written(calls, before) == ["AuthorizeSecurityGroupIngress", "CreateTags"]
    assert made.outputs["tagsAll"] == {"Name": "ssh"}
    assert aws.refresh(made) == made


def test_a_rule_widened_behind_the_engine_is_seen_and_repaired(
    aws: Probe, group: Resource, ec2: Any
) -> None:
    made = aws.create(IN, "r", rule(group))
    change = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIpv4": "0.0.0.0/0"}
    changes = [{"SecurityGroupRuleId": made.id, "SecurityGroupRule": change}]
    ec2.modify_security_group_rules(GroupId=group.id, SecurityGroupRules=changes)
    read = aws.refresh(made)

    assert read is not None
    assert aws.changes(read, rule(group)) == ["cidrIpv4", "fromPort", "toPort"]
    assert aws.update(read, rule(group)).outputs == made.outputs


def test_a_rule_removed_behind_the_engine_is_gone(aws: Probe, group: Resource, ec2: Any) -> None:
    made = aws.create(IN, "r", rule(group))
    ec2.revoke_security_group_ingress(GroupId=group.id, SecurityGroupRuleIds=[made.id])

    assert aws.refresh(made) is None
    aws.delete(made)


def test_an_import_gives_what_a_program_would_say(aws: Probe, group: Resource) -> None:
    inputs = rule(group, description="ssh", tags={"Name": "ssh"})
    made = aws.create(IN, "r", inputs)
    adopted = aws.adopt(IN, "r", made.id)

    assert adopted is not None
    assert adopted.inputs == inputs | {"__defaults": []}
    assert aws.changes(adopted, inputs) == []


def test_an_egress_rule_is_no_ingress_rule(aws: Probe, group: Resource) -> None:
    made = aws.create(OUT, "r", rule(group))

    assert aws.adopt(IN, "r", made.id) is None


# The exclusive owner of a group's rules


def test_foreign_rules_are_revoked_one_by_one(
    aws: Probe, group: Resource, ec2: Any, calls: Path
) -> None:
    own = aws.create(IN, "own", rule(group))
    inputs = {"securityGroupId": group.id, "ingressRuleIds": [own.id], "egressRuleIds": []}
    made = aws.create(EXCLUSIVE, "all", inputs)
    open_ = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389}
    six = open_ | {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=[six])
    four = open_ | {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_egress(GroupId=group.id, IpPermissions=[four])
    read = aws.refresh(made)
    before = count(calls)

    assert made.id == group.id
    assert read is not None
    assert aws.changes(read, inputs) == ["egressRuleIds[0]", "ingressRuleIds[1]"]
    aws.update(read, inputs)
    assert sorted(written(calls, before)) == [
        "RevokeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
    ]
    assert aws.refresh(made) == made


def test_giving_up_the_ownership_changes_no_rule(aws: Probe, group: Resource) -> None:
    own = aws.create(IN, "own", rule(group))
    inputs = {"securityGroupId": group.id, "ingressRuleIds": [own.id], "egressRuleIds": []}
    aws.delete(aws.create(EXCLUSIVE, "all", inputs))

    assert aws.refresh(own) == own


def test_the_owner_of_a_group_that_is_gone_is_gone(aws: Probe, group: Resource) -> None:
    inputs = {"securityGroupId": group.id, "ingressRuleIds": [], "egressRuleIds": []}
    made = aws.create(EXCLUSIVE, "all", inputs)
    aws.delete(group)

    assert aws.refresh(made) is None


# Groups on interfaces


def test_attaching_keeps_the_other_groups(
    aws: Probe, fresh_group: Resource, fresh: seed.AwsNetwork, ec2: Any
) -> None:
    card = fresh.interface_ids["public"]

    def groups() -> list[str]:
        answer = ec2.describe_network_interfaces(NetworkInterfaceIds=[card])
        return [item["GroupId"] for item in answer["NetworkInterfaces"][0]["Groups"]]

    default = groups()
    at = {"networkInterfaceId": card, "securityGroupId": fresh_group.id}
    made = aws.create(ATTACHED, "at", at)

    assert made.id == f"{fresh_group.id}_{card}"
    assert groups() == [*default, fresh_group.id]
    assert aws.adopt(ATTACHED, "at", made.id) is not None
    aws.delete(made)
    assert groups() == default
    assert aws.refresh(made) is None


def test_attaching_twice_is_refused(
    aws: Probe, fresh_group: Resource, fresh: seed.AwsNetwork
) -> None:
    at = {"networkInterfaceId": fresh.interface_ids["public"], "securityGroupId": fresh_group.id}
    aws.create(ATTACHED, "at", at)
    with pytest.raises(Refusal, match=r"already attached to EC2 Network Interface"):
        aws.create(ATTACHED, "again", at)


def test_another_interface_replaces(
    aws: Probe, fresh_group: Resource, fresh: seed.AwsNetwork
) -> None:
    at = {"networkInterfaceId": fresh.interface_ids["public"], "securityGroupId": fresh_group.id}
    made = aws.create(ATTACHED, "at", at)
    news = at | {"networkInterfaceId": fresh.interface_ids["private"]}

    assert list(aws.diff(made, news).replaces) == ["networkInterfaceId"]


# Network ACLs


def entry(number: int, **said: Any) -> dict[str, Any]:
    base = {"action": "allow", "protocol": "6", "ruleNo": number, "fromPort": 25, "toPort": 25}
    return base | ({} if "ipv6CidrBlock" in said else {"cidrBlock": "10.0.0.0/24"}) | said


ENTRIES = [
    entry(100),
    entry(110, protocol="17", fromPort=1024, toPort=65535),
    entry(120, protocol="1", fromPort=0, toPort=0, icmpType=3, icmpCode=4),
    entry(130, protocol="-1", fromPort=0, toPort=0, action="deny"),
    entry(140, ipv6CidrBlock="2001:db8::/32"),
]


def acl(network: seed.AwsNetwork, **said: Any) -> dict[str, Any]:
    return {"vpcId": network.vpc_id, "ingress": ENTRIES, "egress": ENTRIES} | said


def test_an_acl_is_complete_before_it_takes_its_subnets(
    aws: Probe, fresh: seed.AwsNetwork, calls: Path
) -> None:
    subnets = list(fresh.subnet_ids.values())
    before = count(calls)
    aws.create(ACL, "a", acl(fresh, subnetIds=subnets))

    assert written(calls, before) == [
        "CreateNetworkAcl",
        *["CreateNetworkAclEntry"] * (2 * len(ENTRIES)),
        *["ReplaceNetworkAclAssociation"] * len(subnets),
    ]


def test_an_acl_comes_back_as_it_was_written(aws: Probe, fresh: seed.AwsNetwork) -> None:
    inputs = acl(fresh, subnetIds=list(fresh.subnet_ids.values()))
    made = aws.create(ACL, "a", inputs)
    read = aws.refresh(made)
    shuffled = inputs | {"ingress": ENTRIES[::-1], "subnetIds": inputs["subnetIds"][::-1]}

    assert read == made
    assert aws.changes(made, inputs) == aws.changes(made, shuffled) == []


def test_one_changed_entry_is_one_path_and_no_replacement(
    aws: Probe, network: seed.AwsNetwork
) -> None:
    made = aws.create(ACL, "a", acl(network))
    news = acl(network, ingress=[entry(100, toPort=26), *ENTRIES[1:]])
    diff = aws.diff(made, news)

    assert (list(diff.detailedDiff), list(diff.replaces)) == (["ingress[0]"], [])


def test_old_entries_go_before_new_ones_come(
    aws: Probe, network: seed.AwsNetwork, calls: Path
) -> None:
    made = aws.create(ACL, "a", acl(network))
    before = count(calls)
    news = acl(network, ingress=[entry(100, toPort=26), *ENTRIES[1:]])
    after = aws.update(made, news)

    assert written(calls, before) == ["DeleteNetworkAclEntry", "CreateNetworkAclEntry"]
    assert aws.changes(after, news) == []


def test_another_vpc_replaces(aws: Probe, network: seed.AwsNetwork) -> None:
    made = aws.create(ACL, "a", acl(network))

    assert list(aws.diff(made, acl(network, vpcId="vpc-1")).replaces) == ["vpcId"]


def test_a_subnet_moved_behind_the_engine_is_seen_and_moved_back(
    aws: Probe, fresh: seed.AwsNetwork, ec2: Any, calls: Path
) -> None:
    public = fresh.subnet_ids["public"]
    inputs = acl(fresh, subnetIds=[public])
    made = aws.create(ACL, "a", inputs)
    other = aws.create(ACL, "b", acl(fresh, subnetIds=[public]))
    read = aws.refresh(made)

    assert read is not None
    assert aws.changes(read, inputs) == ["subnetIds[0]"]
    before = count(calls)
    assert aws.update(read, inputs).outputs["subnetIds"] == [public]
    assert written(calls, before) == ["ReplaceNetworkAclAssociation"]
    aws.delete(other)


def test_a_subnet_taken_out_goes_to_the_default_acl(
    aws: Probe, fresh: seed.AwsNetwork, ec2: Any
) -> None:
    made = aws.create(ACL, "a", acl(fresh, subnetIds=list(fresh.subnet_ids.values())))
    kept = fresh.subnet_ids["public"]
    aws.update(made, acl(fresh, subnetIds=[kept]))

    assert _acl_of(ec2, fresh.subnet_ids["private"])["IsDefault"]
    assert not _acl_of(ec2, kept)["IsDefault"]


def test_deleting_an_acl_leaves_its_subnets_open(
    aws: Probe, fresh: seed.AwsNetwork, ec2: Any
) -> None:
    made = aws.create(ACL, "a", acl(fresh, subnetIds=list(fresh.subnet_ids.values())))
    aws.delete(made)

    assert aws.refresh(made) is None
    assert _acl_of(ec2, fresh.subnet_ids["public"])["IsDefault"]


def _acl_of(ec2: Any, subnet_id: str) -> Any:
    filters = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    return ec2.describe_network_acls(Filters=filters)["NetworkAcls"][0]


def test_an_acl_that_fails_half_way_is_kept_and_finished_by_an_update(
    aws: Probe, fresh: seed.AwsNetwork, ec2: Any
) -> None:
    subnets = list(fresh.subnet_ids.values())
    too_many = [entry(number) for number in range(1, 21)]
    with pytest.raises(HalfMade, match=r"NetworkAclEntryLimitExceeded") as half:
        aws.create(ACL, "a", acl(fresh, ingress=too_many, subnetIds=subnets))
    kept = half.value.resource

    assert len(kept.outputs["ingress"]) == 19
    assert _acl_of(ec2, subnets[0])["IsDefault"], "subnets move at the very end"
    inputs = acl(fresh, ingress=too_many[:19], subnetIds=subnets)
    done = aws.update(kept, inputs)
    assert aws.changes(done, inputs) == []


# Managed prefix lists


def peers(most: int, *cidrs: str, **said: Any) -> dict[str, Any]:
    entries = [{"cidr": cidr, "description": "mail"} for cidr in cidrs]
    return {"addressFamily": "IPv4", "maxEntries": most, "entries": entries} | said


def test_a_list_comes_back_as_it_was_written(aws: Probe, network: seed.AwsNetwork) -> None:
    inputs = peers(3, "10.2.0.0/16", "10.1.0.0/16")
    made = aws.create(LIST, "peers", inputs)

    assert aws.refresh(made) == made
    assert aws.changes(made, inputs) == []
    assert re.fullmatch(r"peers-[0-9a-f]{7}", made.outputs["name"])


def test_a_list_grows_before_entries_come_and_shrinks_after_they_went(
    aws: Probe, calls: Path
) -> None:
    made = aws.create(LIST, "peers", peers(1, "10.1.0.0/16"))
    before = count(calls)
    grown = aws.update(made, peers(2, "10.1.0.0/16", "10.2.0.0/16"))
    aws.update(grown, peers(1, "10.2.0.0/16"))

    lines = [json.loads(line) for line in calls.read_text("utf-8").splitlines()[before:]]
    shapes = [
        sorted(set(line["parameters"]) & {"MaxEntries", "AddEntries", "RemoveEntries"})
        for line in lines
        if line["writes"]
    ]
    assert shapes == [["MaxEntries"], ["AddEntries"], ["RemoveEntries"], ["MaxEntries"]]


def test_a_new_description_removes_the_entry_and_adds_it_again(aws: Probe, calls: Path) -> None:
    made = aws.create(LIST, "peers", peers(1, "10.1.0.0/16"))
    before = count(calls)
    entries = [{"cidr": "10.1.0.0/16", "description": "other"}]
    after = aws.update(made, peers(1, entries=entries))

    assert written(calls, before) == ["ModifyManagedPrefixList"] * 2
    assert after.outputs["entries"] == entries


def test_another_family_replaces(aws: Probe) -> None:
    made = aws.create(LIST, "peers", peers(1))

    assert list(aws.diff(made, peers(1, addressFamily="IPv6")).replaces) == ["addressFamily"]


def test_an_entry_added_behind_the_engine_is_seen(aws: Probe, ec2: Any) -> None:
    inputs = peers(2, "10.1.0.0/16")
    made = aws.create(LIST, "peers", inputs)
    added = [{"Cidr": "0.0.0.0/0"}]
    ec2.modify_managed_prefix_list(PrefixListId=made.id, AddEntries=added, CurrentVersion=1)
    read = aws.refresh(made)

    assert read is not None
    assert aws.changes(read, inputs) == ["entries[1]"]
    aws.delete(read)
    assert aws.refresh(read) is None


# Networks of one's own


def test_a_program_may_bring_its_own_network(aws: Probe) -> None:
    vpc = aws.create("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.9.0.0/16"})
    where = {"vpcId": vpc.id, "cidrBlock": "10.9.1.0/24"}
    subnet = aws.create("aws:ec2/subnet:Subnet", "subnet", where)
    card = aws.create("aws:ec2/networkInterface:NetworkInterface", "eni", {"subnetId": subnet.id})

    assert card.outputs["securityGroups"] == [vpc.outputs["defaultSecurityGroupId"]]
    for made in (vpc, subnet, card):
        assert aws.refresh(made) == made
    for made in (card, subnet, vpc):
        aws.delete(made)
        assert aws.refresh(made) is None


# Previews, configuration and data sources


def test_a_preview_makes_nothing_and_knows_what_can_be_known(
    aws: Probe, network: seed.AwsNetwork, calls: Path
) -> None:
    before = count(calls)
    planned = aws.create(
        GROUP, "g", {"vpcId": network.vpc_id, "tags": {"Name": "mail"}}, preview=True
    )

    assert (planned.id, written(calls, before)) == ("", [])
    assert planned.outputs["tagsAll"] == {"Name": "mail"}
    assert planned.outputs["arn"] == planned.outputs["ingress"] == UNKNOWN
    assert planned.outputs["name"].startswith("g-")


def test_unknown_values_pass_check_and_are_a_difference(aws: Probe, group: Resource) -> None:
    inputs = rule(group, cidrIpv4=UNKNOWN)
    made = aws.create(IN, "r", rule(group))

    assert aws.check(IN, "r", inputs)[1] == {}
    assert aws.changes(made, inputs) == ["cidrIpv4"]


def test_default_tags_are_in_tags_all_only(endpoint: str, network: seed.AwsNetwork) -> None:
    tags = json.dumps({"tags": {"owner": "mail-team"}})
    probe = Probe(Aws(Recorder(None)), settings(endpoint, defaultTags=tags))
    inputs = {"vpcId": network.vpc_id, "tags": {"Name": "mail"}}
    made = probe.create(GROUP, "g", inputs)

    assert made.outputs["tags"] == {"Name": "mail"}
    assert made.outputs["tagsAll"] == {"Name": "mail", "owner": "mail-team"}
    assert probe.changes(made, inputs) == []
    probe.close()


def test_new_default_tags_are_a_difference(
    endpoint: str, aws: Probe, network: seed.AwsNetwork
) -> None:
    inputs = {"vpcId": network.vpc_id}
    made = aws.create(GROUP, "g", inputs)
    tags = json.dumps({"tags": {"owner": "mail-team"}})
    probe = Probe(Aws(Recorder(None)), settings(endpoint, defaultTags=tags))

    assert probe.changes(made, inputs) == ["tagsAll"]
    assert probe.update(made, inputs).outputs["tagsAll"] == {"owner": "mail-team"}
    probe.close()


def test_only_allowed_accounts_are_touched(endpoint: str) -> None:
    allowed = json.dumps(["210987654321"])
    with pytest.raises(Refusal) as refused:
        Probe(Aws(Recorder(None)), settings(endpoint, allowedAccountIds=allowed))

    assert str(refused.value) == "AWS account ID not allowed: 123456789012"


def test_a_stack_file_without_an_endpoint_is_told_which_file_to_take() -> None:
    with pytest.raises(Refusal, match=r"add --config-file \.sandbox/config/Pulumi\.<stack>\.yaml$"):
        Probe(Aws(Recorder(None)), {"region": REGION})


def test_only_this_machine_is_talked_to() -> None:
    with pytest.raises(Refusal, match=r"use the real provider for the real AWS"):
        Probe(Aws(Recorder(None)), settings("https://ec2.us-east-1.amazonaws.com"))


def test_a_resource_may_name_its_region(aws: Probe, endpoint: str) -> None:
    there = seed.aws(endpoint, "eu-west-1", "elsewhere", INTERFACES)
    made = aws.create(GROUP, "g", {"vpcId": there.vpc_id, "region": "eu-west-1"})

    assert made.outputs["arn"].startswith("arn:aws:ec2:eu-west-1:")
    assert aws.refresh(made) == made
    assert list(aws.diff(made, {"vpcId": there.vpc_id, "region": "eu-west-2"}).replaces) == [
        "region"
    ]


def test_data_sources_answer(aws: Probe, network: seed.AwsNetwork) -> None:
    public = network.subnet_ids["public"]

    assert aws.invoke("aws:index/getRegion:getRegion", {})["region"] == REGION
    assert aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == (
        "123456789012"
    )
    assert aws.invoke("aws:ec2/getVpc:getVpc", {"id": network.vpc_id})["id"] == network.vpc_id
    assert aws.invoke("aws:ec2/getSubnet:getSubnet", {"id": public})["vpcId"] == network.vpc_id
    with pytest.raises(Refusal, match=r'^the sandbox has no data source "aws:ec2/getAmi:getAmi"'):
        aws.invoke("aws:ec2/getAmi:getAmi", {})


def test_an_unknown_type_is_named(aws: Probe) -> None:
    with pytest.raises(Refusal, match=r'^the sandbox has no resource type "aws:s3/bucket:Bucket"'):
        aws.create("aws:s3/bucket:Bucket", "b", {})
