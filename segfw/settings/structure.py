"""Plain values become typed ones: cattrs with our own hooks, and its errors in our words.

Errors say where they are as a path of keys; a list's item is named by its value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin

from cattrs import (
    ClassValidationError,
    Converter,
)
from cattrs.gen import make_dict_structure_fn, override

from segfw.sets.addresses import Family, Prefix, PrefixError, parse_prefix, parse_prefixes
from segfw.sets.ports import LAST_PORT, PortRange
from segfw.settings.complaints import Inside, Refused
from segfw.settings.forms import camel
from segfw.settings.node import kind_of, said
from segfw.settings.types import (
    CloudId,
    ProgramValue,
    SecurityGroupSettings,
    StackOutput,
)
from segfw.settings.words import CONTROL, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from cattrs import BaseConverter

T = TypeVar("T")

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TEXT_LENGTH = 512
"""The longest text that a setting takes; reasons and sources are single sentences."""
RANGE = re.compile(r"(0|[1-9][0-9]{0,4})-(0|[1-9][0-9]{0,4})")


def structure(value: object, kind: type[T]) -> T:
    """*value* as a *kind*.

    Raises:
        Refused, Inside, cattrs.ClassValidationError: see `complaints`.
    """
    return converter().structure(value, kind)


@cache
def converter() -> Converter:
    """The converter with all hooks; each class's own hook is made when it is first used."""
    made = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, hook in {
        bool: _bool,
        int: _int,
        str: _text,
        Prefix: _prefix,
        PortRange: _port_range,
        Family: _family,
        date: _date,
    }.items():
        made.register_structure_hook(kind, hook)
    made.register_structure_hook_factory(_is_enum, _enum_hook)
    made.register_structure_hook_factory(_is_tuple, _tuple_hook)
    made.register_structure_hook_func(_is_prefixes, _prefixes)
    made.register_structure_hook_factory(_is_frozenset, _frozenset_hook)
    made.register_structure_hook_factory(_is_mapping, _mapping_hook)
    made.register_structure_hook_factory(is_dataclass, _class_hook)
    made.register_structure_hook_func(_is_cloud_id, _cloud_id)
    return made


def _bool(value: object, _: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Refused(f"is {said(value)}; write true or false, without quotes")


def _int(value: object, _: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
        raise Refused(f"is {said(value)}; write the number without quotes")
    raise Refused(f"is {said(value)}; write a whole number")


def _text(value: object, _: object) -> str:
    if isinstance(value, str):
        return checked_text(value)
    if isinstance(value, int):
        shown = ("false", "true")[value] if isinstance(value, bool) else str(value)
        raise Refused(f'is {kind_of(value)} to YAML; quote it: "{shown}"')
    raise Refused(f"is {kind_of(value)}; write text")


def checked_text(value: str) -> str:
    """*value*, which says something and has no control characters."""
    if not value.strip():
        raise Refused("is empty; write text, or leave the key out")
    found = CONTROL.search(value)
    if found:
        raise Refused(
            f"has the control character U+{ord(found[0]):04X}; write it as one line of plain text"
        )
    if not value.isprintable() and any("\ud800" <= c <= "\udfff" for c in value):
        raise Refused("has half of a character pair; write plain text")
    if len(value) > TEXT_LENGTH:
        raise Refused(f"has {len(value)} characters; write at most {TEXT_LENGTH}")
    return value


def _prefix(value: object, _: object) -> Prefix:
    if isinstance(value, ProgramValue) or "stack" in _mapping(value):
        raise Refused(
            "is an output, and quotas and proofs need prefixes before anything is made; "
            "write the prefix itself"
        )
    if not isinstance(value, str):
        raise Refused(f"is {said(value)}; write a prefix such as 10.0.0.0/24")
    try:
        return parse_prefix(value)
    except PrefixError as error:
        raise Refused(str(error).replace('"; did', "; did")) from None


def _is_prefixes(kind: Any) -> bool:
    return kind == tuple[Prefix, ...]


def _prefixes(value: object, _: object) -> tuple[Prefix, ...]:
    """A list read at once where nothing is wrong with it, else item by item."""
    if isinstance(value, list):
        items = cast("list[object]", value)
        texts = [item for item in items if isinstance(item, str)]
        try:
            found = parse_prefixes(texts)
        except PrefixError:
            found = []
        if len(set(found)) == len(items):
            return tuple(found)
    return tuple(_items(cast("object", value), Prefix, converter()))


def _port_range(value: object, _: object) -> PortRange:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= LAST_PORT:
            raise Refused(f"{value} is no port; ports are 1 to {LAST_PORT}")
        return PortRange(value, value)
    found = RANGE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Refused('is no port range; write a port such as 8514, or two such as "8000-8010"')
    first, last = int(found[1]), int(found[2])
    if not 1 <= first <= LAST_PORT or last > LAST_PORT:
        raise Refused(f"{value} leaves the ports, which are 1 to {LAST_PORT}")
    if last < first:
        raise Refused(f"{value} ends before it starts; write the lower port first")
    return PortRange(first, last)


def _family(value: object, _: object) -> Family:
    for family in Family:
        if value == family.keyword:
            return family
    raise Refused(f"is {said(value)}; write ipv4 or ipv6")


def _date(value: object, _: object) -> date:
    refused = Refused(f'is {said(value)}; write a day, quoted, such as "2026-11-24"')
    if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        raise refused
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refused from None


def _cloud_id(value: object, _: object) -> CloudId:
    if isinstance(value, ProgramValue):
        return value
    if isinstance(value, dict):
        return converter().structure(value, StackOutput)
    if isinstance(value, str):
        return checked_text(value)
    raise Refused(f"is {kind_of(value)}; write an id, or {{stack: ..., output: ...}}")


def _is_cloud_id(kind: Any) -> bool:
    return set(get_args(kind)) - {type(None)} == set(get_args(CloudId))


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum) and kind is not Family


def _enum_hook(kind: type[Enum], _: BaseConverter) -> Callable[[object, object], Enum]:
    values = {member.value: member for member in kind}

    def hook(value: object, _: object) -> Enum:
        if isinstance(value, str) and value in values:
            return values[value]
        if isinstance(value, str):
            raise Refused(unknown_value(value, list(values)))
        raise Refused(f"is {said(value)}; write one of {', '.join(values)}")

    return hook


def unknown_value(value: str, known: list[str]) -> str:
    """``"prood" is none of dev, test; did you mean "prod"?``."""
    hint = did_you_mean(value, known)
    return f'"{value}" is none of {", ".join(known)}' + (f"; {hint}" if hint else "")


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_frozenset(kind: Any) -> bool:
    return get_origin(kind) is frozenset


def _is_mapping(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _items(value: object, kind: Any, made: BaseConverter) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(f"is {said(value)}; write a list")
    found: list[tuple[str, Exception]] = []
    items: dict[Any, None] = {}
    for item in cast("list[object]", value):
        step = _step(item)
        try:
            structured = made.structure(item, kind)
        except (Refused, Inside, ClassValidationError) as error:
            found.append((step, error))
            continue
        if structured in items:
            found.append((step, Refused("stands in the list twice; keep one")))
        items[structured] = None
    if found:
        raise Inside(found)
    return list(items)


def _mapping(value: object) -> dict[str, object]:
    """*value* where it is a mapping, else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _step(item: object) -> str:
    if isinstance(item, bool):
        return f"[{str(item).lower()}]"
    if isinstance(item, dict):
        name = _mapping(cast("object", item)).get("name")
        return f"[{name}]" if isinstance(name, str) else ""
    return "" if isinstance(item, list) else f"[{item}]"


def _tuple_hook(kind: Any, made: BaseConverter) -> Callable[[object, object], object]:
    inner = get_args(kind)[0]
    return lambda value, _: tuple(_items(value, inner, made))


def _frozenset_hook(kind: Any, made: BaseConverter) -> Callable[[object, object], object]:
    inner = get_args(kind)[0]
    return lambda value, _: frozenset(_items(value, inner, made))


def _mapping_hook(kind: Any, made: BaseConverter) -> Callable[[object, object], object]:
    inner = get_args(kind)[1]

    def hook(value: object, _: object) -> object:
        if not isinstance(value, dict):
            raise Refused(f"is {said(value)}; write a mapping")
        found: list[tuple[str, Exception]] = []
        entries: dict[str, object] = {}
        for key, item in _mapping(cast("object", value)).items():
            try:
                entries[key] = made.structure(item, inner)
            except (Refused, Inside, ClassValidationError) as error:
                found.append((f".{key}", error))
        if found:
            raise Inside(found)
        return entries

    return hook


def _class_hook(kind: Any, made: Converter) -> Callable[[object, object], object]:
    overrides = {f.name: override(rename=camel(f.name)) for f in fields(kind)}
    if kind is SecurityGroupSettings:
        overrides["attach"] = override(rename="attach", struct_hook=_attach)
    # The overrides go by field; pyright takes them for the function's own options.
    generated = make_dict_structure_fn(kind, made, **overrides)  # pyright: ignore[reportArgumentType]

    def hook(value: object, given: object) -> object:
        if not isinstance(value, dict):
            raise Refused(f"is {said(value)}; write a mapping")
        return generated(_mapping(cast("object", value)), given)

    return hook


def _attach(value: object, _: object) -> Mapping[str, CloudId]:
    """A list of ids, each under its own name, or names with ids."""
    if isinstance(value, dict):
        return dict(sorted(converter().structure(value, Mapping[str, CloudId]).items()))
    ids = _items(value, CloudId, converter())
    if any(isinstance(item, ProgramValue) for item in ids):
        raise Refused("names no value of a program in a list; write a mapping from a name to it")
    named = {item.output if isinstance(item, StackOutput) else item: item for item in ids}
    if len(named) < len(ids):
        raise Refused("has two outputs of one name; write a mapping from a name to each")
    return named
