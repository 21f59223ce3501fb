"""What is said at a glance where something is wrong, or is not known."""

from __future__ import annotations

from datetime import date

import pytest

from segfw.cli.report.html import index_html, report_html
from segfw.cli.report.markdown import report_markdown
from segfw.guardrails.guardrail import Verdict
from segfw.guardrails.pack import BY_ID
from segfw.problems import Severity
from segfw.review.report.across import compare
from segfw.review.report.picture import picture
from segfw.review.report.questions import questions
from segfw.review.report.worries import worries
from segfw.waivers import Waivers
from segfw.waivers.stock import STOCK
from tests.review.planning import features, plan_of
from tests.review.report.reporting import report_of, report_on
from tests.settings.reading import ON_AWS, ON_AZURE, SOUND
from tests.shipped import SHIPPED, TODAY, planned

NO_WAIVERS = Waivers((), TODAY)
LIST = "aws: {prefixList: {id: pl-1, weight: 2, family: ipv4}}"


def reported(text, below=ON_AWS):
    return report_on(plan_of(text, below), {}, NO_WAIVERS)


def answers(report):
    return {one.id: one for one in questions(report)}


def opened_to(list_, feature, below=ON_AWS):
    """A stack with one feature that is open to, or towards, one network of the cloud's."""
    return reported(
        features(f"pmtu: false, {feature}", f"  seg-firewall:networks: {{far: {list_}}}\n"), below
    )


def test_a_list_of_the_clouds_on_an_external_interface_may_be_the_internet():
    report = report_of("aws-prod-us-east-1")
    edges = tuple(
        one._replace(peer="partners", public=None, addresses="members of pl-1", reach="named")
        if one.inward and one.peer == "internet" and one.interface == "public"
        else one
        for one in report.edges
    )
    openings = tuple(one for one in report.openings if one.reach != "from-internet")
    changed = report._replace(edges=edges, openings=openings)
    found = answers(changed)["internet"]
    assert found.tone == "look"
    assert found.answer == (
        "partners (members of pl-1) to public, tcp 25, icmp type 3 code 4: "
        "only the cloud knows whether public",
    )
    assert [one.peer for one in changed.uncertain] == ["partners"]
    page = report_html(changed)
    assert "from the internet: nothing" not in page
    assert "calls public, which the internet reaches" in page
    assert "only the cloud knows who is in partners" in report_markdown(changed).split("\n")[0]
    index = index_html(compare([changed], [], page_of=lambda stack: stack))
    assert "<td>only the cloud knows</td>" in index


def test_prefixes_in_the_stack_file_do_not_say_who_is_in_the_clouds_list():
    report = opened_to(f"{{prefixes: [10.9.9.0/28], {LIST}}}", "syslog: {to: [far]}")
    assert {one.public for one in report.edges} == {None}
    report = opened_to(f"{{prefixes: [198.51.100.0/28], {LIST}}}", "syslog: {to: [far]}")
    assert {one.public for one in report.edges} == {True}
    report = opened_to("[10.9.9.0/28]", "syslog: {to: [far]}")
    assert {one.public for one in report.edges} == {False}


def test_a_list_of_the_clouds_that_the_gateway_calls_is_no_question_about_the_internet():
    report = opened_to(f"{{{LIST}}}", "syslog: {to: [far]}")
    assert report.uncertain == ()
    assert answers(report)["internet"].answer == ("Nothing.",)


def test_a_group_has_no_public_members():
    report = opened_to("{aws: {securityGroup: sg-1}}", "receive-mail: {from: [far]}")
    assert [one.public for one in report.edges] == [False]
    assert answers(report)["internet"].tone == "good"


def test_azures_health_probes_are_not_the_internet():
    report = report_of("azure-lab")
    probes = [one for one in report.edges if one.peer == "azure-load-balancer"]
    assert [one.public for one in probes] == [False]
    assert report.uncertain == ()


@pytest.mark.parametrize("feature", ["ntp: {to: [far]}", "syslog: {to: [far]}"])
def test_what_the_gateway_calls_by_a_list_of_the_clouds_is_named(feature):
    found = answers(opened_to(f"{{{LIST}}}", feature))["calls"]
    assert found.tone == "look"
    assert "far (members of pl-1, only the cloud knows where)" in found.answer[0]


def test_services_by_a_proxy_are_counted_by_proxy():
    report = report_of("aws-prod-us-east-1")
    found = answers(report)["calls"]
    by_proxy = [one for one in report.hosts if one.way == "by the proxy web-proxies, port 3128"]
    assert f"{len(by_proxy)} services by the proxy web-proxies, port 3128" in found.answer


@pytest.mark.parametrize("name", SHIPPED)
def test_who_reaches_an_administering_service_is_named_wherever_it_stands(name):
    report = report_of(name)
    held = [one for one in report.openings if one.manages]
    assert {one.reach for one in held} == {"management"}
    moved = tuple(
        one._replace(reach="from-internet") if one.manages else one for one in report.openings
    )
    found = answers(report._replace(openings=moved))["administration"]
    assert found.tone == "bad"
    assert found.answer == answers(report)["administration"].answer


@pytest.mark.parametrize(
    ("public", "reach", "tone"),
    [
        (False, "management", "good"),
        (True, "management", "look"),
        (None, "management", "look"),
        (True, "from-anywhere", "look"),
        (True, "from-internet", "bad"),
    ],
)
def test_administration_is_as_it_should_be_only_for_addresses_that_are_known_to_be_private(
    public, reach, tone
):
    report = report_of("aws-prod-us-east-1")
    openings = tuple(
        one._replace(public=public, reach=reach) if one.peer == "bastion" else one
        for one in report.openings
    )
    assert answers(report._replace(openings=openings))["administration"].tone == tone


@pytest.mark.parametrize(
    ("public", "tone", "words"),
    [
        (False, "good", "Nobody from outside."),
        (True, "look", "Public addresses, on an interface without the internet in front of it."),
        (None, "look", "Only the cloud knows whether anybody outside is among them."),
    ],
)
def test_a_quarantine_says_what_is_known_of_who_reaches_it(public, tone, words):
    report = report_of("aws-lab")
    edges = tuple(
        one._replace(public=public) if one.peer == "quarantine-users" else one
        for one in report.edges
    )
    found = answers(report._replace(edges=edges))["quarantine"]
    assert (found.answer[0], found.tone) == (words, tone)


def test_public_addresses_before_a_quarantine_inside_are_seen_in_the_stack_file():
    report = opened_to("[198.51.100.0/24]", "quarantine-https: {from: [far]}")
    assert answers(report)["quarantine"].tone == "look"


def test_a_finding_that_nobody_accepted_must_change():
    plan = planned("aws-prod-us-east-1")
    report = report_on(plan, {}, NO_WAIVERS)
    count = sum(one.guardrail == "gateway-checklist" for one in report.violations)
    assert count
    found = answers(report)["accepted"]
    assert found.tone == "bad"
    assert found.answer[0] == f"accepted by nobody: gateway-checklist, {count} findings"
    assert {one.verdict for one in report.violations} == {Verdict.VIOLATED.value}
    assert answers(report_of("aws-prod-us-east-1"))["accepted"].tone == "good"


def test_waivers_for_what_this_stack_cannot_have_are_left_out_at_a_glance():
    report = report_of("aws-prod-us-east-1")
    azure = [one for one in report.waivers if one.check.startswith("AZU-")]
    assert azure
    for one in azure:
        assert (one.covers, one.foreseen) == ((), True)
    answer = answers(report._replace(waivers=tuple(azure)))["accepted"].answer
    assert answer == ("Nothing.",)
    past = (azure[0]._replace(left=-1),)
    assert answers(report._replace(waivers=past))["accepted"].tone == "bad"


@pytest.mark.parametrize(
    ("until", "tone"), [("2026-12-24", "look"), ("2026-12-25", "good")], ids=["30 days", "31 days"]
)
def test_a_custom_flow_that_is_due_within_30_days_is_worth_a_look(until, tone):
    report = report_of("aws-lab")
    customs = tuple(one._replace(until=until) for one in report.customs)
    assert answers(report._replace(customs=customs))["accepted"].tone == tone


def test_warnings_of_the_plan_are_counted_at_a_glance():
    report = report_of("aws-prod-us-east-1")
    assert report.warnings == 1
    assert "1 warning of the plan, above these answers" in answers(report)["left"].answer
    done = tuple(
        one.__class__(
            id=one.id, title="", why="", commands=(), sourced=True, confirmed="somebody, 2026-11-02"
        )
        for one in report.checklist
    )
    assert answers(report._replace(checklist=done))["left"].tone == "look"
    quiet = report._replace(checklist=done, remarks=())
    assert answers(quiet)["left"].tone == "good"


def test_no_list_is_no_list_without_an_owner():
    found = answers(reported(features("pmtu: false, send-mail: {}")))["owners"]
    assert (found.answer, found.tone) == (("No rule is made of a list of this stack's.",), "good")


def test_the_vendors_own_lists_are_asked_for_their_country_too():
    report = reported(features("pmtu: false, talos: {}"))
    (talos,) = report.hosts
    assert (talos.name, talos.country, talos.features) == ("talos", "not known", ("talos",))
    assert talos.way == "straight, to 1,024 addresses"
    found = answers(report)["countries"]
    assert (found.answer, found.tone) == (("talos: the vendor does not say",), "look")


def commands(report, title):
    (found,) = [one for one in report.unknowns if one.title.startswith(title)]
    return "\n".join(found.commands)


def test_flow_logs_are_looked_for_on_every_interface_its_subnet_and_its_vpc():
    asked = commands(report_of("aws-prod-us-east-1"), "What carried traffic")
    enis = [
        eni
        for one in planned("aws-prod-us-east-1").settings.interfaces.values()
        for eni in one.security_group.attach.values()
    ]
    vpcs = {one.vpc for one in planned("aws-prod-us-east-1").settings.interfaces.values()}
    assert len(enis) == 6
    first, query, _ = asked.split("\n")
    values = first.rpartition("Values=")[2].split(",")
    assert set(values) == {*enis, *vpcs, "SUBNET-ID"}
    assert all(f'"{eni}"' in query for eni in enis)


def test_a_subnet_without_a_route_table_of_its_own_is_asked_for_the_main_one():
    asked = commands(report_of("aws-prod-us-east-1"), "Whether an internal interface")
    vpc = planned("aws-prod-us-east-1").settings.interfaces["management"].vpc
    assert f"Name=association.main,Values=true Name=vpc-id,Values={vpc}" in asked
    assert "PrivateIpAddresses[].Association.PublicIp" in asked
    assert "Ipv6Addresses[].Ipv6Address" in asked


def test_a_nat_rule_before_an_internal_interface_is_asked_for():
    asked = commands(report_of("azure-lab"), "Whether an internal interface")
    assert "loadBalancerInboundNatRules[].id" in asked


@pytest.mark.parametrize(
    ("list_", "below", "command"),
    [
        (f"{{{LIST}}}", ON_AWS, "get-managed-prefix-list-entries"),
        ("{aws: {securityGroup: sg-1}}", ON_AWS, "Name=group-id,Values=sg-1"),
        ("{azure: {serviceTag: Storage}}", ON_AZURE, "name=='\"'\"'Storage'\"'\"'"),
    ],
)
def test_who_is_in_what_the_cloud_keeps_is_asked_for(list_, below, command):
    report = opened_to(list_, "syslog: {to: [far]}", below)
    assert command in commands(report, "Who is in far")


def test_where_every_list_is_known_nobody_asks_for_members():
    for name in SHIPPED:
        assert not [one for one in report_of(name).unknowns if one.title.startswith("Who is in")]


def test_a_line_says_since_when_it_stands_there_in_words():
    plan = planned("aws-dev-us-east-1")
    places = {(one.file, one.line) for one in plan.settings.places.values()}

    def words(said):
        report = report_on(plan, dict.fromkeys(places, said))
        return {line.since_words for one in report.openings for line in one.lines}

    assert words(date(2026, 1, 5).isoformat()) == {"since 2026-01-05"}
    assert words("2026-01-05 or before") == {"since 2026-01-05 or before"}
    assert words("not committed yet") == {"not committed yet"}
    assert words("") == {"since when: not known"}


def test_a_rule_set_that_this_stack_attaches_to_nothing_stands_above_the_answers():
    (first, *_) = report_of("azure-prod-westeurope").worries
    assert first.text == (
        'This stack attaches NSG "management", NSG "private", NSG "public" to nothing: until '
        "whoever owns the network interface or subnet does, they protect nothing."
    )
    assert [one.text for one in report_of("aws-lab").worries] == []
    alone = opened_to("[10.9.9.0/28]", "syslog: {to: [far]}")
    assert "they protect nothing" in alone.worries[0].text
    page = report_html(alone)
    assert page.index("they protect nothing.") < page.index('<ol class="cards">')
    markdown = report_markdown(alone)
    assert markdown.index("they protect nothing.") < markdown.index("**1. What can be reached")


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (4, 4), (5, 4), (9, 4)])
def test_warnings_of_the_plan_stand_above_the_answers_and_the_rest_is_counted(count, shown):
    report = report_of("aws-prod-us-east-1")
    (warning,) = [one for one in report.remarks if one.severity is Severity.WARNING]
    many = tuple(warning._replace(message=f"Warning {n}.") for n in range(count))
    notes = tuple(one for one in report.remarks if one is not warning)
    found = worries(report._replace(remarks=(*many, *notes)))
    assert len(found) == shown
    assert (found[0].text, found[0].place) == ("gateway: Warning 0.", str(warning.place))
    said = {4: "gateway: Warning 3.", 5: "2 more", 9: "6 more", 1: "gateway: Warning 0."}
    assert found[-1].text.startswith(said[count])


def test_a_feature_that_the_gateway_does_not_work_without_is_said_on_the_first_screen():
    newer = {"sound": SOUND.replace('release: "15.0"', 'release: "15.5"')}
    plan = plan_of(features("pmtu: false, send-mail: {}"), ON_AWS, newer)
    report = report_on(plan, {}, NO_WAIVERS)
    (line,) = [one.text for one in report.worries if "does not work without" in one.text]
    assert "smart-licensing is off" in line


def test_any_address_before_an_internal_interface_is_not_called_the_internet():
    report = report_of("aws-prod-us-east-1")
    drawn = {
        (wire.edge.interface, wire.peer)
        for block in picture(report).blocks
        for wire in block.wires
        if wire.edge.inward and wire.edge.peer == "internet"
    }
    assert drawn == {
        ("public", "internet"),
        ("management", "anyone inside"),
        ("private", "anyone inside"),
    }
    inside = [one.far for one in report.openings if one.reach == "from-anywhere"]
    assert inside == ["anyone inside", "anyone inside"]
    assert 'p2(["anyone inside"])' in report_markdown(report)


def test_a_list_has_the_same_owner_wherever_it_is_shown():
    report = report_of("aws-prod-us-east-1")
    listed = {one.name: one.owner_words for one in report.lists}
    opened = [one for one in report.openings if one.listed]
    assert len(opened) == 5
    assert {one.peer: one.owner_words for one in opened} == {
        one.peer: listed[one.peer] for one in opened
    }
    assert listed["bastion"] == ("platform", "")
    assert listed["sma"] == ("mail-operations", "owns the stack; the list names nobody")
    (first, *_) = report.openings
    assert (first.peer, first.owner_words) == ("internet", ("mail-operations", "owns the stack"))


def test_nobody_owns_a_list_where_neither_it_nor_the_stack_names_anybody():
    report = opened_to("[10.9.9.0/28]", "snmp: {from: [far]}")
    assert [one.owner_words for one in report.lists] == [("nobody", "")]
    assert {one.owner_words for one in report.openings} == {("nobody", "")}


def test_services_whose_country_nobody_says_are_named_up_to_five():
    report = report_of("aws-prod-us-east-1")
    names = [one.name for one in report.hosts if one.country == "not known"]
    assert len(names) == 6
    (line,) = answers(report)["countries"].answer
    assert line == f"{', '.join(names[:5])} and 1 more: the vendor does not say"


def test_a_waiver_says_what_its_check_looks_at():
    report = report_of("aws-prod-us-east-1")
    titles = {one.check: one.title for one in report.waivers}
    assert titles["CKV2_AWS_1"] == STOCK["CKV2_AWS_1"].looks_at.rstrip(".")
    assert titles["gateway-checklist"] == BY_ID["gateway-checklist"].statement.rstrip(".")
    assert "" not in titles.values()
    assert STOCK["CKV2_AWS_1"].looks_at.rstrip(".") in " ".join(answers(report)["accepted"].answer)
