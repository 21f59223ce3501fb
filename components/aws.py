"""AWS components: an interface's security groups, and its subnets' network ACL."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import pulumi
import pulumi_aws as aws

from segfw.catalog.model import Direction
from segfw.clouds.aws_security_group.spec import (
    GROUP_DESCRIPTION,
    AttachmentSpec,
    ExclusiveSpec,
    PrefixListSpec,
    SecurityGroupResource,
    SecurityGroupRuleSpec,
    SecurityGroupSpec,
)
from segfw.clouds.resource import id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segfw.clouds.aws_network_acl.spec import AclEntry, NetworkAclSpec


class GatewaySecurityGroupArgs(TypedDict):
    """What a `GatewaySecurityGroup` is made of."""

    vpc_id: pulumi.Input[str]
    """The VPC of the interface."""
    resources: Sequence[SecurityGroupResource]
    """Groups, rules, exclusive ownership and attachments, as planned."""
    network_interface_ids: Mapping[str, pulumi.Input[str]]
    """Ids of the network interfaces to attach to, by their key in the settings."""
    prefix_list_ids: Mapping[str, pulumi.Input[str]]
    """Ids of the stack's own prefix lists, by name."""
    reference_ids: Mapping[str, pulumi.Input[str]]
    """Ids of what networks refer to, by how the plan spells them."""


class GatewaySecurityGroup(pulumi.ComponentResource):
    """`seg-firewall:index:GatewaySecurityGroup`: the security groups of one interface.

    Makes, by `resources`: `ec2.SecurityGroup` (one or more), one
    `vpc.SecurityGroupIngressRule` or `vpc.SecurityGroupEgressRule` to a rule,
    `ec2.VpcSecurityGroupRulesExclusive` and `ec2.NetworkInterfaceSecurityGroupAttachment`.
    Groups take the component's `protect`; what changes with a rule never does.
    """

    group_ids: pulumi.Output[list[str]]
    """Ids of the groups, in order of their number: all of them belong on the interface."""

    def __init__(
        self,
        name: str,
        args: GatewaySecurityGroupArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Register every resource of *args* as a child named as planned."""
        super().__init__("seg-firewall:index:GatewaySecurityGroup", name, None, opts)
        self._ids: dict[str, pulumi.Input[str]] = {
            **args["reference_ids"],
            **{id_of(key): value for key, value in args["prefix_list_ids"].items()},
        }
        self._groups: list[pulumi.Output[str]] = []
        self._rules: list[pulumi.Resource] = []
        self._attachments: list[pulumi.Resource] = []
        # What removes rules comes last: a rule that moved to a new group is needed in its
        # old one until the new one is on every network interface.
        for spec in sorted(args["resources"], key=lambda each: isinstance(each, ExclusiveSpec)):
            self._register(spec, args)
        self.group_ids = pulumi.Output.all(*self._groups)
        self.register_outputs({"groupIds": self.group_ids})

    def _register(self, spec: SecurityGroupResource, args: GatewaySecurityGroupArgs) -> None:
        match spec:
            case SecurityGroupSpec():
                group = aws.ec2.SecurityGroup(
                    spec.name,
                    description=GROUP_DESCRIPTION,
                    revoke_rules_on_delete=True,
                    tags=dict(spec.tags),
                    vpc_id=args["vpc_id"],
                    # Both are settled when the group is made, and another value would
                    # replace it: an imported group keeps its own.
                    opts=pulumi.ResourceOptions(
                        parent=self, ignore_changes=["name", "description"]
                    ),
                )
                self._ids[id_of(spec.name)] = group.id
                self._groups.append(group.id)
            case SecurityGroupRuleSpec():
                rule = self._rule(spec)
                self._ids[id_of(spec.name)] = rule.security_group_rule_id
                self._rules.append(rule)
            case ExclusiveSpec():
                aws.ec2.VpcSecurityGroupRulesExclusive(
                    spec.name,
                    security_group_id=self._ids[id_of(spec.group)],
                    ingress_rule_ids=[self._ids[id_of(rule)] for rule in spec.ingress_rules],
                    egress_rule_ids=[self._ids[id_of(rule)] for rule in spec.egress_rules],
                    opts=pulumi.ResourceOptions(
                        parent=self, protect=False, depends_on=list(self._attachments)
                    ),
                )
            case AttachmentSpec():
                attachment = aws.ec2.NetworkInterfaceSecurityGroupAttachment(
                    spec.name,
                    security_group_id=self._ids[id_of(spec.group)],
                    network_interface_id=args["network_interface_ids"][spec.interface_key],
                    # A group whose rules are not there yet would deny what it is to allow.
                    opts=pulumi.ResourceOptions(
                        parent=self, protect=False, depends_on=list(self._rules)
                    ),
                )
                self._attachments.append(attachment)
            case PrefixListSpec():
                raise AssertionError(f"{spec.name} belongs to the stack, not to an interface")

    def _rule(
        self, spec: SecurityGroupRuleSpec
    ) -> aws.vpc.SecurityGroupIngressRule | aws.vpc.SecurityGroupEgressRule:
        into = spec.direction is Direction.INGRESS
        make = aws.vpc.SecurityGroupIngressRule if into else aws.vpc.SecurityGroupEgressRule
        return make(
            spec.name,
            security_group_id=self._ids[id_of(spec.group)],
            description=spec.description,
            ip_protocol=spec.ip_protocol,
            from_port=spec.from_port,
            to_port=spec.to_port,
            cidr_ipv4=spec.cidr_ipv4,
            cidr_ipv6=spec.cidr_ipv6,
            prefix_list_id=self._reference(spec.prefix_list_id),
            referenced_security_group_id=self._reference(spec.referenced_security_group_id),
            opts=pulumi.ResourceOptions(parent=self, protect=False),
        )

    def _reference(self, id_: str | None) -> pulumi.Input[str] | None:
        return None if id_ is None else self._ids.get(id_, id_)


class GatewayNetworkAclArgs(TypedDict):
    """What a `GatewayNetworkAcl` is made of."""

    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """The subnets that are given over to the interface's gateways."""
    acl: NetworkAclSpec
    """The entries, as planned."""


class GatewayNetworkAcl(pulumi.ComponentResource):
    """`seg-firewall:index:GatewayNetworkAcl`: the network ACL of one interface's subnets.

    Makes one `ec2.NetworkAcl` with its entries inline. A changed entry replaces it as a
    whole: the new one takes over the subnets before the old one goes.
    """

    network_acl_id: pulumi.Output[str]
    """The ACL's id; another one after a change of its entries."""

    def __init__(
        self,
        name: str,
        args: GatewayNetworkAclArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Register the ACL of *args* as a child."""
        super().__init__("seg-firewall:index:GatewayNetworkAcl", name, None, opts)
        spec = args["acl"]
        acl = aws.ec2.NetworkAcl(
            spec.name,
            vpc_id=args["vpc_id"],
            subnet_ids=list(args["subnet_ids"]),
            ingress=[_ingress(entry) for entry in spec.ingress],
            egress=[_egress(entry) for entry in spec.egress],
            tags=dict(spec.tags),
            opts=pulumi.ResourceOptions(
                parent=self, protect=False, replace_on_changes=["ingress", "egress"]
            ),
        )
        self.network_acl_id = acl.id
        self.register_outputs({"networkAclId": self.network_acl_id})


def _ingress(entry: AclEntry) -> aws.ec2.NetworkAclIngressArgs:
    return aws.ec2.NetworkAclIngressArgs(
        rule_no=entry.rule_no,
        action=entry.action,
        protocol=entry.protocol,
        from_port=entry.from_port,
        to_port=entry.to_port,
        cidr_block=entry.cidr_block,
        ipv6_cidr_block=entry.ipv6_cidr_block,
        icmp_type=entry.icmp_type,
        icmp_code=entry.icmp_code,
    )


def _egress(entry: AclEntry) -> aws.ec2.NetworkAclEgressArgs:
    return aws.ec2.NetworkAclEgressArgs(
        rule_no=entry.rule_no,
        action=entry.action,
        protocol=entry.protocol,
        from_port=entry.from_port,
        to_port=entry.to_port,
        cidr_block=entry.cidr_block,
        ipv6_cidr_block=entry.ipv6_cidr_block,
        icmp_type=entry.icmp_type,
        icmp_code=entry.icmp_code,
    )


def prefix_list(spec: PrefixListSpec, parent: pulumi.Resource) -> aws.ec2.ManagedPrefixList:
    """A managed prefix list of the stack's own, shared by its interfaces."""
    return aws.ec2.ManagedPrefixList(
        spec.name,
        address_family=spec.family.label,
        max_entries=len(spec.entries),
        entries=[
            aws.ec2.ManagedPrefixListEntryArgs(cidr=str(prefix), description=text)
            for prefix, text in spec.entries
        ],
        tags=dict(spec.tags),
        opts=pulumi.ResourceOptions(parent=parent),
    )
