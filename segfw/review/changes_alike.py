"""Stacks that change alike, put together: one edit of a shared file changes many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from segfw.review.changes import sections, worst_first
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.model import Catalog
    from segfw.changes.comparison import Comparison
    from segfw.review.sections import Section

OF_EACH = ("Rules", "Room in security groups during the update", "Where the rules apply")
"""Sections that say where, and how full; two stacks that change alike may differ in them."""


class Alike(NamedTuple):
    """One stack's sections, and the other stacks that they hold for but for `OF_EACH`."""

    stack: str
    sections: tuple[Section, ...]
    others: tuple[str, ...]

    @property
    def others_line(self) -> str:
        """How many more stacks change so, and whose the sections of `OF_EACH` are."""
        number = counted(len(self.others), "more stack")
        return f"The same change in {number}; rules and room below are of {self.stack}."


def alike(found: Iterable[Comparison], catalog: Catalog) -> list[Alike]:
    """The worst first; stacks are alike where they open and close the same packets.

    Their own files and how full their groups are may differ; all else is the same text.
    """
    grouped: dict[tuple[object, ...], list[tuple[str, tuple[Section, ...]]]] = {}
    for one in sorted(found, key=worst_first):
        held = tuple(sections(one, catalog))
        grouped.setdefault(_likeness(one, held), []).append((one.stack, held))
    return [
        Alike(*held[0], others=tuple(stack for stack, _ in held[1:])) for held in grouped.values()
    ]


def _likeness(one: Comparison, held: tuple[Section, ...]) -> tuple[object, ...]:
    own = re.compile(rf"Pulumi\.{re.escape(one.stack)}\.yaml:\d+")
    head, *rest = held
    return (
        one.status,
        head.title.removeprefix(one.stack),
        *(
            (
                section.title,
                section.lines,
                section.table,
                tuple(
                    (item.text, tuple(own.sub("", note) for note in item.notes), item.commands)
                    for item in section.items
                ),
            )
            for section in rest
            if section.title not in OF_EACH
        ),
    )
