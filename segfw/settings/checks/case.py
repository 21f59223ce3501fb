"""What a check sees, and the questions that several of them ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segfw.routing import Routing
from segfw.sets.addresses import AddressSet, Family, Prefix
from segfw.settings.types import Cloud, Environment
from segfw.settings.uses import Uses

if TYPE_CHECKING:
    from datetime import date

    from segfw.settings.node import Node
    from segfw.settings.tree import Tree
    from segfw.settings.types import Gateway


class AnyName(frozenset[str]):
    """The names of a section that could not be read: any name may have been there."""

    def __contains__(self, name: object) -> bool:
        """It may."""
        return True


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Case(Uses):
    """Settings as far as they could be read, and what else a check may look at.

    ``settings`` holds only sound entries; the name sets also hold those with problems.
    """

    today: date
    tree: Tree
    cloud: Cloud | None
    """None where the cloud could not be read."""
    gateway: Gateway | None
    """None where there is none; what of it could not be read has the mildest value."""
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
    def usual_networks(self) -> frozenset[str]:
        """The names that features have for their networks unless a stack says others."""
        features = self.catalog.features.values()
        flows = (flow for feature in features for flow in feature.flows)
        names = {each.network for each in (*features, *flows)}
        return frozenset(name for name in names if name is not None)

    @cached_property
    def routing(self) -> Routing | None:
        """Where the gateway sends what it opens; None where that cannot be known."""
        interfaces = self.settings.interfaces.values()
        defaults = [interface for interface in interfaces if interface.default_route]
        routes = {name for interface in interfaces for name in interface.routes}
        if not self.all_interfaces or len(defaults) != 1 or routes - set(self.settings.networks):
            return None
        return Routing.of(self.settings)

    def given(self, path: str) -> Node | None:
        """What the stack wrote at *path*; None where it wrote nothing."""
        node: Node | None = self.tree.settings
        for key in path.split("."):
            node = node.mapping().get(key) if node is not None else None
        return node


def region_key(cloud: Cloud) -> str:
    """The provider's own key for the region."""
    return "aws:region" if cloud is Cloud.AWS else "azure-native:location"


def sizes(prefixes: tuple[Prefix, ...]) -> dict[Family, AddressSet]:
    """The union of *prefixes*, by family."""
    return {
        family: AddressSet.of(family, (p for p in prefixes if p.family is family))
        for family in Family
    }
