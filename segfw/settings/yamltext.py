"""YAML text to a tree, refusing whatever two readers of YAML could understand differently.

Stack files are read here and by the Pulumi engine. PyYAML follows YAML 1.1; the engine's
yaml.v3 mixes 1.1 and 1.2. A plain scalar must mean the same to both.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import yaml

from segfw.problems import Place, Problem, ProblemsFound
from segfw.settings.node import (
    BESIDE_CONFIG,
    DEEPEST,
    LARGEST_INTEGER,
    NAMESPACE,
    NO_VALUE,
    NOTHING,
    PROVIDER_KEYS,
    Issues,
    Node,
    walk,
)
from segfw.settings.words import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = 2
KEPT_FILES = 64
"""Files whose trees are kept while stacks that import them are read."""
"""The first document too many in a file."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DECIMAL = re.compile(r"0|-?[1-9][0-9]*")
# Words that yaml.v3 (resolve.go, v3.0.1) or PyYAML (resolver.py, 6.0) read as a bool, a
# null, a float, a merge key or a value key.
WORDS = (
    frozenset(
        word
        for lower in ("yes", "no", "on", "off", "true", "false", "null")
        for word in (lower, lower.capitalize(), lower.upper())
    )
    | {"~", "=", "<<", ".nan", ".NaN", ".NAN"}
    | {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}
)
DOUBTFUL = "means different things to different readers"
MEANT = {
    "yes": "true",
    "on": "true",
    "true": "true",
    "no": "false",
    "off": "false",
    "false": "false",
}
NULLS = ("~", "null", "Null", "NULL")
# These two are compiled when a file is refused: doing it here would cost every command 5 ms.
NUMBER_ELSEWHERE = (
    r"[-+]?0[xXoObB][0-9a-fA-F_]+|[-+]?0[0-9_]+|\+[0-9_]+|-?[0-9_]*_[0-9_]*|[-+]?[0-9]+[eE][0-9]+"
)
"""What somebody may have meant as a whole number: other bases, signs, powers and underscores."""
NO_YAML = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
"""What is not printable in YAML 1.1, section 5.1, and the mark of byte order inside a text."""
# After underscores are taken out: integers in every base, floats, base 60, dates.
NUMBERS = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]*|0[bB][01]*|0[oO]?[0-7]*|[0-9]+)"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|[-+]?0[xX][0-9a-fA-F.]*(?:[pP][-+]?[0-9]+)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"
)


def read_yaml(text: str, file: str) -> Node:
    """The tree of the one document in *text*; *file* is how its user names it.

    Raises:
        ProblemsFound: it is no YAML, or holds what YAML readers disagree on.
    """
    node, problems = scan_yaml(text, file)
    if problems:
        raise ProblemsFound(problems)
    return node


@lru_cache(maxsize=KEPT_FILES)
def scan_yaml(text: str, file: str) -> tuple[Node, tuple[Problem, ...]]:
    """The tree of *text*, doubtful scalars as text, and what is doubtful about it.

    A file that many stacks import is scanned once.

    Raises:
        ProblemsFound: *text* has no tree at all.
    """
    scanner = _Scanner(file)
    try:
        node = scanner.document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1 if mark else 1)
        raise ProblemsFound([problem(place, "", _no_yaml(error, text))]) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise ProblemsFound([_no_text(error, text, file)]) from None
    problems = list(scanner.problems)
    for path, child in walk(node):
        if is_foreign(path):
            continue
        problems.extend(
            problem(issue.place, spoken(path), f"{issue.message}.")
            for issue in scanner.issues.of(child)
        )
    return node, tuple(problems)


def is_foreign(path: str) -> bool:
    """*path* is the engine's own, or belongs to another namespace and is not read here."""
    if path.startswith(BESIDE_CONFIG):
        return True
    key = path.removeprefix("config.")
    namespace, colon, _ = key.partition(":")
    strange = path != key and colon and "." not in namespace and namespace != NAMESPACE
    return bool(strange) and not key.startswith(PROVIDER_KEYS)


def spoken(path: str) -> str:
    """A path in a stack file as users say it: without ``config`` and without our namespace."""
    return path.removeprefix("config.").removeprefix("seg-firewall:")


def _no_yaml(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    if mark and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
        return (
            f"a tab stands in column {mark.column + 1}, and YAML indents with spaces; write "
            "spaces in its place."
        )
    column = f", column {mark.column + 1}" if mark else ""
    return (
        f"this is no YAML: {error.problem or error.context}{column}; "
        "check the indentation, brackets and quotes here."
    )


def _no_text(error: Exception, text: str, file: str) -> Problem:
    """The first character of *text* that YAML does not take."""
    found = re.search(NO_YAML, text)
    if found is None:
        raise AssertionError(f"{error!r} says nothing to a user") from error
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    message = (
        f"the character U+{ord(found[0]):04X} stands in column {column}, and YAML is plain text; "
        "take it out."
    )
    return problem(Place(file, line), "", message)


def _is_integer(text: str) -> bool:
    """Decimal, without leading zero, and no larger than readers agree on."""
    most = len(str(-LARGEST_INTEGER))
    return bool(len(text) <= most and DECIMAL.fullmatch(text) and abs(int(text)) <= LARGEST_INTEGER)


class _Scanner:
    """Builds one tree from the parser's events."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.issues = Issues()
        self.problems: list[Problem] = []
        self.events: Iterator[yaml.Event] = iter(())

    def document(self, text: str) -> Node:
        # The loader decodes bytes itself; text with lone surrogates cannot be encoded.
        self.events = yaml.parse(text, Loader=LOADER)
        documents = 0
        root = Node({}, Place(self.file, 1))
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                place = self.place(event)
                if documents == SECOND:
                    message = "a second document starts here; keep one document in the file."
                    self.problems.append(problem(place, "", message))
                if event.version or event.tags:
                    message = 'a "%" directive stands here; take it out.'
                    self.problems.append(problem(place, "", message))
            elif isinstance(event, yaml.NodeEvent):
                node = self.node(event, 0)
                root = node if documents == 1 else root
        return root

    def place(self, event: yaml.Event) -> Place:
        return Place(self.file, event.start_mark.line + 1 if event.start_mark else 1)

    def node(self, event: yaml.NodeEvent, depth: int, place: Place | None = None) -> Node:
        """The node that *event* starts; a mapping's value stands where its key does."""
        place = place or self.place(event)
        if depth > DEEPEST:
            message = f"this is nested deeper than {DEEPEST} levels; no setting is."
            raise ProblemsFound([problem(place, "", message)])
        if isinstance(event, yaml.AliasEvent):
            node = Node("", place)
            self.issues.add(
                node, f'"*{event.anchor}" stands for another value; write the value out here'
            )
            return node
        if isinstance(event, yaml.MappingStartEvent):
            node = self.mapping(depth, place)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(depth, place)
        else:
            node = self.scalar(cast("yaml.ScalarEvent", event), place)
        if event.anchor is not None:
            self.issues.add(node, f'"&{event.anchor}" names a value; take the name out')
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")
            self.issues.add(node, f'"{shown}" is a tag; take it out, and quote the value')
        return node

    def sequence(self, depth: int, place: Place) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(cast("yaml.NodeEvent", event), depth + 1))
        return Node(tuple(items), place)

    def mapping(self, depth: int, place: Place) -> Node:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_event = cast("yaml.NodeEvent", event)
            key = self.node(key_event, depth + 1)
            value = self.node(cast("yaml.NodeEvent", next(self.events)), depth + 1, key.place)
            self.enter(entries, key, key_event, value)
        return Node(entries, place)

    def enter(
        self, entries: dict[str, Node], key: Node, event: yaml.NodeEvent, value: Node
    ) -> None:
        """Add one entry; what is wrong with its key becomes an issue of its value."""
        if not isinstance(event, yaml.ScalarEvent):
            message = "a key here is not text; write it as text."
            self.problems.append(problem(key.place, "", message))
            return
        name = event.value
        if not event.style and name == "<<":
            message = '"<<" merges another mapping in; write its entries out, or use imports.'
            self.problems.append(problem(key.place, "", message))
            return
        if name in entries:
            first = entries[name].place
            message = f'the key "{name}" stands here again, first in line {first.line}; keep one'
            self.issues.add(entries[name], message, key.place)
            return
        if not event.style and name and self.issues.of(key):
            self.issues.add(value, f'the key {name} {DOUBTFUL}; quote it: "{name}"', key.place)
        if not name:
            self.issues.add(value, "a key here is empty; write its name", key.place)
        elif not isinstance(key.value, str):
            self.issues.add(
                value, f'the key "{name}" is no text to YAML; quote it: "{name}"', key.place
            )
        entries[name] = value

    def scalar(self, event: yaml.ScalarEvent, place: Place) -> Node:
        text = event.value
        if event.style or event.tag is not None:  # quoted, or a block
            return Node(text, place)
        if text in {"true", "false"}:
            return Node(text == "true", place)
        if _is_integer(text):
            return Node(int(text), place)
        node = Node(text, place)
        if text == "":
            self.issues.add(node, NO_VALUE)
        elif text in WORDS or NUMBERS.fullmatch(text.replace("_", "")):
            self.issues.add(node, _doubt(text))
        return node


def _doubt(text: str) -> str:
    """Why the plain scalar *text* is refused, and what to write for each thing it may mean."""
    quoted = f'quote it: "{text}"'
    if text in NULLS:
        return f"{text} is no value; {NOTHING}, or {quoted}"
    if text.lower() in MEANT:
        return f"{text} {DOUBTFUL}; write {MEANT[text.lower()]}, or {quoted}"
    if re.fullmatch(NUMBER_ELSEWHERE, text):
        return f"{text} {DOUBTFUL}; write a number in plain decimal digits, or {quoted}"
    return f"{text} {DOUBTFUL}; {quoted}"
