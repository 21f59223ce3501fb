"""The enforcement points of a deployment, read without trust in whoever made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Point
from segfw.guardrails.reading.security_groups import GROUPS
from segfw.guardrails.reading.values import held, listed
from segfw.replies import own_subnets
from segfw.review.explain.answer import Answer, every_judgement, routing_notes
from segfw.review.explain.books import Books, NothingRead
from segfw.review.explain.layers import Layer
from segfw.review.explain.names import bare_names, names_of
from segfw.review.explain.path import verdict_of_ways, way
from segfw.review.explain.reasons import Because, Reasons
from segfw.settings.types import ANY_EPHEMERAL, Reference, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.clouds.lifted import Side
    from segfw.flow import Flow
    from segfw.guardrails.holders import Holder
    from segfw.guardrails.view import View
    from segfw.plan import Plan
    from segfw.review.explain.layers import Decided, Judged
    from segfw.review.explain.names import Names
    from segfw.review.explain.question import Question
    from segfw.review.explain.reasons import Reason
    from segfw.sets.headerspace import HeaderSpace

LEFT_OUT_SHOWN = 3
"""How many holders without an interface are named before the rest is counted."""
POINTS = {point.label: point for point in Point}
"""By the kind that a holder says."""


class Deployment(NamedTuple):
    """What is deployed, and what is known of why."""

    source: str
    """The file that was read."""
    view: View
    plan: Plan | None
    """Of the stack file, else of the settings that the deployment recorded; None for neither."""
    placed: Mapping[str, tuple[Holder, ...]]
    """The holders before each interface."""
    unread: Mapping[str, tuple[str, ...]] = {}
    """Interfaces to the groups that the cloud says are on them, and of which nothing was read."""
    guesses: tuple[tuple[str, str], ...] = ()
    """Interfaces with what only its rules place there, and why."""
    left_out: tuple[str, ...] = ()
    """What belongs to no interface that is known."""

    @property
    def names(self) -> Names:
        """What a question may name."""
        if self.plan is None:
            return bare_names(self.placed)
        known = names_of(self.plan.settings, self.plan.flows)
        more = {name: () for name in self.placed if name not in known.interfaces}
        every = bare_names(more).interfaces
        return known._replace(interfaces={**known.interfaces, **every})


def placed(view: View, known: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Holder, ...]]:
    """The holders by interface: *known* by the URN of their resource, else by their component."""
    found: dict[str, list[Holder]] = {}
    for holder in view.holders:
        urn = holder.resource.urn if holder.resource is not None else holder.urn
        own = (holder.interface,) if holder.interface is not None else ()
        for interface in known.get(urn, own):
            found.setdefault(interface, []).append(holder)
    return {name: tuple(group) for name, group in sorted(found.items())}


def answer_from_deployment(question: Question, deployment: Deployment, catalog: Catalog) -> Answer:
    """The answer of what is deployed; what cannot be read makes it "not known"."""
    plan, view = deployment.plan, deployment.view
    reasons = Reasons(plan, catalog) if plan is not None else None
    layers = tuple(_layers(question.interface, deployment))
    asked = _as_deployed(question, view)
    ports = plan.settings.gateway.ephemeral_ports if plan is not None else ANY_EPHEMERAL

    def openers(layer: Layer, side: Side, space: HeaderSpace) -> Iterable[Flow]:
        return reasons.flows_of(layer, side, space) if reasons is not None else ()

    ways = tuple(way(asked, layers, family, ports, openers) for family in question.families)
    verdict = verdict_of_ways(ways)
    because = {
        id(one): _because(one, judged, reasons, view, catalog, reply=reply)
        for judged, reply in every_judgement(ways)
        for one in judged.decided
    }
    return Answer(
        question=question,
        asked_of=deployment.source,
        deployed=True,
        verdict=verdict,
        ways=ways,
        because=because,
        notes=tuple(_notes(question, deployment, layers)),
    )


def _layers(interface: str, deployment: Deployment) -> Iterator[Layer]:
    """One layer to a kind of enforcement point; security groups of one interface act as one."""
    by_point: dict[Point, list[Holder]] = {}
    for holder in deployment.placed.get(interface, ()):
        by_point.setdefault(POINTS[holder.kind], []).append(holder)
    settings = deployment.plan.settings if deployment.plan is not None else None
    known = settings.interfaces.get(interface) if settings is not None else None
    for point, holders in by_point.items():
        unseen = known.subnets if known is not None and _of_one_subnet(point, holders) else ()
        name = interface if holders[0].interface else holders[0].name
        own = known.subnets if known is not None else ()
        unread = deployment.unread.get(interface, ())
        yield Layer(point, interface, name, Books(point, tuple(holders), own, unread), unseen)
    if by_point.keys() == {Point.NETWORK_ACL}:
        yield Layer(Point.SECURITY_GROUP, interface, interface, NothingRead(Point.SECURITY_GROUP))
    acl = Point.NETWORK_ACL
    if known is not None and known.network_acl is not None and acl not in by_point:
        yield Layer(acl, interface, interface, NothingRead(acl), own_subnets(known))


def _of_one_subnet(point: Point, holders: list[Holder]) -> bool:
    """They are network ACLs of one subnet, whose members they never see (`segfw.replies`)."""
    ids = {
        str(one)
        for holder in holders
        for one in listed(holder.resource.inputs if holder.resource else {}, "subnetIds")
    }
    return point is Point.NETWORK_ACL and len(ids) == 1


def _as_deployed(question: Question, view: View) -> Question:
    """The question by the names that references have in a deployment: their ids."""
    reference = question.remote.reference
    if reference is None:
        return question
    return question._replace(remote=question.remote._replace(reference=_renamed(reference, view)))


def _renamed(reference: Reference, view: View) -> Reference:
    id_ = str(reference.id)
    match reference.kind:
        case ReferenceKind.SECURITY_GROUP:
            name = "self" if reference.name == "self" else view.index.owner_by_id(id_, GROUPS)
        case ReferenceKind.SERVICE_TAG:
            name = id_.lower()
        case _:
            name = id_
    return Reference(kind=reference.kind, name=name, id=reference.id, family=reference.family)


def _because(
    decided: Decided,
    judged: Judged,
    reasons: Reasons | None,
    view: View,
    catalog: Catalog,
    *,
    reply: bool,
) -> Because:
    """By the plan where the rule is one of it, else by what was recorded when it was deployed."""
    if decided.entry.built_in:
        return Because(closing="the cloud has this rule behind everybody's own")
    meant: tuple[Reason, ...] = ()
    if reasons is not None:
        known = reasons.because(judged.layer, judged.side, decided, reply=reply)
        if not known.foreign:
            return known
        meant = known.reasons
    said = held(
        view.gateway.rules if view.gateway is not None else {},
        f"{judged.layer.point.value}/{decided.entry.name}",
    )
    features = [str(one) for one in listed(said, "features")]
    rows = [str(row) for row in listed(said, "rows")]
    labels = [catalog.rows[row].label for row in rows if row in catalog.rows]
    words = ", ".join(features) + (f" ({', '.join(labels)})" if labels else "")
    return Because(meant, recorded=(words,) if words else (), foreign=True)


def _notes(question: Question, deployment: Deployment, layers: tuple[Layer, ...]) -> Iterator[str]:
    if deployment.plan is not None and question.interface in deployment.plan.settings.interfaces:
        yield from routing_notes(question, deployment.plan)
    have = {layer.point for layer in layers}
    if Point.SECURITY_GROUP in have and Point.NETWORK_ACL not in have:
        yield (
            "no network ACL of this interface's subnet is in what was read; one that is there "
            "may deny it"
        )
    if deployment.plan is not None:
        theirs, ours = deployment.view.inventory.stack, deployment.plan.settings.stack
        if theirs and theirs != ours:
            yield f'the state is of stack "{theirs}", and reasons and names are of "{ours}"'
    for interface, said in deployment.guesses:
        if interface == question.interface:
            yield f"only its rules place {said}; --at {interface}=ID says it for sure"
    if deployment.left_out:
        names = ", ".join(deployment.left_out[:LEFT_OUT_SHOWN])
        more = len(deployment.left_out) - LEFT_OUT_SHOWN
        others = f" and {more} more" if more > 0 else ""
        yield (
            f"left out, since nothing says of which interface: {names}{others}; "
            f"--at {question.interface}=ID says that one is of this"
        )
    for name in deployment.view.inventory.pending:
        yield f"an operation on {name} was cut short: what became of it is not known"
