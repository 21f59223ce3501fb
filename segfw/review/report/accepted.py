"""What somebody accepted: waivers, findings, custom flows, and openings with a last day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from segfw.catalog.model import OptionKind
from segfw.guardrails.guardrail import Verdict
from segfw.guardrails.pack import BY_ID
from segfw.review.exposure import ports_words
from segfw.review.report.answers import CustomRow, FindingRow, WaiverRow
from segfw.waivers.findings import FORESEEN, foreseen, resource_of
from segfw.waivers.stock import STOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.pack import Finding
    from segfw.review.judging import Judged
    from segfw.review.report.subject import Subject
    from segfw.waivers import Waiver, Waivers

SHOWN_FIRST = (Verdict.VIOLATED, Verdict.OPEN, Verdict.LISTED)


def waivers(subject: Subject, register: Waivers, judged: Judged) -> tuple[WaiverRow, ...]:
    """The entries of the register that concern this stack, in its order."""
    settings = subject.settings
    environment = settings.gateway.environment.value
    stock = tuple(
        one._replace(environment=environment, stack=settings.stack)
        for one in foreseen(subject.plan)
    )
    found: list[WaiverRow] = []
    for one in register.entries:
        if not one.holds_in(settings.stack, environment):
            continue
        ours = [resource_of(finding.found) for finding, waiver in judged.waived if waiver is one]
        others = [subject_.resource for subject_ in stock if one.covers(subject_)]
        found.append(_waiver(one, tuple(dict.fromkeys((*ours, *others))), subject.today))
    return tuple(found)


def _waiver(one: Waiver, covers: tuple[str, ...], today: date) -> WaiverRow:
    return WaiverRow(
        check=one.check,
        title=check_title(one.check),
        target=one.target,
        where=one.where,
        reason=one.reason,
        owner=one.owner,
        expires=one.expires.isoformat(),
        left=one.days_left(today),
        link=one.link,
        place=str(one.place),
        covers=covers,
        foreseen=one.check in FORESEEN or one.check in BY_ID,
    )


def check_title(check: str) -> str:
    """What a check of ours or of others is about; empty for one that is not known here."""
    if check in BY_ID:
        return BY_ID[check].statement.rstrip(".")
    return STOCK[check].looks_at.rstrip(".") if check in STOCK else ""


def findings(judged: Judged) -> tuple[FindingRow, ...]:
    """What the guardrails find: violations, waived ones, what is not known, what is listed."""
    open_ = {verdict: judged.of(verdict) for verdict in SHOWN_FIRST}
    return (
        *(_finding(one, one.found.verdict.value) for one in open_[Verdict.VIOLATED]),
        *(_finding(one, "waived") for one, _ in judged.waived),
        *(_finding(one, one.found.verdict.value) for one in open_[Verdict.OPEN]),
        *(_finding(one, one.found.verdict.value) for one in open_[Verdict.LISTED]),
    )


def _finding(one: Finding, verdict: str) -> FindingRow:
    return FindingRow(
        guardrail=one.guardrail.id,
        severity=one.guardrail.severity.value,
        verdict=verdict,
        text=one.found.line,
        fix=one.guardrail.fix,
    )


def customs(subject: Subject) -> tuple[CustomRow, ...]:
    """Custom flows, and features that are open until a day."""
    return (*_custom_flows(subject), *_dated(subject))


def _custom_flows(subject: Subject) -> Iterator[CustomRow]:
    for one in subject.settings.custom_flows:
        protocol = one.protocol.value if one.protocol else "icmp echo"
        ports = f" {ports_words(one.ports, None)}" if one.ports else ""
        way = "from" if one.direction.short == "in" else "to"
        yield CustomRow(
            name=f"custom {one.name}",
            what=f"{one.interface}: {protocol}{ports} {way} {one.network}",
            reason=one.reason,
            owner=one.owner,
            until=one.review_by.isoformat(),
            due=one.review_by < subject.today,
            place=subject.line_of(f"features.custom-flow[{one.name}]").place,
        )


def _dated(subject: Subject) -> Iterator[CustomRow]:
    for name, chosen in subject.settings.features.items():
        feature = subject.catalog.features[name]
        for option in feature.options.values():
            value = chosen.options.get(option.name)
            if option.kind is OptionKind.DATE and isinstance(value, str):
                yield CustomRow(
                    name=name,
                    what=feature.what,
                    reason=option.title,
                    owner=subject.settings.tags.get("owner", ""),
                    until=value,
                    due=date.fromisoformat(value) < subject.today,
                    place=subject.line_of(f"features.{name}.{option.name}").place,
                )
