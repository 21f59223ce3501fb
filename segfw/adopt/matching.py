"""Both sides by the plan's names: which planned group, ACL, NSG and list a cloud's one becomes."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.changes.inventory import Owned, mapping_at, translated
from segfw.changes.lines import lines_of
from segfw.clouds.aws_security_group.lift import lift_prefix_list
from segfw.clouds.aws_security_group.spec import PREFIX_LIST
from segfw.clouds.lifted import LiftError
from segfw.clouds.resource import id_of
from segfw.live.holders import RULES
from segfw.plan import PREFIX_LISTS
from segfw.readback import known_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.changes.lines import Line
    from segfw.inventory import Inventory, Resource
    from segfw.live.placing import Placed
    from segfw.plan import Plan
    from segfw.readback import Known


class Match(NamedTuple):
    """A holder that is placed, and the planned one that it becomes."""

    placed: Placed
    name: str
    """The planned one's logical name; empty where the plan has fewer than the cloud."""


class Matching(NamedTuple):
    """Everything of the cloud that has a name in the plan."""

    matches: tuple[Match, ...]
    names: Mapping[str, str]
    """Ids of the cloud to how the plan's inputs speak of them: ``${management.id}``."""
    lists: Mapping[str, str]
    """Planned prefix lists by name to the id of the cloud's."""


def match(plan: Plan, inventory: Inventory, placed: Iterable[Placed]) -> Matching:
    """The planned holder that each of *placed* becomes, by most equal rules."""
    lists = dict(_lists(plan, inventory))
    by_point: dict[str, list[Placed]] = {}
    for one in placed:
        by_point.setdefault(one.key, []).append(one)
    list_names = {id_: id_of(name) for name, id_ in lists.items()}
    matches = tuple(
        found for key, held in by_point.items() for found in _matched(plan, key, held, list_names)
    )
    names = {one.placed.held.id: id_of(one.name) for one in matches if one.name}
    return Matching(matches, {**list_names, **names}, lists)


def _matched(plan: Plan, key: str, held: list[Placed], names: Mapping[str, str]) -> Iterator[Match]:
    planned = [spec.name for spec in plan.specs[key] if spec.token == held[0].held.resource.type]
    pairs = list(product(planned, range(len(held))))
    if len(pairs) > 1:
        wanted = {name: _contents(_planned_rules(plan, key, name)) for name in planned}
        there = [_contents(_rules(one, names)) for one in held]
        own = [one.held.resource.inputs.get("name") == "default" for one in held]
        pairs.sort(key=lambda pair: (-(wanted[pair[0]] & there[pair[1]]).total(), own[pair[1]]))
    chosen: dict[int, str] = {}
    for name, index in pairs:
        if name not in chosen.values():
            chosen.setdefault(index, name)
    for index, one in enumerate(held):
        yield Match(one, chosen.get(index, ""))


def _contents(resources: Iterable[Owned]) -> Counter[object]:
    return Counter((line.direction, line.content) for line in readable_lines(resources))


def readable_lines(resources: Iterable[Owned]) -> Iterator[Line]:
    """The rules of *resources* that can be read, a resource that cannot being passed over."""
    for one in resources:
        try:
            found = [line for _, line in lines_of([one], {})]
        except LiftError:
            continue
        yield from found


def _planned_rules(plan: Plan, key: str, holder: str) -> Iterator[Owned]:
    for spec in plan.specs[key]:
        inputs = spec.inputs()
        if spec.token in RULES and inputs["securityGroupId"] == id_of(holder):
            yield Owned(spec.token, spec.name, None, "", inputs)


def _rules(one: Placed, names: Mapping[str, str]) -> Iterator[Owned]:
    for rule in one.held.rules:
        yield owned(rule, one, names)


def owned(resource: Resource, at: Placed, names: Mapping[str, str]) -> Owned:
    """A resource of the cloud as one of the plan's kind, ids by the plan's names."""
    inputs = cast("Mapping[str, Any]", translated(resource.inputs, names))
    return Owned(
        resource.type, resource.name, at.held.point, at.interface, inputs, urn=resource.urn
    )


def _lists(plan: Plan, inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Planned prefix lists with the cloud's list of the same name, or the same entries."""
    there = [one for one in inventory.of_type(PREFIX_LIST) if one.id]
    for spec in plan.specs.get(PREFIX_LISTS, ()):
        inputs = spec.inputs()
        for one in there:
            named = mapping_at(one.inputs, "tags").get("Name") == spec.name
            if named or one.name == spec.name or _same_list(inputs, one):
                yield spec.name, one.id
                break


def _same_list(inputs: Mapping[str, Any], other: Resource) -> bool:
    try:
        return lift_prefix_list(PREFIX_LIST, inputs) == lift_prefix_list(other.type, other.inputs)
    except LiftError:
        return False


def known_of(plan: Plan, inventory: Inventory, matching: Matching, key: str) -> Known:
    """What is known of ids at an enforcement point: the plan's, and the cloud's own lists."""
    known = dict(known_ids(plan.settings, plan.specs, key))
    for one in inventory.of_type(PREFIX_LIST):
        if one.external or one.id in known:
            continue
        try:
            members = lift_prefix_list(one.type, one.inputs)
        except LiftError:
            continue  # a list that cannot be read stays a name without members
        known[matching.names.get(one.id, one.id)] = members
    return known
