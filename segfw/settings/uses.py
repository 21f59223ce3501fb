"""What the features of a stack use: their flows, far ends and interfaces.

Checks ask it while the settings are read, remarks and the checklist once they are sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind, Role
from segfw.effective import active_flows, row_ports
from segfw.resolve import DEFAULT_HOST, SELF
from segfw.sets.addresses import PRIVATE, Prefix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.sets.ports import PortSet
    from segfw.settings.types import FeatureSettings, Interface, Network, Settings

PRIVATE_SERVICES = (
    "quarantine-https",
    "quarantine-http",
    "relay-mail",
    "qmqp",
    "sma-mail",
)
"""Services with the role private that D9 treats as management on an external interface: what
shows held mail, and what relays for whoever reaches it."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Uses:
    """Settings and catalog, and the questions that concern both."""

    settings: Settings
    catalog: Catalog
    cisco_region: str | None
    """None where it could not be read, or is none: then the rows of every region hold."""

    @classmethod
    def of(cls, settings: Settings, catalog: Catalog) -> Uses:
        """The questions about settings that are sound."""
        region = settings.gateway.cisco_region
        return Uses(settings=settings, catalog=catalog, cisco_region=region)

    def features(self) -> Iterator[tuple[Feature, FeatureSettings]]:
        """The features that are on, with what the catalog says of them."""
        for name, chosen in self.settings.features.items():
            yield self.catalog.features[name], chosen

    def flows(self, feature: Feature) -> Iterator[tuple[FeatureFlow, Row]]:
        """The feature's flows that hold in this stack: for its options and Cisco region."""
        return iter(self._flows[feature.id])

    @cached_property
    def _flows(self) -> dict[str, tuple[tuple[FeatureFlow, Row], ...]]:
        region = self.cisco_region
        return {
            name: tuple(
                (flow, row)
                for flow in active_flows(feature, self.settings.features)
                for row in (self.catalog.rows[flow.row],)
                if not row.regions or region is None or region in row.regions
            )
            for name, feature in self.catalog.features.items()
            if name in self.settings.features
        }

    def every_flow(self) -> Iterator[tuple[Feature, FeatureFlow, Row]]:
        """The flows of all features that are on."""
        for feature, _ in self.features():
            for flow, row in self.flows(feature):
                yield feature, flow, row

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

    def hosts(self, feature: Feature, flow: FeatureFlow, row: Row) -> Iterator[str]:
        """The names under ``hosts`` whose strategy a flow's far end follows."""
        replaced = flow.replaceable and self.settings.features[feature.id].peers is not None
        if flow.peer is PeerKind.HOSTS and not replaced:
            for host in row.hosts:
                yield host if host in self.settings.hosts else DEFAULT_HOST

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


def strict(feature: Feature) -> bool:
    """D9 keeps the feature's ingress from public sources on an external interface."""
    return feature.role is Role.MANAGEMENT or feature.id in PRIVATE_SERVICES


def is_private(prefix: Prefix) -> bool:
    """Every address of *prefix* is private."""
    return any(block.holds(prefix) for block in PRIVATE)
