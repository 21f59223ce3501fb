"""What is deployed is asked without trust in whoever made it."""

from __future__ import annotations

from copy import deepcopy
from random import Random

import pytest

from segfw.guardrails.view import View
from segfw.inventory import inventory_of_state
from segfw.plan import make_plan
from segfw.review.explain.answer import answer_from_plan
from segfw.review.explain.candidates import Edit
from segfw.review.explain.deployed import Deployment, answer_from_deployment, placed
from segfw.review.explain.path import Verdict
from segfw.review.explain.proposals import changed_settings
from segfw.review.explain.question import read_question, words_of
from segfw.state import read_state
from tests.differential.packets import Chooser
from tests.review.explain.asking import CATALOG, Naive, answered, question_of
from tests.review.planning import plan_of
from tests.settings.reading import ON_AZURE
from tests.shipped import SHIPPED, TODAY, planned
from tests.states import export, named, resources_of

PROD = "aws-prod-us-east-1"


def deployment(resources, plan=None, **more) -> Deployment:
    view = View(
        inventory_of_state(read_state(export(resources, **more), "state.json")), CATALOG, TODAY
    )
    return Deployment("state.json", view, plan, placed(view, {}))


def ask(deployed, text):
    question = read_question(words_of(text), deployed.names)
    return answer_from_deployment(question, deployed, CATALOG)


@pytest.mark.parametrize("stack", SHIPPED)
def test_what_was_deployed_answers_as_the_clouds_do(stack):
    plan, random = planned(stack), Random(stack)
    deployed = deployment(resources_of(plan), plan)
    asked = 0
    for interface in plan.settings.interfaces:
        naive = Naive(plan, interface)
        for direction in ("ingress", "egress"):
            matches = [m for p in naive.points for m in naive.rules(p, direction)]
            for family in plan.settings.interfaces[interface].families:
                for packet in Chooser(int(family), matches, random).packets(12):
                    question = question_of(plan, packet, interface, direction)
                    if question is None or isinstance(packet.remote, str):
                        continue
                    asked += 1
                    said = answer_from_deployment(question, deployed, CATALOG)
                    expected = naive.allowed(direction, packet)
                    if said.verdict is Verdict.UNKNOWN:
                        assert naive.names_a_reference(direction, packet)
                    else:
                        assert (said.verdict is Verdict.ALLOWED) is expected, str(question)
                    assert said.verdict is answer_from_plan(question, plan, CATALOG).verdict

    assert asked > 20


@pytest.mark.parametrize("stack", SHIPPED)
def test_every_rule_of_our_own_state_has_its_reasons(stack):
    plan = planned(stack)
    deployed = deployment(resources_of(plan), plan)
    for flow in plan.flows:
        if not flow.peer.prefixes or not flow.traffic.ports:
            continue
        way = "in" if flow.direction.value == "ingress" else "out"
        prefix, port = flow.peer.prefixes[0], flow.traffic.ports[0].first
        protocol = flow.traffic.protocol.value
        text = f"{way} {protocol} {prefix} -> {flow.interface}:{port}"
        if way == "out":
            text = f"out {protocol} {flow.interface} -> [{prefix}]:{port}"
        answer = ask(deployed, text)
        assert answer.verdict is Verdict.ALLOWED, text
        for leg in answer.ways[0].legs:
            features = {
                reason.flow.feature
                for decided in leg.judged.decided
                for reason in answer.why(decided).reasons
            }
            assert features or leg.judged.unmet, text


def by_hand(plan, **inputs):
    """A rule that somebody added to the management group."""
    resources = resources_of(plan)
    group = named(resources, "management")
    rule = deepcopy(named(resources, "management-in-tcp-22-10.40.8.4_32"))
    rule["urn"] = rule["urn"].replace("management-in-tcp-22-10.40.8.4_32", "by-hand")
    rule["id"] = "sgr-1"
    rule["inputs"] = {"securityGroupId": group["id"], **inputs}
    return [*resources, rule]


def test_a_rule_that_others_added_is_found_and_explained_by_nothing():
    plan = planned(PROD)
    added = by_hand(plan, ipProtocol="tcp", fromPort=22, toPort=22, cidrIpv4="203.0.113.0/24")
    answer = ask(deployment(added, plan), "in tcp 203.0.113.7 -> management:22")

    assert answer.verdict is Verdict.ALLOWED
    (decided,) = answer.ways[0].legs[0].judged.decided
    assert decided.entry.name == "by-hand"
    assert answer.why(decided).foreign
    assert answer.why(decided).reasons == ()


def test_members_of_a_list_that_is_not_read_are_not_known():
    plan = planned(PROD)
    added = by_hand(plan, ipProtocol="tcp", fromPort=22, toPort=22, prefixListId="pl-0123")
    deployed = deployment(added, plan)

    answer = ask(deployed, "in tcp 203.0.113.7 -> management:22")
    assert answer.verdict is Verdict.UNKNOWN
    (decided,) = answer.ways[0].legs[0].judged.decided
    assert not decided.sure
    assert "prefixListId" in decided.entry.doubt
    assert ask(deployed, "in tcp 203.0.113.7 -> management:23").verdict is Verdict.DENIED
    assert ask(deployed, "in tcp 10.40.8.4 -> management:22").verdict is Verdict.ALLOWED


def test_members_of_a_group_that_a_rule_names_are_not_known():
    plan = planned(PROD)
    added = by_hand(plan, ipProtocol="-1", referencedSecurityGroupId="sg-0ff")
    deployed = deployment(added, plan)

    assert ask(deployed, "in tcp 10.1.2.3 -> management:9999").verdict is Verdict.UNKNOWN


def test_a_secret_or_missing_value_is_not_read_as_anything():
    plan = planned(PROD)
    added = by_hand(plan, ipProtocol="tcp", fromPort=22, toPort=22)
    answer = ask(deployment(added, plan), "in tcp 203.0.113.7 -> management:22")

    assert answer.verdict is not Verdict.ALLOWED


def test_an_acl_whose_replies_were_taken_away_denies_the_connection():
    plan = planned(PROD)
    resources = resources_of(plan)
    acl = next(r for r in resources if r["type"] == "aws:ec2/networkAcl:NetworkAcl")
    acl["inputs"]["egress"] = []
    answer = ask(deployment(resources, plan), "in tcp 8.8.8.8 -> public:25")

    assert answer.verdict is Verdict.DENIED
    assert answer.ways[0].cut


def test_an_entry_that_was_changed_is_no_longer_the_stacks():
    plan = planned(PROD)
    resources = resources_of(plan)
    acl = next(r for r in resources if r["type"] == "aws:ec2/networkAcl:NetworkAcl")
    before = ask(deployment(resources, plan), "in tcp 8.8.8.8 -> public:25")
    (decided,) = before.ways[0].legs[0].judged.decided
    for entry in acl["inputs"]["ingress"]:
        if entry["ruleNo"] == decided.entry.number:
            entry["toPort"] += 1
    after = ask(deployment(resources, plan), "in tcp 8.8.8.8 -> public:25-26")
    (changed,) = after.ways[0].legs[0].judged.decided

    assert decided.entry.label == changed.entry.label == f"entry {decided.entry.number}"
    assert not before.why(decided).foreign
    assert after.why(changed).foreign


def test_a_rule_that_was_turned_around_is_no_longer_the_stacks():
    plan = planned("azure-lab")
    resources = resources_of(plan)
    rules = named(resources, "management")["inputs"]["securityRules"]
    next(one for one in rules if one["name"] == "management-in-tcp-22-10.40.0.0_24")["access"] = (
        "Deny"
    )
    answer = ask(deployment(resources, plan), "in tcp 10.40.0.9 -> management:22")
    (decided,) = answer.ways[0].legs[0].judged.decided

    assert answer.verdict is Verdict.DENIED
    assert answer.why(decided).foreign
    assert answer.why(decided).reasons == ()


def test_without_a_stack_file_the_recorded_features_and_rows_are_named():
    answer = ask(deployment(resources_of(planned(PROD))), "in tcp 10.40.8.4 -> management:22")
    (decided,) = answer.ways[0].legs[0].judged.decided

    assert answer.why(decided).recorded == ("ssh-admin (row 2)",)


def test_a_rule_that_the_stack_file_no_longer_has_is_explained_by_what_was_recorded():
    deployed = planned(PROD)
    edit = Edit(("features", "ssh-admin", "from"), ["admins"])
    wanted = make_plan(changed_settings(deployed.settings, CATALOG, (edit,), TODAY), CATALOG)
    answer = ask(deployment(resources_of(deployed), wanted), "in tcp 10.40.8.4 -> management:22")
    (decided,) = answer.ways[0].legs[0].judged.decided

    assert answer.verdict is Verdict.ALLOWED
    assert answer.why(decided).foreign
    assert answer.why(decided).recorded == ("ssh-admin (row 2)",)


def test_an_nsg_without_its_closing_rules_falls_back_on_azures_own():
    """Azure's rule 65000 lets the virtual network in: who is in it is not known here."""
    plan = planned("azure-prod-westeurope")
    resources = resources_of(plan)
    nsg = named(resources, "management")
    nsg["inputs"]["securityRules"] = [
        one for one in nsg["inputs"]["securityRules"] if one["access"] == "Allow"
    ]
    deployed = deployment(resources, plan)

    assert ask(deployed, "in tcp 10.1.2.3 -> management:9999").verdict is Verdict.UNKNOWN
    (decided,) = ask(deployed, "in tcp 10.1.2.3 -> management:9999").ways[0].legs[0].judged.decided
    assert decided.entry.built_in


def test_an_operation_that_was_cut_short_is_said():
    plan = planned(PROD)
    resources = resources_of(plan)
    pending = {"resource": named(resources, "management"), "type": "updating"}
    deployed = deployment(resources, plan, pending_operations=[pending])
    answer = ask(deployed, "in tcp 10.40.8.4 -> management:22")

    assert any("management was cut short" in note for note in answer.notes)


def without(resources, kind):
    return [one for one in resources if kind not in one["type"]]


def test_a_security_group_that_was_not_read_is_not_known():
    """Absent never means any: the ACL alone says no, and never yes."""
    plan = planned(PROD)
    alone = without(without(resources_of(plan), "SecurityGroup"), "securityGroup")
    deployed = deployment(alone, plan)

    assert ask(deployed, "in tcp 8.8.8.8 -> public:25").verdict is Verdict.UNKNOWN
    assert ask(deployed, "in tcp 8.8.8.8 -> public:26").verdict is Verdict.DENIED


def test_an_acl_that_was_not_read_is_said():
    plan = planned(PROD)
    deployed = deployment(without(resources_of(plan), "etworkAcl"), plan)
    answer = ask(deployed, "in tcp 10.40.8.4 -> management:22")

    assert answer.verdict is Verdict.ALLOWED
    assert any("no network ACL" in note for note in answer.notes)


def test_an_acl_that_the_stack_has_and_that_was_not_read_is_not_known():
    """What stands before the subnet may deny anything."""
    plan = planned(PROD)
    deployed = deployment(without(resources_of(plan), "etworkAcl"), plan)

    assert ask(deployed, "in tcp 8.8.8.8 -> public:25").verdict is Verdict.UNKNOWN
    assert ask(deployed, "in tcp 8.8.8.8 -> public:26").verdict is Verdict.DENIED


@pytest.mark.parametrize(("ids", "verdict"), [(1, Verdict.ALLOWED), (2, Verdict.DENIED)])
def test_members_of_one_subnet_pass_an_acl_of_one_subnet_only(ids, verdict):
    """AWS, "Network ACL basics": of several subnets, each sees what comes from the others."""
    plan = planned(PROD)
    resources = resources_of(plan)
    acl = next(r for r in resources if r["type"] == "aws:ec2/networkAcl:NetworkAcl")
    acl["inputs"]["subnetIds"] = [f"subnet-{n}" for n in range(ids)]
    acl["inputs"]["ingress"] = []

    assert ask(deployment(resources, plan), "in tcp 10.20.101.9 -> public:25").verdict is verdict


LISTED = """
config:
  seg-firewall:networks:
    mail-servers:
      prefixes: [10.9.1.0/28]
      aws: {prefixList: {id: pl-0123abcd, weight: 4, family: ipv4}}
  seg-firewall:features: {pmtu: false, deliver-inside: {}}
"""


@pytest.mark.parametrize("of_state", [False, True])
@pytest.mark.parametrize(
    ("remote", "verdict"),
    [
        ("mail-servers:25", Verdict.ALLOWED),
        ("pl-0123abcd:25", Verdict.ALLOWED),
        ("10.9.1.1:25", Verdict.UNKNOWN),
        ("192.0.2.1:25", Verdict.UNKNOWN),
        ("10.9.1.0/28:25", Verdict.UNKNOWN),
        ("10.9.1.1:26", Verdict.DENIED),
        ("mail-servers:26", Verdict.DENIED),
    ],
)
def test_a_reference_is_a_yes_by_its_name_and_not_known_by_an_address(of_state, remote, verdict):
    """Design D8: reaches(prefix) is yes, no, or unknown(atom)."""
    plan = plan_of(LISTED)
    text = f"out tcp private -> {remote}"
    answer = ask(deployment(resources_of(plan), plan), text) if of_state else answered(plan, text)

    assert answer.verdict is verdict


FILTERED = LISTED.replace(
    "config:\n",
    "config:\n  seg-firewall:interfaces: {private: {networkAcl: {subnetIds: [subnet-1]}}}\n",
)


@pytest.mark.parametrize("of_state", [False, True])
@pytest.mark.parametrize(
    ("remote", "verdict"),
    [
        ("mail-servers:25", Verdict.ALLOWED),
        ("mail-servers:26", Verdict.DENIED),
        ("10.9.1.1:25", Verdict.UNKNOWN),
        ("10.9.2.1:25", Verdict.DENIED),  # by the network ACL, which names prefixes
        ("pl-0123abcd:25", Verdict.UNKNOWN),  # whether the ACL's prefixes are all of the list
    ],
)
def test_a_group_asks_for_the_reference_and_an_acl_for_the_prefixes(of_state, remote, verdict):
    """A network ACL cannot name a prefix list (AWS, "Network ACL rules")."""
    plan = plan_of(FILTERED)
    text = f"out tcp private -> {remote}"
    answer = ask(deployment(resources_of(plan), plan), text) if of_state else answered(plan, text)

    assert answer.verdict is verdict


TAGGED = """
config:
  seg-firewall:networks: {dns-servers: {azure: {serviceTag: AzurePlatformDNS}}}
  seg-firewall:features: {pmtu: false, dns: {}}
"""


@pytest.mark.parametrize("of_state", [False, True])
@pytest.mark.parametrize("remote", ["dns-servers", "AzurePlatformDNS"])
def test_a_service_tag_is_asked_for_by_its_name(of_state, remote):
    plan = plan_of(TAGGED, ON_AZURE)
    text = f"out udp public -> {remote}:53"
    answer = ask(deployment(resources_of(plan), plan), text) if of_state else answered(plan, text)

    assert answer.verdict is Verdict.ALLOWED
