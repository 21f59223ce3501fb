"""Why each rule of a cloud is there, exactly: told by what it lets through, never by its name."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from segfw.adopt import adopt
from segfw.adopt.explaining import Kind
from segfw.adopt.words import own_reasons
from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.live import read_files
from segfw.problems import ProblemsFound
from segfw.sets.addresses import Family
from segfw.sets.headerspace import Packet
from tests.adopt.clouds import adopted, drop, one_of, rule
from tests.live.answers import files_of, nsgs
from tests.oracles import naive
from tests.oracles.packets import Packet as Oracle
from tests.oracles.packets import span
from tests.review.planning import plan_of
from tests.settings.reading import ON_AWS
from tests.shipped import SHIPPED, planned
from tests.states import cloud_id

PLAN = planned("aws-prod-us-east-1")
AZURE = planned("azure-prod-westeurope")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_stacks_own_state_is_explained_rule_by_rule(name):
    plan = planned(name)
    found = adopted(plan)
    assert {one.kind for one in found.explanations} == {Kind.SAME}
    assert found.explained
    assert (found.openings, found.absent, found.placing.unplaced) == ((), (), ())
    rules = sum(1 for one in plan.rule_sets for _ in one.rules)
    assert len(found.explanations) == rules


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("tagged", [True, False])
def test_so_is_what_its_cloud_answers(name, tagged):
    plan = planned(name)
    found = adopt(plan, read_files(files_of(plan, tagged=tagged)).inventory, (), "a")
    assert {one.kind for one in found.explanations} == {Kind.SAME}
    assert found.explained
    assert found.openings == ()


def test_the_same_rule_says_feature_row_and_network():
    found = one_of(adopted(PLAN), "in tcp 22 from 10.40.8.4/32")
    (reason,) = found.reasons
    assert found.same == "management-in-tcp-22-10.40.8.4_32"
    assert (reason.purposes, reason.networks) == (("ssh-admin (row 2)",), ("bastion",))
    assert reason.whole


def test_a_rule_that_lets_through_all_that_a_feature_needs_and_more_is_too_wide():
    """10.40.8.0/24 holds the bastion's two addresses, and 254 others."""

    def edit(held):
        drop(held, "management-in-tcp-22-10.40.8.4_32")
        drop(held, "management-in-tcp-22-10.40.8.5_32")
        rule(held, "management", "wide", fromPort=22, toPort=22, cidrIpv4="10.40.8.0/24")

    found = adopted(PLAN, edit)
    wide = one_of(found, "in tcp 22 from 10.40.8.0/24")
    assert wide.kind is Kind.WIDER
    assert {one.rule.name for one in wide.reasons} == {
        "management-in-tcp-22-10.40.8.4_32",
        "management-in-tcp-22-10.40.8.5_32",
    }
    ((side, beyond),) = wide.beyond.items()
    assert side == (Direction.INGRESS, Family.IPV4)
    assert beyond.size() == 254
    assert found.openings == ()
    assert not found.explained


def test_a_rule_of_which_a_part_is_needed_is_explained_by_that_part():
    """`gui-https` is for 10.40.0.0/26: the half of it that the rule has, and 10.41 for nothing."""

    def edit(held):
        drop(held, "management-in-tcp-443-10.40.0.0_26")
        rule(held, "management", "half", fromPort=443, toPort=444, cidrIpv4="10.40.0.0/27")

    found = adopted(PLAN, edit)
    half = one_of(found, "in tcp 443-444 from 10.40.0.0/27")
    assert half.kind is Kind.PARTLY
    (reason,) = half.reasons
    assert reason.rule.name == "management-in-tcp-443-10.40.0.0_26"
    assert not reason.whole
    assert [space.size() for space in reason.part.values()] == [32]
    assert [space.size() for space in half.beyond.values()] == [32]
    (opening,) = found.openings
    assert opening.rule.name == "management-in-tcp-443-10.40.0.0_26"
    assert [str(space) for space in opening.spaces.values()] == ["tcp 443: 10.40.0.32/27"]


def test_a_rule_that_nothing_needs_stays_unexplained_with_all_of_it():
    found = adopted(
        PLAN,
        lambda held: rule(held, "public", "rdp", fromPort=3389, toPort=3389, cidrIpv4="0.0.0.0/0"),
    )
    rdp = one_of(found, "in tcp 3389 from 0.0.0.0/0")
    assert (rdp.kind, rdp.reasons) == (Kind.UNEXPLAINED, ())
    assert [str(space) for space in rdp.beyond.values()] == ["tcp 3389: 0.0.0.0/0"]


def test_two_halves_of_a_rule_are_explained_and_neither_is_the_same_rule():
    def edit(held):
        drop(held, "management-in-tcp-443-10.40.0.0_26")
        for half in ("10.40.0.0/27", "10.40.0.32/27"):
            rule(held, "management", half[:-3], fromPort=443, toPort=443, cidrIpv4=half)

    found = adopted(PLAN, edit)
    assert one_of(found, "in tcp 443 from 10.40.0.0/27").kind is Kind.COVERED
    assert one_of(found, "in tcp 443 from 10.40.0.32/27").kind is Kind.COVERED
    assert (found.explained, found.openings) == (True, ())


def test_a_rule_that_is_gone_is_what_the_stack_would_open():
    found = adopted(PLAN, lambda held: drop(held, "public-in-tcp-25-0.0.0.0_0"))
    (opening,) = found.openings
    assert (opening.point, opening.interface) == (Point.SECURITY_GROUP, "public")
    assert [str(space) for space in opening.spaces.values()] == ["tcp 25: 0.0.0.0/0"]
    assert found.explained, "what is there is all explained"


def test_a_rule_by_reference_to_another_group_is_not_one_for_the_group_itself():
    plan = plan_of(
        "config:\n  seg-firewall:networks: {others: {aws: {securityGroup: sg-0abc}, "
        "prefixes: [10.77.0.0/28]}}\n"
        "  seg-firewall:features: {pmtu: false, ssh-admin: {from: [others]}}\n",
        ON_AWS,
    )
    assert {one.kind for one in adopted(plan).explanations} == {Kind.SAME}

    def edit(held):
        drop(held, "management-in-tcp-22-others")
        own = cloud_id("aws:ec2/securityGroup:SecurityGroup", "management")
        rule(held, "management", "x", fromPort=22, toPort=22, referencedSecurityGroupId=own)

    found = adopted(plan, edit)
    kinds = {one.kind for one in found.explanations}
    assert Kind.UNEXPLAINED in kinds
    assert [one.rule.name for one in found.openings] == ["management-in-tcp-22-others"]


def acl(held):
    (one,) = (one for one in held if one["type"].endswith(":NetworkAcl"))
    return one["inputs"]


def test_an_entry_behind_one_that_decides_all_of_it_decides_nothing():
    def edit(held):
        entry = {"protocol": "6", "fromPort": 25, "toPort": 25, "action": "allow"}
        acl(held)["ingress"].append({**entry, "ruleNo": 32000, "cidrBlock": "10.0.0.0/8"})

    found = one_of(adopted(PLAN, edit), "in tcp 25 from 10.0.0.0/8")
    assert (found.kind, found.beyond) == (Kind.IDLE, {})


def test_an_entry_that_denies_what_the_stack_lets_through_is_told():
    def edit(held):
        entry = {"protocol": "6", "fromPort": 25, "toPort": 25, "action": "deny"}
        acl(held)["ingress"].insert(0, {**entry, "ruleNo": 1, "cidrBlock": "203.0.113.0/24"})

    found = adopted(PLAN, edit)
    denied = one_of(found, "deny in tcp 25 from 203.0.113.0/24")
    assert denied.kind is Kind.OVERRULED
    assert [str(space) for space in denied.beyond.values()] == ["tcp 25: 203.0.113.0/24"]
    assert [str(s) for one in found.openings for s in one.spaces.values()] == [
        "tcp 25: 203.0.113.0/24"
    ]


def azure(edit):
    held = nsgs(AZURE)
    edit({one["name"]: one["securityRules"] for one in held})
    return adopt(AZURE, read_files([("a", json.dumps(held))]).inventory, (), "a")


def closing(rules, direction):
    return max((r for r in rules if r["direction"] == direction), key=lambda r: r["priority"])


def test_what_azure_lets_through_by_itself_is_told_where_nothing_denies_it_first():
    def edit(rules):
        rules["public"].remove(closing(rules["public"], "Inbound"))

    found = azure(edit)
    own = {one.existing.name for one in found.explanations if one.existing.default}
    assert own == {"AllowVnetInBound", "AllowAzureLoadBalancerInBound"}
    assert not found.explained


def test_a_rule_towards_one_address_of_the_gateway_is_read_as_wide_as_it_may_be():
    """And never as surely there: what it lets through is still told as newly open."""

    def edit(rules):
        (mail,) = (
            r for r in rules["public"]
            if r["destinationPortRange"] == "25" and r.get("sourceAddressPrefix") == "0.0.0.0/0"
        )  # fmt: skip
        mail["destinationAddressPrefix"] = "10.50.101.4/32"

    found = azure(edit)
    (one,) = (one for one in found.explanations if one.existing.narrowed)
    assert one.existing.narrowed == "only destination 10.50.101.4/32"
    assert one.kind is Kind.COVERED, "never the same: it is narrower"
    assert any(
        str(space).startswith("tcp 25: ")
        for opening in found.openings
        for space in opening.spaces.values()
    )


def test_a_deny_from_one_source_port_surely_denies_nothing():
    def edit(rules):
        rules["public"].append(
            {
                **closing(rules["public"], "Inbound"),
                "name": "odd",
                "priority": 100,
                "sourcePortRange": "1",
            }
        )

    found = azure(edit)
    odd = next(one for one in found.explanations if one.existing.name == "odd")
    assert odd.existing.narrowed == "only source port 1"
    assert odd.kind is Kind.OVERRULED
    others = [one for one in found.explanations if one is not odd]
    assert {one.kind for one in others} == {Kind.SAME}


def test_a_rule_that_no_cloud_can_have_is_told_and_left_out():
    found = adopted(
        PLAN, lambda held: rule(held, "public", "x", fromPort=9, toPort=1, cidrIpv4="0.0.0.0/0")
    )
    odd = next(one for one in found.explanations if one.kind is Kind.UNREADABLE)
    assert odd.existing.fault == "ports 9-1 are no range"
    assert not found.explained


def test_resources_of_another_cloud_or_form_are_refused():
    with pytest.raises(ProblemsFound, match="resources are of another cloud"):
        adopt(PLAN, read_files(files_of(AZURE)).inventory, (), "a")

    def legacy(held):
        rule(held, "public", "old", fromPort=22, toPort=22, cidrIpv4="10.0.0.0/8")
        held[-1]["type"] = "aws:ec2/securityGroupRule:SecurityGroupRule"

    with pytest.raises(ProblemsFound, match=r'"old".* in a form that is not read here'):
        adopted(PLAN, legacy)


def test_two_acls_of_one_subnet_are_refused_with_what_to_say():
    def twice(held):
        (one,) = (one for one in held if one["type"].endswith(":NetworkAcl"))
        held.append({**one, "urn": one["urn"] + "-b", "id": "acl-b"})

    with pytest.raises(ProblemsFound, match="which has one network ACL; say which with --at"):
        adopted(PLAN, twice)


# Against the naive evaluator, packet by packet.

CIDRS = ["0.0.0.0/0", "10.40.0.0/16", "10.40.8.4/31", "10.20.100.10/32", "203.0.113.0/24"]
PORTS = [(22, 22), (20, 30), (25, 25), (443, 4431), (0, 65535), (3389, 3389)]
WAYS = {"ingress": Direction.INGRESS, "egress": Direction.EGRESS}
REMOTES = sorted(
    {edge for cidr in (*CIDRS, "10.40.0.0/26", "10.40.24.10/32") for edge in span(cidr)[1:]}
)
VALUES = [0, 20, 21, 22, 23, 25, 30, 53, 443, 444, 3128, 3389, 4431, 4432, 6025, 65535]


def packets():
    return [Oracle(4, remote, proto, value) for remote in REMOTES for proto in (6, 17)
            for value in VALUES]  # fmt: skip


def ours(packet: Oracle) -> Packet:
    return Packet(Family(packet.family), packet.protocol * 65536 + packet.value, packet.remote)


def group_inputs(held: list[dict[str, Any]], group: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (one["type"], one["inputs"])
        for one in held
        if one.get("inputs", {}).get("securityGroupId") == group and "Rule:" in one["type"]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_beyond_and_what_is_opened_agree_with_the_naive_evaluator(seed):
    chance = random.Random(seed)
    kept: list[dict[str, Any]] = []

    def edit(held):
        ids = [one["urn"].rpartition("::")[2] for one in held if "GroupIngressRule" in one["type"]]
        for name in chance.sample(ids, 6):
            drop(held, name)
        for number in range(8):
            first, last = chance.choice(PORTS)
            rule(
                held,
                chance.choice(["management", "public", "private"]),
                f"odd{number}",
                egress=chance.random() < 0.4,
                ipProtocol=chance.choice(["tcp", "udp"]),
                fromPort=first,
                toPort=last,
                cidrIpv4=chance.choice(CIDRS),
            )
        kept.extend(held)

    found = adopted(PLAN, edit)
    planned_state: list[dict[str, Any]] = []
    adopted(PLAN, planned_state.extend)
    for interface in PLAN.settings.interfaces:
        group = cloud_id("aws:ec2/securityGroup:SecurityGroup", interface)
        for way, direction in WAYS.items():
            side = (direction, Family.IPV4)
            wanted = naive.group_rules(group_inputs(planned_state, group), way, {})
            there = naive.group_rules(group_inputs(kept, group), way, {})
            opened = [
                one.spaces[side]
                for one in found.openings
                if (one.point, one.interface) == (Point.SECURITY_GROUP, interface)
                and side in one.spaces
            ]
            mine = [
                one
                for one in found.explanations
                if one.existing.match.placed.held.id == group
                and one.existing.resource is not None
                and way in one.existing.resource.type.lower()
            ]
            alone = {
                id(one): naive.group_rules(
                    [(one.existing.resource.type, dict(one.existing.resource.inputs))], way, {}
                )
                for one in mine
            }
            for packet in packets():
                needs = naive.lets_through(wanted, packet)
                has = naive.lets_through(there, packet)
                assert any(ours(packet) in space for space in opened) is (needs and not has)
                for one in mine:
                    matched = naive.lets_through(alone[id(one)], packet)
                    beyond = one.beyond.get(side)
                    told = beyond is not None and ours(packet) in beyond
                    assert told is (matched and not needs), (one.existing.words, packet)
                    part = any(side in r.part and ours(packet) in r.part[side] for r in one.reasons)
                    assert part is (matched and needs), (one.existing.words, packet)


@pytest.mark.parametrize("seed", range(4))
def test_an_acls_entries_agree_with_the_naive_evaluator(seed):
    chance = random.Random(seed)
    held_entries: dict[str, Any] = {}

    def edit(held):
        inputs = acl(held)
        for side in ("ingress", "egress"):
            chance.shuffle(inputs[side])
            del inputs[side][:2]
            for number in range(5):
                first, last = chance.choice(PORTS)
                inputs[side].append(
                    {
                        "ruleNo": 20000 + number if chance.random() < 0.5 else 1 + number,
                        "action": chance.choice(["allow", "deny"]),
                        "protocol": chance.choice(["6", "17", "-1"]),
                        "fromPort": first,
                        "toPort": last,
                        "cidrBlock": chance.choice(CIDRS),
                    }
                )
        held_entries.update(inputs)

    found = adopted(PLAN, edit)
    original: dict[str, Any] = {}
    adopted(PLAN, lambda held: original.update(json.loads(json.dumps(acl(held)))))
    opened = [one for one in found.openings if one.point is Point.NETWORK_ACL]
    mine = [
        one for one in found.explanations if one.existing.match.placed.held.point is Point.NETWORK_ACL
    ]  # fmt: skip
    for way, direction in WAYS.items():
        side = (direction, Family.IPV4)
        wanted = naive.acl_entries(original, way)
        there = naive.acl_entries(held_entries, way)
        numbered = sorted(held_entries[way], key=lambda entry: entry["ruleNo"])
        names = [f"{way} entry {entry['ruleNo']}" for entry in numbered]
        for packet in packets():
            needs = naive.lets_through(wanted, packet)
            has = naive.lets_through(there, packet)
            told = any(side in one.spaces and ours(packet) in one.spaces[side] for one in opened)
            assert told is (needs and not has)
            index = next((n for n, one in enumerate(there) if one.matches(packet)), None)
            for one in mine:
                decides = index is not None and one.existing.name == names[index]
                beyond = side in one.beyond and ours(packet) in one.beyond[side]
                differs = decides and there[index or 0].allow is not needs
                assert beyond is differs, (one.existing.words, packet)


def test_the_same_rule_is_needed_by_its_own_features_and_not_by_those_that_overlap():
    """Mail from anywhere is mail from inside too, and that has a rule of its own."""
    found = adopted(planned("aws-dev-us-east-1"))
    mail = one_of(found, "in tcp 25 from 0.0.0.0/0")
    assert len(mail.reasons) == 2
    assert [one.rule.name for one in own_reasons(mail)] == ["data-in-tcp-25-0.0.0.0_0"]


def test_what_is_placed_nowhere_is_not_explained():
    held = nsgs(AZURE)
    odd = {**held[0], "name": "odd", "id": held[0]["id"] + "odd", "securityRules": []}
    found = adopt(AZURE, read_files([("a", json.dumps([*held, odd]))]).inventory, (), "a")
    assert [one.resource.name for one, _ in found.placing.unplaced] == ["odd"]
    assert all(one.kind.explained for one in found.explanations)
    assert not found.explained
