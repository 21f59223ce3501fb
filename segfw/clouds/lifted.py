"""What lifting gives, and what it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from segfw.sets.addresses import AddressSet, Family, PrefixError, parse_prefix
from segfw.sets.headerspace import POINTS, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Direction
    from segfw.sets.headerspace import HeaderSpace

Known = "Mapping[str, Mapping[Family, AddressSet]]"
"""Ids (of prefix lists, groups) and tags to their members per family; others stay opaque."""


class LiftError(ValueError):
    """An input has a value that no such resource can have; the message names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """What one enforcement point lets through in one direction and family."""

    direction: Direction
    space: HeaderSpace


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
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise LiftError(f"{field} is not a whole number")
    return int(value)


ICMP_OF = {Family.IPV4: 1, Family.IPV6: 58}


def speaking(service: Service, addresses: AddressSet) -> AddressSet:
    """The far ends that can send *service*: members of a reference send no ICMP of the other family."""
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
