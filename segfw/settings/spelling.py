"""Settings spelled as a stack file again, with every effective value in it.

What is spelled here and read back gives the same settings (a test holds it). Lists whose
order has no meaning are sorted, so shuffled input spells the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.settings.types import Cloud, ProgramValue, ReferenceKind, StackOutput, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.model import Catalog
    from segfw.sets.addresses import Prefix
    from segfw.settings.types import (
        CloudId,
        CustomFlow,
        FeatureSettings,
        HostSettings,
        Interface,
        Network,
        Settings,
    )

Values = dict[str, Any]
REFERENCES = {
    ReferenceKind.SECURITY_GROUP: "securityGroup",
    ReferenceKind.SERVICE_TAG: "serviceTag",
    ReferenceKind.APPLICATION_SECURITY_GROUP: "applicationSecurityGroup",
}


def spelled(settings: Settings, catalog: Catalog) -> Values:
    """The effective settings under the keys that a stack file has them under."""
    quotas = settings.quotas
    return {
        "cloud": settings.cloud.value,
        "gateway": _gateway(settings),
        "interfaces": {
            name: _interface(interface, settings.cloud)
            for name, interface in sorted(settings.interfaces.items())
        },
        "networks": {name: _network(n) for name, n in sorted(settings.networks.items())},
        "hosts": {name: _host(h) for name, h in sorted(settings.hosts.items())},
        "features": _features(settings, catalog),
        "quotas": {
            "securityGroup": {
                "rules": quotas.security_group_rules,
                "groupsPerInterface": quotas.security_groups_per_interface,
            },
            "networkAcl": {"entries": quotas.network_acl_entries},
        },
        "tags": dict(sorted(settings.tags.items())),
        "dropProviderAliases": settings.drop_provider_aliases,
    }


def _given(**values: Any) -> Values:
    return {name: value for name, value in values.items() if value is not None}


def _prefixes(values: Iterable[Prefix]) -> list[str]:
    return [str(value) for value in sorted(set(values))]


def _gateway(settings: Settings) -> Values:
    gateway = settings.gateway
    return {
        "environment": gateway.environment.value,
        "release": gateway.release,
        "ciscoRegion": gateway.cisco_region,
        "ephemeralPorts": str(gateway.ephemeral_ports),
        "checklist": {
            item: {"by": seen.by, "date": seen.date.isoformat()}
            for item, seen in sorted(gateway.checklist.items())
        },
    }


def _id(id_: CloudId | None) -> str | Values | ProgramValue | None:
    if isinstance(id_, StackOutput):
        return {"stack": id_.stack, "output": id_.output}
    return id_


def _interface(interface: Interface, cloud: Cloud) -> Values:
    values = {
        "roles": sorted(role.value for role in interface.roles),
        "external": interface.external,
        "families": [family.keyword for family in sorted(interface.families)],
        "subnets": _prefixes(interface.subnets),
        "routes": sorted(interface.routes),
        "defaultRoute": interface.default_route,
        "renamedFrom": sorted(interface.renamed_from),
    }
    if cloud is Cloud.AZURE:
        nsg = {"fit": interface.nsg.fit.value}
        return {**values, "resourceGroup": _id(interface.resource_group), "nsg": nsg}
    group = interface.security_group
    acl = interface.network_acl
    return {
        **values,
        "vpc": _id(interface.vpc),
        "securityGroup": {
            "groups": group.groups,
            "reserve": group.reserve,
            "fit": group.fit.value,
            "exclusive": group.exclusive,
            "attach": {key: _id(one) for key, one in sorted(group.attach.items())},
        },
        **_given(
            networkAcl={
                "subnetIds": [_id(s) for s in sorted(acl.subnet_ids, key=str)],
                "fit": acl.fit.value,
            }
            if acl
            else None
        ),
    }


def _network(network: Network) -> Values:
    references: Values = {}
    for cloud, reference in network.references.items():
        if reference.kind is ReferenceKind.PREFIX_LIST:
            family = reference.family.keyword if reference.family else None
            spelling = _given(id=_id(reference.id), weight=reference.weight, family=family)
            references[cloud.value] = {"prefixList": spelling}
        else:
            references[cloud.value] = {REFERENCES[reference.kind]: _id(reference.id)}
    return _given(
        prefixes=_prefixes(network.prefixes) or None,
        **references,
        owner=network.owner,
        source=network.source,
        checked=network.checked.isoformat() if network.checked else None,
    )


def _host(host: HostSettings) -> str | Values:
    match host.strategy:
        case Strategy.INTERNET:
            return "internet"
        case Strategy.PROXY:
            return {"proxy": {"network": host.network, "port": host.port}}
        case Strategy.PREFIXES:
            return _given(
                prefixes=_prefixes(host.prefixes),
                owner=host.owner,
                source=host.source,
                checked=host.checked.isoformat() if host.checked else None,
            )


def _features(settings: Settings, catalog: Catalog) -> Values:
    found: Values = {}
    for name, feature in settings.features.items():
        found[name] = _feature(feature, catalog.features[name].peer_option)
    for feature in catalog.features.values():
        if feature.default_on and feature.id not in settings.features:
            found[feature.id] = False
    if settings.custom_flows:
        found["custom-flow"] = [_custom(flow) for flow in settings.custom_flows]
    return found


def _feature(feature: FeatureSettings, peer_option: str | None) -> Values:
    values: Values = {k: v for k, v in feature.options.items() if v is not None}
    if feature.peers is not None and peer_option is not None:
        values[peer_option] = sorted(set(feature.peers))
    return {**values, **_given(interface=feature.interface)}


def _custom(flow: CustomFlow) -> Values:
    to_or_from = "to" if flow.direction.value == "egress" else "from"
    ports = [r.first if r.single else str(r) for r in flow.ports]
    return _given(
        name=flow.name,
        interface=flow.interface,
        direction=flow.direction.value,
        protocol=flow.protocol.value if flow.protocol else "icmp-echo",
        ports=ports or None,
        **{to_or_from: [flow.network]},
        reason=flow.reason,
        owner=flow.owner,
        reviewBy=flow.review_by.isoformat(),
    )
