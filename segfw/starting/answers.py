"""An answer as the flags that say the same; lists may have commas, spaces or both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from segfw.starting.flags import REACHES

if TYPE_CHECKING:
    from segfw.starting.asking import Question
    from segfw.starting.given import Given

NONE = "none"
"""The answer that takes nothing, where an empty one takes the default."""
COMMA = re.compile(r"\s*,\s*")


def answered(given: Given, question: Question, answer: str) -> Given:
    """*given* with the answer in it; an empty one to what is not needed says nothing."""
    if not answer or (answer == NONE and not question.needed):
        return given
    value = f"{question.prefix}{answer}"
    held = getattr(given, question.field)
    if not isinstance(held, tuple):
        return given._replace(**{question.field: value})
    texts = cast("tuple[str, ...]", held)
    if question.replaces is not None:
        texts = tuple(value if text == question.replaces else text for text in texts)
        return given._replace(**{question.field: texts})
    match question.field:
        case "interfaces":
            return given._replace(interfaces=(*texts, *interface_texts(answer)))
        case "features":
            return given._replace(features=(*texts, *feature_texts(answer)))
        case _:
            return given._replace(**{question.field: (*texts, value)})


def interface_texts(answer: str) -> tuple[str, ...]:
    """Each interface of ``mgmt:management:internal, data:public,private:external``.

    A comma goes on with the roles where an interface has begun to say them and has not said
    its reach; any other comma ends the interface, as a space does.
    """
    found: list[str] = []
    for piece in COMMA.sub(",", answer).split():
        begun = ""
        for part in piece.split(","):
            if not part:
                continue
            if ":" in begun and begun.rpartition(":")[2] not in REACHES:
                begun = f"{begun},{part}"
                continue
            found += [begun] if begun else []
            begun = part
        found += [begun] if begun else []
    return tuple(found) or (answer,)


def feature_texts(answer: str) -> tuple[str, ...]:
    """``dns,ntp`` as it is; with options, each feature that a space ends is a text of its own."""
    if ":" not in answer:
        return (",".join(part for part in COMMA.sub(" ", answer).split()) or answer,)
    return tuple(piece.strip(",") for piece in answer.split() if piece.strip(",")) or (answer,)
