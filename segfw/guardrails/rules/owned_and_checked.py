"""Lists of addresses have an owner and were checked lately."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import NEVER_OPEN, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import held, listed, mapping, words
from segfw.limits import STALE_AFTER_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Networks and hosts with prefixes, without an owner or a recent check."""
    for gateway in view.gateways:
        for what, section in (("network", "networks"), ("host", "hosts")):
            for name, entry in held(gateway.settings, section).items():
                lacks = list(_lacks(entry, view.today))
                if lacks:
                    message = f"its list of addresses {' and '.join(lacks)}"
                    urn = gateway.resource.urn
                    yield Found(Verdict.LISTED, urn, f'{what} "{name}"', message)


def _lacks(entry: object, today: date) -> Iterator[str]:
    said = mapping(entry)
    if not isinstance(entry, list) and not listed(said, "prefixes"):
        return
    if not words(said, "owner"):
        yield "has no owner"
    try:
        age = (today - date.fromisoformat(words(said, "checked"))).days
    except ValueError:
        yield "was never checked"
        return
    if age > STALE_AFTER_DAYS:
        yield f"was checked {age} days ago"


GUARDRAIL = Guardrail(
    id="owned-and-checked",
    statement="Lists of addresses without an owner, or not checked for 90 days, are listed.",
    why="Addresses change hands; a partner's old address may be an attacker's tomorrow.",
    severity=Severity.LOW,
    judge=judge,
    fix="Write `{prefixes, owner, source, checked}` in `networks`.",
    undecided=NEVER_OPEN,
)
