"""Headings, lines and tables of words, free of how they are set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Column headers and rows of words."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines, and a table below them; either may be empty."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None


def counted(count: int, noun: str) -> str:
    """``1 stack``, ``2 stacks``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
