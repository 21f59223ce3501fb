"""Network ACL entries, inline, standalone and of default ACLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw import limits
from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.guardrails.reading.index import NOT_KNOWN
from segfw.guardrails.reading.seen import (
    ANY_END,
    ANY_SERVICE,
    Ends,
    Parts,
    Seen,
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
    entries,
    flag,
    number,
    quoted,
    text,
)
from segfw.sets.headerspace import WITH_PORTS, WITH_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.guardrails.reading.index import Index
    from segfw.inventory import Inventory, Resource
    from segfw.sets.headerspace import Service

DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ACLS = (NETWORK_ACL, DEFAULT_ACL)
INLINE = {"ingress": Direction.INGRESS, "egress": Direction.EGRESS}
ACTIONS = {"allow": True, "deny": False}


def network_acl_entries(inventory: Inventory, index: Index) -> Iterator[tuple[str, Seen]]:
    """Every entry with the URN of its ACL, or ``id:...`` of one that the stack does not have."""
    for one in inventory.of_type(*ACLS):
        for field, direction in INLINE.items():
            yield from ((one.urn, entry) for entry in _inline(one, field, direction))
    for one in inventory.of_type(ACL_RULE):
        owner = index.owner(one, "networkAclId", ACLS)
        yield from ((owner, entry) for entry in _standalone(one, owner))


def _inline(resource: Resource, field: str, direction: Direction) -> Iterator[Seen]:
    notes = Notes()
    listed = notes.read(lambda: list(entries(resource.inputs, field)), None)
    if listed is None:
        yield unreadable(resource, field, direction, notes, allows=None, number=None)
        return
    for entry in listed:
        if entry.lacking is not None:
            of_entry = Notes()
            of_entry.add(entry.lacking)
            yield unreadable(resource, entry.where, direction, of_entry, allows=None, number=None)
        else:
            yield _entry(resource, entry.inputs, entry.where, direction, "ruleNo", "action")


def _standalone(resource: Resource, owner: str) -> Iterator[Seen]:
    """The entry; for both directions, and perhaps, where its direction is open."""
    notes = Notes()
    egress = notes.read(lambda: flag(resource.inputs, "egress"), None)
    if owner == NOT_KNOWN:
        notes.undecided.append("networkAclId is not known yet")
    ways = [Direction.EGRESS if egress else Direction.INGRESS] if egress is not None else Direction
    for direction in ways:
        entry = _entry(resource, resource.inputs, "", direction, "ruleNumber", "ruleAction")
        known = egress is not None and owner != NOT_KNOWN
        yield entry._replace(
            allows=entry.allows if known else None,
            undecided=(*entry.undecided, *notes.undecided),
            faults=(*entry.faults, *notes.faults),
        )


def _entry(
    resource: Resource,
    inputs: Mapping[str, Any],
    where: str,
    direction: Direction,
    numbered: str,
    acting: str,
) -> Seen:
    notes = Notes()
    order = notes.read(lambda: _number(inputs, numbered), None)
    action = notes.read(lambda: _action(inputs, acting), None)
    parts = Parts(
        notes.read(lambda: _services(inputs), ANY_SERVICE),
        notes.read(lambda: _ends(inputs), ANY_END),
    )
    return seen(
        resource,
        inputs,
        where=where,
        name=resource.name,
        direction=direction,
        allows=action,
        number=order,
        parts=parts,
        notes=notes,
    )


def _number(inputs: Mapping[str, Any], field: str) -> int:
    found = number(inputs, field)
    if found is None or not 1 <= found <= limits.NETWORK_ACL_NUMBER_LAST:
        raise Malformed(f"{field} is not within 1 to {limits.NETWORK_ACL_NUMBER_LAST:,}")
    return found


def _action(inputs: Mapping[str, Any], field: str) -> bool:
    written = (text(inputs, field) or "").lower()
    if written not in ACTIONS:
        raise Malformed(f"{field} is {quoted(written)}, neither allow nor deny")
    return ACTIONS[written]


def _services(inputs: Mapping[str, Any]) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """An ICMP type or code that is left out is 0: the provider sends that."""
    protocol_of = protocol(inputs, "protocol")
    first = last = None
    if protocol_of in WITH_TYPES:
        first, last = number(inputs, "icmpType") or 0, number(inputs, "icmpCode") or 0
    elif protocol_of in WITH_PORTS:
        first, last = number(inputs, "fromPort"), number(inputs, "toPort")
    only = (service(protocol_of, first, last),)
    return only, only


def _ends(inputs: Mapping[str, Any]) -> tuple[Ends, Ends]:
    written = [value for field in ("cidrBlock", "ipv6CidrBlock") if (value := text(inputs, field))]
    if not written:
        raise Malformed("it has no far end")
    held = together(map(prefix, written))
    return held, held
