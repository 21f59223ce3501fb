"""The JSON Schema of a type, as `segfw.settings.structure` takes its values."""

from __future__ import annotations

import ast
import inspect
import itertools
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin, get_type_hints

from segfw import limits
from segfw.sets.addresses import Family, Prefix
from segfw.sets.ports import LAST_PORT, PortRange
from segfw.settings.forms import CustomFlowForm, camel
from segfw.settings.structure import TEXT_LENGTH
from segfw.settings.types import Interface, NetworkAclSettings, SecurityGroupSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = dict[str, Any]

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


def ref(name: str) -> Schema:
    """A reference to one of `DEFINITIONS`, or of the stack schema's own."""
    return {"$ref": f"#/$defs/{name}"}


def schema_of(kind: Any) -> Schema:
    """The schema of values of a type, as `segfw.settings.structure` takes them."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        kinds = [argument for argument in arguments if argument is not type(None)]
        return schema_of(kinds[0]) if len(kinds) == 1 else ref("id")
    if origin in (tuple, frozenset):
        return {"type": "array", "items": schema_of(arguments[0]), "uniqueItems": True}
    if origin is not None:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    named: dict[Any, Schema] = {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        str: ref("text"),
        date: ref("day"),
        Prefix: ref("prefix"),
        PortRange: ref("ports"),
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
            several: Schema = {"type": "array", "items": ref("id"), "uniqueItems": True}
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
