"""The flows that come nearest to packets which are denied."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from segfw.review.explain.reasons import reason_of
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog
    from segfw.flow import Flow
    from segfw.plan import Plan
    from segfw.review.explain.question import Question
    from segfw.review.explain.reasons import Reason

MOST = 5
"""How many are named."""


class Differs(IntEnum):
    """In what a flow is not what was asked, nearest first."""

    PEER = 1
    INTERFACE = 2
    PORT = 3
    DIRECTION = 4


class Near(NamedTuple):
    """A flow that is the question but for one thing."""

    differs: Differs
    reason: Reason


def nearest(question: Question, plan: Plan, catalog: Catalog) -> tuple[Near, ...]:
    """At most `MOST` flows that differ in one thing only, nearest first."""
    found: list[tuple[Differs, int, Flow]] = []
    for index, flow in enumerate(plan.flows):
        differs = _differs(question, flow)
        if differs is not None and flow.families:
            found.append((differs, index, flow))
    found.sort(key=lambda one: one[:2])
    return tuple(
        Near(differs, reason_of(flow, plan.settings, catalog, None))
        for differs, _, flow in found[:MOST]
    )


def _differs(question: Question, flow: Flow) -> Differs | None:
    """The one thing in which *flow* is not what was asked; None for several, or for nothing."""
    wrong: list[Differs] = []
    if flow.direction is not question.direction:
        wrong.append(Differs.DIRECTION)
    if flow.interface != question.interface:
        wrong.append(Differs.INTERFACE)
    services = flow.traffic.services()
    asked = question.service
    if not any(one.first <= asked.last and asked.first <= one.last for one in services):
        wrong.append(Differs.PORT)
    if not _same_peer(question, flow):
        wrong.append(Differs.PEER)
    return wrong[0] if len(wrong) == 1 else None


def _same_peer(question: Question, flow: Flow) -> bool:
    """The flow's peer has some of the far ends that were asked."""
    if flow.peer.name == question.remote.name:
        return True
    service = question.service
    for family in question.families:
        asked = HeaderSpace.of(service, question.addresses(family, by_reference=False))
        theirs = flow.peer.addresses(family, by_reference=False)
        if asked & HeaderSpace.of(service, theirs):
            return True
    return False
