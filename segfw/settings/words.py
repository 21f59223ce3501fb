"""Words that messages share: suggestions, lists and endings."""

from __future__ import annotations

import re
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
SHOWN = 12
"""How many names a message lists before it says how many more there are."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``did you mean "ldap"``, or nothing where no known name is close."""
    import difflib

    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=CLOSE)
    return f'did you mean "{close[0]}"' if close else ""


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
    """*text* on one line: what a terminal would act on is written as an escape."""
    escaped = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return escaped.encode("utf-8", "backslashreplace").decode()


def problem(place: Place, path: str, message: str) -> Problem:
    """A problem whose text is one line, whatever names the user chose."""
    return Problem(place, printable(path), printable(message))
