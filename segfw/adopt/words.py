"""An adoption in words: what each verdict means, and header spaces with their direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.adopt.explaining import Kind
from segfw.review.spacewords import address_words
from segfw.sets.addresses import AddressSet
from segfw.sets.headerspace import POINTS, HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.adopt.explaining import Explanation, Reason
    from segfw.clouds.lifted import Side

ROOM = 230
"""Characters that a line has for what a rule lets through."""
NEEDS_ROOM = 130
LINE = 300
CUT = " ... (all of it: --format json)"
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
    return _within("; ".join(dict.fromkeys(words)))


def open_words(spaces: Mapping[Side, HeaderSpace]) -> str:
    """As `spaces_words`, of what is from or to most of the internet; empty for nothing."""
    found: dict[str, None] = {}
    for side, space in spaces.items():
        wide = tuple(part for part in space.slices if _most(part[2]))
        if wide:
            found[f"{side[0].short} {_words(space._replace(slices=wide))}"] = None
    return _within("; ".join(found))


def _within(words: str) -> str:
    """The words, cut between services or far ends where a line has no room for all."""
    if len(words) <= ROOM:
        return words
    start = words[: ROOM - len(CUT)]
    return f"{start[: max(start.rfind(', '), start.rfind('; '))]}{CUT}"


def _words(space: HeaderSpace) -> str:
    """What there is, or where that is shorter, what there is not, and then all the rest.

    A rule for everything has holes in many services.
    """
    said = _together(space)
    whole = AddressSet.whole(space.family)
    rest = HeaderSpace.of(Service.everything(), whole) - space
    if not rest or any(held != whole and held.atoms.cofinite for *_, held in rest.slices):
        return said  # what is missing could not be said exactly
    but = f"everything but {_missing(rest)}: {whole}"
    return min(said, but, key=len)


def _missing(space: HeaderSpace) -> str:
    """``tcp 25, tcp 80, tcp 53 (10.0.0.53/32)``: services, and far ends where they are not all."""
    found: dict[str, list[str]] = {}
    for first, last, held in space.slices:
        ends = "" if held == AddressSet.whole(held.family) else f" ({_addresses(held)})"
        found.setdefault(ends, []).extend(_services(first, last))
    return ", ".join(f"{', '.join(said)}{ends}" for ends, said in found.items())


def _together(space: HeaderSpace) -> str:
    """Services with the same far ends together."""
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


def _most(held: AddressSet) -> bool:
    return held.size() * 2 > held.family.last


def from_anywhere(spaces: Iterable[HeaderSpace]) -> bool:
    """Some of the packets come from, or go to, all of the internet but for holes in it."""
    return any(_most(held) for space in spaces for _, held in space.boxes())


def own_reasons(one: Explanation) -> tuple[Reason, ...]:
    """Of a rule that is the same as the stack's, that one alone; others may overlap it."""
    return tuple(reason for reason in one.reasons if one.same in ("", reason.rule.name))


def purposes(reasons: Iterable[Reason]) -> str:
    """``gui-https (row 21), ssh-admin (row 2)`` and how many more; empty for no reason."""
    return _some(dict.fromkeys(word for one in reasons for word in one.purposes))


def _some(words: Iterable[str]) -> str:
    """As many as a line has room for, and how many more there are."""
    held, said = list(words), ""
    for number, word in enumerate(held):
        longer = f"{said}, {word}" if said else word
        if said and len(longer) > NEEDS_ROOM:
            return f"{said} and {len(held) - number} more"
        said = longer
    return said


def networks(reasons: Iterable[Reason]) -> str:
    """The networks that the far ends are from."""
    return _some(dict.fromkeys(word for one in reasons for word in one.networks))


def _one_or_two(first: str, second: str) -> tuple[str, ...]:
    """One line of two sentences, or two where it would be too long to read."""
    both = f"{first}; {second}"
    return (both,) if len(both) <= LINE else (f"{first}.", second[0].upper() + second[1:])


def notes(one: Explanation) -> tuple[str, ...]:
    """What is said below a rule that is not explained."""
    found: list[str] = []
    existing = one.existing
    needed = purposes(one.reasons)
    beyond = spaces_words(one.beyond)
    match one.kind:
        case Kind.WIDER:
            more = f"it lets through more than they need: {beyond}."
            found += _one_or_two(f"Needed by {needed}", more)
        case Kind.PARTLY:
            parts = _some(spaces_words(reason.part) for reason in one.reasons)
            found += _one_or_two(
                f"{needed} need a part of it ({parts})", f"nothing needs the rest: {beyond}."
            )
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
