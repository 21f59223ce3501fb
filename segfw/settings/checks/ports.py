"""Ports that a stack changes: free, and the same wherever one service is meant."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Exposure, OptionKind, Protocol
from segfw.effective import chosen_port, default_ports
from segfw.resolve import INTERNET
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog, Feature, Row
    from segfw.sets.ports import PortRange
    from segfw.settings.checks.case import Case


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
                    option = port_option(feature, row)
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


@cache
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


def port_option(feature: Feature, row: Row) -> str:
    """The feature's option that sets the port of *row*."""
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


def internet_meets_no_default(case: Case) -> Iterator[tuple[str, str]]:
    """What the internet may reach is not on a port where the gateway's own services start out.

    The stack may say that such a service was moved; if it was not, the port would be open.
    """
    own: dict[int, str] = {
        port: row.title
        for row in case.catalog.rows.values()
        if row.listens and row.exposure is not Exposure.INTERNET and not row.excludes_listening
        for port in _single(default_ports(row).ranges())
    }
    listening = _listening(case)
    for feature, _ in case.features():
        for flow, row in case.flows(feature):
            if row.exposure is not Exposure.INTERNET or flow.direction is not Direction.INGRESS:
                continue
            port = chosen_port(feature, row.id, case.settings.features)
            others = listening.get((Protocol.TCP, port or 0), {}).keys() - {row.id}
            if port in own and not others and INTERNET in case.peer_names(feature, flow):
                yield (
                    f"features.{feature.id}.{port_option(feature, row)}",
                    (
                        f"{port} is where the gateway has {own[port]} unless it was moved, and the "
                        "internet would reach it; choose another port."
                    ),
                )


CHECKS = (
    internet_meets_no_default,
    changed_ports_are_free,
    services_have_one_port,
)
