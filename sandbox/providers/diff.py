"""Diff: what would change, by property path, and does it need a replacement?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.providers.check import DEFAULTS
from sandbox.providers.tables import Kind, Property, ResourceType
from sandbox.providers.values import Values, frozen, is_empty

_ABSENT = object()


class Change(StrEnum):
    """What happens to one property path."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One changed path, such as ``tags.team`` or ``ingress[2]``."""

    path: str
    change: Change
    replaces: bool

    @property
    def top(self) -> str:
        """The input that the path starts with."""
        return self.path.partition(".")[0].partition("[")[0]


def differences(
    resource_type: ResourceType, olds: Values, news: Values, ignored: Iterable[str] = ()
) -> list[Difference]:
    """What *news* changes, compared with *olds*, each path once, in the table's order.

    A computed input that *news* leaves out is no difference; nothing, an empty text and an
    empty list are the same.
    """
    skipped = frozenset(ignored)
    found: list[Difference] = []
    for name, column in resource_type.inputs.items():
        if name in skipped or (column.computed and name not in news):
            continue
        pairs = _changes(column, name, olds.get(name, _ABSENT), news.get(name, _ABSENT))
        found.extend(
            Difference(path=path, change=change, replaces=_replaces(column, change))
            for path, change in pairs
            if path not in skipped
        )
    return found


def replaces_by_deleting_first(resource_type: ResourceType, olds: Values, news: Values) -> bool:
    """Whether a replacement must follow its deletion: the program itself gave the same name again.

    The rule of the Terraform bridge (`nameRequiresDeleteBeforeReplace`); azure-native has none.
    """
    naming = resource_type.autoname
    if naming is None or resource_type.compares_inputs or naming not in news:
        return False
    return naming not in news.get(DEFAULTS, ()) and news[naming] == olds.get(naming)


def _replaces(column: Property, change: Change) -> bool:
    return column.force_new or (column.kind_of_peer and change is not Change.UPDATE)


def _changes(column: Property, path: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if _empty(old) and _empty(new):
        return
    if column.kind is Kind.MAP:
        yield from _map_changes(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        if column.kind is Kind.SET:
            yield from _set_changes(column, path, old, new)
        else:
            yield from _list_changes(column, path, old, new)
    elif _empty(old):
        yield path, Change.ADD
    elif _empty(new):
        yield path, Change.DELETE
    elif frozen(old) != frozen(new):
        yield path, Change.UPDATE


def _map_changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if isinstance(old, str) or isinstance(new, str):
        yield path, Change.UPDATE  # one of them is not known yet
        return
    before: dict[str, Any] = {} if old is _ABSENT else old
    after: dict[str, Any] = {} if new is _ABSENT else new
    for key in sorted({*before, *after}):
        if key not in before:
            yield f"{path}.{key}", Change.ADD
        elif key not in after:
            yield f"{path}.{key}", Change.DELETE
        elif before[key] != after[key]:
            yield f"{path}.{key}", Change.UPDATE


def _list_changes(
    column: Property, path: str, old: list[Any], new: list[Any]
) -> Iterator[tuple[str, Change]]:
    for position in range(max(len(old), len(new))):
        below = f"{path}[{position}]"
        if position >= len(old):
            yield below, Change.ADD
        elif position >= len(new):
            yield below, Change.DELETE
        elif isinstance(old[position], dict) and isinstance(new[position], dict) and column.item:
            for name, field in column.item.items():
                before, after = old[position].get(name, _ABSENT), new[position].get(name, _ABSENT)
                yield from _changes(field, f"{below}.{name}", before, after)
        elif old[position] != new[position]:
            yield below, Change.UPDATE


def _set_changes(
    column: Property, path: str, old: list[Any], new: list[Any]
) -> Iterator[tuple[str, Change]]:
    before = {item_key(column, item) for item in old}
    after = {item_key(column, item) for item in new}
    gone = {at for at, item in enumerate(old) if item_key(column, item) not in after}
    come = {at for at, item in enumerate(new) if item_key(column, item) not in before}
    for at in sorted(gone | come):
        both = at in gone and at in come
        change = Change.UPDATE if both else Change.ADD if at in come else Change.DELETE
        yield f"{path}[{at}]", change


def item_key(column: Property, item: Any) -> Any:
    """What makes an item of a set itself: optional fields that say nothing do not count."""
    if not isinstance(item, Mapping) or column.item is None:
        return item
    said: dict[str, Any] = {}
    for name, field in column.item.items():
        value = item.get(name)
        if field.required or value not in (None, "", 0, False, []):
            said[name] = (
                sorted(value) if field.kind is Kind.SET and isinstance(value, list) else value
            )
    return frozen(said)


def _empty(value: Any) -> bool:
    return value is _ABSENT or is_empty(value)
