"""Property values as the engine sends them, and the ways they are compared.

On the wire every number is a double, a value that is not known yet is a magic string, and a
secret is an object with a signature.  Inside the stand-ins whole numbers are ints and secrets
are bare: the engine is told that they are not accepted, and marks outputs secret itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from google.protobuf import json_format, struct_pb2

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that is not known in a preview (pulumi/pulumi sdk, `rpc.py: UNKNOWN`)."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"

Values: TypeAlias = dict[str, Any]


def plain(struct: struct_pb2.Struct) -> Values:
    """The values of *struct* with whole numbers as ints, secrets unwrapped and nulls left out."""
    return _plain(json_format.MessageToDict(struct))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _MARK:
            return _plain(value.get("value"))
        return {key: _plain(item) for key, item in value.items() if item is not None}
    return value


def wire(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """*values* as the engine reads them; nulls are left out."""
    struct = struct_pb2.Struct()
    struct.update({key: value for key, value in values.items() if value is not None})
    return struct


def frozen(value: Any) -> Any:
    """A hashable value that is equal for equal *value*."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, frozen(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(frozen(item) for item in value)
    return value


def has_unknown(value: Any) -> bool:
    """Whether *value* is, or holds, something that is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value == UNKNOWN


def is_empty(value: Any) -> bool:
    """Whether *value* says nothing: null, false, an empty text, list or map, but not zero."""
    return value is None or value is False or (isinstance(value, (str, list, dict)) and not value)
