"""What a stand-in cloud is to the generic provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.errors import Failure
    from sandbox.providers.tables import ResourceType
    from sandbox.providers.values import Values


class Family(Protocol):
    """The life of one resource type in a cloud; every method speaks in property values."""

    def check(self, inputs: Values) -> list[Failure]:
        """What the real provider refuses before it calls the cloud; unknowns are skipped."""
        ...

    def create(self, inputs: Values) -> tuple[str, Values]:
        """The id and outputs of a new resource; raises HalfDone once something exists."""
        ...

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The outputs of what is there, or None."""
        ...

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """The outputs after making what is there into *inputs*."""
        ...

    def delete(self, resource_id: str, olds: Values) -> None:
        """Afterwards it is gone; one that was gone already is no error."""
        ...


class Cloud(Protocol):
    """What a provider is made of."""

    @property
    def name(self) -> str:
        """The package."""
        ...

    @property
    def version(self) -> str:
        """The version of the SDK that the tables were checked against."""
        ...

    @property
    def types(self) -> Mapping[str, ResourceType]:
        """The table."""
        ...

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Take the provider's configuration; raises CloudError where it cannot be used."""
        ...

    def family(self, token: str, inputs: Values) -> Family:
        """The life of the type *token*, for a resource with *inputs* (they may name a region)."""
        ...

    def defaults(self, resource_type: ResourceType) -> Values:
        """Inputs that the provider's configuration gives to a resource without them."""
        ...

    def planned(self, resource_type: ResourceType, inputs: Values) -> Values:
        """Computed outputs that are known before the cloud is asked."""
        ...

    def path_of(self, resource_type: ResourceType, resource_id: str) -> Values:
        """The inputs that *resource_id* itself tells."""
        ...

    def invoke(self, token: str, arguments: Values) -> Values:
        """The answer of a data source."""
        ...
