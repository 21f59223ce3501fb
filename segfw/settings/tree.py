"""A stack's config as one tree: its own file over the shared files that it imports.

The same tree comes out whether the file is read here or Pulumi hands its values over;
then the file only serves to find the lines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segfw.problems import NOWHERE, Place, Problem, ProblemsFound
from segfw.settings.files import REVEAL, Reading, is_file, load, split, walk_all
from segfw.settings.imports import imported
from segfw.settings.node import (
    BESIDE_CONFIG,
    NAMESPACE,
    PROVIDER_KEYS,
    Issues,
    Loss,
    Node,
    merge,
    node_of,
)
from segfw.settings.words import did_you_mean, ended, is_a_slip, problem, quoted_list
from segfw.settings.yamltext import read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
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


def read_tree(config_dir: Path, stack: str) -> Tree:
    """The tree of ``Pulumi.<stack>.yaml`` in *config_dir*, its imports merged in.

    Raises:
        ProblemsFound: there is no such file, or it is no YAML.
    """
    reading = Reading(config_dir)
    file = _stack_file(stack)
    place = Place(reading.shown(file), 1)
    path = config_dir / file
    if not is_file(path):
        message = _no_stack(reading, config_dir, _short(stack))
        raise ProblemsFound([problem(Place(place.file, 0), "", message)])
    settings, provider = _stack_config(load(path, place.file, reading), reading)
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
    reading = Reading(config_dir)
    located = _located(config_dir / _stack_file(stack), reading)
    issues = Issues()
    given: dict[str, Node] = {}
    for key, text in config.items():
        if key not in PROVIDER_KEYS and not is_a_slip(key.partition(":")[0], NAMESPACE):
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
    settings, provider = split(given, reading)
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
    reading = Reading(config_dir)
    issues = Issues()
    root = node_of(dict(values), located, issues)
    given = {
        key if ":" in key else f"{NAMESPACE}:{key}": node for key, node in root.mapping().items()
    }
    settings, provider = split(given, reading)
    _report(issues, {"": root}, reading)
    return _assemble(stack, NOWHERE, settings, provider, reading, program=True)


def _no_stack(reading: Reading, config_dir: Path, stack: str) -> str:
    """What to say where there is no file of *stack*, or something that is no file."""
    entries = sorted(config_dir.glob("Pulumi.*.yaml"))
    if any(entry.name == _stack_file(stack) for entry in entries):
        return "this is no file of text; put the stack's file in its place."
    stacks = [
        entry.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for entry in entries
        if is_file(entry)
    ]
    if not stacks:
        return (
            f"there is no such file, nor any other stack's in {reading.shown('.')}/; run this in "
            "the project's folder, or name the folder of the stack files with --config-dir."
        )
    hint = did_you_mean(stack, stacks) or f"stacks here are {quoted_list(stacks)}"
    return ended(f"there is no such file; {hint}")


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


def _located(path: Path, reading: Reading) -> dict[str, Node]:
    """The entries of a stack's file for their places only: what is wrong there is the engine's."""
    if not is_file(path):
        return {}
    quiet = Reading(reading.folder)
    try:
        root = load(path, reading.shown(path.name), quiet)
    except ProblemsFound:
        return {}
    reading.problems.extend(quiet.problems)
    config = root.mapping().get("config")
    return config.mapping() if config else {}


def _stack_config(root: Node, reading: Reading) -> tuple[Node, dict[str, Node]]:
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
    return split(config.mapping(), reading)


def _report(issues: Issues, entries: Mapping[str, Node], reading: Reading) -> None:
    """Give the issues their paths; one of the whole has the path ``""``."""
    for path, node in walk_all(entries):
        for issue in issues.of(node):
            reading.problems.append(problem(issue.place, path, f"{issue.message}."))


def _assemble(
    stack: str,
    place: Place,
    settings: Node,
    provider: Mapping[str, Node],
    reading: Reading,
    *,
    program: bool = False,
) -> Tree:
    """The tree with imports merged in below the stack's own *settings*."""
    base = imported(settings, reading, ())
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
