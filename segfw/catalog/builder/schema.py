"""The JSON Schema of ``catalog.json``, from the model's types and the texts below them."""

from __future__ import annotations

from enum import Enum
from typing import Any

from segfw.catalog import model
from segfw.catalog.builder import fields
from segfw.catalog.builder.assemble import FORMAT

RECORDS = (
    model.Row,
    model.Published,
    model.Correction,
    model.Feature,
    model.Option,
    model.FeatureFlow,
    model.Host,
    model.Source,
    model.ChecklistItem,
)
TYPES = {bool: "boolean", int: "integer", str: "string"}


def catalog_schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) that ``catalog.json`` satisfies."""
    body = _record(model.Catalog)
    body["properties"] = {
        "$schema": {"const": "catalog.schema.json"},
        "format": {"const": FORMAT, "description": "The number of this form."},
        **body["properties"],
    }
    body["required"] = list(body["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The seg-firewall catalog",
        **body,
        "$defs": {record.__name__: _record(record) for record in RECORDS},
    }


def _record(record: type) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in fields.fields_of(record):
        properties[field.key] = _type(field.hint)
        if field.meaning:
            properties[field.key] |= {"description": field.meaning.replace("``", "`")}
    return {
        "description": fields.meaning_of(record.__name__),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _type(hint: fields.Hint) -> dict[str, Any]:
    inner = fields.optional(hint)
    if inner is not None:
        return {"anyOf": [_type(inner), {"type": "null"}]}
    if fields.is_record(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if fields.is_pair(hint):
        bound = {"type": "integer", "minimum": 0, "maximum": 65535}
        return {"type": "array", "prefixItems": [bound, bound], "items": False, "minItems": 2}
    if fields.items(hint) is not None:
        return {"type": "array", "items": _type(fields.items(hint))}
    if fields.values(hint) is not None:
        return _mapping(fields.values(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    kinds = [TYPES[kind] for kind in fields.scalars(hint) or ()]
    return {"type": kinds[0] if len(kinds) == 1 else kinds}


def _mapping(hint: fields.Hint) -> dict[str, Any]:
    if fields.is_record(hint):
        return {"type": "array", "items": _type(hint)}
    return {"type": "object", "additionalProperties": _type(hint)}
