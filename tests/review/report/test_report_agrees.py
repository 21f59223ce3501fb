"""What the report shows is what the clouds let through, says the naive evaluator.

The report's words are read as a reviewer reads them, and compared with the resources by
exhaustion: one packet to every elementary cell of both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from segfw.review.report.model import Report
from segfw.settings.types import Cloud
from segfw.waivers import Waivers
from tests.oracles.cells import FirstMatch, at, differences
from tests.oracles.enforcement import Side, sides
from tests.oracles.intent import ACL
from tests.oracles.naive import PRIVATE
from tests.oracles.packets import ICMP, ICMPV6, LAST, TCP, UDP, Match, Packet, span
from tests.review.planning import features
from tests.review.planning import plan_of as plan_on_aws
from tests.review.report.reporting import report_of, report_on
from tests.shipped import SHIPPED, TODAY, planned
from tests.strategies import Shape, plan_of, stacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}
ICMP_WORDS = re.compile(r"type (\d+)(?: code (\d+))?\Z")
MEMBERS = re.compile(r"members of (\S+?)(?: \(.*\))?\Z")


def services(words: str) -> list[tuple[int, int, int]]:
    """``tcp 22``, ``tcp 1024-2221,2223-4430``, ``icmp type 3 code 4``, ``icmp any``."""
    protocol, _, rest = words.partition(" ")
    number = NUMBERS[protocol]
    if rest == "any":
        return [(number, 0, 65535)]
    if found := ICMP_WORDS.match(rest):
        kind = int(found[1]) * 256
        return [
            (number, kind, kind + 255)
            if found[2] is None
            else (number, *2 * (kind + int(found[2]),))
        ]
    spans = [one.split("-") for one in rest.split(",")]
    return [(number, int(one[0]), int(one[-1])) for one in spans]


def shown_match(words: Iterable[str], prefixes: Iterable[str], addresses: str) -> Iterator[Match]:
    """What one line of the report says is open; ICMP goes with its own family."""
    spans = [span(one) for one in prefixes]
    for one in words:
        family = {"icmp": 4, "icmpv6": 6}.get(one.split()[0])
        far = [s for s in spans if family in (None, s[0])]
        yield Match(tuple(services(one)), tuple(far))
    if found := MEMBERS.match(addresses):
        yield Match(tuple(s for one in words for s in services(one)), (found[1],))


def of_matrix(report: Report, interface: str, inward: bool) -> FirstMatch:
    return FirstMatch(
        match
        for row in report.matrix
        if row.inward is inward and interface in row.cells
        for match in shown_match(row.cells[interface].services, row.prefixes, row.addresses)
    )


def of_edges(report: Report, interface: str, inward: bool) -> FirstMatch:
    return FirstMatch(
        match
        for edge in report.edges
        if (edge.interface, edge.inward) == (interface, inward)
        for match in shown_match([s.words for s in edge.services], edge.prefixes, edge.addresses)
    )


def firewall_sides(plan) -> Iterator[tuple[Side, str, bool]]:
    for side in sides(plan):
        if side.point != ACL:
            yield side, side.key.partition("/")[2], side.direction == "ingress"


def disagreements(plan, report: Report, read) -> list[str]:
    """Packets that the firewall and the report's words decide differently."""
    found = []
    for side, interface, inward in firewall_sides(plan):
        shown = read(report, interface, inward)
        declared = FirstMatch(side.declared.matches)
        found += [
            f"{side}: {packet}"
            for packet in differences(side.family, side.allowed, shown, side._boundaries())
            if not at(declared, packet) and not side._is_unseen(packet)
        ]
    return found


@pytest.mark.parametrize("read", [of_matrix, of_edges])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_packet_is_shown_as_open_where_and_only_where_it_passes(name, read):
    assert disagreements(planned(name), report_of(name), read) == []


@given(stacks(Shape(clouds=(Cloud.AWS, Cloud.AZURE))))
@settings(max_examples=25)
def test_generated_stacks_are_shown_as_they_are(stack):
    plan = plan_of(stack)
    report = report_on(plan, waivers=Waivers((), TODAY))
    assert disagreements(plan, report, of_edges) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_cell_that_is_taken_out_of_the_matrix_is_missed(name):
    report = report_of(name)
    row = next(one for one in report.matrix if one.feature == "dns")
    without = report._replace(matrix=tuple(one for one in report.matrix if one is not row))
    found = disagreements(planned(name), without, of_matrix)
    assert {line.split(": ")[1].split(",")[0] for line in found} == {
        "protocol 6 value 53",
        "protocol 17 value 53",
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_the_network_acl_lets_through_whatever_the_matrix_shows(name):
    report = report_of(name)
    for side in sides(planned(name)):
        if side.point == ACL:
            shown = of_matrix(report, side.key.partition("/")[2], side.direction == "ingress")
            kept_out = [
                str(packet)
                for packet in differences(side.family, side.allowed, shown, side._boundaries())
                if at(shown, packet) and not side._is_unseen(packet)
            ]
            assert kept_out == [], str(side)


def public_probes(plan) -> Iterator[tuple[str, Packet]]:
    """A packet from the internet to every service that anything speaks of, by interface."""
    external = {n for n, one in plan.settings.interfaces.items() if one.external}
    for side, interface, inward in firewall_sides(plan):
        if not inward or interface not in external:
            continue
        own = sorted(one for one in PRIVATE if one[0] == side.family)
        starts = {0, *(last + 1 for _, _, last in own), *(first - 1 for _, first, _ in own)}
        starts |= {r[1] for m in side.allowed.matches for r in m.remotes if r[0] == side.family}
        values = {v for m in side.allowed.matches for p, a, b in m.services for v in (a, b, b + 1)}
        for remote in starts:
            private = any(first <= remote <= last for _, first, last in own)
            if private or not 0 <= remote <= LAST[side.family]:
                continue
            for protocol in NUMBERS.values():
                for value in (*values, 22, 25, 80, 443):
                    packet = Packet(side.family, remote, protocol, value)
                    if value <= 65535 and at(side.allowed, packet):
                        yield interface, packet


@pytest.mark.parametrize("name", SHIPPED)
def test_what_passes_from_the_internet_is_under_exposure(name):
    report = report_of(name)
    probes = list(public_probes(planned(name)))
    assert probes
    for interface, packet in probes:
        said = [
            service
            for one in report.openings
            if (one.reach, one.interface) == ("from-internet", interface)
            for words, _ in one.services
            for service in services(words)
        ]
        assert any(
            protocol == packet.protocol and first <= packet.value <= last
            for protocol, first, last in said
        ), f"{interface}: {packet}"


@pytest.mark.parametrize("name", SHIPPED)
def test_an_opening_is_open_for_the_first_and_the_last_address_that_it_names(name):
    report = report_of(name)
    by_side = {
        (interface, inward, side.family): side
        for side, interface, inward in firewall_sides(planned(name))
    }
    edges = {one.id: one for one in report.edges}
    assert report.openings
    for one in report.openings:
        edge = edges[one.edges[0][1]]
        for prefix in edge.prefixes:
            family, *ends = span(prefix)
            side = by_side[one.interface, edge.inward, family]
            for words, _ in one.services:
                if {"icmp": 4, "icmpv6": 6}.get(words.split()[0], family) != family:
                    continue
                for protocol, first, last in services(words):
                    for remote in ends:
                        for value in (first, last):
                            assert at(side.allowed, Packet(family, remote, protocol, value))


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_that_a_point_adds_is_listed_as_beyond_the_features(name):
    report = report_of(name)
    listed = {(one.point, one.inward, one.interface) for one in report.beyond}
    added = {
        (next(p.title for p in report.points if p.interface == i).split('"')[1], d)
        for s in sides(planned(name))
        if any(True for _ in s.added())
        for i, d in [(s.key.partition("/")[2], s.direction == "ingress")]
    }
    assert {(interface, inward) for _, inward, interface in listed} == added


def test_a_list_that_the_stack_makes_is_shown_by_its_entries():
    plan = plan_on_aws(features("talos: {prefixList: true}, send-mail: {}, pmtu: false"))
    report = report_on(plan, waivers=Waivers((), TODAY))
    (talos,) = [one for one in report.edges if one.peer == "talos-ipv4"]
    assert talos.addresses == "1,024 addresses"
    assert len(talos.prefixes) == 3
    (listed,) = [one for one in report.lists if one.name == "talos-ipv4"]
    assert (listed.kind, listed.owner) == ("published", "the vendor")
    assert disagreements(plan, report, of_edges) == []


def test_a_list_of_the_clouds_takes_the_place_of_its_prefixes_in_its_own_family():
    listed = (
        "  seg-firewall:networks: {ntp-servers: {prefixes: [10.9.0.0/28, 'fd00::/64'], "
        "aws: {prefixList: {id: pl-1, weight: 2, family: ipv4}}}}\n"
        "  seg-firewall:interfaces: {management: {families: [ipv4, ipv6]}}\n"
    )
    plan = plan_on_aws(features("ntp: {interface: management}, pmtu: false", listed))
    report = report_on(plan, waivers=Waivers((), TODAY))
    (edge,) = report.edges
    assert edge.prefixes == ("fd00::/64",)
    assert edge.addresses == "members of pl-1 (16 addresses and 1 IPv6 /64 in the stack file)"
    assert disagreements(plan, report, of_edges) == []
