"""What one side of a comparison lets through, and why: of a plan, or of a state.

The two sides may come from anywhere; they are compared by what is said here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, Role
from segfw.effective import effective_rows
from segfw.flow import Origin, Point
from segfw.sets.addresses import AddressSet, Atoms, Family
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.settings.types import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.changes.points import Side
    from segfw.flow import Flow
    from segfw.plan import Plan
    from segfw.proof import Meaning, Proof
    from segfw.sets.addresses import Prefix
    from segfw.settings.types import FeatureSettings, Settings

    Substitutes = Mapping[str, Mapping[Family, AddressSet]]
    """References by their names on the address axis, with what is to stand for them."""

Box = tuple[Service, AddressSet]
Key = tuple[str, bool]
"""An interface, and whether a network ACL is meant: a firewall is a security group or an NSG."""
PRIVATE_KINDS = (ReferenceKind.SECURITY_GROUP, ReferenceKind.APPLICATION_SECURITY_GROUP)
"""References whose members have private addresses; of the others only the cloud knows."""


class Because(NamedTuple):
    """Why packets are let through: what a reader is told of a flow, or of a deployed rule."""

    feature: str
    """Empty where nobody says."""
    rows: tuple[str, ...]
    """The rows' ids."""
    peer: str
    """The network's name, or the far ends themselves where it has none."""
    direction: Direction | None
    """Who opens the connection; None where it is not known."""
    custom: str | None = None


class Cause(NamedTuple):
    """One reason at one enforcement point, in one direction and family, with its packets."""

    because: Because
    reply: bool
    """These packets answer those of the flow."""
    manages: bool
    """What is reached administers the gateway."""
    origins: tuple[Origin, ...]
    """The lines of config that say so; none of a deployed rule."""
    boxes: tuple[Box, ...]


class Filter(NamedTuple):
    """One enforcement point of one side."""

    point: Point
    interface: str
    spaces: Mapping[Side, HeaderSpace]
    causes: Mapping[Side, tuple[Cause, ...]]
    widenings: tuple[tuple[Side, HeaderSpace, str], ...] = ()
    """What is let through beyond the flows, with the reason, as the plan declares it."""


class Deployment(NamedTuple):
    """One side of a comparison."""

    filters: Mapping[Key, Filter]
    external: Mapping[str, bool | None]
    """Interfaces, by whether the internet can reach an address of theirs; None: nobody says."""
    subnets: Mapping[str, tuple[Prefix, ...]]
    """The interfaces' own subnets, which a network ACL never sees."""
    inside: frozenset[str] = frozenset()
    """References whose members have private addresses."""
    management: tuple[Service, ...] = ()
    """What administers the gateway answers there."""


NOTHING = Deployment({}, {}, {})
"""A stack that is not there."""


def deployment_of(
    plan: Plan,
    catalog: Catalog,
    substitutes: Substitutes | None = None,
    names: Mapping[str, str] | None = None,
) -> Deployment:
    """What a proven plan lets through, by its flows.

    *substitutes* say what stands for a reference; *names* give interfaces other names.
    """
    settings, held, called = plan.settings, substitutes or {}, names or {}
    filters: dict[Key, Filter] = {}
    for rule_set in plan.rule_sets:
        proofs = [
            proof
            for proof in plan.proofs
            if (proof.point, proof.interface) == (rule_set.point, rule_set.interface)
        ]
        interface = called.get(rule_set.interface, rule_set.interface)
        filters[interface, rule_set.point is Point.NETWORK_ACL] = Filter(
            point=rule_set.point,
            interface=interface,
            spaces={_side(one): substituted(one.allowed, held) for one in proofs},
            causes={_side(one): tuple(_causes(one, catalog, held)) for one in proofs},
            widenings=tuple(
                ((one.direction, one.space.family), substituted(one.space, held), one.why)
                for one in rule_set.widenings
            ),
        )
    interfaces = {called.get(name, name): one for name, one in settings.interfaces.items()}
    return Deployment(
        filters=filters,
        external={name: one.external for name, one in interfaces.items()},
        subnets={name: one.subnets for name, one in interfaces.items()},
        inside=frozenset(_inside(settings, held)),
        management=management_services(settings.features, catalog),
    )


def _side(proof: Proof) -> Side:
    return proof.direction, proof.family


def _causes(proof: Proof, catalog: Catalog, substitutes: Substitutes) -> Iterator[Cause]:
    for meaning in proof.meanings:
        flow = meaning.flow
        yield Cause(
            because=because_of(flow),
            reply=meaning.reply,
            manages=_manages(flow, catalog) and not meaning.reply,
            origins=flow.origins,
            boxes=_boxes(meaning, substitutes),
        )


def because_of(flow: Flow) -> Because:
    """The reason that a flow is; rows of one feature and far end are one reason."""
    return Because(flow.feature, (flow.row,), flow.peer.name, flow.direction, flow.custom)


def _manages(flow: Flow, catalog: Catalog) -> bool:
    """It comes in to what the catalog gives to the role management; ICMP administers nothing."""
    into = flow.direction is Direction.INGRESS and flow.traffic.icmp is None
    return into and catalog.features[flow.feature].role is Role.MANAGEMENT


def _boxes(meaning: Meaning, substitutes: Substitutes) -> tuple[Box, ...]:
    found = ((service, replaced(held, substitutes)) for service, held in meaning.boxes)
    return tuple(box for box in found if box[1])


def substituted(space: HeaderSpace, substitutes: Substitutes) -> HeaderSpace:
    """The space with other names, or addresses, in the place of its references."""
    if not substitutes:
        return space
    return HeaderSpace.union(
        space.family,
        (
            (Service(first, last), replaced(addresses, substitutes))
            for first, last, addresses in space.slices
        ),
    )


def replaced(addresses: AddressSet, substitutes: Substitutes) -> AddressSet:
    """The set with what stands for its references; of all but some of them, nothing changes."""
    atoms = addresses.atoms
    if atoms.cofinite or not atoms.names & substitutes.keys():
        return addresses
    family = addresses.family
    kept = AddressSet(family, addresses.held, Atoms(atoms.names - substitutes.keys()))
    others = (
        substitutes[name].get(family, AddressSet(family))
        for name in sorted(atoms.names & substitutes.keys())
    )
    return AddressSet.union(family, (kept, *others))


def _inside(settings: Settings, substitutes: Substitutes) -> Iterator[str]:
    own = ["group:self", "tag:azure-load-balancer"]
    own += [
        one.atom
        for network in settings.networks.values()
        for one in network.references.values()
        if one.kind in PRIVATE_KINDS
    ]
    for name in own:
        yield name
        for held in substitutes.get(name, {}).values():
            yield from held.atoms.names


def management_services(
    features: Mapping[str, FeatureSettings], catalog: Catalog
) -> tuple[Service, ...]:
    """What answers on the gateway for those who administer it, moved ports among them."""
    managing = {
        flow.row
        for feature in catalog.features.values()
        if feature.role is Role.MANAGEMENT
        for flow in feature.flows
        if flow.direction is Direction.INGRESS
    }
    return tuple(
        Service.of_ports(protocol.number, ports)
        for row, chosen in effective_rows(features, catalog)
        if row.id in managing and row.listens
        for protocol in row.protocols
        for ports in chosen.ranges()
    )
