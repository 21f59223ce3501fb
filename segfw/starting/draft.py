"""Values of a stack that is not there yet: what they need, and what is wrong with them.

The settings reader judges them as it judges a file; a problem of a value that a flag gave
names that flag in place of a file's line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.catalog.model import PeerKind, Role
from segfw.problems import NOWHERE, Place, Problem, ProblemsFound
from segfw.resolve import DEFAULT_HOST, INTERNET, SELF
from segfw.sets.addresses import Family, PrefixError, parse_prefix
from segfw.settings import read_settings
from segfw.settings.features import read_features
from segfw.settings.findings import Findings
from segfw.settings.peers import read_hosts, read_networks
from segfw.settings.tree import tree_from_values
from segfw.settings.types import (
    Cloud,
    Environment,
    Gateway,
    Interface,
    NetworkAclSettings,
    Quotas,
    Settings,
)
from segfw.settings.uses import Uses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from segfw.catalog.model import Catalog
    from segfw.settings.node import Node
    from segfw.settings.tree import Tree

FLAG_OF = {
    "cloud": "--cloud",
    "aws:region": "--region",
    "azure-native:location": "--region",
    "aws:allowedAccountIds": "--account",
    "azure-native:subscriptionId": "--account",
    "gateway.environment": "--environment",
    "gateway.release": "--release",
    "gateway.ciscoRegion": "--cisco-region",
    "imports": "--import",
}
FLAG_OF_INTERFACE = {
    "subnets": "--subnet",
    "vpc": "--vpc",
    "resourceGroup": "--resource-group",
    "securityGroup": "--attach",
    "networkAcl": "--network-acl",
    "routes": "--route",
    "defaultRoute": "--default-route",
}
FLAG_OF_SECTION = {
    "interfaces": "--interface",
    "networks": "--network",
    "hosts": "--host",
    "features": "--feature",
}


class Draft(NamedTuple):
    """A stack as far as its values can be read, imports merged in."""

    tree: Tree
    """Without places: the values stand in no file yet; those of imports have theirs."""
    uses: Uses
    """Features, networks, hosts and interfaces that are sound; the rest of it is a stand-in."""

    @property
    def given(self) -> Mapping[str, Node]:
        """The merged settings by their key, those with problems among them."""
        return self.tree.settings.mapping()

    def gateway(self, key: str) -> str | None:
        """A key of the gateway, whoever says it."""
        gateway = self.given.get("gateway")
        node = gateway.mapping().get(key) if gateway is not None else None
        return node.text if node is not None else None

    def needed_networks(self) -> dict[str, tuple[str, ...]]:
        """The networks that features or proxies need and nobody gave, with their users."""
        there = self.given.get("networks")
        known = there.mapping() if there is not None else {}
        found: dict[str, dict[str, None]] = {}
        for feature, flow, row in self.uses.every_flow():
            names = list(self.uses.peer_names(feature, flow))
            for host in self.uses.hosts(feature, flow, row):
                strategy = self.uses.settings.hosts.get(host)
                names += [strategy.network] if strategy and strategy.network else []
            for name in names:
                if name not in (INTERNET, SELF) and name not in known:
                    found.setdefault(name, {})[feature.id] = None
        return {name: tuple(users) for name, users in found.items()}

    def hosts_without_strategy(self) -> tuple[str, ...]:
        """The host names that features need, where neither they nor ``default`` have a strategy."""
        there = self.given.get("hosts")
        known = there.mapping() if there is not None else {}
        if DEFAULT_HOST in known:
            return ()
        found = {
            host: None
            for feature, flow, row in self.uses.every_flow()
            if flow.peer is PeerKind.HOSTS and tuple(self.uses.hosts(feature, flow, row))
            for host in row.hosts
            if host not in known
        }
        return tuple(found)


def draft_of(values: Mapping[str, Any], catalog: Catalog, config_dir: Path, stack: str) -> Draft:
    """What can be read of *values*; never refuses, what is wrong is for `judged` to say."""
    tree = replace(
        tree_from_values(values, stack=stack, config_dir=config_dir),
        program=False,
    )
    findings = Findings(tree)
    top = tree.settings.mapping()
    features, flows = read_features(top.get("features"), catalog, findings)
    cloud = top["cloud"].text if "cloud" in top else ""
    gateway = top["gateway"].mapping() if "gateway" in top else {}
    region = gateway["ciscoRegion"].text if "ciscoRegion" in gateway else None
    known_region = region if region in catalog.regions else None
    settings = Settings(
        stack=stack,
        cloud=Cloud.AZURE if cloud == Cloud.AZURE.value else Cloud.AWS,
        region=None,
        gateway=Gateway(
            environment=Environment.DEV,
            release=catalog.releases[-1],
            cisco_region=known_region or catalog.regions[0],
        ),
        interfaces=_interfaces(top.get("interfaces")),
        networks=read_networks(top.get("networks"), findings),
        hosts=read_hosts(top.get("hosts"), findings),
        features=features,
        custom_flows=flows,
        quotas=Quotas(
            security_group_rules=0, security_groups_per_interface=0, network_acl_entries=0
        ),
        tags={},
    )
    return Draft(tree, Uses(settings=settings, catalog=catalog, cisco_region=known_region))


def _interfaces(node: Node | None) -> dict[str, Interface]:
    """What a draft's words depend on; what cannot be read is left out, an ACL's subnets too."""
    found: dict[str, Interface] = {}
    roles = {role.value: role for role in Role}
    for name, entry in (node.mapping() if node is not None else {}).items():
        held = entry.mapping()
        texts = [item.text for item in held["subnets"].items()] if "subnets" in held else []
        said = [item.text for item in held["roles"].items()] if "roles" in held else []
        both = held["families"].items() if "families" in held else ()
        try:
            subnets = tuple(parse_prefix(text) for text in texts)
        except PrefixError:
            subnets = ()
        found[name] = Interface(
            name=name,
            roles=frozenset(roles[text] for text in said if text in roles),
            external="external" in held and held["external"].value is True,
            families=tuple(f for f in Family if f.keyword in {one.text for one in both})
            or (Family.IPV4,),
            subnets=subnets,
            network_acl=NetworkAclSettings(subnet_ids=()) if "networkAcl" in held else None,
            default_route="defaultRoute" in held and held["defaultRoute"].value is True,
        )
    return found


def judged(
    values: Mapping[str, Any], catalog: Catalog, config_dir: Path, stack: str, today: date
) -> tuple[Problem, ...]:
    """Everything that the settings reader finds wrong with *values*, at the flags that say it."""
    draft = draft_of(values, catalog, config_dir, stack)
    try:
        read_settings(draft.tree, catalog, stack=stack, today=today)
    except ProblemsFound as found:
        return tuple(at_its_flag(problem) for problem in found.problems)
    return ()


def at_its_flag(problem: Problem) -> Problem:
    """A problem of a value that stands in no file, at the flag that gives it."""
    if problem.place != NOWHERE:
        return problem
    flag = _flag(problem.path)
    return problem if flag is None else problem._replace(place=Place(flag, 0))


def _flag(path: str) -> str | None:
    """``--network admins`` for ``networks.admins[10.0.0.0/8]``; None where no flag says it."""
    bare = path.partition("[")[0]
    if bare in FLAG_OF:
        return FLAG_OF[bare]
    section, _, rest = bare.partition(".")
    if section not in FLAG_OF_SECTION or not rest:
        return None
    if section == "hosts":
        return f"{FLAG_OF_SECTION[section]} {rest}"
    name, _, below = rest.partition(".")
    key = below.partition(".")[0]
    if section == "interfaces" and key in FLAG_OF_INTERFACE:
        return f"{FLAG_OF_INTERFACE[key]} {name}"
    return f"{FLAG_OF_SECTION[section]} {name}"
