"""A comparison with a state as sections of plain words, which text and Markdown then set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from segfw.catalog.model import Direction
from segfw.changes.compare import Kind
from segfw.changes.inventory import mapping_at
from segfw.changes.resources import Effect
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import (
    ATTACHMENT,
    EGRESS_RULE,
    EXCLUSIVE,
    GROUP,
    INGRESS_RULE,
    PREFIX_LIST,
)
from segfw.clouds.azure_nsg.spec import NSG
from segfw.flow import IcmpType, Point
from segfw.review.changes_where import applies, deployed
from segfw.review.exposure import ports_words
from segfw.review.sections import Item, Section, Table, counted
from segfw.review.tables import guarded_services, joined_labels, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.lines import Line
    from segfw.changes.points import PointChange, Side
    from segfw.changes.resources import ResourceChange
    from segfw.changes.room import Use
    from segfw.changes.steps import Step
    from segfw.changes.verdict import Verdict
    from segfw.rule import Rule
    from segfw.sets.headerspace import HeaderSpace

SHOWN = (Kind.ADDED, Kind.REMOVED, Kind.CHANGED, Kind.MOVED)
"""What the table of rules has a row for; the rest is named below it."""
COUNTED = {
    Kind.ADDED: "added",
    Kind.REMOVED: "removed",
    Kind.CHANGED: "changed",
    Kind.MOVED: "moved",
    Kind.RENUMBERED: "renumbered",
    Kind.DESCRIBED: "described anew",
    Kind.KEPT: "kept",
}
NAMED = 3
"""How many renumbered or described rules are named before the rest is counted."""
TYPES = {
    GROUP: "security group",
    NETWORK_ACL: "network ACL",
    NSG: "NSG",
    PREFIX_LIST: "prefix list",
    EXCLUSIVE: "sole ownership",
    ATTACHMENT: "attachment",
    INGRESS_RULE: "rule",
    EGRESS_RULE: "rule",
}


def verdict_line(changes: Changes, verdict: Verdict) -> str:
    """``3 rules added, 1 removed, 44 kept; fits in one update, room 12 of 60 left``."""
    total = len(changes.lines)
    if not changes.any:
        return f"no difference: {counted(total, 'rule')}, all as deployed"
    counts = [(kind, changes.count(kind)) for kind in COUNTED]
    said = [(kind, count) for kind, count in counts if count]
    first = f"{counted(said[0][1], 'rule')} {COUNTED[said[0][0]]}" if said else "no rules"
    others = [f"{len(changes.held.others)} not of the plan"] if changes.held.others else []
    counted_ones = (f"{count} {COUNTED[kind]}" for kind, count in said[1:])
    rules = ", ".join([first, *counted_ones, *others])
    if verdict.problems:
        return f"{rules}; cannot be made in one update"
    tightest = verdict.tightest
    room = f", room {tightest.room} of {tightest.limit} left" if tightest else ""
    return f"{rules}; fits in one update{room}"


def sections(changes: Changes, verdict: Verdict, catalog: Catalog) -> Iterator[Section]:
    """The comparison from top to bottom."""
    head = f"{changes.plan.settings.stack}: {verdict_line(changes, verdict)}"
    yield Section(head, (deployed(changes),))
    if verdict.problems:
        lines = tuple(f"{problem.path}: {problem.message}" for problem in verdict.problems)
        yield Section("Not in one update", lines)
        yield from _ways(verdict)
    if verdict.warnings:
        yield Section("Warnings", verdict.warnings)
    if changes.any:
        yield Section("Opened", tuple(_spaces(changes, opened=True)) or ("Nothing.",))
        yield Section("Closed", tuple(_spaces(changes, opened=False)) or ("Nothing.",))
        yield from _rules(changes, catalog)
        yield from _resources(changes)
        yield from _room(verdict)
    yield Section("Where the rules apply", tuple(applies(changes)))


def _spaces(changes: Changes, *, opened: bool) -> Iterator[str]:
    for point in changes.points:
        where = f"{point.point.label} {point.interface}"
        if point.point is not Point.SECURITY_GROUP and not (point.was and point.will_be):
            yield from _comes_or_goes(point, where, opened=opened)
            continue
        for side, space in (point.opened if opened else point.closed).items():
            yield from (f"{where}, {words}" for words in space_words(side, space))


def _comes_or_goes(point: PointChange, where: str, *, opened: bool) -> Iterator[str]:
    """Without an NSG or network ACL of ours, others decide: nothing is opened or closed by us."""
    if point.will_be and not opened:
        yield f"{where} is new: everything that its rules do not let through."
    elif point.was and not point.will_be and opened:
        yield f"{where} goes: what was behind it is no longer filtered here."


def space_words(side: Side, space: HeaderSpace) -> Iterator[str]:
    """``in: tcp 22, tcp 443 from 10.40.9.0/28``: a line to a set of far ends."""
    direction, _ = side
    into = direction is Direction.INGRESS
    services: dict[str, list[str]] = {}
    for service, addresses in space.boxes():
        services.setdefault(str(addresses), []).append(str(service))
    for addresses, held in services.items():
        way, end = ("in", "from") if into else ("out", "to")
        yield f"{way}: {', '.join(held)} {end} {addresses}"


def _rules(changes: Changes, catalog: Catalog) -> Iterator[Section]:
    words = Words(changes, catalog)
    shown = [change for change in changes.lines if change.kind in SHOWN]
    lines = tuple(_named(changes))
    if not shown and not lines:
        return
    headers = ("Change", "Where", "Direction", "Protocol", "Ports", "Peer", "Why")
    table = Table(headers, tuple(words.row(change) for change in shown)) if shown else None
    yield Section("Rules", lines, table)


def _named(changes: Changes) -> Iterator[str]:
    """The rules that let through the same as before, by what is new about them."""
    for kind, what in (
        (Kind.RENUMBERED, "another number, and nothing else"),
        (Kind.DESCRIBED, "another description or name, and nothing else"),
    ):
        names = [change.line.name for change in changes.lines if change.kind is kind]
        more = len(names) - NAMED
        if names:
            shown = ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
            yield f"{what}: {shown}"


class Words:
    """Far ends and reasons, for people."""

    def __init__(self, changes: Changes, catalog: Catalog) -> None:
        """Look up the plan's rules and the state's networks once."""
        self._changes = changes
        self._catalog = catalog
        self._services = guarded_services(changes.plan, catalog)
        self._rules: dict[tuple[Point, str, str], Rule] = {
            (rule_set.point, rule_set.interface, rule.name): rule
            for rule_set in changes.plan.rule_sets
            for rule in rule_set.rules
        }
        self._networks = _recorded_networks(changes.held.recorded_settings("networks"))

    def row(self, change: LineChange) -> tuple[str, ...]:
        """A row of the table of rules."""
        line = change.line
        deny = "" if line.allows else "deny "
        return (
            change.kind.value,
            self._where(change),
            f"{deny}{line.direction.short}",
            line.protocol,
            ports_of(line),
            self.peer(change),
            self.reason(change),
        )

    def _where(self, change: LineChange) -> str:
        if change.kind is Kind.MOVED and change.old is not None:
            return f"{change.old.holder} to {change.line.holder}"
        return f"{change.line.point.label} {change.line.holder.removesuffix('-acl')}"

    def peer(self, change: LineChange) -> str:
        """The far end; of a changed rule, both."""
        if change.kind is Kind.CHANGED and change.old is not None and change.new is not None:
            return f"{self._peer(change.new)}; was {self._peer(change.old, old=True)}"
        return self._peer(change.line, old=change.new is None)

    def _peer(self, line: Line, *, old: bool = False) -> str:
        said = ", ".join(self._changes.peers(line, old=old)) or "any"
        rule = None if old else self._rules.get((line.point, line.interface, line.name))
        if rule is not None:
            names = sorted({flow.peer.name for flow in rule.flows} - {""})
            known = bool(rule.prefixes)
        else:
            names = sorted({name for peer in line.peers for name in self._networks.get(peer, ())})
            known = True
        return f"{said} ({', '.join(names)})" if names and known else said

    def reason(self, change: LineChange) -> str:
        """Features with rows, as the plan has them; of a removed rule, as the state has them."""
        line = change.line
        rule = self._rules.get((line.point, line.interface, line.name))
        if change.new is not None and rule is not None:
            return why(rule, self._services)
        features = ", ".join(line.reason.features)
        labels = [
            self._catalog.rows[row].label if row in self._catalog.rows else row
            for row in line.reason.rows
        ]
        rows = f" ({', '.join(joined_labels(dict.fromkeys(labels)))})" if labels else ""
        return f"{features}{rows}" if features else "not known"


def _recorded_networks(networks: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The networks that held a prefix when the state was written."""
    found: dict[str, list[str]] = {}
    for name, one in networks.items():
        prefixes = mapping_at(one).get("prefixes")
        for prefix in cast("list[object]", prefixes if isinstance(prefixes, list) else []):
            found.setdefault(str(prefix), []).append(name)
    return {prefix: tuple(names) for prefix, names in found.items()}


def ports_of(line: Line) -> str:
    """``22``, ``type 3 code 4``, ``any``."""
    if not line.protocol.startswith("icmp") or line.ports == "any":
        return line.ports
    kind, _, code = line.ports.partition(".")
    return ports_words((), IcmpType(int(kind), int(code) if code else None))


def _resources(changes: Changes) -> Iterator[Section]:
    if changes.resources:
        rows = tuple(
            (one.effect.value, TYPES[one.token], one.name, _part_words(one))
            for one in changes.resources
        )
        table = Table(("Change", "Resource", "Name", "What"), rows)
        yield Section("Resources", tuple(_replaced(changes.resources)), table)


def _part_words(one: ResourceChange) -> str:
    return ", ".join(one.what)


def _replaced(resources: Iterable[ResourceChange]) -> Iterator[str]:
    if any(one.token == NETWORK_ACL and one.effect is Effect.REPLACED for one in resources):
        yield (
            "A replaced network ACL takes over its subnets as a whole before the old one is "
            "deleted."
        )


def _room(verdict: Verdict) -> Iterator[Section]:
    rows = tuple(_use(use) for use in verdict.uses if {use.old, use.new} != {use.together})
    if rows:
        headers = ("Group", "Direction", "Family", "Now", "After", "Side by side", "Quota", "Room")
        yield Section("Room in security groups during the update", (), Table(headers, rows))


def _use(use: Use) -> tuple[str, ...]:
    numbers = (use.old, use.new, use.together, use.limit, use.room)
    return (use.group, use.direction.value, use.family.label, *map(str, numbers))


def _ways(verdict: Verdict) -> Iterator[Section]:
    ways = verdict.ways
    if ways is not None and ways.split is not None:
        items = tuple(
            _step(number, step, of=len(ways.split.steps))
            for number, step in enumerate(ways.split.steps, start=1)
        )
        yield Section(f"In {len(items)} updates", (), items=items)
    if verdict.renames:
        commands = tuple(
            f"pulumi state rename '{urn}' '{name}' --yes" for urn, name in verdict.renames
        )
        item = Item("Rename the rules in the state first; no cloud is touched.", (), commands)
        yield Section("To keep what is there", (), items=(item,))


def _step(number: int, step: Step, *, of: int) -> Item:
    if step.features and all(step.features):
        what = f"Take the changes of {', '.join(step.features)}" + (" only" if number < of else "")
    elif step.features:
        what = "Take the changes of the rules below"
    elif step.exchanges and number < of:
        what = "Change these far ends only, in the lists of addresses"
    else:
        what = "Take this part of the change only" if number < of else "Take the rest"
    head = f"{number}. {what}: {len(step.opens)} added, {len(step.closes)} removed, "
    notes = [
        *_far_ends(step.exchanges),
        *_steps_lines("add", step.opens),
        *_steps_lines("remove", step.closes),
    ]
    return Item(f"{head}room {step.room} left.", tuple(notes))


def _far_ends(exchanges: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """``put 10.1.0.0/24, 10.2.0.0/24 in the place of 10.3.0.0/24``."""
    gone = ", ".join(one for one, _ in exchanges if one)
    come = ", ".join(one for _, one in exchanges if one)
    if gone and come:
        yield f"put {come} in the place of {gone}"
    elif gone or come:
        yield f"remove {gone}" if gone else f"add {come}"


def _steps_lines(word: str, lines: Iterable[Line]) -> Iterator[str]:
    """``add for ssh-admin: in tcp 22 from 10.40.9.0/28, 10.40.9.16/28``."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for line in lines:
        features = ", ".join(line.reason.features) or "an unknown feature"
        start, end = line.words.rsplit(" ", 1)
        found.setdefault((features, line.interface, start), []).append(end)
    for (features, interface, start), ends in found.items():
        yield f"{word} for {features}: {interface} {start} {', '.join(ends)}"
