"""Why a rule is there: the flows behind it, and the lines of config that put them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Flow, Origin, Point
from segfw.resolve import INTERNET
from segfw.review.explain.lens import matched
from segfw.rule import Action, Rule
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.clouds.lifted import Side
    from segfw.plan import Plan
    from segfw.proof import Proof
    from segfw.review.explain.layers import Decided, Layer
    from segfw.settings.types import Settings


class Option(NamedTuple):
    """A choice of the stack that made a flow what it is."""

    name: str
    value: str
    origin: Origin | None
    """None where it is the default, which no file says."""


class Reason(NamedTuple):
    """One flow that means packets which a rule decides, or the flow that these answer."""

    flow: Flow
    reply: bool
    options: tuple[Option, ...]
    origins: tuple[Origin, ...]
    """The lines that put it there: the feature's, then those of the peer's addresses."""


class Because(NamedTuple):
    """What is known of why a rule decides packets as it does."""

    reasons: tuple[Reason, ...] = ()
    widening: str = ""
    """Why they are let through though no flow means them; empty where one does."""
    closing: str = ""
    """What a deny stands before; empty for an allow."""
    recorded: tuple[str, ...] = ()
    """What only the deployment says of it: features and rows."""
    foreign: bool = False
    """It is no rule of the plan; the reasons are those that the plan has for the packets."""


class Reasons:
    """The reasons of a plan's rules; each answer is worked out from its proofs."""

    def __init__(self, plan: Plan, catalog: Catalog) -> None:
        """Know the rules by what a reader of resources sees of them."""
        self.plan = plan
        self.catalog = catalog
        self.proofs = {(p.point, p.interface, p.direction, p.family): p for p in plan.proofs}
        self.rules = dict(self._rules())

    def _rules(self) -> Iterator[tuple[tuple[Point, str, object], Rule]]:
        for rule_set in self.plan.rule_sets:
            for rule in rule_set.rules:
                by_number = rule_set.point is Point.NETWORK_ACL
                key = (rule.direction, rule.number) if by_number else rule.name
                yield (rule_set.point, rule_set.interface, key), rule

    def rule_of(self, layer: Layer, side: Side, decided: Decided) -> Rule | None:
        """The plan's own rule that *decided* is; None for a rule of others.

        An entry of a network ACL has no name, so it is one of ours if it says the same.
        """
        entry = decided.entry
        by_number = layer.point is Point.NETWORK_ACL
        key = (side[0], entry.number) if by_number else entry.name
        rule = self.rules.get((layer.point, layer.interface, key))
        if rule is None or (rule.action is Action.ALLOW) is not entry.allows:
            return None
        same = not by_number or HeaderSpace.union(side[1], entry.most) == rule.space(side[1])
        return rule if same else None

    def flows_of(self, layer: Layer, side: Side, space: HeaderSpace) -> list[Flow]:
        """The flows that mean some of *space* as requests at *layer*."""
        return [r.flow for r in self._meaning(layer, side, space) if not r.reply]

    def because(self, layer: Layer, side: Side, decided: Decided, *, reply: bool) -> Because:
        """Why the rule of *decided* is there, as far as its packets go.

        Packets that are asked as replies are first of all explained by what they answer.
        """
        rule = self.rule_of(layer, side, decided)
        if rule is not None and rule.action is Action.DENY:
            return Because(closing=self._closing(rule))
        every = self._meaning(layer, side, decided.part)
        meant = [one for one in every if one.reply is reply] or every
        if rule is None:
            return Because(tuple(meant) if decided.entry.allows else (), foreign=True)
        own = {_key(flow) for flow in rule.flows}
        held = [one for one in meant if _key(one.flow) in own] or meant
        reasons = tuple(dict.fromkeys(held))
        return Because(reasons, widening="" if reasons else self._widening(layer, side, decided))

    def _closing(self, rule: Rule) -> str:
        from segfw.review.tables import guarded_services, why  # noqa: PLC0415 (few meet a deny)

        return why(rule, guarded_services(self.plan, self.catalog))

    def _proof(self, layer: Layer, side: Side) -> Proof | None:
        return self.proofs.get((layer.point, layer.interface, *side))

    def _meaning(self, layer: Layer, side: Side, space: HeaderSpace) -> list[Reason]:
        proof = self._proof(layer, side)
        return [
            reason_of(meaning.flow, self.plan.settings, self.catalog, space, reply=meaning.reply)
            for meaning in (proof.meanings if proof is not None and space else ())
            if matched(space, meaning.boxes, meaning.boxes).most
        ]

    def _widening(self, layer: Layer, side: Side, decided: Decided) -> str:
        for rule_set in self.plan.rule_sets:
            if rule_set.point is layer.point and rule_set.interface == layer.interface:
                for one in rule_set.widenings:
                    here = one.direction is side[0] and one.space.family is side[1]
                    if here and one.space & decided.part:
                        return one.why
        return ""


def reason_of(
    flow: Flow,
    settings: Settings,
    catalog: Catalog,
    space: HeaderSpace | None,
    *,
    reply: bool = False,
) -> Reason:
    """The flow with the lines behind it; of the peer's lines those that hold *space*."""
    options = tuple(_options(flow, settings, catalog))
    addresses = tuple(_address_lines(flow, settings, space))
    return Reason(flow, reply, options, tuple(dict.fromkeys((*flow.origins, *addresses))))


def _key(flow: Flow) -> tuple[object, ...]:
    """What tells flows apart when their peers were cut to what crosses a point."""
    return flow.feature, flow.row, flow.custom, flow.direction, flow.traffic, flow.peer.name


def origin_of(settings: Settings, path: str) -> Origin:
    """The line on which *path* stands, or what holds it."""
    place = settings.place(path)
    return Origin(path, place.file, place.line)


def _options(flow: Flow, settings: Settings, catalog: Catalog) -> Iterator[Option]:
    """The feature's options that chose this row, its port, its peers and its interface."""
    chosen = settings.features.get(flow.feature)
    feature = catalog.features.get(flow.feature)
    if chosen is None or feature is None:
        return
    asking = {
        name
        for one in feature.flows
        if one.row == flow.row and one.direction is flow.direction
        for name in one.when
    }
    asking |= {option.name for option in feature.options.values() if flow.row in option.rows}
    for name, value in chosen.options.items():
        if name in asking and value is not None:
            yield _option(settings, flow.feature, name, _said(value))
    if chosen.peers is not None and feature.peer_option is not None:
        yield _option(settings, flow.feature, feature.peer_option, ", ".join(chosen.peers))
    if chosen.interface is not None:
        yield _option(settings, flow.feature, "interface", chosen.interface)


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _option(settings: Settings, feature: str, name: str, value: str) -> Option:
    path = f"features.{feature}.{name}"
    return Option(name, value, origin_of(settings, path) if path in settings.places else None)


def _address_lines(flow: Flow, settings: Settings, space: HeaderSpace | None) -> Iterator[Origin]:
    """The lines of the peer's prefixes that the packets lie in."""
    if space is None or flow.peer.name == INTERNET:
        return
    held = [a for _, _, a in space.slices]
    for prefix in flow.peer.prefixes:
        inside = any(
            prefix.family is a.family and first <= prefix.last and prefix.first <= last
            for a in held
            for first, last in a.held
        )
        paths: Mapping[str, object] = settings.places
        for kind in ("networks", "hosts") if inside else ():
            for path in (
                f"{kind}.{flow.peer.name}[{prefix}]",
                f"{kind}.{flow.peer.name}.prefixes[{prefix}]",
            ):
                if path in paths:
                    yield origin_of(settings, path)
