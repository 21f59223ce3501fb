"""Stack config: read with places, checked against the catalog, and made into settings.

Names are imported when they are first used: the types alone need no YAML and no cattrs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segfw.settings.node import Loss, Node, merge
    from segfw.settings.reader import read_settings
    from segfw.settings.tree import Tree, read_tree, tree_from_config, tree_from_values
    from segfw.settings.yamltext import read_yaml

HOMES = {
    "Loss": "node",
    "Node": "node",
    "Tree": "tree",
    "merge": "node",
    "read_settings": "reader",
    "read_tree": "tree",
    "read_yaml": "yamltext",
    "tree_from_config": "tree",
    "tree_from_values": "tree",
}

__all__ = [
    "Loss",
    "Node",
    "Tree",
    "merge",
    "read_settings",
    "read_tree",
    "read_yaml",
    "tree_from_config",
    "tree_from_values",
]


def __getattr__(name: str) -> object:
    """The public name from the module that defines it."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
