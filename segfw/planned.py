"""The inventory of a plan: what an update would make, before it makes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from segfw.inventory import COMPONENTS, FIREWALL, UNKNOWN, Inventory, Resource
from segfw.plan import PREFIX_LISTS
from segfw.settings.spelling import spelled
from segfw.traceability import rules_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan

REFERENCE = re.compile(r"\$\{([^}]+)\.id\}")


def recorded(plan: Plan, catalog: Catalog) -> dict[str, Any]:
    """What the firewall's component says of itself: the effective settings, and why each rule is.

    An id that a program gives is still the program's value.
    """
    return {"settings": spelled(plan.settings, catalog), "rules": rules_by_name(plan)}


def inventory_of_plan(plan: Plan, catalog: Catalog) -> Inventory:
    """What the plan would make, with ids that only the update knows as `UNKNOWN`."""
    stack = plan.settings.stack
    said = recorded(plan, catalog)
    firewall = Resource(_urn(stack, FIREWALL, stack), FIREWALL, stack, "", said)
    found = [firewall]
    urns: dict[str, str] = {}
    for key, specs in plan.specs.items():
        parent = firewall.urn
        if key != PREFIX_LISTS:
            point, interface = key.split("/", 1)
            token = COMPONENTS[point]
            parent = _urn(stack, token, interface)
            found.append(Resource(parent, token, interface, firewall.urn, {}))
        for spec in specs:
            urn = _urn(stack, spec.token, spec.name)
            urns[spec.name] = urn
            found.append(Resource(urn, spec.token, spec.name, parent, spec.inputs()))
    return Inventory(stack, tuple(_linked(one, urns) for one in found))


def _urn(stack: str, token: str, name: str) -> str:
    return f"urn:pulumi:{stack}::seg-firewall::{token}::{name}"


def _linked(resource: Resource, urns: Mapping[str, str]) -> Resource:
    """The resource with its links, and `UNKNOWN` for ids that only the update knows."""
    depends: dict[str, tuple[str, ...]] = {}
    inputs: dict[str, Any] = {}
    for key, value in resource.inputs.items():
        names = list(_references(value)) if resource.type != FIREWALL else []
        if names:
            depends[key] = tuple(urns[name] for name in names if name in urns)
        inputs[key] = _without_references(value) if names else value
    return resource._replace(inputs=inputs, depends=depends)


def _references(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from REFERENCE.findall(value)
    elif isinstance(value, dict):
        for inner in cast("dict[str, object]", value).values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _references(inner)


def _without_references(value: Any) -> Any:
    if isinstance(value, str):
        return UNKNOWN if REFERENCE.fullmatch(value) else value
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        return {key: _without_references(inner) for key, inner in held.items()}
    if isinstance(value, list):
        return [_without_references(inner) for inner in cast("list[Any]", value)]
    return value
