"""Answers of `aws` and `az` become resources as the engine spells them, or are refused."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from segfw.catalog import load_catalog
from segfw.guardrails.view import View
from segfw.inventory import Inventory
from segfw.live import answers as bounds
from segfw.live import read_files, read_live
from segfw.problems import ProblemsFound
from tests.live.answers import acls, files_of, group_rules, groups, nsgs, of_type
from tests.shipped import SHIPPED, TODAY, planned

if TYPE_CHECKING:
    from segfw.inventory import Resource

AWS = [name for name in SHIPPED if name.startswith("aws")]
AZURE = [name for name in SHIPPED if name.startswith("azure")]
TRIED = "aws-prod-us-east-1"


def problems(*files: tuple[str, Any]) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read_files(
            (name, held if isinstance(held, str) else json.dumps(held)) for name, held in files
        )
    return [str(one) for one in found.value.problems]


def problem(held: Any) -> str:
    (one,) = problems(("a.json", held))
    return one


def without(held: Any, *path: str | int) -> Any:
    """A copy without what is at *path*."""
    made = copy.deepcopy(held)
    at = made
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return made


def changed(held: Any, value: object, *path: str | int) -> Any:
    made = copy.deepcopy(held)
    at = made
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return made


def said(one: Resource) -> tuple[str, frozenset[tuple[str, str]]]:
    """Type and inputs that decide about packets."""
    inputs = {k: v for k, v in one.inputs.items() if k not in ("description", "tags")}
    return one.type, frozenset((key, str(value)) for key, value in inputs.items())


@pytest.mark.parametrize("name", AWS)
@pytest.mark.parametrize("ids", [True, False])
def test_a_rule_is_one_resource_to_a_permission_and_far_end(name, ids):
    """As the plan has them: an independent writer made the answers from the plan's own."""
    plan = planned(name)
    inventory = read_files(files_of(plan, ids=ids)).inventory
    kinds = ("SecurityGroupIngressRule", "SecurityGroupEgressRule")
    rules = [one for one in inventory.resources if one.type.rpartition(":")[2] in kinds]
    wanted = [
        (
            one["type"],
            frozenset(
                (key, str(value))
                for key, value in one["inputs"].items()
                if key not in ("description", "__defaults")
            ),
        )
        for one in of_type(plan, *kinds)
    ]
    assert sorted(map(str, map(said, rules))) != []
    assert {said(one) for one in rules} == set(wanted)
    assert len(rules) == len(wanted)
    assert all(bool(one.id) is ids for one in rules)


@pytest.mark.parametrize("name", AWS)
def test_an_acl_has_its_own_entries_and_none_that_every_acl_ends_with(name):
    plan = planned(name)
    inventory = read_files(files_of(plan)).inventory
    there = {
        one.id: (one.inputs["ingress"], one.inputs["egress"], one.inputs["subnetIds"])
        for one in inventory.resources
        if one.type == "aws:ec2/networkAcl:NetworkAcl"
    }
    made = of_type(plan, "NetworkAcl")
    assert set(there) == {one["id"] for one in made}
    for one in made:
        ingress, egress, subnets = there[one["id"]]
        for side, held in (("ingress", ingress), ("egress", egress)):
            wanted = sorted(one["inputs"][side], key=lambda entry: entry["ruleNo"])
            assert [{k: str(v) for k, v in e.items()} for e in held] == [
                {k: str(v) for k, v in e.items()} for e in wanted
            ]
        assert subnets == sorted(one["inputs"]["subnetIds"])


@pytest.mark.parametrize("name", AZURE)
@pytest.mark.parametrize("arm", [True, False])
def test_an_nsg_is_the_same_in_the_words_of_az_and_of_arm(name, arm):
    plan = planned(name)
    inventory = read_live(json.dumps(nsgs(plan, arm=arm)), "nsgs.json")
    there = {one.name: one.inputs for one in inventory.resources}
    for one in of_type(plan, "NetworkSecurityGroup"):
        inputs = there[one["urn"].rpartition("::")[2]]
        assert inputs["resourceGroupName"] == one["inputs"]["resourceGroupName"]
        wanted = {rule["name"]: rule for rule in one["inputs"]["securityRules"]}
        assert {rule["name"]: rule for rule in inputs["securityRules"]} == wanted


def test_arms_own_list_stands_under_value_and_one_nsg_stands_alone():
    held = nsgs(planned("azure-prod-westeurope"), arm=True)
    assert len(read_live(json.dumps({"value": held}), "a").resources) == len(held)
    assert [one.name for one in read_live(json.dumps(held[0]), "a").resources] == [held[0]["name"]]


def test_guardrails_read_what_answers_describe():
    plan = planned(TRIED)
    view = View(read_files(files_of(plan)).inventory, load_catalog(), TODAY)
    assert sorted((one.kind, len(one.rules)) for one in view.holders) == [
        ("network ACL", 15),
        ("security group", 4),
        ("security group", 7),
        ("security group", 30),
    ]
    assert [rule.faults for one in view.holders for rule in one.rules if rule.faults] == []


def test_answers_may_follow_each_other_in_one_text():
    texts = files_of(planned(TRIED))
    together = read_live("\n".join(text for _, text in texts), "standard input")
    assert together.resources == read_files(texts).inventory.resources


def test_account_and_region_are_the_ones_that_answers_name():
    live = read_files(files_of(planned("aws-prod-eu-central-1")))
    assert (live.account, live.region) == ("111122223333", "eu-central-1")


def test_a_list_has_entries_only_where_an_answer_has_them():
    listed = {
        "PrefixLists": [
            {
                "PrefixListId": "pl-0a1",
                "AddressFamily": "IPv4",
                "PrefixListName": "admins",
                "MaxEntries": 5,
            }
        ]
    }
    entries = {"Entries": [{"Cidr": "10.1.0.0/24"}, {"Cidr": "10.2.0.0/24", "Description": "b"}]}
    (alone,) = read_live(json.dumps(listed), "lists.json").resources
    assert alone.external
    assert "entries" not in alone.inputs
    (both,) = read_files(
        [("lists.json", json.dumps(listed)), ("dir/pl-0a1.json", json.dumps(entries))]
    ).inventory.resources
    assert not both.external
    assert [one["cidr"] for one in both.inputs["entries"]] == ["10.1.0.0/24", "10.2.0.0/24"]
    assert "name the file by it" in problem(entries)


GROUPS = groups(planned(TRIED))
RULES = group_rules(planned(TRIED))
ACLS = acls(planned(TRIED))
NSGS = nsgs(planned("azure-prod-westeurope"))
AGAIN = "absent is not taken for any; write the whole answer, without --query: "


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        (GROUPS, ("SecurityGroups", 0, "GroupId")),
        (GROUPS, ("SecurityGroups", 0, "VpcId")),
        (GROUPS, ("SecurityGroups", 0, "OwnerId")),
        (GROUPS, ("SecurityGroups", 1, "IpPermissions")),
        (GROUPS, ("SecurityGroups", 1, "IpPermissionsEgress")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "IpProtocol")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "FromPort")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "ToPort")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "Ipv6Ranges")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "PrefixListIds")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "UserIdGroupPairs")),
        (GROUPS, ("SecurityGroups", 0, "IpPermissions", 1, "IpRanges", 0, "CidrIp")),
        (RULES, ("SecurityGroupRules", 0, "SecurityGroupRuleId")),
        (RULES, ("SecurityGroupRules", 0, "GroupId")),
        (RULES, ("SecurityGroupRules", 0, "IsEgress")),
        (RULES, ("SecurityGroupRules", 0, "IpProtocol")),
        (RULES, ("SecurityGroupRules", 0, "FromPort")),
        (ACLS, ("NetworkAcls", 0, "Entries")),
        (ACLS, ("NetworkAcls", 0, "Associations")),
        (ACLS, ("NetworkAcls", 0, "IsDefault")),
        (ACLS, ("NetworkAcls", 0, "Entries", 0, "RuleAction")),
        (ACLS, ("NetworkAcls", 0, "Entries", 0, "RuleNumber")),
        (ACLS, ("NetworkAcls", 0, "Entries", 0, "Egress")),
        (ACLS, ("NetworkAcls", 0, "Entries", 0, "Protocol")),
        (ACLS, ("NetworkAcls", 0, "Entries", 0, "PortRange")),
        (NSGS, (0, "name")),
        (NSGS, (0, "location")),
        (NSGS, (0, "securityRules", 0, "access")),
        (NSGS, (0, "securityRules", 0, "direction")),
        (NSGS, (0, "securityRules", 0, "priority")),
        (NSGS, (0, "securityRules", 0, "protocol")),
        (NSGS, (0, "securityRules", 0, "destinationAddressPrefix")),
        (NSGS, (0, "securityRules", 0, "sourcePortRange")),
        (NSGS, (0, "securityRules", 0, "destinationPortRange")),
    ],
)
def test_a_field_that_is_not_there_is_refused_with_its_path(answer, path):
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    said = problem(without(answer, *path))
    assert said.startswith(f"a.json: {where.removeprefix('.')}: it is not there, and ")
    assert AGAIN in said


def test_a_far_end_of_a_kind_that_is_not_known_is_refused_and_not_passed_over():
    """Passed over, a rule for anybody could hide in it."""
    path = ("SecurityGroups", 0, "IpPermissions", 1, "SomeNewRanges")
    said = problem(changed(GROUPS, [{"Any": True}], *path))
    assert said.startswith(
        "a.json: SecurityGroups[0].IpPermissions[1].SomeNewRanges: no such field of a permission"
    )
    assert problem(changed(RULES, "x", "SecurityGroupRules", 3, "CidrIpv8")).startswith(
        "a.json: SecurityGroupRules[3].CidrIpv8: no such field"
    )


def test_a_permission_without_a_far_end_is_not_one_for_anybody():
    permission = ("SecurityGroups", 0, "IpPermissions", 1)
    held = changed(GROUPS, [], *permission, "IpRanges")
    assert "names no far end, and absent is not taken for any" in problem(held)


def test_a_part_of_an_answer_is_refused():
    for key in ("NextToken", "nextLink"):
        assert problem({**GROUPS, key: "eyJ"}) == (
            f"a.json: {key}: the answer goes on after this part, and what is missing may open "
            "anything; write the whole one, without --max-items and --no-paginate: "
            "aws ec2 describe-security-groups --output json > groups.json"
        )
    assert "the JSON ends in the middle" in problem(json.dumps(GROUPS)[:-40])


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ("", "the file is empty"),
        ("  \n", "the file is empty"),
        ("hello", "this is no JSON (line 1, column 1)"),
        ("[]", "the subscription or resource group has no NSG"),
        ({}, "no answer of a shape that is read here"),
        ("null", "no answer of a shape that is read here"),
        ("3", "no answer of a shape that is read here"),
        ('"sg-1"', "no answer of a shape that is read here"),
        ([["sg-0123", "web"]], "no answer of a shape that is read here"),
        ({"Reservations": []}, "no answer of a shape that is read here (it has Reservations)"),
        ({"SecurityGroups": []}, "SecurityGroups: the answer is empty"),
        ({"SecurityGroups": {}}, "SecurityGroups: a list is needed here"),
        ({"SecurityGroups": ["sg-1"]}, "SecurityGroups[0]: a mapping is needed here"),
        ({"NetworkAcls": []}, "NetworkAcls: the answer is empty"),
        ('{"SecurityGroups": [], "SecurityGroups": []}', "the key is there twice"),
        ('{"SecurityGroups": NaN}', "NaN is no number of JSON"),
        ('{"SecurityGroups": ["\\ud800"]}', "half of a character"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_answer_is_refused(held, words):
    said = problem(held)
    assert said.startswith("a.json: ")
    assert words in said


def test_a_value_of_another_kind_is_refused():
    path = ("SecurityGroups", 0, "IpPermissions", 1)
    for value in ("22", True, 22.5, [22]):
        assert "a whole number is needed here" in problem(changed(GROUPS, value, *path, "FromPort"))
    assert "a text is needed here" in problem(changed(GROUPS, 6, *path, "IpProtocol"))
    assert "true or false is needed" in problem(
        changed(ACLS, "false", "NetworkAcls", 0, "Entries", 0, "Egress")
    )
    rule = (0, "securityRules", 0)
    assert "is no access of an NSG's rule" in problem(changed(NSGS, "Permit", *rule, "access"))
    assert "no id of an NSG" in problem(changed(NSGS, "/subscriptions/x/y", 0, "id"))
    assert "cannot be printed" in problem(
        changed(GROUPS, "web\x1b[2J", "SecurityGroups", 0, "GroupName")
    )


def test_two_rules_with_one_turn_or_name_are_refused():
    """No cloud has them, and nobody can say which decides."""
    entries = ACLS["NetworkAcls"][0]["Entries"]
    held = changed(ACLS, [*entries, entries[0]], "NetworkAcls", 0, "Entries")
    assert "two entries for ingress have one number" in problem(held)
    rules = NSGS[0]["securityRules"]
    turn = {**rules[0], "name": "another"}
    assert "two rules have one turn" in problem(changed(NSGS, [*rules, turn], 0, "securityRules"))
    name = {**rules[0], "priority": 4000}
    assert "two rules have one name" in problem(changed(NSGS, [*rules, name], 0, "securityRules"))


def test_a_protocol_by_number_is_the_one_by_keyword():
    path = ("SecurityGroups", 0, "IpPermissions", 2, "IpProtocol")
    assert GROUPS["SecurityGroups"][0]["IpPermissions"][2]["IpProtocol"] == "tcp"
    by_number = read_live(json.dumps(changed(GROUPS, "6", *path)), "a")
    assert by_number.resources == read_live(json.dumps(GROUPS), "a").resources


def test_a_field_beside_its_plural_is_refused():
    held = changed(NSGS, ["10.0.0.0/8"], 0, "securityRules", 0, "sourceAddressPrefixes")
    assert 'sourceAddressPrefixes: "sourceAddressPrefix" is there beside it' in problem(held)


def test_every_problem_is_told_at_once():
    broken = without(GROUPS, "SecurityGroups", 0, "VpcId")
    broken = without(broken, "SecurityGroups", 1, "GroupName")
    assert len(problems(("a.json", broken), ("b.json", {}))) == 3


def test_answers_of_several_accounts_regions_or_clouds_are_not_put_together():
    other = changed(GROUPS, "444455556666", "SecurityGroups", 0, "OwnerId")
    assert problem(other) == (
        'a.json: the answers are of several accounts: "111122223333" and "444455556666"; a stack '
        "has one. Ask for one of them, and give its answers alone."
    )
    arn = GROUPS["SecurityGroups"][0]["SecurityGroupArn"].replace("us-east-1", "eu-west-1")
    moved = changed(GROUPS, arn, "SecurityGroups", 0, "SecurityGroupArn")
    assert "several regions" in problem(moved)
    assert any("several clouds" in one for one in problems(("a", GROUPS), ("b", NSGS)))


def test_a_resource_is_given_once():
    group = GROUPS["SecurityGroups"][0]["GroupId"]
    said = problems(("a.json", GROUPS), ("b.json", GROUPS))
    assert said[0] == (
        f'b.json: SecurityGroups[0]: "{group}" is in a.json already; give each answer once.'
    )


def test_two_answers_that_tell_different_rules_are_refused():
    """One of them was asked later, or only in part: nobody can say which is right."""
    fewer = without(RULES, "SecurityGroupRules", 0)
    (said,) = problems(("groups.json", GROUPS), ("rules.json", fewer))
    group = RULES["SecurityGroupRules"][0]["GroupId"]
    assert said.startswith(f"rules.json: {group}: describe-security-groups tells ")
    assert f"--filters Name=group-id,Values={group}" in said
    wider = changed(RULES, "0.0.0.0/0", "SecurityGroupRules", 5, "CidrIpv4")
    assert len(problems(("groups.json", GROUPS), ("rules.json", wider))) == 1


def test_an_answer_over_the_limit_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_BYTES", 1000)
    assert "bytes are over the limit of 1,000; ask for fewer" in problem(GROUPS)


def test_a_group_of_which_only_the_rules_were_asked_is_there_with_them():
    inventory = read_live(json.dumps(RULES), "rules.json")
    assert isinstance(inventory, Inventory)
    there = {one.id for one in inventory.resources if one.type.endswith(":SecurityGroup")}
    assert there == {one["GroupId"] for one in RULES["SecurityGroupRules"]}


def test_names_of_a_type_are_told_apart_by_their_ids():
    held = copy.deepcopy(GROUPS)
    for one in held["SecurityGroups"]:
        one["Tags"] = [{"Key": "Name", "Value": "esa"}]
    inventory = read_live(json.dumps(held), "a")
    names = [one.name for one in inventory.resources if one.type.endswith(":SecurityGroup")]
    assert names == [f"esa ({one['GroupId']})" for one in held["SecurityGroups"]]


def nsg_with(**rule: Any) -> dict[str, Any]:
    held = nsgs(planned("azure-prod-westeurope"))[0]
    own = {
        "access": "Allow", "destinationAddressPrefix": "*", "destinationPortRange": "22",
        "direction": "Inbound", "name": "x", "priority": 100, "protocol": "Tcp",
        "sourceAddressPrefix": "*", "sourcePortRange": "*",
    }  # fmt: skip
    held["securityRules"] = [{**own, **rule}]
    inventory = read_live(json.dumps([held]), "nsgs.json")
    return inventory.resources[0].inputs["securityRules"][0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("10.1.2.3/24", "10.1.2.0/24"),
        ("any", "*"),
        ("virtualnetwork", "VirtualNetwork"),
        ("Storage.WestEurope", "Storage.WestEurope"),
    ],
)
def test_addresses_of_an_nsg_are_read_as_arm_reads_them(written, read):
    """Without a length, with host bits, in other letters: a user may write each, and ARM answers so."""
    assert nsg_with(sourceAddressPrefix=written)["sourceAddressPrefix"] == read
    several = nsg_with(sourceAddressPrefix=None, sourceAddressPrefixes=[written, "10.9.0.0/24"])
    if read == "*":
        assert several["sourceAddressPrefix"] == "*"
    else:
        assert several["sourceAddressPrefixes"] == sorted([read, "10.9.0.0/24"])


def test_all_source_ports_by_number_are_any():
    assert nsg_with(sourcePortRange="0-65535")["sourcePortRange"] == "*"
    assert nsg_with(sourcePortRange="1024-65535")["sourcePortRange"] == "1024-65535"


def test_all_of_icmpv6_is_one_rule_in_both_answers():
    """describe-security-groups may leave out what describe-security-group-rules writes as -1."""
    held, told = copy.deepcopy(GROUPS), copy.deepcopy(RULES)
    group = held["SecurityGroups"][0]
    ends = {"UserIdGroupPairs": [], "IpRanges": [], "PrefixListIds": []}
    group["IpPermissions"].append(
        {"IpProtocol": "icmpv6", **ends, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    )
    told["SecurityGroupRules"].append(
        {
            "SecurityGroupRuleId": "sgr-0six", "GroupId": group["GroupId"], "IsEgress": False,
            "GroupOwnerId": group["OwnerId"], "IpProtocol": "icmpv6", "FromPort": -1,
            "ToPort": -1, "CidrIpv6": "::/0",
        }
    )  # fmt: skip
    inventory = read_files([("g", json.dumps(held)), ("r", json.dumps(told))]).inventory
    assert "sgr-0six" in {one.id for one in inventory.resources}
