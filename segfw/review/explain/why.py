"""The reasons of a rule in words: feature and row, options, and the lines of config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.flow import Origin
    from segfw.review.explain.answer import Answer
    from segfw.review.explain.layers import Decided
    from segfw.review.explain.reasons import Because, Option, Reason

REASONS_SHOWN = 4
"""How many flows behind one rule are named before the rest is counted; JSON has all."""


def because_words(because: Because) -> Iterator[str]:
    """Sentences of why a rule decides as it does."""
    if because.closing:
        yield because.closing
    if because.foreign:
        means = ", but a feature means these packets:" if because.reasons else ""
        yield f"the stack has no such rule{means}"
    for one in because.recorded:
        yield f"recorded when it was deployed: {one}"
    for reason in because.reasons[:REASONS_SHOWN]:
        yield _reason(reason)
        yield f"put there by {lines_of(reason)}"
    more = len(because.reasons) - REASONS_SHOWN
    if more > 0:
        yield f"and {more} more flows"
    if because.widening:
        yield f"no flow means it: a declared widening ({because.widening})"


def _reason(reason: Reason) -> str:
    flow = reason.flow
    row = f"{flow.label}, {flow.title}"
    who = f"custom flow {flow.custom} ({flow.title})" if flow.custom else f"{flow.feature} ({row})"
    answers = "answers " if reason.reply else ""
    way = "from" if flow.direction is Direction.INGRESS else "to"
    options = "".join(f", {_option(option)}" for option in reason.options)
    return f"{answers}{who} {way} {flow.peer.name}{options}"


def lines_of(reason: Reason) -> str:
    """The lines of config, each once, by its longest path."""
    kept = [
        one
        for one in reason.origins
        if not any(
            other.path.startswith(one.path) and other != one and _place(other) == _place(one)
            for other in reason.origins
        )
    ]
    return "; ".join(line_of(origin) for origin in kept)


def _place(origin: Origin) -> tuple[str, int]:
    return origin.file, origin.line


def _option(option: Option) -> str:
    at = f" ({place_words(option.origin)})" if option.origin is not None else " (default)"
    return f"{option.name}: {option.value}{at}"


def line_of(origin: Origin) -> str:
    """``config/Pulumi.aws-prod.yaml:14 features.ssh-admin``."""
    return f"{place_words(origin)} {origin.path}"


def place_words(origin: Origin) -> str:
    """``config/Pulumi.aws-prod.yaml:14``, or ``stack config``."""
    return f"{origin.file}:{origin.line}" if origin.line else origin.file


def doubt_of(answer: Answer, decided: Decided) -> str:
    """What is not known of a rule, and how to find out."""
    if decided.entry.doubt:
        return f"not known: {decided.entry.doubt}"
    names = sorted({n for _, addresses in decided.entry.most for n in addresses.atoms.names})
    if not names:
        return f"not known: the addresses of {answer.question.remote.name}"
    said = ", ".join(names)
    return f"not known: whether {answer.question.remote.name} is a member of {said}"
