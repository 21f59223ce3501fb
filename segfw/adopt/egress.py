"""Rules that let everything out, which no feature is taken for: what a gateway needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.problems import Place, Problem
from segfw.starting.text import opening_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.settings.uses import Uses

HEADING = "A RULE LETS EVERYTHING OUT, and no feature is taken for it:"
SHOWN = 5
"""Features that a problem's line has room for."""


def wide_comments(wide: Mapping[str, tuple[str, ...]], uses: Uses) -> Iterator[str]:
    """The rules of *wide*, by interface, and every feature with egress that is off, to choose from.

    A line each, to stand behind a comment sign; nothing where *wide* is empty.
    """
    if not wide:
        return
    yield HEADING
    yield from (f"  {interface}: {words}" for interface, rules in wide.items() for words in rules)
    on = [one for one in uses.settings.features if uses.catalog.features[one].egress is not None]
    if on:
        yield f"Of what it lets out, these features have a part already: {', '.join(on)}."
    yield "It also covers what the features below need. Choose those that the gateway uses, and"
    yield "write them under seg-firewall:features. THE GATEWAY WILL BE CUT OFF FROM WHAT IS NOT"
    yield "CHOSEN, be it mail, names, time or updates, once the stack takes the rule's place."
    for name, words in _choices(uses):
        yield f"    {name}: {{}} # {words}"


def wide_problems(
    wide: Mapping[str, tuple[str, ...]], uses: Uses, text: str, file: str
) -> Iterator[Problem]:
    """One for each interface of *wide*, at the heading in *text*, which is to be *file*'s."""
    lines = text.splitlines()
    line = next((n for n, one in enumerate(lines, 1) if one.endswith(HEADING)), 0)
    off = [name for name, _ in _choices(uses)]
    some = ", ".join(off[:SHOWN]) + (f" and {len(off) - SHOWN} more" if len(off) > SHOWN else "")
    for interface, rules in wide.items():
        yield Problem(
            Place(file, line),
            f"interfaces.{interface}",
            f'"{"; ".join(rules)}" lets everything out, and no feature is taken for it; choose '
            f"those that the gateway uses from the comments there ({some}). The gateway will be "
            "cut off from what is not chosen.",
        )


def _choices(uses: Uses) -> Iterator[tuple[str, str]]:
    """The features that are off and would let something out, with what and where to."""
    for name, feature in uses.catalog.features.items():
        if feature.egress is None or name in uses.settings.features:
            continue
        words = opening_of(name, uses)
        if any(part.startswith(f"{Direction.EGRESS.short} ") for part in words.split("; ")):
            yield name, words
