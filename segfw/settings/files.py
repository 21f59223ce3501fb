"""The files of a stack: read, with what is wrong in them, and split by namespace."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from segfw.problems import NOWHERE, Place, Problem, ProblemsFound
from segfw.settings.node import KEYS, NAMESPACE, PROVIDER_KEYS, Loss, Node, walk
from segfw.settings.words import did_you_mean, ended, is_a_slip, printable, problem
from segfw.settings.yamltext import scan_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REVEAL = "is a secret, and firewall settings are shown in plans; write the value in plain text"


@dataclass(slots=True)
class Reading:
    """The files of one stack while they are being read."""

    folder: Path | None
    problems: list[Problem] = field(default_factory=list[Problem])
    losses: list[Loss] = field(default_factory=list[Loss])
    imports: list[str] = field(default_factory=list[str])
    seen: dict[str, Node | None] = field(default_factory=dict[str, Node | None])
    complete: bool = True

    def shown(self, name: str) -> str:
        """The file *name* as a user would name it: ``config/…``, or its whole path.

        Relative to the current folder where it lies below that, so that an editor or a
        shell opens what a message names.
        """
        if self.folder is None:
            return printable(name)
        path = Path(os.path.abspath(self.folder), name)  # noqa: PTH100 - takes ".." away, too
        here = Path.cwd()
        return printable(str(path.relative_to(here) if path.is_relative_to(here) else path))


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def load(path: Path, shown: str, reading: Reading) -> Node:
    """The tree of one file; what is doubtful in it goes to the problems."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8; save the file as UTF-8 text."
        raise ProblemsFound([problem(Place(shown, line), "", message)]) from None
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}."
        raise ProblemsFound([problem(Place(shown, 0), "", message)]) from None
    node, problems = scan_yaml(text, shown)
    if not isinstance(node.value, dict):
        message = f'the file holds {node.kind}; write a mapping with the key "config".'
        raise ProblemsFound([*problems, problem(node.place, "", message)])
    reading.problems.extend(problems)
    return node


def split(config: Mapping[str, Node], reading: Reading) -> tuple[Node, dict[str, Node]]:
    """Our settings and the providers' keys out of all of a stack's config."""
    settings: dict[str, Node] = {}
    provider: dict[str, Node] = {}
    for key, node in config.items():
        namespace, colon, name = key.partition(":")
        ours = namespace == NAMESPACE
        if not colon:
            known = did_you_mean(key, (*KEYS, "imports"))
            way = f'did you mean "{NAMESPACE}:{key}"' if known else f'write "<namespace>:{key}"'
            message = ended(f"has no namespace; {way}")
            reading.problems.append(problem(node.place, key, message))
        elif name.startswith("config:") and (ours or namespace in ("aws", "azure-native")):
            message = f'write "{namespace}:{name.removeprefix("config:")}".'
            reading.problems.append(problem(node.place, key, message))
        elif ours:
            settings[name] = node
        elif key in PROVIDER_KEYS:
            provider[key] = node
        elif is_a_slip(namespace, NAMESPACE):
            message = f'no such namespace; did you mean "{NAMESPACE}:{name}"?'
            reading.problems.append(problem(node.place, key, message))
    for path, node in walk_all({**settings, **provider}):
        if set(node.mapping()) == {"secure"}:
            reading.problems.append(problem(node.place, path, f"{REVEAL}."))
    place = min((node.place for node in settings.values()), default=NOWHERE)
    return Node(settings, place), provider


def walk_all(entries: Mapping[str, Node]) -> Iterable[tuple[str, Node]]:
    """Every node of *entries*, with its path."""
    for key, node in entries.items():
        yield from walk(node, key)
