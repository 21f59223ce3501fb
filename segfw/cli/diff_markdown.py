"""Comparisons as a comment on a pull request: a short first line, and the details folded.

Names may come from anybody's state, so nothing of a text is markup but what is written here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.review.sections import Item, Section, Table

MARKUP = re.compile(r"[\\`*_\[\]<>|~#&@]")
"""What Markdown, its tables or HTML would take for more than a letter."""
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "@\u2060"}
"""Signs that a backslash does not quiet; a word joiner behind ``@`` makes it no mention."""
OPEN = ("Not in one update", "Problems", "Warnings")
"""Sections that are never folded."""


def comment(first: str, stacks: Iterable[list[Section]], notes: Iterable[str]) -> str:
    """The whole comment; *first* is its first line, each of *stacks* the sections of one."""
    out = [f"**{escaped(first)}**", ""]
    for note in notes:
        out += [f"{escaped(note)}", ""]
    for sections in stacks:
        head, *rest = sections
        if head.title != first:
            out += [f"**{escaped(head.title)}**", ""]
        for line in head.lines:
            out += [escaped(line), ""]
        for section in rest:
            out += _section(section)
    return "\n".join(out)


def escaped(text: str) -> str:
    """The text, every sign of it as a letter, on one line."""
    return MARKUP.sub(_quiet, BREAKS.sub(" ", text))


def _quiet(sign: re.Match[str]) -> str:
    return ENTITIES.get(sign[0], f"\\{sign[0]}")


def _section(section: Section) -> Iterator[str]:
    count = len(section.items) or (len(section.table.rows) if section.table else 0)
    title = section.title + (f" ({count})" if count else "")
    if section.title in OPEN or not (section.items or section.table or len(section.lines) > 1):
        said = section.lines[0] if section.lines else ""
        if not count and len(section.lines) == 1:
            yield from (f"**{escaped(section.title)}**: {escaped(said)}", "")
            return
        yield from (f"**{escaped(title)}**", "", *_body(section))
        return
    # GitHub sets Markdown inside only behind an empty line.
    yield f"<details><summary>{escaped(title)}</summary>"
    yield ""
    yield from _body(section)
    yield "</details>"
    yield ""


def _body(section: Section) -> Iterator[str]:
    if section.lines:
        yield from (f"- {escaped(line)}" for line in section.lines)
        yield ""
    for item in section.items:
        yield from _item(item)
    if section.items:
        yield ""
    if section.table is not None:
        yield from _table(section.table)
        yield ""


def _item(item: Item) -> Iterator[str]:
    yield f"- {escaped(item.text)}"
    yield from (f"  - {escaped(note)}" for note in item.notes)
    if item.commands:
        held = [BREAKS.sub(" ", command) for command in item.commands]
        longest = max((len(run) for one in held for run in re.findall(r"`+", one)), default=0)
        fence = "`" * max(3, longest + 1)
        yield from ("", f"  {fence}text", *(f"  {command}" for command in held), f"  {fence}", "")


def _table(table: Table) -> Iterator[str]:
    yield _row(map(escaped, table.headers))
    yield _row("---" for _ in table.headers)
    yield from (_row(map(escaped, row)) for row in table.rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
