"""YAML documents with the line of every value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from segfw.problems import Place, Problem

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Item:
    """A value and where it stands."""

    value: bool | int | str | tuple[Item, ...] | dict[str, Item]
    place: Place


def read_document(file: Path, problems: list[Problem]) -> Item | None:
    """The document in *file*; None, with a problem, where it is not YAML."""
    try:
        loader = yaml.CSafeLoader(file.read_text(encoding="utf-8"))
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problems.append(Problem(Place(file.name, line), "", f"not YAML: {error.problem}."))
        return None
    if node is None:
        problems.append(Problem(Place(file.name, 1), "", "the file is empty."))
        return None
    return _item(node, file.name, problems)


def _item(node: yaml.Node, file: str, problems: list[Problem]) -> Item:
    place = Place(file, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return Item(_mapping(node, file, problems), place)
    if isinstance(node, yaml.SequenceNode):
        return Item(tuple(_item(child, file, problems) for child in node.value), place)
    return Item(_scalar(node, place, problems), place)


def _mapping(node: yaml.MappingNode, file: str, problems: list[Problem]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for key, value in node.value:
        place = Place(file, key.start_mark.line + 1)
        name = str(key.value)
        if name in found:
            problems.append(Problem(place, name, "stands here twice; keep one."))
        item = _item(value, file, problems)
        found[name] = Item(item.value, place)
    return found


def _scalar(node: yaml.Node, place: Place, problems: list[Problem]) -> bool | int | str:
    text = str(node.value)
    match node.tag.removeprefix(PREFIX):
        case "str":
            return text
        case "bool" if text in ("true", "false"):
            return text == "true"
        case "int" if text == str(_decimal(text)):
            return int(text)
        case _:
            problems.append(
                Problem(place, "", f"{text!r} is no text, true, false or number; quote it.")
            )
            return text


def _decimal(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
