"""A network ACL knows prefixes only: what it cannot name is refused, with the way out."""

from __future__ import annotations

import pytest

from segfw.problems import ProblemsFound
from tests.review.planning import features, plan_of

ACL = (
    "  seg-firewall:interfaces:\n"
    "    management: {networkAcl: {subnetIds: [subnet-1]}, securityGroup: {attach: [eni-1]}}\n"
)
GROUP = "  seg-firewall:networks: {bastion: {aws: {securityGroup: sg-0123456789abcdef0}}}\n"


def refused(text: str, more: str) -> str:
    with pytest.raises(ProblemsFound) as caught:
        plan_of(features(text, more))
    return str(caught.value)


def test_a_network_that_is_only_a_reference_is_refused():
    assert refused("ssh-admin: {from: [bastion]}", ACL + GROUP) == (
        "config/Pulumi.test.yaml:4: networks.bastion: "
        'the network ACL of "management" cannot name the IPv4 members of "bastion", which '
        "ssh-admin needs: a network ACL knows prefixes only; give it IPv4 prefixes besides, or leave "
        "the reference out."
    )


def test_with_prefixes_besides_it_is_not():
    both = GROUP.replace("{aws:", "{prefixes: [10.9.4.0/28], aws:")

    assert plan_of(features("ssh-admin: {from: [bastion]}", ACL + both)).rule_sets


def test_without_a_network_acl_it_is_not():
    assert plan_of(features("ssh-admin: {from: [bastion]}", GROUP)).rule_sets


def test_the_members_of_the_group_itself_are_refused():
    assert refused("cluster: {peer: self}", ACL) == (
        "config/Pulumi.test.yaml:4: features.cluster: "
        'the network ACL of "management" cannot name the IPv4 members of "self", which cluster '
        "needs: a network ACL knows prefixes only; write features.cluster: {peer: networks}, or leave out "
        "interfaces.management.networkAcl."
    )
