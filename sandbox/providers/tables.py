"""Tables of resource types: what a provider takes, gives back and cannot change.

Names, kinds and which properties are required are checked against the SDK's classes by
`tests/sandbox/test_tables_match_sdk.py`.  The SDKs do not say what forces a replacement, what
is a set or what is optional and computed: those columns come from the upstream schemas
(hashicorp/terraform-provider-aws 6.x, pulumi/pulumi-azure-native `gen/replacement.go`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """The form of a property's value."""

    STR = "str"
    INT = "int"
    BOOL = "bool"
    LIST = "list"
    SET = "set"
    """A list on the wire whose order means nothing."""
    MAP = "map"
    """Text by text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One input of a resource type, or one field of its items."""

    kind: Kind
    required: bool = False
    force_new: bool = False
    kind_of_peer: bool = False
    """Setting or unsetting it replaces the resource, another value does not."""
    computed: bool = False
    """Leaving it out keeps what the cloud has; it is then no difference."""
    default: Any = None
    """Filled in by Check."""
    item: Mapping[str, Property] | None = None
    """The fields of each item of a list or set of objects; None where items are text."""
    imported: bool = True
    """An import takes its value from the cloud."""
    secondary: frozenset[str] = frozenset()
    """Fields of items that the SDK takes and that a program must not set (read-only in truth)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One row: the type in a URN, and everything the generic calls need to know of it."""

    urn_type: str
    inputs: Mapping[str, Property]
    computed: frozenset[str]
    """Outputs that are no inputs."""
    autoname: str | None = None
    autoname_digits: int = 7
    autoname_separator: str = "-"
    compares_inputs: bool = False
    """Diff compares with the old inputs (azure-native), not with the old outputs (aws)."""
    unsupported: frozenset[str] = frozenset()
    """Inputs of the SDK that the stand-in refuses."""
    unsupported_outputs: frozenset[str] = frozenset()
    path: frozenset[str] = frozenset()
    """Inputs that are part of the id and do not come back as outputs (azure-native)."""


def text(**columns: Any) -> Property:
    """A text property."""
    return Property(kind=Kind.STR, **columns)


def number(**columns: Any) -> Property:
    """A whole number."""
    return Property(kind=Kind.INT, **columns)


def flag(**columns: Any) -> Property:
    """A property that is true or false."""
    return Property(kind=Kind.BOOL, **columns)


def listing(item: Mapping[str, Property] | None = None, **columns: Any) -> Property:
    """An ordered list of text, or of objects with the fields of *item*."""
    return Property(kind=Kind.LIST, item=item, **columns)


def collection(item: Mapping[str, Property] | None = None, **columns: Any) -> Property:
    """A set of text, or of objects with the fields of *item*."""
    return Property(kind=Kind.SET, item=item, **columns)


def mapping(**columns: Any) -> Property:
    """A map of text by text."""
    return Property(kind=Kind.MAP, **columns)


def by_token(*types: ResourceType) -> dict[str, ResourceType]:
    """*types* by the type in a URN."""
    return {resource_type.urn_type: resource_type for resource_type in types}
