"""No rule for every port or every protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.guardrails.asking import VERDICTS, may, shown_prefixes
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity
from segfw.guardrails.reading.nsgs import LOAD_BALANCER
from segfw.sets.addresses import AddressSet, Atoms, Family
from segfw.sets.headerspace import KEYWORDS, WITH_PORTS, Service
from segfw.sets.ports import LAST_PORT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.view import View
    from segfw.sets.headerspace import HeaderSpace

EVERY_PORT = PortRange(1, LAST_PORT)
HARMLESS = frozenset({LOAD_BALANCER})
"""The platform's own probes: every NSG may let them in."""


def judge(view: View) -> Iterator[Found]:
    """Whether the rules of a group, ACL or NSG let a peer use every port of TCP or UDP."""
    for holder in view.holders:
        for direction in Direction:
            for verdict, surely in VERDICTS:
                found = next(_peers(holder.own, direction, surely=surely), None)
                if found is not None:
                    message = f"{direction.value} {may(verdict)} open on every port of {found}"
                    yield Found(verdict, holder.urn, holder.label, message)
                    break


def _peers(holder: Holder, direction: Direction, *, surely: bool) -> Iterator[str]:
    """Protocols of which somebody may use every port, with the peers who may."""
    for family in Family:
        space = holder.allowed(direction, family, surely=surely)
        for number in WITH_PORTS:
            every = Service.of_ports(number, EVERY_PORT)
            addresses = _on_all_of(space, every)
            harmless = not addresses.held and not addresses.atoms - Atoms(HARMLESS)
            if not harmless:
                yield f"{KEYWORDS[number]} for {shown_prefixes(addresses)}"


def _on_all_of(space: HeaderSpace, service: Service) -> AddressSet:
    """The addresses that the space has at every point of *service*."""
    found = AddressSet.whole(space.family)
    reached = service.first
    for first, last, addresses in space.within(service).slices:
        if first != reached:
            break
        found &= addresses
        reached = last + 1
    return found if reached > service.last else AddressSet(space.family)


GUARDRAIL = Guardrail(
    id="no-all-ports",
    statement="No group, ACL or NSG lets a peer use every port, in or out.",
    why="A rule for everything hides what is needed, and is what an intruder uses to get out.",
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
