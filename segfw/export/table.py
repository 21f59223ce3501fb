"""A plan as a table of rules in CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from segfw.export.points import points_of, rows_of
from segfw.flow import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog
    from segfw.export.points import PointExport
    from segfw.plan import Plan
    from segfw.rule import Rule

COLUMNS = (
    "stack",
    "point",
    "interface",
    "group",
    "direction",
    "action",
    "number",
    "protocol",
    "ports",
    "peer",
    "prefixes",
    "reference",
    "families",
    "features",
    "rows",
    "reason",
    "name",
    "catalogEdition",
    "planDigest",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection"); and the mark
that is put before one, so that it can be taken off again."""
MARK = "'"
ANY = "any"


def table(plan: Plan, catalog: Catalog) -> str:
    """One line to a rule, under a line of column names; CRLF ends each (RFC 4180).

    Lists within a cell are separated by a space, and features and rows by a semicolon.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)  # whatever separator a reader expects
    writer.writerow(COLUMNS)
    source = (catalog.edition, plan.digest)
    for point in points_of(plan, catalog):
        for rule in point.rule_set.rules:
            words = (plan.settings.stack, *_row(point, rule), *source)
            writer.writerow([_cell(word) for word in words])
    return out.getvalue()


def _row(point: PointExport, rule: Rule) -> Iterator[str]:
    rule_set = point.rule_set
    grouped = rule_set.point is Point.SECURITY_GROUP
    yield rule_set.point.value
    yield rule_set.interface
    yield str(rule.group) if grouped else ""
    yield rule.direction.value
    yield rule.action.value
    yield "" if grouped else str(rule.number)
    yield rule.protocol.value if rule.protocol else ANY
    yield rule.ports_text
    yield "; ".join(dict.fromkeys(flow.peer.name for flow in rule.flows))
    yield _prefixes(rule)
    yield rule.reference.atom if rule.reference else ""
    yield " ".join(family.keyword for family in rule.families)
    yield "; ".join(rule.features)
    yield "; ".join(rows_of(rule))
    yield point.reason(rule)
    yield rule.name


def _prefixes(rule: Rule) -> str:
    """Prefixes, a list's own entries, or ``any``; nothing where only a cloud knows them."""
    if rule.reference is not None:
        return " ".join(str(prefix) for prefix in rule.reference.entries)
    return " ".join(str(prefix) for prefix in rule.prefixes) or ANY


def _cell(word: str) -> str:
    """The word, never a formula: an apostrophe goes before one that begins like one."""
    return f"{MARK}{word}" if word.startswith(FORMULA) else word
