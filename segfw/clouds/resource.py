"""What every spec can say of itself: a resource's type, name and inputs as the engine has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class Spec(Protocol):
    """A frozen record of one cloud resource to be."""

    @property
    def name(self) -> str:
        """Its logical name: unique within its type in a stack."""
        ...

    @property
    def token(self) -> str:
        """Its Pulumi type."""
        ...

    def inputs(self) -> dict[str, Json]:
        """Its inputs, spelled as the engine spells them; an id of a sibling is ``${name.id}``."""
        ...


def id_of(name: str) -> str:
    """How inputs speak of the id that resource *name* will have."""
    return f"${{{name}.id}}"


def without_absent(values: Mapping[str, Json]) -> dict[str, Json]:
    """The values that are there: an absent argument is left out, never sent as null."""
    return {key: value for key, value in values.items() if value is not None}
