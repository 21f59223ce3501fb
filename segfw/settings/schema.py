"""The JSON Schema of a stack file, from the types and the catalog; for editors.

``python -m segfw.settings.schema`` writes ``config/stack.schema.json``; ``--check``
compares. Shared files have the same form, so nothing that an import may bring is required.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segfw import limits
from segfw.catalog import load_catalog
from segfw.catalog.model import OptionKind
from segfw.settings.features import CUSTOM_FLOW
from segfw.settings.forms import CustomFlowForm, HostForm, NetworkForm, QuotasForm
from segfw.settings.node import BESIDE_CONFIG
from segfw.settings.structure import NAME
from segfw.settings.types import Cloud, Confirmation, Gateway, Interface
from segfw.settings.typeschema import DEFINITIONS, PORT, ref, schema_of

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog, Feature, Option

    Schema = dict[str, Any]

FILE = Path("config/stack.schema.json")
DRAFT = "https://json-schema.org/draft/2020-12/schema"
VERSION = 1
"""The number of the form of stack files; raised when a file that was good no longer is."""
KEBAB = f"^{NAME.pattern}$"


def stack_schema(catalog: Catalog) -> Schema:
    """The schema of stack files and of the shared files that they import."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:stack:{VERSION}",
        "title": "A stack of seg-firewall",
        "description": "config/Pulumi.<stack>.yaml, or a file in config/shared/.",
        "type": "object",
        "properties": {
            "config": _config(catalog),
            **{
                key: {"type": "string", "description": "The engine's own."} for key in BESIDE_CONFIG
            },
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": {
            **DEFINITIONS,
            "host": _host(),
            "confirmation": schema_of(Confirmation),
            "network": {
                "anyOf": [{"type": "array", "items": ref("prefix")}, schema_of(NetworkForm)],
                "description": "A named set of prefixes, with optional references per cloud.",
            },
        },
    }


def _config(catalog: Catalog) -> Schema:
    ours = {f"seg-firewall:{key}": schema for key, schema in _settings(catalog).items()}
    return {
        "type": "object",
        "properties": {
            "aws:region": {"type": "string", "description": "The region, such as eu-central-1."},
            "aws:allowedAccountIds": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[0-9]{12}$"},
                "description": "The account that this stack may change; production names it.",
            },
            "azure-native:location": {"type": "string", "description": "Such as westeurope."},
            "azure-native:subscriptionId": {
                "type": "string",
                "description": "The subscription that this stack may change; production names it.",
            },
            **ours,
        },
        "propertyNames": {"anyOf": [{"pattern": "^(?!seg-firewall:)[^:]+:.+$"}, {"enum": [*ours]}]},
    }


def _settings(catalog: Catalog) -> dict[str, Schema]:
    return {
        "cloud": {
            "enum": [cloud.value for cloud in Cloud],
            "description": "Where the gateways run.",
        },
        "imports": {
            "type": "array",
            "items": {"type": "string"},
            "uniqueItems": True,
            "description": "Files of config/shared/ that this one builds on; later ones win, "
            "maps merge, everything else is replaced.",
        },
        "gateway": _gateway(catalog),
        "interfaces": _named(
            schema_of(Interface), limits.INTERFACE_NAME_LENGTH, "The gateway's network interfaces."
        ),
        "networks": _named(ref("network"), limits.NAME_LENGTH, "Who the peers are."),
        "hosts": {
            "type": "object",
            "description": "A strategy for each host name without published addresses.",
            "properties": {
                "default": {"description": "For every other host.", **ref("host")},
                **{
                    host.id: {"description": host.note or f"The host {host.id}.", **ref("host")}
                    for host in catalog.hosts.values()
                },
            },
            "additionalProperties": False,
        },
        "features": {
            "type": "object",
            "description": "What the gateways do; {} switches a feature on, false off.",
            "properties": {
                feature.id: _feature(feature, catalog) for feature in catalog.features.values()
            },
            "additionalProperties": False,
        },
        "quotas": schema_of(QuotasForm),
        "tags": {
            "type": "object",
            "additionalProperties": ref("text"),
            "description": "Tags for every resource.",
        },
        "dropProviderAliases": {
            "type": "boolean",
            "description": "Azure: leave out the provider's aliases for old API versions (faster; "
            "new stacks only).",
        },
    }


def _gateway(catalog: Catalog) -> Schema:
    schema = schema_of(Gateway)
    properties = schema["properties"]
    properties["ciscoRegion"] = {
        "enum": list(catalog.regions),
        "description": "The Cisco region whose cloud services the gateway uses.",
    }
    properties["release"] = {
        "type": "string",
        "pattern": r"^[1-9][0-9]?\.[0-9]{1,2}(\.[0-9]{1,3})*$",
        "description": f"AsyncOS, quoted; known are {', '.join(catalog.releases)}.",
    }
    properties["checklist"] = {
        "type": "object",
        "description": "Who saw on the gateway that an item of the checklist is done, and when.",
        "properties": {
            item.id: {**ref("confirmation"), "description": item.title}
            for item in catalog.checklist
        },
        "additionalProperties": False,
    }
    return schema


def _named(entry: Schema, longest: int, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": KEBAB, "maxLength": longest},
        "additionalProperties": entry,
    }


def _host() -> Schema:
    return {
        "anyOf": [
            {"const": "internet"},
            {"type": "array", "items": ref("prefix"), "minItems": 1},
            schema_of(HostForm),
        ]
    }


def _feature(feature: Feature, catalog: Catalog) -> Schema:
    about = f"{feature.title}: {feature.what}." + (f" {feature.note}" if feature.note else "")
    if feature.id == CUSTOM_FLOW:
        flow = schema_of(CustomFlowForm)
        flow["properties"]["name"] = {
            "type": "string",
            "pattern": KEBAB,
            "maxLength": limits.NAME_LENGTH,
        }
        flows: Schema = {"type": "array", "items": flow, "maxItems": limits.CUSTOM_FLOWS}
        return {"anyOf": [flows, {"const": False}], "description": about}
    properties = {option.name: _option(option, catalog) for option in feature.options.values()}
    if feature.peer_option is not None:
        properties[feature.peer_option] = {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "uniqueItems": True,
            "description": f"Networks in place of {feature.network or 'the hosts'}.",
        }
    properties["interface"] = {"type": "string", "description": "The interface it is pinned to."}
    return {
        "anyOf": [
            {"type": "object", "properties": properties, "additionalProperties": False},
            {"const": False},
        ],
        "description": about,
    }


def _option(option: Option, catalog: Catalog) -> Schema:
    schema: Schema
    match option.kind:
        case OptionKind.FLAG:
            schema = {"type": "boolean"}
        case OptionKind.CHOICE:
            schema = {"enum": list(option.values)}
        case OptionKind.PORT:
            schema = dict(PORT)
        case OptionKind.PORT_CHOICE:
            rows = [catalog.rows[row] for row in option.rows]
            ports = {first for row in rows for first, _ in row.ports}
            ports |= {port for row in rows for port in row.alternatives}
            schema = {"enum": sorted(ports)}
        case OptionKind.DATE:  # pragma: no branch
            schema = ref("day")
    if option.default is not None:
        schema["default"] = option.default
    return {**schema, "description": f"{option.title}."}


def text_of(catalog: Catalog) -> str:
    """The file's text."""
    return json.dumps(stack_schema(catalog), indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` compare it; 1 where they differ."""
    text = text_of(load_catalog())
    if "--check" in arguments:
        if FILE.is_file() and FILE.read_text(encoding="utf-8") == text:
            return 0
        print(f"{FILE} is not what the types and the catalog say; run {__spec__.name} again.")
        return 1
    FILE.write_text(text, encoding="utf-8")
    print(f"wrote {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
