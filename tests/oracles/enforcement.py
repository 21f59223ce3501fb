"""A plan's enforcement points as the oracles see them: inputs on one side, meaning on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.oracles import naive
from tests.oracles.cells import FirstMatch, at, differences, touching
from tests.oracles.intent import ACL, GROUP, NSG, SELF, Intent, Meaning
from tests.oracles.naive import Inputs
from tests.oracles.packets import ICMP, Match, Packet, Span, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.plan import Plan

DIRECTIONS = ("ingress", "egress")
POINTS_OF_A_PROTOCOL = 65536


class Side(NamedTuple):
    """One enforcement point in one direction and family."""

    key: str
    """``{point}/{interface}``."""
    point: str
    direction: str
    family: int
    allowed: FirstMatch
    meant: Meaning
    declared: FirstMatch
    """The widening that the plan declares."""
    unseen: list[Span]
    """Far ends whose packets never reach the enforcement point."""
    absent: frozenset[str] = frozenset()
    """References without members of the family: lists of the other one.

    A network ACL names no references, and its whole-family entries say nothing of them.
    """

    def __str__(self) -> str:
        return f"{self.key} {self.direction} IPv{self.family}"

    def lost(self) -> Iterator[Packet]:
        """Packets that are meant and not let through."""
        for packet in self._seen():
            if self._meant(packet):
                yield packet

    def added(self) -> Iterator[Packet]:
        """Packets that are let through and not meant."""
        for packet in self._seen():
            if not self._meant(packet):
                yield packet

    def _seen(self) -> Iterator[Packet]:
        for packet in differences(self.family, self.allowed, self.meant, self._boundaries()):
            if not self._is_unseen(packet):
                yield packet

    def _boundaries(self) -> list[Span]:
        declared = [r for m in self.declared.matches for r in m.remotes if not isinstance(r, str)]
        return [*self.unseen, *declared]

    def misdeclared(self) -> Iterator[Packet]:
        """Packets where the declared widening is not what is added."""
        both = Beyond(self.allowed, self.meant)
        for packet in differences(self.family, both, self.declared, self.unseen):
            if not self._is_unseen(packet):
                yield packet

    def _meant(self, packet: Packet) -> bool:
        return at(self.meant, packet)

    def _is_unseen(self, packet: Packet) -> bool:
        if isinstance(packet.remote, str):
            return self.point == ACL or packet.remote in self.absent
        return any(
            own == packet.family and first <= packet.remote <= last
            for own, first, last in self.unseen
        )


class Beyond:
    """What is let through beyond what is meant."""

    def __init__(self, allowed: FirstMatch, meant: Meaning) -> None:
        self.allowed, self.meant = allowed, meant
        self.matches = [*allowed.matches, *meant.matches]

    def touching(self, family: int, remote: int | str) -> tuple[int, ...]:
        return touching(self.matches, family, remote)

    def verdict(self, touching: tuple[int, ...]) -> Callable[[int, int], bool]:
        count = len(self.allowed.matches)
        allowed = self.allowed.verdict(tuple(i for i in touching if i < count))
        meant = self.meant.verdict(tuple(i - count for i in touching if i >= count))
        return lambda protocol, value: allowed(protocol, value) and not meant(protocol, value)


def resources_of(plan: Plan, key: str) -> list[tuple[str, Inputs]]:
    """Type and inputs of each resource of one enforcement point."""
    return [(spec.token, spec.inputs()) for spec in plan.specs[key]]


def known_ids(plan: Plan, key: str) -> dict[str, list[Span | str]]:
    """What ids in inputs stand for at one enforcement point: the stack's lists and its groups."""
    known: dict[str, list[Span | str]] = {}
    for place, specs in plan.specs.items():
        for spec in specs:
            inputs: Inputs = spec.inputs()
            if "maxEntries" in inputs:
                known[f"${{{spec.name}.id}}"] = [span(e["cidr"]) for e in inputs["entries"]]
            elif "revokeRulesOnDelete" in inputs:
                known[f"${{{spec.name}.id}}"] = [SELF if place == key else f"group of {place}"]
    return known


def rules_of(
    point: str, resources: list[tuple[str, Inputs]], direction: str, known: dict
) -> list[Match]:
    """The rules of one enforcement point in one direction, in the order that counts."""
    if point == GROUP:
        return naive.group_rules(resources, direction, known)
    (_, inputs) = resources[0]
    return (naive.acl_entries if point == ACL else naive.nsg_rules)(inputs, direction)


def sides(plan: Plan) -> Iterator[Side]:
    """Every enforcement point of a plan, in each direction and family."""
    intent = Intent(plan.settings)
    for rule_set in plan.rule_sets:
        point = rule_set.point.value
        interface = plan.settings.interfaces[rule_set.interface]
        key = f"{point}/{interface.name}"
        resources, known = resources_of(plan, key), known_ids(plan, key)
        unseen = intent.own_subnet(interface) if point == ACL else []
        for direction in DIRECTIONS:
            allowed = FirstMatch(rules_of(point, resources, direction, known))
            meant = intent.at(point, interface, direction)
            for family in (4, 6):
                declared = FirstMatch(_declared(plan, rule_set, direction, family))
                absent = _absent(plan, family)
                yield Side(key, point, direction, family, allowed, meant, declared, unseen, absent)


def _absent(plan: Plan, family: int) -> frozenset[str]:
    return frozenset(
        str(reference.id)
        for network in plan.settings.networks.values()
        for reference in network.references.values()
        if reference.family not in (None, family)
    )


def _declared(plan: Plan, rule_set, direction: str, family: int) -> list[Match]:
    ids = {
        reference.atom: str(reference.id)
        for network in plan.settings.networks.values()
        for reference in network.references.values()
    }
    found = []
    for widening in rule_set.widenings:
        if widening.direction.value != direction or widening.space.family != family:
            continue
        for first, last, addresses in widening.space.slices:
            remotes = [(family, low, high) for low, high in addresses.held]
            named = () if addresses.atoms.cofinite else sorted(addresses.atoms.names)
            services = list(_by_protocol(first, last))
            found.append(Match(tuple(services), (*remotes, *(ids[name] for name in named))))
    return found


def _by_protocol(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """A run on the service line, protocol by protocol."""
    while first <= last:
        protocol, value = divmod(first, POINTS_OF_A_PROTOCOL)
        end = min(last, (protocol + 1) * POINTS_OF_A_PROTOCOL - 1)
        yield protocol, value, end % POINTS_OF_A_PROTOCOL
        first = end + 1


def disagreements(plan: Plan) -> Iterator[str]:
    """Everything on which a compiled plan and what it means disagree, in words."""
    for side in sides(plan):
        yield from (f"{side}: lost: {packet}" for packet in side.lost())
        yield from (f"{side}: declared otherwise: {packet}" for packet in side.misdeclared())
        if side.point != ACL and not only_icmp_is_added(side):
            yield f"{side}: added"


def only_icmp_is_added(side: Side) -> bool:
    """An NSG cannot tell ICMP types apart; exact fits add nothing else anywhere."""
    return all(side.point == NSG and packet.protocol == ICMP for packet in side.added())
