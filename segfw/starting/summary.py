"""What a stack exposes, in lines that its author reads at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.review.exposure import Reach, exposure
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.review.exposure import Opening

REACHES = {
    Reach.FROM_INTERNET: ("from the internet", "nothing"),
    Reach.FROM_ANYWHERE: ("from any address, inside", "nothing"),
    Reach.MANAGEMENT: ("managed by", "nobody"),
    Reach.TO_ANYWHERE: ("to any address", "nothing"),
}


def exposed(plan: Plan, catalog: Catalog) -> tuple[str, ...]:
    """Five lines: the size of it, then what reaches the gateway and whom it reaches."""
    rules = sum(len(rule_set.rules) for rule_set in plan.rule_sets)
    points = ", ".join(rule_set.label for rule_set in plan.rule_sets)
    size = f"{counted(len(plan.settings.features), 'feature')}, {counted(rules, 'rule')}"
    openings = exposure(plan, catalog)
    lines = [f"{size} in {points}; proven"]
    for reach, (words, none) in REACHES.items():
        held = [one for one in openings if one.reach is reach]
        lines.append(f"{words}: {_said(held) or none}")
    return tuple(lines)


def _said(openings: Iterable[Opening]) -> str:
    return "; ".join(_opening(one) for one in openings)


def _opening(one: Opening) -> str:
    """``admins (64 addresses): tcp 22, tcp 443 on management``."""
    services = ", ".join(
        f"{service.protocol.value} {service.ports} ({', '.join(service.features)})"
        for service in one.services
    )
    if one.reach is Reach.MANAGEMENT:
        return f"{one.peer} ({one.addresses}): {services} on {one.interface}"
    return f"{services} on {one.interface}"
