"""What a feature opens, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind
from segfw.flow import IcmpType
from segfw.resolve import INTERNET
from segfw.review.exposure import ports_words
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from segfw.catalog.model import Feature, FeatureFlow, Row
    from segfw.settings.uses import Uses

PEERS = {
    PeerKind.PUBLISHED: "the vendor's published prefixes",
    PeerKind.ANY: "any address",
    PeerKind.AZURE_LOAD_BALANCER: "Azure's load balancer",
}
SHOWN_HOSTS = 2
"""Host names that a line has room for."""
NOTHING = "opens nothing with these options"


def opening_words(uses: Uses, feature: Feature) -> str:
    """``in tcp 22 from admins``, ``out udp 53, tcp 53 to dns-servers``; *feature* is on."""
    found: dict[tuple[Direction, str], dict[str, None]] = {}
    for flow, row in uses.flows(feature):
        if flow.peer is PeerKind.AZURE_LOAD_BALANCER and uses.settings.cloud is not Cloud.AZURE:
            continue
        peer = _peer(uses, feature, flow, row)
        services = found.setdefault((flow.direction, peer), {})
        services |= dict.fromkeys(_services(uses, feature, flow, row))
    said = [
        f"{way.short} {', '.join(services)} {'from' if way is Direction.INGRESS else 'to'} {peer}"
        for (way, peer), services in found.items()
    ]
    return "; ".join(said) or NOTHING


def _services(uses: Uses, feature: Feature, flow: FeatureFlow, row: Row) -> list[str]:
    icmp = IcmpType(*row.icmp) if row.icmp is not None else None
    words = ports_words(uses.ports(feature, flow).ranges(), icmp)
    return [f"{protocol.value} {words}" for protocol in flow.protocols or row.protocols]


def _peer(uses: Uses, feature: Feature, flow: FeatureFlow, row: Row) -> str:
    names = uses.peer_names(feature, flow)
    if INTERNET in names:
        return "any address"
    if names:
        return ", ".join(names)
    if flow.peer is PeerKind.HOSTS:
        shown = ", ".join(row.hosts[:SHOWN_HOSTS])
        more = len(row.hosts) - SHOWN_HOSTS
        return shown + (f" and {more} more" if more > 0 else "")
    return PEERS.get(flow.peer, "nobody")
