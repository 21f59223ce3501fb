"""Lists on ports as header spaces, and what covers them port by port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.cover import Box
from segfw.sets.addresses import AddressSet, Family, collapse, parse_prefix
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segfw.sets.addresses import Prefix

FIRST_PORT = 1000
TCP = 6


def parsed(lists: Sequence[Sequence[str]]) -> list[list[Prefix]]:
    """Each port's prefixes."""
    return [[parse_prefix(text) for text in texts] for texts in lists]


def space_of(lists: Sequence[Sequence[Prefix]]) -> HeaderSpace:
    """The packets of all lists, the first at `FIRST_PORT` and each at the port after."""
    return HeaderSpace.union(
        Family.IPV4,
        (
            (Service.of_ports(TCP, _port(place)), AddressSet.of(Family.IPV4, prefixes))
            for place, prefixes in enumerate(lists)
        ),
    )


def port_by_port(lists: Sequence[Sequence[Prefix]]) -> list[Box]:
    """Each port's list collapsed by itself: what most compilers do."""
    return [
        Box(TCP, _port(place), prefix)
        for place, prefixes in enumerate(lists)
        for prefix in collapse(prefixes)
    ]


def _port(place: int) -> PortRange:
    return PortRange(FIRST_PORT + place, FIRST_PORT + place)
