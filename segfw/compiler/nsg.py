"""Flows of one interface to the rules of its network security group on Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Protocol
from segfw.compiler.augmented import augmented
from segfw.compiler.expand import by_far_end, unique
from segfw.compiler.fit import reshape
from segfw.flow import Flow, IcmpType, Point
from segfw.limits import NSG_PREFIXES, NSG_PRIORITY_LAST, NSG_RULES
from segfw.naming import rule_name
from segfw.numbering import NSG_BANDS, numbered
from segfw.rule import Action, Rule, RuleSet, Usage, Widening
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace
from segfw.settings.types import Fit, Interface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


ANY_ICMP = IcmpType(None, None)
EVERY_ICMP = "an NSG cannot tell ICMP types apart: all of ICMP is allowed, not only echo requests"


def compile_nsg(
    interface: Interface, flows: Iterable[Flow], feature_order: tuple[str, ...]
) -> RuleSet:
    """The interface's rules by priority, closed by a deny of everything in each direction."""
    chosen = [flow for flow in flows if Point.NSG in flow.points]
    sayable = [_expressible(flow) for flow in chosen]
    fit = interface.nsg.fit
    if fit is Fit.MERGE:
        named, before = augmented(interface.name, sayable)
    else:
        expanded = unique(by_far_end(sayable))
        before = len(expanded)
        reshaped = reshape(expanded, fit)
        named = [rule._replace(name=rule_name(interface.name, rule)) for rule in reshaped]
    allows = numbered([named], NSG_BANDS, feature_order)
    rules = (*allows, *_closing(interface.name))
    return RuleSet(
        point=Point.NSG,
        interface=interface.name,
        fit=fit,
        rules=tuple(sorted(rules, key=_reading_order)),
        before=before,
        usage=_usage(rules),
        widenings=tuple(_widenings(chosen, rules)),
    )


def _reading_order(rule: Rule) -> tuple[bool, int]:
    return rule.direction is Direction.EGRESS, rule.number


def _expressible(flow: Flow) -> Flow:
    """The flow as an NSG can say it: ICMP has no types there."""
    if flow.traffic.icmp is None:
        return flow
    return flow._replace(traffic=flow.traffic._replace(icmp=ANY_ICMP))


def _closing(interface: str) -> Iterator[Rule]:
    """The deny of everything, last in each direction (design D7)."""
    for direction in Direction:
        yield Rule(
            direction=direction,
            action=Action.DENY,
            protocol=None,
            name=f"{interface}-{direction.short}-deny-all",
            number=NSG_PRIORITY_LAST,
        )


def _widenings(flows: Iterable[Flow], rules: Iterable[Rule]) -> Iterator[Widening]:
    """Every ICMP type in place of echo requests."""
    echo = [flow for flow in flows if flow.traffic.protocol is Protocol.ICMP]
    held = tuple(rules)
    for direction in Direction:
        meant = HeaderSpace(Family.IPV4)
        for flow in echo:
            if flow.direction is direction:
                by_reference = flow.peer.reference is not None
                meant |= flow.space(Family.IPV4, by_reference=by_reference)
        allowed = HeaderSpace(Family.IPV4)
        for rule in held:
            if rule.direction is direction and rule.icmp is not None:
                allowed |= rule.space(Family.IPV4)
        added = allowed - meant
        if added:
            yield Widening(
                direction=direction,
                space=added,
                why=EVERY_ICMP,
            )


def _usage(rules: Iterable[Rule]) -> tuple[Usage, ...]:
    held = tuple(rules)

    def prefixes(direction: Direction) -> int:
        """Far ends on the side that is the peer's; the other side counts one ``*`` to a rule."""
        return sum(max(len(rule.prefixes), 1) for rule in held if rule.direction is direction)

    def stars(direction: Direction) -> int:
        return sum(1 for rule in held if rule.direction is direction)

    into, out = Direction.INGRESS, Direction.EGRESS
    return (
        Usage(what="rules", direction=None, family=None, used=len(held), limit=NSG_RULES),
        Usage(
            what="source prefixes",
            direction=None,
            family=None,
            used=prefixes(into) + stars(out),
            limit=NSG_PREFIXES,
        ),
        Usage(
            what="destination prefixes",
            direction=None,
            family=None,
            used=prefixes(out) + stars(into),
            limit=NSG_PREFIXES,
        ),
    )
