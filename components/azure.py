"""The Azure component: an interface's network security group."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypedDict

import pulumi
from pulumi_azure_native import network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.clouds.azure_nsg.spec import NsgSpec, SecurityRule


class GatewayNsgArgs(TypedDict):
    """What a `GatewayNsg` is made of."""

    resource_group_name: pulumi.Input[str]
    """The resource group to make it in."""
    nsg: NsgSpec
    """The rules, as planned."""
    reference_ids: Mapping[str, pulumi.Input[str]]
    """Ids of what networks refer to, by how the plan spells them."""
    drop_provider_aliases: bool
    """Leave out azure-native's aliases for types of old API versions (new stacks only)."""


class GatewayNsg(pulumi.ComponentResource):
    """`seg-firewall:index:GatewayNsg`: the network security group of one interface.

    Makes one `network.NetworkSecurityGroup` with its rules inline: an update is one
    atomic write, and the group's id never changes. Whoever owns the network interface
    or subnet attaches it.
    """

    nsg_id: pulumi.Output[str]
    """The group's id, for the network interface's or subnet's `networkSecurityGroup`."""

    def __init__(
        self, name: str, args: GatewayNsgArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the NSG of *args* as a child."""
        super().__init__("seg-firewall:index:GatewayNsg", name, None, opts)
        spec = args["nsg"]
        transformations: list[pulumi.ResourceTransformation] | None = (
            [without_provider_aliases] if args["drop_provider_aliases"] else None
        )
        nsg = network.NetworkSecurityGroup(
            spec.name,
            resource_group_name=args["resource_group_name"],
            security_rules=[_rule(rule, args["reference_ids"]) for rule in spec.rules],
            tags=dict(spec.tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                transformations=transformations,
                # Settled when the NSG is made: an imported one keeps its own name.
                ignore_changes=["networkSecurityGroupName"],
            ),
        )
        self.nsg_id = nsg.id
        self.register_outputs({"nsgId": self.nsg_id})


def _rule(rule: SecurityRule, ids: Mapping[str, pulumi.Input[str]]) -> network.SecurityRuleArgs:
    return network.SecurityRuleArgs(
        access=rule.access,
        description=rule.description,
        destination_address_prefix=_one(rule.destinations),
        destination_address_prefixes=_many(rule.destinations),
        destination_application_security_groups=_groups(rule.destination_groups, ids),
        destination_port_range=_one(rule.ports),
        destination_port_ranges=_many(rule.ports),
        direction=rule.direction,
        name=rule.name,
        priority=rule.priority,
        protocol=rule.protocol,
        source_address_prefix=_one(rule.sources),
        source_address_prefixes=_many(rule.sources),
        source_application_security_groups=_groups(rule.source_groups, ids),
        source_port_range="*",
    )


def _one(values: tuple[str, ...]) -> str | None:
    return values[0] if len(values) == 1 else None


def _many(values: tuple[str, ...]) -> list[str] | None:
    return list(values) if len(values) > 1 else None


def _groups(
    groups: tuple[str, ...], ids: Mapping[str, pulumi.Input[str]]
) -> list[network.ApplicationSecurityGroupArgs] | None:
    return [network.ApplicationSecurityGroupArgs(id=ids.get(g, g)) for g in groups] or None


def without_provider_aliases(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult:
    """The resource without the aliases that azure-native adds for old API versions.

    Each costs registration time, and only state of such a type needs them
    (pulumi-azure-native issues 1493 and 4516, read 2026-11-24).
    """
    opts = copy.copy(args.opts)
    opts.aliases = [
        alias
        for alias in opts.aliases or []
        if not (isinstance(alias, pulumi.Alias) and str(alias.type_).startswith("azure-native:"))
    ]
    return pulumi.ResourceTransformationResult(args.props, opts)
