"""Header spaces: canonical sets of packets of one address family.

A packet is a protocol number, a destination port (TCP and UDP) or a type and code
(ICMP and ICMPv6), and a remote address. Protocol and port share one axis, the
*service line*: 65,536 points to a protocol, of which TCP and UDP use one per port,
the two ICMPs one per type and code, and every other protocol only all at once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from segfw.sets.addresses import AddressSet, Family, address_text
from segfw.sets.ports import ALL_PORTS, PortRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

POINTS = 1 << 16
"""Points of the service line that belong to one protocol."""
LAST_PROTOCOL = 255
KEYWORDS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
"""Protocol numbers with a keyword of their own (IANA protocol numbers)."""
WITH_PORTS = (6, 17)
WITH_TYPES = (1, 58)
CODES = 256


class Service(NamedTuple):
    """A run of points on the service line, both bounds inside."""

    first: int
    last: int

    @classmethod
    def of_ports(cls, protocol: int, ports: PortRange) -> Service:
        """These ports of a protocol that has ports."""
        return cls(protocol * POINTS + ports.first, protocol * POINTS + ports.last)

    @classmethod
    def of_icmp(cls, protocol: int, kind: int, code: int | None) -> Service:
        """One type of ICMP or ICMPv6, with one code or (None) every code."""
        base = protocol * POINTS + kind * CODES
        return cls(base, base + CODES - 1) if code is None else cls(base + code, base + code)

    @classmethod
    def of_protocol(cls, protocol: int) -> Service:
        """Everything of one protocol."""
        return cls.of_ports(protocol, ALL_PORTS)

    @classmethod
    def everything(cls) -> Service:
        """Every protocol with every port and type."""
        return cls(0, (LAST_PROTOCOL + 1) * POINTS - 1)

    def __str__(self) -> str:
        """``tcp 22``, ``icmp type 3 code 4``, ``protocol 47``, ``every protocol``."""
        if self == Service.everything():
            return "every protocol"
        first, last = self.first // POINTS, self.last // POINTS
        if first != last:
            return f"{point_text(self.first)} to {point_text(self.last)}"
        return _within_protocol(first, self.first % POINTS, self.last % POINTS)


def _within_protocol(protocol: int, first: int, last: int) -> str:
    name = KEYWORDS.get(protocol, f"protocol {protocol}")
    if (first, last) == (0, POINTS - 1):
        return name
    if protocol in WITH_TYPES:
        whole_type = first % CODES == 0 and last - first == CODES - 1
        if whole_type:
            return f"{name} type {first // CODES}"
        if first != last:
            return f"{point_text(protocol * POINTS + first)} to type {last // CODES}"
    return point_text(protocol * POINTS + first) + (f"-{last}" if first != last else "")


def point_text(point: int) -> str:
    """One point of the service line: ``tcp 22``, ``icmp type 3 code 4``, ``protocol 47``."""
    protocol, rest = divmod(point, POINTS)
    name = KEYWORDS.get(protocol, f"protocol {protocol}")
    if protocol in WITH_TYPES:
        return f"{name} type {rest // CODES} code {rest % CODES}"
    return f"{name} {rest}" if protocol in WITH_PORTS else name


class Packet(NamedTuple):
    """One packet, as seen by an enforcement point: what it asks for and the far end."""

    family: Family
    point: int
    """Where it lies on the service line."""
    remote: int | str
    """The far end's address, or the reference that it is a member of."""

    def __str__(self) -> str:
        """``tcp 22, 198.51.100.7``."""
        remote = self.remote
        far_end = remote if isinstance(remote, str) else address_text(self.family, remote)
        return f"{point_text(self.point)}, {far_end}"


Slice = tuple[int, int, AddressSet]


class HeaderSpace(NamedTuple):
    """A set of packets of one family.

    Canonical: slices of the service line in order, disjoint, none empty, and no two
    adjacent ones with the same addresses.
    """

    family: Family
    slices: tuple[Slice, ...] = ()

    @classmethod
    def of(cls, service: Service, addresses: AddressSet) -> HeaderSpace:
        """Every packet of *service* from or to *addresses*."""
        if not addresses:
            return cls(addresses.family)
        return cls(addresses.family, ((service.first, service.last, addresses),))

    @classmethod
    def union(cls, family: Family, boxes: Iterable[tuple[Service, AddressSet]]) -> HeaderSpace:
        """The packets in any of *boxes*: one sweep over the service line."""
        by_service: dict[Service, list[AddressSet]] = {}
        for service, addresses in boxes:
            if addresses:
                by_service.setdefault(service, []).append(addresses)
        starts: dict[int, list[AddressSet]] = {}
        ends: dict[int, list[AddressSet]] = {}
        for service, held in by_service.items():
            together = AddressSet.union(family, held)
            starts.setdefault(service.first, []).append(together)
            ends.setdefault(service.last + 1, []).append(together)
        found: list[Slice] = []
        active: list[AddressSet] = []
        bounds = sorted({*starts, *ends})
        for first, following in pairwise(bounds):
            for gone in ends.get(first, ()):
                active.remove(gone)
            active.extend(starts.get(first, ()))
            if active:
                found.append((first, following - 1, AddressSet.union(family, active)))
        return cls(family, _joined(found))

    def __or__(self, other: HeaderSpace) -> HeaderSpace:
        """The packets in either."""
        self._same_family(other)
        if not (self.slices and other.slices):
            return self if self.slices else other
        return self._zip(other, AddressSet.__or__)

    def __and__(self, other: HeaderSpace) -> HeaderSpace:
        """The packets in both."""
        self._same_family(other)
        if not (self.slices and other.slices):
            return HeaderSpace(self.family)
        return self._zip(other, AddressSet.__and__)

    def __sub__(self, other: HeaderSpace) -> HeaderSpace:
        """The packets in this space and not in *other*."""
        self._same_family(other)
        if not (self.slices and other.slices):
            return self
        return self._zip(other, AddressSet.__sub__)

    def __bool__(self) -> bool:
        """Whether the space holds any packet."""
        return bool(self.slices)

    def __contains__(self, packet: object) -> bool:
        """Whether *packet*, a `Packet`, is in the space."""
        if not isinstance(packet, Packet) or packet.family is not self.family:
            return False
        for first, last, addresses in self.slices:
            if first <= packet.point <= last:
                if isinstance(packet.remote, str):
                    return packet.remote in addresses.atoms
                return any(low <= packet.remote <= high for low, high in addresses.held)
        return False

    def within(self, service: Service) -> HeaderSpace:
        """The packets of *service*."""
        return self & HeaderSpace.of(service, AddressSet.whole(self.family))

    def sample(self) -> Packet | None:
        """One packet of the space, the same each time; None for the empty one."""
        for first, _, addresses in self.slices:
            if addresses.held:
                return Packet(self.family, first, addresses.held[0][0])
            name = min(addresses.atoms.names, default="any reference")
            other = "a reference of another name" if addresses.atoms.cofinite else name
            return Packet(self.family, first, other)
        return None

    def boxes(self) -> tuple[tuple[Service, AddressSet], ...]:
        """The space as services with their addresses, split where the protocol changes."""
        found: list[tuple[Service, AddressSet]] = []
        for first, last, addresses in self.slices:
            if (first, last) == (0, (LAST_PROTOCOL + 1) * POINTS - 1):
                found.append((Service(first, last), addresses))
                continue
            start = first
            while start <= last:
                end = min(last, (start // POINTS + 1) * POINTS - 1)
                found.append((Service(start, end), addresses))
                start = end + 1
        return tuple(found)

    def size(self) -> int:
        """How many (service point, address) pairs the space holds, atoms not counted."""
        return sum((last - first + 1) * held.size() for first, last, held in self.slices)

    def __str__(self) -> str:
        """``tcp 22: 10.0.0.0/8; udp 53: 10.0.0.53/32``; ``nothing`` for the empty space."""
        return "; ".join(f"{service}: {held}" for service, held in self.boxes()) or "nothing"

    def _zip(
        self, other: HeaderSpace, combine: Callable[[AddressSet, AddressSet], AddressSet]
    ) -> HeaderSpace:
        empty = AddressSet(self.family)
        found: list[Slice] = []
        i = j = 0
        bounds = sorted(
            {
                bound
                for first, last, _ in (*self.slices, *other.slices)
                for bound in (first, last + 1)
            }
        )
        for first, following in pairwise(bounds):
            while i < len(self.slices) and self.slices[i][1] < first:
                i += 1
            while j < len(other.slices) and other.slices[j][1] < first:
                j += 1
            mine = _covering(self.slices, i, first) or empty
            theirs = _covering(other.slices, j, first) or empty
            found.append((first, following - 1, combine(mine, theirs)))
        return HeaderSpace(self.family, _joined(found))

    def _same_family(self, other: HeaderSpace) -> None:
        if self.family is not other.family:
            raise ValueError(f"{self.family.label} and {other.family.label} do not mix in a space")


def _covering(slices: tuple[Slice, ...], index: int, point: int) -> AddressSet | None:
    if index < len(slices) and slices[index][0] <= point:
        return slices[index][2]
    return None


def _joined(slices: list[Slice]) -> tuple[Slice, ...]:
    joined: list[Slice] = []
    for first, last, addresses in slices:
        if not addresses:
            continue
        if joined and joined[-1][1] + 1 == first and joined[-1][2] == addresses:
            joined[-1] = (joined[-1][0], last, addresses)
        else:
            joined.append((first, last, addresses))
    return tuple(joined)
