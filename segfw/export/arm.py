"""A plan as an Azure Resource Manager template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.export.names import cloud_name, label
from segfw.export.points import (
    described,
    from_elsewhere,
    json_text,
    nsgs_of,
    provenance,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog
    from segfw.clouds.azure_nsg.spec import NsgSpec, SecurityRule
    from segfw.clouds.resource import Json
    from segfw.export.points import PointExport
    from segfw.plan import Plan

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
API_VERSION = "2024-05-01"
"""The version that azure-native 3.29 registers network security groups with."""
SEVERAL_GROUPS = (
    "A template is deployed to one resource group; the stack's groups are in {groups}, each as "
    "its metadata says."
)


def arm(plan: Plan, catalog: Catalog) -> str:
    """The stack as one template of a resource group, with a parameter for each id from elsewhere.

    A resource group from elsewhere is no parameter: it is where the template is deployed.
    """
    elsewhere = from_elsewhere(plan)
    values = {text: f"[parameters('{label(text)}')]" for text in elsewhere}
    nsgs = nsgs_of(plan, catalog)
    groups = sorted({spec.resource_group_name for spec, _ in nsgs})
    parameters: dict[str, Json] = {
        label(text): {"type": "string", "metadata": {"description": described(id_)}}
        for text, id_ in elsewhere.items()
        if text not in groups
    }
    not_said = [SEVERAL_GROUPS.format(groups=", ".join(groups))] if len(groups) > 1 else []
    return json_text(
        {
            "$schema": SCHEMA,
            "contentVersion": "1.0.0.0",
            "metadata": {**provenance(plan, catalog), "notSaid": [*not_said]},
            "parameters": parameters,
            "resources": [_group(plan, spec, point, values) for spec, point in nsgs],
        }
    )


def _group(
    plan: Plan, spec: NsgSpec, point: PointExport, values: Mapping[str, str]
) -> dict[str, Json]:
    rules = point.named()
    return {
        "type": "Microsoft.Network/networkSecurityGroups",
        "apiVersion": API_VERSION,
        "name": cloud_name(plan.settings.stack, spec.name),
        "location": plan.settings.region or "[resourceGroup().location]",
        "tags": {key: _literal(spec.tags[key]) for key in sorted(spec.tags)},
        "metadata": {
            "name": spec.name,
            "resourceGroup": spec.resource_group_name,
            "rules": {rule.name: point.why(rules[rule.name]) for rule in spec.rules},
        },
        "properties": {"securityRules": [_rule(rule, values) for rule in spec.rules]},
    }


def _rule(rule: SecurityRule, values: Mapping[str, str]) -> dict[str, Json]:
    """A rule: azure-native takes its properties flat, and ARM under ``properties``."""
    flat = {key: _said(value, values) for key, value in rule.inputs().items()}
    properties = {**flat, "description": _literal(rule.description)}
    del properties["name"]
    return {"name": rule.name, "properties": properties}


def _said(value: Json, values: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return values.get(value) or _literal(value)
    if isinstance(value, list):
        return [_said(item, values) for item in value]
    if isinstance(value, dict):
        return {key: _said(inner, values) for key, inner in value.items()}
    return value


def _literal(text: str) -> str:
    """Text that stays as it is: what stands in brackets is an expression otherwise."""
    return f"[{text}" if text.startswith("[") and text.endswith("]") else text
