"""An answer as JSON: documented in `docs/reference/explain-json.md`, numbered, stable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.review.explain.path import verdict_of
from segfw.review.explain.why import doubt_of
from segfw.sets.headerspace import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.flow import Origin
    from segfw.review.explain.answer import Answer
    from segfw.review.explain.layers import Decided, Judged
    from segfw.review.explain.path import Leg, Replies, Way
    from segfw.review.explain.proposals import Tried
    from segfw.review.explain.reasons import Reason
    from segfw.sets.headerspace import HeaderSpace

FORMAT = 1
"""Raised when a key is removed or changes its meaning; a new key raises nothing."""


def document(answer: Answer) -> dict[str, Any]:
    """The whole answer."""
    question = answer.question
    return {
        "format": FORMAT,
        "askedOf": answer.asked_of,
        "deployed": answer.deployed,
        "question": {
            "text": str(question),
            "direction": question.direction.value,
            "protocol": KEYWORDS.get(question.protocol, str(question.protocol)),
            "port": question.port or None,
            "interface": question.interface,
            "remote": question.remote.name,
            "prefixes": [str(prefix) for prefix in question.remote.prefixes],
            "reference": question.remote.reference.atom if question.remote.reference else None,
        },
        "verdict": answer.verdict.value,
        "families": [_way(answer, one) for one in answer.ways],
        "notes": list(answer.notes),
        "nearest": [
            {"differs": near.differs.name.lower(), **_reason(near.reason)} for near in answer.near
        ],
        "proposals": [_tried(one) for one in answer.proposals],
    }


def _space(space: HeaderSpace) -> list[dict[str, str]]:
    return [{"service": str(s), "addresses": str(a)} for s, a in space.boxes()]


def _way(answer: Answer, way: Way) -> dict[str, Any]:
    return {
        "family": way.family.keyword,
        "exact": way.exact,
        "allowed": _space(way.allowed),
        "denied": _space(way.denied),
        "notKnown": _space(way.unknown),
        "repliesCut": way.cut,
        "points": [_leg(answer, leg) for leg in way.legs],
    }


def _leg(answer: Answer, leg: Leg) -> dict[str, Any]:
    layer = leg.judged.layer
    return {
        "point": layer.point.value,
        "name": layer.name,
        "verdict": leg.verdict.value,
        "stateful": layer.stateful,
        "answered": leg.answers,
        **_judged(answer, leg.judged),
        "replies": _replies(answer, leg.replies) if leg.replies is not None else None,
    }


def _judged(answer: Answer, judged: Judged) -> dict[str, Any]:
    return {
        "neverMet": _space(judged.unmet),
        "allowed": _space(judged.allowed),
        "denied": _space(judged.denied),
        "notKnown": _space(judged.unknown),
        "unmatched": _space(judged.unmatched),
        "rules": [_rule(answer, decided) for decided in judged.decided],
    }


def _replies(answer: Answer, replies: Replies) -> dict[str, Any]:
    judged = replies.judged
    passing = bool(judged.allowed or judged.unmet)
    verdict = verdict_of(bool(judged.denied), bool(judged.unknown), passing=passing)
    return {"verdict": verdict.value, **_judged(answer, judged)}


def _rule(answer: Answer, decided: Decided) -> dict[str, Any]:
    entry = decided.entry
    because = answer.why(decided)
    action = {True: "allow", False: "deny", None: None}[entry.allows]
    return {
        "label": entry.label,
        "name": entry.name or None,
        "number": entry.number,
        "action": action,
        "decides": _space(decided.part),
        "sure": decided.sure,
        "doubt": None if decided.sure else doubt_of(answer, decided),
        "serves": [_reason(reason) for reason in because.reasons],
        "closing": because.closing or None,
        "widening": because.widening or None,
        "recorded": list(because.recorded),
        "foreign": because.foreign,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    flow = reason.flow
    return {
        "feature": flow.feature,
        "row": flow.row,
        "label": flow.label,
        "title": flow.title,
        "custom": flow.custom,
        "reply": reason.reply,
        "interface": flow.interface,
        "flowDirection": flow.direction.value,
        "traffic": str(flow.traffic),
        "peer": flow.peer.name,
        "options": [
            {"name": one.name, "value": one.value, "origin": _origin(one.origin)}
            for one in reason.options
        ],
        "origins": _origins(reason.origins),
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {"path": origin.path, "file": origin.file, "line": origin.line or None}


def _origins(origins: Iterable[Origin]) -> list[dict[str, Any]]:
    return [found for one in origins if (found := _origin(one)) is not None]


def _tried(tried: Tried) -> dict[str, Any]:
    proposal = tried.proposal
    return {
        "feature": proposal.feature,
        "label": proposal.row or None,
        "title": proposal.title,
        "outcome": tried.outcome.value,
        "interfaces": list(tried.interfaces),
        "reasons": list(tried.reasons),
        "edits": [
            {
                "path": ".".join(edit.path),
                "adds": edit.adds,
                "value": edit.value,
                "origin": _origin(edit.origin),
            }
            for edit in proposal.edits
        ],
    }
