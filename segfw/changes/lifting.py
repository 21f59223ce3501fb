"""Each deployed or planned rule with the packets that it matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.points import by_point, filtering_ones
from segfw.flow import Point
from segfw.readback import read_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.catalog.model import Direction
    from segfw.changes.inventory import Owned
    from segfw.changes.lines import Line
    from segfw.clouds.lifted import LiftedRule
    from segfw.sets.addresses import AddressSet, Family

    Known = Mapping[str, Mapping[Family, AddressSet]]
    LineKey = tuple[Point, str, Direction, str | int]
    Lifted = Mapping[LineKey, Mapping[Family, LiftedRule]]


def lifted_lines(resources: Iterable[Owned], known: Known) -> Lifted:
    """Every rule by `line_key`, with what it is in each family that it speaks of.

    What a cloud adds on its own is not among them.

    Raises:
        LiftError: a resource has a value that no such resource can have.
    """
    found: dict[LineKey, dict[Family, LiftedRule]] = {}
    for (point, interface), held in by_point(resources).items():
        filtering = filtering_ones(held)
        if not filtering:
            continue
        rules = read_rules(((one.name, one.token, one.inputs) for one in filtering), known)
        for (direction, family), each in rules.items():
            for rule in each:
                name = rule.number if point is Point.NETWORK_ACL else rule.name
                if not rule.default and name is not None:
                    found.setdefault((point, interface, direction, name), {})[family] = rule
    return found


def line_key(line: Line) -> LineKey:
    """What tells a rule apart: its name, or an entry's number."""
    name = line.number if line.point is Point.NETWORK_ACL else line.name
    return line.point, line.interface, line.direction, name
