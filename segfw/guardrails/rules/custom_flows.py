"""Custom flows have an owner and a day of review."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import NEVER_OPEN, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import held, listed, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Each custom flow, and what is wrong with one."""
    flows = (
        (gateway.resource.urn, flow)
        for gateway in view.gateways
        for flow in listed(held(gateway.settings, "features"), "custom-flow")
    )
    for urn, flow in flows:
        faults = list(_faults(flow, view.today))
        said = f"for {words(flow, 'owner')}, review by {words(flow, 'reviewBy')}"
        yield Found(
            Verdict.VIOLATED if faults else Verdict.LISTED,
            urn,
            f'custom flow "{words(flow, "name")}"',
            "; ".join(faults) or f"{said}: {words(flow, 'reason')}",
        )


def _faults(flow: object, today: date) -> Iterator[str]:
    for field in ("owner", "reason"):
        if not words(flow, field):
            yield f"it has no {field}"
    try:
        review = date.fromisoformat(words(flow, "reviewBy"))
    except ValueError:
        yield "it has no day of review"
        return
    if review < today:
        yield f"its review was due on {review.isoformat()}"


GUARDRAIL = Guardrail(
    id="custom-flows",
    statement="Custom flows are listed, owned, and not past their day of review.",
    why="What the catalog does not know is an exception, and exceptions end.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Review the flow with its owner: remove it, or set `reviewBy` at most a year ahead.",
    undecided=NEVER_OPEN,
)
