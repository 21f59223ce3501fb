"""What an update does to resources that are no rules: which come, go, and in which parts change."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.changes.inventory import RULES
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, EXCLUSIVE, GROUP, PREFIX_LIST
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.lifted import LiftError
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from segfw.changes.inventory import Inventory, Owned


class Effect(Enum):
    """What an update does to a resource that is no rule."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    UPDATED = "updated"


class ResourceChange(NamedTuple):
    """A group, network ACL, NSG, prefix list, exclusive ownership or attachment that changes.

    A rule is among them only where it is made anew because it is tainted.
    """

    effect: Effect
    token: str
    name: str
    interface: str
    what: tuple[str, ...]
    """Which of its parts: ``rules``, ``tags``, ``subnets``; none where it comes or goes."""


PARTS = {
    GROUP: {"vpcId": "VPC", "tags": "tags"},
    NETWORK_ACL: {"vpcId": "VPC", "subnetIds": "subnets", "tags": "tags"},
    NSG: {"resourceGroupName": "resource group", "tags": "tags"},
    PREFIX_LIST: {"addressFamily": "family", "entries": "entries", "tags": "tags"},
    ATTACHMENT: {"networkInterfaceId": "network interface", "securityGroupId": "group"},
    EXCLUSIVE: {"securityGroupId": "group"},
}
"""Inputs whose change a reader is told of; a group's description and name never change."""
TAINTED = "tainted"
"""The part of a resource that the engine makes anew though nothing of it differs."""
REPLACING = {"VPC", "resource group", "family", "network interface", "group", TAINTED}
"""Parts that are settled when a resource is made."""
FORMS = {"tags": (dict, "a mapping"), "subnetIds": (list, "a list"), "entries": (list, "a list")}
"""Inputs that are no text."""
NEEDED = (ATTACHMENT, EXCLUSIVE)
"""Resources that are nothing without their parts."""


def resource_changes(
    held: Inventory, changed: Collection[tuple[str, str]], secret: list[str]
) -> Iterator[ResourceChange]:
    """Each resource that changes; *changed* are those of whose rules some do, by type and name.

    What is secret in the state, and so not compared, is added to *secret*.
    """
    old = {one.key: one for one in held.deployed if one.token in PARTS}
    new = {one.key: one for one in held.planned if one.token in PARTS}
    order = list(PARTS)
    for key in sorted(old.keys() | new.keys(), key=lambda k: (order.index(k[0]), k[1])):
        one = new.get(key) or old[key]
        if key not in old or key not in new:
            effect = Effect.ADDED if key in new else Effect.REMOVED
            yield ResourceChange(effect, one.token, one.name, one.interface, ())
            continue
        what = [*_differing(old[key], new[key], secret)]
        if key in changed:
            what.insert(0, "entries" if one.token == NETWORK_ACL else "rules")
        if old[key].tainted:
            what.append(TAINTED)
        if what:
            replaced = REPLACING & {*what} or (one.token == NETWORK_ACL and "entries" in what)
            effect = Effect.REPLACED if replaced else Effect.UPDATED
            yield ResourceChange(effect, one.token, one.name, one.interface, tuple(what))
    planned = {one.key for one in held.planned}
    for one in held.deployed:
        if one.token in RULES and one.tainted and one.key in planned:
            yield ResourceChange(Effect.REPLACED, one.token, one.name, one.interface, (TAINTED,))


def _differing(old: Owned, new: Owned, secret: list[str]) -> Iterator[str]:
    for field, word in PARTS[new.token].items():
        was, will_be = old.inputs.get(field), new.inputs.get(field)
        if was is SECRET or (isinstance(was, list) and SECRET in was):
            secret.append(f"{new.name}.{field}")
        elif _unordered(was) != _unordered(will_be):
            yield word


def _unordered(value: Any) -> Any:
    """A value whose lists compare as sets: subnets and entries have no order."""
    if isinstance(value, list):
        return sorted(map(repr, cast("list[Any]", value)))
    return value or None


def check_forms(deployed: Iterable[Owned]) -> None:
    """What is compared by its parts has them in the form that its cloud gives them.

    Raises:
        LiftError: a resource has a value that no such resource can have; its first words
            are the resource's name.
    """
    for one in deployed:
        for field in PARTS.get(one.token, ()):
            value = one.inputs.get(field)
            if value is None and one.token in NEEDED:
                raise LiftError(f'"{one.called}": {field} is not there')
            form, words = FORMS.get(field, (str, "text"))
            if value is not None and value is not SECRET and not isinstance(value, form):
                raise LiftError(f'"{one.called}": {field} is {value!r}, not {words}')
