"""Words that messages share: suggestions, lists and endings."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from segfw.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters, line separators, and those that turn the reading direction around."""
CLOSE = 0.6
"""How alike a suggestion must be (difflib's own default)."""
AS_HYPHEN = str.maketrans("_ ", "--")
SWAPPED = 2
"""Letters that are swapped are two."""
LONG = re.compile(r'"[^"]{400,}"|\[[^]]{400,}\]|\S{400,}')
"""A word, a quoted text or an item of a list that is longer than anything a stack means."""
SHOWN_OF_LONG = 64
SHOWN = 12
"""How many names a message lists before it says how many more there are."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``did you mean "ldap"``, or nothing where no known name is close in any case."""
    import difflib

    names = {each.casefold(): each for each in sorted(known)}
    close = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=CLOSE)
    return f'did you mean "{names[close[0]]}"{lookalike(name)}' if close else ""


def lookalike(name: str) -> str:
    """``, without U+0430``: the first character that no name of ours has, however it looks."""
    strange = next((letter for letter in name if not letter.isascii()), None)
    return f", without U+{ord(strange):04X}" if strange else ""


def is_a_slip(written: str, meant: str) -> bool:
    """*written* is *meant* with one letter missing, added or changed, or two swapped.

    Letter case is no difference, and neither is ``_`` or a space in place of ``-``.
    """
    left, right = (text.casefold().translate(AS_HYPHEN) for text in (written, meant))
    begins = _alike(left, right)
    left, right = left[begins:], right[begins:]
    ends = _alike(left[::-1], right[::-1])
    left, right = left[: len(left) - ends], right[: len(right) - ends]
    return max(len(left), len(right)) <= 1 or (len(left) == SWAPPED and left == right[::-1])


def _alike(left: str, right: str) -> int:
    """How many letters both begin with."""
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def quoted_list(names: Iterable[str], most: int = SHOWN) -> str:
    """``"base", "company" and "lab"``; ``none`` for an empty list."""
    words = [f'"{name}"' for name in names]
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    if len(words) > 1:
        return f"{', '.join(words[:-1])} and {words[-1]}"
    return words[0] if words else "none"


def unknown(what: str, name: str, known: Iterable[str], otherwise: str = "") -> str:
    """``no such feature; did you mean "ldap"?``, or what there is instead."""
    names = sorted(known) if isinstance(known, (set, frozenset)) else list(known)
    hint = did_you_mean(name, names) or otherwise or f"there are {quoted_list(names)}"
    return ended(f"no such {what}; {hint}")


def ended(message: str) -> str:
    """*message* with its full stop, or a question mark where it ends with a suggestion."""
    last = message.rpartition("; ")[2]
    return message + ("?" if last.startswith("did you mean") else ".")


def printable(text: str) -> str:
    """*text* on one line: what cannot be seen is written as an escape, and nothing is very long."""
    short = LONG.sub(_cut, text)
    if short.isprintable():
        return short
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


def _cut(found: re.Match[str]) -> str:
    text = found[0]
    closing = text[-1] if text[-1] in '"]' else ""
    return f"{text[:SHOWN_OF_LONG]}...{closing} ({len(text):,} characters)"


def problem(place: Place, path: str, message: str) -> Problem:
    """A problem whose text is one line, whatever names the user chose."""
    return Problem(place, printable(path), printable(message))
