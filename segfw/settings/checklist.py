"""What is to be done on the gateways of one stack, as its settings say (design D9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, Role
from segfw.effective import default_ports
from segfw.settings.uses import Uses, is_private, strict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog, ChecklistItem, Feature, FeatureFlow, Row
    from segfw.sets.addresses import Prefix
    from segfw.settings.types import Settings


class StaticRoute(NamedTuple):
    """A destination that the gateway must be told to send by one interface's router."""

    interface: str
    destination: Prefix
    networks: tuple[str, ...]
    """The networks in whose name the stack routes it."""


def checklist_items(settings: Settings, catalog: Catalog) -> tuple[ChecklistItem, ...]:
    """The items that concern this stack, in the catalog's order."""
    uses = Uses.of(settings, catalog)
    filled = {
        "{routes}": bool(static_routes(settings)),
        "{ports}": bool(changed_ports(uses)),
        "{interfaces}": bool(publicly_managed(uses)),
        "{accessList}": any(administers(*each) for each in uses.every_flow()),
        "{members}": "cluster" in settings.features,
    }
    return tuple(
        item
        for item in catalog.checklist
        if _concerns(item, settings)
        and all(
            held
            for mark, held in filled.items()
            if any(mark in text for text in (item.why, *item.commands))
        )
    )


def _concerns(item: ChecklistItem, settings: Settings) -> bool:
    on = [settings.features[name] for name in item.features if name in settings.features]
    if not item.features:
        return True
    when: Mapping[str, tuple[bool | int | str, ...]] = item.when or {}
    return any(
        all(chosen.options.get(name) in values for name, values in when.items()) for chosen in on
    )


def administers(feature: Feature, flow: FeatureFlow, row: Row) -> bool:
    """The flow reaches the gateway's own administration, from the SMA or a member too."""
    managed = feature.role is Role.MANAGEMENT and not feature.every_interface
    return managed and flow.direction is Direction.INGRESS and row.icmp is None


def static_routes(settings: Settings) -> tuple[StaticRoute, ...]:
    """Each destination once, by interface; what lies in its own subnets needs no route."""
    found: dict[tuple[str, Prefix], list[str]] = {}
    for name, interface in settings.interfaces.items():
        for network in sorted(interface.routes):
            for prefix in set(settings.networks[network].prefixes):
                if not any(subnet.holds(prefix) for subnet in interface.subnets):
                    found.setdefault((name, prefix), []).append(network)
    return tuple(
        StaticRoute(name, prefix, tuple(networks))
        for (name, prefix), networks in sorted(found.items())
    )


def changed_ports(uses: Uses) -> tuple[str, ...]:
    """Each service of the gateway that has not its default port, with the port that it has."""
    found = {
        f"{row.title} on {ports}"
        for feature, flow, row in uses.every_flow()
        if row.listens and row.icmp is None and not row.excludes_listening
        if (ports := uses.ports(feature, flow)) != default_ports(row)
    }
    return tuple(sorted(found))


def publicly_managed(uses: Uses) -> dict[str, tuple[str, ...]]:
    """Interfaces to the networks whose public addresses reach what must not be on the internet.

    None of them is external: there, `read_settings` refuses such networks (design D9).
    """
    found: dict[str, set[str]] = {}
    for feature, flow, _ in uses.every_flow():
        if not strict(feature) or flow.direction is not Direction.INGRESS:
            continue
        for network in uses.networks(uses.peer_names(feature, flow)):
            if all(is_private(prefix) for prefix in network.prefixes):
                continue
            for interface in uses.ingress(feature):
                found.setdefault(interface.name, set()).add(network.name)
    return {name: tuple(sorted(networks)) for name, networks in sorted(found.items())}
