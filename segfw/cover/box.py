"""Boxes: what one entry of a network ACL, or one rule of a security group, can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.sets.addresses import AddressSet, Family, Prefix
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterable

SUBNET_BITS = 64
"""IPv6 addresses are counted by /64, the size of one subnet (RFC 4291 section 2.5.4)."""


class Box(NamedTuple):
    """One port range of one protocol, from or to one prefix."""

    protocol: int
    ports: PortRange
    prefix: Prefix

    @property
    def service(self) -> Service:
        """Its ports on the service line."""
        return Service.of_ports(self.protocol, self.ports)

    def space(self) -> HeaderSpace:
        """The packets inside."""
        return union_space(self.prefix.family, (self,))

    def holds(self, other: Box) -> bool:
        """Every packet of *other* is inside."""
        return (
            self.protocol == other.protocol
            and self.ports.first <= other.ports.first
            and other.ports.last <= self.ports.last
            and self.prefix.holds(other.prefix)
        )

    @property
    def volume(self) -> int:
        """How many (address, port) pairs are inside; IPv6 addresses by /64."""
        return len(self.ports) * weight(self.prefix)


def weight(prefix: Prefix) -> int:
    """How much address space a prefix is: IPv4 addresses, or IPv6 /64 networks (at least 1)."""
    if prefix.family is Family.IPV4:
        return prefix.size
    return 1 << max(0, SUBNET_BITS - prefix.length)


def union_space(family: Family, boxes: Iterable[Box]) -> HeaderSpace:
    """The packets in any of *boxes*, which are of one family."""
    return HeaderSpace.union(
        family, ((box.service, AddressSet.of(family, (box.prefix,))) for box in boxes)
    )


def excess(boxes: Iterable[Box], space: HeaderSpace) -> int:
    """How many (address, port) pairs *boxes* hold beyond *space*; IPv6 addresses by /64."""
    beyond = union_space(space.family, boxes) - space
    return sum(
        (last - first + 1) * sum(weight(prefix) for prefix in addresses.prefixes())
        for first, last, addresses in beyond.slices
    )


def hull(left: Box, right: Box) -> Box:
    """The smallest box that holds both, which are of one protocol and family."""
    ports = PortRange(
        min(left.ports.first, right.ports.first), max(left.ports.last, right.ports.last)
    )
    return Box(left.protocol, ports, around(left.prefix, right.prefix))


def around(left: Prefix, right: Prefix) -> Prefix:
    """The longest prefix that holds both, which are of one family."""
    shared = left.family.bits - (left.first ^ right.first).bit_length()
    return left.cut(min(left.length, right.length, shared))
