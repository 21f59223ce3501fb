"""The YAML files put together into what ``catalog.json`` holds, with every problem at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segfw.catalog import model
from segfw.catalog.builder import fields
from segfw.catalog.builder.documents import Item, read_document
from segfw.catalog.builder.reading import Reader
from segfw.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
"""The number of the JSON form; a change that breaks its readers raises it."""
DATA = Path(model.__file__).parent
FILES = {
    "rows": ("firewall-table.yaml", model.Row),
    "features": ("features.yaml", model.Feature),
    "hosts": ("hosts.yaml", model.Host),
    "sources": ("sources.yaml", model.Source),
}
GATEWAY = "gateway.yaml"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read, sound or not: the values as they will ship, and where each record stands."""

    data: dict[str, Any]
    places: Mapping[tuple[str, str], Place]
    """Kind and id to the line of the record."""
    unsound: frozenset[tuple[str, str]]
    """Records with problems: what they hold cannot be relied on, but their ids are known."""
    complete: bool
    """Every file could be read, so what is not there is nowhere."""


def assemble(folder: Path, problems: list[Problem]) -> Draft:
    """Everything in *folder*'s YAML files; what is wrong is added to *problems*."""
    return _Assembly(folder, problems).draft()


class _Assembly:
    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self.folder = folder
        self.problems = problems
        self.reader = Reader(problems)
        self.places: dict[tuple[str, str], Place] = {}
        self.unsound: set[tuple[str, str]] = set()

    def draft(self) -> Draft:
        data: dict[str, Any] = {
            "$schema": "catalog.schema.json",
            "format": FORMAT,
            **self.gateway(),
        }
        complete = bool(data["edition"])
        for kind, (file, record) in FILES.items():
            document = read_document(self.folder / file, self.problems)
            complete = complete and document is not None and isinstance(document.value, tuple)
            data[kind] = self.records(document, kind, record)
        for row in data["rows"]:
            numbers: dict[str, int] = row.get("numbers") or {}
            row["number"] = numbers.get(data["edition"])
        return Draft(data, self.places, frozenset(self.unsound), complete)

    def gateway(self) -> dict[str, Any]:
        """The part of the catalog that is no list of rows, features, hosts or sources."""
        top = [field for field in fields.fields_of(model.Catalog) if field.key not in FILES]
        found: dict[str, Any] = {"edition": "", "releases": [], "regions": []}
        found |= {"jurisdictions": {}, "checklist": []}
        document = read_document(self.folder / GATEWAY, self.problems)
        if document is None:
            return found
        if not isinstance(document.value, dict):
            self.problems.append(Problem(document.place, "gateway", "must be a mapping."))
            return found
        self.places["gateway", "gateway"] = document.place
        known = {field.key for field in top}
        for key, item in document.value.items():
            if key not in known:
                self.problems.append(Problem(item.place, key, "no such key."))
        for field in top:
            item = document.value.get(field.key)
            if item is None:
                self.problems.append(Problem(document.place, field.key, "is missing."))
            elif field.key == "checklist":
                found[field.key] = self.records(item, field.key, model.ChecklistItem)
            else:
                value = self.reader.value(item, field.hint, field.key)
                found[field.key] = found[field.key] if value is None else value
        return found

    def records(self, document: Item | None, kind: str, record: type) -> list[dict[str, Any]]:
        """The records of *document*, each remembered with its place."""
        if document is None:
            return []
        if not isinstance(document.value, tuple):
            self.problems.append(Problem(document.place, kind, "must be a list."))
            return []
        found: list[dict[str, Any]] = []
        for index, item in enumerate(document.value):
            name = _id_of(item) or f"{kind}[{index}]"
            before = len(self.problems)
            value = self.reader.record(item, record, name)
            if (kind, name) in self.places:
                message = f"stands in {kind} twice; keep one."
                self.problems.append(Problem(item.place, name, message))
            self.places.setdefault((kind, name), item.place)
            if len(self.problems) > before:
                self.unsound.add((kind, name))
            if value:
                found.append(value)
        return found


def _id_of(item: Item) -> str | None:
    if isinstance(item.value, dict) and "id" in item.value:
        name = item.value["id"].value
        return name if isinstance(name, str) else None
    return None
