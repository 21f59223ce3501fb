"""No relaying for the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.asking import VERDICTS, from_the_internet, has_public, may
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import held, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.reading.seen import Seen
    from segfw.guardrails.view import View

RELAYS = frozenset({"relay-mail", "qmqp", "sma-mail"})
"""Features that let a peer send mail through the gateway without signing in."""


def judge(view: View) -> Iterator[Found]:
    """Rules recorded for a relay that admit public addresses on an external interface, and QMQP."""
    yield from from_the_internet(view, ("qmqp",), "QMQP, which relays for everybody,")
    for front in view.fronts:
        for holder in front.holders if front.external else ():
            for rule in holder.rules:
                features = _relays(holder, rule)
                verdict = _verdict(rule) if features else None
                if verdict is not None:
                    said = f"{may(verdict)} open to public addresses for {', '.join(features)}"
                    message = f"{rule.label} {said}"
                    yield Found(verdict, rule.resource.urn, front.label, message)


def _verdict(rule: Seen) -> Verdict | None:
    """Whether the rule surely or perhaps admits public addresses."""
    for verdict, surely in VERDICTS:
        allows, spaces = rule.says(surely=surely)
        boxes = (box for space in spaces.values() for box in space.boxes())
        if allows and any(has_public(addresses) for _, addresses in boxes):
            return verdict
    return None


def _relays(holder: Holder, rule: Seen) -> list[str]:
    """The relays that the rule is recorded for; one of receive-mail may serve them too."""
    key = f"{holder.kind.lower().replace(' ', '-')}/{rule.name}"
    features = listed(held(holder.gateway.rules, key), "features") if holder.gateway else []
    named = [one for one in features if isinstance(one, str)]
    return sorted(named) if RELAYS.issuperset(named) else []


GUARDRAIL = Guardrail(
    id="relay-external",
    statement="Nobody on the internet may relay mail through an external interface.",
    why="An open relay is abused within hours; the allowed way is `submission` with SMTP AUTH.",
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Move `relay-mail`, `qmqp` and `sma-mail` to a private interface, or use `submission`.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.19",),
    answers=("openSMTP",),
)
