"""What rules let through, in words that are exact or say that they are cut."""

from __future__ import annotations

from segfw.adopt.words import open_words, spaces_words
from segfw.catalog.model import Direction, Protocol
from segfw.sets.addresses import AddressSet, Family, Prefix
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange

IN = (Direction.INGRESS, Family.IPV4)
OUT = (Direction.EGRESS, Family.IPV4)
WHOLE = AddressSet.whole(Family.IPV4)
EVERYTHING = HeaderSpace.of(Service.everything(), WHOLE)


def tcp(port, held=WHOLE):
    return HeaderSpace.of(Service.of_ports(Protocol.TCP.number, PortRange(port, port)), held)


def network(number, length=8):
    return AddressSet.of(Family.IPV4, [Prefix(Family.IPV4, number << 24, length)])


def test_everything_but_a_few_services_is_said_by_what_is_missing():
    space = EVERYTHING - tcp(25) - tcp(443) - tcp(53, network(10))
    assert spaces_words({OUT: space}) == (
        "out everything but tcp 25, tcp 443, tcp 53 (10.0.0.0/8): 0.0.0.0/0"
    )


def test_what_lacks_references_too_is_not_said_by_what_is_missing():
    """Of port 53 it lacks a network and every reference, which no such words would tell."""
    kept = AddressSet(Family.IPV4, (WHOLE - network(10)).held)
    space = EVERYTHING - tcp(25) - tcp(443) - tcp(53, WHOLE - kept)
    assert "everything but" not in spaces_words({OUT: space})


def test_what_a_line_has_no_room_for_is_cut_and_says_so():
    ends = (tcp(1000 + 2 * n, network(n)) for n in range(1, 100))
    space = HeaderSpace(Family.IPV4)
    for one in ends:
        space = space | one
    words = spaces_words({OUT: space})
    assert len(words) <= 230
    assert words.startswith("out tcp 1002: 1.0.0.0/8; tcp 1004: 2.0.0.0/8")
    assert words.endswith("... (all of it: --format json)")


def test_only_what_most_of_the_internet_reaches_is_open_to_it():
    space = tcp(22, network(10)) | tcp(443) | tcp(83, WHOLE - network(10))
    assert open_words({IN: space}) == (
        "in tcp 83: 0.0.0.0/0 (but for 10.0.0.0/8); tcp 443: 0.0.0.0/0"
    )
    assert open_words({IN: tcp(22, network(10))}) == ""
