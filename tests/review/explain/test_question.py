"""Questions are read strictly: what is wrong is said, all of it, with what would be read."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction
from segfw.review.explain.names import names_of
from segfw.review.explain.question import LONGEST, Unreadable, read_question, words_of
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.headerspace import Service
from segfw.sets.ports import PortRange
from tests.review.explain.asking import asked
from tests.review.planning import plan_of
from tests.shipped import planned

LAB = "aws-lab"
ONE_INTERFACE = "aws-dev-us-east-1"


def tcp(first, last=None):
    return Service.of_ports(6, PortRange(first, last or first))


@pytest.mark.parametrize(
    ("text", "direction", "service", "interface", "remote"),
    [
        ("in tcp 198.51.100.7 -> management:22", "ingress", tcp(22), "management", "198.51.100.7/32"),
        ("  in   tcp  198.51.100.7->management:22 ", "ingress", tcp(22), "management", "198.51.100.7/32"),
        ("IN TCP 198.51.100.7 -> management:22", "ingress", tcp(22), "management", "198.51.100.7/32"),
        ("ingress tcp 10.0.0.0/8 -> public:25-26", "ingress", tcp(25, 26), "public", "10.0.0.0/8"),
        ("in tcp 2001:db8::7 -> public:25", "ingress", tcp(25), "public", "2001:db8::7/128"),
        ("in tcp [2001:db8::7] -> public:25", "ingress", tcp(25), "public", "2001:db8::7/128"),
        ("out tcp management -> [2001:db8::1]:443", "egress", tcp(443), "management", "2001:db8::1/128"),
        ("out tcp management -> [2001:db8::/64]:443", "egress", tcp(443), "management", "2001:db8::/64"),
        ("out 47 public -> 192.0.2.1", "egress", Service.of_protocol(47), "public", "192.0.2.1/32"),
        ("out 6 public -> 192.0.2.1:443", "egress", tcp(443), "public", "192.0.2.1/32"),
        ("in icmp 192.0.2.1 -> public:8.0", "ingress", Service.of_icmp(1, 8, 0), "public", "192.0.2.1/32"),
        ("in icmp 192.0.2.1 -> public:echo-request", "ingress", Service.of_icmp(1, 8, 0), "public", "192.0.2.1/32"),
        ("in icmp 192.0.2.1 -> public:echo-reply", "ingress", Service.of_icmp(1, 0, 0), "public", "192.0.2.1/32"),
        ("in icmpv6 2001:db8::1 -> public:echo-request", "ingress", Service.of_icmp(58, 128, 0), "public", "2001:db8::1/128"),
        ("in icmp 192.0.2.1 -> public:3", "ingress", Service.of_icmp(1, 3, None), "public", "192.0.2.1/32"),
        ("Out tcp -> 192.0.2.1:443", "egress", tcp(443), "public", "192.0.2.1/32"),
        ("out udp -> 10.20.53.53:53", "egress", Service.of_ports(17, PortRange(53, 53)), "management", "10.20.53.53/32"),
    ],
)  # fmt: skip
def test_a_question_is_read(text, direction, service, interface, remote):
    found = asked(planned(LAB), text)

    assert found.direction is Direction(direction)
    assert found.service == service
    assert found.interface == interface
    assert found.remote.prefixes == (parse_prefix(remote),)


@pytest.mark.parametrize("near", ["data:22", ":22", "22"])
def test_the_only_interface_may_be_left_out(near):
    assert asked(planned(ONE_INTERFACE), f"in tcp 10.1.2.3 -> {near}").interface == "data"


def test_a_network_is_all_its_prefixes_in_the_families_of_the_interface():
    found = asked(planned(LAB), "in tcp admins -> management:22")

    # config/shared/lab.yaml: admins: [198.51.100.0/28, 10.40.0.0/24, 2001:db8:40::/64]
    assert [str(p) for p in found.remote.prefixes] == [
        "10.40.0.0/24", "198.51.100.0/28", "2001:db8:40::/64",
    ]  # fmt: skip
    assert found.families == (Family.IPV4, Family.IPV6)


def test_internet_is_every_address():
    found = asked(planned(LAB), "in tcp internet -> public:25")

    assert [str(p) for p in found.remote.prefixes] == ["0.0.0.0/0", "::/0"]


@pytest.mark.parametrize(
    "text",
    [
        "in tcp 198.51.100.7 -> management:22",
        "out tcp management -> [2001:db8::1]:443",
        "in udp 10.0.0.0/8 -> management:161-162",
        "in icmp 10.0.0.1 -> management:3.4",
        "in 50 10.0.0.1 -> public",
        "in tcp admins -> management:22",
    ],
)
def test_a_question_is_said_as_it_is_read(text):
    plan = planned(LAB)

    assert str(asked(plan, text)) == text
    assert asked(plan, str(asked(plan, text))) == asked(plan, text)


BAD = [
    ("", '"" is no question; write "in tcp'),
    ("in tcp 10.0.0.1", '"in tcp 10.0.0.1" is no question; write "in tcp'),
    ("in tcp 10.0.0.1 \u2192 management:22", "is no question; write"),
    ("in tcp 10.0.0.1 -> management:22 -> public:25", "is no question; write"),
    ("in tcp a b -> management:22", "is no question; write"),
    ("in tcp -> management:22", "it does not say who opens the connection; write"),
    ("in tcp 10.0.0.1 -> management 22", 'after "->" stand several words; write'),
    ("up tcp 10.0.0.1 -> management:22", 'direction "up": no such direction'),
    ("in tpc 10.0.0.1 -> management:22", 'protocol "tpc": no such protocol; did you mean "tcp"?'),
    ("in 256 10.0.0.1 -> management:22", 'protocol "256"'),
    ("in \u0661 10.0.0.1 -> management:22", 'protocol "\u0661"'),
    ("in tcp 10.0.0.1 -> management", "it says no port, and tcp has ports; write one, such as :22."),
    ("in tcp 10.0.0.1 -> management:", "it says no port, and tcp has ports"),
    ("in tcp 10.0.0.1 -> management:65536", "port 65536 is above 65535; write 0 to 65535."),
    ("in tcp 10.0.0.1 -> management:" + "9" * 50, "is above 65535"),
    ("in tcp 10.0.0.1 -> management:ssh", 'port "ssh" is no port; write a number from 0 to 65535'),
    ("in tcp 10.0.0.1 -> management:-1", 'port "-1" is no port'),
    ("in tcp 10.0.0.1 -> management:\u0662\u0662", "is no port"),
    ("in tcp 10.0.0.1 -> management:25-22", "port 25-22 ends before it starts"),
    ("in 47 10.0.0.1 -> management:22", 'port "22": protocol 47 has no ports; leave it out.'),
    ("in icmp 10.0.0.1 -> management", "it says no type, and icmp has types"),
    ("in icmp 10.0.0.1 -> management:8.256", "type 8.256: types and codes are 0 to 255."),
    ("in icmp 10.0.0.1 -> management:echo", 'type "echo" is none of icmp'),
    ("in icmp 10.0.0.1 -> management:8.0.0", 'type "8.0.0" is none of icmp'),
    ("in icmp 2001:db8::1 -> management:8.0", "icmp is of IPv4, and 2001:db8::1 is not; write icmpv6."),
    ("in icmpv6 10.0.0.1 -> management:128.0", "icmpv6 is of IPv6, and 10.0.0.1 is not; write icmp."),
    ("in tcp 10.0.0.256 -> management:22", '"10.0.0.256" is not an address'),
    ("in tcp 10.0.0 -> management:22", '"10.0.0" is not an address'),
    ("in tcp 10.0.0.01 -> management:22", '"10.0.0.01" is not an address'),
    ("in tcp 10.0.0.1/24 -> management:22", '"10.0.0.1/24" has host bits set; did you mean "10.0.0.0/24"?'),
    ("in tcp 10.0.0.0/33 -> management:22", "an IPv4 length is at most 32"),
    ("in tcp fe80::1%eth0 -> management:22", "has a zone"),
    ("in tcp ::ffff:10.0.0.1 -> management:22", "is an IPv4-mapped address; write it as IPv4"),
    ("in tcp 2001:db8::/129 -> management:22", "an IPv6 length is at most 128"),
    ("in tcp admns -> management:22", 'network "admns": no such network in this stack; did you mean "admins"?'),
    ("in tcp \u0430dmins -> management:22", 'did you mean "admins", without U+0430?'),
    ("in tcp 10.0.0.1 -> managment:22", 'interface "managment": no such interface; did you mean "management"?'),
    ("in tcp 10.0.0.1 -> :22", 'it names no interface; there are "management", "private" and "public".'),
    ("in tcp 10.0.0.1 -> 22", "it names no interface"),
    ("out tcp management -> 2001:db8::1:443", "it says no port"),
    ("out tcp -> 10.20.0.0/16:25", "the gateway sends parts of it out by"),
    ("out tcp -> :25", "it says no far end"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), BAD)
def test_what_is_wrong_with_a_question_is_said(text, says):
    with pytest.raises(Unreadable) as found:
        asked(planned(LAB), text)

    assert any(says in fault for fault in found.value.faults), found.value.faults
    assert all(fault.isprintable() for fault in found.value.faults)


def test_every_mistake_is_said_at_once():
    with pytest.raises(Unreadable) as found:
        asked(planned(LAB), "in tpc admns -> managment:22")

    assert len(found.value.faults) == 3


def test_an_address_of_a_family_that_the_interface_lacks_is_refused():
    with pytest.raises(Unreadable) as found:
        asked(planned(ONE_INTERFACE), "in tcp 2001:db8::1 -> data:22")

    assert found.value.faults == (
        "2001:db8::1 is IPv6, which interface data does not have; it has IPv4 "
        "(interfaces.data.families).",
    )


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "in tcp " + "a" * 300 + " -> management:22",
        "in tcp 10.0.0.1 -> management:22\x00",
        "in tcp \u202e10.0.0.1 -> management:22",
        "in tcp 10.0.0.1\n-> management:22 junk",
        "->",
        "-> ->",
        ": -> :",
        "in tcp [ -> ]",
        "out tcp management -> [",
        "out tcp management -> []:1",
        "in tcp / -> management:22",
        "in tcp % -> management:22",
        "in 99999999999999999999 10.0.0.1 -> management:22",
        "in tcp 10.0.0.1 -> \U0001f525:22",
    ],
)
def test_odd_input_is_refused_in_a_few_printable_lines(text):
    with pytest.raises(Unreadable) as found:
        asked(planned(LAB), text)

    assert all(fault.isprintable() and len(fault) < 3 * LONGEST for fault in found.value.faults)


REFERENCES = """
config:
  seg-firewall:networks:
    admins: {prefixes: [10.9.0.0/28], aws: {prefixList: {id: pl-0123abcd, weight: 4, family: ipv4}}}
"""


def test_a_reference_is_asked_for_by_its_id():
    plan = plan_of(REFERENCES)
    names = names_of(plan.settings, plan.flows)
    interface = next(iter(plan.settings.interfaces))
    found = read_question(words_of(f"in tcp pl-0123abcd -> {interface}:22"), names)

    assert found.remote.prefixes == ()
    assert found.remote.reference.atom == "prefix-list:admins"
