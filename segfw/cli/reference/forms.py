"""The pieces that the JSON Schemas of the reference are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.sets.addresses import Family

if TYPE_CHECKING:
    from enum import Enum

    Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def record(description: str, /, **properties: Schema) -> Schema:
    """An object; every key is there."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


def list_of(items: Schema, description: str) -> Schema:
    """A list of *items*."""
    return {"type": "array", "items": items, "description": description}


def text(description: str, *, null: bool = False) -> Schema:
    """Text; with *null*, or null."""
    return {"type": ["string", "null"] if null else "string", "description": description}


def count(description: str) -> Schema:
    """A number of things."""
    return {"type": "integer", "minimum": 0, "description": description}


def one_of(kind: type[Enum], description: str, *, null: bool = False) -> Schema:
    """One of the values of *kind*."""
    values = [member.value for member in kind]
    return {"enum": [*values, None] if null else values, "description": description}


def family(description: str, *, null: bool = False) -> Schema:
    """An address family by its keyword."""
    values = [family.keyword for family in Family]
    return {"enum": [*values, None] if null else values, "description": description}


def flag(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}
