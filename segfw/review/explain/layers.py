"""Enforcement points as a packet meets them, and what each does with the packets of a question."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Point
from segfw.review.explain.lens import matched
from segfw.sets.addresses import AddressSet
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segfw.clouds.lifted import Side
    from segfw.sets.addresses import Prefix
    from segfw.sets.headerspace import Service

    Box = tuple[Service, AddressSet]


class Entry(NamedTuple):
    """One rule of an enforcement point, whoever made it."""

    name: str
    """Its own name; empty for an entry of a network ACL."""
    number: int | None
    """When it is tried; 0 where all are, None where that is not known."""
    allows: bool | None
    """None where that is not known."""
    least: tuple[Box, ...]
    """What it surely matches."""
    most: tuple[Box, ...]
    """What it may match."""
    doubt: str = ""
    """What is not known of it, in words."""
    built_in: bool = False
    """The cloud has it by itself."""
    where: str = ""
    """How its author finds it, where it has neither a name nor a number."""

    @property
    def label(self) -> str:
        """``entry 110``, ``rule "x"``, ``rule "x" (priority 120)``."""
        if self.built_in:
            return self.name
        if self.name:
            return f'rule "{self.name}"' + (f" (priority {self.number})" if self.number else "")
        return f"entry {self.number}" if self.number else self.where


class Layer(NamedTuple):
    """An enforcement point of one interface."""

    point: Point
    interface: str
    name: str
    """What it is called: the interface, or the resource that others made."""
    books: Callable[[Side], Sequence[Sequence[Entry]]]
    """Its rules; several books where a network ACL or an NSG is there twice (one leaves)."""
    unseen: tuple[Prefix, ...] = ()
    """Far ends whose packets never meet it: the interface's own subnet, for a network ACL."""

    @property
    def label(self) -> str:
        """``security group "management"``."""
        return f'{self.point.label} "{self.name}"'

    @property
    def stateful(self) -> bool:
        """Replies pass by themselves."""
        return self.point is not Point.NETWORK_ACL

    @property
    def in_turn(self) -> bool:
        """The first rule that matches decides; else any rule that allows is enough."""
        return self.point is not Point.SECURITY_GROUP


class Decided(NamedTuple):
    """A rule with the packets that it decides, or may decide."""

    entry: Entry
    part: HeaderSpace
    sure: bool
    """All of *part* is surely its to decide."""


class Judged(NamedTuple):
    """What an enforcement point does with the packets of a question."""

    layer: Layer
    side: Side
    asked: HeaderSpace
    """Those that meet it."""
    unmet: HeaderSpace
    """Those that never do."""
    allowed: HeaderSpace
    possible: HeaderSpace
    """Allowed for all that is known."""
    decided: tuple[Decided, ...]
    """In the order in which the rules are tried."""
    unmatched: HeaderSpace
    """What no rule surely matches: denied, unless one that is not known does."""

    @property
    def denied(self) -> HeaderSpace:
        """Surely denied."""
        return self.asked - self.possible

    @property
    def unknown(self) -> HeaderSpace:
        """Neither surely allowed nor surely denied."""
        return self.possible - self.allowed


class Turn(NamedTuple):
    """An entry with what it matches of a question."""

    entry: Entry
    least: HeaderSpace
    most: HeaderSpace


def judge(layer: Layer, side: Side, asked: HeaderSpace) -> Judged:
    """What *layer* does with the packets *asked*."""
    unmet = asked & _unseen(layer, asked)
    here = asked - unmet
    books = [_turns(book, here) for book in layer.books(side)]
    sure = [_let_through(turns, here, surely=True) for turns in books]
    may = [_let_through(turns, here, surely=False) for turns in books]
    empty = HeaderSpace(asked.family)
    allowed, possible = (sure[0], may[0]) if books else (empty, empty)
    for more, perhaps in zip(sure[1:], may[1:], strict=True):
        allowed, possible = allowed & more, possible | perhaps
    decided: list[Decided] = []
    unmatched = here
    for turns in books:
        found, left = _decided(turns, here, in_turn=layer.in_turn)
        decided += found
        unmatched &= left
    return Judged(layer, side, here, unmet, allowed, possible, tuple(decided), unmatched)


def _unseen(layer: Layer, asked: HeaderSpace) -> HeaderSpace:
    """The packets of the interface's one own subnet in this family (`segfw.replies.crossing`)."""
    own = [prefix for prefix in layer.unseen if prefix.family is asked.family]
    if len(own) != 1:
        return HeaderSpace(asked.family)
    held = AddressSet.of(asked.family, own)
    return HeaderSpace.union(asked.family, ((service, held) for service, _ in asked.boxes()))


def _turns(book: Sequence[Entry], asked: HeaderSpace) -> list[Turn]:
    """The entries that have something to say of *asked*, in their order."""
    found: list[Turn] = []
    for entry in book:
        least, most = matched(asked, entry.least, entry.most)
        if most:
            found.append(Turn(entry, least, most))
    return sorted(found, key=_number)


def _number(turn: Turn) -> float:
    return inf if turn.entry.number is None else turn.entry.number


def _let_through(turns: list[Turn], asked: HeaderSpace, *, surely: bool) -> HeaderSpace:
    """What is surely let through, or what may be.

    Where a rule's turn is not known, it is taken for the worse: for what is surely let
    through, a rule that allows is tried last and one that denies first; for what may be, the
    other way round.
    """

    def turn_of(turn: Turn) -> tuple[float, bool]:
        helps = _allows(turn.entry, surely=surely) is surely
        if turn.entry.number is None:
            return (inf if helps else -inf), helps
        return turn.entry.number, helps

    found = HeaderSpace(asked.family)
    for one in sorted(turns, key=turn_of)[::-1]:
        if _allows(one.entry, surely=surely):
            found |= one.least if surely else one.most
        else:
            found -= one.most if surely else one.least
    return found


def _allows(entry: Entry, *, surely: bool) -> bool:
    """Whether it allows, at the least or at the most."""
    return (not surely) if entry.allows is None else entry.allows


def _decided(
    turns: list[Turn], asked: HeaderSpace, *, in_turn: bool
) -> tuple[list[Decided], HeaderSpace]:
    """The rules with what each decides, and what none surely matches."""
    found: list[Decided] = []
    left = asked
    for one in turns:
        part = one.most & left if in_turn else one.most
        known = one.entry.allows is not None and one.entry.number is not None
        if part:
            found.append(Decided(one.entry, part, known and not part - one.least))
        left -= one.least
    return found, left
