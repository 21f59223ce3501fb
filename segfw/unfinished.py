"""A stack that an update left unfinished: its state, what was begun, and a preview of the rest.

Both are read from what the engine prints: ``pulumi stack export`` and ``pulumi preview --json``.
What is a state is judged by `segfw.state`, which keeps neither what a resource was given by the
cloud nor what a begun operation was about; those are picked here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw import state
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import (
    ATTACHMENT,
    EGRESS_RULE,
    EXCLUSIVE,
    GROUP,
    INGRESS_RULE,
    PREFIX_LIST,
)
from segfw.clouds.azure_nsg.spec import NSG
from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NOUNS = {
    GROUP: "security group",
    INGRESS_RULE: "security group rule",
    EGRESS_RULE: "security group rule",
    EXCLUSIVE: "ownership of a group's rules",
    ATTACHMENT: "attachment of a security group",
    NETWORK_ACL: "network ACL",
    PREFIX_LIST: "prefix list",
    NSG: "network security group",
}
UNCHANGED = frozenset({"same", "refresh", "read"})
"""Operations of a preview that change nothing in the cloud."""


class Resource(NamedTuple):
    """One resource of a state or of a preview."""

    urn: str
    type: str
    id: str
    parent: str
    provider: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rpartition("::")[2]

    def __str__(self) -> str:
        """The name, and what it is."""
        return f"{self.name} ({NOUNS.get(self.type, self.type)})"


class Pending(NamedTuple):
    """An operation that the engine began, and of which it never noted the end."""

    operation: str
    resource: Resource

    def __str__(self) -> str:
        """What was going on with which resource."""
        return f"{self.operation} {self.resource}"


class State(NamedTuple):
    """A stack's state."""

    resources: tuple[Resource, ...]
    pending: tuple[Pending, ...]

    def ids(self, type_: str) -> frozenset[str]:
        """The cloud's ids of the resources of that type."""
        return frozenset(each.id for each in self.resources if each.type == type_)

    def of_type(self, type_: str) -> tuple[Resource, ...]:
        """The resources of that type."""
        return tuple(each for each in self.resources if each.type == type_)


class Preview(NamedTuple):
    """What an update would do, and what the refresh before it found."""

    creates: tuple[Resource, ...]
    """Resources that it would make."""
    owners: tuple[Resource, ...]
    """Ownerships of a group's rules, as the cloud has them now."""
    changes: Mapping[str, tuple[str, ...]]
    """What would be done (`create`, `update` ...) to which names."""

    def without(self, names: Collection[str]) -> Preview:
        """The same, where the resources *names* are there already."""
        left = {
            op: tuple(name for name in listed if op != "create" or name not in names)
            for op, listed in self.changes.items()
        }
        return self._replace(
            creates=tuple(each for each in self.creates if each.name not in names),
            changes={op: listed for op, listed in left.items() if listed},
        )


def read_state(text: str, file: str) -> State:
    """What ``pulumi stack export`` wrote; *file* is its name for messages.

    Raises:
        ProblemsFound: it is no state, or says of an operation that was begun too little.
    """
    state.read_state(text, file)
    try:
        return _state(json.loads(text))
    except _Odd as odd:
        raise odd.found_in(file) from None


def read_preview(text: str, file: str) -> Preview:
    """What ``pulumi preview --json --refresh`` wrote; *file* is its name for messages.

    Raises:
        ProblemsFound: it is no preview, or one that does not say what it would do.
    """
    try:
        return _preview(json.loads(text))
    except _Odd as odd:
        raise odd.found_in(file) from None
    except (ValueError, RecursionError):
        what = "this is not JSON" if text.strip() else "there is nothing"
        raise ProblemsFound([Problem(Place(file, 0), "", f"{what}.")]) from None


class _Odd(Exception):
    """Something is not what it has to be."""

    def __init__(self, path: str, needed: str) -> None:
        self._path = path
        self._needed = needed
        super().__init__(path)

    def found_in(self, file: str) -> ProblemsFound:
        return ProblemsFound(
            [Problem(Place(file, 0), self._path, f"{self._needed} is needed here.")]
        )


def _mapping(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Odd(path, "a mapping")
    return cast("dict[str, Any]", value)


def _text(record: Mapping[str, Any], key: str, path: str) -> str:
    if not isinstance(record.get(key), str):
        raise _Odd(f"{path}.{key}", "a text")
    return record[key]


def _resource(value: object, path: str) -> Resource:
    record = _mapping(value, path)
    held = {key: each for key, each in record.items() if each is not None}
    return Resource(
        urn=_text(held, "urn", path),
        type=_text(held, "type", path),
        id=_text({"id": "", **held}, "id", path),
        parent=_text({"parent": "", **held}, "parent", path),
        provider=_text({"provider": "", **held}, "provider", path),
        inputs=_mapping(held.get("inputs", {}), f"{path}.inputs"),
        outputs=_mapping(held.get("outputs", {}), f"{path}.outputs"),
    )


def _pending(value: object, path: str) -> Pending:
    record = _mapping(value, path)
    return Pending(
        _text(record, "type", path), _resource(record.get("resource"), f"{path}.resource")
    )


def _state(whole: Mapping[str, Any]) -> State:
    if "deployment" not in whole:
        raise _Odd("deployment", "a mapping")
    deployment: Mapping[str, Any] = whole["deployment"] or {}
    return State(
        tuple(
            _resource(each, f"deployment.resources[{index}]")
            for index, each in enumerate(deployment.get("resources") or ())
        ),
        tuple(
            _pending(each, f"deployment.pending_operations[{index}]")
            for index, each in enumerate(deployment.get("pending_operations") or ())
        ),
    )


def _preview(document: object) -> Preview:
    creates: list[Resource] = []
    owners: list[Resource] = []
    changes: dict[str, list[str]] = {}
    held = _mapping(document, "")
    # Versions of the engine that leave unchanged resources out still count them.
    steps: object = held.get("steps") or ([] if held.get("changeSummary") else None)
    if not isinstance(steps, list):
        raise _Odd("steps", "a list of steps")
    for index, each in enumerate(cast("list[Any]", steps)):
        path = f"steps[{index}]"
        step = _mapping(each, path)
        op, urn, old = _text(step, "op", path), _text(step, "urn", path), step.get("oldState")
        if op == "create":
            creates.append(_resource(step.get("newState"), f"{path}.newState"))
        if old is not None and op != "refresh":
            owner = _resource(old, f"{path}.oldState")
            owners += [owner] if owner.type == EXCLUSIVE else []
        if op not in UNCHANGED:
            changes.setdefault(op, []).append(urn.rpartition("::")[2])
    return Preview(
        tuple(creates), tuple(owners), {op: tuple(sorted(names)) for op, names in changes.items()}
    )
