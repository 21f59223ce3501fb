"""What in a plan trips a check of others though nothing is wrong, without running the scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Protocol
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import GROUP
from segfw.clouds.azure_nsg.spec import NSG
from segfw.rule import Action
from segfw.waivers.waiver import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.clouds.resource import Json
    from segfw.plan import Plan
    from segfw.rule import Rule, RuleSet
    from segfw.waivers.stock import StockCheck, Trips
    from segfw.waivers.waiver import Waiver

CONTAINERS = (GROUP, NETWORK_ACL, NSG)


class Container(NamedTuple):
    """A security group, network ACL or NSG of a plan, with the rules in it."""

    name: str
    tags: dict[str, str]
    rules: tuple[Rule, ...]
    rule_set: RuleSet

    def subject(self, check: str, plan: Plan) -> Subject:
        """A finding about it."""
        return _subject(check, self.name, _features(self.rules), plan)


def containers(plan: Plan) -> Iterator[Container]:
    """What holds the rules of the plan, in its order."""
    for rule_set in plan.rule_sets:
        specs = plan.specs[f"{rule_set.point.value}/{rule_set.interface}"]
        held = [spec for spec in specs if spec.token in CONTAINERS]
        for group, spec in enumerate(held, start=1):
            rules = tuple(rule for rule in rule_set.rules if rule.group == group)
            yield Container(spec.name, _tags(spec.inputs().get("tags")), rules, rule_set)


def _tags(value: Json) -> dict[str, str]:
    return {key: str(said) for key, said in value.items()} if isinstance(value, dict) else {}


def tripping(check: StockCheck, plan: Plan) -> Iterator[Subject]:
    """A finding to each resource of the plan that trips *check*: a rule, and what holds it.

    Scanners differ in which of the two they name, so a waiver may name either.
    """
    trips = check.trips
    if trips is None:
        return
    for container in containers(plan):
        if container.rule_set.point not in trips.points:
            continue
        rules = [rule for rule in container.rules if _opens(rule, trips)]
        if trips.direction is None or rules:
            yield container.subject(check.id, plan)
        for rule in rules if trips.direction else ():
            yield _subject(check.id, rule.name, rule.features, plan)


def _opens(rule: Rule, trips: Trips) -> bool:
    """The rule allows any address, in the direction and on one of the ports."""
    if rule.action is not Action.ALLOW or rule.direction is not trips.direction:
        return False
    if not any(prefix.whole for prefix in rule.prefixes):
        return False
    if trips.ports:
        return rule.protocol is Protocol.TCP and any(
            held.first <= port <= held.last for held in rule.ports for port in trips.ports
        )
    return not trips.connections or rule.protocol in {Protocol.TCP, Protocol.UDP}


def covered(waiver: Waiver, check: StockCheck, plan: Plan) -> tuple[str, ...]:
    """The names of what the waiver covers in the plan: what trips, where that is foreseen."""
    subjects = tripping(check, plan) if check.trips else _everything(check.id, plan)
    return tuple(dict.fromkeys(one.resource for one in subjects if waiver.covers(one)))


def _everything(check: str, plan: Plan) -> Iterator[Subject]:
    for container in containers(plan):
        yield container.subject(check, plan)
        for rule in container.rules:
            yield _subject(check, rule.name, rule.features, plan)


def _features(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(feature for rule in rules for feature in rule.features))


def _subject(check: str, resource: str, features: tuple[str, ...], plan: Plan) -> Subject:
    settings = plan.settings
    return Subject(check, resource, features, settings.gateway.environment.value, settings.stack)
