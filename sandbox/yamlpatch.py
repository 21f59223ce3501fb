"""Changes values in YAML text and leaves every other byte, and every line number, alone.

A stack file loaded and dumped again would be read differently afterwards (`off`, `20:21`), and a
problem in it would be reported at another line than in the file its owner knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Patch:
    """Edits of *text*, collected and applied at once.

    Values are written in YAML's flow style, which is JSON. *name* is what messages call the text.
    """

    text: str
    name: str
    _edits: list[tuple[int, int, str]] = field(default_factory=list)
    _appended: list[tuple[str, Any]] = field(default_factory=list)

    def root(self) -> MappingNode:
        """The `config:` mapping.

        Raises:
            SandboxError: its keys do not stand on lines of their own.
        """
        config = get(yaml.compose(self.text, Loader=yaml.SafeLoader), "config")
        if not isinstance(config, MappingNode) or config.flow_style:
            message = (
                f"{self.name}: the sandbox adds keys to `config:`; write it without braces, "
                "each key on a line of its own."
            )
            raise SandboxError(message)
        return config

    def replace(self, node: Node, value: Any) -> None:
        """Write *value* in the place of *node*."""
        self._edits.append((node.start_mark.index, end_of(node), json.dumps(value)))

    def set(self, config: MappingNode, key: str, value: Any) -> None:
        """Give *key* of the `config:` mapping *value*, whether or not it is there already."""
        node = get(config, key)
        if node is None:
            self._appended.append((key, value))
        else:
            self.replace(node, value)

    def blank(self, *names: str) -> None:
        """Empty the lines of the top-level keys *names*, each of which must fit on its line."""
        document = yaml.compose(self.text, Loader=yaml.SafeLoader)
        for key, value in pairs(document):
            if key.value in names:
                self._edits.append((key.start_mark.index, end_of(value), ""))

    def result(self, config: MappingNode) -> str:
        """The text with every edit; new keys stand at the end of the `config:` mapping."""
        if self._appended:
            indent = " " * config.start_mark.column
            lines = [f"{indent}{key}: {json.dumps(value)}" for key, value in self._appended]
            end = self.text.find("\n", end_of(config))
            place = len(self.text) if end < 0 else end
            self._edits.append((place, place, "\n" + "\n".join(lines)))
        text = self.text
        for start, end, written in sorted(self._edits, reverse=True):
            text = text[:start] + written + text[end:]
        return text


def get(node: Node | None, *path: str) -> Node | None:
    """The node at *path* below *node*, if there is one."""
    for name in path:
        node = next((value for key, value in pairs(node) if key.value == name), None)
    return node


def pairs(node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
    """The keys and values of a mapping; nothing for a node that is none."""
    if isinstance(node, MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, ScalarNode))


def end_of(node: Node) -> int:
    """Where the last character of *node* ends.

    PyYAML ends a block collection only where the next token starts, comments included.
    """
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


__all__ = ["MappingNode", "Node", "Patch", "ScalarNode", "SequenceNode", "end_of", "get", "pairs"]
