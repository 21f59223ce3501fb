"""The JSON Schema of the register, for editors.

``python -m segfw.waivers.schema`` writes ``config/waivers.schema.json``; ``--check`` compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segfw import limits
from segfw.catalog import load_catalog
from segfw.settings.schema import DRAFT
from segfw.settings.typeschema import DEFINITIONS, ref
from segfw.waivers.known import known_words
from segfw.waivers.reading import ENVIRONMENTS, LINK, MISSING, TOP

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog

    Schema = dict[str, Any]

FILE = Path("config/waivers.schema.json")
VERSION = 1
"""The number of the form; raised when a register that was good no longer is."""


def waivers_schema(catalog: Catalog) -> Schema:
    """The schema of the register."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:waivers:{VERSION}",
        "title": "A register of waivers of seg-firewall",
        "description": "config/waivers.yaml: the findings that are accepted.",
        "type": "object",
        "properties": {TOP: {"type": "array", "items": _entry(catalog)}},
        "additionalProperties": False,
        "$defs": {name: DEFINITIONS[name] for name in ("day", "text")},
    }


def _entry(catalog: Catalog) -> Schema:
    known = known_words(catalog)
    targets: list[Schema] = [{"required": ["resource"]}, {"required": ["feature"]}]
    return {
        "type": "object",
        "properties": {
            "check": {
                "enum": sorted(known.checks),
                "description": "A guardrail, or a scanner's check.",
            },
            "resource": {
                "type": "string",
                "pattern": r"^(\*[^*]*|[^*]+\*?)$",
                "description": "A resource's name in the plan, or how it begins or ends with one "
                '"*".',
            },
            "feature": {
                "enum": sorted(known.features),
                "description": "A feature that the resource serves.",
            },
            "environment": {"enum": list(ENVIRONMENTS), "description": "Where it holds."},
            "stacks": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "uniqueItems": True,
                "description": "The stacks of the environment; left out: all of them.",
            },
            "reason": {"description": "Why the finding is accepted.", **ref("text")},
            "owner": {"description": "Who answers for it.", **ref("text")},
            "expires": {
                "description": "The last day on which it holds, at most "
                f"{limits.REVIEW_DAYS} days ahead.",
                **ref("day"),
            },
            "link": {
                "type": "string",
                "pattern": f"^{LINK.pattern}$",
                "description": "Where it was decided.",
            },
        },
        "required": list(MISSING),
        "oneOf": targets,
        "additionalProperties": False,
    }


def text_of(catalog: Catalog) -> str:
    """The file's text."""
    return json.dumps(waivers_schema(catalog), indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` compare it; 1 where they differ."""
    text = text_of(load_catalog())
    if "--check" in arguments:
        if FILE.is_file() and FILE.read_text(encoding="utf-8") == text:
            return 0
        sys.stdout.write(f"{FILE} is not what the checks and the catalog say; run it again.\n")
        return 1
    FILE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
