"""Flows to rules, one to a flow, port range and far end; exact duplicates become one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.rule import Action, Rule
from segfw.sets.addresses import Prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.flow import Flow, Peer, Traffic
    from segfw.settings.types import Reference

RuleKey = tuple[Direction, Action, object, object, object, object, object]


def by_far_end(flows: Iterable[Flow]) -> Iterator[Rule]:
    """One allow rule to each flow's port range (or ICMP type) and far end.

    The far end is the flow's reference where it has one for the family, else each prefix.
    """
    for flow in flows:
        for end in far_ends(flow.peer):
            yield from one_each(flow, flow.direction, flow.traffic, end)


def far_ends(peer: Peer) -> tuple[Prefix | Reference, ...]:
    """The reference of a peer where it has one, and prefixes that it does not speak for."""
    reference = peer.reference
    if reference is None:
        return peer.prefixes
    if reference.family is None:
        return (reference,)
    return (reference, *(p for p in peer.prefixes if p.family is not reference.family))


def one_each(
    flow: Flow,
    direction: Direction,
    traffic: Traffic,
    end: Prefix | Reference,
    *,
    reply: bool = False,
) -> Iterator[Rule]:
    """The rules of one far end: one to a port range, or the one of an ICMP type."""
    named = isinstance(end, Prefix)
    for ports in traffic.ports or (None,):
        yield Rule(
            direction=direction,
            action=Action.ALLOW,
            protocol=traffic.protocol,
            ports=(ports,) if ports else (),
            icmp=traffic.icmp,
            prefixes=(end,) if named else (),
            reference=None if named else end,
            flows=(flow,),
            reply=reply,
        )


def identity(rule: Rule) -> RuleKey:
    """What a cloud compares: two rules with the same identity are one rule."""
    return (
        rule.direction,
        rule.action,
        rule.protocol,
        rule.ports,
        rule.icmp,
        rule.prefixes,
        rule.reference,
    )


def unique(rules: Iterable[Rule]) -> list[Rule]:
    """The rules, each identity once, with the flows of all that share it."""
    found: dict[RuleKey, Rule] = {}
    for rule in rules:
        key = identity(rule)
        if key in found:
            kept = found[key]
            flows = (*kept.flows, *(f for f in rule.flows if f not in kept.flows))
            found[key] = kept._replace(flows=flows, reply=kept.reply and rule.reply)
        else:
            found[key] = rule
    return list(found.values())
