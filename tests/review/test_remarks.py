"""What a reviewer should see before a plan is applied."""

from __future__ import annotations

import pytest

from segfw.problems import Severity
from segfw.review.remarks import all_remarks, redundancies, widenings
from tests.review.planning import CATALOG, TODAY, features, plan_of
from tests.settings.reading import ON_AZURE

INTERNET = "  seg-firewall:hosts: {default: internet}\n"
FAR = "  seg-firewall:networks: {far: [10.77.0.0/28]}\n"


def lines(text: str, more: str = "", below: str | None = None) -> list[str]:
    plan = plan_of(features(text, more), *([below] if below else []))
    return [
        f"{remark.severity.value}: {remark.path}: {remark.message}"
        for remark in all_remarks(plan, CATALOG, today=TODAY)
    ]


def test_replies_that_leave_by_another_interface_are_a_warning_with_the_line_that_mends_it():
    assert lines("ssh-admin: {from: [far]}, gui-https: {}", FAR) == [
        (
            "warning: interfaces.management: far reaches ssh-admin here, and the gateway's replies "
            'leave by public; add "far" to interfaces.management.routes, and the route to the gateway.'
        )
    ]


def test_the_warning_points_to_the_line_of_the_routes():
    more = FAR + "  seg-firewall:interfaces:\n    management:\n      routes: [admins, sma]\n"
    plan = plan_of(features("ssh-admin: {from: [far]}, gui-https: {}", more))
    (warning,) = all_remarks(plan, CATALOG, today=TODAY)

    assert str(warning.place) == "config/Pulumi.test.yaml:5"


def test_without_routes_the_warning_points_to_the_interface():
    bare = """
config:
  aws:region: eu-central-1
  seg-firewall:cloud: aws
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces:
    management: {roles: [management], external: false, vpc: vpc-1}
    public: {roles: [public], external: true, vpc: vpc-1}
  seg-firewall:networks: {admins: [10.9.0.0/28]}
  seg-firewall:features: {ssh-admin: {}}
"""
    (warning,) = all_remarks(plan_of(bare, ""), CATALOG, today=TODAY)

    assert str(warning.place) == "config/Pulumi.test.yaml:6"


def test_the_line_mends_it():
    routed = FAR + "  seg-firewall:interfaces: {management: {routes: [far, admins, sma]}}\n"

    assert lines("ssh-admin: {from: [far]}, gui-https: {}", routed) == []


def test_a_peer_in_the_interfaces_own_subnet_needs_no_route():
    near = "  seg-firewall:networks: {near: [10.1.0.64/28]}\n"

    assert lines("ssh-admin: {from: [near]}, gui-https: {}", near) == []


def test_mail_from_anywhere_is_answered_where_it_came_in():
    assert lines("receive-mail: {}, deliver-inside: {}") == []


def test_the_interface_that_is_named_sends_by_its_routing_table_all_the_same():
    assert lines("dns: {to: [mail-servers], interface: public}, deliver-inside: {}") == [
        (
            "warning: interfaces.public: dns is opened here to mail-servers, which the gateway sends "
            'by private; add "mail-servers" to interfaces.public.routes, and the route to the gateway.'
        )
    ]


def test_a_custom_flow_is_named_by_its_own_name():
    custom = (
        "custom-flow: [{name: siem, interface: public, direction: egress, protocol: tcp, "
        "ports: [8514], to: [mail-servers], reason: logs, owner: soc, "
        'reviewBy: "2027-01-31"}], deliver-inside: {}'
    )

    assert lines(custom) == [
        (
            "warning: interfaces.public: custom flow siem is opened here to mail-servers, which the "
            'gateway sends by private; add "mail-servers" to interfaces.public.routes, and the route '
            "to the gateway."
        )
    ]


def note(feature: str, host: str, there: str, here: str) -> str:
    return (
        f"note: features.{feature}: {host} is in another jurisdiction ({there}) than this "
        f"stack ({here})."
    )


KINESIS = "kinesis.us-west-2.amazonaws.com"


def test_a_host_in_another_jurisdiction_is_named():
    """Row 26 is us-west-2 everywhere."""
    assert lines("advanced-phishing-protection: {}", INTERNET) == [
        note("advanced-phishing-protection", KINESIS, "us", "eu")
    ]


def test_a_host_in_the_same_jurisdiction_is_not():
    american = "  aws:region: us-east-1\n  seg-firewall:imports: [aws]\n"

    assert lines("advanced-phishing-protection: {}", INTERNET, american) == []


def test_a_region_that_is_not_known_has_no_jurisdiction_to_compare():
    unknown = "  aws:region: xx-north-1\n  seg-firewall:imports: [aws]\n"

    assert lines("advanced-phishing-protection: {}", INTERNET, unknown) == [
        (
            'warning: aws:region: "xx-north-1" begins like no region that the catalog knows, so '
            "hosts in another jurisdiction are not named; see that it is spelled as the cloud does."
        )
    ]


def test_a_host_follows_the_cisco_region():
    american = INTERNET + "  seg-firewall:gateway: {ciscoRegion: americas}\n"

    assert lines("file-reputation: {}", american) == [
        note("file-reputation", "file-reputation", "us", "eu")
    ]
    assert lines("file-reputation: {}", INTERNET) == []


IPV6_LEFT_OUT = 'note: features.talos: published IPv6 prefixes are left out: "public" has no IPv6.'


def test_published_prefixes_of_a_family_that_is_missing_are_noted():
    assert lines("talos: {}") == [IPV6_LEFT_OUT]


def test_with_both_families_nothing_is_left_out():
    both = "  seg-firewall:interfaces: {public: {families: [ipv4, ipv6]}}\n"

    assert lines("talos: {}", both) == []


def test_with_ipv6_alone_ipv4_is_left_out():
    six = (
        "  seg-firewall:interfaces:\n    public: {families: [ipv6], subnets: ['2001:db8:1::/64']}\n"
    )

    assert lines("talos: {}", six) == [
        'note: features.talos: published IPv4 prefixes are left out: "public" has no IPv4.'
    ]


def test_a_list_of_published_prefixes_is_not_said_to_leave_any_out():
    assert lines("talos: {prefixList: true}") == []


def literal(rows: str) -> str:
    return (
        f"note: features: the table prints In & Out for {rows}; only egress is opened, since the "
        "gateway opens the connection."
    )


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("ntp: {to: [mail-servers]}, aggregator: {}", "row 15"),
        ("mailbox-remediation: {microsoft365: true}", "row 30"),
        ("secure-endpoint-console: {}", "row 29"),
        # each Cisco region has its own row of 35 to 37
        ("securex: {}", "rows 36, 38"),
        ("securex: {}, secure-endpoint-console: {}", "rows 29, 36, 38"),
    ],
)
def test_a_literal_reading_that_is_not_followed_is_noted(text, rows):
    assert lines(text, INTERNET) == [literal(rows)]


def test_in_and_out_of_the_gateways_own_services_is_taken_literally():
    """Rows 39 and 46 are In and Out too, and the gateway itself listens there."""
    assert lines("new-ui: {}, central-quarantines: {}, ssh-admin: {}") == []


def test_warnings_stand_before_notes():
    plan = plan_of(features("talos: {}, ssh-admin: {from: [far]}", FAR))
    found = [remark.severity for remark in all_remarks(plan, CATALOG, today=TODAY)]

    assert found[0] is Severity.WARNING
    assert found[-1] is Severity.NOTE


def test_a_host_without_addresses_is_a_widening_by_its_strategy():
    plan = plan_of(features("aggregator: {}, file-analysis: {}", INTERNET))

    assert widenings(plan) == (
        (
            "tcp 443 from public reaches any address (0.0.0.0/0, private space included), in "
            "place of aggregator.cisco.com, file-analysis (strategy: internet)"
        ),
    )


def test_a_widening_names_the_families_that_it_opens():
    both = "  seg-firewall:interfaces: {public: {families: [ipv4, ipv6]}}\n"
    (line,) = widenings(plan_of(features("aggregator: {}", INTERNET + both)))

    assert line == (
        "tcp 443 from public reaches any address (0.0.0.0/0 and ::/0, private space included), in "
        "place of aggregator.cisco.com (strategy: internet)"
    )


def test_mail_to_the_internet_is_no_widening():
    assert widenings(plan_of(features("send-mail: {}, receive-mail: {}"))) == ()


def test_all_of_icmp_on_azure_is_a_declared_widening():
    (line,) = widenings(plan_of(features("icmp-echo: {from: [admins]}"), ON_AZURE))

    assert line.startswith('NSG "management", ingress: icmp type 0 code 0 to type 7: 10.9.0.0/28')
    assert line.endswith(
        "(an NSG cannot tell ICMP types apart: all of ICMP is allowed, not only echo requests)"
    )


def test_a_rule_that_another_covers_is_said_and_kept():
    plan = plan_of(features("send-mail: {}, deliver-inside: {interface: public}"))
    names = {rule.name for rule_set in plan.rule_sets for rule in rule_set.rules}

    assert redundancies(plan) == (
        (
            'security group "public": public-out-tcp-25-10.9.1.0_28 is covered by '
            "public-out-tcp-25-0.0.0.0_0"
        ),
    )
    assert {"public-out-tcp-25-10.9.1.0_28", "public-out-tcp-25-0.0.0.0_0"} <= names


SCATTERED = ", ".join(f"10.{10 * n + 1}.{7 * n}.{n + 1}/32" for n in range(25))
"""Administrators all over 10.0.0.0/8, more than there are entries."""
NEAR = ", ".join(f"10.9.0.{4 * n + 1}/32" for n in range(25))
"""As many in one small network."""


def with_acl(networks: str) -> str:
    return features(
        "ssh-admin: {}",
        "  seg-firewall:interfaces:\n"
        "    management:\n"
        "      networkAcl: {subnetIds: [subnet-1], fit: superset}\n"
        f"  seg-firewall:networks: {{admins: [{networks}]}}\n",
    )


def test_a_superset_that_opens_a_service_to_very_many_addresses_is_a_warning_with_their_number():
    plan = plan_of(with_acl(SCATTERED))
    (warning,) = [
        remark
        for remark in all_remarks(plan, CATALOG, today=TODAY)
        if remark.path == "interfaces.management.networkAcl.fit"
    ]
    (acl,) = [one for one in plan.rule_sets if one.label == 'network ACL "management"']
    added = sum(
        addresses.size()
        for widening in acl.widenings
        for service, addresses in widening.space.boxes()
        if str(service) == "tcp 22"
    )

    assert added > 4096
    assert warning.severity is Severity.WARNING
    assert warning.message.startswith(f"superset lets {added:,} more addresses reach tcp 22 than")


def test_a_superset_that_opens_a_service_to_a_few_more_is_none():
    plan = plan_of(with_acl(NEAR))

    assert [one for one in plan.rule_sets if one.widenings]
    assert not [r for r in all_remarks(plan, CATALOG, today=TODAY) if "superset lets" in r.message]
