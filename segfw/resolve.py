"""Settings and catalog become flows: names turn into peers and ports, and find their interface.

Total: what `read_settings` returned resolves. The order of the result is the
catalog's, then names in order, so shuffled input files give the same flows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, Exposure, PeerKind, Protocol
from segfw.effective import active_flows, guarded_ports, listening_ports, row_ports
from segfw.flow import Flow, IcmpType, Origin, Peer, Point, Traffic
from segfw.routing import Routing
from segfw.sets.addresses import WHOLE, Family, parse_prefix
from segfw.sets.ports import PortRange, PortSet
from segfw.settings.types import (
    Cloud,
    HostSettings,
    ProgramValue,
    Reference,
    ReferenceKind,
    Strategy,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.settings.types import CustomFlow, FeatureSettings, Interface, Settings

INTERNET = "internet"
SELF = "self"
DEFAULT_HOST = "default"
ALL_POINTS = frozenset(Point)


def resolve(settings: Settings, catalog: Catalog) -> tuple[Flow, ...]:
    """Every flow that the stack wants, in the catalog's order; custom flows last."""
    own = listening_ports(settings.features, catalog) | guarded_ports(settings.features, catalog)
    resolver = _Resolver(settings, catalog, Routing.of(settings), own)
    found: list[Flow] = []
    for feature in catalog.features.values():
        if feature.id in settings.features:
            for flow in active_flows(feature, settings.features):
                found.extend(resolver.flows(feature, flow))
    for custom in sorted(settings.custom_flows, key=lambda c: c.name):
        found.extend(resolver.custom_flows(custom))
    return tuple(found)


class _Resolver(NamedTuple):
    settings: Settings
    catalog: Catalog
    routing: Routing
    own_ports: PortSet
    """Every port on which the gateway listens or that is guarded."""

    def flows(self, feature: Feature, flow: FeatureFlow) -> Iterator[Flow]:
        """The flows that one row of a feature becomes; none where it does not apply."""
        row = self.catalog.rows[flow.row]
        gateway = self.settings.gateway
        if row.regions and gateway.cisco_region not in row.regions:
            return
        if not holds_for(gateway.release, row.from_release, row.until_release):
            return
        for protocol in flow.protocols or row.protocols:
            traffic = self._traffic(feature, flow, row, protocol)
            for peer, ports in self._peers(feature, flow, row):
                wanted = Traffic(protocol, ports) if ports else traffic
                for interface, seen in self._placed(feature, flow.direction, peer):
                    yield self._flow(feature, flow, row, wanted, seen, interface)

    def custom_flows(self, custom: CustomFlow) -> Iterator[Flow]:
        """The flow of the escape hatch, in both families where it is ICMP echo."""
        network = self.settings.networks[custom.network]
        peer = Peer(network.name, network.prefixes, self._reference(network.name))
        if custom.protocol is None:
            traffics = [
                Traffic(Protocol.ICMP, icmp=IcmpType(8, 0)),
                Traffic(Protocol.ICMPV6, icmp=IcmpType(128, 0)),
            ]
        else:
            traffics = [Traffic(custom.protocol, custom.ports)]
        interface = self.settings.interfaces[custom.interface]
        for traffic in traffics:
            families = _families(interface, peer, traffic.protocol)
            unmet = _unmet(peer, families, traffic.protocol)
            if families or unmet:
                yield Flow(
                    feature="custom-flow",
                    row=custom.name,
                    label=f"custom {custom.name}",
                    title=f"owner {custom.owner}",
                    interface=interface.name,
                    direction=custom.direction,
                    traffic=traffic,
                    peer=_only(peer, families),
                    families=families,
                    unmet=unmet,
                    source_port=None,
                    exposure=Exposure.NAMED,
                    points=_expressible(traffic.protocol, ALL_POINTS),
                    custom=custom.name,
                    origins=self._origins("features.custom-flow", peer),
                )

    def _traffic(
        self, feature: Feature, flow: FeatureFlow, row: Row, protocol: Protocol
    ) -> Traffic:
        if row.icmp is not None:
            return Traffic(protocol, icmp=IcmpType(*row.icmp))
        ports = row_ports(flow, feature, self.settings.features, self.catalog)
        if row.excludes_listening and flow.direction is Direction.INGRESS:
            ports -= self.own_ports
        return Traffic(protocol, ports.ranges())

    def _peers(
        self, feature: Feature, flow: FeatureFlow, row: Row
    ) -> Iterator[tuple[Peer, tuple[PortRange, ...]]]:
        """Each peer, with the ports that replace the row's where it is a proxy."""
        chosen = self.settings.features[feature.id]
        replaced = flow.replaceable and chosen.peers is not None
        if flow.peer is PeerKind.NETWORK or replaced:
            for name in self._networks(feature, flow, chosen):
                yield self._network(name), ()
        elif flow.peer is PeerKind.HOSTS:
            yield from (self._host(host) for host in row.hosts)
        elif flow.peer is PeerKind.PUBLISHED:
            yield from ((peer, ()) for peer in self._published(row, chosen))
        elif flow.peer is PeerKind.ANY:
            yield Peer(INTERNET, tuple(WHOLE.values())), ()
        elif self.settings.cloud is Cloud.AZURE:
            yield _azure_load_balancer(flow.peer.value), ()

    def _networks(
        self, feature: Feature, flow: FeatureFlow, chosen: FeatureSettings
    ) -> tuple[str, ...]:
        if chosen.options.get("peer") == SELF:
            return (SELF,)
        if chosen.peers is not None and flow.network in (None, feature.network):
            return tuple(sorted(set(chosen.peers)))
        default = flow.network or feature.network
        if default is None:
            raise AssertionError(f"{feature.id} has no default network")
        return (default,) if chosen.peers is None else tuple(sorted(set(chosen.peers)))

    def _network(self, name: str) -> Peer:
        if name == INTERNET:
            return Peer(INTERNET, tuple(WHOLE.values()))
        if name == SELF:
            group = Reference(
                kind=ReferenceKind.SECURITY_GROUP, name=SELF, id=ProgramValue("this group")
            )
            return Peer(SELF, (), group)
        network = self.settings.networks[name]
        return Peer(name, tuple(sorted(set(network.prefixes))), self._reference(name))

    def _reference(self, network: str) -> Reference | None:
        return self.settings.networks[network].references.get(self.settings.cloud)

    def _host(self, host: str) -> tuple[Peer, tuple[PortRange, ...]]:
        chosen = host_settings(self.settings, host)
        match chosen.strategy:
            case Strategy.PREFIXES:
                return Peer(host, tuple(sorted(set(chosen.prefixes)))), ()
            case Strategy.INTERNET:
                return Peer(host, tuple(WHOLE.values())), ()
            case Strategy.PROXY:
                if chosen.network is None or chosen.port is None:
                    raise AssertionError(f"the proxy for {host} has no network or port")
                return self._network(chosen.network), (PortRange(chosen.port, chosen.port),)

    def _published(self, row: Row, chosen: FeatureSettings) -> Iterator[Peer]:
        prefixes = tuple(sorted(parse_prefix(text) for text in row.prefixes))
        if not (chosen.options.get("prefixList") and self.settings.cloud is Cloud.AWS):
            yield Peer(row.id, prefixes)
            return
        for family in Family:
            entries = tuple(p for p in prefixes if p.family is family)
            if entries:
                name = f"{row.id}-{family.keyword}"
                yield Peer(
                    name,
                    entries,
                    Reference(
                        kind=ReferenceKind.PREFIX_LIST,
                        name=name,
                        id=ProgramValue(f"prefix list {name}"),
                        weight=len(entries),
                        entries=entries,
                        family=family,
                    ),
                )

    def _placed(
        self, feature: Feature, direction: Direction, peer: Peer
    ) -> Iterator[tuple[Interface, Peer]]:
        chosen = self.settings.features[feature.id]
        interfaces = self.settings.interfaces
        if chosen.interface is not None:
            yield interfaces[chosen.interface], peer
        elif feature.every_interface:
            yield from ((interface, peer) for _, interface in sorted(interfaces.items()))
        elif direction is Direction.INGRESS or peer.name == SELF:
            for _, interface in sorted(interfaces.items()):
                if feature.role in interface.roles:
                    yield interface, peer
        else:
            for name, part in self.routing.place(peer).items():
                yield interfaces[name], part

    def _flow(
        self,
        feature: Feature,
        flow: FeatureFlow,
        row: Row,
        traffic: Traffic,
        peer: Peer,
        interface: Interface,
    ) -> Flow:
        families = _families(interface, peer, traffic.protocol)
        points = ALL_POINTS if flow.points is None else frozenset(Point(p) for p in flow.points)
        return Flow(
            feature=feature.id,
            row=row.id,
            label=row.label,
            title=row.title,
            interface=interface.name,
            direction=flow.direction,
            traffic=traffic,
            peer=_only(peer, families),
            families=families,
            unmet=() if _is_anybodys(peer, row) else _unmet(peer, families, traffic.protocol),
            source_port=row.source_port,
            exposure=row.exposure,
            points=_expressible(traffic.protocol, points),
            origins=self._origins(f"features.{feature.id}", peer),
        )

    def _origins(self, path: str, peer: Peer) -> tuple[Origin, ...]:
        place = self.settings.place(path)
        found = [Origin(path, place.file, place.line)]
        for kind in ("networks", "hosts"):
            named = f"{kind}.{peer.name}"
            if named in self.settings.places:
                place = self.settings.place(named)
                found.append(Origin(named, place.file, place.line))
        return tuple(found)


def _is_anybodys(peer: Peer, row: Row) -> bool:
    """The peer is the internet or a published list, of which each interface takes its families."""
    return peer.internet or bool(row.prefixes)


def _azure_load_balancer(name: str) -> Peer:
    """Azure's own health probes, by the service tag of that name."""
    tag = Reference(kind=ReferenceKind.SERVICE_TAG, name=name, id="AzureLoadBalancer")
    return Peer(name, (), tag)


def host_settings(settings: Settings, host: str) -> HostSettings:
    """The strategy that holds for *host*: its own, or the stack's default.

    Raises:
        KeyError: the stack has neither; `read_settings` refuses such a stack.
    """
    return settings.hosts[host] if host in settings.hosts else settings.hosts[DEFAULT_HOST]


def _unmet(peer: Peer, families: tuple[Family, ...], protocol: Protocol) -> tuple[Family, ...]:
    """Families that the peer is known to have, and the flow has not."""
    known = {prefix.family for prefix in peer.prefixes}
    if peer.reference is not None and peer.reference.family is not None:
        known.add(peer.reference.family)
    carried = {f for f in known if protocol.family in (None, f)}
    return tuple(sorted(carried - set(families)))


def _families(interface: Interface, peer: Peer, protocol: Protocol) -> tuple[Family, ...]:
    own = protocol.family
    return tuple(
        family
        for family in peer.families()
        if family in interface.families and own in (None, family)
    )


def _only(peer: Peer, families: Iterable[Family]) -> Peer:
    kept = frozenset(families)
    reference = peer.reference
    if reference is not None and reference.family is not None and reference.family not in kept:
        reference = None
    prefixes = tuple(p for p in peer.prefixes if p.family in kept)
    return peer._replace(prefixes=prefixes, reference=reference)


def _expressible(protocol: Protocol, points: frozenset[Point]) -> frozenset[Point]:
    """The points that can say *protocol*: an NSG has no ICMP for IPv6."""
    return points - {Point.NSG} if protocol is Protocol.ICMPV6 else points


def holds_for(release: str, first: str | None, last: str | None) -> bool:
    """Whether *release* lies from *first* to *last*, both included; None: no bound."""
    own = release_key(release)
    return not (first and own < release_key(first)) and not (last and own > release_key(last))


def release_key(release: str) -> tuple[int, ...]:
    """A release as numbers, for comparison: ``15.5`` is (15, 5)."""
    return tuple(int(part) for part in release.split("."))


def flows_by_interface(flows: Iterable[Flow]) -> Mapping[str, tuple[Flow, ...]]:
    """The flows that have a family to live in, by interface."""
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        if flow.families:
            found.setdefault(flow.interface, []).append(flow)
    return {name: tuple(held) for name, held in found.items()}
