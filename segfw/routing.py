"""Where the gateway sends what it opens (design D2a)."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Peer
from segfw.sets.addresses import prefixes_of
from segfw.sets.intervals import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.sets.addresses import Prefix
    from segfw.sets.intervals import Interval
    from segfw.settings.types import Settings


class Routing(NamedTuple):
    """Where the gateway sends what it opens: longest match first, else the default route."""

    routes: Mapping[Prefix, str]
    """Prefixes with their interface."""
    order: tuple[Prefix, ...]
    """The prefixes of the routes, in order."""
    lengths: tuple[int, ...]
    """The lengths of the prefixes, longest first."""
    default: str

    @classmethod
    def of(cls, settings: Settings) -> Routing:
        """The routes that the interfaces' subnets and static routes make."""
        routes: dict[Prefix, str] = {}
        for name, interface in sorted(settings.interfaces.items()):
            for network in interface.routes:
                for prefix in settings.networks[network].prefixes:
                    routes.setdefault(prefix, name)
            for prefix in interface.subnets:
                routes.setdefault(prefix, name)
        default = next(i.name for i in settings.interfaces.values() if i.default_route)
        lengths = sorted({prefix.length for prefix in routes}, reverse=True)
        return cls(routes, tuple(sorted(routes)), tuple(lengths), default)

    def split(self, prefix: Prefix) -> dict[str, tuple[Prefix, ...]]:
        """The interface that each part of *prefix* is sent out by; a whole family is not split."""
        if prefix.whole:
            return {self.default: (prefix,)}
        around = self._around(prefix)
        start = bisect_right(self.order, prefix)
        inside = tuple(takewhile(prefix.holds, islice(self.order, start, None)))
        if not inside:
            return {around: (prefix,)}
        return self._divided(prefix, around, inside)

    def _divided(
        self, whole: Prefix, around: str, inside: Iterable[Prefix]
    ) -> dict[str, tuple[Prefix, ...]]:
        """What is left of *whole* and of each route *inside* it without the routes inside that."""
        parts: dict[str, list[Interval]] = {}
        open_ends = [(whole, around)]
        start = whole.first
        for route in (*inside, None):
            while open_ends and not (route and open_ends[-1][0].holds(route)):
                done, interface = open_ends.pop()
                _add(parts, interface, start, done.last)
                start = max(start, done.last + 1)
            if route:
                _add(parts, open_ends[-1][1], start, route.first - 1)
                start = route.first
                open_ends.append((route, self.routes[route]))
        return {name: prefixes_of(whole.family, canonical(held)) for name, held in parts.items()}

    def _around(self, prefix: Prefix) -> str:
        """The interface of the longest route that holds *prefix*, else the default one."""
        for length in self.lengths:
            if length <= prefix.length:
                interface = self.routes.get(prefix.cut(length))
                if interface is not None:
                    return interface
        return self.default

    def place(self, peer: Peer) -> dict[str, Peer]:
        """The part of *peer* that each interface sends to; a reference is kept only undivided."""
        found: dict[str, list[Prefix]] = {}
        for prefix in peer.prefixes:
            for name, parts in self.split(prefix).items():
                found.setdefault(name, []).extend(parts)
        if not found:
            return {self.default: peer}
        divided = len(found) > 1
        placed = {
            name: Peer(peer.name, tuple(sorted(set(parts))), None if divided else peer.reference)
            for name, parts in sorted(found.items())
        }
        if divided and _alone_in_its_family(peer):
            part = placed.get(self.default, Peer(peer.name, ()))
            placed[self.default] = part._replace(reference=peer.reference)
        return placed


def _add(parts: dict[str, list[Interval]], interface: str, first: int, last: int) -> None:
    if first <= last:
        parts.setdefault(interface, []).append((first, last))


def _alone_in_its_family(peer: Peer) -> bool:
    """The peer's reference is a list of a family in which it has no prefixes."""
    reference = peer.reference
    if reference is None or reference.family is None:
        return False
    return all(prefix.family is not reference.family for prefix in peer.prefixes)
