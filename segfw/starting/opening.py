"""What a feature opens, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, PeerKind, Protocol
from segfw.flow import IcmpType, Point
from segfw.resolve import DEFAULT_HOST, INTERNET
from segfw.review.exposure import ports_words
from segfw.sets.addresses import Family
from segfw.settings.types import Cloud, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Feature, FeatureFlow, Row
    from segfw.settings.uses import Uses

ANY = "any address"
PEERS = {
    PeerKind.PUBLISHED: "the vendor's published prefixes",
    PeerKind.ANY: ANY,
    PeerKind.AZURE_LOAD_BALANCER: "Azure's load balancer",
}
SHOWN_HOSTS = 2
"""Host names that a line has room for."""
NOTHING = "opens nothing with these options"


def opening_words(uses: Uses, feature: Feature) -> str:
    """``in tcp 22 from admins``, ``out tcp 3128 to web-proxies, for a.cisco.com``; it is on.

    Hosts are said by the way that leads to them: a proxy, any address, or themselves.
    """
    found: dict[tuple[Direction, str], End] = {}
    for flow, row in uses.flows(feature):
        if not _is_made(uses, flow, row):
            continue
        for peer, services, hosts in _ends(uses, feature, flow, row):
            end = found.setdefault((flow.direction, peer), End({}, {}))
            end.services.update(dict.fromkeys(services))
            end.hosts.update(dict.fromkeys(hosts))
    said = [
        f"{way.short} {', '.join(end.services)} {'from' if way is Direction.INGRESS else 'to'} "
        f"{peer}" + (f", for {_shown([*end.hosts])}" if end.hosts else "")
        for (way, peer), end in found.items()
    ]
    return "; ".join(said) or NOTHING


class End(NamedTuple):
    """What of one peer is opened, each once and in order."""

    services: dict[str, None]
    hosts: dict[str, None]
    """Whom the peer stands for."""


def _is_made(uses: Uses, flow: FeatureFlow, row: Row) -> bool:
    """A rule comes of it: the stack has a point that it is for, and an interface of its family."""
    azure, interfaces = uses.settings.cloud is Cloud.AZURE, uses.settings.interfaces.values()
    if flow.peer is PeerKind.AZURE_LOAD_BALANCER and not azure:
        return False
    points = {Point.NSG.value if azure else Point.SECURITY_GROUP.value}
    if not azure and any(one.network_acl is not None for one in interfaces):
        points.add(Point.NETWORK_ACL.value)
    if flow.points is not None and not points & {*flow.points}:
        return False
    families = {family for one in interfaces for family in one.families}
    only_v6 = set(flow.protocols or row.protocols) == {Protocol.ICMPV6}
    return not only_v6 or Family.IPV6 in families


def _ends(
    uses: Uses, feature: Feature, flow: FeatureFlow, row: Row
) -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
    """Each peer with its services, and the hosts that it stands for."""
    services = _services(uses, feature, flow, row)
    if flow.peer is not PeerKind.HOSTS or uses.peer_names(feature, flow):
        yield _peer(uses, feature, flow), services, ()
        return
    hosts, themselves = uses.settings.hosts, list[str]()
    for host in row.hosts:
        chosen = hosts.get(host) or hosts.get(DEFAULT_HOST)
        if chosen is None or chosen.strategy is Strategy.PREFIXES:
            themselves.append(host)
        elif chosen.strategy is Strategy.INTERNET:
            yield ANY, services, (host,)
        else:
            proxied = [f"{one.value} {chosen.port}" for one in flow.protocols or row.protocols]
            yield str(chosen.network), proxied, (host,)
    if themselves:
        yield _shown(themselves), services, ()


def _services(uses: Uses, feature: Feature, flow: FeatureFlow, row: Row) -> list[str]:
    icmp = IcmpType(*row.icmp) if row.icmp is not None else None
    words = ports_words(uses.ports(feature, flow).ranges(), icmp)
    return [f"{protocol.value} {words}" for protocol in flow.protocols or row.protocols]


def _peer(uses: Uses, feature: Feature, flow: FeatureFlow) -> str:
    names = uses.peer_names(feature, flow)
    if INTERNET in names:
        return ANY
    return ", ".join(names) or PEERS.get(flow.peer, "nobody")


def _shown(hosts: list[str]) -> str:
    more = len(hosts) - SHOWN_HOSTS
    return ", ".join(hosts[:SHOWN_HOSTS]) + (f" and {more} more" if more > 0 else "")
