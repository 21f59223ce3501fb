"""The AWS resource types of the sandbox as data (pulumi-aws 7.x, terraform-provider-aws 6.x)."""

from __future__ import annotations

from typing import Any, Final

from sandbox.providers.tables import (
    Property,
    ResourceType,
    by_token,
    collection,
    flag,
    mapping,
    number,
    text,
)

MANAGED_BY: Final = "Managed by Pulumi"
"""Set for a description that is left out (pulumi/pulumi-aws `provider/resource_overrides.go`)."""

_REGION = text(force_new=True, computed=True, imported=False)
_TAGS = mapping()
_TAGGED = frozenset({"arn", "tagsAll"})


def _rule_type(direction: str) -> ResourceType:
    return ResourceType(
        urn_type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        inputs={
            "cidrIpv4": text(kind_of_peer=True),
            "cidrIpv6": text(kind_of_peer=True),
            "description": text(),
            "fromPort": number(),
            "ipProtocol": text(required=True),
            "prefixListId": text(kind_of_peer=True),
            "referencedSecurityGroupId": text(kind_of_peer=True),
            "region": _REGION,
            "securityGroupId": text(required=True, force_new=True),
            "tags": _TAGS,
            "toPort": number(),
        },
        computed=_TAGGED | {"securityGroupRuleId"},
    )


def _inline_rules() -> Property:
    fields = {
        "cidrBlocks": collection(),
        "description": text(),
        "fromPort": number(required=True),
        "ipv6CidrBlocks": collection(),
        "prefixListIds": collection(),
        "protocol": text(required=True),
        "securityGroups": collection(),
        "self": flag(),
        "toPort": number(required=True),
    }
    return collection(fields, computed=True, imported=False)


def _acl_entries() -> Property:
    fields = {
        "action": text(required=True),
        "cidrBlock": text(),
        "fromPort": number(required=True),
        "icmpCode": number(),
        "icmpType": number(),
        "ipv6CidrBlock": text(),
        "protocol": text(required=True),
        "ruleNo": number(required=True),
        "toPort": number(required=True),
    }
    return collection(fields, computed=True)


SECURITY_GROUP: Final = ResourceType(
    urn_type="aws:ec2/securityGroup:SecurityGroup",
    inputs={
        "description": text(force_new=True, default=MANAGED_BY),
        "egress": _inline_rules(),
        "ingress": _inline_rules(),
        "name": text(force_new=True, computed=True),
        "namePrefix": text(force_new=True, computed=True, imported=False),
        "region": _REGION,
        "revokeRulesOnDelete": flag(imported=False),
        "tags": _TAGS,
        "vpcId": text(force_new=True, computed=True),
    },
    computed=_TAGGED | {"ownerId"},
    autoname="name",
)

INGRESS_RULE: Final = _rule_type("Ingress")
EGRESS_RULE: Final = _rule_type("Egress")

RULES_EXCLUSIVE: Final = ResourceType(
    urn_type="aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
    inputs={
        "egressRuleIds": collection(required=True),
        "ingressRuleIds": collection(required=True),
        "region": _REGION,
        "securityGroupId": text(required=True, force_new=True),
    },
    computed=frozenset(),
)

ATTACHMENT: Final = ResourceType(
    urn_type="aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment",
    inputs={
        "networkInterfaceId": text(required=True, force_new=True),
        "region": _REGION,
        "securityGroupId": text(required=True, force_new=True),
    },
    computed=frozenset(),
)

NETWORK_ACL: Final = ResourceType(
    urn_type="aws:ec2/networkAcl:NetworkAcl",
    inputs={
        "egress": _acl_entries(),
        "ingress": _acl_entries(),
        "region": _REGION,
        "subnetIds": collection(computed=True),
        "tags": _TAGS,
        "vpcId": text(required=True, force_new=True),
    },
    computed=_TAGGED | {"ownerId"},
)

PREFIX_LIST: Final = ResourceType(
    urn_type="aws:ec2/managedPrefixList:ManagedPrefixList",
    inputs={
        "addressFamily": text(required=True, force_new=True),
        "entries": collection({"cidr": text(required=True), "description": text()}, computed=True),
        "maxEntries": number(required=True),
        "name": text(),
        "region": _REGION,
        "tags": _TAGS,
    },
    computed=_TAGGED | {"ownerId", "version"},
    autoname="name",
)

VPC: Final = ResourceType(
    urn_type="aws:ec2/vpc:Vpc",
    inputs={
        "assignGeneratedIpv6CidrBlock": flag(),
        "cidrBlock": text(force_new=True, computed=True),
        "enableDnsHostnames": flag(computed=True, imported=False),
        "enableDnsSupport": flag(default=True, imported=False),
        "instanceTenancy": text(default="default", imported=False),
        "region": _REGION,
        "tags": _TAGS,
    },
    computed=_TAGGED
    | {
        "defaultNetworkAclId",
        "defaultSecurityGroupId",
        "dhcpOptionsId",
        "ipv6AssociationId",
        "ownerId",
    },
    unsupported=frozenset(
        {
            "enableNetworkAddressUsageMetrics",
            "ipv4IpamPoolId",
            "ipv4NetmaskLength",
            "ipv6CidrBlock",
            "ipv6CidrBlockNetworkBorderGroup",
            "ipv6IpamPoolId",
            "ipv6NetmaskLength",
        }
    ),
    unsupported_outputs=frozenset({"defaultRouteTableId", "mainRouteTableId"}),
)

SUBNET: Final = ResourceType(
    urn_type="aws:ec2/subnet:Subnet",
    inputs={
        "availabilityZone": text(force_new=True, computed=True),
        "cidrBlock": text(force_new=True),
        "ipv6CidrBlock": text(),
        "mapPublicIpOnLaunch": flag(default=False),
        "region": _REGION,
        "tags": _TAGS,
        "vpcId": text(required=True, force_new=True),
    },
    computed=_TAGGED | {"ownerId"},
    unsupported=frozenset(
        {
            "assignIpv6AddressOnCreation",
            "availabilityZoneId",
            "customerOwnedIpv4Pool",
            "enableDns64",
            "enableLniAtDeviceIndex",
            "enableResourceNameDnsARecordOnLaunch",
            "enableResourceNameDnsAaaaRecordOnLaunch",
            "ipv4IpamPoolId",
            "ipv4NetmaskLength",
            "ipv6IpamPoolId",
            "ipv6Native",
            "ipv6NetmaskLength",
            "mapCustomerOwnedIpOnLaunch",
            "outpostArn",
            "privateDnsHostnameTypeOnLaunch",
        }
    ),
    unsupported_outputs=frozenset({"ipv6CidrBlockAssociationId"}),
)

NETWORK_INTERFACE: Final = ResourceType(
    urn_type="aws:ec2/networkInterface:NetworkInterface",
    inputs={
        "description": text(),
        "privateIps": collection(computed=True),
        "region": _REGION,
        "securityGroups": collection(computed=True),
        "sourceDestCheck": flag(default=True),
        "subnetId": text(required=True, force_new=True),
        "tags": _TAGS,
    },
    computed=_TAGGED | {"macAddress", "ownerId", "privateDnsName"},
    unsupported=frozenset(
        {
            "attachments",
            "connectionTrackingSpecification",
            "enaSrdSpecification",
            "enablePrimaryIpv6",
            "interfaceType",
            "ipv4PrefixCount",
            "ipv4Prefixes",
            "ipv6AddressCount",
            "ipv6AddressListEnabled",
            "ipv6AddressLists",
            "ipv6Addresses",
            "ipv6PrefixCount",
            "ipv6Prefixes",
            "privateIp",
            "privateIpListEnabled",
            "privateIpLists",
            "privateIpsCount",
        }
    ),
    unsupported_outputs=frozenset({"outpostArn"}),
)

TYPES: Final[dict[str, ResourceType]] = by_token(
    SECURITY_GROUP,
    INGRESS_RULE,
    EGRESS_RULE,
    RULES_EXCLUSIVE,
    ATTACHMENT,
    NETWORK_ACL,
    PREFIX_LIST,
    VPC,
    SUBNET,
    NETWORK_INTERFACE,
)


def with_defaults(tags: Any, defaults: dict[str, str]) -> Any:
    """*tags* over the provider's default tags: the property `tagsAll`."""
    return {**defaults, **tags} if isinstance(tags, dict) else (tags or dict(defaults))
