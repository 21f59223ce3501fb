"""Static routes for a gateway with several interfaces, from who the peers are.

A proposal: the gateway's routing table decides, and the plan's checklist prints what it
must hold. Replies leave by the interface on which their connection came in, so whoever
connects is routed there; what only the gateway connects to goes out where its kind sits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Role
from segfw.resolve import INTERNET
from segfw.settings.uses import is_private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.sets.addresses import Prefix
    from segfw.settings.types import Interface
    from segfw.settings.uses import Uses

MAIL_ROW = "smtp-out"
"""The one row with servers inside that the private side hands mail to; the rest is operation."""


def proposed_routes(uses: Uses) -> dict[str, tuple[str, ...]]:
    """Networks by the interface that should send to them; none for the default route's own.

    Only networks whose prefixes are all private and known: the others leave by the default
    route, as nothing says otherwise.
    """
    interfaces = uses.settings.interfaces
    default = default_route(uses)
    if len(interfaces) == 1 or default is None:
        return {}
    taken: dict[Prefix, str] = {
        subnet: name for name, interface in interfaces.items() for subnet in interface.subnets
    }
    found: dict[str, list[str]] = {}
    placed: set[str] = set()
    for network, home in _wanted(uses, default):
        held = uses.settings.networks.get(network)
        if network in placed or home not in interfaces or held is None or not held.prefixes:
            continue
        if not all(is_private(prefix) for prefix in held.prefixes):
            continue
        homes = {taken[prefix] for prefix in held.prefixes if prefix in taken} or {home}
        if len(homes) != 1:
            continue
        chosen = homes.pop()
        placed.add(network)
        taken |= dict.fromkeys(held.prefixes, chosen)
        if chosen != default and not _connected(held.prefixes, interfaces[chosen]):
            found.setdefault(chosen, []).append(network)
    return {name: tuple(sorted(networks)) for name, networks in sorted(found.items())}


def default_route(uses: Uses) -> str | None:
    """The interface that sends to the internet: the one that says so, else the only public one."""
    interfaces = uses.settings.interfaces
    said = [name for name, interface in interfaces.items() if interface.default_route]
    public = [name for name, interface in interfaces.items() if Role.PUBLIC in interface.roles]
    chosen = said or (list(interfaces) if len(interfaces) == 1 else public)
    return chosen[0] if len(chosen) == 1 else None


def _wanted(uses: Uses, default: str) -> Iterator[tuple[str, str]]:
    """Networks with the interface that each asks for: the pinned first, then whoever connects."""
    for custom in uses.settings.custom_flows:
        yield custom.network, custom.interface
    for feature, flow, _ in uses.every_flow():
        homes = [interface.name for interface in uses.ingress(feature)]
        if flow.direction is Direction.INGRESS and homes:
            for name in _names(uses.peer_names(feature, flow)):
                yield name, default if default in homes else homes[0]
    for feature, flow, row in uses.every_flow():
        if flow.direction is not Direction.EGRESS:
            continue
        role = Role.PRIVATE if row.id == MAIL_ROW else Role.MANAGEMENT
        home = _with_role(uses, role, default)
        for name in _names(uses.peer_names(feature, flow)):
            yield name, home
        for host in uses.hosts(feature, flow, row):
            strategy = uses.settings.hosts.get(host)
            if strategy is not None and strategy.network is not None:
                yield strategy.network, home


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name != INTERNET)


def _with_role(uses: Uses, role: Role, default: str) -> str:
    """The first interface with *role*; where the default route's has it, that one."""
    having = [name for name, one in uses.settings.interfaces.items() if role in one.roles]
    return default if default in having or not having else having[0]


def _connected(prefixes: tuple[Prefix, ...], interface: Interface) -> bool:
    """Every prefix lies in the interface's own subnets, which need no route."""
    return all(any(subnet.holds(one) for subnet in interface.subnets) for one in prefixes)
