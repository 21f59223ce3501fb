"""What the report says of owners, dates, quotas, waivers, countries and numbers."""

from __future__ import annotations

from datetime import date

import pytest

from segfw.review.report.picture import WIDTH, cut, few_ports, picture
from segfw.review.report.subject import ORDER
from segfw.waivers import Waivers
from tests.review.planning import features, plan_of
from tests.review.report.reporting import DAY, report_of, report_on
from tests.settings.reading import ON_AZURE
from tests.shipped import SHIPPED, TODAY, planned

NO_WAIVERS = Waivers((), TODAY)


def reported(text, below=None, dates=None):
    plan = plan_of(text) if below is None else plan_of(text, below)
    return report_on(plan, dates, NO_WAIVERS)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_link_of_a_report_leads_to_something_on_it(name):
    report = report_of(name)
    ids = {
        *(edge.id for edge in report.edges),
        *(point.anchor for point in report.points),
        *(rule.anchor for point in report.points for rule in point.rules),
        *(f"row-{one.row}" for one in report.numbers),
    }
    wanted = {
        *(edge for one in report.openings for _, edge in one.edges),
        *(cell.edge for row in report.matrix for cell in row.cells.values()),
        *(rule.anchor for edge in report.edges for rule in edge.rules),
        *(f"row-{one.row}" for edge in report.edges for one in edge.services if one.row),
        *(
            f"row-{id_}"
            for point in report.points
            for rule in point.rules
            for _, rows in rule.serves
            for id_, _ in rows
        ),
        *(anchor for one in report.interfaces for anchor, _ in one.points),
    }
    assert wanted
    assert wanted - ids == set()


@pytest.mark.parametrize("name", SHIPPED)
def test_no_two_places_of_a_page_share_an_id(name):
    report = report_of(name)
    ids = [
        *(edge.id for edge in report.edges),
        *(point.anchor for point in report.points),
        *(rule.anchor for point in report.points for rule in point.rules),
    ]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_rule_of_the_plan_is_shown_once_with_a_config_line_to_each_that_serves(name):
    report = report_of(name)
    shown = [rule for point in report.points for rule in point.rules]
    planned_ = [rule for one in planned(name).rule_sets for rule in one.rules]
    assert [rule.name for rule in shown] == [rule.name for rule in planned_]
    for row, rule in zip(shown, planned_, strict=True):
        assert bool(row.lines) == bool(rule.flows), row.name


def test_an_opening_says_since_when_its_lines_stand_there():
    report = report_of("aws-prod-us-east-1")
    mail = next(one for one in report.openings if one.reach == "from-internet")
    assert [(line.place, line.path, line.since) for line in mail.lines] == [
        ("config/shared/base.yaml:6", "features.receive-mail", DAY),
        ("config/shared/base.yaml:5", "features.pmtu", DAY),
    ]


def test_without_git_since_when_is_not_known():
    report = report_on(planned("aws-prod-us-east-1"), {})
    assert {line.since for one in report.openings for line in one.lines} == {None}
    assert {edge.since for edge in report.edges} == {None}


def test_a_connection_is_as_old_as_its_youngest_line():
    plan = planned("aws-prod-us-east-1")
    dates = {(p.file, p.line): "2026-01-01" for p in plan.settings.places.values()}
    dates["config/shared/company.yaml", 5] = "2026-10-10"
    admins = next(one for one in report_on(plan, dates).edges if one.peer == "admins")
    assert admins.since == "2026-10-10"
    del dates["config/shared/company.yaml", 5]
    admins = next(one for one in report_on(plan, dates).edges if one.peer == "admins")
    assert admins.since is None


def test_a_network_has_its_own_owner_and_one_without_has_the_stacks():
    report = report_of("aws-prod-us-east-1")
    owners = {
        one.peer: (one.owner, one.stacks_owner, one.checked, one.source) for one in report.openings
    }
    assert owners["bastion"] == ("platform", False, "2026-11-02", "IPAM")
    assert owners["sma"] == ("mail-operations", True, None, None)
    assert report_of("aws-lab").openings[0].owner is None


@pytest.mark.parametrize(
    ("checked", "stale"), [("2026-08-26", False), ("2026-08-25", True), (None, True)]
)
def test_a_list_is_stale_after_90_days_and_where_nobody_checked(checked, stale):
    said = f', checked: "{checked}"' if checked else ""
    networks = f"  seg-firewall:networks: {{admins: {{prefixes: [10.9.0.0/28]{said}}}}}\n"
    report = reported(features("ssh-admin: {}", networks))
    assert date(2026, 11, 24) == TODAY
    admins = next(one for one in report.lists if one.name == "admins")
    assert (admins.checked, admins.stale) == (checked, stale)


def test_quotas_are_fullest_first_with_their_source():
    gauges = report_of("aws-lab").gauges
    first = gauges[0]
    assert (first.point, first.what, first.used, first.limit, first.share) == (
        'network ACL "management"',
        "entries ingress IPv4",
        39,
        39,
        100,
    )
    assert "docs.aws.amazon.com/vpc" in first.source
    assert [one.share for one in gauges] == sorted((one.share for one in gauges), reverse=True)
    assert all("learn.microsoft.com" in one.source for one in report_of("azure-lab").gauges)


def test_a_raised_quota_stands_beside_its_default():
    bounds = {one.words: (one.value, one.default) for one in report_of("aws-lab").bounds}
    assert bounds["Entries per network ACL, direction and family"] == (40, 20)
    assert bounds["Rules per security group, direction and family"] == (60, 60)


def test_waivers_that_hold_elsewhere_are_left_out():
    checks = {one.check: one for one in report_of("aws-prod-us-east-1").waivers}
    assert "gateway-checklist" in checks
    assert "gateway-checklist" not in {one.check for one in report_of("aws-lab").waivers}
    assert checks["gateway-checklist"].covers
    assert checks["gateway-checklist"].left == (date(2027, 11, 19) - TODAY).days
    assert checks["AZU-0074"].covers == ()


def test_a_corrected_row_says_what_was_printed_and_who_says_so():
    rows = {one.row: one for one in report_of("aws-lab").numbers}
    talos = rows["talos"]
    assert talos.corrections
    assert all("printed" in words and "read 2026" in words for words in talos.corrections)
    extra = rows["radius"]
    assert (extra.label, extra.published) == ("extra radius", "")


def test_every_port_that_a_connection_has_stands_in_a_row_with_its_source():
    for name in SHIPPED:
        report = report_of(name)
        rows = {one.row: one for one in report.numbers}
        for edge in report.edges:
            for one in edge.services:
                if one.row:
                    assert one.words in rows[one.row].ports.split(", "), (edge.id, one.words)
                    assert rows[one.row].source


def test_data_that_goes_to_another_country_is_marked():
    hosts = {one.name: one for one in report_of("azure-lab").hosts}
    assert report_of("azure-lab").jurisdiction == "eu"
    assert (hosts["file-analysis"].country, hosts["file-analysis"].elsewhere) == ("us", True)
    at_home = {one.name: one for one in report_of("aws-lab").hosts}
    assert (at_home["file-analysis"].country, at_home["file-analysis"].elsewhere) == ("us", False)
    unknown = at_home["downloads.ironport.com"]
    assert (unknown.country, unknown.elsewhere) == ("not known", False)


def test_a_host_says_by_which_way_it_is_reached():
    ways = {one.way for one in report_of("aws-prod-us-east-1").hosts}
    assert ways == {"by the proxy web-proxies, port 3128", "straight, to 1,024 addresses"}
    assert {one.way for one in report_of("aws-dev-us-east-1").hosts} == {
        "straight, to any address on its port",
        "straight, to 1,024 addresses",
    }


def answers(report):
    return {one.id: one for one in report.questions}


def test_mail_from_the_internet_is_as_it_should_be_and_a_web_interface_is_not():
    assert answers(report_of("aws-prod-us-east-1"))["internet"].tone == "good"
    nothing = answers(reported(features("ssh-admin: {}, pmtu: false")))["internet"]
    assert (nothing.answer, nothing.tone) == (("Nothing.",), "good")
    partners = (
        "  seg-firewall:networks: {partners: [198.51.100.0/28]}\n"
        "  seg-firewall:features: {pmtu: false, qmqp: {from: [partners]}}\n"
    )
    relay = plan_of(f"config:\n{partners}")
    assert answers(report_on(relay, {}, NO_WAIVERS))["internet"].tone == "good"


def test_hosts_that_stand_for_any_address_are_marked():
    assert answers(report_of("aws-prod-us-east-1"))["calls"].tone == "good"
    assert answers(report_of("aws-dev-us-east-1"))["calls"].tone == "look"


def test_a_quarantine_inside_names_who_reaches_it():
    found = answers(report_of("aws-lab"))["quarantine"]
    assert found.answer == (
        "Nobody from outside.",
        "quarantine-users (65,536 addresses) to private: tcp 82, tcp 83",
    )
    none = answers(report_of("aws-prod-us-east-1"))["quarantine"]
    assert none.answer == ("Nobody from outside.", "Nobody inside either.")


def test_a_quarantine_that_the_internet_reaches_must_change():
    report = report_of("aws-lab")
    edges = tuple(
        edge._replace(reach="from-internet") if edge.peer == "quarantine-users" else edge
        for edge in report.edges
    )
    from segfw.review.report.questions import questions

    found = {one.id: one for one in questions(report._replace(edges=edges))}["quarantine"]
    assert (found.answer[0], found.tone) == ("Yes, from outside too.", "bad")


def test_what_is_past_must_change():
    report = report_of("aws-lab")
    from segfw.review.report.questions import questions

    def tone(**changed):
        return {one.id: one.tone for one in questions(report._replace(**changed))}["accepted"]

    waiver = report.waivers[0]
    assert tone() == "good"
    assert tone(waivers=(waiver._replace(left=-1),)) == "bad"
    assert tone(waivers=(waiver._replace(left=30),)) == "look"
    assert tone(waivers=(waiver._replace(left=31),)) == "good"
    assert tone(customs=(report.customs[0]._replace(due=True),)) == "bad"


def test_what_is_unknown_has_commands_with_the_stacks_own_ids():
    aws = "\n".join(c for one in report_of("aws-lab").unknowns for c in one.commands)
    for eni in ("eni-0a1b2c3d4e5f60001", "eni-0a1b2c3d4e5f60002", "eni-0a1b2c3d4e5f60003"):
        assert eni in aws
    assert "--region us-east-1" in aws
    azure = "\n".join(c for one in report_of("azure-lab").unknowns for c in one.commands)
    assert "--resource-group rg-mail-lab" in azure
    assert "aws " not in azure


def test_what_is_internal_is_asked_for_only_where_something_is():
    titles = {one.title for one in report_of("aws-dev-us-east-1").unknowns}
    internal = "Whether an internal interface can be reached from the internet"
    assert internal not in titles
    assert internal in {one.title for one in report_of("aws-lab").unknowns}
    assert internal in {one.title for one in report_of("azure-lab").unknowns}
    assert "The network ACL of the subnet (data)" in titles


def test_hosts_that_stand_for_any_address_are_named_where_that_is_said():
    report = report_of("aws-dev-us-east-1")
    (anywhere,) = [one for one in report.openings if one.reach == "to-anywhere"]
    peers = [peer for peer, _ in anywhere.edges]
    assert "internet" in peers
    assert "updates.ironport.com" in peers
    assert "talos" not in peers


def test_an_id_of_another_stack_is_no_word_of_a_command():
    text = (
        "config:\n  seg-firewall:interfaces:\n    public: {resourceGroup: {stack: acme/net/prod, "
        "output: rg}}\n    private: {resourceGroup: {stack: acme/net/prod, output: rg}}\n"
        "    management: {resourceGroup: {stack: acme/net/prod, output: rg}}\n"
        "  seg-firewall:features: {ssh-admin: {}}\n"
    )
    commands = "\n".join(c for one in reported(text, ON_AZURE).unknowns for c in one.commands)
    assert "--resource-group RESOURCE-GROUP" in commands
    assert "acme" not in commands


@pytest.mark.parametrize("name", SHIPPED)
def test_no_two_lines_of_the_picture_share_a_place_and_all_stand_inside(name):
    report = report_of(name)
    drawn = picture(report)
    wires = [wire for block in drawn.blocks for wire in block.wires]
    assert sorted(wire.edge.id for wire in wires) == sorted(edge.id for edge in report.edges)
    assert len({(wire.first, wire.y) for wire in wires}) == len(wires)
    for block in drawn.blocks:
        assert all(block.y < wire.y < block.y + block.height for wire in block.wires)
        assert all(block.y < y < block.y + block.height for _, _, y in block.lines)
    assert drawn.blocks[-1].y + drawn.blocks[-1].height <= drawn.height
    assert {wire.last for wire in wires} <= {drawn.left, WIDTH - drawn.peer_width}
    ends = [block.y + block.height for block in drawn.blocks]
    assert all(end < block.y for end, block in zip(ends, drawn.blocks[1:], strict=False))


def test_what_the_internet_reaches_is_drawn_first():
    for name in SHIPPED:
        external = [one.external for one in report_of(name).interfaces]
        assert external == sorted(external, reverse=True)
        for interface in report_of(name).interfaces:
            inward = [
                e for e in report_of(name).edges if e.interface == interface.name and e.inward
            ]
            assert [ORDER[e.reach] for e in inward] == sorted(ORDER[e.reach] for e in inward)


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("tcp 22", "tcp 22"),
        ("tcp 22, 80, 443, 4431, 6443", "tcp 22, 80, 443 +2"),
        ("icmp type 3 code 4, icmpv6 type 2 code 0", "icmp 3/4, icmpv6 2/0"),
        ("protocol-with-a-very-long-name", "protocol-with-a-very-lo…"),
        ("tcp 21, 1024-2221,2223-4430,4432-6024", "tcp 21, 1024-2221 +2"),
    ],
)
def test_ports_are_cut_between_ports_and_the_rest_is_counted(words, short):
    assert few_ports(words, 24) == short


def test_a_long_name_is_cut_with_an_ellipsis():
    assert cut("a" * 33, 33) == "a" * 33
    assert cut("a" * 34, 33) == "a" * 32 + "…"


def test_a_connection_is_as_exposed_as_its_most_exposed_service():
    more = (
        "  seg-firewall:networks: {monitoring: [10.9.1.0/28]}\n"
        "  seg-firewall:interfaces: {management: {roles: [management, private]}}\n"
    )
    for other in ("icmp-echo", "relay-mail"):  # one stands behind snmp in the catalog, one before
        on = f"snmp: {{from: [monitoring]}}, {other}: {{from: [monitoring]}}, pmtu: false"
        report = reported(features(on, more))
        edges = [one for one in report.edges if one.peer == "monitoring"]
        (edge,) = [one for one in edges if one.interface == "management"]
        assert set(edge.features) == {"snmp", other}
        assert edge.reach == "management"


@pytest.mark.parametrize("name", SHIPPED)
def test_what_calls_an_interface_stands_before_what_it_calls(name):
    report = report_of(name)
    for interface in report.interfaces:
        inward = [one.inward for one in report.edges if one.interface == interface.name]
        assert inward == sorted(inward, reverse=True)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_connection_leads_to_every_rule_that_carries_it_and_its_replies(name):
    report = report_of(name)
    for edge in report.edges:
        features = set(edge.features)
        wanted = {
            rule.anchor
            for point, rule_set in zip(report.points, planned(name).rule_sets, strict=True)
            for rule, made in zip(point.rules, rule_set.rules, strict=True)
            if point.interface == edge.interface
            and not rule.denies
            and any(
                (flow.peer.name, flow.direction.short)
                == (edge.peer, "in" if edge.inward else "out")
                and (f"custom {flow.custom}" if flow.custom else flow.feature) in features
                for flow in made.flows
            )
        }
        assert {rule.anchor for rule in edge.rules} == wanted
        assert wanted
    if name.startswith("aws-prod"):
        mail = next(e for e in report.edges if e.peer == "internet" and not e.inward)
        words = [rule.words for rule in mail.rules]
        assert "out tcp 25 0.0.0.0/0" in words
        assert any("replies: in tcp 1024-65535" in one for one in words)
