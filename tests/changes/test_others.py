"""Rules that open a group of ours and are none of the plan's."""

from __future__ import annotations

import pytest

from segfw.changes.verdict import judge
from segfw.review.changes import verdict_line
from tests.changes.comparing import changed, stack
from tests.settings.reading import ON_AWS, ON_AZURE
from tests.states import cloud_id, named, urn

SSH = stack("ssh-admin: {}")
ACL = stack(
    "ssh-admin: {}",
    "  seg-firewall:interfaces: {management: {networkAcl: {subnetIds: [subnet-1]}}}\n",
)
GROUP_ID = cloud_id("aws:ec2/securityGroup:SecurityGroup", "management")
ACL_ID = cloud_id("aws:ec2/networkAcl:NetworkAcl", "management-acl")
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
OLD = "aws:ec2/securityGroupRule:SecurityGroupRule"
TCP = {"protocol": "tcp", "fromPort": 22, "toPort": 22}
OTHERS = {
    "an older kind of rule": (
        OLD,
        {"securityGroupId": GROUP_ID, "type": "ingress", **TCP, "cidrBlocks": ["0.0.0.0/0"]},
        'the security group "management": in tcp 22 from 0.0.0.0/0',
    ),
    "a group that speaks to itself": (
        OLD,
        {"securityGroupId": GROUP_ID, "type": "egress", "protocol": "-1", "self": True},
        'the security group "management": out any to itself',
    ),
    "a rule with another parent": (
        INGRESS,
        {
            "securityGroupId": GROUP_ID,
            "ipProtocol": "udp",
            "fromPort": 1,
            "toPort": 9,
            "cidrIpv4": "10.0.0.0/8",
        },
        'the security group "management": in udp 1-9 from 10.0.0.0/8',
    ),
    "a rule whose far end is a secret": (
        EGRESS,
        {"securityGroupId": GROUP_ID, "ipProtocol": "tcp"},
        'the security group "management": out tcp any to an unknown end',
    ),
}


def with_other(kind, inputs, edit=None):
    """An edit that adds a rule to the stack itself."""

    def add(resources):
        if edit is not None:
            edit(resources)
        resources.append(
            {
                "urn": urn("test", kind, name="extra"),
                "custom": True,
                "id": "sgr-1",
                "type": kind,
                "inputs": inputs,
                "parent": resources[0]["urn"],
            }
        )

    return add


def head(changes):
    return verdict_line(changes, judge(changes))


@pytest.mark.parametrize(("kind", "inputs", "said"), OTHERS.values(), ids=OTHERS)
def test_a_rule_of_others_is_a_difference_and_a_warning(kind, inputs, said):
    changes = changed(SSH, SSH, edit=with_other(kind, inputs))

    assert changes.any
    assert head(changes).startswith("1 rule kept, 1 not of the plan; fits in one update")
    assert judge(changes).warnings == (
        f'"extra" is no rule of the plan, and adds one to {said}. Take it out where it was written.',
    )


def test_rules_of_network_acls_and_nsgs_are_seen_too():
    entry = {"networkAclId": ACL_ID, "egress": True, "ruleAction": "deny", **TCP}
    acl = changed(
        ACL,
        ACL,
        edit=with_other("aws:ec2/networkAclRule:NetworkAclRule", {**entry, "cidrBlock": "::/0"}),
    )
    assert 'the network ACL "management-acl": deny out tcp 22 to ::/0.' in judge(acl).warnings[0]

    def real_id(resources):
        one = named(resources, "management")
        one["id"] = "/subscriptions/s/resourceGroups/rg/providers/n/networkSecurityGroups/Mail"
        one["inputs"]["resourceGroupName"] = "rg-management"

    rule = {
        "networkSecurityGroupName": "mail",
        "resourceGroupName": "RG-management",
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "destinationPortRanges": ["22", "80-81"],
    }
    nsg = changed(
        SSH, SSH, ON_AZURE, edit=with_other("azure-native:network:SecurityRule", rule, real_id)
    )
    assert any(
        'the NSG "management": in tcp 22,80-81 from *.' in one for one in judge(nsg).warnings
    )


def test_a_rule_among_a_groups_own_inputs_is_a_difference():
    def edit(resources):
        held = named(resources, "management")["inputs"]
        held["ingress"] = [{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}]
        held["egress"] = "none"

    changes = changed(SSH, SSH, edit=edit)

    assert changes.any
    assert judge(changes).warnings == (
        'the security group "management" has a rule among its own inputs that is no rule of the '
        "plan: in any from 0.0.0.0/0. Take it out where it was written.",
    )


@pytest.mark.parametrize("group", ["sg-9", None])
def test_a_rule_of_another_group_is_nobodys_business(group):
    inputs = {"securityGroupId": group, "referencedSecurityGroupId": GROUP_ID}
    changes = changed(SSH, SSH, ON_AWS, edit=with_other(INGRESS, inputs))

    assert not changes.any
    assert changes.held.users == {}


def test_a_rule_that_waits_to_be_deleted_is_gone_already():
    def edit(resources):
        with_other(INGRESS, {"securityGroupId": GROUP_ID})(resources)
        resources[-1]["delete"] = True

    assert not changed(SSH, SSH, edit=edit).any
