"""Rules and rule sets: what one enforcement point lets through, free of provider words."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.flow import Flow, IcmpType, Point, Traffic, reference_addresses
from segfw.sets.addresses import AddressSet, Family, Prefix
from segfw.sets.headerspace import HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Protocol
    from segfw.sets.ports import PortRange
    from segfw.settings.types import Fit, Reference


class Action(Enum):
    """What happens to a packet that a rule matches."""

    ALLOW = "allow"
    DENY = "deny"


class Rule(NamedTuple):
    """One direction, action, protocol, ports and far end, with the flows it came from.

    Exactly one of *prefixes* (one family) and *reference* says who the far end is.
    A rule of a security group or network ACL has one prefix and at most one port range.
    """

    direction: Direction
    action: Action
    protocol: Protocol | None
    """None: every protocol (only the closing deny of an NSG)."""
    ports: tuple[PortRange, ...] = ()
    icmp: IcmpType | None = None
    prefixes: tuple[Prefix, ...] = ()
    reference: Reference | None = None
    flows: tuple[Flow, ...] = ()
    """What it serves; empty for a guard and a closing deny."""
    reply: bool = False
    """It admits return traffic of its flows (and serves no request)."""
    name: str = ""
    """Unique within the enforcement point; from content only (design D15)."""
    group: int = 1
    """Which of the interface's security groups holds it, from 1."""
    number: int = 0
    """The entry number of a network ACL, or the priority of an NSG."""

    # One record to a rule: comparing all that it holds would cost time and mean nothing.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def families(self) -> tuple[Family, ...]:
        """The families it speaks of."""
        if self.prefixes:
            return (self.prefixes[0].family,)
        if self.reference is not None and self.reference.family is not None:
            return (self.reference.family,)
        own = self.protocol.family if self.protocol else None
        return (Family(own),) if own else tuple(Family)

    @property
    def peer_text(self) -> str:
        """The far end, for people."""
        if self.reference is not None:
            return f"{self.reference.name} ({self.reference.id})"
        return ", ".join(str(prefix) for prefix in self.prefixes) or "any"

    @property
    def ports_text(self) -> str:
        """The ports alone, for a column: ``22``, ``1024-65535``, ``3.4`` for ICMP, ``any``."""
        if self.icmp is not None:
            return str(self.icmp)
        return ",".join(str(ports) for ports in self.ports) or "any"

    @property
    def reading_order(self) -> tuple[object, ...]:
        """Sorts rules as a reader looks for them: direction, protocol, port, far end."""
        first = self.ports[0].first if self.ports else -1
        icmp = str(self.icmp) if self.icmp else ""
        protocol = self.protocol.value if self.protocol else ""
        named = self.reference.name if self.reference else ""
        out = self.direction is Direction.EGRESS
        return (out, protocol, first, icmp, named, self.prefixes, self.ports)

    @property
    def features(self) -> tuple[str, ...]:
        """The features it serves, each once, in the order of its flows."""
        return tuple(dict.fromkeys(flow.feature for flow in self.flows))

    def boxes(self, family: Family) -> Iterator[tuple[Service, AddressSet]]:
        """The packets that it matches, in one family, a service at a time."""
        if family not in self.families or self.protocol is None:
            return
        if self.reference is not None:
            addresses = reference_addresses(self.reference, family)
        else:
            addresses = AddressSet.of(family, self.prefixes)
        for service in Traffic(self.protocol, self.ports, self.icmp).services():
            yield service, addresses

    def space(self, family: Family) -> HeaderSpace:
        """The packets that it matches, in one family."""
        return HeaderSpace.union(family, self.boxes(family))


def union_of(rules: Iterable[Rule], family: Family) -> HeaderSpace:
    """The packets that any of *rules* matches, in one family."""
    return HeaderSpace.union(family, (box for rule in rules for box in rule.boxes(family)))


class Widening(NamedTuple):
    """What an enforcement point allows beyond the flows: declared, counted and reported."""

    direction: Direction
    space: HeaderSpace
    why: str


class Usage(NamedTuple):
    """How much of one quota a rule set uses."""

    what: str
    """``group 1``, ``entries``, ``rules``, ``source prefixes``."""
    direction: Direction | None
    family: Family | None
    used: int
    limit: int
    reserve: int = 0
    """What is kept free for an update, which holds old and new rules side by side."""

    @property
    def over(self) -> int:
        """By how much it does not fit; 0 or less where it fits."""
        return self.used - (self.limit - self.reserve)

    @property
    def room(self) -> int:
        """How many rules may be added in one update."""
        return self.limit - self.used


class RuleSet(NamedTuple):
    """The rules of one enforcement point of one interface."""

    point: Point
    interface: str
    fit: Fit
    rules: tuple[Rule, ...]
    """In the order in which a reader meets them: by direction, number or name."""
    before: int
    """How many rules `fit: each` would make, exact duplicates counted once."""
    usage: tuple[Usage, ...]
    widenings: tuple[Widening, ...] = ()
    unfiltered: tuple[str, ...] = ()
    """Peers in the interface's own subnet, which a network ACL never sees."""
    groups: int = 1

    @property
    def label(self) -> str:
        """``security group "management"``."""
        return f'{self.point.label} "{self.interface}"'
