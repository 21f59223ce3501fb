"""Comparisons as a comment on a pull request: a short first line, and the details folded.

Names may come from anybody's state, so nothing of a text is markup but what is written here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.review.changes_alike import OF_EACH
from segfw.review.sections import Item, Section, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.review.changes_alike import Alike
    from segfw.review.sections import Table

MARKUP = re.compile(r"[\\`*_\[\]<>|~#&@$]|://|\bwww\.", re.IGNORECASE)
"""What Markdown, its tables or HTML would take for more than a letter."""
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
"""Signs that a backslash does not quiet."""
JOINED = ("@", "#")
"""Signs that a word joiner behind them makes no mention; one parts addresses of the web, too."""
OPEN = ("Not compared", "Not in one update", "Newly reachable from the internet", "Warnings")
"""Sections that are never folded."""
LAST = (*OF_EACH, "Resources", "The same meaning in another form", "Covered by other rules")
"""Sections that are left out first where a comment is too long."""
LIMIT = 60_000
"""Characters of a comment: GitHub takes 65,536, and a pipeline may write something below."""
CUT = (
    "**Not all of it fits into a comment.** Details are left out below; "
    "segfw diff with --format text or json has them."
)


def comment(
    first: str, stacks: Iterable[Alike], notes: Iterable[str], problems: Iterable[str] = ()
) -> str:
    """The whole comment; *first* is its first line, *stacks* the worst first.

    Where GitHub would refuse it for its length, details of the last stacks are left out, which
    is said above them.
    """
    held = list(stacks)
    top = [f"**{escaped(first)}**", ""]
    for note in notes:
        top += [escaped(note), ""]
    if refused := list(problems):
        top += _fitting(Section("Not compared", tuple(refused)), LIMIT // 4)
    room = LIMIT - _size([*top, CUT, "", *_more(len(held))])
    blocks: list[list[list[str]]] = []
    for one in held:
        head = list(_head(one, first))
        if _size(head) > room:
            break
        room -= _size(head)
        blocks.append([head, *([] for _ in one.sections[1:])])
    left = len(held) - len(blocks)
    whole = not left
    # What all stacks open and close comes before any one's tables.
    for stack, index in sorted(
        ((number, index) for number in range(len(blocks)) for index in _after_head(held[number])),
        key=lambda at: held[at[0]].sections[at[1]].title in LAST,
    ):
        section = held[stack].sections[index]
        lines = _fitting(section, room)
        whole = whole and lines == _section(section)
        room -= _size(lines)
        blocks[stack][index] = lines
    body = [line for block in blocks for lines in block for line in lines]
    return "\n".join([*top, *([] if whole else [CUT, ""]), *body, *_more(left)])


def _more(left: int) -> list[str]:
    return [f"And {counted(left, 'more stack')}.", ""] if left else []


def _after_head(one: Alike) -> range:
    return range(1, len(one.sections))


def _size(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _head(one: Alike, first: str) -> Iterator[str]:
    """The stack's first line, and the other stacks that it holds for."""
    head = one.sections[0]
    if head.title != first:
        yield from (f"**{escaped(head.title)}**", "")
    for line in head.lines:
        yield from (escaped(line), "")
    if one.others:
        yield from (f"<details><summary>{escaped(one.others_line)}</summary>", "")
        yield from (escaped(", ".join(one.others)), "", "</details>", "")


def _fitting(section: Section, room: int) -> list[str]:
    """As many of the section's items, rows or lines as fit, and how many more; none if none."""
    count = max(len(section.items), len(section.lines), _rows(section))
    lines, keep = _section(section), count
    while _size(lines) > room and keep > 1:
        keep //= 2
        lines = _section(_first(section, keep), _count(section))
    return lines if _size(lines) <= room else []


def _first(section: Section, keep: int) -> Section:
    items, lines, table = section.items, section.lines, section.table
    if len(items) > keep:
        items = (*items[:keep], Item(f"and {len(items) - keep} more"))
    if len(lines) > keep:
        lines = (*lines[:keep], f"and {len(lines) - keep} more")
    if table and len(table.rows) > keep:
        more = (f"and {len(table.rows) - keep} more", *("" for _ in table.headers[1:]))
        table = table._replace(rows=(*table.rows[:keep], more))
    return section._replace(items=items, lines=lines, table=table)


def _rows(section: Section) -> int:
    return len(section.table.rows) if section.table else 0


def escaped(text: str) -> str:
    """The text, every sign of it as a letter, on one line."""
    return MARKUP.sub(_quiet, BREAKS.sub(" ", text))


def _quiet(sign: re.Match[str]) -> str:
    held = sign[0]
    if held in JOINED:
        return f"{held}\u2060" if held == "@" else f"\\{held}\u2060"
    if len(held) > 1:
        return f"{held[:-1]}\u2060{held[-1]}"
    return ENTITIES.get(held, f"\\{held}")


def _count(section: Section) -> int:
    return len(section.items) or _rows(section)


def _section(section: Section, count: int | None = None) -> list[str]:
    """The section set; *count* is what its title says, where not all of it is there."""
    return list(_section_lines(section, _count(section) if count is None else count))


def _section_lines(section: Section, count: int) -> Iterator[str]:
    title = section.title + (f" ({count})" if count else "")
    if section.title in OPEN or not (section.items or section.table or len(section.lines) > 1):
        said = section.lines[0] if section.lines else ""
        if not count and len(section.lines) == 1:
            yield from (f"**{escaped(section.title)}**: {escaped(said)}", "")
            return
        yield from (f"**{escaped(title)}**", "", *_body(section))
        return
    # GitHub sets Markdown inside only behind an empty line.
    yield f"<details><summary>{escaped(title)}</summary>"
    yield ""
    yield from _body(section)
    yield "</details>"
    yield ""


def _body(section: Section) -> Iterator[str]:
    if section.lines:
        yield from (f"- {escaped(line)}" for line in section.lines)
        yield ""
    for item in section.items:
        yield from _item(item)
    if section.items:
        yield ""
    if section.table is not None:
        yield from _table(section.table)
        yield ""


def _item(item: Item) -> Iterator[str]:
    yield f"- {escaped(item.text)}"
    yield from (f"  - {escaped(note)}" for note in item.notes)
    if item.commands:
        held = [BREAKS.sub(" ", command) for command in item.commands]
        longest = max((len(run) for one in held for run in re.findall(r"`+", one)), default=0)
        fence = "`" * max(3, longest + 1)
        yield from ("", f"  {fence}text", *(f"  {command}" for command in held), f"  {fence}", "")


def _table(table: Table) -> Iterator[str]:
    yield _row(map(escaped, table.headers))
    yield _row("---" for _ in table.headers)
    yield from (_row(map(escaped, row)) for row in table.rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
