"""What is to be done on the gateway itself, filled in for one stack (design D9)."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Role
from segfw.effective import active_flows, default_ports, row_ports
from segfw.limits import CONFIRMED_FOR_DAYS
from segfw.resolve import SELF
from segfw.sets.addresses import AddressSet, private_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, ChecklistItem
    from segfw.flow import Flow
    from segfw.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ToDo:
    """One item of the checklist, with this stack's values in it."""

    id: str
    title: str
    why: str
    commands: tuple[str, ...]
    sourced: bool
    """The commands were read in a text; otherwise confirm them in your release."""
    confirmed: str | None
    """Who saw it done and when, while that counts; None where it is still to do."""


def checklist(plan: Plan, catalog: Catalog, *, today: date) -> tuple[ToDo, ...]:
    """The items that concern this stack, in the catalog's order."""
    values = _values(plan, catalog)
    return tuple(
        ToDo(
            id=item.id,
            title=item.title,
            why=item.why.format_map(values),
            commands=tuple(_filled(item, values)),
            sourced=item.sourced,
            confirmed=_confirmed(plan, item, today),
        )
        for item in catalog.checklist
        if _concerns(plan, item) and all(values.get(name) for name in _names(item))
    )


def _concerns(plan: Plan, item: ChecklistItem) -> bool:
    on = [plan.settings.features[f] for f in item.features if f in plan.settings.features]
    if item.features and not on:
        return False
    if item.when is None:
        return True
    return any(
        all(feature.options.get(name) in values for name, values in item.when.items())
        for feature in on
    )


def _names(item: ChecklistItem) -> set[str]:
    texts = (item.why, *item.commands)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def _filled(item: ChecklistItem, values: dict[str, str]) -> Iterator[str]:
    """The commands; a value of several lines becomes a command line each."""
    for command in item.commands:
        yield from command.format_map(values).splitlines()


def _confirmed(plan: Plan, item: ChecklistItem, today: date) -> str | None:
    seen = plan.settings.gateway.checklist.get(item.id)
    if seen is None or (today - seen.date).days > CONFIRMED_FOR_DAYS or seen.date > today:
        return None
    return f"{seen.by}, {seen.date.isoformat()}"


def _values(plan: Plan, catalog: Catalog) -> dict[str, str]:
    return {
        "accessList": ", ".join(_far_ends(_management_flows(plan, catalog))),
        "routes": "\n".join(_routes(plan)),
        "members": ", ".join(_far_ends(f for f in plan.flows if f.feature == "cluster")),
        "ports": ", ".join(_changed_ports(plan, catalog)),
        "interfaces": ", ".join(_publicly_managed(plan, catalog)),
    }


def _far_ends(flows: Iterable[Flow]) -> list[str]:
    """The prefixes in order; of a network that is only a reference, that it has members."""
    peers = [flow.peer for flow in flows]
    prefixes = sorted({prefix for peer in peers for prefix in peer.prefixes})
    opaque = sorted({peer.name for peer in peers if not peer.prefixes})
    return [*map(str, prefixes), *(f"the addresses behind {_quoted(name)}" for name in opaque)]


def _quoted(peer: str) -> str:
    return "this security group" if peer == SELF else f'"{peer}"'


def _management_flows(plan: Plan, catalog: Catalog) -> Iterator[Flow]:
    """Ingress to the gateway's own administration, SMA and cluster members included."""
    for flow in plan.flows:
        feature = catalog.features.get(flow.feature)
        if flow.direction is Direction.INGRESS and feature is not None:
            managed = feature.role is Role.MANAGEMENT and not feature.every_interface
            if managed and flow.traffic.icmp is None:
                yield flow


def _routes(plan: Plan) -> Iterator[str]:
    """Each static route: destination, and the interface whose gateway it goes to."""
    for _, interface in sorted(plan.settings.interfaces.items()):
        for network in sorted(interface.routes):
            for prefix in sorted(set(plan.settings.networks[network].prefixes)):
                yield f"  {network}: {prefix} via the router of {interface.name}"


def _changed_ports(plan: Plan, catalog: Catalog) -> list[str]:
    features = plan.settings.features
    found: set[str] = set()
    for feature in catalog.features.values():
        if feature.id not in features:
            continue
        for flow in active_flows(feature, features):
            row = catalog.rows[flow.row]
            ports = row_ports(flow, feature, features, catalog)
            changeable = row.listens and row.icmp is None and not row.excludes_listening
            if changeable and ports != default_ports(row):
                found.add(f"{row.title} on {ports}")
    return sorted(found)


def _publicly_managed(plan: Plan, catalog: Catalog) -> list[str]:
    found: set[str] = set()
    for flow in _management_flows(plan, catalog):
        for prefix in flow.peer.prefixes:
            held = AddressSet.of(prefix.family, (prefix,))
            if held - private_addresses(prefix.family):
                found.add(flow.interface)
    external = {i.name for i in plan.settings.interfaces.values() if i.external}
    return sorted(found - external)
