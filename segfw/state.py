"""What a Pulumi state says is deployed: `pulumi stack export`, or a backend's own file.

Read strictly and without the engine. Secrets are never read, not even those that were
exported in plain text: a value that is one has become `SECRET`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

VERSIONS = (3, 4)
"""Versions of the form that say resources as we read them (pulumi/pulumi
sdk/go/common/apitype/core.go@v3.259.0: both "can be unmarshaled into DeploymentV3")."""
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a value as no plain one (sdk/go/common/resource/sig/sig.go)."""
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - it marks secrets
ENGINE_TYPES = "pulumi:"
"""What the engine keeps for itself: stacks, providers, references to other stacks."""
STACK_REFERENCE = "pulumi:pulumi:StackReference"
EXPORT = "pulumi stack export --stack {stack} --file state.json"
IMPORT = "pulumi stack import --file state.json"


class Secret:
    """A value that is secret; there is one of it, and it says nothing."""

    def __repr__(self) -> str:
        """``[secret]``."""
        return "[secret]"


SECRET: Final = Secret()


class Deployed(NamedTuple):
    """One resource as the state has it."""

    urn: str
    type: str
    name: str
    id: str
    """Empty for a component."""
    parent: str
    """The parent's URN; empty for the stack itself."""
    inputs: Mapping[str, Any]
    depends: Mapping[str, tuple[str, ...]]
    """An input's name to the URNs of the resources that it was computed from."""
    all_tags: Mapping[str, Any]
    """Of a resource of AWS: its tags with the provider's own; empty where they are not said."""
    protected: bool
    leaving: bool
    """It was replaced and waits to be deleted."""
    external: bool
    """The program reads it and does not manage it; its inputs say nothing of it."""
    tainted: bool
    """The next update makes it anew (`pulumi state taint`)."""
    provider: str
    """The provider's URN and id, joined by ``::``; empty where the state does not say."""
    arn: str
    """Of a resource of AWS: it names region and account; empty where the state does not say."""


class State(NamedTuple):
    """What is deployed."""

    file: str
    """The file as the user named it."""
    stack: str
    """The stack's name, without organisation and project; empty where nothing is deployed."""
    project: str
    """The program's project, as every URN has it; empty where nothing is deployed."""
    resources: tuple[Deployed, ...]
    pending: tuple[str, ...]
    """Names of resources whose last operation was interrupted."""
    outputs: Mapping[tuple[str, str], str]
    """What other stacks had given, by stack and output; secrets are not among them."""

    @property
    def empty(self) -> bool:
        """Nothing is deployed but what the engine keeps for itself."""
        return all(one.type.startswith(ENGINE_TYPES) for one in self.resources)

    def below(self, urns: set[str]) -> Iterator[Deployed]:
        """The resources whose line of parents has one of *urns*."""
        parents = {one.urn: one.parent for one in self.resources}
        for one in self.resources:
            above, seen = one.parent, set[str]()
            while above and above not in urns and above not in seen:
                seen.add(above)
                above = parents.get(above, "")
            if above in urns:
                yield one


def read_state(text: str, file: str) -> State:
    """The state that *text* holds; *file* is its name for messages.

    Raises:
        ProblemsFound: it is no state, or one that cannot be read here.
    """
    try:
        return _state(text, file)
    except _NoState as found:
        path, message = found.path, found.message
    except RecursionError:
        path, message = "", f"this is nested too deeply; {HOW}."
    raise ProblemsFound([Problem(Place(file, 0), path, message)])


class _NoState(Exception):
    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(message)


HOW = f"write one with {EXPORT.format(stack='STACK')}"


def _state(text: str, file: str) -> State:
    if not text.strip():
        raise _NoState("", f"the file is empty; {HOW}.")
    try:
        whole: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _NoState("", f"this is not JSON{where}; {HOW}.") from None
    top = _mapping(whole, "")
    if "version" not in top or not ({"deployment", "checkpoint"} & top.keys()):
        raise _NoState("", f'this is no Pulumi state: it has no version and "deployment"; {HOW}.')
    version = top["version"]
    if version not in VERSIONS:
        known = " and ".join(map(str, VERSIONS))
        raise _NoState("version", f"{version!r} is not read here, only {known}; {HOW}.")
    stack = ""
    if "deployment" in top:
        path, held = "deployment", top["deployment"]
    else:
        checkpoint = _mapping(top["checkpoint"], "checkpoint")
        path, held = "checkpoint.latest", checkpoint.get("latest")
        _encodable({"stack": checkpoint.get("stack")}, "checkpoint")
        stack = str(checkpoint.get("stack") or "").rpartition("/")[2]
    deployment = {} if held is None else _mapping(held, path)
    listed = _list(deployment.get("resources"), f"{path}.resources")
    read = tuple(_resource(one, f"{path}.resources[{index}]") for index, one in enumerate(listed))
    _no_duplicates(read, path)
    return State(
        file=file,
        stack=_only((_stack_of(one.urn) for one in read), "stacks", path) or stack,
        project=_only((one.urn.split("::", 2)[1] for one in read), "projects", path),
        resources=tuple(one for one, held in zip(read, listed, strict=True) if not _is_gone(held)),
        pending=tuple(_pending(deployment, path)),
        outputs=dict(_stack_outputs(listed)),
    )


def _mapping(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _NoState(path, f"a mapping is needed here; {HOW}.")
    return cast("dict[str, Any]", value)


def _list(value: object, path: str) -> list[Any]:
    """The items; none where the engine left an empty list out."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise _NoState(path, f"a list is needed here; {HOW}.")
    return cast("list[Any]", value)


def _only(names: Iterable[str], what: str, path: str) -> str:
    """The one name that all resources have; empty where there are none."""
    found = sorted(set(names))
    if len(found) > 1:
        raise _NoState(path, f"resources of several {what}: {', '.join(found)}.")
    return found[0] if found else ""


def _no_duplicates(read: Iterable[Deployed], path: str) -> None:
    """A URN is there once, besides those that wait to be deleted.

    The engine calls anything else corrupt (pulumi/pulumi
    pkg/resource/deploy/snapshot.go@v3.259.0: VerifyIntegrity).
    """
    for urn, count in Counter(one.urn for one in read if not one.leaving).items():
        if count > 1:
            raise _NoState(
                path,
                f'"{urn}" is there {count} times, and none of them waits to be deleted; the state '
                "is corrupt. Leave the one whose id the cloud has, and write the file back with "
                f"{IMPORT}.",
            )


def _is_gone(held: Mapping[str, Any]) -> bool:
    """The resource was deleted, and its replacement was not made any more."""
    return held.get("pendingReplacement") is True


def _resource(value: object, path: str) -> Deployed:
    held = _mapping(value, path)
    _encodable(held, path)
    urn = _text(held, "urn", path)
    parts = urn.split("::", 3)
    if not urn.startswith("urn:pulumi:") or len(parts) != 4 or not all(parts):  # noqa: PLR2004
        raise _NoState(f"{path}.urn", f"{urn!r} is no URN of a resource; {HOW}.")
    given = _mapping({} if held.get("inputs") is None else held["inputs"], f"{path}.inputs")
    if given.get(SIGNATURE) == SECRET_SIGNATURE:
        raise _NoState(f"{path}.inputs", f'all inputs of "{parts[3]}" are one secret; {HOW}.')
    arn = _held(held, "outputs").get("arn")
    return Deployed(
        urn=urn,
        type=_text(held, "type", path),
        name=parts[3],
        id=_text(held, "id", path, needed=False),
        parent=_text(held, "parent", path, needed=False),
        inputs=_plain(given),
        depends=dict(_depends(held.get("propertyDependencies"))),
        all_tags=_plain(_held(_held(held, "outputs"), "tagsAll")),
        protected=held.get("protect") is True,
        leaving=held.get("delete") is True,
        external=held.get("external") is True,
        tainted=held.get("taint") is True,
        provider=_text(held, "provider", path, needed=False),
        arn=arn if isinstance(arn, str) else "",
    )


def _depends(value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Inputs with what they depend on; anything of another shape says nothing."""
    for name, urns in cast("dict[str, object]", value).items() if isinstance(value, dict) else ():
        listed = cast("list[object]", urns) if isinstance(urns, list) else []
        yield name, tuple(urn for urn in listed if isinstance(urn, str))


def _encodable(held: Mapping[str, Any], path: str) -> None:
    """Every text in it can be written: JSON's escapes can say half of a character."""
    try:
        json.dumps(held, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"U+{ord(error.object[error.start]):04X}"
        urn = held.get("urn")
        named = f' of "{ascii(urn)[1:-1]}"' if isinstance(urn, str) else ""
        raise _NoState(
            path, f"a text{named} has {half}, which is half of a character; {HOW}."
        ) from None


def _text(held: Mapping[str, Any], key: str, path: str, *, needed: bool = True) -> str:
    value = held.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise _NoState(f"{path}.{key}", f"a text is needed here; {HOW}.")
    return value


def _stack_of(urn: str) -> str:
    return urn.split("::", 1)[0].removeprefix("urn:pulumi:")


def _plain(value: Any) -> Any:
    """The value without the engine's own notes, secrets hidden, whole numbers as such."""
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        if held.get(SIGNATURE) == SECRET_SIGNATURE:
            return SECRET
        return {key: _plain(inner) for key, inner in held.items() if key != "__defaults"}
    if isinstance(value, list):
        return [_plain(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _pending(deployment: Mapping[str, Any], path: str) -> Iterator[str]:
    where = f"{path}.pending_operations"
    for index, one in enumerate(_list(deployment.get("pending_operations"), where)):
        operation = _mapping(one, f"{where}[{index}]")
        _encodable(operation, f"{where}[{index}]")
        resource = _mapping(operation.get("resource"), f"{where}[{index}].resource")
        yield _text(resource, "urn", f"{where}[{index}].resource").rpartition("::")[2]


def _stack_outputs(listed: list[Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for one in listed:
        if one["type"] == STACK_REFERENCE:
            outputs = _held(_held(_plain(one), "outputs"), "outputs")
            name = _held(one, "inputs").get("name")
            yield from (
                ((name, output), value)
                for output, value in outputs.items()
                if isinstance(value, str) and isinstance(name, str)
            )


def _held(value: object, key: str) -> dict[str, Any]:
    """The mapping under *key*; an empty one where there is none, or it is secret."""
    inner = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
