"""The command behind ``python -m segfw.catalog``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from segfw.catalog.builder.assemble import DATA, assemble
from segfw.catalog.builder.checks import check
from segfw.catalog.builder.schema import catalog_schema
from segfw.catalog.loader import SHIPPED
from segfw.problems import Problem, ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

USAGE = "usage: python -m segfw.catalog [--check]"


def main(arguments: list[str]) -> int:
    """Write the files that ship, or with ``--check`` say which are not up to date; 0 or 1."""
    if arguments not in ([], ["--check"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        made = shipped_files(DATA)
    except ProblemsFound as found:
        print(found, file=sys.stderr)
        return 1
    stale = [file for file, text in made.items() if _held(file) != text]
    if not arguments:
        for file in stale:
            file.write_text(made[file], encoding="utf-8")
    for file in stale:
        verb = "is not what the YAML says; run python -m segfw.catalog" if arguments else "written"
        print(f"{file.name}: {verb}.")
    return 1 if arguments and stale else 0


def shipped_files(folder: Path) -> dict[Path, str]:
    """The texts of ``catalog.json`` and its schema, made from the YAML in *folder*.

    Raises:
        ProblemsFound: something in the YAML is wrong; every problem is in it.
    """
    problems: list[Problem] = []
    draft = assemble(folder, problems)
    if draft.complete:
        problems.extend(check(draft))
    if problems:
        raise ProblemsFound(problems)
    return {
        SHIPPED: _text(draft.data),
        SHIPPED.with_name("catalog.schema.json"): _text(catalog_schema()),
    }


def _held(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
