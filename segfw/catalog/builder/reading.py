"""YAML items become the plain values of ``catalog.json``, by the types of the model."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from segfw.catalog.builder import fields
from segfw.problems import Problem
from segfw.settings.words import did_you_mean, quoted_list

if TYPE_CHECKING:
    from segfw.catalog.builder.documents import Item

Plain = Any
"""What `json` writes: dictionaries, lists, texts, integers, true, false and null."""
WORDS = {bool: "true or false", int: "a number", str: "text"}


class Reader:
    """Reads items by type, and collects what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Add what is wrong to *problems*."""
        self.problems = problems

    def record(self, item: Item, record: type, path: str) -> dict[str, Plain]:
        """*item* as a record, every key present; empty where it is not a mapping."""
        if not isinstance(item.value, dict):
            self._refuse(item, path, f"must be a mapping, a {record.__name__}.")
            return {}
        expected = fields.fields_of(record)
        keys = [field.key for field in expected]
        for key, child in item.value.items():
            if key not in keys:
                hint = did_you_mean(key, keys)
                self._refuse(child, f"{path}.{key}", f"no such key; {hint or quoted_list(keys)}.")
        found: dict[str, Plain] = {}
        for field in expected:
            child = item.value.get(field.key)
            if child is not None:
                found[field.key] = self.value(child, field.hint, f"{path}.{field.key}")
                continue
            try:
                found[field.key] = fields.empty(field.hint)
            except LookupError:
                self._refuse(item, f"{path}.{field.key}", "is missing; every one has it.")
        return found

    def value(self, item: Item, hint: fields.Hint, path: str) -> Plain:
        """*item* as a value of the type *hint*; None where it is not one."""
        inner = fields.optional(hint)
        if inner is not None:
            return self.value(item, inner, path)
        if fields.is_record(hint):
            return self.record(item, hint, path)
        if fields.is_pair(hint):
            return self._pair(item, path)
        if fields.items(hint) is not None:
            return self._list(item, fields.items(hint), path)
        if fields.values(hint) is not None:
            return self._mapping(item, fields.values(hint), path)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self._word(item, [member.value for member in hint], path)
        return self._scalar(item, fields.scalars(hint) or (), path)

    def _list(self, item: Item, hint: fields.Hint, path: str) -> Plain:
        if not isinstance(item.value, tuple):
            return self._refuse(item, path, "must be a list.")
        found: list[Plain] = []
        for index, child in enumerate(item.value):
            if fields.is_pair(hint) and isinstance(child.value, int):
                found.append([child.value, child.value])
            else:
                found.append(self.value(child, hint, f"{path}[{index}]"))
        return found

    def _mapping(self, item: Item, hint: fields.Hint, path: str) -> Plain:
        if fields.is_record(hint):
            return self._list(item, hint, path)
        if not isinstance(item.value, dict):
            return self._refuse(item, path, "must be a mapping.")
        return {key: self.value(child, hint, f"{path}.{key}") for key, child in item.value.items()}

    def _pair(self, item: Item, path: str) -> Plain:
        pair = item.value if isinstance(item.value, tuple) else ()
        numbers = [child.value for child in pair if type(child.value) is int]
        match numbers:
            case [first, last] if len(pair) == len(numbers):
                return [first, last]
            case _:
                return self._refuse(item, path, "must be a list of two numbers.")

    def _word(self, item: Item, words: list[str], path: str) -> Plain:
        if item.value not in words:
            return self._refuse(item, path, f"must be one of {quoted_list(words)}.")
        return item.value

    def _scalar(self, item: Item, types: tuple[type, ...], path: str) -> Plain:
        if type(item.value) not in types:
            allowed = " or ".join(WORDS[kind] for kind in types)
            return self._refuse(item, path, f"must be {allowed}.")
        if isinstance(item.value, str) and " ".join(item.value.split()) != item.value:
            return self._refuse(
                item, path, "has blanks too many; write single ones, none at the ends."
            )
        return item.value

    def _refuse(self, item: Item, path: str, message: str) -> None:
        self.problems.append(Problem(item.place, path, message))
