"""Where a group, ACL or NSG of a cloud belongs is told by the first thing that says so."""

from __future__ import annotations

import copy
import json

from segfw.inventory import inventory_of_state
from segfw.live import read_files
from segfw.live.placing import Placing, everywhere, place
from segfw.state import read_state
from tests.live.answers import acls, groups, interfaces, nsgs
from tests.shipped import planned
from tests.states import cloud_id, exported

PLAN = planned("aws-prod-us-east-1")
GROUP = "aws:ec2/securityGroup:SecurityGroup"
IDS = {name: cloud_id(GROUP, name) for name in ("management", "private", "public")}


def placed(plan, *files, said=()):
    """Ids to interface and reason."""
    texts = [(f"{n}.json", json.dumps(held)) for n, held in enumerate(files)]
    found = place(plan, read_files(texts).inventory, said)
    assert isinstance(found, Placing)
    there = {one.held.id: (one.interface, one.why) for one in found.placed}
    return there, {held.id: why for held, why in found.unplaced}


def named(name, value):
    """The groups with another name, and the ``Name`` tag that says it."""
    held = copy.deepcopy(groups(PLAN, tagged=False))
    for one in held["SecurityGroups"]:
        if one["GroupId"] == IDS[name]:
            one["Tags"] = [{"Key": "Name", "Value": value}]
    return held


def refused(*said):
    texts = [("groups.json", json.dumps(groups(PLAN)))]
    found = place(PLAN, read_files(texts).inventory, said)
    assert isinstance(found, list)
    return [str(one) for one in found]


def test_a_state_of_ours_says_it_by_the_component_above():
    inventory = inventory_of_state(read_state(exported(PLAN), "state.json"))
    found = place(PLAN, inventory)
    assert isinstance(found, Placing)
    assert {(one.held.id, one.interface) for one in found.placed} >= {
        (id_, name) for name, id_ in IDS.items()
    }
    assert {one.why for one in found.placed} == {"the component above it in the state"}


def test_what_the_user_says_goes_before_all_else():
    there, _ = placed(PLAN, groups(PLAN), interfaces(PLAN), said=[f"private={IDS['public']}"])
    assert there[IDS["public"]] == ("private", "you say so")
    assert there[IDS["management"]][0] == "management"


def test_the_network_interface_that_it_is_on_goes_before_its_name():
    held = named("public", "private")
    there, _ = placed(PLAN, held, interfaces(PLAN))
    assert there[IDS["public"]][0] == "public"
    assert there[IDS["public"]][1].startswith("it is on eni-")
    alone, _ = placed(PLAN, held)
    assert alone[IDS["public"]] == ("private", 'it is named "private"')


def test_an_acl_is_where_its_subnets_are():
    there, _ = placed(PLAN, acls(PLAN, tagged=False))
    assert [(interface, why[:16]) for interface, why in there.values()] == [
        ("public", "it is on subnet-")
    ]


def test_the_tag_of_another_stack_says_nothing():
    held = named("public", "private")
    for one in held["SecurityGroups"]:
        one.setdefault("Tags", []).append({"Key": "seg-firewall:stack", "Value": "another"})
    there, _ = placed(PLAN, held)
    assert there[IDS["public"]] == ("public", "100% of its rules are what the interface needs")


def test_without_a_name_the_flows_say_it():
    there, left = placed(PLAN, groups(PLAN, tagged=False))
    assert left == {}
    assert {id_: interface for id_, (interface, _) in there.items()} == {
        id_: name for name, id_ in IDS.items()
    }


def test_what_fits_no_interface_is_placed_nowhere():
    held = groups(PLAN, tagged=False)
    (public,) = (one for one in held["SecurityGroups"] if one["GroupId"] == IDS["public"])
    for side in ("IpPermissions", "IpPermissionsEgress"):
        for one in public[side]:
            if one["IpProtocol"] == "tcp":
                one["FromPort"], one["ToPort"] = 3389, 3389
    _, left = placed(PLAN, held)
    assert set(left) == {IDS["public"]}
    assert left[IDS["public"]].startswith("most of its rules fit no interface: say --at ")


def test_what_fits_two_interfaces_equally_is_placed_nowhere_and_both_are_named():
    """Path MTU is on every interface."""
    held = groups(PLAN, tagged=False)
    (public,) = (one for one in held["SecurityGroups"] if one["GroupId"] == IDS["public"])
    public["IpPermissionsEgress"] = []
    public["IpPermissions"] = [p for p in public["IpPermissions"] if p["IpProtocol"] == "icmp"]
    _, left = placed(PLAN, held)
    assert left[IDS["public"]] == (
        'its rules fit "management", "private" and "public" equally: say --at INTERFACE=ID with '
        'one of "management", "private" and "public"'
    )


def test_another_vpc_is_another_network():
    held = groups(PLAN)
    held["SecurityGroups"][0]["VpcId"] = "vpc-0ffffffffffffffff"
    id_ = held["SecurityGroups"][0]["GroupId"]
    _, left = placed(PLAN, held)
    assert left[id_] == (
        "no interface of the stack has such a security group in vpc-0ffffffffffffffff"
    )


def test_an_nsg_is_placed_by_its_name():
    plan = planned("azure-prod-westeurope")
    there, left = placed(plan, nsgs(plan))
    assert left == {}
    assert {interface for interface, _ in there.values()} == set(plan.settings.interfaces)


def test_words_that_place_nothing_are_told_with_what_there_is():
    group = IDS["public"]
    assert refused("public") == [
        "--at: public: an interface and an id are needed, as in management=sg-0123."
    ]
    assert refused(f"pubic={group}") == [
        f'--at: pubic={group}: no such interface; did you mean "public"?'
    ]
    assert refused(f"public={group}x")[0].startswith(
        f'--at: public={group}x: no such group, ACL or NSG in the files; did you mean "'
    )
    assert len(refused("public", f"pubic={group}")) == 2


def test_a_group_of_another_vpc_cannot_be_said_to_be_at_an_interface():
    held = groups(PLAN)
    held["SecurityGroups"][0]["VpcId"] = "vpc-0ff"
    id_ = held["SecurityGroups"][0]["GroupId"]
    vpc = PLAN.settings.interfaces["public"].vpc
    found = place(PLAN, read_files([("a", json.dumps(held))]).inventory, [f"public={id_}"])
    assert isinstance(found, list)
    assert f'{id_} is in vpc-0ff, and "public" is in {vpc}; ' in str(found[0])


def test_one_thing_is_said_to_be_at_one_interface():
    group = IDS["public"]
    (said,) = refused(f"public={group}", f"private={group}")
    assert said.endswith(f'{group} is said to be at "public" already; say one of them.')


def test_an_acl_that_the_stack_has_not_is_placed_only_where_that_is_asked():
    said = [f"private={acls(PLAN)['NetworkAcls'][0]['NetworkAclId']}"]
    inventory = read_files([("acls.json", json.dumps(acls(PLAN)))]).inventory
    assert isinstance(place(PLAN, inventory, said), list)
    found = place(PLAN, inventory, said, unplanned=True)
    assert isinstance(found, Placing)
    assert [(one.interface, one.guessed) for one in found.placed] == [("private", False)]


def test_the_letters_of_a_resource_group_say_nothing():
    """Azure, "Naming rules and restrictions": names of resource groups have no case."""
    plan = planned("azure-prod-westeurope")
    held = json.loads(json.dumps(nsgs(plan)).replace("rg-mail-prod", "RG-Mail-PROD"))
    there, left = placed(plan, held)
    assert left == {}
    assert {interface for interface, _ in there.values()} == set(plan.settings.interfaces)


def test_a_group_that_two_interfaces_share_is_at_both():
    on = interfaces(PLAN)
    shared = {"GroupId": IDS["management"], "GroupName": "some"}
    eni = next(iter(PLAN.settings.interfaces["public"].security_group.attach.values()))
    for one in on["NetworkInterfaces"]:
        if one["NetworkInterfaceId"] == eni:
            one["Groups"].append(shared)
    texts = [("g.json", json.dumps(groups(PLAN))), ("i.json", json.dumps(on))]
    inventory = read_files(texts).inventory
    there = [o.interface for o in everywhere(PLAN, inventory) if o.held.id == IDS["management"]]
    assert there == ["management", "public"]


def test_a_group_that_is_on_no_network_interface_of_the_stack_is_not_guessed_to_be():
    """It may be of another application, whose rules an import would take away."""
    held = groups(PLAN, tagged=False)
    other = copy.deepcopy(held["SecurityGroups"][0])
    other["GroupId"], other["GroupName"] = "sg-0other", "web"
    held["SecurityGroups"].append(other)
    there, left = placed(PLAN, held, interfaces(PLAN))
    assert set(there) == set(IDS.values())
    assert left == {
        "sg-0other": "it is on none of the stack's network interfaces, by what the cloud says"
    }


def test_a_name_that_pulumi_made_up_is_the_interfaces():
    """Auto-naming: the logical name with random hexadecimal digits behind it."""
    plan = planned("azure-prod-westeurope")
    held = nsgs(plan)
    for one in held:
        one["name"] += "5f0e1d2c"
        one["id"] += "5f0e1d2c"
    texts = [("n.json", json.dumps(held))]
    found = place(plan, read_files(texts).inventory)
    assert isinstance(found, Placing)
    assert {(one.interface, one.guessed) for one in found.placed} == {
        (name, False) for name in plan.settings.interfaces
    }
