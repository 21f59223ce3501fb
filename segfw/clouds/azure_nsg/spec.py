"""A network security group with its rules, in azure-native 3's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.clouds.resource import Json, without_absent

if TYPE_CHECKING:
    from collections.abc import Mapping

NSG = "azure-native:network:NetworkSecurityGroup"
ANY = "*"


class SecurityRule(NamedTuple):
    """One rule. A single value goes to the singular field, several to the plural one, sorted."""

    name: str
    priority: int
    direction: str
    access: str
    protocol: str
    description: str
    sources: tuple[str, ...]
    """Prefixes, or one tag or ``*``; empty where application security groups are given."""
    destinations: tuple[str, ...]
    ports: tuple[str, ...]
    source_groups: tuple[str, ...] = ()
    """Ids of application security groups."""
    destination_groups: tuple[str, ...] = ()

    def inputs(self) -> dict[str, Json]:
        """The rule's inputs."""
        return without_absent(
            {
                "access": self.access,
                "description": self.description,
                **_one_or_many("destinationAddressPrefix", "es", self.destinations),
                "destinationApplicationSecurityGroups": _groups(self.destination_groups),
                **_one_or_many("destinationPortRange", "s", self.ports),
                "direction": self.direction,
                "name": self.name,
                "priority": self.priority,
                "protocol": self.protocol,
                **_one_or_many("sourceAddressPrefix", "es", self.sources),
                "sourceApplicationSecurityGroups": _groups(self.source_groups),
                "sourcePortRange": ANY,
            }
        )


def _one_or_many(field: str, plural: str, values: tuple[str, ...]) -> dict[str, Json]:
    if not values:
        return {}
    return {field: values[0]} if len(values) == 1 else {field + plural: list(values)}


def _groups(ids: tuple[str, ...]) -> Json:
    return [{"id": one} for one in ids] if ids else None


class NsgSpec(NamedTuple):
    """A network security group; its cloud name is made by Pulumi and its id never changes."""

    name: str
    resource_group_name: str
    rules: tuple[SecurityRule, ...]
    tags: Mapping[str, str]

    token = NSG

    def inputs(self) -> dict[str, Json]:
        """The group's inputs, rules by direction and priority."""
        return {
            "resourceGroupName": self.resource_group_name,
            "securityRules": [rule.inputs() for rule in self.rules],
            "tags": dict(self.tags),
        }
