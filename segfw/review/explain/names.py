"""What a question may name in a stack: interfaces, networks, hosts, and a cloud's references."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Peer
from segfw.resolve import INTERNET
from segfw.routing import Routing
from segfw.sets.addresses import WHOLE, Family
from segfw.settings.types import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.flow import Flow
    from segfw.settings.types import Settings


class Names(NamedTuple):
    """Names and what they stand for."""

    interfaces: Mapping[str, tuple[Family, ...]]
    """With the families that each has."""
    peers: Mapping[str, Peer]
    """Networks, hosts with prefixes, published lists, ``internet``, and references by their id."""
    routing: Routing | None
    """Where the gateway sends what it opens; None where no stack file says it."""
    settings: Settings | None = None
    """For hints about what is not among the names; None where no stack file says them."""
    flows: tuple[Flow, ...] = ()
    """What the stack means to let through, for hints about ports."""


def names_of(settings: Settings, flows: Iterable[Flow]) -> Names:
    """What the questions of a stack may name."""
    flows = tuple(flows)
    return Names(
        {name: one.families for name, one in sorted(settings.interfaces.items())},
        {**dict(_peers(settings, flows)), INTERNET: Peer(INTERNET, tuple(WHOLE.values()))},
        Routing.of(settings),
        settings,
        flows,
    )


def bare_names(interfaces: Iterable[str]) -> Names:
    """The names of a deployment of which no settings are known."""
    every = tuple(Family)
    peers = {INTERNET: Peer(INTERNET, tuple(WHOLE.values()))}
    return Names(dict.fromkeys(sorted(interfaces), every), peers, None)


def _peers(settings: Settings, flows: Iterable[Flow]) -> Iterator[tuple[str, Peer]]:
    """The stack's own names last: they win over those of what Cisco publishes."""
    joined: dict[str, Peer] = {}
    for flow in flows:
        peer = flow.peer
        if peer.internet:
            continue  # a host that may be anywhere is no name for an address
        before = joined.get(peer.name, Peer(peer.name, ()))
        prefixes = tuple(sorted({*before.prefixes, *peer.prefixes}))
        joined[peer.name] = Peer(peer.name, prefixes, peer.reference or before.reference)
    for peer in joined.values():
        if peer.reference is not None:
            yield str(peer.reference.id), Peer(str(peer.reference.id), (), peer.reference)
    yield from joined.items()
    for name, host in settings.hosts.items():
        if host.strategy is Strategy.PREFIXES:
            yield name, Peer(name, tuple(sorted(set(host.prefixes))))
    for name, network in settings.networks.items():
        reference = network.references.get(settings.cloud)
        if reference is not None:
            yield str(reference.id), Peer(str(reference.id), (), reference)
        yield name, Peer(name, tuple(sorted(set(network.prefixes))), reference)
