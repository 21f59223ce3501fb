"""The record types of the catalog as the builder sees them: JSON keys, types and meanings."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Union, get_args, get_origin, get_type_hints

from segfw.catalog import model

Hint = Any
"""A type as `typing.get_type_hints` gives it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: its key in YAML and JSON, its type, and what it means."""

    key: str
    hint: Hint
    meaning: str


def fields_of(record: Any) -> tuple[Field, ...]:
    """The fields of *record*, in order."""
    hints = get_type_hints(record, dict(vars(model)), {"Mapping": Mapping})
    meanings = meanings_of(record.__name__)
    return tuple(Field(camel(name), hints[name], meanings.get(name, "")) for name in record._fields)


def camel(name: str) -> str:
    """``from_release`` as ``fromRelease``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def meaning_of(record: str) -> str:
    """The first paragraph of the docstring of *record*."""
    return inspect.getdoc(vars(model)[record]) or ""


@cache
def meanings_of(record: str) -> Mapping[str, str]:
    """What the texts below the fields of *record* in the model say, by field."""
    tree = ast.parse(inspect.getsource(model))
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == record)
    found: dict[str, str] = {}
    for statement, below in pairwise(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[statement.target.id] = " ".join(text.split())
                case _:
                    pass
    return found


def optional(hint: Hint) -> Hint | None:
    """The type that *hint* allows besides None; None where it does not allow None."""
    parts = _members(hint)
    if type(None) not in parts:
        return None
    rest = tuple(part for part in parts if part is not type(None))
    return rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 - the members are known only here


def scalars(hint: Hint) -> tuple[type, ...] | None:
    """The types of a union of scalars, or the one scalar type; None for anything else."""
    parts = _members(hint)
    return parts if all(part in (bool, int, str) for part in parts) else None


def items(hint: Hint) -> Hint | None:
    """The type of the items of a tuple of any length; None for anything else."""
    args = get_args(hint)
    many = get_origin(hint) is tuple and args[1:] == (Ellipsis,)
    return args[0] if many else None


def is_pair(hint: Hint) -> bool:
    """Whether *hint* is a pair of integers: port bounds, or an ICMP type and code."""
    return get_origin(hint) is tuple and get_args(hint) == (int, int)


def values(hint: Hint) -> Hint | None:
    """The type of a mapping's values; None for anything else."""
    return get_args(hint)[1] if get_origin(hint) is Mapping else None


def is_record(hint: Hint) -> bool:
    """Whether *hint* is one of the model's records; a mapping of records is written as a list."""
    return isinstance(hint, type) and issubclass(hint, tuple)


def empty(hint: Hint) -> list[Any] | dict[str, Any] | bool | None:
    """What a left-out key means.

    Raises:
        LookupError: the type has no empty value, so the key is required.
    """
    if optional(hint) is not None:
        return None
    if items(hint) is not None:
        return []
    if values(hint) is not None:
        return [] if is_record(values(hint)) else {}
    if hint is bool:
        return False
    raise LookupError


def _members(hint: Hint) -> tuple[Hint, ...]:
    args = get_args(hint)
    is_union = bool(args) and get_origin(hint) not in (tuple, Mapping)
    return args if is_union else (hint,)
