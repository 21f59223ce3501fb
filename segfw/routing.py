"""Where the gateway sends what it opens (design D2a)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Peer
from segfw.sets.addresses import AddressSet

if TYPE_CHECKING:
    from segfw.sets.addresses import Prefix
    from segfw.settings.types import Settings


class Routing(NamedTuple):
    """Where the gateway sends what it opens: longest match first, else the default route."""

    routes: tuple[tuple[Prefix, str], ...]
    """Prefixes with their interface, longest first."""
    default: str

    @classmethod
    def of(cls, settings: Settings) -> Routing:
        """The routes that the interfaces' subnets and static routes make."""
        routes = {
            (prefix, interface.name)
            for interface in settings.interfaces.values()
            for prefix in (
                *interface.subnets,
                *(p for name in interface.routes for p in settings.networks[name].prefixes),
            )
        }
        longest_first = sorted(routes, key=lambda route: (-route[0].length, route))
        default = next(i.name for i in settings.interfaces.values() if i.default_route)
        return cls(tuple(longest_first), default)

    def split(self, prefix: Prefix) -> dict[str, tuple[Prefix, ...]]:
        """The interface that each part of *prefix* is sent out by; a whole family is not split."""
        if prefix.whole:
            return {self.default: (prefix,)}
        overlapping = [r for r in self.routes if r[0].holds(prefix) or prefix.holds(r[0])]
        if not overlapping:
            return {self.default: (prefix,)}
        longest, interface = overlapping[0]
        if longest.holds(prefix):
            return {interface: (prefix,)}
        rest = AddressSet.of(prefix.family, (prefix,))
        parts: dict[str, AddressSet] = {}
        for route, interface in overlapping:
            part = rest & AddressSet.of(route.family, (route,))
            if part:
                parts[interface] = parts.get(interface, AddressSet(prefix.family)) | part
                rest -= part
        if rest:
            parts[self.default] = parts.get(self.default, AddressSet(prefix.family)) | rest
        return {name: part.prefixes() for name, part in parts.items()}

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


def _alone_in_its_family(peer: Peer) -> bool:
    """The peer's reference is a list of a family in which it has no prefixes."""
    reference = peer.reference
    if reference is None or reference.family is None:
        return False
    return all(prefix.family is not reference.family for prefix in peer.prefixes)
