"""What time makes due: items to confirm, days to review, prefixes to check again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import OptionKind
from segfw.problems import Severity
from segfw.settings.checklist import checklist_items
from segfw.settings.types import Environment
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.settings.types import Settings

    Found = Iterator[tuple[Severity, str, str]]


def checklist_is_confirmed(settings: Settings, catalog: Catalog, today: date) -> Found:
    """In production, somebody has seen within a year what is done on the gateway."""
    if settings.gateway.environment is not Environment.PROD:
        return
    confirmed = settings.gateway.checklist
    items = checklist_items(settings, catalog)
    never = [item.id for item in items if item.id not in confirmed]
    if never:
        yield (
            Severity.WARNING,
            "gateway.checklist" if confirmed else "gateway",
            (
                f"nobody has confirmed {quoted_list(never, len(never))} on the gateway; do what "
                'the checklist says, then write checklist: {<item>: {by: <who>, date: "<day>"}}.'
            ),
        )
    for item in items:
        held = confirmed.get(item.id)
        last = held.date + timedelta(days=limits.CONFIRMED_FOR_DAYS) if held else today
        if held is not None and last < today:
            yield (
                Severity.WARNING,
                f"gateway.checklist.{item.id}",
                (
                    f"was confirmed on {held.date}, more than {limits.CONFIRMED_FOR_DAYS} days "
                    "ago; see on the gateway that it still holds, and write the new day."
                ),
            )


def reviews_are_due(settings: Settings, catalog: Catalog, today: date) -> Found:
    """What was opened until a day that is past; in production that is a problem."""
    for name, chosen in settings.features.items():
        for option in catalog.features[name].options.values():
            value = chosen.options.get(option.name)
            if option.kind is OptionKind.DATE and isinstance(value, str):
                yield from _due(f"features.{name}.{option.name}", date.fromisoformat(value), today)
    for flow in settings.custom_flows:
        yield from _due(f"features.custom-flow[{flow.name}].reviewBy", flow.review_by, today)


def _due(path: str, until: date, today: date) -> Found:
    if until < today:
        yield (
            Severity.WARNING,
            path,
            f"{until} is past; look at it again, then write a new day or take it out.",
        )


def entries_are_fresh(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Prefixes that somebody checked too long ago."""
    del catalog
    entries: dict[str, Mapping[str, object]] = {
        "networks": settings.networks,
        "hosts": settings.hosts,
    }
    for kind, held in entries.items():
        for name, entry in held.items():
            checked = getattr(entry, "checked", None)
            if isinstance(checked, date) and (today - checked).days > limits.STALE_AFTER_DAYS:
                source = getattr(entry, "source", None)
                where = f" with {source}" if source else ""
                yield (
                    Severity.NOTE,
                    f"{kind}.{name}",
                    (
                        f"was checked on {checked}, more than {limits.STALE_AFTER_DAYS} days ago; "
                        f"compare its prefixes{where} and write the new day."
                    ),
                )
