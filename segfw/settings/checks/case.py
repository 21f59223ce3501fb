"""What a check sees, and the questions that several of them ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind, Role
from segfw.effective import active_flows, row_ports
from segfw.routing import Routing
from segfw.sets.addresses import PRIVATE, AddressSet, Family, Prefix
from segfw.settings.types import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.sets.ports import PortSet
    from segfw.settings.node import Node
    from segfw.settings.tree import Tree
    from segfw.settings.types import (
        Cloud,
        FeatureSettings,
        Gateway,
        Interface,
        Network,
        Settings,
    )

INTERNET = "internet"
SELF = "self"
PRIVATE_SERVICES = (
    "quarantine-https",
    "quarantine-http",
    "relay-mail",
    "qmqp",
    "sma-mail",
)
"""Services with the role private that D9 treats as management on an external interface: what
shows held mail, and what relays for whoever reaches it."""


class AnyName(frozenset[str]):
    """The names of a section that could not be read: any name may have been there."""

    def __contains__(self, name: object) -> bool:
        """It may."""
        return True


@dataclass(frozen=True, kw_only=True)
class Case:
    """Settings as far as they could be read, and what else a check may look at.

    ``settings`` holds only sound entries; the name sets also hold those with problems.
    """

    settings: Settings
    catalog: Catalog
    today: date
    tree: Tree
    cloud: Cloud | None
    """None where the cloud could not be read."""
    gateway: Gateway | None
    """None where there is none; what of it could not be read has the mildest value."""
    cisco_region: str | None
    """None where it could not be read, or is none."""
    network_names: frozenset[str]
    interface_names: frozenset[str]
    feature_names: frozenset[str]
    host_names: frozenset[str]

    @property
    def production(self) -> bool:
        """The stack is known to be a production stack."""
        return self.gateway is not None and self.gateway.environment is Environment.PROD

    @cached_property
    def all_interfaces(self) -> bool:
        """Every interface could be read."""
        return set(self.interface_names) == set(self.settings.interfaces)

    @cached_property
    def routing(self) -> Routing | None:
        """Where the gateway sends what it opens; None where that cannot be known."""
        interfaces = self.settings.interfaces.values()
        defaults = [interface for interface in interfaces if interface.default_route]
        routes = {name for interface in interfaces for name in interface.routes}
        if not self.all_interfaces or len(defaults) != 1 or routes - set(self.settings.networks):
            return None
        return Routing.of(self.settings)

    def features(self) -> Iterator[tuple[Feature, FeatureSettings]]:
        """The features that are on, with what the catalog says of them."""
        for name, chosen in self.settings.features.items():
            yield self.catalog.features[name], chosen

    def flows(self, feature: Feature) -> Iterator[tuple[FeatureFlow, Row]]:
        """The feature's flows that hold in this stack: for its options, region and release."""
        region = self.cisco_region
        for flow in active_flows(feature, self.settings.features):
            row = self.catalog.rows[flow.row]
            if not row.regions or region is None or region in row.regions:
                yield flow, row

    def ports(self, feature: Feature, flow: FeatureFlow) -> PortSet:
        """The destination ports of a flow in this stack."""
        return row_ports(flow, feature, self.settings.features, self.catalog)

    def peer_names(self, feature: Feature, flow: FeatureFlow) -> tuple[str, ...]:
        """The networks that a flow's far end is made of; ``internet`` and ``self`` among them."""
        chosen = self.settings.features[feature.id]
        if flow.peer is PeerKind.NETWORK:
            if chosen.options.get("peer") == SELF:
                return (SELF,)
            if chosen.peers is not None:
                return chosen.peers
            default = flow.network or feature.network
            return (default,) if default else ()
        if flow.peer is PeerKind.HOSTS and flow.replaceable and chosen.peers is not None:
            return chosen.peers
        return ()

    def networks(self, names: tuple[str, ...]) -> tuple[Network, ...]:
        """The networks of these names that could be read."""
        return tuple(
            self.settings.networks[name] for name in names if name in self.settings.networks
        )

    def ingress(self, feature: Feature) -> tuple[Interface, ...]:
        """The interfaces on which the feature's ingress sits."""
        chosen = self.settings.features[feature.id]
        interfaces = self.settings.interfaces
        if chosen.interface is not None:
            pinned = interfaces.get(chosen.interface)
            return (pinned,) if pinned is not None else ()
        return tuple(
            interface
            for interface in interfaces.values()
            if feature.every_interface or feature.role in interface.roles
        )

    def has_ingress(self, feature: Feature) -> bool:
        """The feature opens something towards the gateway, with this stack's options."""
        return any(flow.direction is Direction.INGRESS for flow, _ in self.flows(feature))

    def given(self, path: str) -> Node | None:
        """What the stack wrote at *path*; None where it wrote nothing."""
        node: Node | None = self.tree.settings
        for key in path.split("."):
            node = node.mapping().get(key) if node is not None else None
        return node


def is_private(prefix: Prefix) -> bool:
    """Every address of *prefix* is private."""
    return any(block.holds(prefix) for block in PRIVATE)


def sizes(prefixes: tuple[Prefix, ...]) -> dict[Family, AddressSet]:
    """The union of *prefixes*, by family."""
    return {
        family: AddressSet.of(family, (p for p in prefixes if p.family is family))
        for family in Family
    }


def strict(feature: Feature) -> bool:
    """D9 keeps the feature's ingress from public sources on an external interface."""
    return feature.role is Role.MANAGEMENT or feature.id in PRIVATE_SERVICES
