"""`explain-json.md`: the JSON form of an answer, key by key, from its schema."""

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
        "An answer as JSON",
        "`segfw explain STACK PACKET --format json`, or `--json`, prints an answer for machines, "
        f"in format {number}.",
        "The number is raised when a key is removed or changes its meaning; a new key raises "
        "nothing, so readers pass over keys that they do not know.",
        "[`explain.schema.json`](explain.schema.json) is the JSON Schema.",
        "Every key is always there.",
        "[Explain a packet](../explain.md) explains the same in text.",
    )
    lines += tables("The answer", "", schema)
    rules = ".families[].points[].rules[] | {label, features: [.serves[].feature]}"
    asked = 'segfw explain aws-lab "in tcp admins -> management:22" --json'
    lines += [
        "## Looking things up",
        "",
        "```sh",
        f"{asked} | jq -r .verdict",
        f"{asked} | jq '{rules}'",
        "```",
    ]
    return text_of(lines)
