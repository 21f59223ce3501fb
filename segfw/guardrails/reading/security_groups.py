"""Security group rules of every form that AWS's provider has: standalone, legacy, inline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction
from segfw.clouds.aws_security_group.spec import EGRESS_RULE, GROUP, INGRESS_RULE
from segfw.guardrails.reading.index import PREFIX_LIST
from segfw.guardrails.reading.seen import (
    ANY_END,
    ANY_SERVICE,
    EVERYBODY,
    Ends,
    Parts,
    Seen,
    atom,
    prefix,
    protocol,
    seen,
    service,
    together,
    unreadable,
)
from segfw.guardrails.reading.values import (
    Malformed,
    Notes,
    decided,
    entries,
    flag,
    given,
    kind,
    number,
    plural,
    text,
)
from segfw.sets.addresses import Family
from segfw.sets.headerspace import WITH_PORTS, WITH_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.guardrails.reading.index import Index
    from segfw.inventory import Inventory, Resource
    from segfw.sets.headerspace import Service

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
GROUPS = (GROUP, DEFAULT_GROUP)
STANDALONE = {INGRESS_RULE: Direction.INGRESS, EGRESS_RULE: Direction.EGRESS}
INLINE = {"ingress": Direction.INGRESS, "egress": Direction.EGRESS}
CIDRS = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")
LISTS = ("prefixListId", "prefixListIds")
MEMBERS = ("referencedSecurityGroupId", "sourceSecurityGroupId", "securityGroups")


def security_group_rules(inventory: Inventory, index: Index) -> Iterator[tuple[str, Seen]]:
    """Every rule with the URN of its group, or ``id:...`` of one that the stack does not have."""
    for one in inventory.of_type(*GROUPS):
        for field, direction in INLINE.items():
            yield from ((one.urn, rule) for rule in _inline(one, field, direction, index))
    for one in inventory.of_type(*STANDALONE):
        owner = index.owner(one, "securityGroupId", GROUPS)
        yield owner, _rule(one, one.inputs, "", STANDALONE[one.type], index)
    for one in inventory.of_type(LEGACY_RULE):
        owner = index.owner(one, "securityGroupId", GROUPS)
        yield from ((owner, rule) for rule in _legacy(one, index))


def _inline(resource: Resource, field: str, direction: Direction, index: Index) -> Iterator[Seen]:
    notes = Notes()
    listed = notes.read(lambda: list(entries(resource.inputs, field)), None)
    if listed is None:
        yield _any(resource, field, direction, notes)
        return
    for entry in listed:
        if entry.lacking is not None:
            of_entry = Notes()
            of_entry.add(entry.lacking)
            yield _any(resource, entry.where, direction, of_entry)
        else:
            yield _rule(resource, entry.inputs, entry.where, direction, index)


def _any(resource: Resource, where: str, direction: Direction, notes: Notes) -> Seen:
    return unreadable(resource, where, direction, notes, allows=True, number=0)


def _legacy(resource: Resource, index: Index) -> Iterator[Seen]:
    notes = Notes()
    way = notes.read(lambda: text(resource.inputs, "type"), None)
    if way in INLINE:
        yield _rule(resource, resource.inputs, "", INLINE[way], index)
        return
    if not notes.undecided and not notes.faults:
        notes.add(Malformed("type is neither ingress nor egress"))
    yield from (_any(resource, "", direction, notes) for direction in Direction)


def _rule(
    resource: Resource, inputs: Mapping[str, Any], where: str, direction: Direction, index: Index
) -> Seen:
    notes = Notes()
    ends = FarEnds(notes)
    for field in CIDRS:
        ends.read_prefixes(inputs, field)
    for field in LISTS:
        linked = index.linked(resource, field, (PREFIX_LIST,))
        ends.read_lists(index, inputs.get(field), field, linked)
    for field in MEMBERS:
        ends.read_groups(inputs, field, index)
    if notes.read(lambda: flag(inputs, "self"), otherwise=False):
        ends.add(atom("group:self"))
    return seen(
        resource,
        inputs,
        where=where,
        name=resource.name,
        direction=direction,
        allows=True,
        number=0,
        parts=Parts(notes.read(lambda: _services(inputs), ANY_SERVICE), ends.all()),
        notes=notes,
        cost=ends.cost,
    )


def _services(inputs: Mapping[str, Any]) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """Ports of other protocols than TCP and UDP mean nothing, and some write them as 0."""
    protocol_of = protocol(inputs, "ipProtocol" if given(inputs.get("ipProtocol")) else "protocol")
    first = last = None
    if protocol_of in (*WITH_PORTS, *WITH_TYPES):
        first, last = number(inputs, "fromPort"), number(inputs, "toPort")
    only = (service(protocol_of, first, last),)
    return only, only


class FarEnds:
    """The far ends of one rule, as they are read; each counts against the quota."""

    def __init__(self, notes: Notes) -> None:
        """None yet."""
        self.notes = notes
        self.cost = dict.fromkeys(Family, 0)
        self._least: list[Ends] = []
        self._most: list[Ends] = []

    def add(self, least: Ends, most: Ends | None = None, *, weight: int = 1) -> None:
        """Add one far end."""
        self._least.append(least)
        self._most.append(least if most is None else most)
        for family in least:
            self.cost[family] += weight

    def read_prefixes(self, inputs: Mapping[str, Any], field: str) -> None:
        """Add the prefixes of a field; for what cannot be read, perhaps anybody."""
        known, complete = self.notes.texts(inputs, field)
        for value in known:
            found = self.notes.read(lambda value=value: prefix(value), None)
            if found is None:
                complete = False
            else:
                self.add(found)
        if not complete:
            self.add(*ANY_END)

    def read_lists(self, index: Index, value: object, field: str, linked: Iterator[str]) -> None:
        """Add the prefix lists of a field."""
        for one, members in index.prefix_lists(plural(value), linked):
            self.add(members.least, members.most, weight=members.weight)
            if members.fault:
                self.notes.add(Malformed(f"{field}: {members.fault}"))
            elif not isinstance(one, str) and members.most is EVERYBODY:
                self.notes.read(lambda one=one: _id(one, field), None)
            elif members.most is EVERYBODY:
                self.notes.undecided.append(f"the entries of {field} are not known here")

    def read_groups(self, inputs: Mapping[str, Any], field: str, index: Index) -> None:
        """Add the security groups of a field, by reference: their members are in the VPC."""
        for one in plural(inputs.get(field)):
            if isinstance(one, str) and one:
                self.add(atom(f"group:{index.owner_by_id(one, GROUPS)}"))
            elif one != "":
                self.add(atom(f"group:{field}"))
                self.notes.read(lambda one=one: _id(one, field), None)

    def all(self) -> tuple[Ends, Ends]:
        """At least these, at most those."""
        if not self._most:
            self.notes.add(Malformed("it has no far end"))
            return ANY_END
        return together(self._least), together(self._most)


def _id(value: object, field: str) -> None:
    if decided(value, field) is not None:
        raise Malformed(f"{field} is {kind(value)}, not an id")
