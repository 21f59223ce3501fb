"""What is to be done on the gateway itself, filled in for one stack (design D9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.limits import CONFIRMED_FOR_DAYS
from segfw.resolve import SELF
from segfw.settings.checklist import (
    administers,
    changed_ports,
    checklist_items,
    publicly_managed,
    static_routes,
)
from segfw.settings.uses import Uses

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
        for item in checklist_items(plan.settings, catalog)
    )


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
    uses = Uses.of(plan.settings, catalog)
    return {
        "accessList": ", ".join(_far_ends(_management_flows(plan, uses))),
        "routes": "\n".join(_routes(plan)),
        "members": ", ".join(_far_ends(f for f in plan.flows if f.feature == "cluster")),
        "ports": ", ".join(changed_ports(uses)),
        "interfaces": ", ".join(publicly_managed(uses)),
    }


def _far_ends(flows: Iterable[Flow]) -> list[str]:
    """The prefixes in order; of a network that is only a reference, that it has members."""
    peers = [flow.peer for flow in flows]
    prefixes = sorted({prefix for peer in peers for prefix in peer.prefixes})
    opaque = sorted({peer.name for peer in peers if not peer.prefixes})
    return [*map(str, prefixes), *(f"the addresses behind {_quoted(name)}" for name in opaque)]


def _quoted(peer: str) -> str:
    return "this security group" if peer == SELF else f'"{peer}"'


def _management_flows(plan: Plan, uses: Uses) -> Iterator[Flow]:
    """Ingress to the gateway's own administration, SMA and cluster members included."""
    rows = {(each[0].id, each[2].id) for each in uses.every_flow() if administers(*each)}
    for flow in plan.flows:
        if flow.direction is Direction.INGRESS and (flow.feature, flow.row) in rows:
            yield flow


def _routes(plan: Plan) -> Iterator[str]:
    """Each static route: whose it is, its destination, and by whose router it goes."""
    for interface, destination, networks in static_routes(plan.settings):
        yield f"  {', '.join(networks)}: {destination} via the router of {interface}"
