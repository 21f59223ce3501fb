"""Groups, ACLs and NSGs that no interface is known for: what they have, and how to place them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.adopt.words import open_words
from segfw.catalog.model import Direction
from segfw.clouds.lifted import LiftError
from segfw.live.placing import options_of, told_in
from segfw.live.reading_rules import listed, read_point
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.inventory import Inventory
    from segfw.live.holders import Held
    from segfw.live.placing import Placing
    from segfw.plan import Plan

INSIDE = ("securityRules", "ingress", "egress")
SHOWN = 3
"""Holders that the first line has room for."""


class Uncompared(NamedTuple):
    """One that was compared with nothing."""

    held: Held
    why: str
    rules: int
    options: tuple[str, ...]
    """Interfaces at which it may be."""
    inward: str
    """What it lets in from the internet, in words; empty for nothing."""


def uncompared(plan: Plan, inventory: Inventory, placing: Placing) -> tuple[Uncompared, ...]:
    """Every holder without a place, in order."""
    told = told_in(inventory)
    return tuple(
        Uncompared(held, why, _count(held), tuple(options_of(plan, held, told)), _inward(held))
        for held, why in placing.unplaced
    )


def _count(held: Held) -> int:
    inputs = held.resource.inputs
    return len(held.rules) + sum(1 for field in INSIDE for _ in listed(inputs, field))


def _inward(held: Held) -> str:
    own = [("", held.resource.type, held.resource.inputs)]
    own += [(rule.urn, rule.type, rule.inputs) for rule in held.rules]
    try:
        read = read_point(own, {})
    except LiftError:  # of what is compared, it is refused
        return "what cannot be read"
    return open_words(
        {side: space for side, space in read.most.items() if side[0] is Direction.INGRESS}
    )


def headline(them: Iterable[Uncompared]) -> str:
    """``7 rules of 2 groups were NOT COMPARED: no interface is known for ...``."""
    held = list(them)
    kinds: dict[str, int] = {}
    for one in held:
        kinds[one.held.point.label] = kinds.get(one.held.point.label, 0) + 1
    what = ", ".join(counted(number, kind) for kind, number in kinds.items())
    names = [f"{one.held.key} ({one.held.resource.name})" for one in held[:SHOWN]]
    more = f" and {len(held) - SHOWN} more" if len(held) > SHOWN else ""
    rules = sum(one.rules for one in held)
    say = "say --at INTERFACE=ID, or " if any(one.options for one in held) else ""
    were = "was" if rules == 1 else "were"
    return (
        f"{counted(rules, 'rule')} of {what} {were} NOT COMPARED: no interface is known for "
        f"{', '.join(names)}{more}; {say}leave out of the files what is not "
        "the gateway's."
    )
