"""An adoption in words: what each verdict means, and header spaces with their direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.adopt.explaining import Kind
from segfw.review.spacewords import address_words
from segfw.sets.addresses import AddressSet
from segfw.sets.headerspace import POINTS, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.adopt.explaining import Explanation, Reason
    from segfw.clouds.lifted import Side
    from segfw.sets.headerspace import HeaderSpace

KINDS = {
    Kind.SAME: "the same rule",
    Kind.COVERED: "explained",
    Kind.WIDER: "too wide",
    Kind.PARTLY: "partly explained",
    Kind.UNEXPLAINED: "unexplained",
    Kind.OVERRULED: "denies what the stack needs",
    Kind.IDLE: "decides nothing",
    Kind.UNREADABLE: "cannot be read",
}


def spaces_words(spaces: Mapping[Side, HeaderSpace]) -> str:
    """``in tcp 22: 0.0.0.0/0 (but for 10.0.0.0/8)``; families after each other.

    What is all of a family but for holes is said so, without its references: `document` has
    those too.
    """
    words = (f"{side[0].short} {_words(space)}" for side, space in spaces.items())
    return "; ".join(dict.fromkeys(words))


def _words(space: HeaderSpace) -> str:
    """Services with the same far ends together: a rule for everything has holes in many."""
    found: dict[str, list[str]] = {}
    for first, last, held in space.slices:
        found.setdefault(_addresses(held), []).extend(_services(first, last))
    return "; ".join(f"{', '.join(said)}: {ends}" for ends, said in found.items()) or "nothing"


def _services(first: int, last: int) -> Iterator[str]:
    """A run of the service line: what it has of a protocol at each end, and whole ones between."""
    start, end = -(-first // POINTS), (last + 1) // POINTS
    if start >= end:
        bounds = (
            [(first, last)] if start > end else [(first, start * POINTS - 1), (end * POINTS, last)]
        )
        yield from (str(Service(one, other)) for one, other in bounds if one <= other)
        return
    if first < start * POINTS:
        yield str(Service(first, start * POINTS - 1))
    whole = Service(start * POINTS, end * POINTS - 1)
    one = end - start == 1 or whole == Service.everything()
    yield str(whole) if one else f"protocols {start} to {end - 1}"
    if end * POINTS <= last:
        yield str(Service(end * POINTS, last))


def _addresses(held: AddressSet) -> str:
    bare = AddressSet(held.family, held.held)
    return address_words(bare if held.atoms.cofinite and bare else held)


def from_anywhere(spaces: Iterable[HeaderSpace]) -> bool:
    """Some of the packets come from, or go to, all of the internet but for holes in it."""
    return any(held.size() * 2 > held.family.last for space in spaces for _, held in space.boxes())


def own_reasons(one: Explanation) -> tuple[Reason, ...]:
    """Of a rule that is the same as the stack's, that one alone; others may overlap it."""
    return tuple(reason for reason in one.reasons if one.same in ("", reason.rule.name))


def purposes(reasons: Iterable[Reason]) -> str:
    """``gui-https (row 21), ssh-admin (row 2)``; empty where there is no reason."""
    return ", ".join(dict.fromkeys(word for one in reasons for word in one.purposes))


def networks(reasons: Iterable[Reason]) -> str:
    """The networks that the far ends are from."""
    return ", ".join(dict.fromkeys(word for one in reasons for word in one.networks))


def notes(one: Explanation) -> tuple[str, ...]:
    """What is said below a rule that is not explained."""
    found: list[str] = []
    existing = one.existing
    needed = purposes(one.reasons)
    beyond = spaces_words(one.beyond)
    match one.kind:
        case Kind.WIDER:
            found.append(f"Needed by {needed}; it lets through more than they need: {beyond}.")
        case Kind.PARTLY:
            parts = "; ".join(spaces_words(reason.part) for reason in one.reasons)
            found.append(f"{needed} need a part of it ({parts}); nothing needs the rest: {beyond}.")
        case Kind.UNEXPLAINED:
            found.append(f"No feature of the stack needs any of it: {beyond}.")
        case Kind.OVERRULED:
            found.append(f"The stack lets through what it denies: {beyond}.")
        case Kind.UNREADABLE:
            found.append(f"{existing.fault}; what it lets through is not compared.")
        case Kind.SAME | Kind.COVERED | Kind.IDLE:
            pass
    if existing.narrowed:
        found.append(f"It holds {existing.narrowed}, and is read as if it held for any.")
    return tuple(found)
