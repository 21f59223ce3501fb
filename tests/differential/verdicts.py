"""Five opinions on one packet: what is meant, declared, compiled, read back and evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import reference_addresses
from segfw.rule import Action
from segfw.sets import headerspace
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import POINTS, Service
from tests.oracles.cells import OTHER_ICMP
from tests.oracles.enforcement import sides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.plan import Plan
    from segfw.proof import Proof
    from segfw.rule import Rule, RuleSet
    from tests.oracles.enforcement import Side
    from tests.oracles.packets import Packet

    Verdict = Callable[[int, int], bool]

ATOMS = {"self": "group:self", "AzureLoadBalancer": "tag:azure-load-balancer"}
"""References as the sets know them, by the names that the oracles have."""


class Verdicts(NamedTuple):
    """What each says of one packet."""

    meant: bool
    """The table typed by hand."""
    declared: bool
    """The plan's widenings."""
    compiled: bool
    """The neutral rules."""
    lifted: bool
    """The space of the resources, read back."""
    evaluated: bool
    """The resources' inputs, one rule after the other."""

    @property
    def agree(self) -> bool:
        """The two that read resources say the same, and it is what is meant or declared.

        A compiled rule is exact where a cloud is not (ICMP on Azure): what it leaves out is
        declared.
        """
        wanted = self.meant or self.declared
        return (
            self.lifted == self.evaluated == wanted
            and (self.compiled or self.declared) == wanted
            and not (self.meant and self.declared)
        )

    def __str__(self) -> str:
        return "\n".join(
            f"  {name:<24}{'yes' if said else 'no'}"
            for name, said in zip(
                (
                    "meant, by the table",
                    "declared as a widening",
                    "compiled rules",
                    "resources, read back",
                    "resources, evaluated",
                ),
                self,
                strict=True,
            )
        )


class Point:
    """One enforcement point in one direction and family, with everyone's opinion of it.

    What depends on the far end alone is worked out once for each.
    """

    def __init__(self, side: Side, proof: Proof, rule_set: RuleSet, atoms: dict[str, str]) -> None:
        here = f"{proof.point.value}/{proof.interface} {proof.direction.value} IPv{proof.family}"
        assert here == str(side), f"{here} is compared with {side}"
        self.side, self.atoms = side, atoms
        self.family, self.space = Family(side.family), proof.allowed
        rules = [rule for rule in rule_set.rules if rule.direction is proof.direction]
        self.rules = [
            (rule.action is Action.ALLOW, list(_boxes(rule, self.family)))
            for rule in sorted(rules, key=lambda rule: rule.number)
        ]
        self._known: dict[int | str, tuple[Verdict, Verdict, Verdict, Verdict]] = {}

    def sees(self, packet: Packet) -> bool:
        """Whether there is such a packet at the enforcement point."""
        absent = isinstance(packet.remote, str) and packet.protocol == OTHER_ICMP[packet.family]
        return not absent and not self.side._is_unseen(packet)

    def verdicts(self, packet: Packet) -> Verdicts:
        _, remote, protocol, value = packet
        known = self._known.get(remote)
        if known is None:
            known = self._known[remote] = self._opinions(remote)
        meant, declared, compiled, evaluated = known
        there = headerspace.Packet(self.family, protocol * POINTS + value, self._named(remote))
        return Verdicts(
            meant(protocol, value),
            declared(protocol, value),
            compiled(protocol, value),
            there in self.space,
            evaluated(protocol, value),
        )

    def _opinions(self, remote: int | str) -> tuple[Verdict, Verdict, Verdict, Verdict]:
        meant, declared, evaluated = (
            one.verdict(one.touching(self.side.family, remote))
            for one in (self.side.meant, self.side.declared, self.side.allowed)
        )
        return meant, declared, self._compiled(remote), evaluated

    def _compiled(self, remote: int | str) -> Verdict:
        named = self._named(remote)
        touching = [
            (allows, [(s.first, s.last) for s, addresses in boxes if _holds(addresses, named)])
            for allows, boxes in self.rules
        ]
        left = [(allows, services) for allows, services in touching if services]

        def decides(protocol: int, value: int) -> bool:
            point = protocol * POINTS + value
            for allows, services in left:
                for first, last in services:
                    if first <= point <= last:
                        return allows
            return False

        return decides

    def _named(self, remote: int | str) -> int | str:
        return self.atoms.get(remote, remote) if isinstance(remote, str) else remote


def _boxes(rule: Rule, family: Family) -> Iterator[tuple[Service, AddressSet]]:
    """What a rule matches; a closing deny: everything."""
    if rule.protocol is not None:
        yield from rule.boxes(family)
    elif rule.reference is not None:
        yield Service.everything(), reference_addresses(rule.reference, family)
    else:
        own = AddressSet.of(family, (p for p in rule.prefixes if p.family is family))
        yield Service.everything(), own if rule.prefixes else AddressSet.whole(family)


def _holds(addresses: AddressSet, remote: int | str) -> bool:
    if isinstance(remote, str):
        return remote in addresses.atoms
    return any(first <= remote <= last for first, last in addresses.held)


def points_of(plan: Plan) -> list[Point]:
    """Every enforcement point of a plan, in each direction and family."""
    atoms = dict(ATOMS)
    for network in plan.settings.networks.values():
        atoms |= {str(reference.id): reference.atom for reference in network.references.values()}
    rule_sets = [one for one in plan.rule_sets for _ in range(4)]
    return [
        Point(side, proof, rule_set, atoms)
        for side, proof, rule_set in zip(sides(plan), plan.proofs, rule_sets, strict=True)
    ]
