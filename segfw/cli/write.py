"""Sections as plain text and as Markdown."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.review.sections import Section, Table

WIDEST = 160
"""Lines are never wrapped beyond this, however wide the terminal."""
NARROWEST = 40
"""Lines are not wrapped to less, however narrow the terminal."""


def plain_text(sections: Iterable[Section]) -> str:
    """Headings, indented lines and aligned columns; wrapped only on a terminal."""
    terminal = sys.stdout.isatty()
    out: list[str] = []
    for section in sections:
        out.append(click.style(section.title, bold=True) if terminal else section.title)
        for line in section.lines:
            out.extend(_wrapped(line) if terminal else [f"  {line}"])
        if section.table is not None:
            out.extend(_aligned(section.table))
        out.append("")
    return "\n".join(out)


def _wrapped(line: str) -> list[str]:
    """The line within the terminal's width, continued one step further in."""
    return textwrap.wrap(
        line,
        width=max(min(shutil.get_terminal_size().columns, WIDEST), NARROWEST),
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _aligned(table: Table) -> list[str]:
    rows = (table.headers, *table.rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.headers))]
    return [
        "  "
        + "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def markdown_text(sections: Iterable[Section]) -> str:
    """Headings, lists and tables that a pull request renders; ``<`` begins no HTML there."""
    out: list[str] = []
    for index, section in enumerate(sections):
        out += [f"{'#' if index == 0 else '##'} {section.title}", ""]
        if section.lines:
            out += [f"- {_literal(line)}" for line in section.lines]
            out.append("")
        if section.table is not None:
            out += _markdown_table(section.table)
            out.append("")
    return "\n".join(out)


def _literal(text: str) -> str:
    return text.replace("<", "\\<")


def _markdown_table(table: Table) -> list[str]:
    def line(words: Iterable[str]) -> str:
        return "| " + " | ".join(_literal(word).replace("|", "\\|") for word in words) + " |"

    return [line(table.headers), line("---" for _ in table.headers), *map(line, table.rows)]
