"""What the guardrails find in a stack, for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.guardrails.guardrail import Verdict, on_one_line
from segfw.guardrails.levels import Level, level
from segfw.guardrails.pack import GUARDRAILS
from segfw.review.sections import Item, Section, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segfw.guardrails.guardrail import Guardrail
    from segfw.guardrails.pack import Finding
    from segfw.waivers import Waiver

FORMAT = 1
"""Raised when a key of the JSON form is removed or changes its meaning."""
SHOWN = 3
"""How many findings of a guardrail that only lists are shown in text."""


class Judged(NamedTuple):
    """One stack, or one state, with what the guardrails find in it."""

    stack: str
    environment: str
    """Empty where no firewall of ours says it."""
    resources: int
    findings: tuple[Finding, ...]
    """Those that no waiver covers."""
    waived: tuple[tuple[Finding, Waiver], ...] = ()

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """The findings with a verdict."""
        return tuple(one for one in self.findings if one.found.verdict is verdict)

    @property
    def stops(self) -> bool:
        """A violation is mandatory in the stack's environment."""
        return any(
            level(one.guardrail, self.environment) is Level.MANDATORY
            for one in self.of(Verdict.VIOLATED)
        )


def judged_sections(judged: Iterable[Judged]) -> Iterator[Section]:
    """A section to a stack: violations with what to do, then what is open, then what is listed."""
    for one in judged:
        where = f" ({one.environment})" if one.environment else ""
        yield Section(
            on_one_line(f"Guardrails over {one.stack}{where}"),
            lines=(_summary(one),),
            items=(
                *_violations(one),
                *(_waived(*each) for each in one.waived),
                *_grouped("not known yet", one.of(Verdict.OPEN)),
                *_grouped("listed", one.of(Verdict.LISTED)),
            ),
        )


def _summary(one: Judged) -> str:
    violated, unknown, listed = (
        len(one.of(verdict)) for verdict in (Verdict.VIOLATED, Verdict.OPEN, Verdict.LISTED)
    )
    return (
        f"{len(GUARDRAILS)} guardrails over {counted(one.resources, 'resource')}: {violated} "
        f"violated, {len(one.waived)} waived, {unknown} not known yet, {listed} listed."
    )


def _violations(one: Judged) -> Iterator[Item]:
    """Each violation; what to do stands once, below the last one of its guardrail."""
    found = one.of(Verdict.VIOLATED)
    last = {finding.guardrail.id: index for index, finding in enumerate(found)}
    for index, finding in enumerate(found):
        guardrail = finding.guardrail
        strict = level(guardrail, one.environment).value
        yield Item(
            f"violated: {guardrail.id} ({guardrail.severity.value}, {strict}): "
            f"{finding.found.line}",
            notes=(guardrail.fix,) if last[guardrail.id] == index else (),
        )


def _waived(finding: Finding, waiver: Waiver) -> Item:
    return Item(
        f"waived: {finding.guardrail.id}: {finding.found.line}",
        notes=(f"until {waiver.expires} by {waiver.owner}: {waiver.reason}",),
    )


def _grouped(word: str, findings: Sequence[Finding]) -> Iterator[Item]:
    """One item to a guardrail, with its first findings."""
    by_guardrail: dict[str, list[Finding]] = {}
    for one in findings:
        by_guardrail.setdefault(one.guardrail.id, []).append(one)
    for id_, held in by_guardrail.items():
        shown = [one.found.line for one in held[:SHOWN]]
        more = len(held) - SHOWN
        yield Item(
            f"{word}: {id_}: {held[0].guardrail.statement}",
            notes=(*shown, *((f"and {more} more (--format json)",) if more > 0 else ())),
        )


def judged_document(judged: Iterable[Judged]) -> dict[str, Any]:
    """The same for machines, with everything that a guardrail says of itself once."""
    return {
        "format": FORMAT,
        "guardrails": [_guardrail(one) for one in GUARDRAILS],
        "stacks": [
            {
                "stack": one.stack,
                "environment": one.environment or None,
                "resources": one.resources,
                "stops": one.stops,
                "findings": [
                    *(_finding(one, finding, None) for finding in one.findings),
                    *(_finding(one, finding, waiver) for finding, waiver in one.waived),
                ],
            }
            for one in judged
        ],
    }


def _finding(one: Judged, finding: Finding, waiver: Waiver | None) -> dict[str, Any]:
    return {
        "guardrail": finding.guardrail.id,
        "verdict": finding.found.verdict.value,
        "level": level(finding.guardrail, one.environment).value,
        "urn": finding.found.urn or None,
        "subject": finding.found.subject,
        "message": finding.found.message,
        "waivedBy": waiver.owner if waiver else None,
        "waivedUntil": waiver.expires.isoformat() if waiver else None,
    }


def _guardrail(one: Guardrail) -> dict[str, Any]:
    return {
        "id": one.id,
        "statement": one.statement,
        "why": one.why,
        "severity": one.severity.value,
        "fix": one.fix,
        "undecided": one.undecided,
        "frameworks": list(one.frameworks),
        "answers": list(one.answers),
    }
