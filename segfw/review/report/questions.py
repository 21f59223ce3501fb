"""The ten questions that a reviewer asks first, answered for one stack.

`docs/ten-questions.md` lists them by number; the ids are stable.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from segfw.limits import WAIVER_SOON_DAYS
from segfw.review.exposure import Reach
from segfw.review.report.answers import Question
from segfw.review.report.owners import BY_PROXY, NOT_KNOWN
from segfw.review.report.picture import cut, few_ports
from segfw.review.report.subject import ORDER
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from segfw.review.report.answers import OpeningRow, WaiverRow
    from segfw.review.report.model import Report
    from segfw.review.report.traffic import Edge

GOOD, LOOK, BAD = "good", "look", "bad"
NOBODY = "Nobody."
QUARANTINE = ("quarantine-https", "quarantine-http")
"""The features that show held mail to users; the guardrail quarantine-internet judges the same."""
FULL = 75
"""A quota of which so many percent are used is worth a look."""
SHOWN = 6
"""How many lines an answer has before the rest is counted."""
SERVICE_CHARACTERS = 24
"""How many characters of a service's ports are said in short."""
TITLE_CHARACTERS = 70
"""How many characters of what a check looks at are said in short."""
NAMED = 5
"""How many services without a country are named before the rest is counted."""


class Answer(NamedTuple):
    """What is said in short, and how it looks."""

    lines: tuple[str, ...]
    tone: str


def questions(report: Report) -> tuple[Question, ...]:
    """The questions with their answers, in the order of the page about them."""
    asked: tuple[tuple[str, str, str, Callable[[Report], Answer]], ...] = (
        ("internet", "What can be reached from the internet?", "exposure", _from_the_internet),
        (
            "administration",
            "Who can log in to the gateway, or manage it otherwise?",
            "exposure",
            _management,
        ),
        (
            "quarantine",
            "Who can reach the quarantine, and can anybody outside?",
            "matrix",
            _quarantine,
        ),
        ("calls", "What may the gateway call on the internet?", "connections", _calls),
        ("beyond", "What is open that no feature asks for?", "widenings", _beyond),
        ("accepted", "What did somebody accept, and until when?", "accepted", _accepted),
        ("quotas", "How close are we to a quota?", "quotas", _quotas),
        ("countries", "Which data goes to another country?", "countries", _countries),
        ("owners", "Who owns each list of addresses, and who checked it last?", "owners", _owners),
        ("left", "What is left to do, and what can nobody know from here?", "gateway", _left),
    )
    return tuple(
        Question(number, id_, text, answer.lines, more, answer.tone)
        for number, (id_, text, more, ask) in enumerate(asked, start=1)
        for answer in (ask(report),)
    )


def _few(lines: Iterable[str]) -> tuple[str, ...]:
    held = tuple(lines)
    if len(held) <= SHOWN:
        return held
    return (*held[: SHOWN - 1], f"and {len(held) - SHOWN + 1} more")


def _opening(one: OpeningRow) -> str:
    services = ", ".join(f"{service} ({features})" for service, features in one.services)
    return f"{one.far} ({one.addresses}) to {one.interface}: {services}"


def _manager(one: OpeningRow) -> str:
    services = ", ".join(few_ports(service, SERVICE_CHARACTERS) for service, _ in one.services)
    return f"{one.far} ({one.addresses}) to {one.interface}: {services}"


def _of(report: Report, reach: Reach) -> tuple[OpeningRow, ...]:
    return tuple(one for one in report.openings if one.reach == reach.value)


def _from_the_internet(report: Report) -> Answer:
    found = _of(report, Reach.FROM_INTERNET)
    uncertain = [f"{_edge(one)}: only the cloud knows whether public" for one in report.uncertain]
    lines = _few((*map(_opening, found), *uncertain))
    expected = all(one.expected for one in found) and not uncertain
    return Answer(lines or ("Nothing.",), GOOD if expected else LOOK)


def _edge(one: Edge) -> str:
    return f"{one.peer} ({one.addresses}) to {one.interface}, {one.ports}"


def _management(report: Report) -> Answer:
    found = sorted(
        (one for one in report.openings if one.manages),
        key=lambda one: (ORDER[one.reach], one.public is False),
    )
    outside = any(one.reach == Reach.FROM_INTERNET.value for one in found)
    anyone = any(one.public is not False or one.reach == Reach.FROM_ANYWHERE.value for one in found)
    tone = BAD if outside else LOOK if anyone else GOOD
    return Answer(_few(map(_manager, found)) or (NOBODY,), tone)


def _quarantine(report: Report) -> Answer:
    held = sorted(
        (one for one in report.edges if one.inward and set(one.features) & set(QUARANTINE)),
        key=lambda one: (ORDER[one.reach], one.public is False),
    )
    lines = [
        f"{one.far} ({one.addresses}) to {one.interface}: "
        + ", ".join(s.words for s in one.services if s.feature in QUARANTINE)
        for one in held
    ]
    verdict, tone = _outside(held)
    return Answer((verdict, *(_few(lines) or ("Nobody inside either.",))), tone)


def _outside(held: Sequence[Edge]) -> tuple[str, str]:
    """Whether anybody outside is among the far ends, and how that looks."""
    if any(one.reach == Reach.FROM_INTERNET.value for one in held):
        return "Yes, from outside too.", BAD
    if any(one.public is None for one in held):
        return "Only the cloud knows whether anybody outside is among them.", LOOK
    if any(one.public for one in held):
        return "Public addresses, on an interface without the internet in front of it.", LOOK
    return "Nobody from outside.", GOOD


def _calls(report: Report) -> Answer:
    called = sorted(
        (one for one in report.edges if not one.inward and one.public is not False),
        key=lambda one: (ORDER[one.reach], one.public is None),
    )
    lines = [
        f"{one.peer} ({one.addresses}{', only the cloud knows where' if one.public is None else ''}"
        f"): {one.ports} from {one.interface}, for {', '.join(one.features)}"
        for one in called
    ]
    ways = Counter(one.way for one in report.hosts if one.way.startswith(BY_PROXY))
    by_proxy = [f"{counted(count, 'service')} {way}" for way, count in ways.items()]
    anywhere = [one for one in called if one.reach == Reach.TO_ANYWHERE.value]
    expected = all(one.expected for one in anywhere) and all(one.public for one in called)
    return Answer((*_few(lines), *by_proxy) or ("Nothing.",), GOOD if expected else LOOK)


def _beyond(report: Report) -> Answer:
    lines = report.widenings
    return Answer(_few(lines) or ("Nothing.",), LOOK if lines else GOOD)


def _accepted(report: Report) -> Answer:
    refused = Counter(one.guardrail for one in report.violations)
    past = any(one.left < 0 for one in report.waivers) or any(one.due for one in report.customs)
    today = date.fromisoformat(report.today)
    left = [
        *(one.left for one in report.waivers),
        *((date.fromisoformat(one.until) - today).days for one in report.customs),
    ]
    soon = any(days <= WAIVER_SOON_DAYS for days in left)
    nobody = [
        f"accepted by nobody: {name}, {counted(count, 'finding')}"
        for name, count in refused.items()
    ]
    custom = [f"{one.name}: until {one.until}, {one.owner or 'no owner'}" for one in report.customs]
    waived = [
        f"{_check(one)}, {one.target}: until {one.expires}, waiver of {one.owner}"
        for one in sorted(report.waivers, key=lambda one: (one.left >= 0, not one.covers))
        if one.left < 0 or one.covers or not one.foreseen
    ]
    lines = _few((*nobody, *custom, *waived))
    tone = BAD if refused or past else LOOK if soon else GOOD
    return Answer(lines or ("Nothing.",), tone)


def _check(one: WaiverRow) -> str:
    """The check's id with what it looks at, cut to fit a line."""
    return f"{one.check} ({cut(one.title, TITLE_CHARACTERS)})" if one.title else one.check


def _quotas(report: Report) -> Answer:
    fullest = [f"{one.point}, {one.what}: {one.used} of {one.limit}" for one in report.gauges[:3]]
    share = max((one.share for one in report.gauges), default=0)
    return Answer(tuple(fullest) or ("No quota is used.",), LOOK if share >= FULL else GOOD)


def _countries(report: Report) -> Answer:
    away = [one for one in report.hosts if one.elsewhere]
    unknown = [one for one in report.hosts if one.country == NOT_KNOWN]
    lines = [f"{one.name}: {one.country} ({', '.join(one.features)})" for one in away]
    if unknown:
        named = ", ".join(one.name for one in unknown[:NAMED])
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        lines.append(f"{named}{more}: the vendor does not say")
    if report.jurisdiction == NOT_KNOWN:
        lines.append("where this stack's region lies is not known")
    return Answer(_few(lines) or ("None.",), LOOK if lines else GOOD)


def _owners(report: Report) -> Answer:
    named = [one for one in report.lists if one.kind in ("network", "host")]
    without = [one.name for one in named if one.owner is None]
    stale = [one.name for one in named if one.stale]
    if not named:
        return Answer(("No rule is made of a list of this stack's.",), GOOD)
    lines = [
        f"{counted(len(named) - len(without), 'list')} of {len(named)} with an owner",
        f"{counted(len(named) - len(stale), 'list')} of {len(named)} checked lately",
    ]
    return Answer(tuple(lines), LOOK if without or stale else GOOD)


def _left(report: Report) -> Answer:
    to_do = [one for one in report.checklist if one.confirmed is None]
    first = (
        f"{counted(len(to_do), 'item')} of {len(report.checklist)} on the gateway: "
        f"{', '.join(one.id for one in to_do)}"
        if to_do
        else "Nothing is left to do on the gateway."
    )
    warned = f"{counted(report.warnings, 'warning')} of the plan, above these answers"
    looks = f"{counted(len(report.unknowns), 'thing')} to look at in the cloud and there"
    return Answer(
        (first, *((warned,) if report.warnings else ()), looks),
        LOOK if to_do or report.warnings else GOOD,
    )
