"""An adoption as sections: what is not explained first, then what is, and how to take it over."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from segfw.adopt.explaining import Kind
from segfw.adopt.uncompared import headline
from segfw.adopt.words import (
    KINDS,
    from_anywhere,
    networks,
    notes,
    own_reasons,
    purposes,
    spaces_words,
)
from segfw.review.sections import Item, Section, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.adopt.adoption import Adoption, Opening
    from segfw.adopt.explaining import Explanation
    from segfw.adopt.importing import Import
    from segfw.adopt.uncompared import Uncompared

MANAGED = (
    "Where that is this very stack, nothing is to be imported. Else take them out of the other "
    "with `pulumi state delete`, which leaves the cloud as it is."
)
INTERNET = "FROM OR TO THE INTERNET: "
INTERNET_IN = "FROM THE INTERNET: "
AGAIN = ("segfw", "adopt", "STACK", "FILE")
"""How the call is written where nobody says how it was."""


def sections(
    adoption: Adoption, found: Import, file: str, again: tuple[str, ...] = ()
) -> Iterator[Section]:
    """The whole answer; *file* is where the import file is, or would be.

    *again* are the words of the call, to be copied with one more of them.
    """
    yield _summary(adoption, found)
    if adoption.uncompared:
        items = tuple(_not_compared(one, again) for one in adoption.uncompared)
        yield Section("Not compared", items=items)
    odd = [one for one in adoption.explanations if not one.kind.explained]
    if odd:
        yield Section("Not explained", items=tuple(map(_odd, sorted(odd, key=_worst_first))))
    if adoption.openings:
        openings = sorted(adoption.openings, key=_widest_first)
        yield Section("The stack would also open", items=tuple(map(_opening, openings)))
    fine = [one for one in adoption.explanations if one.kind.explained]
    if fine:
        yield Section("Explained", table=_explained(fine))
    yield _where(adoption)
    yield _taking_over(adoption, found, file)


def _summary(adoption: Adoption, found: Import) -> Section:
    total = len(adoption.explanations)
    fine = sum(1 for one in adoption.explanations if one.kind.explained)
    lines = [headline(adoption.uncompared)] if adoption.uncompared else []
    lines += _absent(adoption)
    if total or not lines:
        others = "the other " if adoption.uncompared else ""
        lines.append(f"{fine} of {others}{counted(total, 'rule')} of the cloud are explained.")
    closing = [one for one in found.revoked if one.beyond and one.kind is not Kind.OVERRULED]
    if adoption.openings or closing:
        opens = f"what {counted(len(adoption.openings), 'rule')} of the stack lets through"
        closes = f"what {counted(len(closing), 'rule')} of the cloud lets through"
        lines.append(
            f"The first update would open {opens if adoption.openings else 'nothing more'}, and "
            f"close {closes if closing else 'nothing'}."
        )
    elif total:
        lines.append("The first update would change nothing in what is let through.")
    lines.append(
        f"{counted(found.resources, 'resource')} can be imported; the first update makes "
        f"{counted(len(found.created), 'more resource')}."
    )
    return Section(f"Adopting into {adoption.plan.settings.stack}", tuple(lines))


def _absent(adoption: Adoption) -> Iterator[str]:
    for point, interface in adoption.absent:
        yield (
            f'No {point.label} of the cloud is placed at "{interface}": it is not compared, and '
            "the first update makes one."
        )


def _not_compared(one: Uncompared, again: tuple[str, ...]) -> Item:
    """What is known of it, and the calls that would place it, one for each interface."""
    wide = INTERNET_IN if one.inward else ""
    told = (f"It lets in from the internet: {one.inward}.",) if one.inward else ()
    commands = tuple(
        shlex.join([*(again or AGAIN), "--at", f"{name}={one.held.key}"]) for name in one.options
    )
    text = f"{wide}{one.held.label}, {counted(one.rules, 'rule')}: {one.why}"
    return Item(text, told, commands)


def _worst_first(one: Explanation) -> tuple[object, ...]:
    return not from_anywhere(one.beyond.values()), -_size(one), one.existing.words


def _size(one: Explanation) -> int:
    return sum(space.size() for space in one.beyond.values())


def _odd(one: Explanation) -> Item:
    existing = one.existing
    wide = INTERNET if one.kind is not Kind.OVERRULED and from_anywhere(one.beyond.values()) else ""
    where = existing.match.placed.held.label
    return Item(f"{wide}{existing.words} ({existing.name}, {where}): {KINDS[one.kind]}", notes(one))


def _widest_first(one: Opening) -> tuple[object, ...]:
    wide = from_anywhere(one.spaces.values())
    return not wide, one.interface, one.rule.reading_order


def _opening(one: Opening) -> Item:
    wide = INTERNET if from_anywhere(one.spaces.values()) else ""
    said = ", ".join(dict.fromkeys(flow.purpose for flow in one.rule.flows)) or "no feature"
    word = f"replies to {said}" if one.rule.reply else said
    label = f'{one.point.label} "{one.interface}"'
    return Item(f"{wide}{label}: {spaces_words(one.spaces)}", (f"{word}, by {one.rule.name}.",))


def _explained(fine: list[Explanation]) -> Table:
    rows = tuple(
        (
            one.existing.match.placed.interface,
            one.existing.words,
            KINDS[one.kind],
            one.same or one.existing.name,
            networks(own_reasons(one)),
            purposes(own_reasons(one)),
        )
        for one in fine
    )
    headers = ("interface", "rule of the cloud", "verdict", "rule", "networks", "needed by")
    return Table(headers, rows)


def _where(adoption: Adoption) -> Section:
    rows = [
        (one.held.label, one.interface, one.why)
        for one in sorted(adoption.placing.placed, key=_by_interface)
    ]
    rows += [(held.label, "-", why) for held, why in adoption.placing.unplaced]
    return Section(
        "Where each belongs", table=Table(("of the cloud", "interface", "why"), (*rows,))
    )


def _by_interface(one: object) -> str:
    return getattr(one, "interface", "")


def _taking_over(adoption: Adoption, found: Import, file: str) -> Section:
    items: list[Item] = []
    managing = adoption.inventory.stack
    if managing:
        items.append(
            Item(
                f'The state is of stack "{managing}", which manages these resources: two stacks '
                "that manage one resource undo each other.",
                (MANAGED,),
            )
        )
    if found.lacking:
        return Section(
            "Taking it over",
            items=tuple(Item(f"Not yet: {sentence}") for sentence in found.lacking),
        )
    items += _fates(found)
    items += [Item(sentence[0].upper() + sentence[1:]) for sentence in found.left]
    if found.entries:
        commands = commands_of(adoption.plan.settings.stack, file)
        items.append(Item("Run, in this order:", commands=commands))
    return Section("Taking it over", items=tuple(items))


def _fates(found: Import) -> Iterator[Item]:
    if found.revoked:
        yield Item(
            f"THE FIRST UPDATE REVOKES OR REWRITES {counted(len(found.revoked), 'rule').upper()} "
            "that the cloud has and the stack has not in that form:",
            tuple(_fate(one) for one in found.revoked),
        )
    if found.kept:
        yield Item(
            f"{counted(len(found.kept), 'rule')} of the cloud stay beside the stack's, since its "
            "group is not exclusive:",
            tuple(_fate(one) for one in found.kept),
        )
    if found.created:
        yield Item(
            f"The first update makes {counted(len(found.created), 'resource')} that the cloud "
            "has not, or that no import can say:",
            tuple(found.created),
        )


def _fate(one: Explanation) -> str:
    return f"{one.existing.words} ({one.existing.name})"


def commands_of(stack: str, file: str) -> tuple[str, ...]:
    """The commands that take the resources of the import *file* into *stack*, in order."""
    return (
        f"pulumi stack init {stack}",
        f"pulumi import --stack {stack} --file {file} --protect=false --generate-code=false --yes",
        f"pulumi stack export --stack {stack} --file state.json",
        f"segfw diff {stack} --state state.json",
        f"pulumi preview --stack {stack} --diff",
    )
