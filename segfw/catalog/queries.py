"""Questions about the catalog that have one answer, whatever a stack chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Exposure, Protocol

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog, Row

FIRST_EPHEMERAL = 1024
"""Where the ports that a client may come from begin; services from here up need a guard (D6)."""


def covering_features(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Each row's id to the features that may reach it, in the catalog's order; often several."""
    return {
        row: tuple(
            feature.id
            for feature in catalog.features.values()
            if any(flow.row == row for flow in feature.flows)
        )
        for row in catalog.rows
    }


def reachable_rows(catalog: Catalog, feature: str) -> tuple[Row, ...]:
    """The rows that *feature* reaches under some choice of its options, in the table's order.

    Raises:
        KeyError: there is no such feature.
    """
    reached = {flow.row for flow in catalog.features[feature].flows}
    return tuple(row for row in catalog.rows.values() if row.id in reached)


def guarded_ports(catalog: Catalog) -> frozenset[int]:
    """The default TCP ports, from 1024 up, of rows whose published host is the gateway itself.

    A network ACL's wide ranges for replies reach them, so it denies them first.
    """
    return frozenset(
        port
        for row in catalog.rows.values()
        if row.guarded and Protocol.TCP in row.protocols
        for port in single_ports(row)
        if port >= FIRST_EPHEMERAL
    )


def listening_ports(catalog: Catalog) -> frozenset[tuple[Protocol, int]]:
    """Protocol and port of every service that the gateway offers, alternatives included."""
    return frozenset(
        (protocol, port)
        for row in catalog.rows.values()
        if row.listens
        for protocol in row.protocols
        for port in single_ports(row)
    )


def cleartext_rows(catalog: Catalog) -> tuple[Row, ...]:
    """The rows whose protocol is in the clear, in the table's order."""
    return tuple(row for row in catalog.rows.values() if row.cleartext is not None)


def internet_ports(
    catalog: Catalog, direction: Direction = Direction.INGRESS
) -> frozenset[tuple[Protocol, int]]:
    """Protocol and port of the rows that may face the whole internet in *direction*."""
    return frozenset(
        (protocol, port)
        for row in catalog.rows.values()
        if row.exposure is Exposure.INTERNET and direction in row.directions and row.no_rule is None
        for protocol in row.protocols
        for port in single_ports(row)
    )


def single_ports(row: Row) -> tuple[int, ...]:
    """The row's default and alternative ports; none for a range or for ICMP."""
    return (*(first for first, last in row.ports if first == last), *row.alternatives)


def jurisdiction(catalog: Catalog, region: str) -> str | None:
    """Where a region of AWS or Azure lies; None where the catalog does not know it."""
    known = [start for start in catalog.jurisdictions if region.startswith(start)]
    return catalog.jurisdictions[max(known, key=len)] if known else None
