"""Sections as plain text and as Markdown."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.review.sections import Item, Section, Table

WIDEST = 160
"""Lines are never wrapped beyond this, however wide the terminal."""
NARROWEST = 40
"""Lines are not wrapped to less, however narrow the terminal."""
NARROWEST_COLUMN = 24
"""A table's last column is not wrapped to less: it goes below the row."""


def plain_text(sections: Iterable[Section]) -> str:
    """Headings, indented lines and aligned columns; wrapped only on a terminal."""
    width = _terminal_width() if sys.stdout.isatty() else None
    out: list[str] = []
    for section in sections:
        out.append(section.title if width is None else click.style(section.title, bold=True))
        for line in section.lines:
            out.extend(_wrapped(line, width, "  "))
        for item in section.items:
            out.extend(_plain_item(item, width))
        if section.table is not None:
            out.extend(_aligned(section.table, width))
        out.append("")
    return "\n".join(out)


def _terminal_width() -> int:
    return max(min(shutil.get_terminal_size().columns, WIDEST), NARROWEST)


def _wrapped(line: str, width: int | None, indent: str) -> list[str]:
    """The line within *width*, if there is one, continued one step further in."""
    if width is None:
        return [f"{indent}{line}"]
    return textwrap.wrap(
        line,
        width=width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain_item(item: Item, width: int | None) -> Iterator[str]:
    """The line, what is said of it, and what is to be copied: that is never wrapped."""
    yield from _wrapped(item.text, width, "  ")
    for note in item.notes:
        yield from _wrapped(note, width, "      ")
    yield from (f"          {command}" for command in item.commands)


def _aligned(table: Table, width: int | None) -> Iterator[str]:
    """A line to a row; where that is wider than *width*, its last word goes on below."""
    rows = (table.headers, *table.rows)
    widths = _column_widths(rows, width)
    for row in rows:
        words = [word.ljust(wide) for word, wide in zip(row, widths, strict=True)]
        line = ("  " + "  ".join(words)).rstrip()
        if width is None or len(line) <= width:
            yield line
        else:
            yield from _continued("  " + "  ".join(words[:-1]), row[-1], width)


def _column_widths(rows: tuple[tuple[str, ...], ...], width: int | None) -> list[int]:
    """As wide as the widest word of each column.

    Within *width*, the widest column but the last is narrower where the last would have no
    room: a word that is wider stands out, and one long word costs no other row its line.
    """
    widths = [max(len(word) for word in column) for column in zip(*rows, strict=True)]
    before = widths[:-1]
    if width is not None and before:
        missing = len("  ") * len(rows[0]) + sum(before) + NARROWEST_COLUMN - width
        widest = before.index(max(before))
        widths[widest] = max(before[widest] - max(missing, 0), len(rows[0][widest]))
    return widths


def _continued(start: str, last: str, width: int) -> list[str]:
    """*last* after *start* in a column of its own, or below it where no column is left."""
    column = f"{start}  "
    if width - len(column) < NARROWEST_COLUMN:
        return [start.rstrip(), *_wrapped(last, width, " " * 6)]
    return textwrap.wrap(
        last,
        width=width,
        initial_indent=column,
        subsequent_indent=" " * len(column),
        break_long_words=False,
        break_on_hyphens=False,
    )


def markdown_text(sections: Iterable[Section]) -> str:
    """Headings, lists and tables that a pull request renders; ``<`` begins no HTML there."""
    out: list[str] = []
    for index, section in enumerate(sections):
        out += [f"{'#' if index == 0 else '##'} {section.title}", ""]
        if section.lines:
            out += [f"- {_literal(line)}" for line in section.lines]
            out.append("")
        for item in section.items:
            out += _markdown_item(item)
        if section.items and out[-1]:
            out.append("")
        if section.table is not None:
            out += _markdown_table(section.table)
            out.append("")
    return "\n".join(out)


def _markdown_item(item: Item) -> list[str]:
    """A list item; what is said and copied below it are paragraphs of their own."""
    lines = [f"- {_literal(item.text)}"]
    for note in item.notes:
        lines += ["", f"  {_literal(note)}"]
    if item.commands:
        lines += ["", "  ```text", *(f"  {command}" for command in item.commands), "  ```"]
    return [*lines, ""] if len(lines) > 1 else lines


def _literal(text: str) -> str:
    return text.replace("<", "\\<")


def _markdown_table(table: Table) -> list[str]:
    def line(words: Iterable[str]) -> str:
        return "| " + " | ".join(_literal(word).replace("|", "\\|") for word in words) + " |"

    return [line(table.headers), line("---" for _ in table.headers), *map(line, table.rows)]
