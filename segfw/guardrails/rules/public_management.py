"""An interface with a public address admits no management from the internet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.catalog.model import Role
from segfw.guardrails.asking import has_public, judged, may
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.nsgs import NSG
from segfw.guardrails.reading.security_groups import GROUPS
from segfw.guardrails.reading.values import given, mapping, plural, words
from segfw.inventory import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View
    from segfw.inventory import Resource

INSTANCE = "aws:ec2/instance:Instance"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
ATTACHMENT = (
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
)
SUBNET = "aws:ec2/subnet:Subnet"
ADDRESSES = {
    "aws:ec2/eip:Eip": ("networkInterface", "instance"),
    "aws:ec2/eipAssociation:EipAssociation": ("networkInterfaceId", "instanceId"),
}
"""What gives an interface or instance a public address, and the inputs that name it."""
INTERFACES_OF_INSTANCE = ("networkInterfaces", "primaryNetworkInterface")
AZURE_INTERFACE = re.compile(r"azure-native(_\w+)?:network(/\w+)?:NetworkInterface")
Attached = tuple[str, str, bool]
"""The URN of a group or NSG, what it is attached to, and whether that is surely public."""


def judge(view: View) -> Iterator[Found]:
    """Management services that any public address reaches on what has a public address."""
    features = [one.id for one in view.catalog.features.values() if one.role is Role.MANAGEMENT]
    services = view.services(*features)
    attached = [*_on_aws(view), *_on_azure(view)]
    for front in view.fronts:
        urns = {holder.urn for holder in front.holders}
        here = {name: surely for urn, name, surely in reversed(attached) if urn in urns}
        for name, surely in here.items():
            for verdict, reach in judged(front, services, has_public):
                open_ = Verdict.VIOLATED if surely and verdict is Verdict.VIOLATED else Verdict.OPEN
                has = "has" if surely else "may have"
                said = f"management {may(verdict)} reached on {reach}"
                message = f'"{name}" {has} a public address, and {said}'
                yield Found(open_, front.urn, front.label, message)


def _on_aws(view: View) -> Iterator[Attached]:
    """Security groups of interfaces and instances with a public address."""
    named = _with_address(view)
    for one in view.inventory.of_type(INSTANCE, INTERFACE):
        surely = _is_public(view, one, named)
        if surely is not None:
            for field in ("vpcSecurityGroupIds", "securityGroups"):
                yield from ((urn, one.name, surely) for urn in _groups(view, one, field))
    for one in view.inventory.of_type(ATTACHMENT):
        targets = _names(one, "networkInterfaceId")
        if targets & named:
            yield view.index.owner(one, "securityGroupId", GROUPS), _called(view, targets), True


def _with_address(view: View) -> set[str]:
    """URNs and ids of interfaces and instances that are given an address."""
    named: set[str] = set()
    for kind, fields in ADDRESSES.items():
        for one in view.inventory.of_type(kind):
            for field in fields:
                named |= _names(one, field)
    for one in view.inventory.of_type(INSTANCE):
        if {one.urn, one.id} & named:
            for field in INTERFACES_OF_INSTANCE:
                named |= _names(one, field)
    for one in view.inventory.of_type(INTERFACE):
        if {one.urn, one.id} & named:
            named |= {one.urn, one.id} - {""}
    return named


def _names(resource: Resource, field: str) -> set[str]:
    """URNs and ids of what an input names, itself or in mappings of its list."""
    found = set(resource.depends.get(field, ()))
    for one in plural(resource.inputs.get(field)):
        value = mapping(one).get("networkInterfaceId", one)
        found |= {value} if isinstance(value, str) and value else set()
    return found


def _is_public(view: View, one: Resource, named: set[str]) -> bool | None:
    """Whether it surely (True) or perhaps (False) has a public address; None: it has none."""
    if {one.urn, one.id} & named:
        return True
    said = one.inputs.get("associatePublicIpAddress")
    if said is UNKNOWN:
        return False
    if said is None and one.type == INSTANCE:
        subnets = view.index.linked(one, "subnetId", (SUBNET,))
        urn = next(subnets, view.index.owner_by_id(one.inputs.get("subnetId"), (SUBNET,)))
        subnet = view.index.by_urn.get(urn)
        said = subnet.inputs.get("mapPublicIpOnLaunch") if subnet is not None else None
    return True if said in (True, "true") else None


def _called(view: View, targets: set[str]) -> str:
    """The name of an interface, or its id where the stack does not have it."""
    own = (one for one in targets if one in view.index.by_urn)
    return next((view.index.by_urn[one].name for one in own), min(targets))


def _groups(view: View, resource: Resource, field: str) -> Iterator[str]:
    yield from view.index.linked(resource, field, GROUPS)
    for one in plural(resource.inputs.get(field)):
        yield view.index.owner_by_id(one, GROUPS)


def _on_azure(view: View) -> Iterator[Attached]:
    """NSGs of interfaces with a public address."""
    types = {one.type for one in view.inventory.resources if NSG.fullmatch(one.type)}
    for one in view.inventory.resources:
        surely = _has_azure_address(one) if AZURE_INTERFACE.fullmatch(one.type) else None
        if surely is not None:
            for urn in view.index.linked(one, "networkSecurityGroup", types):
                yield urn, one.name, surely
            id_ = words(one.inputs.get("networkSecurityGroup"), "id")
            yield view.index.owner_by_id(id_, types), one.name, surely


def _has_azure_address(one: Resource) -> bool | None:
    """Whether it surely (True) or perhaps (False) has a public address; None: it has none."""
    configurations = plural(one.inputs.get("ipConfigurations"))
    addresses = [mapping(each).get("publicIPAddress") for each in configurations]
    if any(given(address) and address is not UNKNOWN for address in addresses):
        return True
    return False if UNKNOWN in (*configurations, *addresses) else None


GUARDRAIL = Guardrail(
    id="public-management",
    statement="Nothing with a public address admits management from a public address.",
    why="An interface that is internal on paper and has a public address is reached by everybody.",
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Remove the public address, or admit management from private networks only.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.9",),
    answers=("AZU-0076", "network_public_ip_shodan"),
)
