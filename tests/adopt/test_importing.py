"""The import file gives every resource the URN that the program gives it."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path

import pytest

from segfw.adopt import adopt
from segfw.adopt.importing import FIREWALL_NAME, import_file, import_of
from segfw.adopt.sections import commands_of
from segfw.live import read_files
from tests.adopt.clouds import adopted, drop, rule
from tests.live.answers import files_of, group_rules, groups, interfaces, texts
from tests.shipped import SHIPPED, planned
from tests.states import cloud_id, resources_of

PLAN = planned("aws-prod-us-east-1")
ROOT = Path(__file__).resolve().parents[2]
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def taken(found, defaults=frozenset()):
    return import_of(found, defaults, FIREWALL_NAME)


def urns(made, stack):
    """URNs as the engine makes them: the types above, joined by ``$``, and the logical name.

    pulumi/pulumi pkg/cmd/pulumi/operations/import.go, `parseImportFile`: the parent is looked
    up by ``name``, the URN is made of ``logicalName``.
    """
    by_name = {one["name"]: one for one in made["resources"]}
    assert len(by_name) == len(made["resources"]), "a name that two have is ambiguous"

    def types(one):
        above = types(by_name[one["parent"]]) if "parent" in one else []
        return [*above, one["type"]]

    return {
        f"urn:pulumi:{stack}::seg-firewall::{'$'.join(types(one))}::{one['logicalName']}": one
        for one in made["resources"]
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_every_urn_and_id_is_the_one_of_the_stack_itself(name):
    """A shipped stack's own state says both."""
    plan = planned(name)
    made = urns(import_file(taken(adopted(plan)).entries, {}), name)
    state = {one["urn"]: one for one in resources_of(plan) if not one["type"].startswith("pulumi:")}
    assert set(made) == set(state)
    for urn, one in made.items():
        held = state[urn]
        assert one["type"] == held["type"]
        assert one.get("component", False) is not held["custom"]
        if held["type"].endswith("Attachment"):
            ends = held["inputs"]
            assert one["id"] == f"{ends['networkInterfaceId']}_{ends['securityGroupId']}"
        elif held["type"].endswith("Exclusive"):
            assert one["id"] == held["inputs"]["securityGroupId"]
        elif held["custom"]:
            assert one["id"] == held["id"]


def test_the_firewall_has_the_name_that_the_shipped_program_gives_it():
    tree = ast.parse((ROOT / "__main__.py").read_text("utf-8"))
    (call,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Firewall")
    )
    assert ast.literal_eval(call.args[0]) == FIREWALL_NAME


def test_versions_are_the_ones_of_the_program_and_components_have_none():
    made = import_file(taken(adopted(PLAN)).entries, {"aws": "7.51.1"})["resources"]
    assert {one.get("version") for one in made if "id" in one} == {"7.51.1"}
    assert all("version" not in one for one in made if "component" in one)


def test_what_the_cloud_lacks_is_made_and_what_only_it_has_is_revoked():
    def edit(held):
        drop(held, "management-in-tcp-22-10.40.8.4_32")
        rule(held, "public", "rdp", fromPort=3389, toPort=3389, cidrIpv4="10.0.0.0/8")

    made = taken(adopted(PLAN, edit))
    assert made.created == ("management-in-tcp-22-10.40.8.4_32",)
    assert [one.existing.name for one in made.revoked] == ["sgr-rdp"]
    assert "sgr-rdp" not in {one.id for one in made.entries}
    assert made.kept == ()


def test_a_rule_of_another_form_is_not_imported_and_is_revoked():
    """Its meaning stays: the stack's own rule is made beside it first."""

    def edit(held):
        drop(held, "management-in-tcp-443-10.40.0.0_26")
        for half in ("10.40.0.0/27", "10.40.0.32/27"):
            rule(held, "management", half[:-3], fromPort=443, toPort=443, cidrIpv4=half)

    made = taken(adopted(PLAN, edit))
    assert made.created == ("management-in-tcp-443-10.40.0.0_26",)
    assert len(made.revoked) == 2


def answers(plan, held, ids=True):
    said = [("groups.json", held), ("interfaces.json", interfaces(plan))]
    if ids:
        said.append(("rules.json", group_rules(plan)))
    return read_files(texts(said))


def test_without_the_rules_ids_nothing_is_imported_and_the_command_is_told():
    live = read_files(files_of(PLAN, ids=False))
    made = taken(adopt(PLAN, live.inventory, (), "a"))
    groups_ = sorted(cloud_id(GROUP, name) for name in ("management", "private", "public"))
    (said,) = made.lacking
    assert "InvalidPermission.Duplicate" in said
    assert f"Name=group-id,Values={','.join(groups_)}" in said


def test_without_the_network_interfaces_nothing_is_imported_where_the_stack_attaches():
    live = read_files([one for one in files_of(PLAN) if one[0] != "interfaces.json"])
    (said,) = taken(adopt(PLAN, live.inventory, (), "a")).lacking
    assert "describe-network-interfaces" in said
    assert "cannot be attached again" in said


def test_the_networks_own_group_is_left_alone_and_told():
    held = copy.deepcopy(groups(PLAN))
    own = next(one for one in held["SecurityGroups"] if one["GroupId"] == cloud_id(GROUP, "public"))
    own["GroupName"] = "default"
    live = answers(PLAN, held)
    made = taken(adopt(PLAN, live.inventory, (), "a"), live.defaults)
    assert cloud_id(GROUP, "public") not in {one.id for one in made.entries}
    assert any("is the network's own and cannot be a stack's" in one for one in made.left)
    assert "public" in made.created


def test_a_group_more_than_the_stack_has_stays_and_is_told():
    held = copy.deepcopy(groups(PLAN))
    extra = {
        **copy.deepcopy(held["SecurityGroups"][0]),
        "GroupId": "sg-0extra",
        "IpPermissions": [],
    }
    extra["IpPermissionsEgress"] = []
    extra["Tags"] = [{"Key": "Name", "Value": "public"}]
    held["SecurityGroups"].append(extra)
    live = answers(PLAN, held)
    made = taken(adopt(PLAN, live.inventory, (), "a"))
    assert any(
        one.startswith('security group "public" (sg-0extra) is one more') for one in made.left
    )
    assert "sg-0extra" not in {one.id for one in made.entries}


def test_rules_stay_beside_the_stacks_where_its_groups_are_not_exclusive():
    from tests.review.planning import plan_of

    plan = plan_of(
        "config:\n  seg-firewall:interfaces: {management: {securityGroup: {exclusive: false}}}\n"
        "  seg-firewall:features: {ssh-admin: {}}\n"
    )
    found = adopted(
        plan,
        lambda held: rule(
            held, "management", "x", fromPort=3389, toPort=3389, cidrIpv4="10.0.0.0/8"
        ),
    )
    made = taken(found)
    assert made.revoked == ()
    assert [one.existing.name for one in made.kept] == ["sgr-x"]


def test_the_commands_are_in_the_order_in_which_they_work():
    said = commands_of("dev", "import.json")
    assert [one.split(" --")[0] for one in said] == [
        "pulumi stack init dev",
        "pulumi import",
        "pulumi stack export",
        "segfw diff dev",
        "pulumi preview",
    ]
    assert "--protect=false" in said[1]


def test_a_file_for_the_engine_is_plain_json():
    made = import_file(taken(adopted(PLAN)).entries, {"aws": "7.51.1"})
    assert json.loads(json.dumps(made)) == made


def with_a_list():
    from tests.review.planning import plan_of

    return plan_of("config:\n  seg-firewall:features: {pmtu: false, talos: {prefixList: true}}\n")


def test_a_prefix_list_of_the_stack_is_found_by_its_entries_and_imported():
    """Its id is the cloud's; rules with it are the same rules."""
    plan = with_a_list()
    live = read_files(files_of(plan))
    found = adopt(plan, live.inventory, (), "a")
    made = taken(found)
    assert found.explained
    assert (made.created, found.openings) == ((), ())
    (entry,) = (one for one in made.entries if one.type.endswith(":ManagedPrefixList"))
    assert entry.name in plan.specs["prefix-lists"][0].name
    assert entry.id.startswith("pl-")


def test_a_prefix_list_whose_entries_nobody_asked_for_explains_nothing():
    plan = with_a_list()
    files = [one for one in files_of(plan) if not one[0].startswith("pl-")]
    found = adopt(plan, read_files(files).inventory, (), "a")
    assert not found.explained
    assert found.openings


def test_what_a_group_more_than_the_stack_has_lets_through_is_not_revoked():
    def edit(held):
        (public,) = (
            one
            for one in held
            if one["type"] == GROUP and one["urn"].endswith("::public") and one["custom"]
        )
        held.append({**public, "urn": public["urn"] + "-b", "id": "sg-0b"})
        rule(held, "public-b", "rdp", fromPort=3389, toPort=3389, cidrIpv4="10.0.0.0/8")

    found = adopted(PLAN, edit)
    assert [one.existing.name for one in found.explanations if not one.kind.explained] == [
        "sgr-rdp"
    ]
    made = taken(found)
    assert (made.revoked, made.kept) == ((), ())
    assert not any(one.id == "sg-0b" for one in made.entries)


def test_a_group_that_only_its_rules_place_is_not_imported_until_somebody_says_so():
    """Who imports it owns it, and its other rules would go."""
    from tests.review.planning import plan_of

    plan = plan_of(
        "config:\n  seg-firewall:interfaces: {management: {}}\n"
        "  seg-firewall:features: {ssh-admin: {}}\n"
    )
    files = [one for one in files_of(plan, tagged=False) if one[0] != "interfaces.json"]
    live = read_files(files)
    guessed = [one for one in adopt(plan, live.inventory, (), "a").placing.placed if one.guessed]
    assert guessed
    said = [f"{one.interface}={one.held.id}" for one in guessed]
    lacking = taken(adopt(plan, live.inventory, (), "a")).lacking
    assert [one.endswith(f"--at {s}") for one, s in zip(lacking, said, strict=True)]
    assert taken(adopt(plan, live.inventory, said, "a")).lacking == ()


def test_an_nsg_of_another_resource_group_is_not_imported():
    """An update cannot move it: azure-native replaces it, and the old one goes."""
    plan = planned("azure-prod-westeurope")
    ((name, text),) = files_of(plan)
    live = read_files([(name, text.replace("rg-mail-prod-westeurope", "rg-old"))])
    said = [f"{one}={one}" for one in plan.settings.interfaces]
    lacking = taken(adopt(plan, live.inventory, said, "a")).lacking
    assert len(lacking) == len(said)
    assert 'NSG "management" (rg-old) is in resource group "rg-old"' in lacking[0]
    other_letters = read_files([(name, text.replace("rg-mail-prod", "RG-Mail-PROD"))])
    assert taken(adopt(plan, other_letters.inventory, (), "a")).lacking == ()


def test_azures_own_rules_are_not_revoked():
    plan = planned("azure-prod-westeurope")
    ((name, text),) = files_of(plan)
    held = json.loads(text)
    held[0]["securityRules"] = [r for r in held[0]["securityRules"] if r["access"] == "Allow"]
    found = adopt(plan, read_files([(name, json.dumps(held))]).inventory, (), "a")
    assert any(one.existing.default for one in found.explanations)
    assert taken(found).revoked == ()


def test_a_group_that_another_interface_has_too_is_told():
    on = interfaces(PLAN)
    shared = {"GroupId": cloud_id(GROUP, "management"), "GroupName": "some"}
    eni = next(iter(PLAN.settings.interfaces["public"].security_group.attach.values()))
    next(o for o in on["NetworkInterfaces"] if o["NetworkInterfaceId"] == eni)["Groups"] += [shared]
    said = [("groups.json", groups(PLAN)), ("interfaces.json", on), ("r.json", group_rules(PLAN))]
    made = taken(adopt(PLAN, read_files(texts(said)).inventory, (), "a"))
    (told,) = (one for one in made.left if "too" in one)
    assert f'is at "public" too (it is on {eni}), and becomes the one of "management"' in told
