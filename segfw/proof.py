"""The proof of a compile: what the cloud will let through is what the flows mean.

The specs' inputs are lifted back to header spaces and compared with the flows, for
each enforcement point, direction and family; only declared widenings may be left over.
Nothing here uses how the rules were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.clouds.lifted import LiftedRule, let_through
from segfw.flow import Flow, Peer, Point
from segfw.readback import read_point
from segfw.replies import GUARDED_PROTOCOL, crossing, own_subnets, reply_traffic
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Packet, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from segfw.clouds.resource import Spec
    from segfw.rule import RuleSet
    from segfw.sets.addresses import Prefix
    from segfw.sets.ports import PortRange, PortSet
    from segfw.settings.types import Settings


class Meaning(NamedTuple):
    """What one flow needs in one direction and family: its requests, or the replies to them."""

    flow: Flow
    reply: bool
    boxes: tuple[tuple[Service, AddressSet], ...]

    def holds(self, packet: Packet) -> bool:
        """Whether the flow needs *packet*."""
        return packet in HeaderSpace.union(packet.family, self.boxes)

    def __str__(self) -> str:
        """``management out udp 53 dns-servers: dns (row 7)``, or ``a reply to`` it."""
        return f"a reply to {self.flow}" if self.reply else str(self.flow)


class Proof(NamedTuple):
    """One comparison: an enforcement point in one direction and family."""

    point: Point
    interface: str
    direction: Direction
    family: Family
    meanings: tuple[Meaning, ...]
    """The flows that need something here, and what."""
    rules: tuple[LiftedRule, ...]
    """The lifted rules, in the order in which they are tried."""
    meant: HeaderSpace
    """What the flows, and for a stateless point their replies, need."""
    allowed: HeaderSpace
    """What the lifted rules let through."""
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

    The text names one packet, the flow that meant it, and the rule that lost or added it.
    """

    def __init__(self, proof: Proof) -> None:
        """Keep the proof that does not hold, and say what it shows."""
        self.proof = proof
        shown = counterexample(proof)
        if shown is None:
            raise AssertionError("a proof that holds has not failed")
        where = f'{proof.point.label} "{proof.interface}", '
        where += f"{proof.direction.value} {proof.family.label}"
        super().__init__(f"{where}: {shown}")


class Counterexample(NamedTuple):
    """One packet on which a proof fails, who meant it, and the rules that decide it."""

    packet: Packet
    meant_by: tuple[Meaning, ...]
    """Empty where no flow means it."""
    decided_by: tuple[LiftedRule, ...]
    """The first rule that matches; every one where all are tried; empty where none matches."""
    declared: bool
    """The plan declares it as a widening, which it is not."""

    @property
    def let_through(self) -> bool:
        """Whether the cloud lets it through."""
        return any(rule.allows for rule in self.decided_by)

    def __str__(self) -> str:
        """A sentence."""
        rules = " and ".join(str(rule) for rule in self.decided_by)
        means = "; ".join(str(meaning) for meaning in self.meant_by)
        refused = f"{rules} denies it" if rules else "no rule matches it"
        if self.declared:
            why = f"{means} means it" if means else refused
            return f"{self.packet} is declared as a widening and is none: {why}."
        if self.let_through:
            return f"{self.packet} is let through by {rules} and no flow means it."
        return f"{self.packet} is meant by {means} and not let through: {refused}."


def counterexample(proof: Proof) -> Counterexample | None:
    """One packet on which *proof* fails, the same each time; None where it holds."""
    for wrong in (proof.lost, proof.added, proof.overdeclared):
        packet = wrong.sample()
        if packet is not None:
            return Counterexample(
                packet=packet,
                meant_by=_who_meant(proof, packet),
                decided_by=deciding(proof.rules, packet),
                declared=packet in proof.declared,
            )
    return None


def deciding(rules: Sequence[LiftedRule], packet: Packet) -> tuple[LiftedRule, ...]:
    """The rules that decide *packet*: the first that matches, or all where none has a number."""
    matching = [rule for rule in rules if rule.matches(packet)]
    ordered = any(rule.number is not None for rule in matching)
    return tuple(matching[:1] if ordered else matching)


def _who_meant(proof: Proof, packet: Packet) -> tuple[Meaning, ...]:
    """Flows whose requests it is among; else those that it answers."""
    if packet not in proof.meant:
        return ()
    held = tuple(meaning for meaning in proof.meanings if meaning.holds(packet))
    return tuple(meaning for meaning in held if not meaning.reply) or held


def prove(
    settings: Settings,
    guarded: PortSet,
    flows: Iterable[Flow],
    rule_sets: Iterable[RuleSet],
    specs: Mapping[str, tuple[Spec, ...]],
) -> tuple[Proof, ...]:
    """Every comparison of a stack; see `comparisons`."""
    return tuple(comparisons(settings, guarded, flows, rule_sets, specs))


def comparisons(
    settings: Settings,
    guarded: PortSet,
    flows: Iterable[Flow],
    rule_sets: Iterable[RuleSet],
    specs: Mapping[str, tuple[Spec, ...]],
) -> Iterator[Proof]:
    """Each comparison of a stack; *specs* are by ``{point}/{interface}`` as `make_plan` has them.

    The caller decides what a proof that does not hold leads to.

    Raises:
        LiftError: an input has a value that no such resource can have.
    """
    held = tuple(flows)
    for rule_set in rule_sets:
        here = [f for f in held if f.interface == rule_set.interface and rule_set.point in f.points]
        key = f"{rule_set.point.value}/{rule_set.interface}"
        rules = read_point(settings, specs, key)
        meanings_of = _meanings(settings, rule_set, here)
        for direction in Direction:
            for family in Family:
                meanings = meanings_of(direction, family)
                yield Proof(
                    point=rule_set.point,
                    interface=rule_set.interface,
                    direction=direction,
                    family=family,
                    meanings=meanings,
                    rules=rules[direction, family],
                    meant=_meant(meanings, direction, family, guarded),
                    allowed=let_through(family, rules[direction, family]),
                    declared=_declared(rule_set, direction, family),
                )


def _declared(rule_set: RuleSet, direction: Direction, family: Family) -> HeaderSpace:
    declared = HeaderSpace(family)
    for widening in rule_set.widenings:
        if widening.direction is direction and widening.space.family is family:
            declared |= widening.space
    return declared


def _meanings(
    settings: Settings, rule_set: RuleSet, flows: list[Flow]
) -> Callable[[Direction, Family], tuple[Meaning, ...]]:
    """What each flow needs at the enforcement point, by direction and family."""
    stateless = rule_set.point is Point.NETWORK_ACL
    if stateless:
        subnets = own_subnets(settings.interfaces[rule_set.interface])
        flows = [_crossing_part(flow, subnets) for flow in flows]

    def of(direction: Direction, family: Family) -> tuple[Meaning, ...]:
        found: list[Meaning] = []
        for flow in flows:
            if flow.direction is direction:
                boxes = flow.boxes(family, by_reference=not stateless)
            elif stateless:
                boxes = _replies(flow, family, settings.gateway.ephemeral_ports)
            else:
                continue
            held = tuple(box for box in boxes if box[1])
            if held:
                found.append(Meaning(flow, flow.direction is not direction, held))
        return tuple(found)

    return of


def _crossing_part(flow: Flow, subnets: Iterable[Prefix]) -> Flow:
    prefixes = crossing(flow.peer.prefixes, subnets)
    return flow._replace(peer=Peer(flow.peer.name, prefixes, flow.peer.reference))


def _replies(
    flow: Flow, family: Family, gateway_ports: PortRange
) -> Iterator[tuple[Service, AddressSet]]:
    reply = reply_traffic(flow, gateway_ports)
    if reply is None or family not in flow.families:
        return
    if reply.protocol.family in (None, family):
        addresses = flow.peer.addresses(family, by_reference=False)
        for service in reply.services():
            yield service, addresses


def _meant(
    meanings: Iterable[Meaning], direction: Direction, family: Family, guarded: PortSet
) -> HeaderSpace:
    """Requests, and replies; those towards the gateway reach no guarded port."""
    requests: list[tuple[Service, AddressSet]] = []
    replies: list[tuple[Service, AddressSet]] = []
    for meaning in meanings:
        (replies if meaning.reply else requests).extend(meaning.boxes)
    answered = HeaderSpace.union(family, replies)
    if direction is Direction.INGRESS and answered:
        answered -= HeaderSpace.union(
            family,
            (
                (Service.of_ports(GUARDED_PROTOCOL.number, ports), AddressSet.whole(family))
                for ports in guarded.ranges()
            ),
        )
    return HeaderSpace.union(family, requests) | answered
