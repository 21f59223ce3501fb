"""What stands above the ten answers, since no answer holds without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.problems import Severity
from segfw.review.report.answers import Worry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.review.report.model import Report

SHOWN = 4
"""So many stand above the answers; the rest is counted."""
NAMED = 3
"""So many rule sets are named in one line."""


def worries(report: Report) -> tuple[Worry, ...]:
    """Rule sets that this stack attaches to nothing, then the plan's warnings, at most `SHOWN`."""
    held = (*_unattached(report), *_warnings(report))
    if len(held) <= SHOWN:
        return held
    more = len(held) - SHOWN + 1
    return (*held[: SHOWN - 1], Worry(f"{more} more under Warnings and notes.", "", "remarks"))


def _unattached(report: Report) -> Iterator[Worry]:
    """One line for all: they are attached by the same people, outside of this stack."""
    held = [one for one in report.points if one.elsewhere]
    if held:
        names = [one.label for one in held[:NAMED]]
        more = f" and {len(held) - NAMED} more" if len(held) > NAMED else ""
        them = "it protects" if len(held) == 1 else "they protect"
        yield Worry(
            f"This stack attaches {', '.join(names)}{more} to nothing: until whoever owns the "
            f"network interface or subnet does, {them} nothing.",
            "",
            held[0].anchor,
        )


def _warnings(report: Report) -> Iterator[Worry]:
    for one in report.remarks:
        if one.severity is Severity.WARNING:
            said = f"{one.path}: {one.message}" if one.path else one.message
            yield Worry(said, str(one.place), "remarks")
