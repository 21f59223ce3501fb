"""What lifting gives, and what it needs to know."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, cast

from segfw.catalog.model import Direction
from segfw.sets.addresses import AddressSet, Family, PrefixError, parse_prefix, parse_prefixes
from segfw.sets.headerspace import CODES, LAST_PROTOCOL, POINTS, HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segfw.sets.headerspace import Packet

Side = tuple[Direction, Family]

Known = "Mapping[str, Mapping[Family, AddressSet]]"
"""Ids (of prefix lists, groups) and tags to their members per family; others stay opaque."""


ANY_ICMP = -1
"""Every type, or every code, in AWS's words."""
DECIMAL = re.compile(r"[0-9]{1,5}", re.ASCII)


class LiftError(ValueError):
    """An input has a value that no such resource can have; the message names the field."""


class LiftedRule(NamedTuple):
    """One rule as the cloud will read it: what it matches in one direction and family."""

    name: str
    """Its own name; empty for an entry of a network ACL, which has none."""
    number: int | None
    """When it is tried, lowest first; None where all rules are tried (security groups)."""
    allows: bool
    boxes: tuple[tuple[Service, AddressSet], ...]
    default: bool = False
    """The cloud adds it on its own."""

    def matches(self, packet: Packet) -> bool:
        """Whether it has something to say of *packet*."""
        return any(
            packet in HeaderSpace.of(service, addresses)
            for service, addresses in self.boxes
            if addresses.family is packet.family
        )

    def __str__(self) -> str:
        """``rule "x"``, ``rule "x" (priority 120)``, ``entry 110 (allow tcp 22: 10.0.0.0/8)``."""
        if self.name:
            return f'rule "{self.name}"' + (f" (priority {self.number})" if self.number else "")
        said = "; ".join(f"{service}: {addresses}" for service, addresses in self.boxes)
        return f"entry {self.number} ({'allow' if self.allows else 'deny'} {said})"


LiftedRules = dict[Side, tuple[LiftedRule, ...]]
"""The rules of one enforcement point, in the order in which they are tried."""


def by_side(rules: Iterable[tuple[Side, LiftedRule]]) -> LiftedRules:
    """The rules of each direction and family, their order kept."""
    found: dict[Side, list[LiftedRule]] = {(d, family): [] for d in Direction for family in Family}
    for side, rule in rules:
        found[side].append(rule)
    return {side: tuple(held) for side, held in found.items()}


def let_through(family: Family, rules: Sequence[LiftedRule]) -> HeaderSpace:
    """What *rules* let through: the first that matches decides, and where none does, nothing.

    Rules that only allow (a security group's) let through what any of them matches. Later
    ones are taken first, so that each earlier one has the last word on its packets.
    """
    allowed = HeaderSpace(family)
    for allows, run in groupby(reversed(rules), key=_allows):
        matched = HeaderSpace.union(family, (box for rule in run for box in rule.boxes))
        allowed = allowed | matched if allows else allowed - matched
    return allowed


def _allows(rule: LiftedRule) -> bool:
    return rule.allows


def spaces(rules: LiftedRules) -> dict[Side, HeaderSpace]:
    """What the rules of one enforcement point let through, by direction and family."""
    return {side: let_through(side[1], held) for side, held in rules.items()}


def prefix_addresses(text: object, field: str) -> AddressSet:
    """The addresses of one prefix.

    Raises:
        LiftError: *text* is not the text of a prefix.
    """
    if not isinstance(text, str):
        raise LiftError(f"{field} is not text")
    try:
        prefix = parse_prefix(text)
    except PrefixError as error:
        raise LiftError(f"{field}: {error}") from None
    return AddressSet.of(prefix.family, (prefix,))


def addresses_of(texts: list[str], field: str) -> dict[Family, AddressSet]:
    """The addresses of a list of prefixes, by family; families without any are left out.

    Raises:
        LiftError: one of *texts* is not the text of a prefix.
    """
    try:
        prefixes = parse_prefixes(texts)
    except PrefixError as error:
        raise LiftError(f"{field}: {error}") from None
    return {
        family: AddressSet.of(family, own)
        for family in Family
        if (own := [prefix for prefix in prefixes if prefix.family is family])
    }


def records(value: object, field: str) -> list[Mapping[str, object]]:
    """The mappings in a list.

    Raises:
        LiftError: *value* is no list, or holds something else.
    """
    if not isinstance(value, list):
        raise LiftError(f"{field} is not a list")
    items = cast("list[object]", value)
    if not all(isinstance(item, dict) for item in items):
        raise LiftError(f"{field} holds something that is no mapping")
    return cast("list[Mapping[str, object]]", items)


def whole_number(value: object, field: str) -> int:
    """An integer, which the engine may spell as a float without fraction.

    Raises:
        LiftError: *value* is no whole number.
    """
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole:
        raise LiftError(f"{field} is not a whole number")
    return int(cast("float", value))


def protocol_number(text: object) -> int | None:
    """The protocol of a decimal text, 0 to 255; None where it is none."""
    if not (isinstance(text, str) and DECIMAL.fullmatch(text)):
        return None
    return int(text) if int(text) <= LAST_PROTOCOL else None


def icmp_service(number: int, kind: int, code: int) -> Service:
    """The service of an ICMP type and code; -1 is every one.

    Raises:
        LiftError: a type or code is neither -1 nor 0 to 255, or a code has no type.
    """
    if not (ANY_ICMP <= code < CODES and ANY_ICMP <= kind < CODES):
        raise LiftError(f"ICMP type {kind} code {code} is not within 0 to {CODES - 1}")
    if kind == ANY_ICMP:
        if code != ANY_ICMP:
            raise LiftError(f"ICMP code {code} needs a type")
        return Service.of_protocol(number)
    return Service.of_icmp(number, kind, None if code == ANY_ICMP else code)


ICMP_OF = {Family.IPV4: 1, Family.IPV6: 58}


def speaking(service: Service, addresses: AddressSet) -> AddressSet:
    """The far ends that can speak *service*: a reference's members of one family know one ICMP."""
    number = service.first // POINTS
    other = number in ICMP_OF.values() and number != ICMP_OF[addresses.family]
    whole = addresses.atoms.cofinite or service == Service.everything()
    return AddressSet(addresses.family, addresses.held) if other and not whole else addresses


def reference_members(
    id_: object, field: str, known: Mapping[str, Mapping[Family, AddressSet]]
) -> dict[Family, AddressSet]:
    """The members of a reference per family: what is known of it, else an atom by its id.

    Raises:
        LiftError: *id_* is not text.
    """
    if not isinstance(id_, str):
        raise LiftError(f"{field} is not text")
    if id_ in known:
        return dict(known[id_])
    return {family: AddressSet.atom(family, f"unknown:{id_}") for family in Family}
