"""Rules of Azure network security groups, inline and standalone, of both Azure providers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from segfw import limits
from segfw.catalog.model import Direction
from segfw.guardrails.reading.index import NOT_KNOWN
from segfw.guardrails.reading.seen import (
    ANY_END,
    ANY_SERVICE,
    EVERY_SERVICE,
    EVERYBODY,
    NOBODY,
    Ends,
    Parts,
    Seen,
    atom,
    prefix,
    protocol,
    public,
    seen,
    together,
    unreadable,
)
from segfw.guardrails.reading.values import (
    Malformed,
    Notes,
    entries,
    given,
    number,
    quoted,
    text,
    words,
)
from segfw.sets.addresses import AddressSet, Family, private_addresses
from segfw.sets.headerspace import WITH_PORTS, Service
from segfw.sets.ports import ALL_PORTS, LAST_PORT, PortRange, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.guardrails.reading.index import Index
    from segfw.inventory import Inventory, Resource

T = TypeVar("T")
Services = tuple[tuple[Service, ...], tuple[Service, ...]]
PACKAGE = r"azure-native(_\w+)?:network(/\w+)?:"
NSG = re.compile(
    PACKAGE + r"NetworkSecurityGroup|azure:network/networkSecurityGroup:NetworkSecurityGroup"
)
NSG_RULE = re.compile(
    PACKAGE + r"SecurityRule|azure:network/networkSecurityRule:NetworkSecurityRule"
)
DIRECTIONS = {"inbound": Direction.INGRESS, "outbound": Direction.EGRESS}
ACCESS = {"allow": True, "deny": False}
ANY = ("*", "any")
NETWORK = "tag:virtualnetwork"
LOAD_BALANCER = "tag:azureloadbalancer"
PRIVATE_TAGS = (NETWORK, LOAD_BALANCER)
"""Service tags that name nobody on the internet; what the others hold changes every week."""
FIELD = "networkSecurityGroupName"
TAG = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*")
RANGE = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", re.ASCII)


def nsg_rules(inventory: Inventory, index: Index) -> Iterator[tuple[str, Seen]]:
    """Every rule with the URN of its NSG, or ``name:...`` of one that the stack does not have."""
    nsgs = {one.urn: one for one in inventory.resources if NSG.fullmatch(one.type)}
    by_name = _by_name(nsgs.values())
    for one in nsgs.values():
        yield from ((one.urn, rule) for rule in _inline(one))
    types = {one.type for one in nsgs.values()}
    for one in inventory.resources:
        if NSG_RULE.fullmatch(one.type):
            linked = tuple(dict.fromkeys(index.linked(one, FIELD, types)))
            owner = _owner(one, by_name, linked)
            sure = owner != NOT_KNOWN and isinstance(one.inputs.get(FIELD), str)
            yield from ((owner, rule) for rule in _standalone(one, owner, sure=sure))


def _by_name(nsgs: Iterable[Resource]) -> dict[str, list[tuple[str, str]]]:
    """NSGs by their names, which Azure compares without case: group, where known, and URN."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in nsgs:
        name = words(one.inputs, FIELD) or words(one.inputs, "name")
        name = name or one.id.rpartition("/")[2]
        group = words(one.inputs, "resourceGroupName").lower()
        found.setdefault(name.lower(), []).append((group, one.urn))
    return found


def _owner(
    rule: Resource, by_name: Mapping[str, list[tuple[str, str]]], linked: tuple[str, ...]
) -> str:
    """The NSG that a rule names; a known name decides, whatever it was computed from."""
    name = words(rule.inputs, FIELD).lower()
    if not name:
        return linked[0] if len(linked) == 1 else NOT_KNOWN
    group = words(rule.inputs, "resourceGroupName").lower()
    found = [
        urn for other, urn in by_name.get(name, []) if not group or not other or group == other
    ]
    if len(found) == 1:
        return found[0]
    if found:
        return NOT_KNOWN
    nameless = {urn for _, urn in by_name.get("", [])}
    if len(linked) == 1 and linked[0] in nameless:
        return linked[0]
    return f"name:{group}/{name}"


def _inline(resource: Resource) -> Iterator[Seen]:
    notes = Notes()
    listed = notes.read(lambda: list(entries(resource.inputs, "securityRules")), None)
    if listed is None:
        yield from _any(resource, "securityRules", notes)
        return
    for entry in listed:
        if entry.lacking is not None:
            of_entry = Notes()
            of_entry.add(entry.lacking)
            yield from _any(resource, entry.where, of_entry)
        else:
            yield from _rule(resource, entry.inputs, entry.where)


def _any(resource: Resource, where: str, notes: Notes) -> Iterator[Seen]:
    for direction in Direction:
        yield unreadable(resource, where, direction, notes, allows=None, number=None)


def _standalone(resource: Resource, owner: str, *, sure: bool) -> Iterator[Seen]:
    """The rule; a deny keeps nothing out surely where its NSG's name is only computed."""
    for rule in _rule(resource, resource.inputs, ""):
        if owner != NOT_KNOWN:
            yield rule if sure or rule.allows else rule._replace(least={})
        else:
            said = (*rule.undecided, "networkSecurityGroupName is not known yet")
            yield rule._replace(allows=None, undecided=said)


def _rule(resource: Resource, inputs: Mapping[str, Any], where: str) -> Iterator[Seen]:
    """The rule; twice, and perhaps, where its direction is open."""
    of_both = Notes()
    direction = of_both.read(lambda: _one_of(inputs, "direction", DIRECTIONS), None)
    allows = of_both.read(lambda: _one_of(inputs, "access", ACCESS), None)
    order = of_both.read(lambda: _priority(inputs), None)
    name = words(inputs, "name") or words(inputs, "securityRuleName") or resource.name
    for way in (direction,) if direction else Direction:
        notes = Notes()
        notes.undecided += of_both.undecided
        notes.faults += of_both.faults
        inward = way is Direction.INGRESS
        far, near = ("source", "destination") if inward else ("destination", "source")
        denies = allows is not True
        services = _services(inputs, notes)
        ends = _ends(inputs, far, notes, denies=denies)
        any_port, held_for = _any_source_port(inputs), _ends(inputs, near, Notes(), denies=False)[0]
        if denies:
            ends = _where_near(ends[0], held_for) if any_port else NOBODY, ends[1]
        found = seen(
            resource,
            inputs,
            where=where,
            name=name,
            direction=way,
            allows=allows if direction else None,
            number=order,
            parts=Parts(services, ends),
            notes=notes,
        )
        yield found._replace(near=held_for, any_source_port=any_port)


def _priority(inputs: Mapping[str, Any]) -> int:
    first, last = limits.NSG_PRIORITY_FIRST, limits.NSG_PRIORITY_LAST
    found = number(inputs, "priority")
    if found is None or not first <= found <= last:
        raise Malformed(f"priority is not within {first} to {last:,}")
    return found


def _one_of(inputs: Mapping[str, Any], field: str, values: Mapping[str, T]) -> T:
    written = (text(inputs, field) or "").lower()
    if written not in values:
        raise Malformed(f"{field} is {quoted(written)}, neither {' nor '.join(values)}")
    return values[written]


def _services(inputs: Mapping[str, Any], notes: Notes) -> Services:
    """Source ports are the far end's own choice, so they narrow nothing that is allowed."""
    read = notes.read(lambda: (protocol(inputs, "protocol"),), None)
    ranges, complete = _ranges(inputs, "destination", notes)
    if read is None:
        return ANY_SERVICE
    if read[0] is not None and read[0] not in WITH_PORTS:
        only = (Service.of_protocol(read[0]),)
        return only, only
    if complete and not ranges:
        notes.add(Malformed("destinationPortRange is absent"))
        return ANY_SERVICE
    if read[0] is None and ALL_PORTS in ranges:
        return EVERY_SERVICE, EVERY_SERVICE
    numbers = WITH_PORTS if read[0] is None else (read[0],)
    found = tuple(Service.of_ports(one, ports) for one in numbers for ports in ranges)
    return found, found if complete else EVERY_SERVICE


def _ranges(inputs: Mapping[str, Any], side: str, notes: Notes) -> tuple[list[PortRange], bool]:
    """The port ranges of a side, singular and plural, and whether those are all."""
    values, complete = _both(inputs, f"{side}PortRange", "s", notes)
    found: list[PortRange] = []
    for value in values:
        read = notes.read(lambda value=value: _port_range(value), None)
        complete = complete and read is not None
        found += [read] if read is not None else []
    return found, complete


def _both(
    inputs: Mapping[str, Any], singular: str, ending: str, notes: Notes
) -> tuple[list[str], bool]:
    """The values of a singular field and its plural, and whether those are all."""
    one, sure = notes.texts(inputs, singular)
    more, all_sure = notes.texts(inputs, singular + ending)
    return [value.strip() for value in (*one, *more)], sure and all_sure


def _port_range(value: str) -> PortRange:
    if value.lower() in ANY:
        return ALL_PORTS
    found = RANGE.fullmatch(value)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not 0 <= first <= last <= LAST_PORT:
        raise Malformed(f"{quoted(value)} is no port range")
    return PortRange(first, last)


def _any_source_port(inputs: Mapping[str, Any]) -> bool:
    """The rule matches whatever port the other side sends from."""
    ranges, complete = _ranges(inputs, "source", Notes())
    return complete and (not ranges or PortSet.of(ranges) == PortSet.of([ALL_PORTS]))


def _ends(inputs: Mapping[str, Any], side: str, notes: Notes, *, denies: bool) -> tuple[Ends, Ends]:
    """Who is on a side of the rule; of what cannot be read, perhaps anybody."""
    values, complete = _both(inputs, f"{side}AddressPrefix", "es", notes)
    groups = f"{side}ApplicationSecurityGroup"
    found: list[tuple[Ends, Ends]] = []
    for value in values:
        read = notes.read(lambda value=value: _one(value, denies=denies), None)
        complete = complete and read is not None
        found += [read] if read is not None else []
    if given(inputs.get(f"{groups}s")) or given(inputs.get(f"{groups}Ids")):
        members = atom("application security groups")
        found.append((members, members))
    if complete and not found:
        notes.add(Malformed(f"{side}AddressPrefix is absent"))
        return ANY_END
    most = together(one[1] for one in found) if complete else EVERYBODY
    return together(one[0] for one in found), most


def _one(value: str, *, denies: bool) -> tuple[Ends, Ends]:
    """At least these, at most those.

    A deny of the virtual network may be one of any private address; an allow for it is for
    nobody on the internet.
    """
    lower = value.lower()
    if lower in ANY:
        return EVERYBODY, EVERYBODY
    if lower == "internet":
        held = {family: public(family) for family in Family}
        return held, held
    if TAG.fullmatch(value):
        name = f"tag:{lower}"
        members = atom(name)
        if name not in PRIVATE_TAGS:
            return members, EVERYBODY
        inside = {family: private_addresses(family) for family in Family}
        return members, together((members, inside)) if denies and name == NETWORK else members
    held = prefix(value)
    return held, held


def _where_near(far: Ends, near: Ends) -> Ends:
    """The far ends of the families in which the gateway is surely on the near side."""
    return {family: held for family, held in far.items() if has_gateway(near.get(family))}


def has_gateway(near: AddressSet | None) -> bool:
    """The near side of a rule surely has the gateway on it, whatever the gateway's address."""
    return near is not None and (
        NETWORK in near.atoms or near.held == AddressSet.whole(near.family).held
    )
