"""Reshaping rules without changing what they mean: `drop` and `merge` (design D4)."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Protocol
from segfw.compiler.expand import unique
from segfw.cover import Box, exact
from segfw.replies import GUARDED_PROTOCOL
from segfw.rule import Action, Rule
from segfw.sets.addresses import WHOLE, AddressSet, Family, Prefix
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortSet
from segfw.settings.types import Fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NO_PORTS = PortSet()
PROTOCOLS = {protocol.number: protocol for protocol in Protocol}


def reshape(rules: list[Rule], fit: Fit) -> list[Rule]:
    """The rules under *fit*: as they are, without covered ones, or as a cover of few boxes."""
    match fit:
        case Fit.EACH:
            return rules
        case Fit.DROP:
            return without_covered(rules)
        case Fit.MERGE | Fit.SUPERSET:
            return merged(rules)


def covered(rules: Iterable[Rule]) -> list[tuple[Rule, Rule]]:
    """Each rule that another one covers, with the first that does, in order."""
    held = list(rules)
    kinds = [_kind(rule) for rule in held]
    by_end: dict[tuple[object, Prefix | str], list[int]] = {}
    for index, rule in enumerate(held):
        for end in (rule.reference.atom,) if rule.reference else rule.prefixes:
            by_end.setdefault((kinds[index], end), []).append(index)
    lengths = sorted({(p.family, p.length) for rule in held for p in rule.prefixes})
    found: list[tuple[Rule, Rule]] = []
    for index, rule in enumerate(held):
        likely = {
            other
            for end in _ends_around(rule, lengths)
            for other in by_end.get((kinds[index], end), ())
            if other != index
        }
        wide = next((held[i] for i in sorted(likely) if covers(held[i], rule)), None)
        if wide is not None:
            found.append((rule, wide))
    return found


def _ends_around(rule: Rule, lengths: Iterable[tuple[Family, int]]) -> Iterator[Prefix | str]:
    """The far ends of which a rule that covers *rule* has one; *lengths* are those in use."""
    if rule.reference is not None:
        yield rule.reference.atom
        yield from (WHOLE[family] for family in rule.families)
        return
    for prefix in rule.prefixes[:1]:
        for family, length in lengths:
            if family is prefix.family and length <= prefix.length:
                yield prefix.cut(length)


def _kind(rule: Rule) -> tuple[object, ...]:
    """What two rules must share for one to cover the other; custom flows stay apart."""
    return (rule.direction, rule.protocol, rule.action, rule.icmp, is_custom(rule))


def without_covered(rules: list[Rule]) -> list[Rule]:
    """The rules that no other rule covers."""
    gone = {id(rule) for rule, _ in covered(rules)}
    return [rule for rule in rules if id(rule) not in gone]


def covers(wide: Rule, narrow: Rule) -> bool:
    """Every packet that *narrow* matches is matched by *wide*, of the same kind as it."""
    if not all(
        any(w.first <= n.first and n.last <= w.last for w in wide.ports) for n in narrow.ports
    ):
        return False
    if wide.reference is not None or narrow.reference is not None:
        whole = any(p.whole and p.family in narrow.families for p in wide.prefixes)
        one_family = len(narrow.families) == 1
        return wide.reference == narrow.reference or (whole and one_family)
    return all(any(w.holds(n) for w in wide.prefixes) for n in narrow.prefixes)


def is_custom(rule: Rule) -> bool:
    """The rule serves a custom flow, which no fit mixes with catalog rules (design D18)."""
    return any(flow.custom for flow in rule.flows)


def merged(rules: list[Rule], ignoring: PortSet = NO_PORTS) -> list[Rule]:
    """The fewest rules with the same meaning: ports and prefixes of catalog flows are merged.

    TCP ports in *ignoring* are decided elsewhere (a deny stands before these rules), so
    a range may run over them.
    """
    kept: list[Rule] = []
    alike: dict[tuple[Direction, Family], list[Rule]] = {}
    for rule in rules:
        if is_mergeable(rule):
            alike.setdefault((rule.direction, rule.families[0]), []).append(rule)
        else:
            kept.append(rule)
    for (direction, family), chosen in alike.items():
        decided = denied(ignoring, family)
        boxes = exact(space_of(chosen, family) - decided, decided)
        kept.extend(rules_of(boxes, direction, chosen))
    return unique(kept)


def denied(ports: PortSet, family: Family) -> HeaderSpace:
    """What denies of the guarded protocol's *ports* take from every rule behind them."""
    whole = AddressSet.whole(family)
    number = GUARDED_PROTOCOL.number
    return HeaderSpace.union(family, ((Service.of_ports(number, r), whole) for r in ports.ranges()))


def is_mergeable(rule: Rule) -> bool:
    """The rule names prefixes and ports, and serves catalog flows."""
    return rule.reference is None and rule.icmp is None and not is_custom(rule)


def space_of(rules: Iterable[Rule], family: Family) -> HeaderSpace:
    """The packets that any of *rules* matches, in one family."""
    return HeaderSpace.union(
        family,
        (
            (Service.of_ports(rule.protocol.number, ports), AddressSet.of(family, rule.prefixes))
            for rule in rules
            if rule.protocol is not None
            for ports in rule.ports
        ),
    )


def rules_of(boxes: Iterable[Box], direction: Direction, sources: list[Rule]) -> Iterator[Rule]:
    """The allow rules that are *boxes*, each with the flows of every source that it touches.

    The sources name prefixes of one family and ports.
    """
    by_prefix: dict[Prefix, list[int]] = {}
    for index, rule in enumerate(sources):
        for prefix in rule.prefixes:
            by_prefix.setdefault(prefix, []).append(index)
    in_order = sorted(by_prefix)
    lengths = sorted({prefix.length for prefix in in_order})
    for box in boxes:
        near = {
            index
            for prefix in _nested(box.prefix, in_order, lengths)
            for index in by_prefix.get(prefix, ())
        }
        touched = [sources[index] for index in sorted(near) if _meets(sources[index], box)]
        yield Rule(
            direction=direction,
            action=Action.ALLOW,
            protocol=PROTOCOLS[box.protocol],
            ports=(box.ports,),
            prefixes=(box.prefix,),
            flows=tuple(dict.fromkeys(flow for rule in touched for flow in rule.flows)),
            reply=all(rule.reply for rule in touched),
        )


def _nested(prefix: Prefix, in_order: list[Prefix], lengths: list[int]) -> Iterator[Prefix]:
    """The prefixes that may hold *prefix*, by their *lengths*, and those *in_order* inside it."""
    for length in lengths[: bisect_left(lengths, prefix.length)]:
        yield prefix.cut(length)
    start = bisect_left(in_order, prefix)
    yield from takewhile(prefix.holds, islice(in_order, start, None))


def _meets(rule: Rule, box: Box) -> bool:
    return (
        rule.protocol is not None
        and rule.protocol.number == box.protocol
        and any(p.first <= box.ports.last and box.ports.first <= p.last for p in rule.ports)
    )
