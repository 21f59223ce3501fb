"""The gateway is protected by construction (design D9): who may reach what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import Direction, PeerKind, Role
from segfw.effective import default_ports
from segfw.resolve import INTERNET
from segfw.sets.addresses import Family
from segfw.settings.checks.case import sizes
from segfw.settings.checks.networks import networks_in, too_many
from segfw.settings.checks.references import OPAQUE
from segfw.settings.types import Strategy
from segfw.settings.uses import is_private, strict
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Feature, FeatureFlow, Row
    from segfw.sets.addresses import Prefix
    from segfw.settings.checks.case import Case
    from segfw.settings.types import Network


def management_is_private_outside(case: Case) -> Iterator[tuple[str, str]]:
    """On an external interface, management, quarantines and relays take private sources only."""
    for feature, _ in case.features():
        if not strict(feature) or not case.has_ingress(feature):
            continue
        external = [interface.name for interface in case.ingress(feature) if interface.external]
        if not external:
            continue
        names = sorted(
            {
                name
                for flow, _ in case.flows(feature)
                if flow.direction is Direction.INGRESS
                for name in case.peer_names(feature, flow)
            }
        )
        for network in case.networks(tuple(names)):
            what = public_part(network)
            if what is not None:
                yield (
                    f"features.{feature.id}",
                    (
                        f'"{network.name}" holds {what}, and {quoted_list(external)} can be '
                        "reached from the internet; admit private addresses only, or move the role "
                        f"{feature.role.value if feature.role else ''} to an interface that is not "
                        "external."
                    ),
                )


def public_part(network: Network) -> str | None:
    """What of *network* is not known to be private; None where everything is."""
    for prefix in network.prefixes:
        if not is_private(prefix):
            return f"{prefix}, which is public"
    return None


def internet_needs_an_external_interface(case: Case) -> Iterator[tuple[str, str]]:
    """What the internet connects to sits where the internet can reach it."""
    for feature, _ in case.features():
        wanted = any(
            flow.direction is Direction.INGRESS and INTERNET in case.peer_names(feature, flow)
            for flow, _ in case.flows(feature)
        )
        wanted = wanted and feature.network == INTERNET
        inside = [i.name for i in case.ingress(feature) if not i.external]
        if wanted and inside:
            yield (
                f"features.{feature.id}",
                (
                    f"accepts connections from the internet on {quoted_list(inside)}, which is not "
                    "external; write external: true there, move the role "
                    f"{feature.role.value if feature.role else ''}, or name networks with "
                    f"{feature.peer_option}: [...]."
                ),
            )


def peers_have_a_size(case: Case) -> Iterator[tuple[str, str]]:
    """The networks of one feature hold no more addresses together than design D9 allows."""
    for feature, _ in case.features():
        names = {name for flow, _ in case.flows(feature) for name in case.peer_names(feature, flow)}
        networks = case.networks(tuple(sorted(names)))
        prefixes = tuple(prefix for network in networks for prefix in network.prefixes)
        if any(prefix.whole for prefix in prefixes):
            continue
        said = quoted_list(network.name for network in networks)
        for family, held in sizes(prefixes).items():
            management = feature.role is Role.MANAGEMENT
            message = _too_many_managers(family, held.size()) if management else None
            if not management and len(networks) > 1:
                message = too_many(family, held)
            if message is not None:
                yield (
                    f"features.{feature.id}",
                    f"its networks ({said}) hold {message}; name smaller ones.",
                )


def _too_many_managers(family: Family, size: int) -> str | None:
    if family is Family.IPV4:
        most = limits.MANAGEMENT_IPV4_ADDRESSES
        if size > most:
            return f"{size:,} IPv4 addresses, more than the {most:,} that may manage a gateway"
        return None
    most, length = limits.MANAGEMENT_IPV6_SUBNETS, limits.MANAGEMENT_IPV6_LENGTH
    count = networks_in(size, length)
    if count > most:
        return (
            f"{count:,} IPv6 networks of /{length}, more than the {most:,} that may manage a "
            "gateway"
        )
    return None


def ranges_have_close_peers(case: Case) -> Iterator[tuple[str, str]]:
    """A row with a range of ports is never open to the internet, nor to a large network."""
    for feature, _ in case.features():
        seen: set[tuple[str, str]] = set()
        for flow, row in case.flows(feature):
            if not _is_range(case, feature, flow, row):
                continue
            for found in _wide(case, feature, flow, row):
                if found not in seen:
                    seen.add(found)
                    yield found


def _is_range(case: Case, feature: Feature, flow: FeatureFlow, row: Row) -> bool:
    return any(first != last for first, last in row.ports) and case.ports(
        feature, flow
    ) == default_ports(row)


def _wide(case: Case, feature: Feature, flow: FeatureFlow, row: Row) -> Iterator[tuple[str, str]]:
    path = f"features.{feature.id}"
    ports = ", ".join(f"{first}-{last}" for first, last in row.ports)
    for network in case.networks(case.peer_names(feature, flow)):
        for prefix in network.prefixes:
            if not prefix.whole and _short(prefix):
                yield (
                    path,
                    (
                        f'needs ports {ports}, and {prefix} of "{network.name}" is larger than a '
                        f"/{_shortest(prefix)}; name the servers themselves."
                    ),
                )
        reference = network.references.get(case.cloud) if case.cloud else None
        if reference is not None and reference.kind in OPAQUE:
            yield (
                path,
                (
                    f'needs ports {ports}, and how many addresses "{network.name}" has is not '
                    "known; list its prefixes."
                ),
            )
    if flow.peer is PeerKind.HOSTS:
        yield from _wide_hosts(case, path, ports, row)


def _wide_hosts(case: Case, path: str, ports: str, row: Row) -> Iterator[tuple[str, str]]:
    for host in row.hosts:
        name = host if host in case.settings.hosts else "default"
        chosen = case.settings.hosts.get(name)
        if chosen is None:
            continue
        if chosen.strategy is Strategy.INTERNET:
            yield (
                path,
                (
                    f'needs ports {ports} to "{host}", and they are never opened to the internet; '
                    f"give hosts.{host} prefixes or a proxy."
                ),
            )
        for prefix in chosen.prefixes:
            if not prefix.whole and _short(prefix):
                yield (
                    path,
                    (
                        f'needs ports {ports} to "{host}", and {prefix} is larger than a '
                        f"/{_shortest(prefix)}; give the host's own addresses."
                    ),
                )


def _short(prefix: Prefix) -> bool:
    return prefix.length < _shortest(prefix)


def _shortest(prefix: Prefix) -> int:
    v4 = prefix.family is Family.IPV4
    return limits.RANGE_IPV4_LENGTH if v4 else limits.RANGE_IPV6_LENGTH


CHECKS = (
    management_is_private_outside,
    internet_needs_an_external_interface,
    peers_have_a_size,
    ranges_have_close_peers,
)
