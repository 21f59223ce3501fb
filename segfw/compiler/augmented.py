"""Rules of an NSG that hold many prefixes and ports: `fit: merge` on Azure.

One rule to a direction, protocol, feature, row and family. Prefixes are dealt out one by
one and never made rules of their own, since lists of ten thousand are common here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.compiler.expand import far_ends, one_each, unique
from segfw.limits import NSG_RULE_NAME_LENGTH
from segfw.naming import augmented_name, rule_name, within
from segfw.rule import Action, Rule
from segfw.sets.addresses import Family, Prefix, collapse
from segfw.sets.ports import PortRange, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Direction, Protocol
    from segfw.flow import Flow

Service = tuple["Direction", "Protocol", PortRange, Family]


class _Group(NamedTuple):
    """What one feature's row needs in a direction and family."""

    flows: dict[Flow, None]
    """The row's own, and others that need some of the same."""
    prefixes: dict[PortRange, list[Prefix]]


def augmented(interface: str, flows: Iterable[Flow]) -> tuple[list[Rule], int]:
    """The named rules, and how many there were before: one to a port range and prefix.

    What several flows need goes to the first. References, ICMP and custom flows keep rules
    of their own.
    """
    alone: list[Rule] = []
    groups: dict[tuple[object, ...], _Group] = {}
    dealt: dict[Service, dict[Prefix, _Group]] = {}
    for flow in flows:
        apart = flow.custom is not None or flow.traffic.icmp is not None
        ends = far_ends(flow.peer)
        for end in ends:
            if apart or not isinstance(end, Prefix):
                alone.extend(one_each(flow, flow.direction, flow.traffic, end))
        for family in Family if not apart else ():
            own = [end for end in ends if isinstance(end, Prefix) and end.family is family]
            if own:
                key = (flow.direction, flow.traffic.protocol, flow.feature, flow.row, family)
                _deal(flow, family, own, groups.setdefault(key, _Group({}, {})), dealt)
    apart_rules = unique(alone)
    rules = [rule._replace(name=rule_name(interface, rule)) for rule in apart_rules]
    rules.extend(_named(interface, [r for group in groups.values() for r in _rules(group)]))
    return rules, len(apart_rules) + sum(len(prefixes) for prefixes in dealt.values())


def _deal(
    flow: Flow,
    family: Family,
    ends: list[Prefix],
    group: _Group,
    dealt: dict[Service, dict[Prefix, _Group]],
) -> None:
    """Give *flow*'s group the *ends* that no group has for the service; others take the flow."""
    for ports in flow.traffic.ports:
        owners = dealt.setdefault((flow.direction, flow.traffic.protocol, ports, family), {})
        new = [end for end in ends if end not in owners]
        for first in {id(owners[end]): owners[end] for end in ends if end in owners}.values():
            first.flows.setdefault(flow)
        if new:
            owners.update(dict.fromkeys(new, group))
            group.flows.setdefault(flow)
            group.prefixes.setdefault(ports, []).extend(new)


def _rules(group: _Group) -> Iterator[Rule]:
    """The group's rules: one with all its ports and prefixes, where they are a product."""
    ports_of: dict[Prefix, list[PortRange]] = {}
    if len(group.prefixes) > 1:
        for ports, prefixes in group.prefixes.items():
            for prefix in prefixes:
                ports_of.setdefault(prefix, []).append(ports)
        alike: dict[PortSet, list[Prefix]] = {}
        for prefix, ports in ports_of.items():
            alike.setdefault(PortSet.of(ports), []).append(prefix)
    else:
        alike = {PortSet.of([ports]): held for ports, held in group.prefixes.items()}
    flows = tuple(group.flows)
    for ports, prefixes in alike.items():
        yield Rule(
            direction=flows[0].direction,
            action=Action.ALLOW,
            protocol=flows[0].traffic.protocol,
            ports=ports.ranges(),
            prefixes=collapse(prefixes),
            flows=flows,
        )


def _named(interface: str, rules: list[Rule]) -> Iterator[Rule]:
    """The rules with their names, told apart by their ports where a row has several."""
    by_name: dict[str, list[Rule]] = {}
    for rule in rules:
        name = augmented_name(interface, rule, rule.flows[0].row, rule.families[0])
        by_name.setdefault(name, []).append(rule)
    for name, same in by_name.items():
        for rule in same:
            full = name if len(same) == 1 else f"{name}-{rule.ports_text.replace(',', '.')}"
            yield rule._replace(name=within(full, NSG_RULE_NAME_LENGTH))
