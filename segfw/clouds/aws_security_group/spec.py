"""The resources of an interface's security groups, in pulumi-aws 7's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.clouds.resource import Json, id_of, without_absent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.sets.addresses import Family, Prefix

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
EXCLUSIVE = "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
ATTACHMENT = (
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
)
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"

GROUP_DESCRIPTION = "Interface of a Cisco Secure Email Gateway. Rules are managed by seg-firewall."
"""Never changes: another description would replace the group (design D5)."""


class SecurityGroupSpec(NamedTuple):
    """A security group without rules of its own; its cloud name is made by Pulumi."""

    name: str
    vpc_id: str
    tags: Mapping[str, str]

    token = GROUP

    def inputs(self) -> dict[str, Json]:
        """The group's inputs."""
        return {
            "description": GROUP_DESCRIPTION,
            "revokeRulesOnDelete": True,
            "tags": dict(self.tags),
            "vpcId": self.vpc_id,
        }


class SecurityGroupRuleSpec(NamedTuple):
    """One rule: one direction, protocol, port range (or ICMP type and code) and far end.

    Exactly one of the four far ends is set. For ICMP `from_port` is the type and
    `to_port` the code, -1 for any.
    """

    name: str
    group: str
    """The logical name of its group."""
    direction: Direction
    description: str
    ip_protocol: str
    from_port: int | None
    to_port: int | None
    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    referenced_security_group_id: str | None = None

    @property
    def token(self) -> str:
        """The rule's type, by its direction."""
        return INGRESS_RULE if self.direction is Direction.INGRESS else EGRESS_RULE

    def inputs(self) -> dict[str, Json]:
        """The rule's inputs."""
        return without_absent(
            {
                "cidrIpv4": self.cidr_ipv4,
                "cidrIpv6": self.cidr_ipv6,
                "description": self.description,
                "fromPort": self.from_port,
                "ipProtocol": self.ip_protocol,
                "prefixListId": self.prefix_list_id,
                "referencedSecurityGroupId": self.referenced_security_group_id,
                "securityGroupId": id_of(self.group),
                "toPort": self.to_port,
            }
        )


class ExclusiveSpec(NamedTuple):
    """Sole ownership of a group's rules: what others add is removed at the next update."""

    name: str
    group: str
    ingress_rules: tuple[str, ...]
    """Logical names of the group's ingress rules."""
    egress_rules: tuple[str, ...]

    token = EXCLUSIVE

    def inputs(self) -> dict[str, Json]:
        """The inputs, with the rules' ids to be."""
        return {
            "egressRuleIds": [id_of(name) for name in self.egress_rules],
            "ingressRuleIds": [id_of(name) for name in self.ingress_rules],
            "securityGroupId": id_of(self.group),
        }


class AttachmentSpec(NamedTuple):
    """One group on one network interface."""

    name: str
    group: str
    interface_key: str
    """The stable name of the network interface in the settings."""
    network_interface_id: str

    token = ATTACHMENT

    def inputs(self) -> dict[str, Json]:
        """The attachment's inputs."""
        return {
            "networkInterfaceId": self.network_interface_id,
            "securityGroupId": id_of(self.group),
        }


class PrefixListSpec(NamedTuple):
    """A managed prefix list of ours, of one family."""

    name: str
    family: Family
    entries: tuple[tuple[Prefix, str], ...]
    """Prefixes with their descriptions."""
    tags: Mapping[str, str]

    token = PREFIX_LIST

    def inputs(self) -> dict[str, Json]:
        """The list's inputs: room for just its entries, since room counts against quotas."""
        return {
            "addressFamily": self.family.label,
            "entries": [{"cidr": str(p), "description": text} for p, text in self.entries],
            "maxEntries": len(self.entries),
            "tags": dict(self.tags),
        }


SecurityGroupResource = (
    SecurityGroupSpec | SecurityGroupRuleSpec | ExclusiveSpec | AttachmentSpec | PrefixListSpec
)
