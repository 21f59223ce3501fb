"""`plan-json.md`: the JSON form of a plan, key by key, from its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.cli.reference.markdown import code, codes, table, text_of, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, Any]


def page(schema: Schema) -> str:
    """The page."""
    number = schema["properties"]["format"]["const"]
    lines = title(
        "A plan as JSON",
        f"`segfw plan STACK --format json` prints a plan for machines, in format {number}.",
        "The number is raised when a key is removed or changes its meaning; a new key raises "
        "nothing, so readers pass over keys that they do not know.",
        "[`plan.schema.json`](plan.schema.json) is the JSON Schema.",
        "Every key is always there.",
    )
    lines += tables("The plan", "", schema)
    lines += [
        "## Looking things up",
        "",
        "```sh",
        "segfw plan aws-lab --format json | jq '.ruleSets[].usage'",
        "```",
        "",
        "A rule's `name` is that of its resource in a security group, or of its entry in an NSG.",
        "Entries of a network ACL have only their number.",
    ]
    return text_of(lines)


def tables(heading: str, path: str, schema: Schema) -> Iterator[str]:
    """A table of the object's keys, then the tables of the objects in it."""
    yield f"## {heading}"
    yield ""
    yield schema["description"]
    yield ""
    properties: Mapping[str, Schema] = schema["properties"]
    yield from table(
        ("Key", "Type", "Meaning"),
        ((code(name), _kind(inner), inner["description"]) for name, inner in properties.items()),
    )
    for name, inner in properties.items():
        item = inner.get("items", inner)
        if "properties" in item:
            inner_path = f"{path}{name}" + ("[]" if "items" in inner else "")
            yield from tables(code(inner_path), f"{inner_path}.", item)


def _kind(schema: Schema) -> str:
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return codes("null" if value is None else value for value in schema["enum"])
    kinds = [schema["type"]] if isinstance(schema["type"], str) else list(schema["type"])
    if kinds == ["array"]:
        return f"list of {_kind(schema['items'])}"
    return " or ".join(kinds)
