"""Packets and matches as plain tuples: all that the oracles share, and nothing of segfw's.

A packet's *value* is its destination port (TCP, UDP), its type times 256 plus its code
(ICMP, ICMPv6), or 0. A far end is an integer, or the id of a reference it is a member of.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import NamedTuple

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
UNSEEN_PROTOCOL = 47
ANY_REMOTE = "*"
LAST = {4: 2**32 - 1, 6: 2**128 - 1}
LAST_VALUE = 65535


class Packet(NamedTuple):
    """One packet of one family, in one direction."""

    family: int
    remote: int | str
    protocol: int
    value: int

    def __str__(self) -> str:
        far = self.remote
        if isinstance(far, int):
            far = str(ipaddress.ip_address(far) if self.family == 4 else ipaddress.IPv6Address(far))
        return f"protocol {self.protocol} value {self.value}, {far}"


Span = tuple[int, int, int]
"""A family (or protocol) with the first and the last address (or value)."""


class Match(NamedTuple):
    """What one rule matches: any of its services with any of its far ends."""

    services: tuple[tuple[int | None, int, int], ...]
    """Protocol (None: every one) with the first and last value."""
    remotes: tuple[Span | str, ...]
    """Family with first and last address; or a reference's id; or ``*``."""
    allow: bool = True
    label: str = ""

    def matches_remote(self, family: int, remote: int | str) -> bool:
        return any(_within(one, family, remote) for one in self.remotes)

    def matches_service(self, protocol: int, value: int) -> bool:
        return any(
            own is None or (own == protocol and first <= value <= last)
            for own, first, last in self.services
        )

    def matches(self, packet: Packet) -> bool:
        return self.matches_remote(packet.family, packet.remote) and self.matches_service(
            packet.protocol, packet.value
        )


def _within(one: Span | str, family: int, remote: int | str) -> bool:
    if isinstance(one, str):
        return one in (ANY_REMOTE, remote)
    own, first, last = one
    if own != family:
        return False
    if isinstance(remote, str):  # a reference lies inside the whole family and in nothing smaller
        return (first, last) == (0, LAST[family])
    return first <= remote <= last


@cache
def span(text: str) -> Span:
    """A prefix as family, first and last address."""
    network = ipaddress.ip_network(text)
    return network.version, int(network.network_address), int(network.broadcast_address)
