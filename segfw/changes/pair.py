"""Two stacks, compared by what they let through: names and ids differ by design."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.changes.deployment import deployment_of
from segfw.changes.known import OWN_GROUP, OWN_LOAD_BALANCER
from segfw.changes.meaning import compare_meaning
from segfw.flow import Point
from segfw.sets.addresses import AddressSet, Family

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.changes.meaning import Meaning
    from segfw.plan import Plan
    from segfw.settings.types import Network

    Members = Mapping[str, Mapping[Family, AddressSet]]


class Counted(NamedTuple):
    """How many rules one enforcement point has on each side; None where it is not there."""

    interface: str
    of_acl: bool
    old: int | None
    new: int | None
    same: bool
    """Both let through the same."""


class Pair(NamedTuple):
    """Two stacks, compared."""

    old: Plan
    new: Plan
    meaning: Meaning
    counted: tuple[Counted, ...]
    uncompared: tuple[str, ...]
    """What of them cannot be compared, as sentences."""


def compare_stacks(old: Plan, new: Plan, catalog: Catalog) -> Pair:
    """What *new* lets through and *old* does not, and the other way round.

    References are the same where networks of one name have them on one cloud. On different
    clouds the network's prefixes stand for them; those without are not compared.
    """
    across = old.settings.cloud is not new.settings.cloud
    sides = [
        deployment_of(plan, catalog, _stand_ins(plan) if across else None) for plan in (old, new)
    ]
    meaning = compare_meaning(*sides)
    rules = [_rules(plan) for plan in (old, new)]
    counted = tuple(
        Counted(
            interface=one.key[0],
            of_acl=one.key[1],
            old=rules[0].get(one.key),
            new=rules[1].get(one.key),
            same=one.was and one.will_be and not any((*one.opened.values(), *one.closed.values())),
        )
        for one in meaning.differences
    )
    return Pair(old, new, meaning, counted, tuple(_uncompared(old, new, across=across)))


def _rules(plan: Plan) -> dict[tuple[str, bool], int]:
    return {
        (one.interface, one.point is Point.NETWORK_ACL): len(one.rules) for one in plan.rule_sets
    }


def _stand_ins(plan: Plan) -> Members:
    """Every reference to the prefixes that its network names, which may be none."""
    found: dict[str, Mapping[Family, AddressSet]] = {OWN_GROUP: {}, OWN_LOAD_BALANCER: {}}
    for network in plan.settings.networks.values():
        reference = network.references.get(plan.settings.cloud)
        if reference is not None:
            found[reference.atom] = _prefixes(network)
    return found


def _prefixes(network: Network) -> dict[Family, AddressSet]:
    return {
        family: AddressSet.of(family, (one for one in network.prefixes if one.family is family))
        for family in Family
    }


def _uncompared(old: Plan, new: Plan, *, across: bool) -> Iterator[str]:
    names = sorted(old.settings.networks.keys() | new.settings.networks.keys())
    for name in names:
        ids = [_reference(plan, name) for plan in (old, new)]
        if ids[0] == ids[1]:
            continue
        said = " and ".join(
            f"{one or 'no reference'} in {plan.settings.stack}"
            for one, plan in zip(ids, (old, new), strict=True)
        )
        if not across:
            if all(ids):
                yield f'"{name}" is {said}: their members are taken to be the same.'
            continue
        bare = [
            plan.settings.stack
            for plan, id_ in zip((old, new), ids, strict=True)
            if id_ and not plan.settings.networks[name].prefixes
        ]
        how = f"not compared, since it has no prefixes in {' and '.join(bare)}" if bare else ""
        yield f'"{name}" is {said}: {how or "compared by its prefixes"}.'
    yield from _alone(old, new)
    if across and any(_own(plan) for plan in (old, new)):
        yield "The gateways' own group and Azure's load balancer are not compared across clouds."


def _alone(old: Plan, new: Plan) -> Iterator[str]:
    """Interfaces are the same by their names: one of another name opens all that it has."""
    own = [plan.settings.interfaces.keys() for plan in (old, new)]
    said = [
        f"{', '.join(sorted(here - there))} of {plan.settings.stack}"
        for plan, here, there in ((old, *own), (new, *reversed(own)))
        if here - there
    ]
    if said:
        yield (
            f"Interfaces are compared by name; the other stack has none that is called like "
            f"{' or '.join(said)}."
        )


def _reference(plan: Plan, name: str) -> str:
    network = plan.settings.networks.get(name)
    reference = network.references.get(plan.settings.cloud) if network else None
    return str(reference.id) if reference else ""


def _own(plan: Plan) -> bool:
    return any(
        flow.peer.reference is not None
        and flow.peer.reference.atom in (OWN_GROUP, OWN_LOAD_BALANCER)
        for flow in plan.flows
    )
