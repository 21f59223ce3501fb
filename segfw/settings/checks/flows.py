"""The guard of the escape hatch (design D18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import Direction
from segfw.effective import default_ports, listening_ports
from segfw.resolve import INTERNET
from segfw.sets.ports import PortSet
from segfw.settings.checks.exposure import public_part
from segfw.settings.checks.missing import no_such_network
from segfw.settings.words import quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog
    from segfw.settings.checks.case import Case
    from segfw.settings.types import CustomFlow

RESERVED = ("ssh-logs", "scp-logs", "send-mail", "deliver-inside", "dns")
"""Features whose ports leave the gateway by them alone: 22, 25 and 53 of design D18."""


def _path(flow: CustomFlow) -> str:
    return f"features.custom-flow[{flow.name}]"


def custom_flows_are_few(case: Case) -> Iterator[tuple[str, str]]:
    """A stack has some custom flows, and not a second catalog."""
    count = len(case.settings.custom_flows)
    if count > limits.CUSTOM_FLOWS:
        yield (
            "features.custom-flow",
            (
                f"holds {count} flows, and a stack has at most {limits.CUSTOM_FLOWS}; "
                "see which of them a feature covers."
            ),
        )


def custom_flows_have_names_of_their_own(case: Case) -> Iterator[tuple[str, str]]:
    """No two custom flows have one name."""
    seen: set[str] = set()
    for flow in case.settings.custom_flows:
        if flow.name in seen:
            yield _path(flow), f'another flow is called "{flow.name}"; give each its own name.'
        seen.add(flow.name)


def custom_flows_have_an_interface(case: Case) -> Iterator[tuple[str, str]]:
    """A custom flow sits on an interface that is there."""
    for flow in case.settings.custom_flows:
        if flow.interface not in case.interface_names:
            yield (
                f"{_path(flow)}.interface",
                unknown("interface", flow.interface, case.interface_names),
            )


def custom_flows_have_a_network(case: Case) -> Iterator[tuple[str, str]]:
    """A custom flow's far end is a named network, never the internet."""
    for flow in case.settings.custom_flows:
        option = "from" if flow.direction is Direction.INGRESS else "to"
        path = f"{_path(flow)}.{option}[{flow.network}]"
        if flow.network == INTERNET:
            yield path, "a custom flow never has the internet as its far end; name a network."
        elif flow.network not in case.network_names:
            yield path, no_such_network(flow.network, case)


def custom_flows_have_few_ports(case: Case) -> Iterator[tuple[str, str]]:
    """A custom flow has a few ports."""
    for flow in case.settings.custom_flows:
        count = PortSet.of(flow.ports).size()
        if count > limits.CUSTOM_FLOW_PORTS:
            yield (
                f"{_path(flow)}.ports",
                (
                    f"holds {count} ports, and a custom flow has at most "
                    f"{limits.CUSTOM_FLOW_PORTS}; list those that are needed."
                ),
            )


def custom_ingress_leaves_services_alone(case: Case) -> Iterator[tuple[str, str]]:
    """What the gateway offers is opened by its feature, so that its rules hold."""
    listening = listening_ports(case.settings.features, case.catalog)
    for flow in case.settings.custom_flows:
        if flow.direction is Direction.INGRESS:
            for taken in (PortSet.of(flow.ports) & listening).ranges():
                names = quoted_list(_offering(case, PortSet.of([taken])))
                yield (
                    f"{_path(flow)}.ports",
                    (f"the gateway listens on {taken}; use {names} for it, or take it out."),
                )


def _offering(case: Case, ports: PortSet) -> list[str]:
    """The features that open one of *ports* towards the gateway."""
    found: list[str] = []
    for feature in case.catalog.features.values():
        for flow in feature.flows:
            row = case.catalog.rows[flow.row]
            if flow.implied or flow.with_feature or flow.direction is not Direction.INGRESS:
                continue
            own = default_ports(row) | PortSet.single(*row.alternatives)
            if feature.id in case.settings.features:
                own |= case.ports(feature, flow)
            if (
                row.listens
                and not row.excludes_listening
                and own & ports
                and feature.id not in found
            ):
                found.append(feature.id)
    return found


def custom_ingress_is_private_outside(case: Case) -> Iterator[tuple[str, str]]:
    """On an external interface, a custom flow takes private sources only."""
    for flow in case.settings.custom_flows:
        interface = case.settings.interfaces.get(flow.interface)
        if flow.direction is not Direction.INGRESS or interface is None or not interface.external:
            continue
        for network in case.networks((flow.network,)):
            what = public_part(network)
            if what is not None:
                yield (
                    f"{_path(flow)}.from[{flow.network}]",
                    (
                        f'holds {what}, and "{interface.name}" can be reached from the internet; '
                        "admit private addresses only."
                    ),
                )


def custom_egress_leaves_features_their_ports(case: Case) -> Iterator[tuple[str, str]]:
    """SSH, mail and DNS leave the gateway by their features only."""
    for flow in case.settings.custom_flows:
        if flow.direction is not Direction.EGRESS or flow.protocol is None:
            continue
        for taken in PortSet.of(flow.ports).ranges():
            for port, names in reserved_ports(case.catalog).items():
                if taken.first <= port <= taken.last:
                    yield (
                        f"{_path(flow)}.ports",
                        (
                            f"{port} leaves the gateway by {quoted_list(names)} only; use one of "
                            "them, or take the port out."
                        ),
                    )


def reserved_ports(catalog: Catalog) -> dict[int, dict[str, None]]:
    """SSH, mail and DNS by their ports, each with the features that they leave by."""
    found: dict[int, dict[str, None]] = {}
    for name in RESERVED:
        for flow in catalog.features[name].flows:
            for held in default_ports(catalog.rows[flow.row]).ranges():
                found.setdefault(held.first, {})[name] = None
    return found


def custom_ports_carry_something(case: Case) -> Iterator[tuple[str, str]]:
    """A custom flow lists no port twice."""
    for flow in case.settings.custom_flows:
        held = PortSet.of(flow.ports)
        if held.size() < sum(len(ports) for ports in flow.ports):
            yield f"{_path(flow)}.ports", "lists a port twice; keep one."


CHECKS = (
    custom_flows_are_few,
    custom_flows_have_names_of_their_own,
    custom_flows_have_an_interface,
    custom_flows_have_a_network,
    custom_flows_have_few_ports,
    custom_ingress_leaves_services_alone,
    custom_ingress_is_private_outside,
    custom_egress_leaves_features_their_ports,
    custom_ports_carry_something,
)
