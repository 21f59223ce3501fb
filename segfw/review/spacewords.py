"""Header spaces in words, as short as they can be said exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.sets import intervals
from segfw.sets.addresses import WHOLE, AddressSet, Family, Prefix, prefixes_of

if TYPE_CHECKING:
    from segfw.sets.headerspace import HeaderSpace
    from segfw.sets.intervals import Intervals

Block = tuple[Prefix, tuple[Prefix, ...]]
"""A prefix, and the prefixes inside it that do not belong."""
WHOLE_HELD = {family: ((0, family.last),) for family in Family}


def space_words(space: HeaderSpace) -> str:
    """``tcp 22: 10.0.0.0/9 (but for 10.1.2.3/32), 172.16.0.0/24``; ``nothing`` for the empty space.

    The same packets as ``str(space)``, which lists the prefixes around each hole.
    """
    return "; ".join(f"{service}: {address_words(held)}" for service, held in space.boxes()) or (
        "nothing"
    )


def address_words(held: AddressSet) -> str:
    """``10.0.0.0/9 (but for 10.1.2.3/32), 172.16.0.0/24``."""
    if not held.held or held.held == WHOLE_HELD[held.family]:
        return str(held)
    words = [*map(_block, blocks(held))]
    if held.atoms:
        words.append(str(AddressSet(held.family, (), held.atoms)))
    return ", ".join(words)


def _block(block: Block) -> str:
    prefix, holes = block
    return f"{prefix} (but for {', '.join(map(str, holes))})" if holes else str(prefix)


def blocks(held: AddressSet) -> list[Block]:
    """The addresses as prefixes with holes: as few prefixes as can be, holes counted."""
    return _within(WHOLE[held.family], held.held)


def _within(block: Prefix, held: Intervals) -> list[Block]:
    """The part of *block* that is *held*, all of it or nothing outside."""
    if not held:
        return []
    if held == ((block.first, block.last),):
        return [(block, ())]
    length = block.length + 1
    middle = (block.first + block.last + 1) // 2
    lower, upper = Prefix(block.family, block.first, length), Prefix(block.family, middle, length)
    parted = [
        one
        for half in (lower, upper)
        for one in _within(half, intervals.intersection(held, ((half.first, half.last),)))
    ]
    holes = prefixes_of(block.family, intervals.difference(((block.first, block.last),), held))
    if 1 + len(holes) < sum(1 + len(inner) for _, inner in parted):
        return [(block, holes)]
    return parted
