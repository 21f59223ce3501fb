"""The bodies of ARM's answers, and the form in which it keeps what it is sent."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sandbox.arm_rules import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

NSG_TYPE: Final = "Microsoft.Network/networkSecurityGroups"
_PLURALS: Final = (
    "sourcePortRanges",
    "destinationPortRanges",
    "sourceAddressPrefixes",
    "destinationAddressPrefixes",
)


# articles/virtual-network/network-security-groups-overview.md, "Default security rules".
_DEFAULTS: Final = (
    ("AllowVnetInBound", "Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
    ("DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"),
    ("AllowVnetOutBound", "Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", "Outbound", 65001, "Allow", "*", "Internet"),
    ("DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What ARM answers."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The error code, or an empty text."""
        return str(self.body.get("error", {}).get("code", ""))

    @property
    def message(self) -> str:
        """The error's words, or an empty text."""
        return str(self.body.get("error", {}).get("message", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path names: a resource group, a group of rules in it, or one rule."""

    subscription: str
    group: str
    nsg: str | None
    rule: str | None

    @property
    def group_id(self) -> str:
        """The id of the resource group."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def nsg_id(self) -> str:
        """The id of the network security group."""
        return f"{self.group_id}/providers/{NSG_TYPE}/{self.nsg}"


def error(status: int, code: str, message: str) -> Response:
    """The answer that refuses with *code*."""
    return Response(status=status, body={"error": {"code": code, "message": message}})


def location_of(
    body: Mapping[str, Any], old: Mapping[str, Any] | None, name: str, within: str
) -> str:
    """The location that *body* asks for.

    Raises:
        Refused: there is none, or what exists is elsewhere: nothing moves in Azure.
    """
    location = str(body.get("location") or "").replace(" ", "").lower()
    if not location:
        text = "The location property is required for this definition."
        raise Refused("LocationRequired", text)
    if old is not None and old["location"] != location:
        text = (
            f"The resource '{name}' already exists in location '{old['location']}' in resource"
            f" group '{within}'. A resource with the same name cannot be created in location"
            f" '{location}'. Please select a new resource name."
        )
        raise Refused("InvalidResourceLocation", text, 409)
    return location


def stored_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """*rule* as ARM keeps it: every plural form there, nothing that is null."""
    said = {
        key: value for key, value in (rule.get("properties") or {}).items() if value is not None
    }
    properties = {key: value for key, value in said.items() if value != ""}
    for plural in _PLURALS:
        properties.setdefault(plural, [])
    return {"name": rule.get("name", ""), "properties": properties}


def _etag(content: Any) -> str:
    digest = hashlib.sha256(repr(content).encode()).digest()
    return f'W/"{uuid.UUID(bytes=digest[:16])}"'


def rule_body(nsg_id: str, folder: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """One rule as ARM answers it; *folder* tells own rules from default ones."""
    return {
        "name": rule["name"],
        "id": f"{nsg_id}/{folder}/{rule['name']}",
        "etag": _etag(rule),
        "type": f"{NSG_TYPE}/{folder}",
        "properties": {"provisioningState": "Succeeded", **rule["properties"]},
    }


def _default_rule(
    name: str, direction: str, priority: int, access: str, source: str, destination: str
) -> dict[str, Any]:
    return stored_rule(
        {
            "name": name,
            "properties": {
                "access": access,
                "destinationAddressPrefix": destination,
                "destinationPortRange": "*",
                "direction": direction,
                "priority": priority,
                "protocol": "*",
                "sourceAddressPrefix": source,
                "sourcePortRange": "*",
            },
        }
    )


def nsg_body(target: Target, nsg: Mapping[str, Any]) -> dict[str, Any]:
    """A network security group as ARM answers it, its default rules included."""
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "resourceGuid": str(uuid.uuid5(uuid.NAMESPACE_URL, target.nsg_id.lower())),
        "securityRules": [rule_body(target.nsg_id, "securityRules", rule) for rule in nsg["rules"]],
        "defaultSecurityRules": [
            rule_body(target.nsg_id, "defaultSecurityRules", _default_rule(*row))
            for row in _DEFAULTS
        ],
    }
    if nsg["flushConnection"] is not None:
        properties["flushConnection"] = nsg["flushConnection"]
    for name, users in (("networkInterfaces", nsg["interfaces"]), ("subnets", nsg["subnets"])):
        if users:
            properties[name] = [{"id": user} for user in users]
    body = {
        "name": nsg["name"],
        "id": target.nsg_id,
        "etag": _etag(nsg),
        "type": NSG_TYPE,
        "location": nsg["location"],
        "properties": properties,
    }
    return body | ({"tags": nsg["tags"]} if nsg["tags"] else {})


def group_body(target: Target, group: Mapping[str, Any]) -> dict[str, Any]:
    """A resource group as ARM answers it."""
    body = {
        "id": target.group_id,
        "name": group["name"],
        "type": "Microsoft.Resources/resourceGroups",
        "location": group["location"],
        "properties": {"provisioningState": "Succeeded"},
    }
    optional = {"tags": group["tags"], "managedBy": group["managedBy"]}
    return body | {key: value for key, value in optional.items() if value}
