"""Every rule can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import Found, Guardrail, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Rules with a value that none can have, and what is not known yet of rules and settings."""
    if view.gateway is not None and not view.gateway.settings:
        message = "what it recorded of itself is not known"
        yield Found(Verdict.OPEN, view.gateway.resource.urn, "the firewall", message)
    for holder in view.holders:
        for rule in holder.rules:
            for verdict, found in ((Verdict.VIOLATED, rule.faults), (Verdict.OPEN, rule.undecided)):
                if found:
                    message = f"{rule.label}: {'; '.join(dict.fromkeys(found))}"
                    yield Found(verdict, rule.resource.urn, holder.label, message)


GUARDRAIL = Guardrail(
    id="readable",
    statement="Every rule is one that its cloud can have.",
    why="What cannot be read cannot be judged, and is taken for open.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Correct the value that the finding names.",
    undecided="reported once for each rule; every other guardrail takes it at its widest",
)
