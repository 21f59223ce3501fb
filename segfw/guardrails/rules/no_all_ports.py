"""No rule for every port or every protocol."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.guardrails.asking import VERDICTS, may, shown_prefixes
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity
from segfw.guardrails.reading.nsgs import LOAD_BALANCER
from segfw.limits import PORTS_OF_A_PEER
from segfw.sets.addresses import AddressSet, Atoms, Family
from segfw.sets.headerspace import KEYWORDS, WITH_PORTS, Service
from segfw.sets.ports import ALL_PORTS, LAST_PORT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.view import View
    from segfw.sets.headerspace import HeaderSpace

EVERY_PORT = PortRange(1, LAST_PORT)
"""Port 0 is nobody's."""
HARMLESS = frozenset({LOAD_BALANCER})
"""The platform's own probes: every NSG may let them in."""


def judge(view: View) -> Iterator[Found]:
    """Whether the rules of a group, ACL or NSG let a peer use nearly every port."""
    for holder in view.holders:
        for direction in Direction:
            for verdict, surely in VERDICTS:
                found = next(_peers(holder.own, direction, surely=surely), None)
                if found is not None:
                    message = f"{direction.value} {may(verdict)} open on {found}"
                    yield Found(verdict, holder.urn, holder.label, message)
                    break


def _peers(holder: Holder, direction: Direction, *, surely: bool) -> Iterator[str]:
    """Protocols of which somebody may use nearly every port, with the peers who may."""
    for family in Family:
        space = holder.allowed(direction, family, surely=surely)
        for number in WITH_PORTS:
            addresses = _on_more_ports(space, number, ALL_PORTS, PORTS_OF_A_PEER)
            harmless = not addresses.held and not addresses.atoms - Atoms(HARMLESS)
            if not harmless:
                everything = _on_more_ports(space, number, EVERY_PORT, LAST_PORT - 1)
                ports = "every port" if everything == addresses else "nearly every port"
                yield f"{ports} of {KEYWORDS[number]} for {shown_prefixes(addresses)}"


def _on_more_ports(space: HeaderSpace, number: int, ports: PortRange, most: int) -> AddressSet:
    """The peers to whom the space gives more than *most* of the *ports* of a protocol."""
    family = space.family
    slices = space.within(Service.of_ports(number, ports)).slices
    held = [(last - first + 1, addresses) for first, last, addresses in slices]
    if sum(count for count, _ in held) <= most:
        return AddressSet(family)
    changes: dict[int, int] = {}
    for count, addresses in held:
        for low, high in addresses.held:
            changes[low] = changes.get(low, 0) + count
            changes[high + 1] = changes.get(high + 1, 0) - count
    found: list[AddressSet] = []
    used = 0
    for low, following in pairwise(sorted(changes)):
        used += changes[low]
        if used > most:
            found.append(AddressSet(family, ((low, following - 1),)))
    return AddressSet.union(family, [*found, AddressSet(family, (), _atoms(held, most))])


def _atoms(held: list[tuple[int, AddressSet]], most: int) -> Atoms:
    """The references among the peers: those that are named somewhere, and all others."""
    names = frozenset[str]().union(*(addresses.atoms.names for _, addresses in held))
    many = {
        name
        for name in names
        if sum(count for count, addresses in held if name in addresses.atoms) > most
    }
    others = sum(count for count, addresses in held if addresses.atoms.cofinite) > most
    return Atoms(names - many, cofinite=True) if others else Atoms(frozenset(many))


GUARDRAIL = Guardrail(
    id="no-all-ports",
    statement="No group, ACL or NSG lets a peer use more than 65,000 ports, in or out.",
    why=(
        "A rule for everything, or for all but a port, hides what is needed, and is what an "
        "intruder uses to get out."
    ),
    severity=Severity.HIGH,
    judge=judge,
    fix="Write the ports that the features need.",
    undecided=REPORTED,
    frameworks=("CIS AWS 5.0 5.2", "AWS FSBP EC2.21"),
    answers=(
        "CKV_AWS_277",
        "CKV_AWS_382",
        "CKV_AWS_352",
        "AWS-0102",
        "SECURITY_GROUP_INGRESS_ALL_PROTOCOLS_RULE",
        "SECURITY_GROUP_EGRESS_ALL_PROTOCOLS_RULE",
        "ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
        "ec2_networkacl_allow_ingress_any_port",
        "openAllPortsProtocols",
    ),
)
