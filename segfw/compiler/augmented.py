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
        for end in far_ends(flow.peer):
            if apart or not isinstance(end, Prefix):
                alone.extend(one_each(flow, flow.direction, flow.traffic, end))
                continue
            key = (flow.direction, flow.traffic.protocol, flow.feature, flow.row, end.family)
            group = groups.setdefault(key, _Group({}, {}))
            for ports in flow.traffic.ports:
                service = (flow.direction, flow.traffic.protocol, ports, end.family)
                first = dealt.setdefault(service, {}).setdefault(end, group)
                first.flows.setdefault(flow)
                if first is group:
                    group.prefixes.setdefault(ports, []).append(end)
    apart_rules = unique(alone)
    rules = [rule._replace(name=rule_name(interface, rule)) for rule in apart_rules]
    rules.extend(_named(interface, [r for group in groups.values() for r in _rules(group)]))
    return rules, len(apart_rules) + sum(len(prefixes) for prefixes in dealt.values())


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
