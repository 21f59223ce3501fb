"""What of a gateway can be reached from where: from the internet, by managers, and out to anyone.

The security group's or NSG's view, from the flows: the proof has compared the two. A network
ACL only narrows it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, Role
from segfw.flow import Peer, Point
from segfw.resolve import INTERNET
from segfw.sets.addresses import AddressSet, Family, collapse, private_addresses
from segfw.settings.types import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.model import Catalog, Protocol
    from segfw.flow import Flow, IcmpType, Traffic
    from segfw.plan import Plan
    from segfw.sets.addresses import Prefix
    from segfw.sets.ports import PortRange

HOST_BITS = 64
"""The host part of an IPv6 subnet (RFC 4291, section 2.5.1): larger sets are counted in /64."""
UNKNOWN_MEMBERS = (ReferenceKind.PREFIX_LIST, ReferenceKind.SERVICE_TAG)
"""References that may stand for public addresses; members of groups have private ones."""


class Reach(Enum):
    """Which of a reviewer's questions an opening answers."""

    FROM_INTERNET = "from-internet"
    """Public addresses are admitted on an interface that the internet reaches."""
    FROM_ANYWHERE = "from-anywhere"
    """Any address is admitted, on an interface that the internet does not reach."""
    MANAGEMENT = "management"
    """Named networks reach what administers the gateway."""
    TO_ANYWHERE = "to-anywhere"
    """The gateway reaches any address."""


class Service(NamedTuple):
    """A protocol with its ports, and the features that open it."""

    protocol: Protocol
    ports: str
    features: tuple[str, ...]


class Opening(NamedTuple):
    """Every service of one interface that one far end reaches, or that is reached there."""

    reach: Reach
    interface: str
    peer: str
    prefixes: tuple[Prefix, ...]
    """The fewest with the same addresses; none where only the cloud knows them."""
    addresses: str
    """How many there are, for people."""
    public: bool | None
    """Some are on the internet; None where only the cloud knows."""
    services: tuple[Service, ...]


def firewall_point(plan: Plan) -> Point | None:
    """What admits traffic to an interface: security groups or NSGs; None without interfaces."""
    points = {rule_set.point for rule_set in plan.rule_sets} - {Point.NETWORK_ACL}
    return next(iter(points), None)


def exposure(plan: Plan, catalog: Catalog) -> tuple[Opening, ...]:
    """Each opening, in the order of `Reach`, then by interface and far end."""
    external = {name for name, one in plan.settings.interfaces.items() if one.external}
    point = firewall_point(plan)
    found: dict[tuple[Reach, str, str], list[Flow]] = {}
    for flow in plan.flows:
        reach = reach_of(flow, catalog, external=flow.interface in external)
        if reach is not None and flow.families and point in flow.points:
            name = INTERNET if flow.peer.internet else flow.peer.name
            found.setdefault((reach, flow.interface, name), []).append(flow)
    order = list(Reach)
    return tuple(
        _opening(*key, flows)
        for key, flows in sorted(
            found.items(), key=lambda one: (order.index(one[0][0]), one[0][1], one[0][2])
        )
    )


def reach_of(flow: Flow, catalog: Catalog, *, external: bool) -> Reach | None:
    """The question that the flow answers; None for a named peer's other traffic."""
    if flow.direction is Direction.EGRESS:
        return Reach.TO_ANYWHERE if flow.peer.internet else None
    if flow.peer.internet or (external and is_public(flow.peer)):
        return Reach.FROM_INTERNET if external else Reach.FROM_ANYWHERE
    return Reach.MANAGEMENT if manages(flow, catalog) else None


def manages(flow: Flow, catalog: Catalog) -> bool:
    """The catalog gives the feature to the role management; ICMP administers nothing."""
    feature = catalog.features[flow.feature]
    return feature.role is Role.MANAGEMENT and flow.traffic.icmp is None


def _opening(reach: Reach, interface: str, name: str, flows: Iterable[Flow]) -> Opening:
    held = tuple(flows)
    prefixes = collapse(prefix for flow in held for prefix in flow.peer.prefixes)
    peer = Peer(name, prefixes, held[0].peer.reference)
    opened: dict[Traffic, dict[str, None]] = {}
    for flow in held:
        feature = f"custom {flow.custom}" if flow.custom else flow.feature
        opened.setdefault(flow.traffic, {})[feature] = None
    return Opening(
        reach=reach,
        interface=interface,
        peer=name,
        prefixes=prefixes,
        addresses=counted_addresses(prefixes),
        public=is_public(peer),
        services=tuple(
            Service(
                protocol=traffic.protocol,
                ports=ports_words(traffic.ports, traffic.icmp),
                features=tuple(features),
            )
            for traffic, features in sorted(opened.items(), key=_by_protocol_and_port)
        ),
    )


def _by_protocol_and_port(one: tuple[Traffic, object]) -> tuple[object, ...]:
    """Ports before ICMP, which has none."""
    traffic = one[0]
    return bool(traffic.icmp), traffic.protocol.value, traffic.ports, str(traffic.icmp)


def is_public(peer: Peer) -> bool | None:
    """Whether the far end holds an address of the internet; None where only the cloud knows."""
    if peer.prefixes:
        return any(
            AddressSet.of(prefix.family, (prefix,)) - private_addresses(prefix.family)
            for prefix in peer.prefixes
        )
    unknown = peer.reference is not None and peer.reference.kind in UNKNOWN_MEMBERS
    return None if unknown else False


def counted_addresses(prefixes: Iterable[Prefix]) -> str:
    """``any IPv4 address``, ``272 addresses and 1 IPv6 /64``; *prefixes* do not overlap."""
    held = tuple(prefixes)
    whole = [prefix.family.label for prefix in held if prefix.whole]
    if whole:
        return f"any {' or '.join(whole)} address"
    sizes = {
        family: sum(prefix.size for prefix in held if prefix.family is family) for family in Family
    }
    said: list[str] = []
    if sizes[Family.IPV4]:
        said.append(_counted(sizes[Family.IPV4], "address", "addresses"))
    if sizes[Family.IPV6]:
        subnets, rest = divmod(sizes[Family.IPV6], 1 << HOST_BITS)
        what = _counted(sizes[Family.IPV6], "IPv6 address", "IPv6 addresses")
        said.append(f"{subnets + bool(rest):,} IPv6 /{HOST_BITS}" if subnets else what)
    return " and ".join(said) or "known to the cloud only"


def _counted(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def ports_words(ports: tuple[PortRange, ...], icmp: IcmpType | None) -> str:
    """``22``, ``1024-65535``, ``type 3 code 4``; ``any`` where nothing is said of them."""
    if icmp is None:
        return ",".join(str(held) for held in ports) or "any"
    if icmp.kind is None:
        return "any"
    return f"type {icmp.kind}" + (f" code {icmp.code}" if icmp.code is not None else "")
