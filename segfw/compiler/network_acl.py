"""Flows of one interface to the entries of its subnets' network ACL (design D6).

Three bands (`acl_bands`), in this order, and covers never cross them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.compiler.acl_bands import Bands
from segfw.compiler.acl_superset import superset_of
from segfw.compiler.expand import one_each, unique
from segfw.compiler.fit import without_covered
from segfw.flow import Flow, Point
from segfw.limits import NETWORK_ACL_IMPLICIT_ENTRIES
from segfw.naming import rule_name
from segfw.numbering import ACL_BANDS, numbered
from segfw.replies import GUARDED_PROTOCOL, crossing, own_subnets, reply_traffic
from segfw.rule import Action, Rule, RuleSet, Usage, Widening
from segfw.sets.addresses import WHOLE, Family
from segfw.sets.ports import PortRange, PortSet
from segfw.settings.types import Fit, Interface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.sets.headerspace import Service
    from segfw.settings.types import NetworkAclSettings


class AclContext(NamedTuple):
    """What an ACL's compile needs besides its interface and flows."""

    entries: int
    """The quota of entries per direction and family, the implicit deny among them."""
    gateway_ports: PortRange
    guarded: PortSet
    services: tuple[Service, ...]
    """On which the gateway answers."""
    feature_order: tuple[str, ...]


def compile_network_acl(
    interface: Interface, acl: NetworkAclSettings, flows: Iterable[Flow], context: AclContext
) -> RuleSet:
    """The interface's entries, numbered, with what the ACL allows beyond the flows."""
    chosen = [flow for flow in flows if Point.NETWORK_ACL in flow.points]
    expanded = unique(_wanted(interface, chosen, context.gateway_ports))
    budget = context.entries - NETWORK_ACL_IMPLICIT_ENTRIES
    bands = Bands([], [], [])
    widenings: list[Widening] = []
    for direction in Direction:
        for family in Family:
            here = [r for r in expanded if r.direction is direction and family in r.families]
            asked = _asked(here, direction, family, context)
            fitted = _fitted(asked, (direction, family), acl.fit, budget, context)
            for band, rules in zip(bands, fitted, strict=True):
                band.extend(r._replace(name=rule_name(interface.name, r)) for r in rules)
            if acl.fit is Fit.SUPERSET:
                widenings.extend(_widenings(asked, fitted, direction, family))
    ordered = numbered(bands, ACL_BANDS, context.feature_order)
    return RuleSet(
        point=Point.NETWORK_ACL,
        interface=interface.name,
        fit=acl.fit,
        rules=ordered,
        before=len(expanded),
        usage=_usage(ordered, context.entries),
        widenings=tuple(widenings),
        unfiltered=_unfiltered(interface, chosen),
    )


def _wanted(
    interface: Interface, flows: Iterable[Flow], gateway_ports: PortRange
) -> Iterator[Rule]:
    """Every request and every reply, one rule to a port range and prefix."""
    for flow in flows:
        reply = reply_traffic(flow, gateway_ports)
        for prefix in crossing(flow.peer.prefixes, own_subnets(interface)):
            yield from one_each(flow, flow.direction, flow.traffic, prefix)
            if reply is not None:
                way = flow.direction.reverse
                yield from one_each(flow, way, reply, prefix, reply=True)


def _unfiltered(interface: Interface, flows: Iterable[Flow]) -> tuple[str, ...]:
    found = {
        f"{flow.peer.name} {prefix}"
        for flow in flows
        for prefix in flow.peer.prefixes
        if not crossing((prefix,), own_subnets(interface))
    }
    return tuple(sorted(found))


def _asked(rules: list[Rule], direction: Direction, family: Family, context: AclContext) -> Bands:
    """The entries of one direction and family, one to a flow and prefix, with every guard."""
    first, rest = _on_guarded_ports(rules, direction, context)
    return Bands(first, _guards(rest, direction, family, context), rest)


def _fitted(
    asked: Bands,
    side: tuple[Direction, Family],
    fit: Fit,
    budget: int,
    context: AclContext,
) -> Bands:
    """The entries of one direction and family under *fit*."""
    match fit:
        case Fit.EACH:
            return asked
        case Fit.DROP:
            first, rest = without_covered(asked.first), without_covered(asked.rest)
            return asked._replace(first=first, rest=rest)
        case Fit.MERGE:
            return asked.merged()
        case Fit.SUPERSET:
            return superset_of(asked, side, budget, context.services)


def _on_guarded_ports(
    rules: list[Rule], direction: Direction, context: AclContext
) -> tuple[list[Rule], list[Rule]]:
    """The named allows that lie on guarded ports, and everything else; egress has no guards."""
    if direction is Direction.EGRESS:
        return [], rules
    first: list[Rule] = []
    rest: list[Rule] = []
    for rule in rules:
        for part in _split_at(context.guarded, rule):
            (first if _is_on_guarded(part, context.guarded) else rest).append(part)
    return unique(first), unique(rest)


def _split_at(guarded: PortSet, rule: Rule) -> list[Rule]:
    """The rule, in parts where a request lies on guarded ports and on others."""
    ports = PortSet.of(rule.ports)
    inside = ports & guarded
    if rule.reply or rule.protocol is not GUARDED_PROTOCOL or not inside or not ports - inside:
        return [rule]
    parts = (*inside.ranges(), *(ports - inside).ranges())
    return [rule._replace(ports=(part,)) for part in parts]


def _guards(
    rest: list[Rule], direction: Direction, family: Family, context: AclContext
) -> list[Rule]:
    """A deny for each guarded port that a wide range would open; none where nothing is wide."""
    if direction is Direction.EGRESS:
        return []
    opened = PortSet()
    for rule in rest:
        if rule.protocol is GUARDED_PROTOCOL:
            opened |= PortSet.of(rule.ports)
    if not opened & context.guarded:
        return []
    return [
        Rule(
            direction=direction,
            action=Action.DENY,
            protocol=GUARDED_PROTOCOL,
            ports=(PortRange(port, port),),
            prefixes=(WHOLE[family],),
        )
        for ports in context.guarded.ranges()
        for port in range(ports.first, ports.last + 1)
    ]


def _widenings(
    asked: Bands, fitted: Bands, direction: Direction, family: Family
) -> Iterator[Widening]:
    """What the entries let through beyond what was asked for, and which guards were given up."""
    added = fitted.space(family) - asked.space(family)
    given_up = asked.guarded() - fitted.guarded()
    if added:
        why = "fit: superset joins entries to stay within the quota of the network ACL"
        guards = f", and gives up the guards of {GUARDED_PROTOCOL.value} {given_up}"
        yield Widening(direction=direction, space=added, why=why + guards * bool(given_up))


def _usage(rules: Iterable[Rule], entries: int) -> tuple[Usage, ...]:
    held = tuple(rules)
    return tuple(
        Usage(
            what="entries",
            direction=direction,
            family=family,
            used=sum(1 for r in held if r.direction is direction and family in r.families),
            limit=entries - NETWORK_ACL_IMPLICIT_ENTRIES,
        )
        for direction in Direction
        for family in Family
    )


def _is_on_guarded(rule: Rule, guarded: PortSet) -> bool:
    return (
        not rule.reply
        and rule.protocol is GUARDED_PROTOCOL
        and not PortSet.of(rule.ports) - guarded
    )
