"""Every stack beside the others: which region opens what that another does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.review.report.subject import NAMED, ORDER, REACHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from segfw.review.report.model import Report
    from segfw.review.report.traffic import Reached


SIDE_BY_SIDE = 8
"""So many columns of stacks fit on a landscape page."""


class Unread(NamedTuple):
    """A stack without a report, and why."""

    stack: str
    problems: tuple[str, ...]


class Column(NamedTuple):
    """One stack of the comparison."""

    stack: str
    page: str
    where: str
    """``aws us-east-1, prod``."""
    report: Report


class Compared(NamedTuple):
    """One thing that is open somewhere, and where."""

    words: tuple[str, ...]
    """What it is, a word to a column of the table."""
    reach: str
    cells: Mapping[str, str]
    """By stack: what it is there; no entry where it is not open."""
    everywhere: bool

    @property
    def alike(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it is, with the stacks where it is just that; what most have comes first."""
        found: dict[str, list[str]] = {}
        for stack, words in self.cells.items():
            found.setdefault(words, []).append(stack)
        return tuple(
            (words, tuple(stacks))
            for words, stacks in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
        )

    def missing(self, columns: Iterable[Column]) -> tuple[str, ...]:
        """The stacks that do not open it."""
        return tuple(one.stack for one in columns if one.stack not in self.cells)


class Across(NamedTuple):
    """All stacks together."""

    today: str
    commit: str
    columns: tuple[Column, ...]
    unread: tuple[Unread, ...]
    reaches: tuple[Reached, ...]
    openings: tuple[Compared, ...]
    """What the internet, managers and any address are let through for: reach, peer, service."""
    features: tuple[Compared, ...]

    @property
    def side_by_side(self) -> bool:
        """A column to each stack fits on a screen and on paper; otherwise stacks are listed."""
        return len(self.columns) <= SIDE_BY_SIDE


def compare(
    reports: Sequence[Report], unread: Iterable[Unread], *, page_of: Callable[[str], str]
) -> Across:
    """The stacks side by side; what only some of them open comes first."""
    return Across(
        today=reports[0].today if reports else "",
        commit=reports[0].commit if reports else "",
        columns=tuple(
            Column(
                one.stack,
                page_of(one.stack),
                f"{one.cloud} {one.region}, {one.environment}",
                one,
            )
            for one in reports
        ),
        unread=tuple(unread),
        reaches=REACHES,
        openings=_openings(reports),
        features=_features(reports),
    )


def _openings(reports: Sequence[Report]) -> tuple[Compared, ...]:
    found: dict[tuple[str, str, str, str], dict[str, list[str]]] = {}
    for report in reports:
        for edge in report.edges:
            if edge.reach != NAMED:
                way = "in" if edge.inward else "out"
                for service in edge.services:
                    key = (edge.reach, way, edge.far, f"{service.words} ({service.feature})")
                    held = found.setdefault(key, {}).setdefault(report.stack, [])
                    held.append(f"{edge.interface}: {edge.addresses}")
    rows = [
        _compared((way, peer, service), reach, cells, reports)
        for (reach, way, peer, service), cells in found.items()
    ]
    return tuple(sorted(rows, key=lambda one: (one.everywhere, ORDER[one.reach], one.words)))


def _features(reports: Sequence[Report]) -> tuple[Compared, ...]:
    found: dict[str, dict[str, list[str]]] = {}
    reach: dict[str, str] = {}
    for report in reports:
        for row in report.matrix:
            for interface, cell in row.cells.items():
                arrow = "in" if row.inward else "out"
                held = found.setdefault(row.feature, {}).setdefault(report.stack, [])
                held.extend(f"{interface} {arrow} {words}" for words in cell.services)
                before = reach.get(row.feature, NAMED)
                reach[row.feature] = min(before, cell.reach, key=ORDER.__getitem__)
    rows = [
        _compared((feature,), reach[feature], cells, reports) for feature, cells in found.items()
    ]
    return tuple(sorted(rows, key=lambda one: (one.everywhere, one.words)))


def _compared(
    words: tuple[str, ...],
    reach: str,
    cells: Mapping[str, Sequence[str]],
    reports: Sequence[Report],
) -> Compared:
    return Compared(
        words=words,
        reach=reach,
        cells={stack: "; ".join(dict.fromkeys(held)) for stack, held in cells.items()},
        everywhere=len(cells) == len(reports),
    )
