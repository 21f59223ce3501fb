"""Comparisons as sections of plain words, which text and Markdown then set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.compare import Kind
from segfw.changes.comparison import Status
from segfw.changes.forms import Form
from segfw.changes.risk import Risk
from segfw.flow import Point
from segfw.review.changes_groups import (
    acls_that_come_or_go,
    form_section,
    group_sections,
    opens_and_closes,
)
from segfw.review.changes_update import made_anew, resource_sections, room_sections, way_sections
from segfw.review.changes_where import applies, attachments
from segfw.review.changes_words import Words
from segfw.review.sections import Section, Table, counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from segfw.catalog.model import Catalog
    from segfw.changes.compare import Changes
    from segfw.changes.comparison import Comparison
    from segfw.changes.pair import Counted
    from segfw.changes.points import PointChange
    from segfw.changes.verdict import Verdict
    from segfw.review.changes_document import Sides

SHOWN = (Kind.ADDED, Kind.REMOVED, Kind.CHANGED, Kind.MOVED)
"""What the table of rules has a row for; the rest is named below it."""
COUNTED = {
    Kind.ADDED: "added",
    Kind.REMOVED: "removed",
    Kind.CHANGED: "changed",
    Kind.MOVED: "moved",
    Kind.RENUMBERED: "renumbered",
    Kind.DESCRIBED: "described anew",
    Kind.KEPT: "kept",
}
FULL = {Status.NEW: "new", Status.GONE: "gone"}
"""What a stack that only one side has is called."""


def headline(one: Comparison) -> str:
    """What a reviewer needs first: what opens, what closes, to whom, and whether it fits."""
    if one.status is Status.UNCHANGED:
        return "unchanged: its files are the same on both sides"
    if one.status is Status.PROBLEMS:
        return f"not compared: {counted(len(one.problems), 'problem')}"
    if one.meaning is None:
        raise AssertionError("a comparison without a meaning")
    said = [FULL[one.status]] if one.status in FULL else [*acls_that_come_or_go(one.meaning)]
    if one.changes is not None:
        said += attachments(one.changes)
    if one.meaning.any:
        said.append(opens_and_closes(one.meaning))
    elif one.any:
        said.append("opens nothing; closes nothing")
    elif one.changes is not None:
        same = "all as deployed" if one.deployed is None else "the same on both sides"
        said.append(f"no difference: {counted(len(one.changes.lines), 'rule')}, {same}")
    else:
        said.append("no difference")
    same = (form for form in one.forms if form.form is not Form.COVERED)
    rules = sum(max(len(form.old), len(form.new)) for form in same)
    if rules:
        said.append(f"{counted(rules, 'rule')} in another form")
    if one.changes is not None and one.verdict is not None and one.any:
        said.append(_fits(one.changes, one.verdict))
    return "; ".join(said)


def _fits(changes: Changes, verdict: Verdict) -> str:
    if verdict.problems:
        return "cannot be made in one update"
    anew = made_anew(changes)
    return "fits in one update" + (f", which makes {', '.join(anew)} anew" if anew else "")


def verdict_line(changes: Changes, verdict: Verdict) -> str:
    """``3 rules added, 1 removed, 44 kept; fits in one update, room 12 of 60 left``."""
    total = len(changes.lines)
    if not changes.any:
        return f"no difference: {counted(total, 'rule')}, all as deployed"
    counts = [(kind, changes.count(kind)) for kind in COUNTED]
    said = [(kind, count) for kind, count in counts if count]
    first = f"{counted(said[0][1], 'rule')} {COUNTED[said[0][0]]}" if said else "no rules"
    others = [f"{len(changes.held.others)} not of the plan"] if changes.held.others else []
    counted_ones = (f"{count} {COUNTED[kind]}" for kind, count in said[1:])
    rules = ", ".join([first, *counted_ones, *others])
    anew = made_anew(changes)
    rules += f"; made anew: {', '.join(anew)}" if anew else ""
    if verdict.problems:
        return f"{rules}; cannot be made in one update"
    tightest = verdict.tightest
    room = f", room {tightest.room} of {tightest.limit} left" if tightest else ""
    return f"{rules}; fits in one update{room}"


def counts_line(one: Comparison, changes: Changes, verdict: Verdict) -> str:
    """The verdict; where something differs and no rule does, that."""
    if one.any and not changes.any:
        return f"no rule changes: {counted(len(changes.lines), 'rule')}"
    return verdict_line(changes, verdict)


def sections(one: Comparison, catalog: Catalog, where: Iterable[str] = ()) -> Iterator[Section]:
    """The comparison from top to bottom; *where* says what its sides are."""
    lines: tuple[str, ...] = ()
    if one.any and one.changes is not None and one.verdict is not None:
        lines = (counts_line(one, one.changes, one.verdict),)
    yield Section(f"{one.stack}: {headline(one)}", (*lines, *where))
    if one.problems:
        yield Section("Problems", tuple(map(str, one.problems)))
    if one.verdict is not None:
        yield from _refused(one.verdict)
    if one.pair is not None and one.pair.uncompared:
        yield Section("Not compared", one.pair.uncompared)
    if one.meaning is not None and one.any:
        opened_and_closed = group_sections(one.meaning, catalog)
        yield from (_with_points(section, one.changes) for section in opened_and_closed)
        yield from form_section(one.forms)
    if one.pair is not None:
        yield from _sizes(one.pair.counted, one.pair.old.settings.stack, one.stack)
    if one.changes is not None and one.verdict is not None:
        if one.any:
            yield from _rules(one.changes, catalog)
            yield from resource_sections(one.changes)
            yield from room_sections(one.verdict)
        yield Section("Where the rules apply", tuple(applies(one.changes, stated=one.stated)))


def _refused(verdict: Verdict) -> Iterator[Section]:
    if verdict.problems:
        lines = tuple(f"{problem.path}: {problem.message}" for problem in verdict.problems)
        yield Section("Not in one update", lines)
        yield from way_sections(verdict)
    if verdict.warnings:
        yield Section("Warnings", verdict.warnings)


def _with_points(section: Section, changes: Changes | None) -> Section:
    """Opened and closed, with the enforcement points that come or go as a whole."""
    if changes is None or section.title not in ("Opened", "Closed"):
        return section
    opened = section.title == "Opened"
    whole = tuple(
        line
        for point in changes.points
        if point.point is not Point.SECURITY_GROUP and not (point.was and point.will_be)
        for line in _comes_or_goes(point, opened=opened)
    )
    return section._replace(lines=whole or section.lines)


def _comes_or_goes(point: PointChange, *, opened: bool) -> Iterator[str]:
    """Without an NSG or network ACL of ours, others decide what passes."""
    where = f"{point.point.label} {point.interface}"
    if point.will_be and not opened:
        yield f"{where} is new: everything that its rules do not let through."
    elif point.was and not point.will_be and opened:
        yield f"{where} goes: what was behind it is no longer filtered here."


def _sizes(found: Iterable[Counted], old: str, new: str) -> Iterator[Section]:
    """How many rules say it on each side."""
    rows = tuple(
        (
            f"{'network ACL' if one.of_acl else 'group or NSG'} {one.interface}",
            "none" if one.old is None else str(one.old),
            "none" if one.new is None else str(one.new),
            "the same" if one.same else "other packets",
        )
        for one in found
    )
    if rows:
        yield Section("Rules", (), Table(("Where", old, new, "Lets through"), rows))


def _rules(changes: Changes, catalog: Catalog) -> Iterator[Section]:
    words = Words(changes, catalog)
    shown = [change for change in changes.lines if change.kind in SHOWN]
    if not shown:
        return
    headers = ("Change", "Where", "Direction", "Protocol", "Ports", "Peer", "Why")
    yield Section("Rules", (), Table(headers, tuple(words.row(change) for change in shown)))


def first_line(found: Collection[Comparison]) -> str:
    """What a comment begins with: the one stack's, or how many differ and the worst of them."""
    held = list(found)
    if len(held) == 1:
        return f"{held[0].stack}: {headline(held[0])}"
    differing = [one for one in held if one.any]
    kinds = (
        (sum(one.status is Status.NEW for one in held), "new"),
        (sum(one.status is Status.GONE for one in held), "gone"),
        (sum(bool(_unfit(one)) for one in held), "cannot be made in one update"),
    )
    counts = ", ".join(f"{count} {word}" for count, word in kinds if count)
    failed = sum(bool(one.problems) for one in held)
    said = f"{len(differing)} of {counted(len(held), 'stack')} {_differ(len(differing))}"
    said += (f" ({counts})" if counts else "") + (f", {failed} not compared" if failed else "")
    if not differing:
        return said
    worst = min(differing, key=worst_first)
    return f"{said}; {worst.stack}: {headline(worst)}"


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _unfit(one: Comparison) -> bool:
    return one.verdict is not None and bool(one.verdict.problems)


def worst_first(one: Comparison) -> tuple[object, ...]:
    """Sorts by the worst that is opened; a change that does not fit comes before others."""
    meaning = one.meaning
    opened = (*meaning.exposed, *meaning.opened) if meaning else ()
    ranks = [(list(Risk).index(group.risk), not group.manages) for group in opened]
    moves = (meaning and any(acls_that_come_or_go(meaning))) or (
        one.changes is not None and any(attachments(one.changes))
    )
    quiet = one.status is not Status.GONE and not moves
    return min(ranks, default=(len(Risk), quiet)), not one.refused, one.stack


def where(sides: Sides, compiled_by: str) -> tuple[str, ...]:
    """What the sides are, and what should be known of them."""
    if sides.mode == "state":
        return sides.notes
    between = f"From {sides.old} to {sides.new}; {compiled_by} compiled both."
    return (between, *sides.notes)
