"""A plan as tables of plain words."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction, Protocol
from segfw.flow import IcmpType, Peer, Point
from segfw.review.sections import Item
from segfw.review.tables import checklist_section, rule_table, sections, why
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

    assert table.headers == ("Direction", "Protocol", "Ports", "Peer", "Group", "Why")
    assert table.rows == ((*SSH[:4], "2", "ssh-admin (row 2)"),)


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
    "more than three names are counted": (
        rule(flows=tuple(flow(peer=Peer(n, prefixes("10.9.0.0/28"))) for n in "edcba")),
        3,
        "10.9.0.0/28 (a, b, c and 2 more)",
    ),
}


@pytest.mark.parametrize(("one", "column", "text"), CELLS.values(), ids=CELLS)
def test_a_cell_is_in_a_readers_words(one, column, text):
    assert cells(Point.SECURITY_GROUP, one)[0][column] == text


def rows_of(feature: str, *labels: str):
    return tuple(flow(feature, label=label) for label in labels)


REASONS = {
    "one feature": (rule(), "ssh-admin (row 2)"),
    "one feature for several peers": (rule(flows=(flow(), flow())), "ssh-admin (row 2)"),
    "a feature with several rows": (
        rule(flows=(*rows_of("updates", "row 24", "row 9", "row 10"), flow("ldap"))),
        "updates (rows 9, 10, 24), ldap (row 2)",
    ),
    "a row of the table and one that it lacks": (
        rule(flows=rows_of("ftp", "row 43", "extra ftp-active-data", "row 1")),
        "ftp (rows 1, 43, extra ftp-active-data)",
    ),
    "a custom flow": (
        rule(flows=(flow("custom-flow", label="custom siem", custom="siem"), flow())),
        "custom siem, ssh-admin (row 2)",
    ),
    "every feature, however many": (
        rule(flows=tuple(flow(name) for name in "abcdefgh")),
        "a (row 2), b (row 2), c (row 2), d (row 2), e (row 2), f (row 2), g (row 2), h (row 2)",
    ),
    "a reply names what it answers": (rule(reply=True), "replies to ssh-admin (row 2)"),
    "the closing deny": (closing(Direction.EGRESS), "closes everything else"),
}


@pytest.mark.parametrize(("one", "text"), REASONS.values(), ids=REASONS)
def test_a_rule_says_why_it_is_there(one, text):
    assert why(one) == text


WITH_ACL = (
    "  seg-firewall:interfaces: {management: {networkAcl: {subnetIds: [subnet-1]}}}\n"
    "  seg-firewall:quotas: {networkAcl: {entries: 40}}\n"
)
ACL = 'Network ACL "management" (management; internal)'


def guards(text: str) -> dict[str, str]:
    """The reason of each guard by its port."""
    table = plan_sections(features(text, WITH_ACL))[ACL].table
    return {row[3]: row[5] for row in table.rows if row[1] == "deny in"}


def test_a_guard_names_the_service_that_it_stands_before():
    assert guards("ssh-admin: {}, dns: {to: [sma]}") == {
        "2222": "guard: Cluster communication service (row 44)",
        "4431": "guard: New web interface (row 39)",
        "6025": "guard: Spam to the central quarantine (row 45)",
        "6080": "guard: API over HTTP (row 47)",
        "6443": "guard: API over HTTPS (row 48)",
        "7025": "guard: Central policy, virus and outbreak quarantines (row 46)",
    }


def test_a_guard_of_a_port_that_was_moved_names_the_service_that_moved_there():
    found = guards("gui-https: {port: 8443}, dns: {to: [sma]}")

    assert found["8443"] == "guard: Web interface over HTTPS (row 21)"


def plan_sections(text: str, *below: str, rules: bool = True, commands: bool = False) -> dict:
    found = sections(plan_of(text, *below), CATALOG, today=TODAY, rules=rules, commands=commands)
    return {section.title: section for section in found}


def test_an_enforcement_point_says_its_roles_and_whether_it_is_reached_from_outside():
    titles = list(plan_sections(features("receive-mail: {}, deliver-inside: {}")))

    assert titles[2:5] == [
        'Security group "management" (management; internal)',
        'Security group "private" (private; internal)',
        'Security group "public" (public; external)',
    ]


EXPOSURE = "Exposure (what the security groups admit)"


def test_without_rules_only_the_tables_are_missing():
    text = features("receive-mail: {}, deliver-inside: {}")
    whole, short = plan_sections(text), plan_sections(text, rules=False)

    assert list(whole) == list(short)
    assert [one.lines for one in whole.values()] == [one.lines for one in short.values()]
    assert [title for title, one in short.items() if one.table] == [EXPOSURE]


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

    assert list(quiet)[5:] == [
        "Widenings",
        "On the gateway itself (commands: segfw plan test --checklist)",
        "What the cloud still blocks",
        "Proof",
    ]


def test_redundant_rules_and_remarks_have_sections_of_their_own():
    text = features(
        "send-mail: {}, deliver-inside: {interface: public}, talos: {}",
    )

    assert list(plan_sections(text))[5:8] == [
        "Widenings",
        "Redundant rules (kept: each says why something is open)",
        "Warnings and notes",
    ]


def test_exposure_stands_right_below_the_head_and_answers_three_questions():
    text = features("receive-mail: {}, ssh-admin: {}, gui-https: {}, deliver-inside: {}")
    found = plan_sections(text)

    assert list(found)[:2] == ["Plan of test", EXPOSURE]
    assert found[EXPOSURE].lines == ("to any address: nothing",)
    assert found[EXPOSURE].table.headers == ("Reach", "Interface", "Peer", "What")
    assert found[EXPOSURE].table.rows == (
        (
            "from the internet",
            "public",
            "any IPv4 address",
            "tcp 25 (receive-mail), icmp type 3 code 4 (pmtu)",
        ),
        ("from anyone inside", "management", "any IPv4 address", "icmp type 3 code 4 (pmtu)"),
        ("from anyone inside", "private", "any IPv4 address", "icmp type 3 code 4 (pmtu)"),
        (
            "management",
            "management",
            "admins (16 addresses)",
            "tcp 22 (ssh-admin), tcp 443 (gui-https)",
        ),
    )


def test_public_managers_are_marked():
    branch = "  seg-firewall:networks: {branch: [198.51.100.0/28]}\n"
    (row,) = [
        row
        for row in plan_sections(features("ssh-admin: {from: [branch]}", branch))[
            EXPOSURE
        ].table.rows
        if row[0] == "management"
    ]

    assert row[2] == "branch (16 addresses, public ones among them)"


def test_a_stack_that_opens_nothing_to_anyone_says_so():
    found = plan_sections(features("pmtu: false, dns: {to: [sma]}"))[EXPOSURE]

    assert found.table is None
    assert found.lines == (
        "from the internet: nothing",
        "management: from nowhere",
        "to any address: nothing",
    )


def test_on_azure_exposure_is_what_the_nsgs_admit():
    found = plan_sections(features("ssh-admin: {}"), ON_AZURE)

    assert found["Exposure (what the NSGs admit)"].table.rows == (
        ("management", "management", "admins (16 addresses)", "tcp 22 (ssh-admin)"),
    )


def to_do(text: str, more: str = "", *, commands: bool) -> dict:
    plan = plan_of(features(text, more))
    section = checklist_section(plan, CATALOG, today=TODAY, commands=commands)
    return {item.text: item for item in section.items}


def test_an_item_of_the_checklist_is_its_title_where_commands_are_not_wanted():
    text = "[ ] ip-access-list: Admit administrators by address"

    assert to_do("ssh-admin: {}", commands=False)[text] == Item(text)


def test_an_item_of_the_checklist_has_its_reason_and_commands_where_they_are():
    found = to_do("gui-https: {}", commands=True)
    sourced = found["[ ] ip-access-list: Admit administrators by address"]
    doubtful = found["[ ] cross-site-scripting: Protect against cross-site scripting"]

    assert sourced.commands == ("adminaccessconfig", "ipaccess", "10.9.0.0/28", "commit")
    assert len(sourced.notes) == 1
    assert doubtful.notes[1:] == ("Confirm these commands in your release.",)


def test_a_confirmed_item_is_ticked():
    done = (
        '  seg-firewall:gateway:\n    checklist: {ip-access-list: {by: Mara, date: "2026-11-01"}}\n'
    )

    assert (
        "[x] ip-access-list: Admit administrators by address (confirmed by Mara, 2026-11-01)"
        in to_do("ssh-admin: {}", done, commands=False)
    )


def test_a_stack_without_items_says_that_there_is_nothing_to_do():
    routeless = "  seg-firewall:interfaces: {management: {routes: []}, private: {routes: []}}\n"
    section = checklist_section(
        plan_of(features("dns: {to: [mail-servers]}", routeless)),
        CATALOG,
        today=TODAY,
        commands=False,
    )

    assert section.title == "On the gateway itself"
    assert section.lines == ("Nothing: no feature of this stack needs it.",)
