"""Keys and ids that belong to one cloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw import limits
from segfw.sets.addresses import Family
from segfw.settings.types import Cloud, Fit, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.settings.checks.case import Case
    from segfw.settings.types import CloudId, Interface

ATTACHMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PREFIX_LIST_OPTION = "prefixList"
AWS_KEYS = ("vpc", "securityGroup", "networkAcl")
AZURE_KEYS = ("resourceGroup", "nsg")
SUBNET_LENGTHS = {
    Cloud.AWS: {Family.IPV4: (16, 28), Family.IPV6: (44, 64)},
    Cloud.AZURE: {Family.IPV4: (8, 29), Family.IPV6: (64, 64)},
}
"""Shortest and longest subnet that a cloud makes (AWS VPC user guide, "Subnet CIDR blocks";
Azure, "Virtual Network FAQ"), on Azure not wider than a private block; read 2026-11-24."""


def interface_has_its_clouds_keys(case: Case) -> Iterator[tuple[str, str]]:
    """An interface names its VPC or its resource group, and nothing of the other cloud."""
    if case.cloud is None:
        return
    aws = case.cloud is Cloud.AWS
    for name, interface in case.settings.interfaces.items():
        path = f"interfaces.{name}"
        for key in AZURE_KEYS if aws else AWS_KEYS:
            if case.given(f"{path}.{key}") is not None:
                other = "Azure" if aws else "AWS"
                yield (
                    f"{path}.{key}",
                    _of_the_other(other, case.cloud),
                )
        if aws and interface.vpc is None:
            yield path, 'has no "vpc"; write the id of its VPC, or {stack: ..., output: ...}.'
        if not aws and interface.resource_group is None:
            yield path, 'has no "resourceGroup"; write its name, or {stack: ..., output: ...}.'


def _of_the_other(other: str, own: Cloud) -> str:
    return f"belongs to {other}, and this stack's cloud is {own.value}; take it out."


def ids_are_of_their_kind(case: Case) -> Iterator[tuple[str, str]]:
    """A literal AWS id begins with its kind."""
    if case.cloud is not Cloud.AWS:
        return
    for name, interface in case.settings.interfaces.items():
        for path, begins, value in _ids(f"interfaces.{name}", interface):
            if isinstance(value, str) and not value.startswith(begins):
                yield path, f'"{value}" is another kind of id; ids here begin with "{begins}".'
    for name, network in case.settings.networks.items():
        reference = network.references.get(Cloud.AWS)
        if reference is None or not isinstance(reference.id, str):
            continue
        lists = reference.kind is ReferenceKind.PREFIX_LIST
        begins, key = ("pl-", "prefixList.id") if lists else ("sg-", "securityGroup")
        if not reference.id.startswith(begins):
            yield (
                f"networks.{name}.aws.{key}",
                f'"{reference.id}" is another kind of id; ids here begin with "{begins}".',
            )


def _ids(path: str, interface: Interface) -> Iterator[tuple[str, str, CloudId]]:
    if interface.vpc is not None:
        yield f"{path}.vpc", "vpc-", interface.vpc
    for name, value in interface.security_group.attach.items():
        yield f"{path}.securityGroup.attach[{name}]", "eni-", value
    if interface.network_acl is not None:
        for value in interface.network_acl.subnet_ids:
            yield f"{path}.networkAcl.subnetIds[{value}]", "subnet-", value


def ids_are_used_once(case: Case) -> Iterator[tuple[str, str]]:
    """A subnet has one network ACL; a network interface is attached to one interface's groups."""
    seen: dict[str, str] = {}
    for name, interface in case.settings.interfaces.items():
        for path, begins, value in _ids(f"interfaces.{name}", interface):
            if begins == "vpc-":
                continue
            first = seen.setdefault(str(value), name)
            if first != name:
                what = "a subnet" if begins == "subnet-" else "a network interface"
                yield (
                    path,
                    f'"{value}" also belongs to "{first}", and {what} belongs to one; keep one.',
                )


def security_group_settings_fit(case: Case) -> Iterator[tuple[str, str]]:
    """Groups and reserve stay within the quotas, and shapes are for those that have them."""
    quotas = case.settings.quotas
    # Quotas below these are refused, and nothing is judged by them.
    most = max(quotas.security_groups_per_interface, 1)
    rules = max(quotas.security_group_rules, limits.SECURITY_GROUP_RULES)
    for name, interface in case.settings.interfaces.items():
        path = f"interfaces.{name}.securityGroup"
        group = interface.security_group
        if group.groups < 1:
            yield f"{path}.groups", f"{group.groups} is no number of groups; write 1 or more."
        elif group.groups > most:
            yield (
                f"{path}.groups",
                (
                    f"{group.groups} is over the {most} groups that an interface takes; write "
                    f"{most} at most, or raise quotas.securityGroup.groupsPerInterface."
                ),
            )
        if group.reserve < 0:
            yield f"{path}.reserve", f"{group.reserve} is no number of rules; write 0 or more."
        elif group.reserve >= rules:
            yield (
                f"{path}.reserve",
                (
                    f"{group.reserve} leaves none of the {rules} rules of a group; "
                    f"write {rules - 1} at most."
                ),
            )
        if group.fit is Fit.SUPERSET:
            yield f"{path}.fit", _superset("a security group")
        if interface.nsg.fit is Fit.SUPERSET:
            yield f"interfaces.{name}.nsg.fit", _superset("an NSG")


def _superset(what: str) -> str:
    return (
        f"superset allows more than is meant, which only a network ACL may; for {what} write "
        "each, drop or merge."
    )


def network_acl_has_subnets(case: Case) -> Iterator[tuple[str, str]]:
    """A network ACL takes over at least one subnet."""
    for name, interface in case.settings.interfaces.items():
        if interface.network_acl is not None and not interface.network_acl.subnet_ids:
            yield (
                f"interfaces.{name}.networkAcl.subnetIds",
                "is an empty list; name the subnets, or take networkAcl out.",
            )


def prefix_lists_are_made_on_aws(case: Case) -> Iterator[tuple[str, str]]:
    """The option that makes a prefix list is for AWS."""
    for name, chosen in case.settings.features.items():
        if case.cloud is Cloud.AZURE and chosen.options.get(PREFIX_LIST_OPTION):
            yield (
                f"features.{name}.{PREFIX_LIST_OPTION}",
                _of_the_other("AWS", case.cloud),
            )


def subnets_are_subnets(case: Case) -> Iterator[tuple[str, str]]:
    """An interface's subnets are of a size that the cloud has: no VPC, and not the internet."""
    if case.cloud is None:
        return
    for name, interface in case.settings.interfaces.items():
        for subnet in interface.subnets:
            shortest, longest = SUBNET_LENGTHS[case.cloud][subnet.family]
            if not shortest <= subnet.length <= longest:
                yield (
                    f"interfaces.{name}.subnets[{subnet}]",
                    (
                        f"a subnet is a /{shortest} to /{longest} on {case.cloud.value}; write the "
                        "subnet that the interface is in."
                    ),
                )


def attachments_are_named(case: Case) -> Iterator[tuple[str, str]]:
    """An attachment's name is short and plain, and no network interface has two."""
    for name, interface in case.settings.interfaces.items():
        first: dict[str, str] = {}
        for key, value in interface.security_group.attach.items():
            path = f"interfaces.{name}.securityGroup.attach[{key}]"
            if not ATTACHMENT.fullmatch(key):
                yield path, "is no name; write lower-case letters, digits and hyphens."
            other = first.setdefault(str(value), key)
            if other != key:
                yield path, f'"{value}" is attached as "{other}" already; keep one.'


CHECKS = (
    subnets_are_subnets,
    attachments_are_named,
    prefix_lists_are_made_on_aws,
    interface_has_its_clouds_keys,
    ids_are_of_their_kind,
    ids_are_used_once,
    security_group_settings_fit,
    network_acl_has_subnets,
)
