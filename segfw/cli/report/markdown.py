"""A report as Markdown for a pull request: a short first line, a drawing, the rest folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import on_one_line
from segfw.review.report.picture import few_ports
from segfw.review.report.subject import NAMED
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segfw.review.report.answers import WaiverRow
    from segfw.review.report.model import Report
    from segfw.review.report.traffic import Edge

DRAWN = 30
"""Connections that are drawn; the rest is counted by interface and direction."""
ALIKE = 4
"""So many named peers with the same services share one line of the drawing."""
LONGEST_DRAWING = 5_000
"""Characters that every renderer takes: GitLab's limit, the smallest that is known."""
LABEL = 30
"""Characters of a port label in the drawing."""
ROWS = 80
"""Rows of a folded table, so that a comment stays within its size."""
MARKS = re.compile(r"([\\`*_\[\]<>|~$])")
SENT_TO = re.compile(r"([@#])(?=\w)")
"""What begins a mention or a reference; a comment keeps it apart from the name."""
ENTITIES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", ";": "#59;"}
TONES = {"good": "✅", "look": "🟡", "bad": "🔴"}


def report_markdown(report: Report) -> str:
    """The report in short: what a reviewer asks first, a drawing, and tables to unfold."""
    reached = [one for one in report.openings if one.reach == "from-internet"]
    services = ", ".join(service for one in reached for service, _ in one.services)
    uncertain = ", ".join(dict.fromkeys(one.peer for one in report.uncertain))
    first = f"{plain(services) or 'nothing'} open to the internet"
    if uncertain:
        first += f", as far as is known (only the cloud knows who is in {plain(uncertain)})"
    out = [f"# {plain(report.stack)}: {first}", ""]
    counts = ", ".join(f"{count} {words}" for words, count in report.counts)
    commit = f", {plain(report.commit)}" if report.commit else ""
    out += [
        (
            f"{plain(report.cloud)} {plain(report.region)}, {plain(report.environment)}, AsyncOS "
            f"{plain(report.release)}, as of {report.today}{commit}. {counts}."
        ),
        "",
    ]
    for worry in report.worries:
        place = f"{code(worry.place)} " if worry.place else ""
        out.append(f"- ⚠️ {place}{plain(worry.text)}")
    for one in report.questions:
        answer = "; ".join(plain(words.rstrip(".")) for words in one.answer)
        out.append(f"- {TONES[one.tone]} **{one.number}. {plain(one.text)}** {answer}.")
    out += ["", "```mermaid", *mermaid(report), "```", ""]
    for title, lines in _folded(report):
        out += ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""]
    return "\n".join(out)


def plain(text: str) -> str:
    """*text* as it stands: nothing in it is Markdown, HTML, or the name of somebody to notify."""
    return SENT_TO.sub(r"\1<!-- -->", MARKS.sub(r"\\\1", on_one_line(text)))


def code(text: str) -> str:
    """*text* as code, whatever backticks it has."""
    shown = on_one_line(text).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown else ""


def _folded(report: Report) -> Iterator[tuple[str, list[str]]]:
    yield (
        f"Exposure ({counted(len(report.openings), 'opening')})",
        table(
            ("Exposure", "Peer", "Interface", "What", "Owner", "Checked", "Set by"),
            (
                (
                    plain(one.reach),
                    f"{plain(one.far)} ({plain(one.addresses)})",
                    plain(one.interface),
                    ", ".join(f"{code(service)} {plain(why)}" for service, why in one.services),
                    plain(": ".join(filter(None, reversed(one.owner_words)))),
                    plain(one.checked or "not said"),
                    ", ".join(f"{code(x.place)} {plain(x.since_words)}" for x in one.lines),
                )
                for one in report.openings
            ),
        ),
    )
    yield (
        f"Port matrix ({counted(len(report.matrix), 'row')})",
        table(
            ("Feature", "Way", "Peer", *(plain(one.name) for one in report.interfaces)),
            (
                (
                    plain(row.feature),
                    "in" if row.inward else "out",
                    f"{plain(row.peer)} ({plain(row.addresses)})",
                    *(
                        ", ".join(map(code, row.cells[one.name].services))
                        if one.name in row.cells
                        else ""
                        for one in report.interfaces
                    ),
                )
                for row in report.matrix
            ),
        ),
    )
    yield (
        f"Quotas ({counted(len(report.gauges), 'gauge')})",
        table(
            ("Rule set", "What", "Used", "Limit"),
            (
                (plain(one.point), plain(one.what), str(one.used), str(one.limit))
                for one in report.gauges
            ),
        ),
    )
    yield (
        f"Open beyond features: {len(report.widenings)}; covered rules: {len(report.redundancies)}",
        [f"- {plain(one)}" for one in (*report.widenings, *report.redundancies)] or ["None."],
    )
    yield (
        (
            f"Accepted: {counted(len(report.waivers), 'waiver')}, "
            f"{counted(len(report.customs), 'opening')} with a last day"
        ),
        table(
            ("What", "Where", "Reason", "Owner of the waiver or flow", "Until"),
            (
                *(
                    (plain(x.name), plain(x.what), plain(x.reason), plain(x.owner), x.until)
                    for x in report.customs
                ),
                *(
                    (_check(x), plain(x.target), plain(x.reason), plain(x.owner), x.expires)
                    for x in report.waivers
                ),
            ),
        ),
    )
    yield (
        f"On the gateway ({counted(len(report.checklist), 'item')})",
        [
            line
            for one in report.checklist
            for line in (
                f"- [{'x' if one.confirmed else ' '}] {plain(one.title)} ({code(one.id)})",
                *fenced(one.commands),
            )
        ]
        or ["Nothing."],
    )
    yield (
        "What cannot be known from here",
        [
            line
            for one in report.unknowns
            for line in (f"- **{plain(one.title)}** {plain(one.why)}", *fenced(one.commands))
        ],
    )


def _check(one: WaiverRow) -> str:
    return f"{plain(one.check)}: {plain(one.title)}" if one.title else plain(one.check)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of at most `ROWS` rows, and how many more there are."""
    held = list(rows)
    if not held:
        return ["None."]
    shown = [f"| {' | '.join(one)} |" for one in held[:ROWS]]
    more = len(held) - ROWS
    left = ["", f"And {more} more; `segfw report` as HTML has them all."] if more > 0 else []
    return [f"| {' | '.join(headers)} |", f"|{' --- |' * len(headers)}", *shown, *left]


def fenced(commands: Sequence[str]) -> list[str]:
    """Lines to copy below a list item; the fence is longer than any run of backticks in them."""
    if not commands:
        return []
    runs = [len(run) for one in commands for run in re.findall(r"`+", one)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return ["", f"  {fence}text", *(f"  {on_one_line(one)}" for one in commands), f"  {fence}"]


def mermaid(report: Report) -> list[str]:
    """A flowchart of at most `DRAWN` lines, within `LONGEST_DRAWING` characters.

    Named peers with the same services share a line; what is left out is counted.
    """
    drawn = _bundles(report)
    count = DRAWN
    while True:
        lines = _flowchart(report, drawn[:count], drawn[count:])
        if count == 0 or sum(len(line) + 1 for line in lines) <= LONGEST_DRAWING:
            return lines
        count -= 1


def _bundles(report: Report) -> list[list[Edge]]:
    """The lines to draw, each with its connections: first what is not among named peers."""
    alike: dict[tuple[str, ...], list[Edge]] = {}
    for edge in report.edges:
        alone = edge.reach != NAMED
        key = (edge.interface, str(edge.inward), edge.ports, edge.id if alone else "")
        alike.setdefault(key, []).append(edge)
    bundles = [
        part
        for held in alike.values()
        for part in ([held] if len(held) >= ALIKE else [[edge] for edge in held])
    ]
    return sorted(bundles, key=lambda held: held[0].reach == NAMED)


def _flowchart(
    report: Report, drawn: Sequence[Sequence[Edge]], rest: Sequence[Sequence[Edge]]
) -> list[str]:
    nodes = {one.name: f"i{index}" for index, one in enumerate(report.interfaces)}
    out = ["flowchart LR"]
    for one in report.interfaces:
        reached = "the internet reaches it" if one.external else one.roles
        out.append(f'  {nodes[one.name]}["{_label(one.name)}<br/>{_label(reached)}"]')
    for index, held in enumerate(drawn):
        edge = held[0]
        named = edge.far if len(held) == 1 else f"{len(held)} peers"
        arrow = f'-- "{_label(few_ports(edge.ports, LABEL))}" -->'
        out.append(_drawn(nodes[edge.interface], f"p{index}", named, arrow, inward=edge.inward))
    left: dict[tuple[str, bool], int] = {}
    for held in rest:
        key = (held[0].interface, held[0].inward)
        left[key] = left.get(key, 0) + len(held)
    for index, ((interface, inward), count) in enumerate(left.items()):
        named = counted(count, "other peer")
        out.append(_drawn(nodes[interface], f"m{index}", named, "-->", inward=inward))
    return out


def _drawn(node: str, id_: str, named: str, arrow: str, *, inward: bool) -> str:
    peer = f'{id_}(["{_label(named)}"])'
    return f"  {peer} {arrow} {node}" if inward else f"  {node} {arrow} {peer}"


def _label(text: str) -> str:
    """*text* within quotes: nothing in it ends them or is HTML."""
    return "".join(ENTITIES.get(each, each) for each in on_one_line(text))
