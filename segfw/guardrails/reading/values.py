"""Values of foreign resources, read without trust: known, not known yet, or of the wrong shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from segfw.inventory import UNKNOWN
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")
MOST_DIGITS = 12
"""No number of a firewall rule has more."""
SHOWN = 40
"""How much of a value a message shows."""


class Malformed(ValueError):
    """A value that no such resource can have; the message names the field."""


class Undecided(Exception):
    """A value is not known yet, or secret; the message names the field."""


class Notes:
    """What was found wrong or undecided while a rule was read."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.undecided: list[str] = []
        self.faults: list[str] = []

    def add(self, found: Malformed | Undecided) -> None:
        """Note what was found."""
        (self.faults if isinstance(found, Malformed) else self.undecided).append(str(found))

    def read(self, part: Callable[[], T], otherwise: T) -> T:
        """The *part*, or *otherwise* where it is undecided or malformed."""
        try:
            return part()
        except (Undecided, Malformed) as found:
            self.add(found)
        return otherwise

    def texts(self, inputs: Mapping[str, Any], field: str) -> tuple[list[str], bool]:
        """The texts of a field that can be read, and whether those are all; "" is none."""
        found: list[str] = []
        complete = True
        for item in filter(given, plural(inputs.get(field))):
            value = self.read(lambda item=item: text({field: item}, field), None)
            complete = complete and value is not None
            found += [value] if value is not None else []
        return found, complete


def held(value: object, key: str) -> Mapping[str, Any]:
    """The mapping under *key* of a mapping; an empty one where there is none."""
    return mapping(mapping(value).get(key))


def mapping(value: object) -> Mapping[str, Any]:
    """*value* where it is a mapping; else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def listed(value: object, key: str) -> list[object]:
    """The list under *key* of a mapping; an empty one where there is none."""
    inner = mapping(value).get(key)
    return cast("list[object]", inner) if isinstance(inner, list) else []


def words(value: object, key: str) -> str:
    """The text under *key* of a mapping, stripped; empty where there is none."""
    inner = mapping(value).get(key)
    return inner.strip() if isinstance(inner, str) else ""


def plural(value: object) -> list[object]:
    """The items of a list, or the one value that stands in its place; absent is empty."""
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def given(value: object) -> bool:
    """A value is there: absent, null, empty text and the empty list are not."""
    return value is not None and value not in ([], "")


def text(inputs: Mapping[str, Any], field: str) -> str | None:
    """The text of a field; None where it is absent.

    Raises:
        Malformed: it is something else.
        Undecided: it is not known yet, or secret.
    """
    value = decided(inputs.get(field), field)
    if value is None or isinstance(value, str):
        return value
    raise Malformed(f"{field} is {kind(value)}, not text")


def number(inputs: Mapping[str, Any], field: str) -> int | None:
    """The whole number of a field, given as a number or as its digits; None where it is absent.

    Raises:
        Malformed: it is something else.
        Undecided: it is not known yet, or secret.
    """
    value = decided(inputs.get(field), field)
    if value is None:
        return None
    found = whole(value)
    if found is None:
        raise Malformed(f"{field} is {kind(value)}, not a whole number")
    return found


def whole(value: object) -> int | None:
    """The whole number that *value* is or spells; None where it is none, or far too large."""
    found: int | None = None
    if isinstance(value, float) and value.is_integer():
        found = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        found = value
    elif isinstance(value, str):
        written = value.strip()
        digits = written.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS:
            found = int(written)
    return found if found is not None and abs(found) < 10**MOST_DIGITS else None


def flag(inputs: Mapping[str, Any], field: str) -> bool:
    """Whether a field is true; absent is false.

    Raises:
        Malformed: it is neither true nor false.
        Undecided: it is not known yet, or secret.
    """
    value = decided(inputs.get(field), field)
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Malformed(f"{field} is {kind(value)}, not true or false")


class Entry(NamedTuple):
    """One mapping in a list of a resource's inputs."""

    where: str
    """``ingress[0]``."""
    inputs: Mapping[str, Any]
    lacking: Malformed | Undecided | None
    """Why nothing is known of it, where nothing is."""


def entries(inputs: Mapping[str, Any], field: str) -> Iterator[Entry]:
    """The mappings in a list; an item that is none is an entry of which nothing is known.

    Raises:
        Malformed: it is no list.
        Undecided: the whole list is not known yet, or secret.
    """
    value: object = decided(inputs.get(field), field)
    if not isinstance(value, list | dict | None):
        raise Malformed(f"{field} is {kind(value)}, not a list")
    for index, item in enumerate(plural(inputs.get(field))):
        where = f"{field}[{index}]"
        try:
            found: object = decided(item, where)
        except Undecided as lacking:
            yield Entry(where, {}, lacking)
            continue
        inner = mapping(found)
        wrong = None if isinstance(found, dict) else Malformed(f"{where} is {kind(found)}, no rule")
        yield Entry(where, inner, wrong)


def decided(value: Any, field: str) -> Any:
    """*value*, where it is known.

    Raises:
        Undecided: it is not known yet, or secret.
    """
    if value is UNKNOWN:
        raise Undecided(f"{field} is not known yet")
    if value is SECRET:
        raise Undecided(f"{field} is secret")
    return value


def kind(value: object) -> str:
    """What a value is, in words."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "nothing"


def quoted(value: str) -> str:
    """*value* between quotes, cut short, with nothing in it that cannot be written."""
    return '"' + "".join(each if each.isprintable() else "?" for each in value[:SHOWN]) + '"'
