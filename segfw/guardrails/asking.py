"""Questions that several guardrails ask of what stands before an interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.guardrails.guardrail import Found, Verdict
from segfw.guardrails.reading.seen import EVERYBODY, public
from segfw.limits import (
    FOREIGN_IPV4_ADDRESSES,
    MANAGEMENT_IPV4_ADDRESSES,
    MANAGEMENT_IPV6_LENGTH,
    MANAGEMENT_IPV6_SUBNETS,
    NAMED_IPV4_ADDRESSES,
    NAMED_IPV6_LENGTH,
)
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from segfw.guardrails.holders import Front
    from segfw.guardrails.view import View

SHOWN = 3
"""How many prefixes a message names."""
VERDICTS = ((Verdict.VIOLATED, True), (Verdict.OPEN, False))
"""What is surely so is violated; what only may be so is open."""


class Reach(NamedTuple):
    """Who reaches a service through a front."""

    service: Service
    addresses: AddressSet

    def __str__(self) -> str:
        """``tcp 22 from 0.0.0.0/0``."""
        return f"{self.service} from {shown_prefixes(self.addresses)}"


def on(family: Family, services: Iterable[Service]) -> HeaderSpace:
    """Every packet of *services*."""
    return HeaderSpace.union(family, ((one, EVERYBODY[family]) for one in services))


def judged(
    front: Front, services: Iterable[Service], is_too_much: Callable[[AddressSet], bool]
) -> Iterator[tuple[Verdict, Reach]]:
    """Services that are surely, or may be, reached by too many through *front*."""
    held = tuple(services)
    for family in Family:
        wanted = on(family, held)
        for verdict, surely in VERDICTS:
            space = front.allowed(Direction.INGRESS, family, surely=surely) & wanted
            bad = [Reach(*box) for box in space.boxes() if is_too_much(box[1])]
            yield from ((verdict, reach) for reach in bad)
            wanted -= on(family, (reach.service for reach in bad))


def from_the_internet(
    view: View, features: tuple[str, ...], what: str, *, but: tuple[str, ...] = ()
) -> Iterator[Found]:
    """Services of *features* that the internet reaches, without those that *but* has too.

    On an external interface any public address is the internet. On what nobody says is
    internal a network much smaller than one of ours may be is.
    """
    others = set(view.services(*but))
    services = [one for one in view.services(*features) if one not in others]
    for front in view.fronts:
        too_much = TOO_MUCH[front.external]
        for verdict, reach in judged(front, services, too_much):
            message = f"{what} {may(verdict)} reached on {reach}"
            yield Found(verdict, front.urn, front.label, message)


def shown_prefixes(addresses: AddressSet) -> str:
    """The first prefixes of a set, and how many more there are; references where it has none."""
    prefixes = addresses.prefixes()
    if not prefixes:
        return str(addresses)
    more = len(prefixes) - SHOWN
    return ", ".join(map(str, prefixes[:SHOWN])) + (f" and {more:,} more" if more > 0 else "")


def may(verdict: Verdict) -> str:
    """``is``, or ``may be`` where it is not known."""
    return "is" if verdict is Verdict.VIOLATED else "may be"


def has_public(addresses: AddressSet) -> bool:
    """Any address of the internet is among them."""
    return bool((addresses & public(addresses.family)).held)


def is_internet(addresses: AddressSet) -> bool:
    """More of the internet than any named network of ours may have (design D9)."""
    open_to = (addresses & public(addresses.family)).size()
    if addresses.family is Family.IPV4:
        return open_to > NAMED_IPV4_ADDRESSES
    return open_to > 1 << Family.IPV6.bits - NAMED_IPV6_LENGTH


def is_wide(addresses: AddressSet) -> bool:
    """More of the internet than one organisation is likely to have."""
    if addresses.family is Family.IPV4:
        return (addresses & public(addresses.family)).size() > FOREIGN_IPV4_ADDRESSES
    return is_internet(addresses)


TOO_MUCH: dict[bool | None, Callable[[AddressSet], bool]] = {
    True: has_public,
    False: is_internet,
    None: is_wide,
}
"""What counts as the internet, by whether an interface is external; None: nobody says so."""


def is_more_than_administrators(addresses: AddressSet) -> bool:
    """More than management may be reached from (design D9)."""
    if addresses.family is Family.IPV4:
        return addresses.size() > MANAGEMENT_IPV4_ADDRESSES
    bits = Family.IPV6.bits - MANAGEMENT_IPV6_LENGTH
    return addresses.size() > MANAGEMENT_IPV6_SUBNETS << bits
