"""Peers of features: networks that exist, hosts with a strategy, families that somebody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind
from segfw.sets.addresses import Family
from segfw.settings.checks.case import INTERNET, SELF
from segfw.settings.types import Cloud, Strategy
from segfw.settings.words import quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Feature, FeatureFlow, Row
    from segfw.sets.addresses import Prefix
    from segfw.settings.checks.case import Case
    from segfw.settings.types import Interface

DEFAULT = "default"


def pinned_interfaces_exist(case: Case) -> Iterator[tuple[str, str]]:
    """A feature is pinned to an interface that is there, and that has the role for its ingress."""
    for feature, chosen in case.features():
        name = chosen.interface
        path = f"features.{feature.id}.interface"
        if name is None:
            continue
        if name not in case.interface_names:
            yield path, unknown("interface", name, case.interface_names)
            continue
        if feature.every_interface:
            yield path, f"{feature.id} belongs on every interface; take it out."
            continue
        interface = case.settings.interfaces.get(name)
        role = feature.role
        if interface is None or role is None or not case.has_ingress(feature):
            continue
        if role not in interface.roles:
            yield (
                path,
                (
                    f'"{name}" has not the role {role.value}, where connections to {feature.id} '
                    "come in; give it the role, or name an interface that has it."
                ),
            )


def ingress_has_an_interface(case: Case) -> Iterator[tuple[str, str]]:
    """Some interface has the role that a feature's ingress needs."""
    if not case.all_interfaces or not case.settings.interfaces:
        return
    for feature, chosen in case.features():
        role = feature.role
        if role is None or chosen.interface is not None or not case.has_ingress(feature):
            continue
        if not case.ingress(feature):
            yield (
                f"features.{feature.id}",
                (
                    f"connections to it come in where the role {role.value} is, and no interface "
                    "has it; give it to one, or switch the feature off."
                ),
            )


def given_networks_exist(case: Case) -> Iterator[tuple[str, str]]:
    """Networks that a feature names are there."""
    for feature, chosen in case.features():
        for name in chosen.peers or ():
            path = f"features.{feature.id}.{feature.peer_option}[{name}]"
            if name == INTERNET:
                default = feature.network == INTERNET
                way = (
                    f"leave {feature.peer_option} out"
                    if default
                    else "name the networks that are meant"
                )
                yield path, f'"internet" is no network; {way}.'
            elif name not in case.network_names:
                yield path, unknown("network", name, case.network_names)


def default_networks_exist(case: Case) -> Iterator[tuple[str, str]]:
    """A feature's default network is there where the feature names no other."""
    for feature, chosen in case.features():
        if chosen.peers is not None:
            continue
        missing = {
            name
            for flow, _ in case.flows(feature)
            if flow.peer is PeerKind.NETWORK
            for name in case.peer_names(feature, flow)
            if name not in (INTERNET, SELF) and name not in case.network_names
        }
        for name in sorted(missing):
            yield (
                f"features.{feature.id}",
                (
                    f'needs the network "{name}", which is not there; add it to networks, or name '
                    f"others with {feature.peer_option}: [...]."
                ),
            )


def networks_have_something_here(case: Case) -> Iterator[tuple[str, str]]:
    """A network that is used has prefixes, or a reference of this stack's cloud."""
    if case.cloud is None:
        return
    for name, users in _users(case).items():
        network = case.settings.networks.get(name)
        if network is None or network.prefixes or not network.references:
            continue
        if case.cloud not in network.references:
            yield (
                f"networks.{name}",
                (
                    f"holds nothing on {case.cloud.value}, where {quoted_list(sorted(users))} "
                    f"{'uses' if len(users) == 1 else 'use'} it; list its prefixes."
                ),
            )


def _users(case: Case) -> dict[str, set[str]]:
    """Networks by the features that use them."""
    users: dict[str, set[str]] = {}
    for feature, _ in case.features():
        for flow, _ in case.flows(feature):
            for name in case.peer_names(feature, flow):
                users.setdefault(name, set()).add(feature.id)
        for host in _hosts(case, feature):
            chosen = case.settings.hosts.get(host if host in case.settings.hosts else DEFAULT)
            if chosen is not None and chosen.network is not None:
                users.setdefault(chosen.network, set()).add(feature.id)
    for flow in case.settings.custom_flows:
        users.setdefault(flow.network, set()).add(flow.name)
    return users


def _hosts(case: Case, feature: Feature) -> set[str]:
    """The hosts that a feature needs a strategy for."""
    replaced = case.settings.features[feature.id].peers is not None
    return {
        host
        for flow, row in case.flows(feature)
        if flow.peer is PeerKind.HOSTS and not (flow.replaceable and replaced)
        for host in row.hosts
    }


def given_networks_are_used(case: Case) -> Iterator[tuple[str, str]]:
    """Networks that a feature names are the peers of something that its options open."""
    for feature, chosen in case.features():
        flows = [flow for flow, _ in case.flows(feature)]
        if not chosen.peers or not flows or chosen.options.get("peer") == SELF:
            continue
        if not any(case.peer_names(feature, flow) for flow in flows):
            yield (
                f"features.{feature.id}.{feature.peer_option}",
                (
                    "names networks, and nothing that the feature opens with these options goes "
                    "to a network; set the option that needs them, or leave them out."
                ),
            )


def hosts_have_a_strategy(case: Case) -> Iterator[tuple[str, str]]:
    """Each host that is needed has its own strategy, or the stack has one for all."""
    if DEFAULT in case.host_names:
        return
    for feature, chosen in case.features():
        missing: dict[str, None] = {}
        for flow, row in case.flows(feature):
            if flow.peer is PeerKind.HOSTS and not (flow.replaceable and chosen.peers is not None):
                missing |= {host: None for host in row.hosts if host not in case.host_names}
        if missing:
            names = list(missing)
            they = "has" if len(names) == 1 else "have"
            yield (
                f"features.{feature.id}",
                (
                    f"{quoted_list(names)} {they} no published addresses and no strategy; under "
                    "hosts, give prefixes, internet or a proxy, for each or as default."
                ),
            )


def self_has_a_group(case: Case) -> Iterator[tuple[str, str]]:
    """The security group itself is a peer only where the stack attaches it, on AWS."""
    for feature, chosen in case.features():
        if chosen.options.get("peer") != SELF:
            continue
        path = f"features.{feature.id}.peer"
        if case.cloud is Cloud.AZURE:
            yield (
                path,
                "self is a security group, which Azure has not; take it out and name networks.",
            )
        if chosen.peers is not None:
            yield path, f"self and {feature.peer_option} say two things; leave one of them out."
        for interface in case.ingress(feature) if case.cloud is Cloud.AWS else ():
            if not interface.security_group.attach:
                yield (
                    path,
                    (
                        f'self is whoever has the security group of "{interface.name}", and nobody '
                        f"has: name network interfaces in interfaces.{interface.name}."
                        "securityGroup.attach."
                    ),
                )


def azure_has_no_icmp_for_ipv6(case: Case) -> Iterator[tuple[str, str]]:
    """On Azure, pings come from IPv4 networks only."""
    if case.cloud is not Cloud.AZURE:
        return
    wanted = [
        (f"features.{feature.id}", name)
        for feature, _ in case.features()
        for flow, row in case.flows(feature)
        if row.icmp is not None and flow.peer is PeerKind.NETWORK
        for name in case.peer_names(feature, flow)
    ]
    wanted += [
        (f"features.custom-flow[{flow.name}]", flow.network)
        for flow in case.settings.custom_flows
        if flow.protocol is None
    ]
    for path, name in sorted(set(wanted)):
        for network in case.networks((name,)):
            for prefix in network.prefixes:
                if prefix.family is Family.IPV6:
                    yield (
                        path,
                        (
                            f'{prefix} of "{name}" is IPv6, and NSGs have no ICMP for IPv6; name a '
                            "network without it."
                        ),
                    )


def families_have_an_interface(case: Case) -> Iterator[tuple[str, str]]:
    """A prefix that somebody names has an interface of its family where its flow sits."""
    lost: dict[tuple[str, str], list[str]] = {}
    for user, path, prefix, homes, every in _placed(case):
        without = [home for home in homes if prefix.family not in home.families]
        if without and (every or len(without) == len(homes)):
            names = quoted_list(sorted({home.name for home in without}))
            users = lost.setdefault((f"{path}[{prefix}]", names), [])
            if user not in users:
                users.append(user)
    for (path, homes), users in lost.items():
        family = Family.IPV6 if ":" in path.rpartition("[")[2] else Family.IPV4
        yield (
            path,
            (
                f"is {family.label}, and {homes}, where {quoted_list(users)} would use it, has no "
                f"{family.keyword}; add it to the families there, or take the prefix out."
            ),
        )


def _placed(case: Case) -> Iterator[tuple[str, str, Prefix, tuple[Interface, ...], bool]]:
    """Every named prefix with its user, what names it, and the interfaces it is met on.

    The last says whether each of them needs the prefix's family: what is sent out by
    several interfaces is sent by all of them, what comes in may come by any.
    """
    for feature, _ in case.features():
        for flow, row in case.flows(feature):
            for path, prefix in _prefixes(case, feature, flow, row):
                homes = _homes(case, feature, flow.direction, prefix)
                yield feature.id, path, prefix, homes, flow.direction is Direction.EGRESS
    for flow in case.settings.custom_flows:
        home = case.settings.interfaces.get(flow.interface)
        for network in case.networks((flow.network,)):
            for prefix in network.prefixes:
                yield (
                    flow.name,
                    f"networks.{network.name}",
                    prefix,
                    (home,) if home is not None else (),
                    True,
                )


def _prefixes(
    case: Case, feature: Feature, flow: FeatureFlow, row: Row
) -> Iterator[tuple[str, Prefix]]:
    """The named prefixes of a flow that its protocols can carry, with what names them."""
    carried = {protocol.family for protocol in flow.protocols or row.protocols}
    for network in case.networks(case.peer_names(feature, flow)):
        for prefix in network.prefixes:
            if None in carried or prefix.family.value in carried:
                yield f"networks.{network.name}", prefix
    if flow.peer is PeerKind.HOSTS and not (
        flow.replaceable and case.settings.features[feature.id].peers is not None
    ):
        for host in row.hosts:
            name = host if host in case.settings.hosts else DEFAULT
            chosen = case.settings.hosts.get(name)
            if chosen is None:
                continue
            if chosen.strategy is Strategy.PREFIXES:
                yield from ((f"hosts.{name}", prefix) for prefix in chosen.prefixes)
            elif chosen.strategy is Strategy.PROXY and chosen.network is not None:
                for network in case.networks((chosen.network,)):
                    yield from ((f"networks.{network.name}", p) for p in network.prefixes)


def _homes(
    case: Case, feature: Feature, direction: Direction, prefix: Prefix
) -> tuple[Interface, ...]:
    """The interfaces on which the flow to or from *prefix* sits; none where that is not known."""
    chosen = case.settings.features[feature.id]
    if direction is Direction.INGRESS or chosen.interface is not None:
        return case.ingress(feature)
    if case.routing is None:
        return ()
    return tuple(case.settings.interfaces[name] for name in case.routing.split(prefix))


CHECKS = (
    pinned_interfaces_exist,
    ingress_has_an_interface,
    given_networks_exist,
    default_networks_exist,
    networks_have_something_here,
    hosts_have_a_strategy,
    self_has_a_group,
    azure_has_no_icmp_for_ipv6,
    families_have_an_interface,
    given_networks_are_used,
)
