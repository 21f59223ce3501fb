"""The file from which `pulumi import` takes a cloud's resources into a new stack.

It has the components too (`"component": true`, pulumi/pulumi pull request 14467), so that each
resource comes to have the URN that the program gives it, and the next preview finds it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.adopt.explaining import Kind
from segfw.clouds.aws_security_group.spec import ATTACHMENT, EXCLUSIVE, PREFIX_LIST
from segfw.clouds.resource import id_of
from segfw.flow import Point
from segfw.inventory import COMPONENTS, FIREWALL
from segfw.live.commands import NETWORK_INTERFACES, rules_of
from segfw.live.holders import attachments
from segfw.live.placing import everywhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.adopt.adoption import Adoption
    from segfw.adopt.explaining import Explanation
    from segfw.adopt.matching import Match
    from segfw.plan import Plan

FIREWALL_NAME = "seg"
"""The firewall's name in the program that this project ships (`__main__.py`)."""


class Entry(NamedTuple):
    """One resource of the import file."""

    type: str
    name: str
    """Its logical name."""
    id: str
    """What the cloud calls it; empty for a component."""
    parent: str
    """The label of the entry above it; empty for the firewall."""

    @property
    def label(self) -> str:
        """What the file calls it: several types share a logical name."""
        return f"{self.type.rpartition(':')[2]} {self.name}"


class Import(NamedTuple):
    """What can be imported, and what becomes of the rest."""

    entries: tuple[Entry, ...]
    created: tuple[str, ...]
    """Names of planned resources that the cloud has not: the next update makes them."""
    revoked: tuple[Explanation, ...]
    """Rules of the cloud that the next update takes away or rewrites."""
    kept: tuple[Explanation, ...]
    """Rules of the cloud that stay beside the stack's: its groups are not exclusive."""
    left: tuple[str, ...]
    """Holders that are not taken over, and why, in sentences."""
    lacking: tuple[str, ...]
    """What has to be known before anything is imported, in sentences with the command."""

    @property
    def resources(self) -> int:
        """How many resources of the cloud are taken over."""
        return sum(1 for one in self.entries if one.id)


def import_of(adoption: Adoption, defaults: frozenset[str], firewall: str) -> Import:
    """What of the cloud becomes which resource of the plan.

    *defaults* are the ids of what the cloud makes by itself, which no stack can own; *firewall*
    is the name that the program gives the firewall.
    """
    plan = adoption.plan
    top = Entry(FIREWALL, firewall, "", "")
    owned = [one for one in adoption.matching.matches if one.name]
    held = [one for one in owned if one.placed.held.id not in defaults and one.placed.held.id]
    below = [one for match in held for one in _holder(adoption, match)]
    lists = [
        Entry(PREFIX_LIST, name, id_, top.label) for name, id_ in adoption.matching.lists.items()
    ]
    components = dict.fromkeys(_component(match, top) for match in held)
    attachments = list(_attachments(adoption, held))
    entries = (top, *lists, *components, *below, *attachments) if held or lists else ()
    gone = [one for one in adoption.explanations if not _stays(one, defaults)]
    keeping = {one for one in plan.settings.interfaces if not _exclusive(plan, one)}
    return Import(
        entries=entries,
        created=tuple(_created(plan, entries)),
        revoked=tuple(one for one in gone if not _in_group_of(one, keeping)),
        kept=tuple(one for one in gone if _in_group_of(one, keeping)),
        left=tuple(_left(adoption, defaults)),
        lacking=tuple(_lacking(adoption, held)),
    )


def _component(match: Match, top: Entry) -> Entry:
    placed = match.placed
    return Entry(COMPONENTS[placed.held.point.value], placed.interface, "", top.label)


def _holder(adoption: Adoption, match: Match) -> Iterator[Entry]:
    """The holder, its rules that are the plan's own, and the sole ownership of them."""
    held = match.placed.held
    parent = _component(match, Entry(FIREWALL, "", "", "")).label
    yield Entry(held.resource.type, match.name, held.id, parent)
    if held.point is not Point.SECURITY_GROUP:
        return
    for one in adoption.explanations:
        rule = one.existing.resource
        if one.existing.match is match and one.kind is Kind.SAME and rule is not None and rule.id:
            yield Entry(rule.type, one.same, rule.id, parent)
    for spec in adoption.plan.specs[match.placed.key]:
        if spec.token == EXCLUSIVE and spec.inputs()["securityGroupId"] == id_of(match.name):
            yield Entry(EXCLUSIVE, spec.name, held.id, parent)


def _planned_attachments(adoption: Adoption, held: list[Match]) -> Iterator[tuple[str, str, Match]]:
    """Name and network interface of each attachment of a group that is taken over."""
    for match in held:
        for spec in adoption.plan.specs[match.placed.key]:
            inputs = spec.inputs()
            if spec.token == ATTACHMENT and inputs["securityGroupId"] == id_of(match.name):
                yield spec.name, str(inputs["networkInterfaceId"]), match


def _attachments(adoption: Adoption, held: list[Match]) -> Iterator[Entry]:
    """Attachments that are there: making one again is an error of EC2."""
    attached = attachments(adoption.inventory)
    for name, eni, match in _planned_attachments(adoption, held):
        group = match.placed.held.id
        if (eni, group) in attached:
            parent = _component(match, Entry(FIREWALL, "", "", "")).label
            yield Entry(ATTACHMENT, name, f"{eni}_{group}", parent)


def _created(plan: Plan, entries: tuple[Entry, ...]) -> Iterator[str]:
    taken = {(one.type, one.name) for one in entries}
    for spec in plan.resources():
        if (spec.token, spec.name) not in taken:
            yield spec.name


def _stays(one: Explanation, defaults: frozenset[str]) -> bool:
    """The rule is there afterwards, as it is: the stack's, the cloud's, or untouched."""
    match = one.existing.match
    untouched = not match.name or match.placed.held.id in defaults
    return one.kind is Kind.SAME or one.existing.default or untouched


def _exclusive(plan: Plan, interface: str) -> bool:
    return plan.settings.interfaces[interface].security_group.exclusive


def _in_group_of(one: Explanation, interfaces: set[str]) -> bool:
    placed = one.existing.match.placed
    return placed.held.point is Point.SECURITY_GROUP and placed.interface in interfaces


def _left(adoption: Adoption, defaults: frozenset[str]) -> Iterator[str]:
    for match in adoption.matching.matches:
        held = match.placed.held
        if not match.name:
            yield (
                f'{held.label} is one more than the stack has at "{match.placed.interface}": its '
                "rules stay as they are, and the gateway lets them through until it is taken off."
            )
        elif held.id in defaults:
            yield (
                f"{held.label} is the network's own and cannot be a stack's: the next update "
                f'makes another for "{match.placed.interface}".'
            )
    homes = {one.held.id: one.interface for one in adoption.placing.placed}
    for one in everywhere(adoption.plan, adoption.inventory):
        if one.held.point is Point.SECURITY_GROUP and homes[one.held.id] != one.interface:
            yield (
                f'{one.held.label} is at "{one.interface}" too ({one.why}), and becomes the one of '
                f'"{homes[one.held.id]}": it stays there, with the rules of that, until it is '
                "taken off."
            )
    for _, eni, match in _planned_attachments(adoption, list(adoption.matching.matches)):
        if not eni.startswith("eni-"):
            yield (
                f"the network interface {eni} is known only to the program: where it has "
                f"{match.placed.held.label} already, add that attachment to the import file."
            )
    for held, why in adoption.placing.unplaced:
        yield f"{held.label} is placed nowhere: {why}."


def _lacking(adoption: Adoption, held: list[Match]) -> Iterator[str]:
    without = sorted(
        {
            one.existing.match.placed.held.id
            for one in adoption.explanations
            if one.existing.resource is not None
            and one.kind is Kind.SAME
            and not one.existing.resource.id
            and any(one.existing.match is match for match in held)
        }
    )
    if without:
        yield (
            "the ids of the rules are not in describe-security-groups, and a rule that is not "
            "imported cannot be made beside itself (InvalidPermission.Duplicate); give this "
            f"answer too: {rules_of(tuple(without))}"
        )
    yield from _moving(adoption, held)
    for match in held:
        at = match.placed
        if at.guessed:
            yield (
                f'only its rules say that {at.held.label} is at "{at.interface}" ({at.why}), and '
                "who imports it owns it: its other rules go; say it, if it is so: "
                f"--at {at.interface}={at.held.key}"
            )
    seen = {eni for eni, _ in attachments(adoption.inventory)}
    planned = {eni for _, eni, _ in _planned_attachments(adoption, held)}
    unseen = sorted(eni for eni in planned if eni.startswith("eni-") and eni not in seen)
    if unseen:
        yield (
            f"whether {', '.join(unseen)} has its group already is not known, and what is "
            f"attached cannot be attached again; give this answer too: {NETWORK_INTERFACES}"
        )


def _moving(adoption: Adoption, held: list[Match]) -> Iterator[str]:
    """NSGs in another resource group than the stack says: an update replaces them.

    Letters count as Azure counts them (pulumi/pulumi-azure-native pull request 2910).
    """
    for match in held:
        there, interface = match.placed.held.network, match.placed.interface
        wanted = adoption.plan.settings.interfaces[interface].resource_group
        if match.placed.held.point is not Point.NSG or not isinstance(wanted, str):
            continue
        if there.casefold() != wanted.casefold():
            yield (
                f'{match.placed.held.label} is in resource group "{there}", and interfaces.'
                f'{interface}.resourceGroup is "{wanted}": the first update would make another '
                f'and delete this one; write "{there}" there'
            )


def import_file(entries: tuple[Entry, ...], versions: Mapping[str, str]) -> dict[str, Any]:
    """The file's content; *versions* of the providers are the ones that the program uses."""
    return {"resources": [dict(_spelled(one, versions)) for one in entries]}


def _spelled(one: Entry, versions: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    yield from (("type", one.type), ("name", one.label), ("logicalName", one.name))
    if one.parent:
        yield "parent", one.parent
    if not one.id:
        yield "component", True
        return
    yield "id", one.id
    version = versions.get(one.type.partition(":")[0])
    if version:
        yield "version", version
