"""A rule belongs to what it names; what its name was computed from says nothing against that."""

from __future__ import annotations

import pytest

from segfw.guardrails.guardrail import Verdict
from segfw.inventory import UNKNOWN, Resource
from tests.guardrails.building import (
    ACL,
    ACL_RULE,
    ANYWHERE,
    NSG_RULE,
    PREFIX_LIST,
    findings,
    group,
    inline,
    nsg,
    nsg_entry,
    resource,
    urn,
)

ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
OPEN_22 = nsg_entry(200, "Allow", "22")
DENY_22 = nsg_entry(100, "Deny", "*")


def verdicts(guardrail: str, *resources: Resource) -> set[Verdict]:
    return {one.found.verdict for one in findings(*resources) if one.guardrail.id == guardrail}


def acl(name: str) -> Resource:
    return resource(ACL, name, {"tags": {"a": "b"}, "subnetIds": ["s"]})._replace(id=f"acl-{name}")


def entry(number: int, action: str, of: str, *links: str) -> Resource:
    inputs = {
        "ruleNumber": number,
        "ruleAction": action,
        "protocol": "-1",
        "cidrBlock": ANYWHERE,
        "networkAclId": f"acl-{of}",
    }
    made = resource(ACL_RULE, f"{action}-{of}", inputs)
    return made._replace(depends={"networkAclId": tuple(urn(ACL, one) for one in links)})


def test_a_deny_of_another_acl_hides_nothing() -> None:
    resources = (acl("a"), acl("b"), entry(100, "allow", "a"), entry(50, "deny", "b", "a", "b"))

    assert verdicts("no-all-ports", *resources) == {Verdict.VIOLATED}


def rule_for(name: object, group_name: str = "rg", *, linked: bool = True) -> Resource:
    inputs = {**DENY_22, "networkSecurityGroupName": name, "resourceGroupName": group_name}
    made = resource(NSG_RULE, "deny", inputs)
    of = nsg()
    return made._replace(depends={"networkSecurityGroupName": (of.urn,)}) if linked else made


@pytest.mark.parametrize(
    ("deny", "expected"),
    [
        (rule_for("nsg"), set()),
        (rule_for("NSG", "RG", linked=False), set()),
        (rule_for("nsg-dmz"), {Verdict.VIOLATED}),
        (rule_for("nsg", "other", linked=False), {Verdict.VIOLATED}),
        (rule_for(UNKNOWN), {Verdict.OPEN}),
    ],
)
def test_a_deny_counts_for_the_nsg_that_it_names(deny: Resource, expected: set[Verdict]) -> None:
    assert verdicts("ssh-external", nsg(OPEN_22), deny) == expected


def test_nsgs_of_others_are_told_apart_by_group_and_name_without_case() -> None:
    allow = resource(
        NSG_RULE,
        "allow",
        {**OPEN_22, "networkSecurityGroupName": "Web", "resourceGroupName": "A"},
    )

    def deny(group_name: str) -> Resource:
        return rule_for("web", group_name, linked=False)

    assert verdicts("ssh-external", allow, deny("a")) == set()
    assert verdicts("ssh-external", allow, deny("b")) == {Verdict.VIOLATED}


def prefix_list(name: str, **inputs: object) -> Resource:
    held = {"addressFamily": "IPv4", "maxEntries": 2, "tags": {"a": "b"}, **inputs}
    return resource(PREFIX_LIST, name, held)._replace(id="pl-1")


WITH_LIST = group(
    "g", ingress=[{**inline(22, ANYWHERE), "cidrBlocks": [], "prefixListIds": ["pl-1"]}]
)
EVERYBODY = prefix_list("own", entries=[{"cidr": ANYWHERE}])


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([EVERYBODY], {Verdict.VIOLATED}),
        ([prefix_list("read")._replace(external=True, inputs={})], {Verdict.OPEN}),
        ([prefix_list("read")._replace(external=True, inputs={}), EVERYBODY], {Verdict.VIOLATED}),
        ([prefix_list("bare")], {Verdict.OPEN}),
        ([prefix_list("none", entries=[])], set()),
    ],
)
def test_the_members_of_a_list_are_those_of_whom_manages_it(lists, expected) -> None:
    assert verdicts("ssh-external", WITH_LIST, *lists) == expected


def test_an_entry_belongs_to_the_list_that_it_names() -> None:
    other = prefix_list("b")._replace(id="pl-2")
    made = resource(ENTRY, "e", {"prefixListId": "pl-1", "cidr": ANYWHERE})
    linked = made._replace(depends={"prefixListId": (other.urn,)})

    assert verdicts("ssh-external", WITH_LIST, prefix_list("a"), other, linked) == {
        Verdict.VIOLATED
    }
