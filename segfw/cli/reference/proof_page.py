"""`proof-json.md`: the JSON form of a proof, key by key, from its schema."""

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
        "A proof as JSON",
        f"`segfw prove STACK --format json` prints proofs for machines, in format {number}.",
        "The number is raised when a key is removed or changes its meaning; a new key raises "
        "nothing, so readers pass over keys that they do not know.",
        "[`proof.schema.json`](proof.schema.json) is the JSON Schema.",
        "Every key is always there.",
        "[The proof](../proof.md) explains what is compared.",
    )
    lines += tables("The proofs", "", schema)
    lines += [
        "## Looking things up",
        "",
        "```sh",
        "segfw prove --all --format json | jq '.totals'",
        "segfw prove aws-lab --format json | jq '.stacks[].comparisons[] | select(.holds | not)'",
        "```",
    ]
    return text_of(lines)
