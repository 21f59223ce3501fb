"""A question in a newcomer's own words is refused with what can be read instead."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.catalog.queries import single_ports
from segfw.review.explain.names import bare_names
from segfw.review.explain.question import Unreadable, read_question, words_of
from tests.cli.calling import SMALL
from tests.review.explain.asking import asked
from tests.review.planning import plan_of
from tests.settings.reading import ALONE
from tests.shipped import planned

LAB = "aws-lab"
PROD = "aws-prod-us-east-1"


def refused(plan, text):
    with pytest.raises(Unreadable) as found:
        asked(plan, text)
    return found.value


@pytest.mark.parametrize("word", ["any", "*", "all", "ANY"])
def test_no_word_means_everyone_silently(word):
    faults = refused(planned(LAB), f"in tcp {word} -> management:22").faults

    assert faults == (
        f'network "{word}": no such network in this stack; write internet for every address.',
    )


@pytest.mark.parametrize(
    ("word", "feature"),
    [("ssh", "ssh-admin"), ("https", "gui-https"), ("smtp", "receive-mail")],
)
def test_a_port_by_a_word_is_looked_up_in_the_catalog(word, feature):
    catalog = load_catalog()
    (fault,) = refused(planned(LAB), f"in tcp admins -> management:{word}").faults
    listening = [
        one
        for one in catalog.rows.values()
        if one.listens and one.id in {flow.row for flow in catalog.features[feature].flows}
    ]
    ports = single_ports(listening[0])

    assert f"{feature} listens on {ports[0]}" in fault


def test_a_port_word_that_nothing_has_is_answered_by_the_form_alone():
    (fault,) = refused(planned(LAB), "in tcp admins -> management:gopher").faults

    assert fault == (
        'port "gopher" is no port; write a number from 0 to 65535, or two with a hyphen.'
    )


def test_every_port_is_written_out():
    (fault,) = refused(planned(LAB), "in tcp admins -> management:any").faults

    assert fault.endswith("0-65535 is every port.")


@pytest.mark.parametrize("word", ["echo", "ping", "echo-requst"])
def test_a_ping_is_an_echo_request(word):
    (fault,) = refused(planned(LAB), f"in icmp monitoring -> management:{word}").faults

    assert fault == f'type "{word}" is none of icmp; did you mean "echo-request"?'


def test_without_an_interface_one_question_to_each_is_ready():
    found = refused(planned(PROD), "in tcp sma -> 22")

    assert found.ready == tuple(
        f"in tcp sma -> {name}:22" for name in sorted(planned(PROD).settings.interfaces)
    )


def test_an_interface_that_lacks_the_family_is_not_offered():
    found = refused(planned(LAB), "in tcp 2001:db8::7 -> 25")  # private has IPv4 only

    assert found.ready == (
        "in tcp 2001:db8::7 -> management:25",
        "in tcp 2001:db8::7 -> public:25",
    )


def test_without_a_port_those_open_from_there_are_ready():
    found = refused(planned(PROD), "in tcp 10.40.8.4 -> management")

    # config/shared/production.yaml: ssh-admin from bastion, which holds 10.40.8.4.
    assert found.ready == ("in tcp 10.40.8.4 -> management:22",)


def test_where_no_port_is_open_from_there_that_is_said():
    found = refused(planned(PROD), "in tcp 192.0.2.1 -> management")

    assert found.faults[1] == (
        "no feature of the stack has a port of tcp between 192.0.2.1 and management this way."
    )
    assert len(refused(planned(PROD), "in tcp 10.40.8.4 -> management").faults) == 1


def test_what_cannot_be_read_for_another_reason_is_not_offered():
    assert refused(planned(PROD), "in tcp smaa -> 22").ready == ()
    assert refused(planned(PROD), "in tcp 192.0.2.1 -> management").ready == ()


@pytest.mark.parametrize("stack", [LAB, PROD])
def test_what_is_ready_can_be_asked(stack):
    plan = planned(stack)
    for text in ("in tcp internet -> 443", "out tcp -> 10.40.0.0/16:25", "in icmp internet -> :8.0",
                 "in 47 internet -> ", "in tcp sma -> ", "out udp management -> monitoring"):  # fmt: skip
        try:
            asked(plan, text)
        except Unreadable as error:
            for one in error.ready:
                assert str(asked(plan, one)) == one


def test_an_ipv6_address_with_a_port_gets_its_brackets():
    found = refused(planned(LAB), "out tcp management -> 2001:db8::1:443")

    assert "stands in brackets: [2001:db8::1]:443." in found.faults[1]
    assert found.ready == ("out tcp management -> [2001:db8::1]:443",)


def test_a_whole_ipv6_address_is_not_taken_apart():
    found = refused(planned(LAB), "out tcp management -> 2001:db8:0:0:0:0:0:1")

    assert found.faults[0] == "it says no port, and tcp has ports; write one, such as :22."
    assert not any("brackets" in fault for fault in found.faults)


def test_a_host_that_goes_by_a_proxy_says_the_proxy():
    (fault,) = refused(planned(PROD), "out tcp management -> updates.ironport.com:443").faults

    # config/shared/company.yaml: default: {proxy: {network: web-proxies, port: 3128}}
    assert fault == (
        'host "updates.ironport.com": the gateway reaches this host by a proxy; write the '
        "proxy's network and port, web-proxies:3128."
    )


def test_a_host_whose_feature_is_off_says_so():
    (fault,) = refused(planned(PROD), "out tcp public -> outlook.office365.com:443").faults

    assert "no feature that needs it is on (" in fault


def test_a_dns_name_of_a_pool_says_the_pools_name():
    pool = load_catalog().hosts["file-analysis"]
    name = next(name for group in pool.names.values() for name in group)
    (fault,) = refused(planned(LAB), f"out tcp public -> {name}:443").faults

    assert fault == (f'host "{name}": the stack has it under the name "file-analysis"; write that.')


def test_a_role_is_answered_with_the_interface_that_has_it():
    (fault,) = refused(
        plan_of(SMALL.replace("data:", "mgmt:"), below=ALONE), "in tcp 10.1.2.3 -> management:22"
    ).faults

    assert fault == 'interface "management": no such interface; "mgmt" has the role management.'


def test_a_deployment_without_settings_has_no_such_hints():
    with pytest.raises(Unreadable) as found:
        read_question(
            words_of("out tcp management -> updates.ironport.com:443"), bare_names(["mgmt"])
        )

    assert len(found.value.faults) == 2
    assert all("no such" in fault for fault in found.value.faults)


def test_an_address_whose_port_is_said_keeps_its_last_group():
    found = asked(planned(LAB), "out tcp management -> [2001:db8::1:80]:443")

    assert str(found) == "out tcp management -> [2001:db8::1:80]:443"
