"""One rule of anybody's, as it was written: what it surely matches, and what it may match."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.guardrails.reading.values import Malformed, decided, quoted, whole
from segfw.inventory import UNKNOWN
from segfw.sets.addresses import AddressSet, Family, Prefix, private_addresses
from segfw.sets.headerspace import LAST_PROTOCOL, WITH_PORTS, WITH_TYPES, HeaderSpace, Service
from segfw.sets.ports import LAST_PORT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.catalog.model import Direction
    from segfw.guardrails.reading.values import Notes
    from segfw.inventory import Resource

Spaces = dict[Family, HeaderSpace]
Ends = dict[Family, AddressSet]
KEYWORDS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "esp": 50, "ah": 51}
ALL = ("-1", "all", "*", "any")
"""How AWS, its providers and Azure write every protocol."""
LAST_TYPE = 255
"""ICMP types and codes are bytes."""
NOBODY: Ends = {}
EVERYBODY: Ends = {family: AddressSet.whole(family) for family in Family}
EVERY_SERVICE = (Service.everything(),)


class Parts(NamedTuple):
    """A rule's services and far ends: at least these, at most those."""

    services: tuple[tuple[Service, ...], tuple[Service, ...]]
    ends: tuple[Ends, Ends]


ANY_SERVICE: tuple[tuple[Service, ...], tuple[Service, ...]] = ((), EVERY_SERVICE)
"""At least nothing, at most everything: a service of which nothing is known."""
ANY_END: tuple[Ends, Ends] = (NOBODY, EVERYBODY)
ANYTHING = Parts(ANY_SERVICE, ANY_END)


class Seen(NamedTuple):
    """One rule."""

    resource: Resource
    """In which it stands."""
    where: str
    """``ingress[0]``; empty where the resource is the rule."""
    name: str
    direction: Direction
    allows: bool | None
    """None where that is not known."""
    number: int | None
    """When it is tried, lowest first, and 0 where all rules are; None where it is not known."""
    least: Spaces
    """What it surely matches."""
    most: Spaces
    """What it may match, as far as can be known now."""
    description: object
    """Text, `UNKNOWN`, or None."""
    undecided: tuple[str, ...]
    """What is not known yet of it, in words."""
    faults: tuple[str, ...]
    """What no such rule can have, in words."""
    cost: Mapping[Family, int] = {}
    """How many rules the cloud counts it as, as far as is known."""
    whole: bool = False
    """It stands for a list of rules, or for a rule, of which nothing can be read."""
    built_in: bool = False
    """The cloud has it by itself."""
    near: Ends = EVERYBODY
    """The gateway's own addresses for which it surely holds; only an NSG's rule says any."""
    any_source_port: bool = True
    """It holds whatever port a packet is sent from; only an NSG's rule says others."""

    def says(self, *, surely: bool) -> tuple[bool, Spaces]:
        """Whether it allows and what, if one assumes the least of it or the most of it."""
        if self.allows is None:
            return not surely, self.most
        return self.allows, self.least if self.allows is surely else self.most

    @property
    def label(self) -> str:
        """``"x"``, or ``ingress[0] of "x"``."""
        return f'{self.where} of "{self.resource.name}"' if self.where else f'"{self.name}"'


def seen(
    resource: Resource,
    inputs: Mapping[str, Any],
    *,
    where: str,
    name: str,
    direction: Direction,
    allows: bool | None,
    number: int | None,
    parts: Parts,
    notes: Notes,
    cost: Mapping[Family, int] | None = None,
) -> Seen:
    """The rule of *parts*."""
    least, most = (spaces(*both) for both in zip(parts.services, parts.ends, strict=True))
    return Seen(
        resource=resource,
        where=where,
        name=name,
        direction=direction,
        allows=allows,
        number=number,
        least=least,
        most=most,
        description=inputs.get("description"),
        undecided=tuple(notes.undecided),
        faults=tuple(notes.faults),
        cost=dict.fromkeys(least, 1) if cost is None else cost,
    )


def unreadable(
    resource: Resource,
    where: str,
    direction: Direction,
    notes: Notes,
    *,
    allows: bool | None,
    number: int | None,
) -> Seen:
    """A rule, or a list of rules, of which nothing can be read: it may match everything."""
    found = seen(
        resource,
        {"description": UNKNOWN},
        where=where,
        name=resource.name,
        direction=direction,
        allows=allows,
        number=number,
        parts=ANYTHING,
        notes=notes,
    )
    return found._replace(whole=True)


def spaces(services: Iterable[Service], ends: Ends) -> Spaces:
    """Every packet of *services* from or to *ends*."""
    held = tuple(services)
    return {
        family: HeaderSpace.union(family, ((service, ends[family]) for service in held))
        for family in Family
        if family in ends
    }


def protocol(inputs: Mapping[str, Any], field: str) -> int | None:
    """The number of the protocol in a field; None for every protocol.

    Raises:
        Malformed: it is absent, or neither a keyword, nor -1, nor 0 to 255.
        Undecided: it is not known yet, or secret.
    """
    value = decided(inputs.get(field), field)
    if value is None:
        raise Malformed(f"{field} is absent")
    found = whole(value)
    if found is not None and 0 <= found <= LAST_PROTOCOL:
        return found
    lower = value.strip().lower() if isinstance(value, str) else str(found)
    if lower in ALL:
        return None
    if lower in KEYWORDS:
        return KEYWORDS[lower]
    shown = quoted(value) if isinstance(value, str) else "what it has"
    raise Malformed(f"{field}: no protocol is {shown}")


def service(number: int | None, first: int | None, last: int | None) -> Service:
    """What a protocol and two bounds match; for ICMP they are type and code, -1 for any.

    Raises:
        Malformed: a bound is absent, or the bounds leave their range.
    """
    if number in WITH_TYPES:
        return _icmp(number, first, last)
    if number is None:
        return Service.everything()
    if number not in WITH_PORTS:
        return Service.of_protocol(number)
    if first is None or last is None:
        raise Malformed("it has a protocol with ports, and no ports")
    if not 0 <= first <= last <= LAST_PORT:
        raise Malformed(f"ports {first} to {last} are no range")
    return Service.of_ports(number, PortRange(first, last))


def _icmp(number: int, kind: int | None, code: int | None) -> Service:
    if kind in (None, -1):
        return Service.of_protocol(number)
    code = None if code == -1 else code
    if not (0 <= kind <= LAST_TYPE and 0 <= (code or 0) <= LAST_TYPE):
        raise Malformed(f"ICMP type {kind} code {code} is not within 0 to {LAST_TYPE}")
    return Service.of_icmp(number, kind, code)


def prefix(value: str) -> Ends:
    """The addresses of a prefix; host bits are cleared, as the clouds do.

    Raises:
        Malformed: it is no address, with or without a length.
    """
    try:
        found = ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        raise Malformed(f"{quoted(value)} is no prefix") from None
    family = Family(found.version)
    one = Prefix(family, int(found.network_address), found.prefixlen)
    return {family: AddressSet.of(family, [one])}


def public(family: Family) -> AddressSet:
    """The addresses of the internet."""
    return AddressSet(family, ((0, family.last),)) - private_addresses(family)


def together(ends: Iterable[Ends]) -> Ends:
    """The members of any of *ends*."""
    held = list(ends)
    return {
        family: AddressSet.union(family, parts)
        for family in Family
        if (parts := [one[family] for one in held if family in one])
    }


def atom(name: str) -> Ends:
    """The members of a reference, of either family."""
    return {family: AddressSet.atom(family, name) for family in Family}
