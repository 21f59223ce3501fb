"""What is to be done on the gateway itself is done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from segfw.guardrails.guardrail import NEVER_OPEN, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import held, words
from segfw.limits import CONFIRMED_FOR_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import ChecklistItem
    from segfw.guardrails.view import Gateway, View
    from segfw.settings.types import FeatureSettings


def judge(view: View) -> Iterator[Found]:
    """Items for the stack's features that nobody confirmed within a year.

    In production that is a violation, elsewhere it is listed.
    """
    for gateway in view.gateways:
        yield from _of(view, gateway)


def _of(view: View, gateway: Gateway) -> Iterator[Found]:
    confirmed = held(held(gateway.settings, "gateway"), "checklist")
    production = gateway.environment == "prod"
    verdict = Verdict.VIOLATED if production else Verdict.LISTED
    for item in _items(view, gateway):
        said = _state(held(confirmed, item.id), view.today)
        if said:
            message = f"{item.title}: {said}"
            subject = f"checklist item {item.id}"
            yield Found(verdict, gateway.resource.urn, subject, message)


def _items(view: View, gateway: Gateway) -> tuple[ChecklistItem, ...]:
    """The items of this stack; where its settings cannot be read, those of its features."""
    settings = view.settings_of(gateway)
    if settings is not None:
        from segfw.settings.checklist import checklist_items

        return checklist_items(settings, view.catalog)
    features = gateway.features
    return tuple(item for item in view.catalog.checklist if _concerns(features, item))


def _concerns(features: Mapping[str, FeatureSettings], item: ChecklistItem) -> bool:
    """The item is for one of the stack's features; what the plan fills in is its own affair."""
    on = [features[name] for name in item.features if name in features]
    if not item.features:
        return True
    when = item.when or {}
    return any(all(one.options.get(name) in v for name, v in when.items()) for one in on)


def _state(confirmation: Mapping[str, Any], today: date) -> str:
    """What is wrong with a confirmation; empty where nothing is."""
    if not confirmation:
        return "nobody confirmed it"
    if not words(confirmation, "by"):
        return "confirmed by nobody's name"
    try:
        age = (today - date.fromisoformat(words(confirmation, "date"))).days
    except ValueError:
        return "confirmed without a date"
    return f"confirmed {age} days ago" if not 0 <= age <= CONFIRMED_FOR_DAYS else ""


GUARDRAIL = Guardrail(
    id="gateway-checklist",
    statement="What only the gateway's own configuration can do is done, and confirmed by name.",
    why="No cloud rule sets the gateway's own access list, its relay policy or its web protection.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Do it on the gateway, then write `gateway.checklist: {ITEM: {by, date}}`.",
    undecided=NEVER_OPEN,
)
