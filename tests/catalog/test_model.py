"""Small facts of the record types."""

from __future__ import annotations

from segfw.catalog import Direction, Protocol, load_catalog


def test_replies_travel_the_other_way() -> None:
    assert Direction.INGRESS.reverse is Direction.EGRESS
    assert Direction.EGRESS.reverse is Direction.INGRESS
    assert (Direction.INGRESS.short, Direction.EGRESS.short) == ("in", "out")


def test_protocol_numbers_are_ianas() -> None:
    numbers = {protocol.value: protocol.number for protocol in Protocol}
    assert numbers == {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}


def test_the_icmp_protocols_belong_to_one_family_each() -> None:
    families = {protocol.value: protocol.family for protocol in Protocol}
    assert families == {"tcp": None, "udp": None, "icmp": 4, "icmpv6": 6}


def test_a_row_is_pointed_to_by_its_number_and_an_extra_by_its_id() -> None:
    rows = load_catalog().rows
    assert (rows["talos"].label, rows["radius"].label) == ("row 25", "extra radius")
