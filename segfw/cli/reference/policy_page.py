"""`policy-json.md`: the JSON form of a judgement, key by key, from its schema."""

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
        "A judgement as JSON",
        f"`segfw policy STACK --format json` prints findings for machines, in format {number}.",
        "The number is raised when a key is removed or changes its meaning; a new key raises "
        "nothing, so readers pass over keys that they do not know.",
        "[`policy.schema.json`](policy.schema.json) is the JSON Schema.",
        "Every key is always there.",
        "[Guardrails](guardrails.md) lists what is judged.",
    )
    lines += tables("The judgement", "", schema)
    lines += [
        "## Looking things up",
        "",
        "```sh",
        "segfw policy --all --format json | jq '.stacks[] | select(.stops) | .stack'",
        "segfw policy aws-lab --format json | jq '.stacks[].findings[] | select(.waivedUntil)'",
        "```",
    ]
    return text_of(lines)
