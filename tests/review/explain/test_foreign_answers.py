"""Of rules that nobody planned, explain says what the cloud's own answer says, and no more."""

from __future__ import annotations

import copy
import json
from random import Random

import pytest

from segfw.cli.deployed import deployment_in
from segfw.inventory import inventory_of_state
from segfw.live import read_files
from segfw.review.explain.deployed import answer_from_deployment
from segfw.review.explain.path import Verdict
from segfw.review.explain.question import read_question, words_of
from segfw.state import read_state
from tests.live.answers import files_of, groups
from tests.live.foreign import LISTS, Maker
from tests.oracles.described import acl_passes, group_verdict, nsg_verdict
from tests.oracles.packets import TCP, UDP
from tests.review.explain.asking import CATALOG, ECHO, EPHEMERAL, question_of
from tests.shipped import TODAY, planned
from tests.states import exported

ROUNDS, PACKETS = 25, 12
WORDS = {
    (True,): Verdict.ALLOWED,
    (False,): Verdict.DENIED,
    (False, True): Verdict.UNKNOWN,
}
SUBNET = "10.50.100.0/24"


def deployed(plan, files, *at):
    return deployment_in(read_files(files).inventory, plan, at, TODAY, "answers")


def replies(acl, way, packet, gateway_ports):
    """Some reply comes back through the ACL."""
    back = way == "ingress"
    if packet.protocol in (TCP, UDP):
        own = gateway_ports.first, gateway_ports.last
        first, last = EPHEMERAL if way == "ingress" else own
        bounds = {first, last}
        for entry in acl["Entries"]:
            low, high = entry.get("PortRange", {"": first}), entry.get("PortRange", {"": last})
            for value in (*low.values(), *high.values()):
                bounds |= {value - 1, value, value + 1}
        values = [value for value in bounds if first <= value <= last]
    elif (packet.protocol, packet.value) in ECHO:
        values = [ECHO[packet.protocol, packet.value]]
    else:
        return True
    return any(acl_passes(acl, packet._replace(value=v), egress=back) for v in values)


def said_of(plan, there, packet, way):
    """The verdict, which knows no interface's families here."""
    question = question_of(plan, packet, "management", way)
    return answer_from_deployment(question, there, CATALOG).verdict


@pytest.mark.parametrize("seed", range(3))
def test_groups_and_acls_of_others_are_read_as_ec2_means_them(seed):
    plan = planned("aws-prod-us-east-1")
    make, seen = Maker(plan, Random(f"aws {seed}")), set()
    ports = plan.settings.gateway.ephemeral_ports
    for _ in range(ROUNDS):
        files, groups, acl = make.aws()
        ids = [one["GroupId"] for one in groups] + (["acl-1"] if acl else [])
        there = deployed(plan, files, *(f"management={one}" for one in ids))
        for way in ("ingress", "egress"):
            for packet in make.packets(PACKETS):
                expected = group_verdict(groups, way, packet, LISTS)
                if acl is not None and not (
                    acl_passes(acl, packet, egress=way == "egress")
                    and replies(acl, way, packet, ports)
                ):
                    expected = {False}
                seen.add(WORDS[tuple(sorted(expected))])
                found = said_of(plan, there, packet, way)
                assert found is WORDS[tuple(sorted(expected))], (way, packet, files)

    assert seen == set(WORDS.values())


@pytest.mark.parametrize("seed", range(3))
def test_nsgs_of_others_are_never_said_to_allow_or_deny_what_they_may_not(seed):
    """Where Azure's answer decides it, "not known" may be said, and the other word never."""
    plan = planned("azure-prod-westeurope")
    make, seen = Maker(plan, Random(f"azure {seed}")), []
    for _ in range(ROUNDS):
        files, nsg = make.azure()
        there = deployed(plan, files, "management=m")
        for way in ("ingress", "egress"):
            for packet in make.packets(PACKETS):
                expected = WORDS[tuple(sorted(nsg_verdict(nsg, way, packet, SUBNET)))]
                found = said_of(plan, there, packet, way)
                assert found in (expected, Verdict.UNKNOWN), (way, packet, files)
                seen.append((expected, found))

    for word in (Verdict.ALLOWED, Verdict.DENIED):
        same = [found is word for expected, found in seen if expected is word]
        assert same.count(True) > 5 * same.count(False), "it says so nearly always"


PROD = planned("aws-prod-us-east-1")


def ask(there, text):
    question = read_question(words_of(text), there.names)
    return answer_from_deployment(question, there, CATALOG)


def on_the_interfaces(edit):
    """What the cloud of a stack answers, with other groups on its network interfaces."""
    said = {name: json.loads(text) for name, text in files_of(PROD)}
    enis = set(PROD.settings.interfaces["public"].security_group.attach.values())
    for one in said["interfaces.json"]["NetworkInterfaces"]:
        if one["NetworkInterfaceId"] in enis:
            edit(one["Groups"])
    return deployed(PROD, [(name, json.dumps(held)) for name, held in said.items()])


def test_a_group_that_two_interfaces_share_opens_both():
    """AWS, "Security groups": what any group of a network interface allows is allowed."""
    (own,) = (g["GroupId"] for g in groups(PROD)["SecurityGroups"] if "manag" in g["GroupId"])
    text = "in tcp 10.40.8.4 -> public:22"
    for edit, verdict in (
        (lambda _: None, Verdict.DENIED),
        (lambda on: on.append({"GroupId": own}), Verdict.ALLOWED),
    ):
        answer = ask(on_the_interfaces(edit), text)
        leg = next(one for one in answer.ways[0].legs if one.judged.layer.stateful)
        assert leg.verdict is verdict


def test_a_group_on_the_interface_that_no_file_tells_of_may_allow_anything():
    there = on_the_interfaces(lambda on: on.append({"GroupId": "sg-0unread"}))
    leg = ask(there, "in tcp 203.0.113.7 -> public:3389").ways[0].legs[1]
    (decided,) = leg.judged.decided

    assert leg.verdict is Verdict.UNKNOWN
    assert decided.entry.doubt == "sg-0unread is on this interface and was not read"
    assert ask(there, "in tcp 203.0.113.7 -> public:25").verdict is Verdict.ALLOWED


def test_what_was_only_guessed_and_what_was_left_out_is_said():
    held = groups(PROD, tagged=False)
    other = copy.deepcopy(held["SecurityGroups"][0])
    other["GroupId"], other["VpcId"] = "sg-0other", "vpc-0other"
    held["SecurityGroups"].append(other)
    there = deployed(PROD, [("groups.json", json.dumps(held))])
    notes = ask(there, "in tcp 10.40.8.4 -> management:22").notes

    assert any(one.startswith("only its rules place security group ") for one in notes)
    assert any("left out, since nothing says of which interface: " in one for one in notes)
    assert any("sg-0other" in one for one in notes)


def test_the_state_of_another_stack_is_said_to_be_one():
    other = planned("aws-prod-eu-central-1")
    inventory = inventory_of_state(read_state(exported(other), "state.json"))
    there = deployment_in(inventory, PROD, (), TODAY, "state.json")

    assert (
        'the state is of stack "aws-prod-eu-central-1", and reasons and names are of '
        '"aws-prod-us-east-1"'
    ) in ask(there, "in tcp 10.40.8.4 -> management:22").notes


@pytest.mark.parametrize(("kind", "verdict"), [("8.0", Verdict.DENIED), ("128.0", Verdict.ALLOWED)])
def test_an_echo_of_one_protocol_is_none_of_the_other(kind, verdict):
    """Type 128 asks for an echo in ICMPv6 (RFC 4443) and for nothing in ICMP: no reply is cut."""
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": []}
    said = Maker(PROD, Random(1))
    group = said.group("sg-0a1", str(PROD.settings.interfaces["management"].vpc))
    group["IpPermissions"] = [{**everywhere, "UserIdGroupPairs": [], "PrefixListIds": []}]
    acl = said.acl(group["VpcId"])
    acl["Entries"] = [
        {
            "Egress": False, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100,
            "CidrBlock": "0.0.0.0/0",
        }
    ]  # fmt: skip
    files = [
        ("groups.json", json.dumps({"SecurityGroups": [group]})),
        ("acls.json", json.dumps({"NetworkAcls": [acl]})),
    ]
    there = deployed(PROD, files, "management=sg-0a1", "management=acl-1")

    assert ask(there, f"in icmp 192.0.2.1 -> management:{kind}").verdict is verdict
