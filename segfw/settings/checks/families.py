"""Families of named prefixes: each has an interface where its flow sits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind
from segfw.sets.addresses import Family
from segfw.settings.types import Cloud, Strategy
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Feature, FeatureFlow, Row
    from segfw.sets.addresses import Prefix
    from segfw.settings.checks.case import Case
    from segfw.settings.types import Interface


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
    for name in case.hosts(feature, flow, row):
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
    azure_has_no_icmp_for_ipv6,
    families_have_an_interface,
)
