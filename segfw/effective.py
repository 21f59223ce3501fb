"""Effective rows: the catalog's ports with this stack's choices laid over them.

A port option belongs to its feature: a smart host's port changes nothing about other
mail. A row that a feature only implies (design D2) follows the feature that owns it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from segfw.catalog.model import OptionKind, Protocol
from segfw.sets.headerspace import Service
from segfw.sets.ports import PortRange, PortSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.settings.types import FeatureSettings

    Features = Mapping[str, FeatureSettings]

GUARDED_FROM = 1024
"""Below it no ephemeral port lies, so nothing needs a guard there (IANA system ports)."""


def active_flows(feature: Feature, features: Features) -> Iterator[FeatureFlow]:
    """The feature's flows whose conditions on options and other features hold."""
    chosen = features[feature.id]
    for flow in feature.flows:
        if flow.with_feature is not None and flow.with_feature not in features:
            continue
        if all(chosen.options.get(name) in values for name, values in flow.when.items()):
            yield flow


def chosen_port(feature: Feature, row: str, features: Features) -> int | None:
    """The port that the feature's own options set for *row*; None where they set none."""
    chosen = features.get(feature.id)
    if chosen is None:
        return None
    for option in feature.options.values():
        is_port = option.kind in (OptionKind.PORT, OptionKind.PORT_CHOICE)
        if is_port and row in option.rows:
            port = chosen.options.get(option.name)
            if isinstance(port, int) and not isinstance(port, bool):
                return port
    return None


def row_ports(flow: FeatureFlow, feature: Feature, features: Features, catalog: Catalog) -> PortSet:
    """The destination ports that *flow* of *feature* uses in this stack."""
    row = catalog.rows[flow.row]
    owners = [feature]
    if flow.implied:
        owners += _owners(catalog, row)
    elif flow.with_feature is not None:
        owners.append(catalog.features[flow.with_feature])
    for owner in owners:
        port = chosen_port(owner, row.id, features)
        if port is not None:
            return PortSet.single(port)
    return default_ports(row)


@cache
def default_ports(row: Row) -> PortSet:
    """The ports that the catalog gives *row*."""
    return PortSet.of(PortRange(first, last) for first, last in row.ports)


def listening_ports(features: Features, catalog: Catalog) -> PortSet:
    """Every port on which the gateway listens by default or by this stack's choice."""
    return _ports_of_rows(features, catalog, lambda row: row.listens)


def listening_services(features: Features, catalog: Catalog) -> tuple[Service, ...]:
    """Every service on which the gateway answers, by default or by this stack's choice."""
    found: dict[Protocol, PortSet] = {}
    for row, ports in effective_rows(features, catalog):
        if row.listens:
            for protocol in row.protocols:
                found[protocol] = found.get(protocol, PortSet()) | ports
    return tuple(
        Service.of_ports(protocol.number, ports)
        for protocol, held in found.items()
        for ports in held.ranges()
    )


def guarded_ports(features: Features, catalog: Catalog) -> PortSet:
    """The gateway's own TCP services above the system ports, default and changed (design D6)."""
    found = _ports_of_rows(
        features, catalog, lambda row: row.guarded and Protocol.TCP in row.protocols
    )
    return found - PortSet.of([PortRange(0, GUARDED_FROM - 1)])


def effective_rows(features: Features, catalog: Catalog) -> tuple[tuple[Row, PortSet], ...]:
    """Each row with its default and alternative ports and those that this stack chose."""
    chosen: dict[str, PortSet] = {}
    on = [feature for feature in catalog.features.values() if feature.id in features]
    for feature in on:
        for flow in active_flows(feature, features):
            port = chosen_port(feature, flow.row, features)
            if port is not None:
                chosen[flow.row] = chosen.get(flow.row, PortSet()) | PortSet.single(port)
    return tuple(
        (row, ports | chosen[row.id] if row.id in chosen else ports)
        for row, ports in _unchanged_rows(catalog)
    )


@cache
def _unchanged_rows(catalog: Catalog) -> tuple[tuple[Row, PortSet], ...]:
    """Each row with its default and alternative ports."""
    return tuple(
        (row, default_ports(row) | PortSet.single(*row.alternatives))
        for row in catalog.rows.values()
    )


def _ports_of_rows(features: Features, catalog: Catalog, wanted: Callable[[Row], bool]) -> PortSet:
    return PortSet.of(
        ports
        for row, held in effective_rows(features, catalog)
        if wanted(row) and not row.excludes_listening
        for ports in held.ranges()
    )


@cache
def _owners(catalog: Catalog, row: Row) -> tuple[Feature, ...]:
    """The features that have the row as their own, not only implied."""
    return tuple(
        feature
        for feature in catalog.features.values()
        if any(flow.row == row.id and not flow.implied for flow in feature.flows)
    )
