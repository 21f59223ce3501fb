"""The gateway is protected by construction (design D9): who may reach what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import Direction, OptionKind, PeerKind, Protocol, Role
from segfw.effective import chosen_port, default_ports
from segfw.sets.addresses import Family
from segfw.settings.checks.case import INTERNET, is_private, sizes, strict
from segfw.settings.checks.networks import too_many
from segfw.settings.types import ReferenceKind, Strategy
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.sets.addresses import Prefix
    from segfw.sets.ports import PortRange
    from segfw.settings.checks.case import Case
    from segfw.settings.types import Network

OPAQUE = (ReferenceKind.PREFIX_LIST, ReferenceKind.SERVICE_TAG)
"""References whose members may be public addresses."""
IPV6_SUBNET_LENGTH = 64


def management_is_private_outside(case: Case) -> Iterator[tuple[str, str]]:
    """On an external interface, management and quarantines take private sources only."""
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
            what = public_part(case, network)
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


def public_part(case: Case, network: Network) -> str | None:
    """What of *network* is not known to be private; None where everything is."""
    for prefix in network.prefixes:
        if not is_private(prefix):
            return f"{prefix}, which is public"
    reference = network.references.get(case.cloud) if case.cloud else None
    if reference is not None and reference.kind in OPAQUE:
        kind = "prefix list" if reference.kind is ReferenceKind.PREFIX_LIST else "service tag"
        return f"a {kind}, whose addresses may be public"
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
    most = limits.MANAGEMENT_IPV6_SUBNETS
    if size > most << (Family.IPV6.bits - IPV6_SUBNET_LENGTH):
        return f"more than the {most} IPv6 /{IPV6_SUBNET_LENGTH} that may manage a gateway"
    return None


def management_takes_no_tags(case: Case) -> Iterator[tuple[str, str]]:
    """Who may manage the gateway is known by address, not by a service tag."""
    for feature, _ in case.features():
        if feature.role is not Role.MANAGEMENT or case.cloud is None:
            continue
        names = {name for flow, _ in case.flows(feature) for name in case.peer_names(feature, flow)}
        for network in case.networks(tuple(sorted(names))):
            reference = network.references.get(case.cloud)
            if reference is not None and reference.kind is ReferenceKind.SERVICE_TAG:
                yield (
                    f"features.{feature.id}",
                    (
                        f'"{network.name}" is a service tag, and how many addresses it has is not '
                        "known; name a network with prefixes."
                    ),
                )


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
        if reference is not None and reference.kind in OPAQUE and not network.prefixes:
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


def changed_ports_are_free(case: Case) -> Iterator[tuple[str, str]]:
    """A port that was changed is not one on which the gateway offers something else."""
    listening = _listening(case)
    for feature, _ in case.features():
        for flow, row in case.flows(feature):
            port = chosen_port(feature, row.id, case.settings.features)
            if port is None or not row.listens or flow.direction is not Direction.INGRESS:
                continue
            if port in default_ports(row):
                continue
            for protocol in flow.protocols or row.protocols:
                others = listening.get((protocol, port), {})
                taken = sorted({other for r, other in others.items() if r != row.id})
                if taken:
                    option = _port_option(feature, row)
                    yield (
                        f"features.{feature.id}.{option}",
                        (
                            f"{port} is the {protocol.value} port of {quoted_list(taken)} on the "
                            "gateway; choose one that is free."
                        ),
                    )


def _listening(case: Case) -> dict[tuple[Protocol, int], dict[str, str]]:
    """Protocol and port to the rows that have it in this stack, each with its feature."""
    found: dict[tuple[Protocol, int], dict[str, str]] = {}
    for row in case.catalog.rows.values():
        if not row.listens or row.excludes_listening:
            continue
        owners = _owners(case.catalog, row)
        active = [
            (feature, flow)
            for feature in owners
            if feature.id in case.settings.features
            for flow, own in case.flows(feature)
            if own.id == row.id and flow.direction is Direction.INGRESS
        ]
        for protocol in row.protocols:
            if not active:
                for port in _single(default_ports(row).ranges()):
                    name = owners[0].id if owners else row.title
                    found.setdefault((protocol, port), {}).setdefault(row.id, name)
            for feature, flow in active:
                for port in _single(case.ports(feature, flow).ranges()):
                    found.setdefault((protocol, port), {}).setdefault(row.id, feature.id)
    return found


def _single(ranges: tuple[PortRange, ...]) -> Iterator[int]:
    return (held.first for held in ranges if held.single)


def _owners(catalog: Catalog, row: Row) -> list[Feature]:
    return [
        feature
        for feature in catalog.features.values()
        if any(
            flow.row == row.id
            and not flow.implied
            and flow.with_feature is None
            and flow.direction is Direction.INGRESS
            for flow in feature.flows
        )
    ]


def _port_option(feature: Feature, row: Row) -> str:
    return next(
        option.name
        for option in feature.options.values()
        if option.kind in (OptionKind.PORT, OptionKind.PORT_CHOICE) and row.id in option.rows
    )


def services_have_one_port(case: Case) -> Iterator[tuple[str, str]]:
    """A service that several features need has one port for all, and both ends agree on it."""
    shared = {
        flow.row
        for feature in case.catalog.features.values()
        for flow in feature.flows
        if flow.implied
    }
    first: dict[str, tuple[str, str]] = {}
    for feature, _ in case.features():
        for flow, row in case.flows(feature):
            if row.id not in shared:
                continue
            ports = str(case.ports(feature, flow))
            other, said = first.setdefault(row.id, (feature.id, ports))
            if said != ports:
                yield (
                    f"features.{feature.id}",
                    (
                        f'has {row.title} on port {ports}, and "{other}" has it on {said}; the '
                        "gateway has one, write the same port for both."
                    ),
                )
        for option in feature.options.values():
            used = {
                str(case.ports(feature, flow)): flow.row
                for flow, row in case.flows(feature)
                if option.kind is OptionKind.PORT and row.id in option.rows
            }
            if len(used) > 1:
                yield (
                    f"features.{feature.id}",
                    (
                        f"would use the ports {' and '.join(sorted(used))} at its two ends; write "
                        f"{option.name}: with the one that is set on the gateways."
                    ),
                )


CHECKS = (
    management_is_private_outside,
    internet_needs_an_external_interface,
    peers_have_a_size,
    management_takes_no_tags,
    ranges_have_close_peers,
    changed_ports_are_free,
    services_have_one_port,
)
