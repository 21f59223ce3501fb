"""What a value is not, and cattrs' errors in our words.

Errors say where they are as a path of keys; a list's item is named by its value.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from cattrs import AttributeValidationNote, ClassValidationError, ForbiddenExtraKeysError

from segfw.settings.forms import camel
from segfw.settings.types import Interface
from segfw.settings.words import ended, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator


class Refused(Exception):
    """A value is not what it should be; the message is a sentence without its full stop."""


class Inside(Exception):
    """What is wrong inside a list or a mapping, each with its step of the path."""

    def __init__(self, found: list[tuple[str, Exception]]) -> None:
        """Keep *found*: pairs of ``.key`` or ``[item]`` and an error."""
        self.found = found
        super().__init__(found)


def complaints(error: Exception, path: str) -> Iterator[tuple[str, str]]:
    """Everything that *error* found wrong, as pairs of a path and a sentence."""
    if isinstance(error, Inside):
        for step, inner in error.found:
            yield from complaints(inner, path + step)
    elif isinstance(error, ClassValidationError):
        names = [camel(f.name) for f in fields(error.cl) if f.name not in HIDDEN.get(error.cl, ())]
        for inner in error.exceptions:
            yield from _of_class(inner, path, names)
    elif isinstance(error, Refused):
        yield path, ended(str(error))
    else:
        raise AssertionError(f"{error!r} says nothing to a user") from error  # noqa: TRY004


def _of_class(error: Exception, path: str, names: list[str]) -> Iterator[tuple[str, str]]:
    if isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            yield f"{path}.{name}", unknown("key", name, names)
        return
    notes = getattr(error, "__notes__", ())
    note = next(note for note in notes if isinstance(note, AttributeValidationNote))
    key = camel(note.name)
    if isinstance(error, KeyError):
        yield path, f'has no "{key}"; {MISSING_KEYS.get(key, "it must be given")}.'
    else:
        yield from complaints(error, f"{path}.{key}")


MISSING_KEYS = {
    "roles": "write one or more of management, public and private",
    "external": "write true where an address of it can be reached from the internet, else false",
    "environment": "write one of dev, test, lab and prod",
    "release": 'write the release of the gateway, such as "15.0"',
    "ciscoRegion": "write the Cisco region whose cloud services the gateway uses",
    "subnetIds": "write the ids of the subnets that the network ACL takes over",
    "id": "write what the cloud calls it",
    "weight": "write its maximum number of entries, which counts against the quota",
    "family": "write ipv4 or ipv6; a prefix list holds one of them",
    "name": "write a name of lower-case words, digits and hyphens",
    "interface": "write the interface that it sits on",
    "direction": "write ingress where the far end connects to the gateway, else egress",
    "protocol": "write tcp, udp or icmp-echo",
    "reviewBy": "write the day until which it is needed, quoted",
    "owner": "write who answers for it",
    "reason": "write why it is needed",
    "by": "write who saw it",
    "date": "write the day, quoted",
    "stack": "write the stack that exports the id",
    "output": "write the name of that stack's output",
    "network": "write the network of the proxy",
    "port": "write the port of the proxy",
}
HIDDEN: dict[type, tuple[str, ...]] = {Interface: ("name",)}
"""Fields that are no keys."""
