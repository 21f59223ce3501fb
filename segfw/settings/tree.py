"""A stack's config as one tree: its own file over the shared files that it imports.

The same tree comes out whether the file is read here or Pulumi hands its values over;
then the file only serves to find the lines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segfw.problems import NOWHERE, Place, Problem, ProblemsFound
from segfw.settings.node import (
    BESIDE_CONFIG,
    KEYS,
    NAMESPACE,
    PROVIDER_KEYS,
    Issues,
    Loss,
    Node,
    item_path,
    merge,
    node_of,
    walk,
)
from segfw.settings.words import did_you_mean, ended, printable, problem, quoted_list, unknown
from segfw.settings.yamltext import read_yaml, scan_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

__all__ = [
    "Loss",
    "Node",
    "Tree",
    "merge",
    "read_tree",
    "read_yaml",
    "tree_from_config",
    "tree_from_values",
]

NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
FLAGS = ("dropProviderAliases",)
"""Settings at the top that are true or false: Pulumi hands them over as text."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What a stack's config says, imports merged in, before anything of it is understood."""

    stack: str
    place: Place
    """The stack's file; NOWHERE for values of a program."""
    settings: Node
    """A mapping: ``gateway``, ``interfaces``, … without their namespace."""
    provider: Mapping[str, Node]
    """`PROVIDER_KEYS` that are given."""
    problems: tuple[Problem, ...] = ()
    """What is wrong already; `read_settings` reports it with everything else."""
    losses: tuple[Loss, ...] = ()
    """What imports said and a later file replaced, in order."""
    imports: tuple[str, ...] = ()
    """The shared files, as the user would name them, in the order of merging."""
    complete: bool = True
    """Everything could be read; otherwise what is absent may stand in an import."""
    program: bool = False
    """The values come from a Pulumi program, whose provider knows account and region."""


@dataclass(slots=True)
class _Reading:
    """The files of one stack while they are being read."""

    folder: Path | None
    problems: list[Problem] = field(default_factory=list[Problem])
    losses: list[Loss] = field(default_factory=list[Loss])
    imports: list[str] = field(default_factory=list[str])
    seen: dict[str, Node | None] = field(default_factory=dict[str, Node | None])
    complete: bool = True

    def shown(self, name: str) -> str:
        """The file *name* as a user would name it: ``config/…``."""
        return printable(f"{self.folder.name}/{name}" if self.folder is not None else name)


def read_tree(config_dir: Path, stack: str) -> Tree:
    """The tree of ``Pulumi.<stack>.yaml`` in *config_dir*, its imports merged in.

    Raises:
        ProblemsFound: there is no such file, or it is no YAML.
    """
    reading = _Reading(config_dir)
    file = _stack_file(stack)
    place = Place(reading.shown(file), 1)
    path = config_dir / file
    if not _is_file(path):
        stacks = [
            other.name.removeprefix("Pulumi.").removesuffix(".yaml")
            for other in sorted(config_dir.glob("Pulumi.*.yaml"))
        ]
        hint = did_you_mean(_short(stack), stacks) or f"stacks here are {quoted_list(stacks)}"
        message = ended(f"there is no such file; {hint}")
        raise ProblemsFound([problem(Place(place.file, 0), "", message)])
    settings, provider = _stack_config(_load(path, place.file, reading), reading)
    return _assemble(stack, place, settings, provider, reading)


def tree_from_config(
    config: Mapping[str, str],
    secret_keys: Collection[str],
    config_dir: Path,
    stack: str,
) -> Tree:
    """The tree of Pulumi's own config: full keys, with objects and lists as JSON text.

    Values get the places of the stack's file where the same value stands there.
    """
    reading = _Reading(config_dir)
    located = _located(config_dir / _stack_file(stack), reading)
    issues = Issues()
    given: dict[str, Node] = {}
    for key, text in config.items():
        if key not in PROVIDER_KEYS and not key.startswith(f"{NAMESPACE}:"):
            continue
        there = located.get(key)
        if key in secret_keys:
            place = there.place if there else NOWHERE
            reading.problems.append(problem(place, _spoken(key), f"{REVEAL}."))
        elif (
            there is not None and there.text == text and not isinstance(there.value, (dict, tuple))
        ):
            given[key] = there
        else:
            given[key] = node_of(_value_of(key, text), there, issues)
    settings, provider = _split(given, reading)
    _report(issues, {**provider, **settings.mapping()}, reading)
    place = Place(reading.shown(_stack_file(stack)), 1)
    return _assemble(stack, place, settings, provider, reading)


def tree_from_values(
    values: Mapping[str, object],
    located: Node | None = None,
    *,
    stack: str = "",
    config_dir: Path | None = None,
) -> Tree:
    """The tree of a program's plain *values*, with the places of *located* where they agree.

    Keys are ours without a namespace (``gateway``); imports need *config_dir*. The
    program's provider knows account and region, so neither is asked for.
    """
    reading = _Reading(config_dir)
    issues = Issues()
    root = node_of(dict(values), located, issues)
    given = {
        key if ":" in key else f"{NAMESPACE}:{key}": node for key, node in root.mapping().items()
    }
    settings, provider = _split(given, reading)
    _report(issues, {"": root}, reading)
    return _assemble(stack, NOWHERE, settings, provider, reading, program=True)


REVEAL = "is a secret, and firewall settings are shown in plans; write the value in plain text"


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _short(stack: str) -> str:
    return stack.rpartition("/")[2]


def _stack_file(stack: str) -> str:
    return f"Pulumi.{_short(stack)}.yaml"


def _spoken(key: str) -> str:
    return key.removeprefix(f"{NAMESPACE}:")


def _value_of(key: str, text: str) -> object:
    """The value that Pulumi wrote as *text*."""
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    if _spoken(key) in FLAGS and text in ("true", "false"):
        return text == "true"
    return text


def _load(path: Path, shown: str, reading: _Reading) -> Node:
    """The tree of one file; what is doubtful in it goes to the problems."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8; save the file as UTF-8 text."
        raise ProblemsFound([problem(Place(shown, 1), "", message)]) from None
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}."
        raise ProblemsFound([problem(Place(shown, 0), "", message)]) from None
    node, problems = scan_yaml(text, shown)
    if not isinstance(node.value, dict):
        message = f'the file holds {node.kind}; write a mapping with the key "config".'
        raise ProblemsFound([*problems, problem(node.place, "", message)])
    reading.problems.extend(problems)
    return node


def _located(path: Path, reading: _Reading) -> dict[str, Node]:
    """The entries of a stack's file for their places only: what is wrong there is the engine's."""
    if not _is_file(path):
        return {}
    quiet = _Reading(reading.folder)
    try:
        root = _load(path, reading.shown(path.name), quiet)
    except ProblemsFound:
        return {}
    reading.problems.extend(quiet.problems)
    config = root.mapping().get("config")
    return config.mapping() if config else {}


def _stack_config(root: Node, reading: _Reading) -> tuple[Node, dict[str, Node]]:
    """The entries under ``config``, and problems for anything else at the top."""
    for key, node in root.mapping().items():
        if key == "environment":
            message = (
                "a Pulumi ESC environment is resolved by the Pulumi service, not offline; copy "
                'what "pulumi env open" shows under "pulumiConfig" to "config" (or to '
                'config/shared/), and take the environment out with "pulumi config env rm".'
            )
            reading.problems.append(problem(node.place, key, message))
        elif key not in ("config", *BESIDE_CONFIG):
            where = f'"{NAMESPACE}:{key}" under "config"' if ":" not in key else 'it under "config"'
            hint = did_you_mean(key, ("config", *BESIDE_CONFIG)) or f"write {where}"
            message = ended(f"no such key at the top; {hint}")
            reading.problems.append(problem(node.place, key, message))
    config = root.mapping().get("config", Node({}, root.place))
    if not isinstance(config.value, dict):
        message = f"is {config.kind}; write a mapping of settings."
        reading.problems.append(problem(config.place, "config", message))
        reading.complete = False
    return _split(config.mapping(), reading)


def _split(config: Mapping[str, Node], reading: _Reading) -> tuple[Node, dict[str, Node]]:
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
    for path, node in _walk_all({**settings, **provider}):
        if set(node.mapping()) == {"secure"}:
            reading.problems.append(problem(node.place, path, f"{REVEAL}."))
    place = min((node.place for node in settings.values()), default=NOWHERE)
    return Node(settings, place), provider


def _walk_all(entries: Mapping[str, Node]) -> Iterable[tuple[str, Node]]:
    for key, node in entries.items():
        yield from walk(node, key)


def _report(issues: Issues, entries: Mapping[str, Node], reading: _Reading) -> None:
    """Give the issues their paths; one of the whole has the path ``""``."""
    for path, node in _walk_all(entries):
        for issue in issues.of(node):
            reading.problems.append(problem(issue.place, path, f"{issue.message}."))


def _assemble(
    stack: str,
    place: Place,
    settings: Node,
    provider: Mapping[str, Node],
    reading: _Reading,
    *,
    program: bool = False,
) -> Tree:
    """The tree with imports merged in below the stack's own *settings*."""
    base = _imported(settings, reading, ())
    own = Node({k: n for k, n in settings.mapping().items() if k != "imports"}, settings.place)
    merged = merge(base, own, "", reading.losses) if base is not None else own
    return Tree(
        stack=stack,
        place=place,
        settings=merged,
        provider=dict(provider),
        problems=tuple(reading.problems),
        losses=tuple(reading.losses),
        imports=tuple(reading.imports),
        complete=reading.complete,
        program=program,
    )


def _imported(settings: Node, reading: _Reading, chain: tuple[str, ...]) -> Node | None:
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


def _refuser(reading: _Reading, place: Place, path: str) -> Callable[[str], None]:
    def refuse(message: str) -> None:
        reading.complete = False
        reading.problems.append(problem(place, path, message))

    return refuse


def _shared(
    name: str, refuse: Callable[[str], None], reading: _Reading, chain: tuple[str, ...]
) -> Node | None:
    """The settings of one shared file with its own imports below them; None with a problem."""
    if name in reading.seen:
        return reading.seen[name]
    if reading.folder is None:
        refuse("imports are files beside a stack's own; give their values here.")
        return None
    folder = reading.folder / "shared"
    file = folder / f"{name}.yaml"
    if not NAME.fullmatch(name) or not _is_file(file):
        names = [path.stem for path in sorted(folder.glob("*.yaml")) if path.is_file()]
        shown = reading.shown(f"shared/{name}.yaml")
        hint = did_you_mean(name, names) or f"there are {quoted_list(names)}"
        refuse(ended(f"there is no file {shown}; {hint}"))
        return None
    shown = reading.shown(f"shared/{name}.yaml")
    node = None
    try:
        root = _load(file, shown, reading)
    except ProblemsFound as found:
        reading.problems.extend(found.problems)
        reading.complete = False
    else:
        own = _shared_config(root, reading)
        base = _imported(own, reading, (*chain, name))
        rest = Node({k: n for k, n in own.mapping().items() if k != "imports"}, own.place)
        node = merge(base, rest, "", reading.losses) if base is not None else rest
        reading.imports.append(shown)
    reading.seen[name] = node
    return node


def _shared_config(root: Node, reading: _Reading) -> Node:
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
    return _split(ours, reading)[0]
