"""The enforcement points of a plan, read back as the cloud will read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.flow import Point
from segfw.readback import read_point
from segfw.replies import own_subnets
from segfw.review.explain.layers import Entry, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.clouds.lifted import LiftedRule, LiftedRules, Side
    from segfw.clouds.resource import Spec
    from segfw.plan import Plan
    from segfw.settings.types import Settings


def layers_of_plan(plan: Plan, interface: str) -> tuple[Layer, ...]:
    """The proven points of *interface*, as the plan's proofs read them."""
    read: dict[Point, LiftedRules] = {}
    for proof in plan.proofs:
        if proof.interface == interface:
            read.setdefault(proof.point, {})[proof.direction, proof.family] = proof.rules
    return tuple(_layer(plan.settings, interface, point, rules) for point, rules in read.items())


def layers_unproven(
    settings: Settings, specs: Mapping[str, tuple[Spec, ...]], interface: str
) -> tuple[Layer, ...]:
    """The points of *interface* of a plan whose proof is not asked for."""
    return tuple(
        _layer(settings, interface, point, read_point(settings, specs, key))
        for point in Point
        if (key := f"{point.value}/{interface}") in specs
    )


def _layer(settings: Settings, interface: str, point: Point, rules: LiftedRules) -> Layer:
    unseen = own_subnets(settings.interfaces[interface]) if point is Point.NETWORK_ACL else ()

    def books(side: Side) -> tuple[tuple[Entry, ...], ...]:
        return (tuple(_entry(rule) for rule in rules.get(side, ())),)

    return Layer(point, interface, interface, books, unseen)


def _entry(rule: LiftedRule) -> Entry:
    return Entry(
        name=rule.name,
        number=rule.number or 0,
        allows=rule.allows,
        least=rule.boxes,
        most=rule.boxes,
        built_in=rule.default,
    )
