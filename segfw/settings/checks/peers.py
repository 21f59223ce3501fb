"""Peers of features: networks that exist, and hosts with a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import PeerKind
from segfw.resolve import DEFAULT_HOST, INTERNET, SELF
from segfw.settings.checks.missing import declaration, near_network, no_such_network
from segfw.settings.types import Cloud
from segfw.settings.words import quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.settings.checks.case import Case


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
                yield path, no_such_network(name, case)


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
                _needs(name, feature.peer_option, near_network(name, case)),
            )


def _needs(name: str, option: str | None, near: str | None) -> str:
    missing = f'needs the network "{name}", which is not there'
    if near is not None:
        return f'{missing}; call "{near}" so, or write {option}: [{near}].'
    return f"{missing}; {declaration(name)}, or name others with {option}: [...]."


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
    for feature, flow, row in case.every_flow():
        for name in case.peer_names(feature, flow):
            users.setdefault(name, set()).add(feature.id)
        for host in case.hosts(feature, flow, row):
            chosen = case.settings.hosts.get(host)
            if chosen is not None and chosen.network is not None:
                users.setdefault(chosen.network, set()).add(feature.id)
    for flow in case.settings.custom_flows:
        users.setdefault(flow.network, set()).add(flow.name)
    return users


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
    if DEFAULT_HOST in case.host_names:
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


CHECKS = (
    pinned_interfaces_exist,
    ingress_has_an_interface,
    given_networks_exist,
    default_networks_exist,
    networks_have_something_here,
    hosts_have_a_strategy,
    self_has_a_group,
    given_networks_are_used,
)
