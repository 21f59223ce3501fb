"""The fields of a cloud's answer, each with its path: absent is never taken for any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Refused(Exception):
    """Something in an answer that cannot be read, and where it stands."""

    def __init__(self, path: str, message: str) -> None:
        """Keep the path inside the JSON and what is said of it."""
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}")


class At(NamedTuple):
    """One mapping of an answer."""

    held: Mapping[str, Any]
    path: str
    """``SecurityGroups[3].IpPermissions[0]``; empty for the answer itself."""
    how: str
    """The command that writes such an answer."""

    def below(self, key: str) -> str:
        """The path of *key*."""
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str) -> str:
        """The text under *key*."""
        value = self.held.get(key)
        if value is None:
            raise self.lacking(key)
        if not isinstance(value, str):
            raise self.refused(key, "a text is needed here")
        if not value.isprintable():
            raise self.refused(key, "it has a character that cannot be printed")
        return value

    def text_or(self, key: str, otherwise: str = "") -> str:
        """The text under *key*, or *otherwise* where there is none."""
        return otherwise if self.held.get(key) is None else self.text(key)

    def number(self, key: str) -> int:
        """The whole number under *key*."""
        value = self.held.get(key)
        if value is None:
            raise self.lacking(key)
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise self.refused(key, "a whole number is needed here")
        return int(cast("float", value))

    def flag(self, key: str) -> bool:
        """The yes or no under *key*."""
        value = self.held.get(key)
        if value is None:
            raise self.lacking(key)
        if not isinstance(value, bool):
            raise self.refused(key, "true or false is needed here")
        return value

    def record(self, key: str) -> At:
        """The mapping under *key*."""
        if self.held.get(key) is None:
            raise self.lacking(key)
        return record(self.held[key], self.below(key), self.how)

    def records(self, key: str) -> list[At]:
        """The mappings in the list under *key*."""
        if self.held.get(key) is None:
            raise self.lacking(key)
        return records(self.held[key], self.below(key), self.how)

    def records_or_none(self, key: str) -> list[At]:
        """The mappings in the list under *key*; none where the cloud leaves an empty list out."""
        return [] if self.held.get(key) is None else self.records(key)

    def texts_or_none(self, key: str) -> list[str]:
        """The texts in the list under *key*; none where the cloud leaves an empty list out."""
        value: object = self.held.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refused(key, "a list is needed here")
        texts = cast("list[object]", value)
        if not all(isinstance(one, str) for one in texts):
            raise self.refused(key, "a list of texts is needed here")
        return cast("list[str]", texts)

    def only(self, known: Collection[str], what: str) -> None:
        """Refuse a field with a value that nothing here reads: it may decide about packets."""
        for key, value in self.held.items():
            if key not in known and value not in (None, "", [], {}):
                raise Refused(
                    self.below(key),
                    f"no such field of {what} is known here, and it may decide about packets; "
                    "a newer version of segfw may know it.",
                )

    def lacking(self, key: str) -> Refused:
        """What to raise for a field that every whole answer has."""
        return Refused(
            self.below(key),
            "it is not there, and absent is not taken for any; write the whole answer, "
            f"without --query: {self.how}",
        )

    def refused(self, key: str, message: str) -> Refused:
        """What to raise for a value under *key* that no answer has."""
        return Refused(self.below(key), f"{message}; write the answer again: {self.how}")


def record(value: object, path: str, how: str) -> At:
    """A value that has to be a mapping."""
    if not isinstance(value, dict):
        raise Refused(path, f"a mapping is needed here; write the answer again: {how}")
    return At(cast("dict[str, Any]", value), path, how)


def records(value: object, path: str, how: str) -> list[At]:
    """A value that has to be a list of mappings."""
    if not isinstance(value, list):
        raise Refused(path, f"a list is needed here; write the answer again: {how}")
    listed = cast("list[object]", value)
    return [record(one, f"{path}[{index}]", how) for index, one in enumerate(listed)]


def tags(at: At, key: str = "Tags") -> dict[str, str]:
    """AWS's list of tags as a mapping; none where the answer leaves an empty list out."""
    return {one.text("Key"): one.text_or("Value") for one in at.records_or_none(key)}
