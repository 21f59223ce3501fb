"""Why a rule is there: feature, row, option and line."""

from __future__ import annotations

import pytest

from segfw.review.explain.nearest import Differs, nearest
from segfw.review.explain.path import Verdict
from tests.review.explain.asking import CATALOG, answered
from tests.review.planning import plan_of
from tests.shipped import CONFIG, planned

PROD = "aws-prod-us-east-1"


def reasons(plan, text):
    answer = answered(plan, text)
    return [
        reason
        for leg in answer.ways[0].legs
        for decided in leg.judged.decided
        for reason in answer.why(decided).reasons
    ]


def line(file, start):
    """The number of the first line of a shipped file that begins so."""
    lines = (CONFIG.parent / file).read_text("utf-8").splitlines()
    return next(n for n, one in enumerate(lines, start=1) if one.strip().startswith(start))


def test_a_rule_names_its_feature_row_option_and_lines():
    (reason,) = reasons(planned(PROD), "in tcp 10.40.8.4 -> management:22")

    assert (reason.flow.feature, reason.flow.label) == ("ssh-admin", "row 2")
    (option,) = reason.options
    at = line("config/shared/production.yaml", "ssh-admin:")
    assert (option.name, option.value) == ("from", "bastion")
    assert (option.origin.file, option.origin.line) == ("config/shared/production.yaml", at)
    lines = {(one.path, one.line) for one in reason.origins}
    assert ("features.ssh-admin", at) in lines
    bastion = line("config/shared/company.yaml", "bastion:")
    assert ("networks.bastion.prefixes[10.40.8.4/32]", bastion) in lines
    assert not any("10.40.8.5" in one.path for one in reason.origins)


def test_an_option_that_set_the_port_is_named():
    text = "config:\n  seg-firewall:features: {ssh-admin: {port: 2022}}\n"
    (reason,) = reasons(plan_of(text), "in tcp 10.9.0.1 -> management:2022")

    assert [(one.name, one.value) for one in reason.options] == [("port", "2022")]
    assert reason.options[0].origin is not None


def test_every_flow_behind_a_merged_rule_is_named():
    """config/shared/production.yaml: three features take row 2 from the SMA."""
    found = reasons(planned(PROD), "in tcp sma -> management:22")

    assert {one.flow.feature for one in found} == {
        "central-reporting",
        "central-spam-quarantine",
        "central-quarantines",
    }


def test_a_closing_deny_is_said_to_close():
    answer = answered(planned("azure-lab"), "in tcp 192.0.2.1 -> management:22")
    (decided,) = answer.ways[0].legs[0].judged.decided

    assert answer.why(decided).closing == "closes everything else"


def test_what_only_a_widening_lets_through_is_said_so():
    """Azure has no ICMP types: a ping's rule lets every type through (design section 6)."""
    answer = answered(planned("azure-lab"), "in icmp monitoring -> management:13.0")
    (decided,) = answer.ways[0].legs[0].judged.decided

    assert answer.verdict is Verdict.ALLOWED
    assert answer.why(decided).reasons == ()
    assert "ICMP" in answer.why(decided).widening


def near(stack, text):
    plan = planned(stack)
    return nearest(answered(plan, text).question, plan, CATALOG)


def test_a_denied_packet_names_the_nearest_flow():
    found = near(PROD, "in tcp 198.51.100.7 -> management:22")

    assert found[0].differs is Differs.PEER
    assert (found[0].reason.flow.feature, found[0].reason.flow.peer.name) == (
        "ssh-admin",
        "bastion",
    )


@pytest.mark.parametrize(
    ("text", "differs", "feature"),
    [
        ("in tcp 10.40.8.4 -> public:22", Differs.INTERFACE, "ssh-admin"),
        ("in tcp 10.40.8.4 -> management:23", Differs.PORT, "ssh-admin"),
        ("in udp dns-servers -> management:53", Differs.DIRECTION, "dns"),
    ],
)
def test_a_flow_that_differs_in_one_thing_is_near(text, differs, feature):
    assert (differs, feature) in {(n.differs, n.reason.flow.feature) for n in near(PROD, text)}


def test_the_nearest_come_first():
    """receive-mail stands before ssh-admin in the catalog, and its port is another one."""
    found = [one.differs for one in near(PROD, "in tcp 10.40.8.4 -> public:22")]

    assert found[0] is Differs.INTERFACE
    assert Differs.PORT in found
    assert found == sorted(found)


def test_egress_that_another_interface_sends_is_named():
    answer = answered(planned(PROD), "out udp public -> 10.40.16.20:162")

    assert any('sends this out by "management"' in note for note in answer.notes)


def test_ingress_whose_replies_leave_elsewhere_is_named():
    answer = answered(planned(PROD), "in tcp 198.51.100.7 -> management:22")

    assert any('sends its replies out by "public"' in note for note in answer.notes)


def test_a_rule_that_serves_requests_and_replies_is_explained_by_what_is_asked():
    """aws-lab: one egress entry is both for cluster members and for replies to them."""
    answer = answered(planned("aws-lab"), "in tcp 10.60.100.10 -> management:2222")
    (acl, _) = answer.ways[0].legs
    said = [answer.why(one).reasons for one in acl.replies.judged.decided]

    assert said
    assert all(reason.reply for reasons in said for reason in reasons)
    assert {r.flow.feature for reasons in said for r in reasons} == {"cluster"}
    assert not any(r.reply for one in acl.judged.decided for r in answer.why(one).reasons)


def test_options_of_the_other_direction_are_not_named():
    """FTP takes row 1 both ways: as a server where server is true, as a client where client is."""
    (reason,) = reasons(planned("aws-dev-us-east-1"), "in tcp 10.40.0.1 -> data:22")
    assert reason.options == ()
    found = reasons(planned("aws-lab"), "in tcp 10.20.21.21 -> management:21")

    assert {option.name for one in found for option in one.options} == {"server"}
