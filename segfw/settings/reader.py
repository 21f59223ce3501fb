"""Tree and catalog become settings, or every problem at once.

First each entry is read by itself; then the checks judge what could be read, so that
one mistake neither hides another nor is reported twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from segfw import limits
from segfw.catalog.model import Role
from segfw.problems import ProblemsFound
from segfw.settings.checks import CHECKS
from segfw.settings.checks.account import AZURE_LOCATION
from segfw.settings.checks.case import AnyName, Case, region_key
from segfw.settings.complaints import MISSING_KEYS
from segfw.settings.features import read_features
from segfw.settings.findings import Findings
from segfw.settings.forms import QuotasForm, camel
from segfw.settings.node import KEYS, Node, said
from segfw.settings.peers import read_hosts, read_networks
from segfw.settings.types import (
    Cloud,
    Environment,
    Gateway,
    Interface,
    Quotas,
    Settings,
)
from segfw.settings.words import unknown

if TYPE_CHECKING:
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.settings.tree import Tree

    Top = Mapping[str, Node]

T = TypeVar("T")


def read_settings(tree: Tree, catalog: Catalog, *, stack: str, today: date) -> Settings:
    """What *tree* wants, with defaults filled in.

    Raises:
        ProblemsFound: with every problem, those of the tree among them.
    """
    if not tree.complete:
        raise ProblemsFound(tree.problems)
    findings = Findings(tree)
    case = _case(tree, catalog, findings, stack, today)
    for check in CHECKS:
        for path, message in check(case):
            findings.add(path, message)
    if findings.problems:
        raise ProblemsFound(findings.problems)
    return case.settings


def _case(tree: Tree, catalog: Catalog, findings: Findings, stack: str, today: date) -> Case:
    """The settings as far as they can be read."""
    top = tree.settings.mapping()
    for key in top:
        if key not in KEYS:
            findings.add(key, unknown("setting", key, (*KEYS, "imports")))
    cloud = _cloud(top, findings)
    said_of_gateway = _gateway(top, findings)
    gateway = replace(_mild_gateway(catalog), **(said_of_gateway or {}))
    region = (said_of_gateway or {}).get("cisco_region")
    networks = read_networks(top.get("networks"), findings)
    interfaces = _with_default_route(_interfaces(top.get("interfaces"), findings), findings)
    hosts = read_hosts(top.get("hosts"), findings)
    features, flows = read_features(top.get("features"), catalog, findings)
    settings = Settings(
        stack=stack,
        cloud=cloud or Cloud.AWS,
        region=_region(cloud, tree, findings),
        gateway=gateway,
        interfaces=interfaces,
        networks=networks,
        hosts=hosts,
        features=features,
        custom_flows=flows,
        quotas=_quotas(top, findings),
        tags=dict(sorted((_section(top, "tags", Mapping[str, str], findings) or {}).items())),
        drop_provider_aliases=bool(_section(top, "dropProviderAliases", bool, findings)),
        places=findings.settled_places(),
    )
    return Case(
        settings=settings,
        catalog=catalog,
        today=today,
        tree=tree,
        cloud=cloud,
        gateway=gateway if said_of_gateway is not None else None,
        cisco_region=region if region in catalog.regions else None,
        network_names=_names(top, "networks"),
        interface_names=_names(top, "interfaces"),
        feature_names=_names(top, "features"),
        host_names=_names(top, "hosts"),
    )


def _names(top: Top, key: str) -> frozenset[str]:
    node = top.get(key)
    readable = node is None or isinstance(node.value, dict)
    return frozenset(node.mapping() if node is not None else ()) if readable else AnyName()


def _section(top: Top, key: str, kind: type[T], findings: Findings) -> T | None:
    node = top.get(key)
    return findings.entry(key, node, kind) if node is not None else None


def _cloud(top: Top, findings: Findings) -> Cloud | None:
    if "cloud" not in top:
        findings.refuse("", 'has no "seg-firewall:cloud"; write aws or azure.')
        return None
    return _section(top, "cloud", Cloud, findings)


def _gateway(top: Top, findings: Findings) -> dict[str, Any] | None:
    """The fields of the gateway that could be read; None where the stack has none."""
    if "gateway" not in top:
        message = (
            'has no "seg-firewall:gateway"; write {environment: ..., release: ..., '
            "ciscoRegion: ...}."
        )
        findings.refuse("", message)
        return None
    given = findings.entries(top.get("gateway"), "gateway")
    kinds = {camel(each.name): each for each in fields(Gateway)}
    hints = get_type_hints(Gateway)
    read: dict[str, Any] = {}
    for key, node in given.items():
        path = f"gateway.{key}"
        if key not in kinds:
            findings.refuse(path, unknown("key", key, kinds))
            continue
        name = kinds[key].name
        value = findings.entry(path, node, hints[name])
        if value is not None:
            read[name] = value
    for key, each in kinds.items():
        if key not in given and each.default is MISSING and each.default_factory is MISSING:
            findings.add("gateway", f'has no "{key}"; {MISSING_KEYS[key]}.')
    return read


def _mild_gateway(catalog: Catalog) -> Gateway:
    """Stands in for what of a gateway could not be read; never returned to a caller."""
    return Gateway(
        environment=Environment.DEV,
        release=catalog.releases[-1],
        cisco_region=catalog.regions[0],
    )


def _region(cloud: Cloud | None, tree: Tree, findings: Findings) -> str | None:
    """The cloud's region; a location of Azure as its name, which its title stands for as well."""
    key = region_key(cloud) if cloud is not None else ""
    node = tree.provider.get(key)
    region = findings.entry(key, node, str) if node is not None else None
    titled = cloud is Cloud.AZURE and region is not None and AZURE_LOCATION.fullmatch(region)
    return region.replace(" ", "").lower() if region is not None and titled else region


def _interfaces(node: Node | None, findings: Findings) -> dict[str, Interface]:
    found: dict[str, Interface] = {}
    for name, entry in findings.entries(node, "interfaces").items():
        path = f"interfaces.{name}"
        if not findings.is_a_name(path, name, limits.INTERFACE_NAME_LENGTH):
            continue
        if not isinstance(entry.value, dict):
            findings.refuse(path, f"is {said(entry.value)}; write a mapping.")
        elif "name" in entry.value:
            keys = ("roles", "external", "families", "subnets", "renamedFrom")
            findings.refuse(f"{path}.name", unknown("key", "name", keys, "the key is the name"))
        else:
            values = {key: child.plain() for key, child in entry.value.items()}
            interface = findings.value(path, {**values, "name": name}, Interface)
            if interface is not None:
                found[name] = interface
    return found


def _with_default_route(given: dict[str, Interface], findings: Findings) -> dict[str, Interface]:
    """The only interface, or the only public one, has the default route unless it is said."""
    if any(interface.default_route for interface in given.values()):
        return given
    public = [name for name, i in given.items() if Role.PUBLIC in i.roles]
    chosen = list(given) if len(given) == 1 else public
    if len(chosen) != 1 or f"interfaces.{chosen[0]}.defaultRoute" in findings.places:
        return given
    return {**given, chosen[0]: replace(given[chosen[0]], default_route=True)}


def _quotas(top: Top, findings: Findings) -> Quotas:
    form = _section(top, "quotas", QuotasForm, findings) or QuotasForm()
    groups = form.security_group
    return Quotas(
        security_group_rules=_or(groups.rules, limits.SECURITY_GROUP_RULES),
        security_groups_per_interface=_or(
            groups.groups_per_interface, limits.SECURITY_GROUPS_PER_INTERFACE
        ),
        network_acl_entries=_or(form.network_acl.entries, limits.NETWORK_ACL_ENTRIES),
    )


def _or(given: int | None, default: int) -> int:
    return default if given is None else given
