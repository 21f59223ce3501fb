"""Proposals: each was tried, and what is said to work does, by the naive evaluator."""

from __future__ import annotations

import pytest

from segfw.plan import make_plan
from segfw.problems import ProblemsFound
from segfw.review.explain.answer import answer_from_plan
from segfw.review.explain.candidates import Edit, candidates
from segfw.review.explain.path import Verdict
from segfw.review.explain.proposals import MANY, Outcome, changed_settings, tried_proposals
from tests.oracles.packets import Packet
from tests.review.explain.asking import CATALOG, Naive, asked
from tests.review.planning import plan_of
from tests.shipped import SHIPPED, TODAY, planned

PROD = "aws-prod-us-east-1"


def tried(plan, text, most=MANY, *, every=True):
    question = asked(plan, text)
    return tried_proposals(question, plan, CATALOG, today=TODAY, most=most, every=every)


def packet_of(question):
    prefix = question.remote.prefixes[0]
    protocol = question.protocol
    return Packet(prefix.family, prefix.first, protocol, question.service.first & 65535)


TEXTS = [
    "in tcp 10.99.0.7 -> {}:22",
    "in tcp 203.0.113.9 -> {}:22",
    "in tcp 10.99.0.7 -> {}:443",
    "in tcp 10.99.0.7 -> {}:4431",
    "in tcp 10.99.0.7 -> {}:83",
    "in udp 10.99.0.7 -> {}:161",
    "in tcp 10.99.0.7 -> {}:2222",
    "in tcp 10.99.0.7 -> {}:25",
    "in tcp 10.99.0.7 -> {}:12345",
    "out tcp {} -> 10.99.0.7:636",
    "out tcp {} -> 10.99.0.7:3269",
    "out udp {} -> 10.99.0.7:53",
    "out udp {} -> 10.99.0.7:514",
    "out tcp {} -> 192.0.2.9:25",
    "out tcp {} -> 10.99.0.7:12345",
    "in icmp 10.99.0.7 -> {}:8.0",
]


@pytest.mark.parametrize("stack", SHIPPED)
def test_what_is_said_of_a_proposal_is_what_it_does(stack):
    """Applied by hand, compiled, proven, and asked of the naive evaluator."""
    plan = planned(stack)
    outcomes = set()
    for index, interface in enumerate(plan.settings.interfaces):
        for text in TEXTS[index::3]:
            question = asked(plan, text.format(interface))
            if answer_from_plan(question, plan, CATALOG).verdict is Verdict.ALLOWED:
                continue
            direction = question.direction.value
            for one in tried(plan, str(question), most=2):
                outcomes.add(one.outcome)
                try:
                    made = make_plan(
                        changed_settings(plan.settings, CATALOG, one.proposal.edits, TODAY), CATALOG
                    )
                except ProblemsFound as found:
                    assert one.outcome is Outcome.REFUSED
                    said = {p.message for p in found.problems}
                    assert all(any(r.endswith(m) for m in said) for r in one.reasons)
                    continue
                passes = {
                    name
                    for name in made.settings.interfaces
                    if Naive(made, name).allowed(direction, packet_of(question))
                }
                assert (interface in passes) is (one.outcome is Outcome.ALLOWED), (
                    str(question),
                    one,
                )
                if one.outcome is Outcome.ELSEWHERE:
                    assert set(one.interfaces) == passes
                if one.outcome is Outcome.DENIED:
                    assert not passes

    assert Outcome.ALLOWED in outcomes


def test_an_address_is_added_to_the_network_of_the_feature_that_is_on():
    first = tried(planned(PROD), "in tcp 10.99.0.7 -> management:22")[0]

    assert first.outcome is Outcome.ALLOWED
    assert first.proposal.feature == "ssh-admin"
    (edit,) = first.proposal.edits
    assert (edit.where, edit.value) == ("networks.bastion", "10.99.0.7/32")
    assert edit.origin.file == "config/shared/company.yaml"


def test_a_network_of_the_stack_is_named_as_a_peer():
    found = tried(planned("aws-lab"), "in tcp collectors -> management:22")

    edits = [e for one in found if one.outcome is Outcome.ALLOWED for e in one.proposal.edits]
    assert ("features.ssh-admin.from", ["admins", "collectors"]) in [
        (e.where, e.value) for e in edits
    ]


EXTERNAL = """
config:
  seg-firewall:interfaces: {management: {external: true}}
  seg-firewall:features: {ssh-admin: {}, pmtu: false}
"""


def test_a_public_address_for_management_outside_is_refused_with_the_reason():
    """Design D9: on an external interface management is admitted from private prefixes only."""
    found = tried(plan_of(EXTERNAL), "in tcp 203.0.113.9 -> management:22")

    refused = [one for one in found if one.proposal.feature == "ssh-admin"]
    assert [one.outcome for one in refused] == [Outcome.REFUSED]
    assert "which is public" in refused[0].reasons[0]


def test_a_feature_that_is_off_is_switched_on():
    text = "config:\n  seg-firewall:features: {pmtu: false, ssh-admin: {}}\n"
    found = tried(plan_of(text), "in tcp 10.9.0.3 -> management:443")

    works = [one for one in found if one.outcome is Outcome.ALLOWED]
    assert "gui-https" in [one.proposal.feature for one in works]
    gui = next(one for one in works if one.proposal.feature == "gui-https")
    assert [e.where for e in gui.proposal.edits] == ["features.gui-https"]


def test_a_port_that_an_option_chooses_is_proposed_by_the_option():
    """Row 20 is LDAPS on 636 or, to a global catalog, 3269."""
    found = tried(planned(PROD), "out tcp -> ldaps-servers:3269")

    edits = [(e.where, e.value) for one in found for e in one.proposal.edits]
    assert ("features.ldaps.port", 3269) in edits


def test_a_service_that_no_feature_has_is_a_custom_flow():
    found = tried(planned(PROD), "out tcp management -> 10.40.16.7:12345")

    (one,) = [one for one in found if one.proposal.feature == "custom-flow"]
    assert one.outcome is Outcome.ALLOWED
    assert one.proposal.edits[-1].value["to"] == [
        "monitoring"
    ]  # 10.40.16.0/28, the network it is in


def test_nothing_is_tried_twice_nor_more_than_was_asked_for():
    found = tried(planned("aws-lab"), "out tcp public -> 192.0.2.9:443")
    edits = [str(one.proposal.edits) for one in found]

    assert len(edits) == len(set(edits)) <= MANY
    assert len(tried(planned("aws-lab"), "out tcp public -> 192.0.2.9:443", most=1)) <= 1


def test_what_works_comes_first():
    order = list(Outcome)
    for text in TEXTS:
        found = [
            order.index(one.outcome) for one in tried(planned(PROD), text.format("management"))
        ]
        assert found == sorted(found)


def test_the_first_that_works_is_enough_where_nobody_asked_for_more():
    text = "out tcp -> 192.0.2.5:443"
    every = tried(planned(PROD), text)

    assert len([one for one in every if one.outcome is Outcome.ALLOWED]) > 1
    assert [one.outcome for one in tried(planned(PROD), text, every=False)] == [Outcome.ALLOWED]


def test_of_networks_that_hold_the_address_the_smallest_is_named():
    text = """
config:
  seg-firewall:networks: {large: [10.9.0.0/16]}
  seg-firewall:features: {pmtu: false, ssh-admin: {}}
"""
    found = tried(plan_of(text), "out tcp management -> 10.9.0.5:12345")
    (one,) = (each for each in found if each.proposal.feature == "custom-flow")

    assert one.proposal.edits[-1].value["to"] == ["admins"]  # a /28 inside of it


def test_features_that_are_on_come_before_those_that_are_off():
    """The catalog has receive-mail before sma-mail, which has the same row 6."""
    text = "config:\n  seg-firewall:features: {pmtu: false, sma-mail: {}}\n"
    plan = plan_of(text)
    found = list(candidates(asked(plan, "in tcp 10.9.7.7 -> private:25"), plan, CATALOG, TODAY))

    assert found[0].feature == "sma-mail"
    assert "receive-mail" in {one.feature for one in found[1:]}


def test_rows_with_a_range_of_ports_come_last():
    """FTP's data rows hold every port from 1024: they open far more than one."""
    plan = planned(PROD)
    found = list(
        candidates(asked(plan, "out tcp management -> 10.40.16.7:12345"), plan, CATALOG, TODAY)
    )

    assert found[0].feature == "custom-flow"
    assert {one.feature for one in found[1:]} <= {"ftp", "debug-logs", "tac-tunnel"}


def test_an_address_that_is_added_takes_nobodys_place():
    plan = planned(PROD)
    edit = Edit(("networks", "bastion", "prefixes"), "10.99.0.7/32", adds=True)
    changed = changed_settings(plan.settings, CATALOG, (edit,), TODAY)

    assert [str(p) for p in changed.networks["bastion"].prefixes] == [
        "10.40.8.4/32", "10.40.8.5/32", "10.99.0.7/32",
    ]  # fmt: skip
