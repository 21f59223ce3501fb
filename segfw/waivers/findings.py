"""What is found in a plan, as waivers see it: by our guardrails, and foreseen of stock checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import GROUP
from segfw.clouds.azure_nsg.spec import NSG
from segfw.guardrails.view import held
from segfw.inventory import FIREWALL
from segfw.waivers.stock import STOCK
from segfw.waivers.tripping import containers, tripping
from segfw.waivers.waiver import Subject, waived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.guardrails.guardrail import Found
    from segfw.guardrails.pack import Finding
    from segfw.guardrails.view import Gateway
    from segfw.inventory import Inventory, Resource
    from segfw.plan import Plan
    from segfw.waivers.waiver import Waiver, Waivers


def resource_of(found: Found) -> str:
    """The name of the resource that a guardrail found something in; its subject without one."""
    return found.urn.split("::", 3)[-1] or found.subject


def subjects_of_findings(
    findings: Iterable[Finding],
    features: Mapping[str, tuple[str, ...]],
    environment: str,
    stack: str,
) -> Iterator[Subject]:
    """The violations among *findings*; *features* says what each resource serves."""
    for one in findings:
        if one.violated:
            name = resource_of(one.found)
            yield Subject(one.guardrail.id, name, features.get(name, ()), environment, stack)


def waiver_of(
    finding: Finding, gateway: Gateway | None, inventory: Inventory, register: Waivers
) -> Waiver | None:
    """The waiver in force that covers a violation; None for what is none, or is not covered.

    Environment and features are what the firewall recorded, so the answer is the same for a
    plan, for a state and in the policy pack. A resource of others has no features, and its
    name for a waiver is ``TYPE::NAME``: nobody gets a waiver by a name of ours.
    """
    if not finding.violated:
        return None
    environment = gateway.environment if gateway else ""
    name, features = resource_of(finding.found), ()
    resource = next((r for r in inventory.resources if r.urn == finding.found.urn), None)
    if resource is not None and not is_ours(resource, inventory):
        name = f"{resource.type}::{resource.name}"
    elif resource is not None and gateway is not None:
        features = _recorded_features(gateway.rules, resource)
    stack = inventory.stack
    return waived(register, finding.guardrail.id, name, features, environment, stack)


def is_ours(resource: Resource, inventory: Inventory) -> bool:
    """It is a firewall of ours, or one of its parents is."""
    by_urn = {one.urn: one for one in inventory.resources}
    seen: set[str] = set()
    here: Resource | None = resource
    while here is not None and here.urn not in seen:
        if here.type == FIREWALL:
            return True
        seen.add(here.urn)
        here = by_urn.get(here.parent)
    return False


POINTS = {GROUP: "security-group", NETWORK_ACL: "network-acl", NSG: "nsg"}
"""What holds rules, by its type."""


def _recorded_features(rules: Mapping[str, Any], resource: Resource) -> tuple[str, ...]:
    """What a rule serves; of a group, network ACL or NSG, what its interface's rules do."""
    point = POINTS.get(resource.type)
    interface = resource.name.removesuffix("-acl") if point == "network-acl" else resource.name
    ways = tuple(f"{interface}-{direction.short}-" for direction in Direction)
    found: dict[str, None] = {}
    for key in rules:
        at, _, rule = key.partition("/")
        if rule.startswith(ways) if at == point else rule == resource.name:
            listed = held(rules, key).get("features")
            items = cast("list[object]", listed) if isinstance(listed, list) else []
            found.update(dict.fromkeys(one for one in items if isinstance(one, str)))
    return tuple(found)


def features_by_name(plan: Plan) -> dict[str, tuple[str, ...]]:
    """What each rule serves, and each group, network ACL and NSG through its rules."""
    found: dict[str, tuple[str, ...]] = {}
    for container in containers(plan):
        found[container.name] = container.subject("", plan).features
        found.update((rule.name, rule.features) for rule in container.rules)
    return found


def foreseen(plan: Plan) -> Iterator[Subject]:
    """What trips the checks of others in the plan, as `segfw.waivers.stock` foresees it."""
    for check in STOCK.values():
        yield from tripping(check, plan)


FORESEEN = tuple(one.id for one in STOCK.values() if one.trips is not None)
"""The checks of others about which a plan alone decides whether they trip."""
