"""The proof of a compile: what the cloud will let through is what the flows mean.

The specs' inputs are lifted back to header spaces and compared with the flows, for
each enforcement point, direction and family; only declared widenings may be left over.
Nothing here uses how the rules were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.lift import lift_network_acl
from segfw.clouds.aws_security_group.lift import DIRECTIONS, lift_prefix_list, lift_rules
from segfw.clouds.aws_security_group.spec import GROUP, PREFIX_LIST
from segfw.clouds.azure_nsg.lift import lift_nsg
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.resource import id_of
from segfw.flow import Flow, Peer, Point
from segfw.replies import GUARDED_PROTOCOL, crossing, own_subnets, reply_traffic
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Packet, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.clouds.resource import Json, Spec
    from segfw.rule import RuleSet
    from segfw.sets.addresses import Prefix
    from segfw.sets.ports import PortRange, PortSet
    from segfw.settings.types import Settings

Side = tuple[Direction, Family]


class Proof(NamedTuple):
    """One comparison: an enforcement point in one direction and family."""

    point: Point
    interface: str
    direction: Direction
    family: Family
    meant: HeaderSpace
    """What the flows, and for a stateless point their replies, need."""
    allowed: HeaderSpace
    """What the lifted resources let through."""
    declared: HeaderSpace
    """The widening that the plan declares."""

    @property
    def lost(self) -> HeaderSpace:
        """What was meant and is not let through."""
        return self.meant - self.allowed

    @property
    def added(self) -> HeaderSpace:
        """What is let through, neither meant nor declared."""
        return self.allowed - self.meant - self.declared

    @property
    def overdeclared(self) -> HeaderSpace:
        """What is declared as a widening and is none."""
        return self.declared - (self.allowed - self.meant)

    @property
    def holds(self) -> bool:
        """Meant and declared together are exactly what is let through."""
        if not self.declared:
            return self.allowed == self.meant
        return not (self.lost or self.added or self.overdeclared)


class ProofFailed(Exception):
    """A compile changed meaning: a bug in this project, never a mistake of the user's.

    The text names one packet, the flow that meant it and the enforcement point.
    """

    def __init__(self, proof: Proof, flows: Iterable[Flow]) -> None:
        """Keep the proof that does not hold, and say what it shows."""
        self.proof = proof
        super().__init__(explain(proof, flows))


def explain(proof: Proof, flows: Iterable[Flow]) -> str:
    """One packet that shows how a proof fails, and the flow that meant it."""
    where = f'{proof.point.label} "{proof.interface}", {proof.direction.value} {proof.family.label}'
    packet = proof.lost.sample()
    if packet is not None:
        meant = [str(flow) for flow in flows if _means(flow, proof, packet)]
        return f"{where}: {packet} is meant by {'; '.join(meant) or 'a reply'} and not let through."
    if proof.added:
        return f"{where}: {proof.added.sample()} is let through and no flow means it."
    return f"{where}: {proof.overdeclared.sample()} is declared as a widening and is none."


def _means(flow: Flow, proof: Proof, packet: Packet) -> bool:
    by_reference = proof.point is not Point.NETWORK_ACL
    space = flow.space(proof.family, by_reference=by_reference)
    return (
        flow.interface == proof.interface and flow.direction is proof.direction and packet in space
    )


def prove(
    settings: Settings,
    guarded: PortSet,
    flows: Iterable[Flow],
    rule_sets: Iterable[RuleSet],
    specs: Mapping[str, tuple[Spec, ...]],
) -> tuple[Proof, ...]:
    """Every comparison of a stack; *specs* are by ``{point}/{interface}`` as `make_plan` has them.

    The caller decides what a proof that does not hold leads to.
    """
    held = tuple(flows)
    found: list[Proof] = []
    for rule_set in rule_sets:
        here = [f for f in held if f.interface == rule_set.interface and rule_set.point in f.points]
        meant = _meant(settings, guarded, rule_set, here)
        key = f"{rule_set.point.value}/{rule_set.interface}"
        allowed = lift(_resources(specs, key), _known(settings, specs, key))
        for direction in Direction:
            for family in Family:
                declared = HeaderSpace(family)
                for widening in rule_set.widenings:
                    if widening.direction is direction and widening.space.family is family:
                        declared |= widening.space
                found.append(
                    Proof(
                        point=rule_set.point,
                        interface=rule_set.interface,
                        direction=direction,
                        family=family,
                        meant=meant[direction, family],
                        allowed=allowed[direction, family],
                        declared=declared,
                    )
                )
    return tuple(found)


def lift(
    resources: Iterable[tuple[str, Mapping[str, Json]]],
    known: Mapping[str, Mapping[Family, AddressSet]],
) -> dict[Side, HeaderSpace]:
    """What the resources of one enforcement point let through, by direction and family.

    Several security groups on one interface let through what any of them does.

    Raises:
        LiftError: an input has a value that no such resource can have.
    """
    held = list(resources)
    rules = [(token, inputs) for token, inputs in held if token in DIRECTIONS]
    if any(token == GROUP for token, _ in held):
        return lift_rules(rules, known)
    token, inputs = held[0]
    return lift_nsg(token, inputs, known) if token == NSG else lift_network_acl(token, inputs)


def _resources(
    specs: Mapping[str, tuple[Spec, ...]], key: str
) -> list[tuple[str, Mapping[str, Json]]]:
    """What makes up one enforcement point; a rule belongs to the group that its inputs name."""
    groups = {id_of(spec.name) for spec in specs[key] if spec.token == GROUP}
    found: list[tuple[str, Mapping[str, Json]]] = [
        (spec.token, spec.inputs()) for spec in specs[key] if spec.token not in DIRECTIONS
    ]
    for spec in (one for held in specs.values() for one in held if one.token in DIRECTIONS):
        inputs = spec.inputs()
        if inputs["securityGroupId"] in groups:
            found.append((spec.token, inputs))
    return found


def _known(
    settings: Settings, specs: Mapping[str, tuple[Spec, ...]], key: str
) -> dict[str, dict[Family, AddressSet]]:
    """What is known of ids at *key*: the stack's lists, its groups, its networks' references."""
    known: dict[str, dict[Family, AddressSet]] = {}
    for network in settings.networks.values():
        reference = network.references.get(settings.cloud)
        if reference is not None:
            known[str(reference.id)] = {
                family: AddressSet.atom(family, reference.atom)
                if reference.family in (None, family)
                else AddressSet(family)
                for family in Family
            }
    for at, held in specs.items():
        for spec in held:
            if spec.token == PREFIX_LIST:
                known[id_of(spec.name)] = lift_prefix_list(spec.token, spec.inputs())
            elif spec.token == GROUP:
                atom = "group:self" if at == key else f"group of {at}"
                known[id_of(spec.name)] = {
                    family: AddressSet.atom(family, atom) for family in Family
                }
    known["AzureLoadBalancer"] = {
        family: AddressSet.atom(family, "tag:azure-load-balancer") for family in Family
    }
    return known


def _meant(
    settings: Settings, guarded: PortSet, rule_set: RuleSet, flows: list[Flow]
) -> dict[Side, HeaderSpace]:
    if rule_set.point is Point.NETWORK_ACL:
        subnets = own_subnets(settings.interfaces[rule_set.interface])
        crossed = [_crossing_part(flow, subnets) for flow in flows]
        return {
            (direction, family): _stateless(
                crossed, direction, family, settings.gateway.ephemeral_ports, guarded
            )
            for direction in Direction
            for family in Family
        }
    return {
        (direction, family): _requests(flows, direction, family, by_reference=True)
        for direction in Direction
        for family in Family
    }


def _crossing_part(flow: Flow, subnets: Iterable[Prefix]) -> Flow:
    prefixes = crossing(flow.peer.prefixes, subnets)
    return flow._replace(peer=Peer(flow.peer.name, prefixes, flow.peer.reference))


def _requests(
    flows: Iterable[Flow], direction: Direction, family: Family, *, by_reference: bool
) -> HeaderSpace:
    return HeaderSpace.union(
        family,
        (
            box
            for flow in flows
            if flow.direction is direction
            for box in flow.boxes(family, by_reference=by_reference)
        ),
    )


def _stateless(
    flows: list[Flow],
    direction: Direction,
    family: Family,
    gateway_ports: PortRange,
    guarded: PortSet,
) -> HeaderSpace:
    """Requests of this direction, and replies to the other's that reach no guarded port."""
    replies: list[tuple[Service, AddressSet]] = []
    for flow in flows:
        reply = reply_traffic(flow, gateway_ports)
        if flow.direction is direction or reply is None or family not in flow.families:
            continue
        if reply.protocol.family in (None, family):
            addresses = flow.peer.addresses(family, by_reference=False)
            replies.extend((service, addresses) for service in reply.services())
    answered = HeaderSpace.union(family, replies)
    if direction is Direction.INGRESS:
        denied = HeaderSpace.union(
            family,
            (
                (Service.of_ports(GUARDED_PROTOCOL.number, ports), AddressSet.whole(family))
                for ports in guarded.ranges()
            ),
        )
        answered -= denied
    return _requests(flows, direction, family, by_reference=False) | answered
