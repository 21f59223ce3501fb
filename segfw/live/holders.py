"""What holds rules in an inventory, with its rules: groups, network ACLs and NSGs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, EGRESS_RULE, GROUP, INGRESS_RULE
from segfw.clouds.azure_nsg.spec import NSG
from segfw.flow import Point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.inventory import Inventory, Resource

POINTS = {GROUP: Point.SECURITY_GROUP, NETWORK_ACL: Point.NETWORK_ACL, NSG: Point.NSG}
RULES = (INGRESS_RULE, EGRESS_RULE)
ELSEWHERE = (
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "azure-native:network:SecurityRule",
)
"""Rules in forms that other programs use; the clouds' own answers have none of them."""
INLINE = ("ingress", "egress")


class Held(NamedTuple):
    """A security group, network ACL or NSG, and the resources that its rules are."""

    resource: Resource
    point: Point
    rules: tuple[Resource, ...] = ()
    """Of a security group; the others have their rules inside."""

    @property
    def id(self) -> str:
        """What the cloud calls it."""
        return self.resource.id

    @property
    def label(self) -> str:
        """``security group "management" (sg-0123)``, ``NSG "mail" (rg-mail)``."""
        said = self.network if self.point is Point.NSG else self.id
        known = f" ({said})" if said and said not in self.resource.name else ""
        return f'{self.point.label} "{self.resource.name}"{known}'

    @property
    def key(self) -> str:
        """What a user names it by: its id, or its name where it has none, or an id as ARM's."""
        return self.resource.name if self.point is Point.NSG else self.id or self.resource.name

    @property
    def network(self) -> str:
        """The VPC, or the resource group of an NSG; empty where it is not known."""
        field = "resourceGroupName" if self.point is Point.NSG else "vpcId"
        value = self.resource.inputs.get(field)
        return value if isinstance(value, str) else ""

    @property
    def tags(self) -> Mapping[str, Any]:
        """Its tags."""
        value = self.resource.inputs.get("tags")
        return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def held_in(inventory: Inventory) -> Iterator[Held]:
    """Every holder with its rules, in order; one that a program only reads is left out."""
    by_group: dict[str, list[Resource]] = {}
    for rule in inventory.of_type(*RULES):
        by_group.setdefault(str(rule.inputs.get("securityGroupId")), []).append(rule)
    for one in inventory.resources:
        if one.type in POINTS and not one.external:
            rules = by_group.get(one.id, []) if one.type == GROUP else []
            yield Held(one, POINTS[one.type], tuple(rules))


def other_forms(inventory: Inventory) -> Iterator[Resource]:
    """Resources whose rules have a form that is not read as rules of a holder here."""
    yield from inventory.of_type(*ELSEWHERE)
    for group in inventory.of_type(GROUP):
        if any(group.inputs.get(side) for side in INLINE):
            yield group


def attachments(inventory: Inventory) -> frozenset[tuple[str, str]]:
    """Every network interface with a security group that is on it, as far as both are known."""
    ends = (
        (one.inputs.get("networkInterfaceId"), one.inputs.get("securityGroupId"))
        for one in inventory.of_type(ATTACHMENT)
    )
    return frozenset(
        (eni, group) for eni, group in ends if isinstance(eni, str) and isinstance(group, str)
    )
