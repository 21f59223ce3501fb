"""Check: are these inputs of the right form, and which ones does the provider fill in?"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any, Final

from sandbox.providers.errors import Failure
from sandbox.providers.tables import Kind, Property, ResourceType
from sandbox.providers.values import UNKNOWN, Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULTS: Final = "__defaults"
"""Names of the inputs that the provider filled in, kept among the inputs as the real ones do."""

_FORMS: Final[dict[Kind, tuple[type, ...]]] = {
    Kind.STR: (str,),
    Kind.INT: (int,),
    Kind.BOOL: (bool,),
    Kind.LIST: (list,),
    Kind.SET: (list,),
    Kind.MAP: (dict,),
}


def failures(fields: Mapping[str, Property], values: Values, *, below: str = "") -> list[Failure]:
    """Every value of *values* that does not fit *fields*: unknown, missing or of a wrong kind."""
    found = [
        Failure(
            property=f"{below}{name}", reason=f'an argument named "{name}" is not expected here'
        )
        for name in values
        if name not in fields and not name.startswith("__")
    ]
    for name, column in fields.items():
        path = f"{below}{name}"
        if name in values:
            found.extend(_misfits(column, values[name], path))
        elif column.required:
            reason = f'the argument "{name}" is required, but no definition was found'
            found.append(Failure(property=path, reason=reason))
    return found


def _misfits(column: Property, value: Any, path: str) -> Iterator[Failure]:
    if value == UNKNOWN:
        return
    forms = _FORMS[column.kind]
    if not isinstance(value, forms) or (column.kind is Kind.INT and isinstance(value, bool)):
        shown = f"expected {column.kind}, got {type(value).__name__}"
        yield Failure(property=path, reason=shown)
    elif column.kind is Kind.MAP:
        for key, item in value.items():
            if not isinstance(item, str):
                yield Failure(
                    property=f"{path}.{key}", reason=f"expected str, got {type(item).__name__}"
                )
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _misfit_item(column, item, f"{path}[{position}]")


def _misfit_item(column: Property, item: Any, path: str) -> Iterator[Failure]:
    if item == UNKNOWN:
        return
    wanted: type = str if column.item is None else dict
    if not isinstance(item, wanted):
        yield Failure(
            property=path, reason=f"expected {wanted.__name__}, got {type(item).__name__}"
        )
    elif column.item is not None:
        for name in sorted(column.secondary & set(item)):
            yield Failure(property=f"{path}.{name}", reason="is set by the cloud; leave it out")
        kept = {name: value for name, value in item.items() if name not in column.secondary}
        yield from failures(column.item, kept, below=f"{path}.")


def filled(
    resource_type: ResourceType, name: str, news: Values, olds: Values, seed: bytes
) -> Values:
    """*news* with the defaults and the generated name, and the names of both under ``__defaults``.

    A generated name is kept for as long as the program does not give one.
    """
    inputs = {key: value for key, value in news.items() if key != DEFAULTS}
    defaults: list[str] = []
    for key, column in resource_type.inputs.items():
        if key not in inputs and column.default is not None:
            inputs[key] = column.default
            defaults.append(key)
    naming = resource_type.autoname
    if naming is not None and naming not in inputs and "namePrefix" not in inputs:
        kept = olds.get(naming) if _was_generated(resource_type, naming, olds) else None
        inputs[naming] = kept or _generated(resource_type, name, seed)
        defaults.append(naming)
    if not resource_type.compares_inputs:
        inputs[DEFAULTS] = sorted(defaults)
    return inputs


def _was_generated(resource_type: ResourceType, naming: str, olds: Values) -> bool:
    return resource_type.compares_inputs or naming in olds.get(DEFAULTS, ())


def _generated(resource_type: ResourceType, name: str, seed: bytes) -> str:
    digits = resource_type.autoname_digits
    if not digits:
        return name
    noise = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(16)
    return f"{name}{resource_type.autoname_separator}{noise[:digits]}"
