"""The Azure resource types of the sandbox as data (pulumi-azure-native 3.x, ARM 2024-05-01)."""

from __future__ import annotations

from typing import Final

from sandbox.providers.tables import (
    Property,
    ResourceType,
    by_token,
    flag,
    listing,
    mapping,
    number,
    text,
)

_GROUP_REFERENCES = listing({"id": text(), "location": text(), "tags": mapping()})

RULE_FIELDS: Final[dict[str, Property]] = {
    "access": text(required=True),
    "description": text(),
    "destinationAddressPrefix": text(),
    "destinationAddressPrefixes": listing(),
    "destinationApplicationSecurityGroups": _GROUP_REFERENCES,
    "destinationPortRange": text(),
    "destinationPortRanges": listing(),
    "direction": text(required=True),
    "name": text(),
    "priority": number(),
    "protocol": text(required=True),
    "sourceAddressPrefix": text(),
    "sourceAddressPrefixes": listing(),
    "sourceApplicationSecurityGroups": _GROUP_REFERENCES,
    "sourcePortRange": text(),
    "sourcePortRanges": listing(),
}
"""What a program may say of a rule."""

_READ_ONLY = frozenset({"etag", "id", "provisioningState", "type"})

NETWORK_SECURITY_GROUP: Final = ResourceType(
    urn_type="azure-native:network:NetworkSecurityGroup",
    inputs={
        "flushConnection": flag(),
        "location": text(computed=True),
        "networkSecurityGroupName": text(force_new=True),
        "resourceGroupName": text(required=True, force_new=True),
        "securityRules": listing(RULE_FIELDS, computed=True, secondary=_READ_ONLY),
        "tags": mapping(),
    },
    computed=frozenset(
        {
            "azureApiVersion",
            "defaultSecurityRules",
            "etag",
            "flowLogs",
            "name",
            "networkInterfaces",
            "provisioningState",
            "resourceGuid",
            "subnets",
            "type",
        }
    ),
    autoname="networkSecurityGroupName",
    autoname_digits=8,
    autoname_separator="",
    compares_inputs=True,
    unsupported=frozenset({"id"}),
    path=frozenset({"networkSecurityGroupName", "resourceGroupName"}),
)

SECURITY_RULE: Final = ResourceType(
    urn_type="azure-native:network:SecurityRule",
    inputs={
        **RULE_FIELDS,
        "networkSecurityGroupName": text(required=True, force_new=True),
        "priority": number(required=True),
        "resourceGroupName": text(required=True, force_new=True),
        "securityRuleName": text(force_new=True),
    },
    computed=frozenset({"azureApiVersion", "etag", "name", "provisioningState", "type"}),
    autoname="securityRuleName",
    autoname_digits=0,
    autoname_separator="",
    compares_inputs=True,
    unsupported=frozenset({"id", "type"}),
    path=frozenset({"networkSecurityGroupName", "resourceGroupName", "securityRuleName"}),
)

RESOURCE_GROUP: Final = ResourceType(
    urn_type="azure-native:resources:ResourceGroup",
    inputs={
        "location": text(force_new=True, computed=True),
        "managedBy": text(),
        "resourceGroupName": text(force_new=True),
        "tags": mapping(),
    },
    computed=frozenset({"azureApiVersion", "name", "properties", "type"}),
    autoname="resourceGroupName",
    autoname_digits=8,
    autoname_separator="",
    compares_inputs=True,
    path=frozenset({"resourceGroupName"}),
)

TYPES: Final[dict[str, ResourceType]] = by_token(
    NETWORK_SECURITY_GROUP, SECURITY_RULE, RESOURCE_GROUP
)
