"""Values of stack config with the places they were read from, and how they merge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from segfw.problems import NOWHERE, Place
from segfw.settings.types import ProgramValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMESPACE = "seg-firewall"
BESIDE_CONFIG = ("encryptionsalt", "secretsprovider", "encryptedkey")
"""What the engine keeps in a stack file beside ``config``."""
PROVIDER_KEYS = (
    "aws:region",
    "aws:allowedAccountIds",
    "azure-native:location",
    "azure-native:subscriptionId",
)
"""What is read of the providers' own config."""
KEYS = (
    "cloud",
    "gateway",
    "interfaces",
    "networks",
    "hosts",
    "features",
    "quotas",
    "tags",
    "dropProviderAliases",
)
"""Our settings, without their namespace; ``imports`` is gone once they are merged in."""
DEEPEST = 24
"""Levels of nesting; settings have fewer than ten."""
SHOWN_LENGTH = 64
"""How much of a text a message quotes."""
LARGEST_INTEGER = (1 << 53) - 1
"""The largest integer that JSON readers agree on (RFC 8259, section 6)."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a tree, and where it stands: the line of its key, or of itself in a list."""

    value: bool | int | str | ProgramValue | tuple[Node, ...] | dict[str, Node]
    place: Place

    def plain(self) -> object:
        """The value without places: dictionaries, lists, scalars and program values."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value

    def __str__(self) -> str:
        """The value as a flow of YAML with its place: ``[a, b] (config/shared/base.yaml:4)``."""
        return f"{flow_text(self)} ({self.place})"

    def mapping(self) -> dict[str, Node]:
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> tuple[Node, ...]:
        """The items of a list; none for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def text(self) -> str:
        """A scalar as it is written; a program value's label; empty for anything else."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, (dict, tuple)):
            return ""
        return str(self.value)

    @property
    def kind(self) -> str:
        """What it is, in a user's words."""
        return kind_of(self.value)


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with one node, before its path is known."""

    place: Place
    message: str


class Issues:
    """Issues by the identity of the node that they are about; equal nodes are told apart."""

    def __init__(self) -> None:
        """Begin with none."""
        # The nodes are kept, since an identity is free again once its object is gone.
        self._held: dict[int, tuple[Node, list[Issue]]] = {}

    def add(self, node: Node, message: str, place: Place | None = None) -> None:
        """*message* holds for *node*, at its own place where no other is given."""
        _, issues = self._held.setdefault(id(node), (node, []))
        issues.append(Issue(place or node.place, message))

    def of(self, node: Node) -> tuple[Issue, ...]:
        """What is wrong with *node* itself."""
        return tuple(self._held[id(node)][1]) if id(node) in self._held else ()


@dataclass(frozen=True, slots=True)
class Loss:
    """A value of an import that a later file replaced."""

    path: str
    lost: Node
    won: Node


def kind_of(value: object) -> str:
    """What *value* is, in a user's words: ``a list``, ``a number``."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, (tuple, list)):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "a value of the program"


def flow_text(node: Node) -> str:
    """The value on one line, as a stack file could say it."""
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{k}: {flow_text(n)}" for k, n in node.value.items()) + "}"
    if isinstance(node.value, tuple):
        return "[" + ", ".join(flow_text(item) for item in node.value) + "]"
    return node.text or '""'


def said(value: object) -> str:
    """*value* as a message names it: ``the text "8443"``, ``the number 5``, ``a list``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{value[:SHOWN_LENGTH]}"'
    return kind_of(value)


def join(path: str, key: str) -> str:
    """The path of *key* inside *path*."""
    return f"{path}.{key}" if path else key


def item_path(path: str, item: Node) -> str:
    """The path of a list's *item*, by its value or its name and never by an index."""
    if isinstance(item.value, dict):
        name = item.value.get("name")
        return f"{path}[{name.text}]" if name is not None and name.text else path
    return path if isinstance(item.value, tuple) else f"{path}[{item.text}]"


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every node below *node*, itself first, with its path."""
    yield path, node
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from walk(child, join(path, key))
    elif isinstance(node.value, tuple):
        for child in node.value:
            yield from walk(child, item_path(path, child))


def merge(base: Node, over: Node, path: str = "", losses: list[Loss] | None = None) -> Node:
    """*base* with *over* laid upon it: mappings merge, everything else is replaced.

    What *base* had and the result has not is added to *losses*.
    """
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        merged = dict(base.value)
        for key, node in over.value.items():
            below = merged.get(key)
            merged[key] = merge(below, node, join(path, key), losses) if below else node
        return replace(over, value=merged)
    if losses is not None and base.plain() != over.plain():
        losses.append(Loss(path, base, over))
    return over


def node_of(value: object, located: Node | None, issues: Issues, depth: int = 0) -> Node:
    """The tree of plain *value*, with the places of *located* where the same value stands there.

    A fraction, a null, a foreign object or an integer that is too large becomes empty text
    with an issue.
    """
    if depth > DEEPEST:
        return _refused(issues, f"is nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        mapping = cast("dict[object, object]", value)
        return _node_of_mapping(mapping, located, issues, depth)
    if isinstance(value, (list, tuple)):
        items = cast("list[object] | tuple[object, ...]", value)
        return _node_of_list(items, located, issues, depth)
    place = located.place if located is not None and _same(located.value, value) else NOWHERE
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_INTEGER:
        return node_of(int(value), located, issues, depth)
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return _refused(issues, "is a number larger than readers agree on; quote it", place)
    if isinstance(value, (bool, int, str, ProgramValue)):
        return Node(value, place)
    if value is None:
        return _refused(issues, NO_VALUE)
    if isinstance(value, float):
        return _refused(issues, f'{value} is a number with a fraction; quote it: "{value}"')
    kind = type(value).__name__
    return _refused(issues, f"is a Python {kind}; give a mapping, a list, text, a number or a bool")


NOTHING = 'write "{}" for an empty mapping, "[]" for an empty list, "" for empty text'
NO_VALUE = f"has no value; {NOTHING}"


def _node_of_mapping(
    value: Mapping[object, object], located: Node | None, issues: Issues, depth: int
) -> Node:
    there = located.mapping() if located is not None else {}
    found: dict[str, Node] = {}
    strange: list[object] = []
    for key, child in value.items():
        if isinstance(key, str):
            found[key] = node_of(child, there.get(key), issues, depth + 1)
        else:
            strange.append(key)
    place = located.place if located is not None and isinstance(located.value, dict) else NOWHERE
    node = Node(found, place)
    for key in strange:
        issues.add(node, f"the key {key!r} is not text; write it as text")
    return node


def _node_of_list(
    value: list[object] | tuple[object, ...], located: Node | None, issues: Issues, depth: int
) -> Node:
    waiting = list(located.items()) if located is not None else []
    nodes: list[Node] = []
    for item in value:
        match = next((i for i, other in enumerate(waiting) if _matches(other, item)), None)
        nodes.append(
            node_of(item, waiting.pop(match) if match is not None else None, issues, depth + 1)
        )
    place = located.place if located is not None and isinstance(located.value, tuple) else NOWHERE
    return Node(tuple(nodes), place)


def _matches(located: Node, item: object) -> bool:
    """The same scalar, the same list, or a mapping with the same name."""
    if isinstance(item, dict) and isinstance(located.value, dict):
        named = cast("dict[object, object]", item)
        name = located.value.get("name")
        return name is not None and _same(name.value, named.get("name"))
    return _same(located.plain(), cast("object", item))


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _refused(issues: Issues, message: str, place: Place = NOWHERE) -> Node:
    node = Node("", place)
    issues.add(node, message)
    return node
