"""The replay can fail: hand-typed logs of updates that lose or open something for an instant."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from tests.oracles import replay_aws, replay_azure
from tests.oracles.replay import DENIED, OPENED, Finding, NotKnown, judge
from tests.oracles.replay_aws import Call, Ec2
from tests.oracles.replay_azure import Arm, Request
from tests.oracles.replay_ec2 import entry_of, rule_of
from tests.oracles.replay_orders import needs, orders

ADDRESS = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}
ADMINS, MAIL, WEB, SSH = "198.51.100.0/24", 25, 443, 22


def rule(rule_id: str, cidr: str, port: int, *, egress: bool = False) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": rule_id,
        "IsEgress": egress,
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "CidrIpv6" if ":" in cidr else "CidrIpv4": cidr,
    }


def entry(number: int, cidr: str, port: int | None, action: str = "allow") -> dict[str, Any]:
    every = {"Protocol": "-1"} if port is None else {"Protocol": "6", "PortRange": both(port)}
    return {
        "Egress": False,
        "RuleNumber": number,
        "RuleAction": action,
        "CidrBlock": cidr,
        **every,
    }


def both(port: int) -> dict[str, int]:
    return {"From": port, "To": port}


def ec2() -> Ec2:
    """One interface with one group that lets SSH in, in a subnet with an ACL that lets it in."""
    state = Ec2()
    state.groups = {"sg-1": {"sgr-1": rule("sgr-1", ADMINS, SSH)}}
    state.cards = {"eni-1": {"subnet": "sn-1", "groups": ["sg-1"], "addresses": ["10.0.0.4"]}}
    ours, default = entry(100, ADMINS, SSH), entry(100, "0.0.0.0/0", None)
    state.acls = {
        "acl-default": {(False, 100): entry_of(default)},
        "acl-1": {(False, 100): entry_of(ours)},
    }
    state.associations = {"aa-1": ("sn-1", "acl-1")}
    return state


def authorize(rule_id: str, cidr: str, port: int, group: str = "sg-1") -> tuple[str, dict, dict]:
    answer = {"SecurityGroupRules": [rule(rule_id, cidr, port)]}
    return "AuthorizeSecurityGroupIngress", {"GroupId": group}, answer


def revoke(rule_id: str, group: str = "sg-1") -> tuple[str, dict, dict]:
    said = {"GroupId": group, "SecurityGroupRuleIds": [rule_id]}
    return "RevokeSecurityGroupIngress", said, {}


def attach(*groups: str) -> tuple[str, dict, dict]:
    said = {"NetworkInterfaceId": "eni-1", "Groups": list(groups)}
    return "ModifyNetworkInterfaceAttribute", said, {}


def associate(old: str, new: str, acl: str) -> tuple[str, dict, dict]:
    said = {"AssociationId": old, "NetworkAclId": acl}
    return "ReplaceNetworkAclAssociation", said, {"NewAssociationId": new}


def new_acl() -> tuple[str, dict, dict]:
    answer = {"NetworkAcl": {"NetworkAclId": "acl-2", "Entries": []}}
    return "CreateNetworkAcl", {"VpcId": "vpc-1"}, answer


def add_entry(acl: str, said: dict[str, Any]) -> tuple[str, dict, dict]:
    return "CreateNetworkAclEntry", {"NetworkAclId": acl, **said}, {}


def found(state: Ec2, *calls: tuple[str, dict, dict]) -> list[Finding]:
    made = [Call(number, *call) for number, call in enumerate(calls, 1)]
    return list(judge(replay_aws.instants(state, made)[0]))


def at(findings: list[Finding], door: str) -> list[tuple[int, str, str]]:
    """Instant, kind and far end of what was found at one door."""
    return [
        (f.number, f.what, str(ADDRESS[f.packet.family](f.packet.remote)))
        for f in findings
        if f.door == door
    ]


# Security groups


def test_a_rule_that_goes_before_its_successor_comes_is_an_outage() -> None:
    findings = found(ec2(), revoke("sgr-1"), authorize("sgr-2", "198.51.100.0/23", SSH))

    assert at(findings, "groups of eni-1 ingress") == [(1, DENIED, "198.51.100.0")]
    assert str(findings[-1]) == (
        "after call 1 (RevokeSecurityGroupIngress) groups of eni-1 ingress denies protocol 6"
        " value 22, 198.51.100.0, which the old and the new stack both allow"
    )


def test_a_rule_that_goes_after_its_successor_came_is_none() -> None:
    calls = authorize("sgr-2", "198.51.100.0/23", SSH), revoke("sgr-1")

    assert found(ec2(), *calls) == []


def test_what_only_one_stack_allows_may_be_denied_in_between() -> None:
    calls = revoke("sgr-1"), authorize("sgr-2", ADMINS, WEB)

    assert found(ec2(), *calls) == []


def test_a_rule_in_a_group_that_is_attached_too_late_is_an_outage() -> None:
    state = ec2()
    state.groups["sg-2"] = {}
    calls = (
        authorize("sgr-2", ADMINS, SSH, "sg-2"),
        revoke("sgr-1"),
        attach("sg-1", "sg-2"),
    )

    assert at(found(state, *calls), "eni-1 ingress") == [(2, DENIED, "198.51.100.0")]
    calls = calls[0], calls[2], calls[1]
    assert found(state, *calls) == []


def test_a_group_taken_off_for_an_instant_is_an_outage() -> None:
    state = ec2()
    state.groups["sg-2"] = {}

    findings = found(state, attach("sg-2"), attach("sg-1", "sg-2"))
    assert {(f.number, f.what) for f in findings} == {(1, DENIED)}


def test_a_rule_that_neither_stack_has_is_an_opening() -> None:
    findings = found(ec2(), authorize("sgr-2", "0.0.0.0/0", SSH), revoke("sgr-2"))

    assert at(findings, "groups of eni-1 ingress") == [(1, OPENED, "0.0.0.0")]
    assert at(findings, "eni-1 ingress") == [], "the network ACL still denies it"


def test_the_rules_of_a_new_group_let_everything_out() -> None:
    made = ("CreateSecurityGroup", {"GroupName": "x"}, {"GroupId": "sg-2"})
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    six = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    closed = [
        ("RevokeSecurityGroupEgress", {"GroupId": "sg-2", "IpPermissions": [one]}, {})
        for one in (everything, six)
    ]
    attached = attach("sg-1", "sg-2")

    early = found(ec2(), made, attached, *closed)
    assert at(early, "groups of eni-1 egress") == [
        (2, OPENED, "0.0.0.0"),
        (3, OPENED, "::"),
    ]
    assert found(ec2(), made, *closed, attached) == []


def test_ipv6_is_looked_at_apart() -> None:
    state = ec2()
    state.groups["sg-1"] |= {"sgr-6": rule("sgr-6", "2001:db8::/32", SSH)}
    calls = revoke("sgr-6"), authorize("sgr-7", "2001:db8::/31", SSH)

    assert at(found(state, *calls), "groups of eni-1 ingress") == [(1, DENIED, "2001:db8::")]


def test_a_reference_means_the_members_at_that_instant() -> None:
    """sg-1 lets members of sg-9 in; the one member leaves it for an instant."""
    state = ec2()
    peer = {"subnet": "sn-1", "groups": ["sg-9"], "addresses": ["10.0.0.9"]}
    state.cards["eni-9"] = peer
    named = rule("sgr-2", ADMINS, WEB) | {"ReferencedGroupInfo": {"GroupId": "sg-9"}}
    del named["CidrIpv4"]
    state.groups |= {"sg-8": {}, "sg-9": {}}
    state.groups["sg-1"]["sgr-2"] = rule_of(named)
    off, on = (
        ("ModifyNetworkInterfaceAttribute", {"NetworkInterfaceId": "eni-9", "Groups": [one]}, {})
        for one in ("sg-8", "sg-9")
    )

    assert at(found(state, off, on), "groups of eni-1 ingress") == [(1, DENIED, "10.0.0.9")]


def test_entries_of_a_list_that_go_before_they_come_back_are_an_outage() -> None:
    state = ec2()
    state.lists = {"pl-1": {ADMINS}}
    listed = {k: v for k, v in rule("sgr-1", ADMINS, SSH).items() if k != "CidrIpv4"}
    state.groups["sg-1"] = {"sgr-1": listed | {"PrefixListId": "pl-1"}}
    one = [{"Cidr": ADMINS}]
    gone = ("ModifyManagedPrefixList", {"PrefixListId": "pl-1", "RemoveEntries": one}, {})
    back = ("ModifyManagedPrefixList", {"PrefixListId": "pl-1", "AddEntries": one}, {})

    assert at(found(state, gone, back), "groups of eni-1 ingress") == [(1, DENIED, "198.51.100.0")]


# Network ACLs


def test_a_swap_through_the_default_acl_is_an_opening() -> None:
    findings = found(
        ec2(),
        associate("aa-1", "aa-2", "acl-default"),
        ("DeleteNetworkAcl", {"NetworkAclId": "acl-1"}, {}),
        new_acl(),
        add_entry("acl-2", entry(100, "198.51.100.0/23", SSH)),
        associate("aa-2", "aa-3", "acl-2"),
    )

    assert at(findings, "sn-1 ingress") == [(n, OPENED, "0.0.0.0") for n in (1, 2, 3, 4)]


def test_a_swap_to_an_acl_that_is_not_filled_yet_is_an_outage() -> None:
    findings = found(
        ec2(),
        new_acl(),
        associate("aa-1", "aa-2", "acl-2"),
        add_entry("acl-2", entry(100, "198.51.100.0/23", SSH)),
    )

    assert at(findings, "sn-1 ingress") == [(2, DENIED, "198.51.100.0")]


def test_a_swap_to_a_complete_acl_is_neither() -> None:
    calls = (
        new_acl(),
        add_entry("acl-2", entry(100, "198.51.100.0/23", SSH)),
        associate("aa-1", "aa-2", "acl-2"),
        ("DeleteNetworkAcl", {"NetworkAclId": "acl-1"}, {}),
    )

    assert found(ec2(), *calls) == []


def test_an_entry_changed_in_place_is_an_outage() -> None:
    gone = {"NetworkAclId": "acl-1", "RuleNumber": 100, "Egress": False}
    findings = found(
        ec2(),
        ("DeleteNetworkAclEntry", gone, {}),
        add_entry("acl-1", entry(100, "198.51.100.0/23", SSH)),
    )

    assert at(findings, "sn-1 ingress") == [(1, DENIED, "198.51.100.0")]


def test_a_deny_that_comes_after_the_allow_below_it_is_an_opening() -> None:
    """The order of entries decides: 90 keeps one address out that 100 lets in."""
    state, wide = ec2(), entry(100, "0.0.0.0/0", SSH)
    calls = (
        new_acl(),
        add_entry("acl-2", wide),
        associate("aa-1", "aa-2", "acl-2"),
        add_entry("acl-2", entry(90, "192.0.2.0/24", SSH, "deny")),
    )

    assert at(found(state, *calls), "sn-1 ingress") == [(3, OPENED, "192.0.2.0")]


# Azure


def arm_rule(name: str, port: int, priority: int, access: str = "Allow") -> dict[str, Any]:
    return {
        "name": name,
        "properties": {
            "access": access,
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*" if port == 0 else str(port),
            "direction": "Inbound",
            "priority": priority,
            "protocol": "*" if port == 0 else "Tcp",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
        },
    }


NSG = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n"
DENY = arm_rule("deny", 0, 4096, "Deny")


def azure(*requests: tuple[str, str, dict[str, Any]]) -> list[Finding]:
    stored = {
        "networkSecurityGroups": {
            "n": {
                "rules": [arm_rule("mail", MAIL, 100), DENY],
                "interfaces": ["nic"],
                "subnets": [],
            }
        }
    }
    before = Arm.seen({"resourceGroups": {"g": stored}}, "g")
    made = [Request(number, *one) for number, one in enumerate(requests, 1)]
    return list(judge(replay_azure.instants(before, made)[0]))


def put(*rules: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    return "PUT", NSG, {"properties": {"securityRules": list(rules)}}


def test_an_nsg_in_two_writes_is_an_outage() -> None:
    findings = azure(put(DENY), put(arm_rule("mail", MAIL, 200), arm_rule("web", WEB, 210), DENY))

    assert at(findings, "nic ingress") == [(1, DENIED, "0.0.0.0")]
    assert str(findings[0]) == (
        "after call 1 (PUT NSG n) nic ingress denies protocol 6 value 25, 0.0.0.0,"
        " which the old and the new stack both allow"
    )


def test_an_nsg_in_one_write_is_none() -> None:
    assert azure(put(arm_rule("mail", MAIL, 200), arm_rule("web", WEB, 210), DENY)) == []


def test_an_nsg_rule_by_rule_is_an_outage() -> None:
    findings = azure(
        ("DELETE", f"{NSG}/securityRules/mail", {}),
        ("PUT", f"{NSG}/securityRules/post", arm_rule("post", MAIL, 200)),
    )

    assert at(findings, "nic ingress") == [(1, DENIED, "0.0.0.0")]


def test_an_nsg_without_its_last_deny_is_an_opening_to_the_virtual_network() -> None:
    mail = arm_rule("mail", MAIL, 100)
    (finding,) = azure(put(mail), put(mail, DENY))

    assert (finding.number, finding.what, finding.packet.remote) == (1, OPENED, "AzureLoadBalancer")


# Calls that the replay cannot judge


def test_a_call_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotKnown, match="call 1: AssociateRouteTable"):
        found(ec2(), ("AssociateRouteTable", {}, {}))


def test_a_call_that_was_refused_changes_nothing() -> None:
    refused = Call(1, *revoke("sgr-1"), outcome="UnauthorizedOperation")
    seen, after = replay_aws.instants(ec2(), [refused])

    assert after.comparable() == ec2().comparable()
    assert len(seen) == 2


# Other orders


def test_a_step_that_takes_away_comes_as_early_as_its_needs_allow() -> None:
    state = ec2()
    state.groups["sg-2"] = {}
    log = [
        Call(1, *authorize("sgr-2", ADMINS, SSH, "sg-2"), operation="create", resource="rule"),
        Call(2, *attach("sg-1", "sg-2"), operation="create", resource="attachment"),
        Call(3, *revoke("sgr-1"), operation="update", resource="owner"),
    ]
    assert list(judge(replay_aws.instants(state, log)[0])) == [], "this time it went well"

    def found_with(*dependencies: str) -> list[int]:
        resources = [
            {"urn": "rule"},
            {"urn": "attachment", "dependencies": ["rule"]},
            {"urn": "owner", "dependencies": list(dependencies)},
        ]
        made = orders(list(replay_aws.relative(state, log)), needs(resources))
        return [f.number for o in made for f in judge(replay_aws.instants(state, o)[0])]

    assert set(found_with("rule")) == {3}, "nothing makes it wait for the attachment"
    assert found_with("attachment") == []


def test_deletes_come_after_everything_else() -> None:
    log = [
        Call(1, *revoke("sgr-1"), operation="delete", resource="old"),
        Call(2, *revoke("sgr-2"), operation="update", resource="owner"),
    ]

    assert [[call.number for call in order] for order in orders(log, {})] == [[2, 1]]
