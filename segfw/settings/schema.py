"""The JSON Schema of a stack file, from the types and the catalog; for editors.

``python -m segfw.settings.schema`` writes ``config/stack.schema.json``; ``--check``
compares. Shared files have the same form, so nothing that an import may bring is required.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import sys
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin, get_type_hints

from segfw import limits
from segfw.catalog import load_catalog
from segfw.catalog.model import OptionKind
from segfw.sets.addresses import Family, Prefix
from segfw.sets.ports import LAST_PORT, PortRange
from segfw.settings.features import CUSTOM_FLOW, CUSTOM_FLOW_NAME_LENGTH
from segfw.settings.forms import CustomFlowForm, HostForm, NetworkForm, QuotasForm, camel
from segfw.settings.node import BESIDE_CONFIG
from segfw.settings.reader import NETWORK_NAME_LENGTH
from segfw.settings.structure import NAME, TEXT_LENGTH
from segfw.settings.types import (
    Cloud,
    Confirmation,
    Gateway,
    Interface,
    NetworkAclSettings,
    SecurityGroupSettings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog, Feature, Option

    Schema = dict[str, Any]

FILE = Path("config/stack.schema.json")
DRAFT = "https://json-schema.org/draft/2020-12/schema"
VERSION = 1
"""The number of the form of stack files; raised when a file that was good no longer is."""
KEBAB = f"^{NAME.pattern}$"
PORT: Schema = {"type": "integer", "minimum": 1, "maximum": LAST_PORT}
DEFINITIONS: dict[str, Schema] = {
    "prefix": {
        "type": "string",
        "description": "An address with its length, without host bits: 10.0.0.0/24.",
        "pattern": r"^[0-9a-fA-F:.]+/[0-9]{1,3}$",
    },
    "day": {
        "type": "string",
        "description": 'A day, quoted: "2026-11-24".',
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    },
    "text": {"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH},
    "ports": {
        "description": 'A port such as 8514, or a range such as "8000-8010".',
        "anyOf": [PORT, {"type": "string", "pattern": "^[0-9]{1,5}-[0-9]{1,5}$"}],
    },
    "id": {
        "description": "An id of the cloud's, or another stack's output.",
        "anyOf": [
            {"type": "string", "minLength": 1},
            {
                "type": "object",
                "properties": {
                    "stack": {"type": "string", "description": "The stack that exports it."},
                    "output": {"type": "string", "description": "The name of its output."},
                },
                "required": ["stack", "output"],
                "additionalProperties": False,
            },
        ],
    },
}
BOUNDS: dict[str, Schema] = {
    "groups": {"minimum": 1, "maximum": limits.SECURITY_GROUPS_PER_INTERFACE_MOST},
    "reserve": {"minimum": 0},
    "weight": {"minimum": 1},
    "port": {"minimum": 1, "maximum": LAST_PORT},
    "rules": {"minimum": limits.SECURITY_GROUP_RULES},
    "groups_per_interface": {"minimum": 1, "maximum": limits.SECURITY_GROUPS_PER_INTERFACE_MOST},
    "entries": {
        "minimum": limits.NETWORK_ACL_ENTRIES,
        "maximum": limits.NETWORK_ACL_ENTRIES_MOST,
    },
}
"""What a number may be, by the name of its field."""
CLOSED = (CustomFlowForm,)
"""Forms that are written whole: an import cannot bring the rest of a list's item."""


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
                "anyOf": [{"type": "array", "items": _ref("prefix")}, schema_of(NetworkForm)],
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
        "networks": _named(_ref("network"), NETWORK_NAME_LENGTH, "Who the peers are."),
        "hosts": {
            "type": "object",
            "description": "A strategy for each host name without published addresses.",
            "properties": {
                "default": {"description": "For every other host.", **_ref("host")},
                **{
                    host.id: {"description": host.note or f"The host {host.id}.", **_ref("host")}
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
            "additionalProperties": _ref("text"),
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
            item.id: {**_ref("confirmation"), "description": item.title}
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
            {"type": "array", "items": _ref("prefix"), "minItems": 1},
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
            "maxLength": CUSTOM_FLOW_NAME_LENGTH,
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
            schema = _ref("day")
    if option.default is not None:
        schema["default"] = option.default
    return {**schema, "description": f"{option.title}."}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def schema_of(kind: Any) -> Schema:
    """The schema of values of a type, as `segfw.settings.structure` takes them."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        kinds = [argument for argument in arguments if argument is not type(None)]
        return schema_of(kinds[0]) if len(kinds) == 1 else _ref("id")
    if origin in (tuple, frozenset):
        return {"type": "array", "items": schema_of(arguments[0]), "uniqueItems": True}
    if origin is not None:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    named: dict[Any, Schema] = {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        str: _ref("text"),
        date: _ref("day"),
        Prefix: _ref("prefix"),
        PortRange: _ref("ports"),
        Family: {"enum": [family.keyword for family in Family]},
    }
    if kind in named:
        return dict(named[kind])
    if is_dataclass(kind):
        return _class_schema(cast("type", kind))
    return {"enum": [member.value for member in cast("type[Enum]", kind)]}


def _class_schema(kind: type) -> Schema:
    hints = get_type_hints(kind)
    documented = _documentation(kind)
    properties: dict[str, Schema] = {}
    for each in fields(kind):
        if (kind, each.name) == (Interface, "name"):
            continue
        schema: Schema = {
            **schema_of(hints[each.name]),
            **_default(each),
            **BOUNDS.get(each.name, {}),
        }
        if (kind, each.name) == (SecurityGroupSettings, "attach"):
            several: Schema = {"type": "array", "items": _ref("id"), "uniqueItems": True}
            schema = {"anyOf": [several, schema]}
        if (kind, each.name) == (NetworkAclSettings, "subnet_ids"):
            schema["minItems"] = 1
        if each.name in documented:
            schema["description"] = documented[each.name]
        properties[camel(each.name)] = schema
    schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": (kind.__doc__ or "").strip().partition("\n")[0],
    }
    needed = [
        camel(each.name)
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    ]
    return {**schema, "required": needed} if kind in CLOSED and needed else schema


def _default(field: Field[Any]) -> Schema:
    value = field.default
    if isinstance(value, Enum) and not isinstance(value, Family):
        return {"default": value.value}
    return {"default": value} if isinstance(value, (bool, int)) else {}


@cache
def _documentation(kind: type) -> Mapping[str, str]:
    """The docstring below each field of a class, on one line."""
    tree = ast.parse(inspect.getsource(kind))
    body = cast("ast.ClassDef", tree.body[0]).body
    found: dict[str, str] = {}
    for field, text in itertools.pairwise(body):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


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
