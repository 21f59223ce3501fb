"""Headings, lines and tables of words, free of how they are set."""

from __future__ import annotations

from typing import NamedTuple


class Table(NamedTuple):
    """Column headers and rows of words; the last column may be long."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Item(NamedTuple):
    """A line with what is said below it: sentences, and lines to be copied as they stand."""

    text: str
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


class Section(NamedTuple):
    """A heading with lines, items and a table below them; each may be empty."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    items: tuple[Item, ...] = ()


def counted(count: int, noun: str) -> str:
    """``1 stack``, ``2 stacks``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
