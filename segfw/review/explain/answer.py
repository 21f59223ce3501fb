"""The whole answer to a question: its verdict, its way, and what is worth knowing beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.review.explain.names import names_of
from segfw.review.explain.path import Verdict, Way, verdict_of_ways, way
from segfw.review.explain.planned import layers_of_plan
from segfw.review.explain.reasons import Because, Reasons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.review.explain.layers import Decided, Judged
    from segfw.review.explain.nearest import Near
    from segfw.review.explain.proposals import Tried
    from segfw.review.explain.question import Question

    Explained = Mapping[tuple[int, int], Because]


class Answer(NamedTuple):
    """What can be said of a question."""

    question: Question
    asked_of: str
    """``aws-lab``, or the state that was asked."""
    deployed: bool
    """The answer is about what a state says is deployed."""
    verdict: Verdict
    ways: tuple[Way, ...]
    """One to a family."""
    because: Mapping[int, Because]
    """By the id of what a rule decides."""
    notes: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    """Flows that come nearest, where it is denied and they were looked for."""
    proposals: tuple[Tried, ...] = ()
    asked_for_help: bool = False
    """Proposals were looked for."""

    def why(self, decided: Decided) -> Because:
        """Why the rule of *decided* is there."""
        return self.because[id(decided)]


def answer_from_plan(question: Question, plan: Plan, catalog: Catalog) -> Answer:
    """The answer of a stack's plan, whose proofs are there for the interface; without advice."""
    reasons = Reasons(plan, catalog)
    ports = plan.settings.gateway.ephemeral_ports
    layers = layers_of_plan(plan, question.interface)
    ways = tuple(
        way(question, layers, family, ports, reasons.flows_of) for family in question.families
    )
    verdict = verdict_of_ways(ways)
    return Answer(
        question=question,
        asked_of=plan.settings.stack,
        deployed=False,
        verdict=verdict,
        ways=ways,
        because=explained(ways, reasons),
        notes=tuple(routing_notes(question, plan)),
    )


def explained(ways: tuple[Way, ...], reasons: Reasons) -> dict[int, Because]:
    """Why each rule that decides something is there."""
    return {
        id(one): reasons.because(judged.layer, judged.side, one, reply=reply)
        for judged, reply in every_judgement(ways)
        for one in judged.decided
    }


def every_judgement(ways: tuple[Way, ...]) -> Iterator[tuple[Judged, bool]]:
    """What each point does with requests, and with replies: these are marked."""
    for one in ways:
        for leg in one.legs:
            yield leg.judged, False
            if leg.replies is not None:
                yield leg.replies.judged, True


def routing_notes(question: Question, plan: Plan) -> Iterator[str]:
    """Where the gateway sends the packets, or the replies to them, if that is elsewhere."""
    routing = names_of(plan.settings, ()).routing
    if routing is None or question.remote.internet or not question.remote.prefixes:
        return
    mine = question.interface
    away = sorted({name for p in question.remote.prefixes for name in routing.split(p)} - {mine})
    if not away:
        return
    others = " and ".join(f'"{name}"' for name in away)
    if question.direction is Direction.EGRESS:
        yield f"the gateway sends this out by {others}, by the stack's subnets and routes"
    else:
        yield (
            f"the gateway sends its replies out by {others}, by the stack's subnets and routes; "
            f"interfaces.{mine}.routes says which networks it reaches by {mine}"
        )
