"""The rules that a cloud has at one enforcement point, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.adopt.matching import owned, readable_lines
from segfw.changes.lines import WAYS
from segfw.clouds.azure_nsg.spec import NSG
from segfw.flow import Point
from segfw.live.reading_rules import Read, entry_name, listed, read_point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.adopt.matching import Match, Matching
    from segfw.changes.inventory import Owned
    from segfw.changes.lines import Line
    from segfw.inventory import Resource
    from segfw.live.reading_rules import Decision
    from segfw.readback import Known


class Existing(NamedTuple):
    """One rule of the cloud."""

    match: Match
    name: str
    """What the cloud calls it: an id, a name, ``ingress entry 110``."""
    words: str
    """``in tcp 22 from 10.40.0.0/28``."""
    decisions: tuple[Decision, ...]
    content: tuple[object, ...] = ()
    """Holder, direction and all that decides about packets; empty where it cannot be read."""
    resource: Resource | None = None
    """Of a security group's rule: the resource that it is."""
    narrowed: str = ""
    """What makes it narrower than is said here."""
    fault: str = ""
    """Why it cannot be read; empty where it can."""
    default: bool = False
    """The cloud adds it on its own."""


def existing_rules(
    matches: list[Match], matching: Matching, known: Known
) -> tuple[Read, tuple[Existing, ...]]:
    """What the holders of one enforcement point let through together, and rule by rule."""
    if matches[0].placed.held.point is Point.SECURITY_GROUP:
        return _group_rules(matches, matching, known)
    (match, *_) = matches
    one = owned(match.placed.held.resource, match.placed, matching.names)
    read = read_point([(one.name, one.token, one.inputs)], known)
    rules = _nsg_rules(one) if one.token == NSG else _entries(one)
    return read, tuple(_inline(match, one, rules, read))


def _group_rules(
    matches: list[Match], matching: Matching, known: Known
) -> tuple[Read, tuple[Existing, ...]]:
    resources: list[tuple[str, str, Mapping[str, Any]]] = []
    rules: list[tuple[Match, Resource, Owned]] = []
    for match in matches:
        resources.append(("", match.placed.held.resource.type, {}))
        for rule in match.placed.held.rules:
            one = owned(rule, match.placed, matching.names)
            resources.append((rule.urn, rule.type, one.inputs))
            rules.append((match, rule, one))
    read = read_point(resources, known)
    decided: dict[str, list[Decision]] = {}
    for decision in read.decisions:
        decided.setdefault(decision.name, []).append(decision)
    return read, tuple(
        Existing(
            match=match,
            name=rule.id or rule.name,
            words=_words(one, rule.name),
            decisions=tuple(decided.get(rule.urn, ())),
            content=_content(match, one),
            resource=rule,
            fault=read.unreadable.get(rule.urn, ""),
        )
        for match, rule, one in rules
    )


def _content(match: Match, one: Owned) -> tuple[object, ...]:
    line = next(readable_lines([one]), None)
    return () if line is None else (match.name, line.direction, line.content)


def _words(one: Owned, otherwise: str) -> str:
    line = next(readable_lines([one]), None)
    return otherwise if line is None else line.words


def _nsg_rules(one: Owned) -> Iterator[tuple[str, Owned]]:
    for rule in listed(one.inputs, "securityRules"):
        yield str(rule.get("name")), one._replace(inputs={"securityRules": [rule]})


def _entries(one: Owned) -> Iterator[tuple[str, Owned]]:
    for direction, _ in WAYS.values():
        for entry in listed(one.inputs, direction.value):
            alone: dict[str, list[Any]] = {"ingress": [], "egress": []}
            alone[direction.value] = [entry]
            yield entry_name(direction, entry.get("ruleNo")), one._replace(inputs=alone)


def _inline(
    match: Match, one: Owned, rules: Iterator[tuple[str, Owned]], read: Read
) -> Iterator[Existing]:
    """The rules inside an ACL or NSG, then those that the cloud adds."""
    decided: dict[str, list[Decision]] = {}
    for decision in read.decisions:
        if one.token == NSG:
            decided.setdefault(decision.name, []).append(decision)
        else:
            name = entry_name(decision.side[0], decision.number)
            decided.setdefault(name, []).append(decision)
    for name, alone in rules:
        line = next(readable_lines([alone]), None)
        narrowed = read.narrowed.get(name, "")
        yield Existing(
            match=match,
            name=name,
            words=name if line is None else line.words,
            decisions=tuple(decided.pop(name, ())),
            content=() if line is None or narrowed else _line_content(match, line),
            narrowed=narrowed,
            fault=read.unreadable.get(name, ""),
        )
    for name, decisions in decided.items():
        allowed = tuple(d for d in decisions if d.allows and d.space)
        if allowed:
            yield Existing(match, name, f"Azure's own rule {name}", allowed, default=True)


def _line_content(match: Match, line: Line) -> tuple[object, ...]:
    return match.name, line.direction, line.content
