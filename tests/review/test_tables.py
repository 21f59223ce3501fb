"""A plan as tables of plain words."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction, Protocol
from segfw.flow import IcmpType, Peer, Point
from segfw.review.tables import rule_table, sections, why
from segfw.rule import Action
from segfw.settings.types import Reference, ReferenceKind
from tests.making import closing, flow, ports, prefixes, rule, rule_set
from tests.review.planning import CATALOG, TODAY, features, plan_of
from tests.settings.reading import ON_AZURE

SSH = ("in", "tcp", "22", "10.9.0.0/28 (admins)", "ssh-admin (row 2)")


def cells(point: Point, *rules, **changed):
    return rule_table(rule_set(point, rules, **changed)).rows


def test_a_security_groups_rules_have_no_number():
    table = rule_table(rule_set(Point.SECURITY_GROUP, [rule()]))

    assert table.headers == ("Direction", "Protocol", "Ports", "Peer", "Why")
    assert table.rows == (SSH,)


@pytest.mark.parametrize("point", [Point.NETWORK_ACL, Point.NSG])
def test_where_order_matters_the_number_stands_first(point):
    table = rule_table(rule_set(point, [rule(number=110)]))

    assert table.headers[0] == "Number"
    assert table.rows == (("110", *SSH),)


def test_several_groups_are_told_apart():
    table = rule_table(rule_set(Point.SECURITY_GROUP, [rule(group=2)], groups=2))

    assert table.headers[-1] == "Group"
    assert table.rows == ((*SSH, "2"),)


ICMP = {"protocol": Protocol.ICMP, "ports": ()}
CELLS = {
    "a way out": (rule(direction=Direction.EGRESS), 0, "out"),
    "a deny": (rule(action=Action.DENY), 0, "deny in"),
    "every protocol": (closing(Direction.INGRESS), 1, "any"),
    "a range": (rule(ports=ports((1024, 65535))), 2, "1024-65535"),
    "several ports": (rule(ports=ports(25, 587)), 2, "25,587"),
    "every port": (closing(Direction.INGRESS), 2, "any"),
    "a type with its code": (rule(**ICMP, icmp=IcmpType(3, 4)), 2, "type 3 code 4"),
    "a type with any code": (rule(**ICMP, icmp=IcmpType(8, None)), 2, "type 8"),
    "any type": (rule(**ICMP, icmp=IcmpType(None, None)), 2, "any"),
    "everyone": (closing(Direction.INGRESS), 3, "any"),
    "prefixes without a name": (
        rule(flows=(flow(peer=Peer("", prefixes("10.9.0.0/28"))),)),
        3,
        "10.9.0.0/28",
    ),
    "a reference is its own name": (
        rule(
            prefixes=(),
            reference=Reference(kind=ReferenceKind.PREFIX_LIST, name="admins", id="pl-0123"),
        ),
        3,
        "admins (pl-0123)",
    ),
    "no more than three names": (
        rule(flows=tuple(flow(peer=Peer(n, prefixes("10.9.0.0/28"))) for n in "dcba")),
        3,
        "10.9.0.0/28 (a, b, c)",
    ),
}


@pytest.mark.parametrize(("one", "column", "text"), CELLS.values(), ids=CELLS)
def test_a_cell_is_in_a_readers_words(one, column, text):
    assert cells(Point.SECURITY_GROUP, one)[0][column] == text


REASONS = {
    "one feature": (rule(), "ssh-admin (row 2)"),
    "one feature for several peers": (rule(flows=(flow(), flow())), "ssh-admin (row 2)"),
    "three features": (
        rule(flows=tuple(flow(name) for name in "abc")),
        "a (row 2), b (row 2), c (row 2)",
    ),
    "more are counted": (
        rule(flows=tuple(flow(name) for name in "abcde")),
        "a (row 2), b (row 2), c (row 2) and 2 more",
    ),
    "a reply names what it answers": (rule(reply=True), "replies to ssh-admin (row 2)"),
    "a guard": (rule(flows=(), action=Action.DENY), "guard: a service of the gateway itself"),
    "the closing deny": (closing(Direction.EGRESS), "closes everything else"),
}


@pytest.mark.parametrize(("one", "text"), REASONS.values(), ids=REASONS)
def test_a_rule_says_why_it_is_there(one, text):
    assert why(one) == text


def plan_sections(text: str, *below: str, rules: bool = True) -> dict:
    found = sections(plan_of(text, *below), CATALOG, today=TODAY, rules=rules)
    return {section.title: section for section in found}


def test_an_enforcement_point_says_its_roles_and_whether_it_is_reached_from_outside():
    titles = list(plan_sections(features("receive-mail: {}, deliver-inside: {}")))

    assert titles[1:4] == [
        'Security group "management" (management; internal)',
        'Security group "private" (private; internal)',
        'Security group "public" (public; external)',
    ]


def test_without_rules_only_the_tables_are_missing():
    text = features("receive-mail: {}, deliver-inside: {}")
    whole, short = plan_sections(text), plan_sections(text, rules=False)

    assert list(whole) == list(short)
    assert [one.lines for one in whole.values()] == [one.lines for one in short.values()]
    assert all(one.table is None for one in short.values())


def fit_line(text: str, title: str, *below: str) -> str:
    (line,) = [one for one in plan_sections(text, *below)[title].lines if one.startswith("fit:")]
    return line


MANAGED = 'Security group "management" (management; internal)'


def test_the_number_of_rules_is_said_with_how_it_was_fitted():
    """ssh-admin and pmtu; merged, two halves of a network are one prefix."""
    halves = (
        "  seg-firewall:networks: {admins: [10.9.0.0/29, 10.9.0.8/29]}\n"
        "  seg-firewall:interfaces: {management: {securityGroup: {fit: merge, groups: 2}}}\n"
    )

    assert fit_line(features("ssh-admin: {}"), MANAGED) == "fit: each; 2 rules for flows"
    assert fit_line(features("ssh-admin: {}", halves), MANAGED) == (
        "fit: merge, groups: 2; 2 rules for flows (3 before fitting)"
    )


def test_closing_denies_and_guards_are_counted_apart():
    acl = "  seg-firewall:interfaces: {management: {networkAcl: {subnetIds: [subnet-1]}}}\n"
    guarded = fit_line(
        features("ssh-admin: {}, dns: {to: [sma]}", acl),
        'Network ACL "management" (management; internal)',
    )

    assert fit_line(
        features("ssh-admin: {}"), 'NSG "management" (management; internal)', ON_AZURE
    ) == ("fit: each; 1 rule for flows and 2 closing denies")
    assert " guards" in guarded


def test_members_of_the_own_subnet_are_not_filtered():
    acl = (
        "  seg-firewall:networks: {near: [10.1.0.64/28]}\n"
        "  seg-firewall:interfaces: {management: {networkAcl: {subnetIds: [subnet-1]}}}\n"
    )
    lines = plan_sections(features("ssh-admin: {from: [near]}", acl))[
        'Network ACL "management" (management; internal)'
    ].lines

    assert any(line.startswith("not filtered here (own subnet): ") for line in lines)


def test_a_prefix_list_of_ours_and_custom_flows_are_in_the_head():
    custom = (
        "custom-flow: [{name: siem, interface: private, direction: egress, protocol: tcp, "
        "ports: [8514], to: [mail-servers], reason: logs, owner: soc, "
        'reviewBy: "2027-01-31"}]'
    )

    assert plan_sections(features(custom))["Plan of test"].lines[-1] == (
        "custom flows: siem (owner soc)"
    )
    assert plan_sections(features("ssh-admin: {}"))["Plan of test"].lines[-1] == (
        "custom flows: none"
    )


def test_sections_that_have_nothing_to_say_are_left_out():
    quiet = plan_sections(features("ssh-admin: {}"))

    assert list(quiet)[4:] == [
        "Widenings",
        "On the gateway itself (commands: the stack's readme output)",
        "What the cloud still blocks",
        "Proof",
    ]


def test_redundant_rules_and_remarks_have_sections_of_their_own():
    text = features(
        "send-mail: {}, deliver-inside: {interface: public}, talos: {}",
    )

    assert list(plan_sections(text))[4:7] == [
        "Widenings",
        "Redundant rules (kept: each says why something is open)",
        "Warnings and notes",
    ]
