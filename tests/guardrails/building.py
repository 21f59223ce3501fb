"""Inventories of a few resources, with only what a test is about spelled out."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from segfw.catalog import load_catalog
from segfw.guardrails.guardrail import Verdict
from segfw.guardrails.pack import BY_ID, GUARDRAILS, Finding, judge
from segfw.inventory import (
    FIREWALL,
    GATEWAY_NETWORK_ACL,
    GATEWAY_NSG,
    GATEWAY_SECURITY_GROUP,
    UNKNOWN,
    Inventory,
    Resource,
)

TODAY = date(2026, 11, 24)
VIOLATED, OPEN, LISTED = Verdict.VIOLATED, Verdict.OPEN, Verdict.LISTED
ANYWHERE = "0.0.0.0/0"
TAGS = {"seg-firewall:stack": "test", "team": "mail"}
Inputs = dict[str, Any]

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule"
RULE = "aws:vpc/securityGroup{}Rule:SecurityGroup{}Rule"
INGRESS = RULE.format("Ingress", "Ingress")
EGRESS = RULE.format("Egress", "Egress")
EXCLUSIVE = "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ATTACHMENT = (
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
)
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
INSTANCE = "aws:ec2/instance:Instance"
EIP = "aws:ec2/eip:Eip"
NSG = "azure-native:network:NetworkSecurityGroup"
NSG_RULE = "azure-native:network:SecurityRule"
CLASSIC_NSG = "azure:network/networkSecurityGroup:NetworkSecurityGroup"
AZURE_INTERFACE = "azure-native:network:NetworkInterface"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::program::{type_}::{name}"


def resource(
    type_: str,
    name: str,
    inputs: Inputs | None = None,
    *,
    depends: dict[str, Resource | list[Resource]] | None = None,
    parent: Resource | None = None,
    id: str = "",  # noqa: A002 - the field's name
) -> Resource:
    """A resource; inputs that depend on others are not known, unless they are given."""
    links = {
        field: tuple(each.urn for each in (on if isinstance(on, list) else [on]))
        for field, on in (depends or {}).items()
    }
    known = dict.fromkeys(links, UNKNOWN) | (inputs or {})
    above = parent.urn if parent else ""
    return Resource(urn(type_, name), type_, name, above, known, links, id)


def group(name: str = "web", **inputs: Any) -> Resource:
    return resource(GROUP, name, {"tags": TAGS, **inputs})


def inline(ports: int | str, *cidrs: str, **more: Any) -> Inputs:
    """One inline rule; an IPv6 prefix goes to its own field."""
    first, last = (str(ports).split("-") * 2)[:2]
    found: Inputs = {"protocol": "tcp", "fromPort": int(first), "toPort": int(last)}
    found |= {"cidrBlocks": [c for c in cidrs if ":" not in c]}
    found |= {"ipv6CidrBlocks": v6} if (v6 := [c for c in cidrs if ":" in c]) else {}
    return {"description": "for a test", **found, **more}


def ingress(of: Resource, name: str, ports: int | str, cidr: str, /, **more: Any) -> Resource:
    return rule(INGRESS, of, name, ports, cidr, **more)


def egress(of: Resource, name: str, ports: int | str, cidr: str, **more: Any) -> Resource:
    return rule(EGRESS, of, name, ports, cidr, **more)


def rule(
    type_: str, of: Resource, name: str, ports: int | str, cidr: str, /, **more: Any
) -> Resource:
    first, last = (str(ports).split("-") * 2)[:2]
    inputs: Inputs = {"ipProtocol": "tcp", "fromPort": int(first), "toPort": int(last)}
    inputs |= {"cidrIpv6" if ":" in cidr else "cidrIpv4": cidr} if cidr else {}
    inputs |= {"description": "for a test", **more}
    return resource(type_, name, inputs, depends={"securityGroupId": of})


def legacy(of: Resource, name: str, ports: int, *cidrs: str, **more: Any) -> Resource:
    inputs = {"type": "ingress", **inline(ports, *cidrs), **more}
    return resource(LEGACY, name, inputs, depends={"securityGroupId": of})


def exclusive(of: Resource) -> Resource:
    return resource(EXCLUSIVE, f"{of.name}-exclusive", depends={"securityGroupId": of})


def prefix_list(name: str, *cidrs: str, **more: Any) -> Resource:
    entries = [{"cidr": cidr} for cidr in cidrs]
    return resource(PREFIX_LIST, name, {"tags": TAGS, "entries": entries, **more})


def entry(number: int, action: str, ports: int | str, cidr: str, **more: Any) -> Inputs:
    """One inline entry of a network ACL; ports "all" is every protocol."""
    first, last = (0, 0) if ports == "all" else (str(ports).split("-") * 2)[:2]
    field = "ipv6CidrBlock" if ":" in cidr else "cidrBlock"
    found = {"ruleNo": number, "action": action, "protocol": "-1" if ports == "all" else "6"}
    return {**found, "fromPort": int(first), "toPort": int(last), field: cidr, **more}


def acl(name: str = "acl", *, parent: Resource | None = None, **inputs: Any) -> Resource:
    return resource(ACL, name, {"tags": TAGS, "subnetIds": ["subnet-1"], **inputs}, parent=parent)


def nsg_entry(priority: int, access: str, ports: str, source: str = "*", /, **more: Any) -> Inputs:
    """One inline inbound rule of an NSG."""
    return {
        "name": f"rule-{priority}",
        "description": "for a test",
        "priority": priority,
        "access": access,
        "direction": "Inbound",
        "protocol": "Tcp",
        "sourceAddressPrefix": source,
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": ports,
        **more,
    }


def outward(
    priority: int, access: str, ports: str, destination: str = "*", /, **more: Any
) -> Inputs:
    more = {"direction": "Outbound", "destinationAddressPrefix": destination, **more}
    return nsg_entry(priority, access, ports, "*", **more)


CLOSED = (
    nsg_entry(4096, "Deny", "*", protocol="*"),
    outward(4096, "Deny", "*", protocol="*", name="rule-4096-out"),
)
"""What closes an NSG in both directions."""


def nsg(*rules: Inputs, closed: bool = True, name: str = "nsg", **more: Any) -> Resource:
    held = [*rules, *(CLOSED if closed else ())]
    parent = more.pop("parent", None)
    own = {"tags": TAGS, "resourceGroupName": "rg", "networkSecurityGroupName": name}
    inputs = {**own, "securityRules": held, **more}
    return resource(NSG, name, inputs, parent=parent)


def nsg_rule(of: Resource, name: str, entry: Inputs) -> Resource:
    inputs = {"networkSecurityGroupName": of.name, "resourceGroupName": "rg", **entry}
    return resource(NSG_RULE, name, inputs, depends={"networkSecurityGroupName": of})


def without(inputs: Inputs, *fields: str) -> Inputs:
    return {key: value for key, value in inputs.items() if key not in fields}


def firewall(
    *,
    external: bool = False,
    environment: str = "dev",
    features: Inputs | None = None,
    rules: Inputs | None = None,
    interface: Inputs | None = None,
    **settings: Any,
) -> Resource:
    """A firewall of ours with the interface "management"."""
    said: Inputs = {
        "gateway": {"environment": environment},
        "interfaces": {
            "management": {
                "external": external,
                "families": ["ipv4"],
                "subnets": ["10.1.0.0/24"],
                **(interface or {}),
            }
        },
        "features": features or {},
        **settings,
    }
    return resource(FIREWALL, "test", {"settings": said, "rules": rules or {}})


def component(of: Resource, type_: str = GATEWAY_SECURITY_GROUP) -> Resource:
    """The firewall's component for its interface at one enforcement point."""
    return resource(type_, "management", parent=of)


def ours(of: Resource, **inputs: Any) -> list[Resource]:
    """The component and the security group of the interface."""
    part = component(of)
    return [of, part, resource(GROUP, "management", {"tags": TAGS, **inputs}, parent=part)]


def our_nsg(of: Resource, *rules: Inputs) -> list[Resource]:
    part = component(of, GATEWAY_NSG)
    return [of, part, nsg(*rules, name="management", parent=part)]


def our_acl(of: Resource, **inputs: Any) -> list[Resource]:
    part = component(of, GATEWAY_NETWORK_ACL)
    return [part, acl("management", parent=part, **inputs)]


def deployed(*resources: Resource) -> tuple[Resource, ...]:
    """The same after an update: ids are known, and whatever was computed from them."""
    ids = {one.urn: f"id-{index}" for index, one in enumerate(resources)}

    def known(one: Resource) -> Inputs:
        linked = {
            field: [ids[urn] for urn in urns if urn in ids] for field, urns in one.depends.items()
        }
        return {
            field: (linked[field][0] if not field.endswith("s") else linked[field])
            if value is UNKNOWN and linked.get(field)
            else value
            for field, value in one.inputs.items()
        }

    return tuple(one._replace(id=ids[one.urn], inputs=known(one), depends={}) for one in resources)


def findings(*resources: Resource, only: str | None = None) -> tuple[Finding, ...]:
    inventory = Inventory("test", resources)
    chosen = [BY_ID[only]] if only else GUARDRAILS
    return judge(inventory, load_catalog(), TODAY, guardrails=chosen)


class Case(NamedTuple):
    """One inventory, and what one guardrail must say of it."""

    guardrail: str
    kind: str
    """One of `KINDS`, with words after a colon."""
    resources: list[Resource]
    verdicts: set[Verdict]


KINDS = ("passes", "violates", "disguise", "not known", "foreign")


def check(case: Case) -> None:
    found = findings(*case.resources, only=case.guardrail)

    assert {one.found.verdict for one in found} == case.verdicts, [one.found for one in found]


def name_of(case: Case) -> str:
    return f"{case.guardrail} {case.kind}"
