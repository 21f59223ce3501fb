"""What a state and a preview say after an update that was cut short."""

from __future__ import annotations

import json
from typing import Any

from segfw import recovery, unfinished
from segfw.recovery import UNKNOWN
from segfw.unfinished import (
    ATTACHMENT,
    EGRESS_RULE,
    EXCLUSIVE,
    GROUP,
    INGRESS_RULE,
    NETWORK_ACL,
    NSG,
    PREFIX_LIST,
)

PARENT = "urn:pulumi:dev::p::seg-firewall:index:GatewaySecurityGroup::gate"
DEFAULT = "urn:pulumi:dev::p::pulumi:providers:aws::default_7_51_1::0aa1"


def record(type_: str, name: str, id_: str = "", **more: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::p::{type_}::{name}",
        "type": type_,
        "id": id_,
        "parent": PARENT,
        "provider": DEFAULT,
        **more,
    }


def rule(**values: Any) -> dict[str, Any]:
    said = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
    return {**said, "cidrIpv4": "10.0.0.0/24", **values}


def state(*resources: dict[str, Any], pending: tuple[tuple[str, dict[str, Any]], ...] = ()):
    begun = [{"type": kind, "resource": resource} for kind, resource in pending]
    deployment = {"resources": list(resources), "pending_operations": begun}
    return unfinished.read_state(json.dumps({"version": 3, "deployment": deployment}), "export")


def preview(*steps: dict[str, Any]):
    document = {"steps": list(steps), "changeSummary": {"same": 1}}
    return unfinished.read_preview(json.dumps(document), "preview")


def create(resource: dict[str, Any]) -> dict[str, Any]:
    return {"op": "create", "urn": resource["urn"], "newState": resource}


def owner(ingress: list[str], egress: list[str]) -> dict[str, Any]:
    held = {"securityGroupId": "sg-1", "ingressRuleIds": ingress, "egressRuleIds": egress}
    resource = record(EXCLUSIVE, "gate-exclusive", "sg-1", outputs=held)
    return {"op": "update", "urn": resource["urn"], "oldState": resource, "newState": None}


def test_a_stack_that_was_never_updated_has_nothing():
    text = '{"version": 3, "deployment": null}'

    assert unfinished.read_state(text, "export") == unfinished.State((), ())


def test_a_pending_operation_is_said_with_what_it_was_about():
    begun = state(pending=(("creating", record(GROUP, "gate")), ("updating", record("a:b:C", "x"))))

    assert [str(each) for each in begun.pending] == [
        "creating gate (security group)",
        "updating x (a:b:C)",
    ]


def test_a_preview_says_what_it_would_make_and_counts_by_operation():
    made = record(INGRESS_RULE, "b", inputs=rule())
    found = preview(
        {"op": "refresh", "urn": PARENT, "newState": {}},
        {"op": "same", "urn": PARENT, "newState": {}},
        create(made),
        {"op": "delete", "urn": "urn::z", "oldState": record(GROUP, "z")},
        {"op": "delete", "urn": "urn::y", "oldState": record(GROUP, "y")},
    )

    assert [each.name for each in found.creates] == ["b"]
    assert found.changes == {"create": ("b",), "delete": ("y", "z")}


def test_what_is_there_already_is_not_made():
    found = preview(create(record(GROUP, "a")), create(record(GROUP, "b")), owner([], []))

    assert found.without({"a"}).changes == {"create": ("b",), "update": ("gate-exclusive",)}
    assert found.without({"a", "b"}).changes == {"update": ("gate-exclusive",)}
    assert found.without({"a", "b"}).creates == ()


def test_a_stray_is_a_rule_of_the_cloud_that_the_state_does_not_know():
    known = state(
        record(GROUP, "gate", "sg-1"),
        record(INGRESS_RULE, "x", "sgr-1"),
        record(EGRESS_RULE, "y", "sgr-2"),
    )
    owners = preview(owner(["sgr-1", "sgr-4"], ["sgr-2", "sgr-3"])).owners

    assert [str(each) for each in recovery.strays(known, owners)] == [
        "sgr-3 (egress) in gate (sg-1)",
        "sgr-4 (ingress) in gate (sg-1)",
    ]


def test_an_owner_of_another_stacks_group_shows_no_stray():
    assert recovery.strays(state(), preview(owner(["sgr-1"], [])).owners) == ()


def test_a_group_without_an_owner_is_listed_only_where_rules_are_to_be_made():
    known = state(record(GROUP, "gate", "sg-1"), record(GROUP, "other", "sg-2"))
    made = create(record(INGRESS_RULE, "x", inputs=rule()))

    assert [g.name for g in recovery.unlisted_groups(known, preview(made))] == ["gate"]
    assert recovery.unlisted_groups(known, preview(made, owner([], []))) == ()


def read_rule(type_: str = INGRESS_RULE, **values: Any) -> unfinished.Resource:
    return state(record(type_, "stray-sgr-1", "sgr-1", outputs=rule(**values))).resources[0]


def test_a_rule_is_the_planned_one_of_the_same_content_whatever_it_says_of_itself():
    planned = preview(
        create(record(INGRESS_RULE, "https", inputs=rule(fromPort=443.0, toPort=443.0))),
        create(record(INGRESS_RULE, "ssh", inputs=rule(description="ours", fromPort=22.0))),
    ).creates

    match = recovery.matched(read_rule(description="theirs", tags={"a": "b"}), planned)
    assert match is not None
    assert match.name == "ssh"


def test_a_rule_that_differs_in_what_it_admits_is_no_planned_one():
    planned = preview(create(record(INGRESS_RULE, "ssh", inputs=rule()))).creates

    for other in (
        read_rule(EGRESS_RULE),
        read_rule(toPort=23),
        read_rule(ipProtocol="udp"),
        read_rule(cidrIpv4="10.0.0.0/23"),
        read_rule(securityGroupId="sg-2"),
        read_rule(cidrIpv4=None, referencedSecurityGroupId="sg-3"),
    ):
        assert recovery.matched(other, planned) is None


def test_a_rule_of_all_icmp_matches_however_its_missing_ports_are_written():
    said = {"ipProtocol": "ICMP", "fromPort": -1, "toPort": -1}
    planned = preview(create(record(INGRESS_RULE, "ping", inputs=rule(**said)))).creates

    assert recovery.matched(read_rule(ipProtocol="icmp", fromPort=None, toPort=None), planned)


def test_only_rules_with_a_provisional_name_are_unsettled():
    known = state(
        record(INGRESS_RULE, "stray-sgr-1", "sgr-1"),
        record(INGRESS_RULE, "gate-in", "sgr-2"),
        record(EXCLUSIVE, "stray-sg-1", "sg-1"),
    )

    assert [each.id for each in recovery.provisional(known)] == ["sgr-1"]


def test_an_attachment_is_looked_for_where_both_ends_are_known():
    ends = {"networkInterfaceId": "eni-1", "securityGroupId": "sg-1"}
    known = create(record(ATTACHMENT, "a", inputs=ends))
    unknown = create(record(ATTACHMENT, "b", inputs={**ends, "securityGroupId": UNKNOWN}))
    found = list(recovery.sure_adoptions(state(), state(), preview(known, unknown)))

    assert [(each.name, each.id) for each in found] == [("a", "eni-1_sg-1")]


AZURE = record("pulumi:providers:azure-native", "default", inputs={"subscriptionId": "s-1"})


def test_an_nsg_that_was_being_made_is_looked_for_under_the_name_that_it_got():
    got = {"resourceGroupName": "rg", "networkSecurityGroupName": "gate1a2b"}
    was = state(pending=(("creating", record(NSG, "gate", inputs=got)),))
    again = create(record(NSG, "gate", inputs={**got, "networkSecurityGroupName": "gate9z8y"}))

    (found,) = recovery.sure_adoptions(state(AZURE), was, preview(again))
    assert found.id == (
        "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.Network/"
        "networkSecurityGroups/gate1a2b"
    )
    nobody = record("pulumi:providers:azure-native", "default")
    assert list(recovery.sure_adoptions(state(nobody), was, preview(again))) == []
    assert list(recovery.sure_adoptions(state(AZURE), state(), preview(again))) == []


def test_an_import_has_each_parent_and_the_versions_of_default_providers():
    known = state(record(GROUP, "gate", "sg-1"))
    (stray,) = recovery.strays(known, preview(owner(["sgr-1"], [])).owners)

    assert recovery.import_file([stray.adoption]) == {
        "nameTable": {"parent0": PARENT},
        "resources": [
            {
                "type": INGRESS_RULE,
                "name": "stray-sgr-1",
                "id": "sgr-1",
                "parent": "parent0",
                "version": "7.51.1",
            }
        ],
    }


def test_an_import_names_an_explicit_provider_and_no_parent_where_there_is_none():
    chosen = "urn:pulumi:dev::p::pulumi:providers:aws::chosen"
    explicit = recovery.Adoption("a", GROUP, "sg-1", "", f"{chosen}::0aa1")
    plain = recovery.Adoption("b", GROUP, "sg-2", "", "")

    assert recovery.import_file([explicit, plain]) == {
        "nameTable": {"provider0": chosen},
        "resources": [
            {"type": GROUP, "name": "a", "id": "sg-1", "provider": "provider0"},
            {"type": GROUP, "name": "b", "id": "sg-2"},
        ],
    }


def test_what_has_an_id_of_the_clouds_own_choice_is_to_be_looked_for():
    begun = state(
        pending=(
            ("creating", record(GROUP, "gate", inputs={"name": "gate-1a2b3c4"})),
            ("creating", record(NETWORK_ACL, "gate-acl", inputs={"tags": {"Name": "dev-gate"}})),
            ("creating", record(PREFIX_LIST, "talos")),
            ("creating", record(INGRESS_RULE, "x")),
            ("updating", record(GROUP, "y")),
        )
    ).pending

    assert [command for _, command in recovery.to_look_for(begun)] == [
        "aws ec2 describe-security-groups --filters Name=group-name,Values=gate-1a2b3c4",
        "aws ec2 describe-network-acls --filters Name=tag:Name,Values=dev-gate",
        "aws ec2 describe-managed-prefix-lists --filters Name=tag:Name,Values=talos",
    ]
