"""What was found wrong with a tree, each with its place, while it is read.

A value that was refused is not judged again, nor is anything inside of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from cattrs import ClassValidationError

from segfw.problems import NOWHERE, Place, Problem
from segfw.sets.addresses import PrefixError, parse_prefix
from segfw.settings.complaints import Inside, Refused, complaints
from segfw.settings.node import said, walk
from segfw.settings.structure import NAME, structure
from segfw.settings.words import lookalike, printable, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.settings.node import Node
    from segfw.settings.tree import Tree

T = TypeVar("T")


@dataclass(slots=True)
class Findings:
    """The problems of one tree, and where its values stand."""

    tree: Tree
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    problems: list[Problem] = field(default_factory=list[Problem])
    broken: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        """Know every place, and begin with the tree's own problems."""
        for path, node in walk(self.tree.settings):
            self.places.setdefault(path, node.place)
        for key, node in self.tree.provider.items():
            for path, inner in walk(node, key):
                self.places.setdefault(path, inner.place)
        self.places[""] = self.tree.place
        self.problems.extend(self.tree.problems)
        self.broken.update(known.path for known in self.tree.problems)

    def add(self, path: str, message: str) -> None:
        """Note a problem, unless the value there or around it was refused already."""
        if not any(around in self.broken for around in _enclosing(printable(path))):
            self.problems.append(problem(self.place(path), path, message))

    def refuse(self, path: str, message: str) -> None:
        """Note a problem of a value that later checks must not judge again."""
        self.add(path, message)
        self.broken.add(printable(path))

    def place(self, path: str) -> Place:
        """Where *path* stands, or what encloses it."""
        known = (self.places[around] for around in _enclosing(path) if around in self.places)
        return next(known, self.places.get("", NOWHERE))

    def entry(self, path: str, node: Node, kind: type[T]) -> T | None:
        """*node* as a *kind*; None with its problems noted."""
        return self.value(path, node.plain(), kind)

    def value(self, path: str, value: object, kind: type[T], *, unsaid: str = "") -> T | None:
        """*value* as a *kind*; None with its problems noted.

        The stack did not write the step *unsaid* of *value*: what is wrong with it stands at
        *path* itself.
        """
        try:
            return structure(value, kind)
        except (Refused, Inside, ClassValidationError) as error:
            found = [
                (path + where.removeprefix(path).removeprefix(unsaid), message)
                for where, message in complaints(error, path)
            ]
        for where, message in found:
            self.add(where, message)
        self.broken.update(printable(where) for where, _ in found)
        return None

    def entries(self, node: Node | None, path: str) -> Mapping[str, Node]:
        """The entries of the mapping at *path* by name; none where it is no mapping, a problem.

        The engine hands mappings over in that order too.
        """
        if node is not None and not isinstance(node.value, dict):
            self.refuse(path, f"is {said(node.value)}; write a mapping.")
        return dict(sorted(node.mapping().items())) if node is not None else {}

    def is_a_name(self, path: str, name: str, longest: int) -> bool:
        """*name*, which stands at *path*, may be part of rule names; else its problem is noted."""
        if NAME.fullmatch(name) and len(name) <= longest:
            return True
        self.refuse(
            path,
            f"the name is not kebab-case of at most {longest} characters; "
            f"write lower-case words, digits and hyphens{lookalike(name)}.",
        )
        return False

    def settled_places(self) -> dict[str, Place]:
        """Every path's place; a prefix's also under its canonical text."""
        places = dict(self.places)
        for path, place in self.places.items():
            if path.endswith("]"):
                head, _, written = path[:-1].rpartition("[")
                if ":" not in written:
                    continue  # an IPv4 prefix has one text only
                try:
                    places.setdefault(f"{head}[{parse_prefix(written)}]", place)
                except (PrefixError, ValueError):
                    continue
        return places


def _enclosing(path: str) -> Iterator[str]:
    """*path*, then every path that it lies in, the nearest first."""
    if path:
        yield path
    for end in range(len(path) - 1, 0, -1):
        if path[end] in ".[":
            yield path[:end]
