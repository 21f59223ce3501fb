"""Flows: who opens connections to whom, and why; free of clouds and quotas."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.sets.addresses import AddressSet, Family, Prefix
from segfw.sets.headerspace import HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Direction, Exposure, Protocol
    from segfw.sets.ports import PortRange
    from segfw.settings.types import Reference


class Point(Enum):
    """What a rule set is attached to."""

    SECURITY_GROUP = "security-group"
    NETWORK_ACL = "network-acl"
    NSG = "nsg"

    @property
    def label(self) -> str:
        """The kind's name in prose."""
        return {"security-group": "security group", "network-acl": "network ACL", "nsg": "NSG"}[
            self.value
        ]


class IcmpType(NamedTuple):
    """One type of ICMP or ICMPv6 with one code; None for every type, or every code."""

    kind: int | None
    code: int | None

    def __str__(self) -> str:
        """``3.4`` for type 3, code 4, as it stands in names; ``any`` for all of them."""
        if self.kind is None:
            return "any"
        return str(self.kind) if self.code is None else f"{self.kind}.{self.code}"


ECHO_REPLIES = {IcmpType(8, 0): IcmpType(0, 0), IcmpType(128, 0): IcmpType(129, 0)}
"""Echo request to echo reply: RFC 792 and RFC 4443."""


class Traffic(NamedTuple):
    """A protocol with destination ports (TCP, UDP) or one type (ICMP, ICMPv6)."""

    protocol: Protocol
    ports: tuple[PortRange, ...] = ()
    icmp: IcmpType | None = None

    def services(self) -> tuple[Service, ...]:
        """The traffic on the service line."""
        number = self.protocol.number
        if self.icmp is None:
            return tuple(Service.of_ports(number, ports) for ports in self.ports)
        if self.icmp.kind is None:
            return (Service.of_protocol(number),)
        return (Service.of_icmp(number, self.icmp.kind, self.icmp.code),)

    def __str__(self) -> str:
        """``tcp 22``, ``icmp 3.4``."""
        detail = str(self.icmp) if self.icmp else ",".join(str(r) for r in self.ports)
        return f"{self.protocol.value} {detail}"


class Peer(NamedTuple):
    """The far end of a flow: a name, the prefixes that are meant, or a cloud's reference."""

    name: str
    prefixes: tuple[Prefix, ...]
    """Canonical order, duplicates removed; empty where only the reference is known."""
    reference: Reference | None = None

    @property
    def internet(self) -> bool:
        """Any address of a family is meant."""
        return any(prefix.whole for prefix in self.prefixes)

    def families(self) -> tuple[Family, ...]:
        """The families in which there is something to allow."""
        found = {prefix.family for prefix in self.prefixes}
        if self.reference is not None:
            found |= {self.reference.family} if self.reference.family else set(Family)
        return tuple(sorted(found))

    def addresses(self, family: Family, *, by_reference: bool) -> AddressSet:
        """The far end on the address axis, as prefixes or as the reference's atom.

        A reference of one family (a prefix list) says nothing of the other family's prefixes.
        """
        reference = self.reference if by_reference else None
        if reference is not None and reference.family in (None, family):
            return reference_addresses(reference, family)
        return AddressSet.of(family, (p for p in self.prefixes if p.family is family))


def reference_addresses(reference: Reference, family: Family) -> AddressSet:
    """The members of a reference: the entries of a list of ours, else one atom."""
    if reference.entries:
        return AddressSet.of(family, (p for p in reference.entries if p.family is family))
    if reference.family not in (None, family):
        return AddressSet(family)
    return AddressSet.atom(family, reference.atom)


class Origin(NamedTuple):
    """A line of stack config that a flow comes from: a path with its value, never an index."""

    path: str
    """``networks.admins[198.51.100.0/28]``."""
    file: str
    line: int


class Flow(NamedTuple):
    """Feature x row x interface x direction x traffic x peer."""

    feature: str
    row: str
    """The row's id."""
    label: str
    """How a reader is pointed to the row: ``row 2``."""
    title: str
    """What the row is for, in a few words."""
    interface: str
    direction: Direction
    """Who opens the connection: replies travel the other way."""
    traffic: Traffic
    peer: Peer
    families: tuple[Family, ...]
    """Families of the interface in which the flow exists."""
    unmet: tuple[Family, ...]
    """Families that the named peer has and the interface has not: lost, unless met elsewhere."""
    source_port: int | None
    """The port that the opener uses, where it is fixed; replies go there too."""
    exposure: Exposure
    points: frozenset[Point]
    """The enforcement points that it concerns."""
    custom: str | None = None
    """The name of a custom flow."""
    origins: tuple[Origin, ...] = ()
    """A side table for readers: enters no name and no byte of what is deployed."""

    # One record to a flow: comparing all that it holds would cost time and mean nothing.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def purpose(self) -> str:
        """What a rule's description says of it: ``ssh-admin (row 2)``."""
        return f"custom {self.custom}" if self.custom else f"{self.feature} ({self.label})"

    def boxes(
        self, family: Family, *, by_reference: bool = False
    ) -> Iterator[tuple[Service, AddressSet]]:
        """The packets that the opener sends, in one family, a service at a time.

        A reference is not bound to the interface's families: a cloud's rule that names a
        group or a tag speaks of all its members.
        """
        named = by_reference and self.peer.reference is not None
        if not self.families or self.traffic.protocol.family not in (None, family):
            return
        if family not in self.families and not named:
            return
        addresses = self.peer.addresses(family, by_reference=by_reference)
        for service in self.traffic.services():
            yield service, addresses

    def space(self, family: Family, *, by_reference: bool = False) -> HeaderSpace:
        """The packets that the opener sends, in one family; see `boxes`."""
        return HeaderSpace.union(family, self.boxes(family, by_reference=by_reference))

    def __str__(self) -> str:
        """``management in tcp 22 admins: ssh-admin (row 2)``."""
        way = self.direction.short
        return f"{self.interface} {way} {self.traffic} {self.peer.name}: {self.purpose}"
