"""What the resources of an export are called in the plan: scanners know them by other names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Document = Mapping[str, Any]

COMMENT = "//"
"""Terraform's key for what it does not read."""
ANY_TYPE = "resource"
"""checkov 3.3 gives a resource of Terraform JSON this word for its type in every check that
looks at one resource alone."""


class Named(NamedTuple):
    """A resource of an export, by its name in the plan."""

    name: str
    features: tuple[str, ...]
    """What it serves; of a network ACL or NSG, what any of its rules serves."""


def names_in(text: str, form: str) -> dict[str, Named]:
    """The resources of an export in the format *form*, by what checkov calls them."""
    document = json.loads(text)
    readers = {"terraform": _terraform, "cloudformation": _cloudformation, "arm": _arm}
    return dict(readers[form](document))


def _terraform(document: Document) -> Iterator[tuple[str, Named]]:
    for kind, held in document["resource"].items():
        for label, body in held.items():
            named = _named(body[COMMENT])
            yield f"{kind}.{label}", named
            yield f"{ANY_TYPE}.{label}", named


def _cloudformation(document: Document) -> Iterator[tuple[str, Named]]:
    for logical, body in document["Resources"].items():
        yield f"{body['Type']}.{logical}", _named(body["Metadata"]["SegFirewall"])


def _arm(document: Document) -> Iterator[tuple[str, Named]]:
    for body in document["resources"]:
        yield f"{body['type']}.{body['name']}", _named(body["metadata"])


def _named(said: Document) -> Named:
    rules = said.get("rules", {}).values()
    features = [*said.get("features", ()), *(f for rule in rules for f in rule["features"])]
    return Named(said["name"], tuple(dict.fromkeys(features)))
