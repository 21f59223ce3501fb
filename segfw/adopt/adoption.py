"""A stack's plan against what a cloud has: both in one record that readers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.adopt.existing import existing_rules
from segfw.adopt.explaining import Explanation, Planned, explain, planned_rules
from segfw.adopt.matching import Matching, known_of, match, readable_lines
from segfw.adopt.uncompared import Uncompared, uncompared
from segfw.changes.inventory import Owned
from segfw.clouds.lifted import LiftError
from segfw.flow import Point
from segfw.live.holders import POINTS, RULES, other_forms
from segfw.live.placing import Placing, place
from segfw.live.reading_rules import read_point
from segfw.plan import PREFIX_LISTS
from segfw.problems import Place, Problem, ProblemsFound
from segfw.readback import known_ids, resources_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.adopt.matching import Match
    from segfw.clouds.lifted import Side
    from segfw.inventory import Inventory
    from segfw.plan import Plan
    from segfw.rule import Rule
    from segfw.sets.headerspace import HeaderSpace


class Opening(NamedTuple):
    """What one rule of the plan would let through that the cloud does not."""

    point: Point
    interface: str
    rule: Rule
    spaces: Mapping[Side, HeaderSpace]


class Adoption(NamedTuple):
    """What the cloud has, explained by the stack, and what the stack would change in meaning."""

    plan: Plan
    inventory: Inventory
    placing: Placing
    matching: Matching
    explanations: tuple[Explanation, ...]
    openings: tuple[Opening, ...]
    """What the next update would additionally let through, by rule of the plan."""
    absent: tuple[tuple[Point, str], ...]
    """Enforcement points of the plan at which nothing of the cloud is placed."""
    uncompared: tuple[Uncompared, ...]
    """What is of the cloud and has no place."""

    @property
    def explained(self) -> bool:
        """Every rule of the cloud is explained, and every holder is placed."""
        return not self.placing.unplaced and all(one.kind.explained for one in self.explanations)


def adopt(plan: Plan, inventory: Inventory, said: Iterable[str], file: str) -> Adoption:
    """What of *inventory* the plan explains; *said* places holders, ``management=sg-1`` each.

    Raises:
        ProblemsFound: *said* or the inventory cannot be used; *file* is its name.
    """
    try:
        return _adopted(plan, inventory, said, file)
    except LiftError as error:
        message = f"no cloud can have it: {error}; ask the cloud again, or mend it there."
        raise ProblemsFound([Problem(Place(file, 0), "", message)]) from None


def _adopted(plan: Plan, inventory: Inventory, said: Iterable[str], file: str) -> Adoption:
    problems = list(_unusable(plan, inventory, file))
    placing = place(plan, inventory, said)
    if not isinstance(placing, Placing):
        problems += placing
    else:
        problems += _crowded(placing)
    if problems or not isinstance(placing, Placing):
        raise ProblemsFound(problems)
    matching = match(plan, inventory, placing.placed)
    explanations: list[Explanation] = []
    openings: list[Opening] = []
    by_key: dict[str, list[Match]] = {}
    for one in matching.matches:
        by_key.setdefault(one.placed.key, []).append(one)
    for key in (each for each in plan.specs if each in by_key):
        found, opened = _point(plan, inventory, matching, key, by_key[key])
        explanations += found
        openings += opened
    return Adoption(
        plan=plan,
        inventory=inventory,
        placing=placing,
        matching=matching,
        explanations=tuple(explanations),
        openings=tuple(openings),
        absent=tuple(_absent(plan, by_key)),
        uncompared=uncompared(plan, inventory, placing),
    )


def _absent(plan: Plan, by_key: Mapping[str, object]) -> Iterator[tuple[Point, str]]:
    for key in plan.specs:
        point, _, interface = key.partition("/")
        if key != PREFIX_LISTS and key not in by_key:
            yield Point(point), interface


def _point(
    plan: Plan, inventory: Inventory, matching: Matching, key: str, matches: list[Match]
) -> tuple[list[Explanation], list[Opening]]:
    planned = planned_at(plan, key)
    known = known_of(plan, inventory, matching, key)
    read, existing = existing_rules(matches, matching, known)
    explanations = [explain(one, planned, planned.names.get(one.content, "")) for one in existing]
    opened = {side: planned.read.most[side] - space for side, space in read.least.items()}
    return explanations, list(_openings(key, planned, opened))


def planned_at(plan: Plan, key: str) -> Planned:
    """The plan's side of the enforcement point *key*."""
    point, _, interface = key.partition("/")
    rule_set = next(
        one for one in plan.rule_sets if (one.point.value, one.interface) == (point, interface)
    )
    read = read_point(resources_at(plan.specs, key), known_ids(plan.settings, plan.specs, key))
    return Planned(read, planned_rules(read, rule_set), dict(_names(plan, key)))


def _names(plan: Plan, key: str) -> Iterator[tuple[tuple[object, ...], str]]:
    interface = key.partition("/")[2]
    for spec in plan.specs[key]:
        one = Owned(spec.token, spec.name, None, interface, spec.inputs())
        for line in readable_lines([one]):
            name = spec.name if spec.token in RULES else line.name
            yield (line.holder, line.direction, line.content), name


def _openings(key: str, planned: Planned, opened: Mapping[Side, HeaderSpace]) -> Iterator[Opening]:
    point, _, interface = key.partition("/")
    found: dict[str, tuple[Rule, dict[Side, HeaderSpace]]] = {}
    for decision, rule in planned.rules:
        if rule is None or not decision.allows:
            continue
        space = decision.space & opened[decision.side]
        if space:
            found.setdefault(rule.name, (rule, {}))[1][decision.side] = space
    for rule, spaces in found.values():
        yield Opening(Point(point), interface, rule, spaces)


def _unusable(plan: Plan, inventory: Inventory, file: str) -> Iterator[Problem]:
    at = Place(file, 0)
    for one in other_forms(inventory):
        yield Problem(
            at,
            "",
            f'"{one.name}" ({one.type}) says rules in a form that is not read here; give what '
            "the cloud itself answers: aws ec2 describe-security-groups, "
            "describe-security-group-rules, describe-network-acls, or az network nsg list.",
        )
    cloud = plan.settings.cloud.value
    points = [POINTS[one.type] for one in inventory.resources if one.type in POINTS]
    clouds = {"azure" if point is Point.NSG else "aws" for point in points}
    if clouds - {cloud}:
        yield Problem(
            at,
            "",
            f'these resources are of another cloud; stack "{plan.settings.stack}" is on "{cloud}".',
        )
    if not clouds:
        message = "no security group, network ACL or NSG is in there; give what the cloud has."
        yield Problem(at, "", message)


def _crowded(placing: Placing) -> Iterator[Problem]:
    """Enforcement points of which the cloud has several and a gateway's subnet can have one."""
    seen: dict[str, str] = {}
    for one in placing.placed:
        if one.held.point is Point.SECURITY_GROUP:
            continue
        if one.key in seen:
            label = one.held.point.label
            yield Problem(
                Place("--at", 0),
                "",
                f'{seen[one.key]} and {one.held.label} both belong to "{one.interface}", which '
                f"has one {label}; say which with --at {one.interface}=ID, and leave the other "
                "out of the files.",
            )
        seen.setdefault(one.key, one.held.label)
