"""What would change an answer, in words: the flows that come nearest, and proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from segfw.catalog.model import Direction
from segfw.review.explain.nearest import Differs
from segfw.review.explain.proposals import Outcome
from segfw.review.explain.why import lines_of, place_words
from segfw.review.sections import Item, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.review.explain.answer import Answer
    from segfw.review.explain.candidates import Edit
    from segfw.review.explain.nearest import Near
    from segfw.review.explain.proposals import Tried
    from segfw.review.explain.reasons import Reason

DIFFERS = {
    Differs.PEER: "open to others",
    Differs.INTERFACE: "open at another interface",
    Differs.PORT: "open on another port",
    Differs.DIRECTION: "open in the other direction",
}


def advice_sections(answer: Answer) -> Iterator[Section]:
    """What comes nearest, and what was tried; nothing where neither was looked for."""
    if answer.near:
        yield Section("Nearest flows", items=tuple(_nearest(answer.near)))
    if answer.proposals:
        items = tuple(_tried(one) for one in answer.proposals)
        yield Section("What would let it pass", items=items)
    elif answer.asked_for_help:
        nothing = "nothing that was found: no feature has this service in this direction"
        yield Section("What would let it pass", (nothing,))


def _nearest(near: Iterable[Near]) -> Iterator[Item]:
    """One item to a service at an interface, with its far ends below it, each once."""
    groups: dict[str, dict[str, list[Reason]]] = {}
    for one in near:
        flow = one.reason.flow
        what = f"{flow.direction.short} {flow.traffic} at {flow.interface}"
        far_ends = groups.setdefault(f"{DIFFERS[one.differs]}: {what}", {})
        word = "from" if flow.direction is Direction.INGRESS else "to"
        far_ends.setdefault(f"{word} {flow.peer.name}", []).append(one.reason)
    for title, far_ends in groups.items():
        yield Item(title, tuple(_far_end(end, said) for end, said in far_ends.items()))


def _far_end(end: str, reasons: list[Reason]) -> str:
    """Who needs a far end, and the lines of config that all of them have in common."""
    lines = [lines_of(one).split("; ") for one in reasons]
    common = [line for line in lines[0] if all(line in others for others in lines)]
    return f"{end}: {', '.join(one.flow.purpose for one in reasons)}, by {'; '.join(common)}"


def _tried(tried: Tried) -> Item:
    proposal = tried.proposal
    what = "; ".join(_edit(edit) for edit in proposal.edits)
    row = f" ({proposal.row}, {proposal.title})" if proposal.row else ""
    return Item(f"{proposal.feature}{row}: {what}", tuple(_outcome(tried)))


def _edit(edit: Edit) -> str:
    at = f" ({place_words(edit.origin)})" if edit.origin is not None else ""
    value = _value(edit.value)
    return f"add {value} to {edit.where}{at}" if edit.adds else f"set {edit.where}: {value}{at}"


def _value(value: object) -> str:
    """As a stack file has it, on one line."""
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value).items()
        return "{" + ", ".join(f"{key}: {_value(inner)}" for key, inner in pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, cast("list[object]", value))) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _outcome(tried: Tried) -> Iterable[str]:
    match tried.outcome:
        case Outcome.ALLOWED:
            yield "tried: with this it is allowed"
        case Outcome.ELSEWHERE:
            others = " and ".join(tried.interfaces)
            yield f"tried: with this it is allowed at {others}, not here"
        case Outcome.DENIED:
            yield "tried: it is still denied"
        case Outcome.REFUSED:
            yield from (f"tried, and refused: {reason}" for reason in tried.reasons)
