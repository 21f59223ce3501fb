"""What would have to be set for a denied packet to pass: found in the catalog, and tried.

Nothing is proposed untried: each proposal is laid over the stack's settings, read as a
stack file is, compiled, and asked the same question.
"""

from __future__ import annotations

from copy import deepcopy
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.plan import unproven_plan
from segfw.problems import ProblemsFound
from segfw.review.explain.candidates import candidates
from segfw.review.explain.path import Verdict, verdict_of_ways, way
from segfw.review.explain.planned import layers_unproven
from segfw.settings import read_settings, tree_from_values
from segfw.settings.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.flow import Flow
    from segfw.plan import Plan
    from segfw.review.explain.candidates import Edit, Proposal
    from segfw.review.explain.question import Question
    from segfw.settings.types import Settings

FEW = 3
"""How many are tried where nobody asked for them."""
MANY = 12
"""How many are tried where somebody did."""


class Outcome(Enum):
    """What became of a proposal."""

    ALLOWED = "allowed"
    ELSEWHERE = "elsewhere"
    """It opens the packet's way at another interface."""
    REFUSED = "refused"
    """The settings reader, or a quota, refuses it."""
    DENIED = "denied"
    """It is accepted, and the packet does not pass."""


class Tried(NamedTuple):
    """A proposal and what became of it."""

    proposal: Proposal
    outcome: Outcome
    interfaces: tuple[str, ...] = ()
    """Where the packet passes, if that is elsewhere."""
    reasons: tuple[str, ...] = ()
    """Why it is refused."""


def tried_proposals(
    question: Question, plan: Plan, catalog: Catalog, *, today: date, most: int, every: bool
) -> tuple[Tried, ...]:
    """At most *most* proposals, tried; those that work come first.

    Without *every*, the first that works ends the search.
    """
    found: list[Tried] = []
    for proposal in islice(candidates(question, plan, catalog, today), most):
        found.append(_tried(question, plan.settings, catalog, proposal, today))
        if found[-1].outcome is Outcome.ALLOWED and not every:
            break
    order = list(Outcome)
    return tuple(sorted(found, key=lambda one: order.index(one.outcome)))


def _tried(
    question: Question, settings: Settings, catalog: Catalog, proposal: Proposal, today: date
) -> Tried:
    try:
        changed = changed_settings(settings, catalog, proposal.edits, today)
        made = unproven_plan(changed, catalog)
    except ProblemsFound as found:
        said = dict.fromkeys(
            f"{one.path}: {one.message}" if one.path else one.message for one in found.problems
        )
        return Tried(proposal, Outcome.REFUSED, reasons=tuple(said))
    if _passes(question, made):
        return Tried(proposal, Outcome.ALLOWED)
    others = [name for name in changed.interfaces if name != question.interface]
    ways = tuple(name for name in others if _passes(question._replace(interface=name), made))
    return Tried(proposal, Outcome.ELSEWHERE if ways else Outcome.DENIED, ways)


def changed_settings(
    settings: Settings, catalog: Catalog, edits: Iterable[Edit], today: date
) -> Settings:
    """The settings with *edits* laid over them.

    Raises:
        ProblemsFound: the settings reader refuses them.
    """
    values = spelled(settings, catalog)
    for edit in edits:
        _lay(values, edit)
    tree = tree_from_values(values, stack=settings.stack)
    return read_settings(tree, catalog, stack=settings.stack, today=today)


def _lay(values: dict[str, Any], edit: Edit) -> None:
    """Make one edit: set a value, or add one to a list that is there."""
    *inner, last = edit.path
    at = values
    for name in inner:
        at = at.setdefault(name, {})
    if edit.adds:
        at[last] = [*at.get(last, ()), edit.value]
    else:
        at[last] = deepcopy(edit.value)


def _passes(question: Question, plan: Plan) -> bool:
    """Whether all that is asked passes, in the plan as compiled."""
    layers = layers_unproven(plan.settings, plan.specs, question.interface)
    ports = plan.settings.gateway.ephemeral_ports
    flows = [one for one in plan.flows if one.interface == question.interface]

    def openers(*_: object) -> Iterable[Flow]:
        return flows

    ways = [way(question, layers, one, ports, openers) for one in question.families]
    return verdict_of_ways(ways) is Verdict.ALLOWED
