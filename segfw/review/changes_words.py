"""Far ends and reasons of single rules, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.compare import Kind
from segfw.changes.known import recorded_networks
from segfw.flow import IcmpType
from segfw.review.exposure import ports_words
from segfw.review.tables import guarded_services, joined_labels, why

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog
    from segfw.changes.compare import Changes, LineChange
    from segfw.changes.lines import Line
    from segfw.flow import Point
    from segfw.rule import Rule


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
        self._networks = recorded_networks(changes.held)

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


def ports_of(line: Line) -> str:
    """``22``, ``type 3 code 4``, ``any``."""
    if not line.protocol.startswith("icmp") or line.ports == "any":
        return line.ports
    kind, _, code = line.ports.partition(".")
    return ports_words((), IcmpType(int(kind), int(code) if code else None))
