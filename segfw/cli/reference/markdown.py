"""Markdown that a code host renders: tables, headings and their anchors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.model import Source

GENERATED = "<!-- Written by `make docs`; changes by hand are lost. -->"
PLACEHOLDER = re.compile(r"(`[^`]*`)|<")


def title(text: str, *lines: str) -> list[str]:
    """A page's beginning: the mark of generated pages, its title, and its opening lines."""
    return [GENERATED, "", f"# {text}", "", *lines, ""]


def table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table and the blank line after it."""
    columns = list(headers)
    return [
        _line(columns),
        _line("---" for _ in columns),
        *(_line(cell(word) for word in row) for row in rows),
        "",
    ]


def _line(words: Iterable[str]) -> str:
    return "| " + " | ".join(words) + " |"


def cell(text: str) -> str:
    """Text that may stand in a cell: on one line, without bars or tags."""
    return prose(" ".join(text.split())).replace("|", "\\|")


def prose(text: str) -> str:
    """Text whose ``<name>`` outside of code is no tag."""
    return PLACEHOLDER.sub(lambda found: found.group(1) or "&lt;", text)


def code(text: object) -> str:
    """Text in code spans, or nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def codes(values: Iterable[object]) -> str:
    """Several values in code spans."""
    return ", ".join(code(value) for value in values)


def text_of(lines: Iterable[str]) -> str:
    """A file's text: single blank lines, one line break at the end."""
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).rstrip() + "\n"


def anchor(heading: str) -> str:
    """The fragment that leads to a heading, as code hosts make it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def cited(source: Source) -> str:
    """A source's title with its address, and the day on which it was read."""
    named = f"[{source.title}]({source.url})" if source.url else source.title
    return f"{named} (read {source.read})" if source.read else f"{named} (cited, not read)"


def sentence(text: str) -> str:
    """The text with a full stop."""
    return text if text.endswith((".", "?")) else f"{text}."
