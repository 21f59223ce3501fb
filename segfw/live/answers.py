"""From text to the JSON values in it: one answer, or several one after the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from segfw.live.fields import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 50_000_000
"""An answer over it is refused: 16,000 rules of a group with a thousand peers are a fifth."""
NARROW = "ask for fewer, with --filters or --group-ids, and give the answers as several files"


def check_size(size: int) -> None:
    """Refuse an answer of *size* bytes where that is over `MOST_BYTES`.

    Raises:
        Refused: it is.
    """
    if size > MOST_BYTES:
        raise Refused(
            "",
            f"{size:,} bytes are over the limit of {MOST_BYTES:,}; {NARROW}.",
        )


def json_values(text: str) -> Iterator[tuple[str, Any]]:
    """The JSON values in *text*, each with what begins its paths where there are several.

    Raises:
        Refused: it is empty, no JSON, or ends in the middle.
    """
    check_size(len(text))
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
    found: list[Any] = []
    at = _next(text, 0)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
            why = "the JSON ends in the middle" if cut else "this is no JSON"
            raise Refused(
                "", f"{why} (line {error.lineno}, column {error.colno}); write the file again."
            ) from None
        except RecursionError:
            raise Refused("", "this is nested too deeply for an answer of a cloud.") from None
        _encodable(value)
        found.append(value)
        at = _next(text, end)
    if not found:
        raise Refused("", "the file is empty; the command that wrote it said nothing.")
    for number, value in enumerate(found, 1):
        yield (f"answer {number}: " if len(found) > 1 else ""), value


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(twice, "the key is there twice in one mapping; write the file again.")
    return found


def _no_number(name: str) -> object:
    raise Refused("", f"{name} is no number of JSON; write the file again.")


def _encodable(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refused("", "a text has half of a character; write the file again.") from None


def top_keys(value: object) -> tuple[str, ...]:
    """The keys of an answer; none where it is a list."""
    return tuple(cast("dict[str, object]", value)) if isinstance(value, dict) else ()
