"""CSV (RFC 4180), read back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.sets.addresses import AddressSet, Family, parse_prefixes
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import ALL_PORTS, PortRange
from tests.export.lifting import planned_spaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.plan import Plan
    from tests.export.lifting import Read

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}
WITH_PORTS = (6, 17)


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows by column, the mark taken off again that keeps a cell from being a formula."""
    read = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{key: cell.removeprefix("'") for key, cell in row.items()} for row in read]


def read_csv(plan: Plan, text: str) -> Read:
    """What the rows say, rules by number where they have one."""
    points: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(text):
        points.setdefault(f"{row['point']}/{row['interface']}", []).append(row)
    sides = [(direction, family) for direction in Direction for family in Family]
    read: Read = {}
    for key in planned_spaces(plan):
        ordered = sorted(points.get(key, []), key=lambda row: int(row["number"] or 0))
        read[key] = {(d, f): _let_through(ordered, d, f) for d, f in sides}
    return read


def _let_through(rows: list[dict[str, str]], direction: Direction, family: Family) -> HeaderSpace:
    """The first row that matches decides, so the last is taken first."""
    allowed = HeaderSpace(family)
    for row in reversed(rows):
        if row["direction"] == direction.value and family.keyword in row["families"].split():
            matched = HeaderSpace.union(family, _boxes(row, family))
            allowed = allowed | matched if row["action"] == "allow" else allowed - matched
    return allowed


def _boxes(row: dict[str, str], family: Family) -> Iterator[tuple[Service, AddressSet]]:
    if row["prefixes"] == "any":
        addresses = AddressSet.whole(family)
    elif row["prefixes"]:
        prefixes = parse_prefixes(row["prefixes"].split())
        addresses = AddressSet.of(family, [p for p in prefixes if p.family is family])
    else:
        addresses = AddressSet.atom(family, row["reference"])
    for service in _services(row):
        yield service, addresses


def _services(row: dict[str, str]) -> Iterator[Service]:
    if row["protocol"] == "any":
        yield Service.everything()
        return
    number = PROTOCOLS[row["protocol"]]
    if row["ports"] == "any":
        yield Service.of_ports(number, ALL_PORTS)
        return
    for part in row["ports"].split(","):
        if number in WITH_PORTS:
            first, _, last = part.partition("-")
            yield Service.of_ports(number, PortRange(int(first), int(last or first)))
        else:
            kind, _, code = part.partition(".")
            yield Service.of_icmp(number, int(kind), int(code) if code else None)
