"""Addresses and references beside each other: what a rule surely and what it perhaps matches.

In a set, a reference lies apart from every prefix (design D8). Of a real packet that is not
known: the address that is asked may be a member of the group that a rule names. So a rule
is seen at its least and at its most, as far as the question goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.sets.addresses import AddressSet, Family, parse_prefix
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.sets.headerspace import Service

    Box = tuple[Service, AddressSet]

PROBES = AddressSet.of(Family.IPV4, [parse_prefix("168.63.129.16/32")])
"""All that the tag AzureLoadBalancer stands for (Azure, "Virtual network service tags"):
https://learn.microsoft.com/azure/virtual-network/service-tags-overview, read 2026-11-24."""
PROBE_TAGS = frozenset({"tag:azure-load-balancer", "tag:azureloadbalancer"})
"""How a plan and how a state call it."""


class Matched(NamedTuple):
    """The packets of a question that a rule matches: at least these, at most those."""

    least: HeaderSpace
    most: HeaderSpace


def matched(asked: HeaderSpace, least: Iterable[Box], most: Iterable[Box]) -> Matched:
    """What boxes match of *asked*, of which it is known whether addresses or references ask."""
    by_name = _asks_by_name(asked)
    return Matched(
        _within(asked, ((s, _known(a, by_name=by_name)) for s, a in least)),
        _within(asked, ((s, _possible(a, by_name=by_name)) for s, a in most)),
    )


def _asks_by_name(asked: HeaderSpace) -> bool:
    return any(addresses.atoms for _, _, addresses in asked.slices)


def _within(asked: HeaderSpace, boxes: Iterable[Box]) -> HeaderSpace:
    touching = (
        (service, addresses)
        for service, addresses in boxes
        if any(f <= service.last and service.first <= last for f, last, _ in asked.slices)
    )
    return asked & HeaderSpace.union(asked.family, touching)


def _spelled_out(addresses: AddressSet) -> AddressSet:
    """With the addresses of a tag that has one member."""
    names = addresses.atoms.names
    if addresses.family is Family.IPV4 and not addresses.atoms.cofinite and names & PROBE_TAGS:
        rest = addresses.atoms - type(addresses.atoms)(PROBE_TAGS)
        return AddressSet(addresses.family, addresses.held, rest) | PROBES
    return addresses


def _known(addresses: AddressSet, *, by_name: bool) -> AddressSet:
    """What surely matches: of references only those that are asked for by name."""
    return addresses if by_name else AddressSet(addresses.family, _spelled_out(addresses).held)


def _possible(addresses: AddressSet, *, by_name: bool) -> AddressSet:
    """What may match: any address may be a reference's member, and any member have an address."""
    if addresses.atoms.cofinite:
        return addresses
    doubtful = addresses if by_name else _spelled_out(addresses)
    some = bool(doubtful.held or doubtful.atoms) if by_name else bool(doubtful.atoms)
    return AddressSet.whole(addresses.family) if some else doubtful
