"""Shared files that a stack builds on, merged in the order in which it names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.problems import ProblemsFound
from segfw.settings.files import Reading, is_file, load, split
from segfw.settings.node import NAMESPACE, Node, item_path, merge
from segfw.settings.words import did_you_mean, ended, problem, quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from segfw.problems import Place

NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")


def imported(settings: Node, reading: Reading, chain: tuple[str, ...]) -> Node | None:
    """What the imports of *settings* say together, later ones over earlier ones."""
    imports = settings.mapping().get("imports")
    if imports is None:
        return None
    if not isinstance(imports.value, tuple):
        message = f"is {imports.kind}; write a list of names, such as [base, company]."
        reading.problems.append(problem(imports.place, "imports", message))
        reading.complete = False
        return None
    merged: Node | None = None
    names: set[str] = set()
    for item in imports.value:
        path = item_path("imports", item)
        refuse = _refuser(reading, item.place, path)
        name = item.value
        if not isinstance(name, str):
            refuse(f"is {item.kind}; write the name of a file in {reading.shown('shared')}/.")
        elif name in names:
            reading.problems.append(problem(item.place, path, "is imported twice; keep one."))
        elif name in chain:
            around = " -> ".join((*chain[chain.index(name) :], name))
            refuse(f"imports go in a circle: {around}; take one of them out.")
        else:
            names.add(name)
            node = _shared(name, refuse, reading, chain)
            if node is not None:
                merged = merge(merged, node, "", reading.losses) if merged is not None else node
    return merged


def _refuser(reading: Reading, place: Place, path: str) -> Callable[[str], None]:
    def refuse(message: str) -> None:
        reading.complete = False
        reading.problems.append(problem(place, path, message))

    return refuse


def _shared(
    name: str, refuse: Callable[[str], None], reading: Reading, chain: tuple[str, ...]
) -> Node | None:
    """The settings of one shared file with its own imports below them; None with a problem."""
    if name in reading.seen:
        return reading.seen[name]
    if reading.folder is None:
        refuse("imports are files beside a stack's own; give their values here.")
        return None
    folder = reading.folder / "shared"
    file = folder / f"{name}.yaml"
    if not NAME.fullmatch(name) or not is_file(file):
        names = [path.stem for path in sorted(folder.glob("*.yaml")) if path.is_file()]
        shown = reading.shown(f"shared/{name}.yaml")
        hint = did_you_mean(name, names) or f"there are {quoted_list(names)}"
        refuse(ended(f"there is no file {shown}; {hint}"))
        return None
    shown = reading.shown(f"shared/{name}.yaml")
    node = None
    try:
        root = load(file, shown, reading)
    except ProblemsFound as found:
        reading.problems.extend(found.problems)
        reading.complete = False
    else:
        own = _shared_config(root, reading)
        base = imported(own, reading, (*chain, name))
        rest = Node({k: n for k, n in own.mapping().items() if k != "imports"}, own.place)
        node = merge(base, rest, "", reading.losses) if base is not None else rest
        reading.imports.append(shown)
    reading.seen[name] = node
    return node


def _shared_config(root: Node, reading: Reading) -> Node:
    """Our settings in a shared file, which may hold nothing else."""
    for key, node in root.mapping().items():
        if key != "config":
            message = unknown("key at the top", key, ("config",), 'a shared file has "config" only')
            reading.problems.append(problem(node.place, key, message))
    config = root.mapping().get("config", Node({}, root.place))
    if not isinstance(config.value, dict):
        message = f"is {config.kind}; write a mapping of settings."
        reading.problems.append(problem(config.place, "config", message))
        reading.complete = False
    ours: dict[str, Node] = {}
    for key, node in config.mapping().items():
        if ":" in key and not key.startswith(f"{NAMESPACE}:"):
            message = (
                "the provider reads the stack's own file only; move this there, "
                f'an import brings "{NAMESPACE}:" keys.'
            )
            reading.problems.append(problem(node.place, key, message))
        else:
            ours[key] = node
    return split(ours, reading)[0]
