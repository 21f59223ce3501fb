"""Return traffic: what a stateless enforcement point must let back for a flow (design D6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Protocol
from segfw.flow import ECHO_REPLIES, Flow, Traffic
from segfw.sets.ports import PortRange, PortSet
from segfw.settings.types import ANY_EPHEMERAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.sets.addresses import Prefix
    from segfw.settings.types import Interface


def reply_traffic(flow: Flow, gateway_ports: PortRange) -> Traffic | None:
    """What answers *flow*, in the other direction; None for traffic that is never answered.

    Replies go to the opener's port: an ephemeral one (*gateway_ports* where the gateway
    opened), and besides the row's own source port where it has one. A network ACL
    cannot match the replies' source port, so every source port is admitted.
    """
    return answering(flow.direction, flow.traffic, flow.source_port, gateway_ports)


def answering(
    direction: Direction, traffic: Traffic, source_port: int | None, gateway_ports: PortRange
) -> Traffic | None:
    """What answers *traffic* whose opener sends from *source_port*, if that is fixed.

    See `reply_traffic`.
    """
    if traffic.icmp is not None:
        reply = ECHO_REPLIES.get(traffic.icmp)
        return Traffic(traffic.protocol, icmp=reply) if reply else None
    opener = gateway_ports if direction is Direction.EGRESS else ANY_EPHEMERAL
    ports = PortSet.of([opener])
    if source_port is not None:
        ports |= PortSet.single(source_port)
    return Traffic(traffic.protocol, ports.ranges())


def own_subnets(interface: Interface) -> tuple[Prefix, ...]:
    """The subnets whose members a network ACL of *interface* never sees among themselves.

    With one subnet in the ACL that is the interface's own; of several (one to an
    availability zone), each sees what comes from the others, so there is none.
    """
    acl = interface.network_acl
    return interface.subnets if acl is not None and len(acl.subnet_ids) == 1 else ()


def crossing(prefixes: Iterable[Prefix], subnets: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """The prefixes that are not wholly inside the interface's one subnet.

    A network ACL never sees traffic between members of one subnet (AWS VPC user guide,
    "Network ACL basics"). Of several *subnets* of a family (one to an availability zone),
    each sees what comes from the others, so nothing is left out.
    """
    held = tuple(subnets)
    own = {s.family: s for s in held if sum(o.family is s.family for o in held) == 1}
    return tuple(p for p in prefixes if p.family not in own or not own[p.family].holds(p))


GUARDED_PROTOCOL = Protocol.TCP
"""The gateway's own services above the system ports all speak TCP (the catalog's test holds it)."""
