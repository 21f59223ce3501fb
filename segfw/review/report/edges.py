"""Connections: flows bundled by interface, direction and peer, with the rules that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind
from segfw.resolve import INTERNET
from segfw.review.exposure import (
    UNKNOWN_MEMBERS,
    counted_addresses,
    is_public,
    ports_words,
)
from segfw.review.report.subject import (
    ORDER,
    anchor,
    feature_name,
    is_expected,
    service_words,
    widest,
)
from segfw.review.report.traffic import Cell, Edge, MatrixRow, RuleLink, Service
from segfw.rule import Action
from segfw.sets.addresses import collapse

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from segfw.flow import Flow
    from segfw.review.report.subject import Subject
    from segfw.rule import Rule, RuleSet
    from segfw.sets.addresses import Prefix
    from segfw.settings.types import Reference

    Carried = dict[Hashable, list[tuple[RuleSet, Rule]]]

Key = tuple[str, bool, str]
"""Interface, inward, peer."""


def edges(subject: Subject) -> tuple[Edge, ...]:
    """Every connection, by interface, inward first, the widest first."""
    bundles: dict[Key, list[Flow]] = {}
    for flow in subject.opened:
        bundles.setdefault(key_of(flow), []).append(flow)
    carried = _carried(subject)
    found = [_edge(subject, key, flows, carried) for key, flows in bundles.items()]
    interfaces = [name for name, _ in subject.interfaces]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                interfaces.index(one.interface),
                not one.inward,
                ORDER[one.reach],
                one.peer != INTERNET,
                one.peer,
            ),
        )
    )


def key_of(flow: Flow) -> Key:
    """What bundles flows."""
    return flow.interface, flow.direction is Direction.INGRESS, flow.peer.name


def edge_id(key: Key) -> str:
    """Where an edge stands in a page."""
    interface, inward, peer = key
    return anchor("edge", interface, "in" if inward else "out", peer)


def _carried(subject: Subject) -> Carried:
    """The rules that a flow's requests and replies need, at every enforcement point."""
    found: Carried = {}
    for rule_set in subject.plan.rule_sets:
        for rule in rule_set.rules:
            if rule.action is Action.ALLOW:
                for flow in rule.flows:
                    found.setdefault(_why(flow), []).append((rule_set, rule))
    return found


def _why(flow: Flow) -> Hashable:
    """What a flow is for, whatever traffic an enforcement point makes of it.

    An NSG cannot tell ICMP types apart: what it lets through is more than the flow.
    """
    return feature_name(flow), flow.row, flow.traffic.protocol, key_of(flow)


def _edge(
    subject: Subject,
    key: Key,
    flows: list[Flow],
    carried: Carried,
) -> Edge:
    interface, inward, peer = key
    rules = dict.fromkeys(one for flow in flows for one in carried.get(_why(flow), ()))
    services = tuple(
        Service(
            words=service_words(flow),
            feature=feature_name(flow),
            row="" if flow.custom else flow.row,
            label="" if flow.custom else flow.label,
            title=flow.title,
            lines=subject.lines([flow]),
        )
        for flow in sorted(flows, key=_by_port)
    )
    return Edge(
        id=edge_id(key),
        interface=interface,
        inward=inward,
        peer=peer,
        addresses=addresses_of(flows),
        prefixes=tuple(map(str, prefixes_of(flows))),
        reach=widest(subject.reach(flow) for flow in flows),
        services=services,
        rules=tuple(_links(rules)),
        ports=ports_together(flows),
        expected=all(map(is_expected, flows)),
        public=_public(flows),
    )


def _links(rules: Iterable[tuple[RuleSet, Rule]]) -> Iterator[RuleLink]:
    for rule_set, rule in rules:
        number = f"{rule.number} " if rule.number else ""
        replies = "replies: " if rule.reply else ""
        protocol = rule.protocol.value if rule.protocol else "any"
        words = (
            f"{number}{replies}{rule.direction.short} {protocol} "
            f"{ports_words(rule.ports, rule.icmp)} {rule.peer_text}"
        )
        yield RuleLink(rule_set.label, rule_anchor(rule_set, rule), words)


def rule_anchor(rule_set: RuleSet, rule: Rule) -> str:
    """Where a rule stands in a page."""
    return anchor("rule", rule_set.point.value, rule.name)


def _by_port(flow: Flow) -> tuple[object, ...]:
    """Ports before ICMP, which has none."""
    traffic = flow.traffic
    return bool(traffic.icmp), traffic.protocol.value, traffic.ports, str(traffic.icmp)


def addresses_of(flows: Iterable[Flow]) -> str:
    """How many addresses the far end has; a reference by the name that its cloud has for it."""
    held = list(flows)
    named = dict.fromkeys(str(one.id) for flow in held if (one := opaque(flow)) is not None)
    count = counted_addresses(collapse(one for flow in held for one in flow.peer.prefixes))
    if not named:
        return count
    members = f"members of {', '.join(named)}"
    known = any(flow.peer.prefixes for flow in held)
    return f"{members} ({count} in the stack file)" if known else members


def opaque(flow: Flow) -> Reference | None:
    """The reference that stands in the rules, where only its cloud knows the members."""
    reference = flow.peer.reference
    return reference if reference is not None and not reference.entries else None


def _public(flows: Iterable[Flow]) -> bool | None:
    """Some far end is on the internet; None where members are known to the cloud only."""
    known = [_is_public(flow) for flow in flows]
    return True if True in known else None if None in known else False


def _is_public(flow: Flow) -> bool | None:
    """A list or tag stands in the rules, not what the stack file says of its members."""
    held = opaque(flow)
    if held is None or held.kind not in UNKNOWN_MEMBERS:
        return is_public(flow.peer)
    return False if is_probe(held) else is_public(flow.peer) or None


def is_probe(reference: Reference) -> bool:
    """Azure's own health probes, from one address that is known."""
    return reference.name == PeerKind.AZURE_LOAD_BALANCER.value


def prefixes_of(flows: Iterable[Flow]) -> tuple[Prefix, ...]:
    """The fewest prefixes that stand for the far ends in rules, apart from a cloud's references."""
    return collapse(prefix for flow in flows for prefix in _prefixes(flow))


def _prefixes(flow: Flow) -> Iterator[Prefix]:
    """A reference takes the place of the prefixes of its family; its entries do, where known."""
    reference = flow.peer.reference
    for prefix in flow.peer.prefixes:
        if reference is None or reference.family not in (None, prefix.family):
            yield prefix
    if reference is not None:
        yield from reference.entries


def ports_together(flows: Iterable[Flow]) -> str:
    """``tcp 22,443, udp 161``: each protocol once with all its ports."""
    held: dict[str, dict[str, None]] = {}
    for flow in sorted(flows, key=_by_port):
        words = ports_words(flow.traffic.ports, flow.traffic.icmp)
        held.setdefault(flow.traffic.protocol.value, {})[words] = None
    return ", ".join(f"{protocol} {', '.join(words)}" for protocol, words in held.items())


def matrix(subject: Subject) -> tuple[MatrixRow, ...]:
    """Feature by peer over the interfaces, in the catalog's order of features.

    Where a peer has other addresses on another interface, it has a row to each.
    """
    cells: dict[tuple[str, bool, str, str], list[Flow]] = {}
    for flow in subject.opened:
        interface, inward, peer = key_of(flow)
        cells.setdefault((feature_name(flow), inward, peer, interface), []).append(flow)
    rows: dict[tuple[str, bool, str, str], dict[str, list[Flow]]] = {}
    for (feature, inward, peer, interface), flows in cells.items():
        where = f"{addresses_of(flows)} {prefixes_of(flows)}"
        rows.setdefault((feature, inward, peer, where), {})[interface] = flows
    return tuple(_matrix_row(subject, key[:3], held) for key, held in rows.items())


def _matrix_row(
    subject: Subject, key: tuple[str, bool, str], held: dict[str, list[Flow]]
) -> MatrixRow:
    feature, inward, peer = key
    first = next(iter(held.values()))
    return MatrixRow(
        feature=feature,
        peer=peer,
        inward=inward,
        addresses=addresses_of(first),
        prefixes=tuple(map(str, prefixes_of(first))),
        cells={
            interface: Cell(
                services=tuple(dict.fromkeys(map(service_words, sorted(one, key=_by_port)))),
                reach=widest(map(subject.reach, one)),
                edge=edge_id((interface, inward, peer)),
            )
            for interface, one in held.items()
        },
    )
