"""One resource that an answer describes, before answers are put together."""

from __future__ import annotations

from typing import Any, NamedTuple


def urn(type_: str, id_: str) -> str:
    """What a resource of a cloud's answer has in place of a URN: no engine knows it."""
    return f"live::{type_}::{id_}"


class Found(NamedTuple):
    """One resource, as an answer says it."""

    type: str
    id: str
    """What the cloud calls it; empty where the answer does not say."""
    name: str
    path: str
    """Where it stands in the answer."""
    inputs: dict[str, Any]
    account: str = ""
    """AWS account or Azure subscription; empty where the answer does not say."""
    region: str = ""
    external: bool = False
    """What it holds is not among the answers."""
    default: bool = False
    """The cloud makes it by itself with its network."""
    urn: str = ""
    """Only where the id does not tell it apart."""
