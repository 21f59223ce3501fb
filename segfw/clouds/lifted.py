"""What lifting gives, and what it needs to know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from segfw.sets.addresses import AddressSet, Family, PrefixError, parse_prefix
from segfw.sets.headerspace import CODES, LAST_PROTOCOL, POINTS, Service

if TYPE_CHECKING:
    from collections.abc import Mapping


Known = "Mapping[str, Mapping[Family, AddressSet]]"
"""Ids (of prefix lists, groups) and tags to their members per family; others stay opaque."""


ANY_ICMP = -1
"""Every type, or every code, in AWS's words."""
DECIMAL = re.compile(r"[0-9]{1,5}", re.ASCII)


class LiftError(ValueError):
    """An input has a value that no such resource can have; the message names the field."""


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
