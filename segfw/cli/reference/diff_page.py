"""`diff-json.md`: the JSON form of a comparison, key by key, from its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.cli.reference.markdown import text_of, title
from segfw.cli.reference.plan_page import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = Mapping[str, Any]


def page(schema: Schema) -> str:
    """The page."""
    number = schema["properties"]["format"]["const"]
    lines = title(
        "A comparison as JSON",
        "`segfw diff` with `--format json` prints what differs between two sides, whether states, "
        f"revisions or stacks, in format {number}.",
        "The number is raised when a key is removed or changes its meaning; a new key raises "
        "nothing, so readers pass over keys that they do not know.",
        "[`diff.schema.json`](diff.schema.json) is the JSON Schema.",
        "Every key is always there, in a document that only tells problems too.",
        "[What an update would change](../diff.md) explains the same in text.",
    )
    lines += tables("The comparison", "", schema)
    return text_of(lines)
