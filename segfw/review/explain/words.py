"""An answer in words, which text and Markdown then set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.review.explain.path import Verdict
from segfw.review.explain.why import because_words, doubt_of
from segfw.review.sections import Item, Section
from segfw.review.spacewords import space_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.review.explain.answer import Answer
    from segfw.review.explain.layers import Decided, Judged
    from segfw.review.explain.path import Leg, Way
    from segfw.sets.headerspace import HeaderSpace

RULES_SHOWN = 12
"""How many deciding rules of a point are shown before the rest is counted; JSON has all."""
PREFIXES_SHOWN = 8
"""How many prefixes of a network are shown before the rest is counted."""
SAYS = {
    Verdict.ALLOWED: "allows it",
    Verdict.DENIED: "denies it",
    Verdict.PARTLY: "allows a part of it",
    Verdict.UNKNOWN: "is not known to allow it",
}


def sections(answer: Answer) -> Iterator[Section]:
    """The answer, from its verdict to what becomes of the replies."""
    yield Section(_title(answer), tuple(_summary(answer)))
    for one in answer.ways:
        family = f" ({one.family.label})" if len(answer.ways) > 1 else ""
        stopped = ""
        for number, leg in enumerate(one.legs, start=1):
            yield _point(answer, leg, f"{number}. ", family, stopped)
            if leg.verdict is Verdict.DENIED:
                stopped = stopped or leg.judged.layer.label
        if one.cut or not stopped:
            yield Section(f"Replies{family}", *_replies(answer, one))


def _title(answer: Answer) -> str:
    word = answer.verdict.value
    return f"{word[0].upper()}{word[1:]}: {answer.question}"


def _summary(answer: Answer) -> Iterator[str]:
    yield f"{answer.asked_of}, {'as deployed' if answer.deployed else 'as planned'}"
    remote = answer.question.remote
    texts = [str(prefix) for prefix in remote.prefixes]
    if texts and not remote.internet and remote.name not in texts and not answer.question.single:
        more = len(texts) - PREFIXES_SHOWN
        others = f" and {more} more" if more > 0 else ""
        yield f"{remote.name} is {', '.join(texts[:PREFIXES_SHOWN])}{others}"
    for one in answer.ways:
        yield from _parts(answer, one)
    yield from answer.notes


def _parts(answer: Answer, one: Way) -> Iterator[str]:
    """The exact parts of a question that has several answers."""
    if one.cut:
        yield "its replies do not come back, so no connection is made"
    if answer.question.single or answer.verdict in (Verdict.ALLOWED, Verdict.DENIED):
        return
    if not one.exact:
        yield "the points ask for the far end in different forms; see what each says of it"
        return
    for word, space in (
        ("allowed", one.allowed),
        ("denied", one.denied),
        ("not known", one.unknown),
    ):
        if space:
            yield f"{word}: {space_words(space)}"


def _point(answer: Answer, leg: Leg, number: str, family: str, stopped: str) -> Section:
    judged = leg.judged
    label = judged.layer.label
    title = f"{number}{label[0].upper()}{label[1:]}{family} {_says(leg)}"
    lines = tuple(_facts(answer, judged, stopped))
    return Section(title, lines, items=tuple(_rules(answer, judged)))


def _says(leg: Leg) -> str:
    if leg.judged.unmet and not leg.judged.asked:
        return "never meets it"
    return SAYS[leg.verdict]


def _facts(answer: Answer, judged: Judged, stopped: str) -> Iterator[str]:
    if stopped:
        yield f"not reached: the {stopped} denies it; this is what it would say"
    if judged.unmet:
        family = judged.side[1]
        own = ", ".join(str(one) for one in judged.layer.unseen if one.family is family)
        yield f"traffic between members of one subnet ({own}) never meets a network ACL"
    left = judged.unmatched - judged.possible
    if left:
        what = "it" if answer.question.single else space_words(left)
        yield f"no rule matches {what}, and what no rule allows is denied"


def _rules(answer: Answer, judged: Judged) -> Iterator[Item]:
    for decided in judged.decided[:RULES_SHOWN]:
        yield Item(_rule(answer, decided), tuple(_notes(answer, decided)))
    more = len(judged.decided) - RULES_SHOWN
    if more > 0:
        yield Item(f"and {more} more; --format json has all")


def _rule(answer: Answer, decided: Decided) -> str:
    entry = decided.entry
    says = {True: "allows", False: "denies", None: "allows or denies"}[entry.allows]
    perhaps = "" if decided.sure else "perhaps "
    part = "" if answer.question.single else f": {space_words(decided.part)}"
    return f"{entry.label} {perhaps}{says}{part}"


def _notes(answer: Answer, decided: Decided) -> Iterator[str]:
    if not decided.sure:
        yield doubt_of(answer, decided)
    yield from because_words(answer.why(decided))


def _replies(answer: Answer, one: Way) -> tuple[tuple[str, ...], None, tuple[Item, ...]]:
    lines: list[str] = []
    items: list[Item] = []
    for leg in one.legs:
        label = leg.judged.layer.label
        if not leg.answers:
            lines.append("nothing answers this traffic, as far as is known here")
            break
        if leg.judged.layer.stateful:
            lines.append(f"the {label} lets them back by itself: it is stateful")
        elif leg.replies is None:
            lines.append(f"the {label} has none to let back")
        else:
            lines.extend(_back(label, leg.replies.judged))
            items.extend(_reply_rules(answer, leg.replies.judged))
    return tuple(dict.fromkeys(lines)), None, tuple(items)


def _back(label: str, judged: Judged) -> Iterator[str]:
    if judged.unmet:
        yield f"the {label} never meets those within its own subnet"
    if judged.allowed:
        yield f"the {label} is stateless, and lets them back to {_services(judged.allowed)}"
    if judged.unknown:
        yield f"the {label} perhaps lets them back to {_services(judged.unknown)}"
    if judged.denied:
        guarded = "" if judged.allowed else ": no connection is made"
        yield (
            f"the {label} cuts those to {_services(judged.denied)}: an opener that sends from "
            "there gets no answer" + guarded
        )


def _services(space: HeaderSpace) -> str:
    return ", ".join(dict.fromkeys(str(service) for service, _ in space.boxes()))


def _reply_rules(answer: Answer, judged: Judged) -> Iterator[Item]:
    for decided in judged.decided[:RULES_SHOWN]:
        says = {True: "allows", False: "denies", None: "allows or denies"}[decided.entry.allows]
        what = f"{decided.entry.label} {says} {_services(decided.part)}"
        yield Item(what, tuple(because_words(answer.why(decided))))
