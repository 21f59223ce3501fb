"""A network ACL's entries, as the engine spells them, back to header spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.lifted import (
    LiftedRule,
    LiftError,
    by_side,
    icmp_service,
    prefix_addresses,
    protocol_number,
    records,
    spaces,
    whole_number,
)
from segfw.sets.addresses import Family
from segfw.sets.headerspace import WITH_PORTS, WITH_TYPES, Service
from segfw.sets.ports import FIRST_PORT, LAST_PORT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.clouds.lifted import LiftedRules, Side
    from segfw.sets.addresses import AddressSet
    from segfw.sets.headerspace import HeaderSpace

    Inputs = Mapping[str, object]

ACTIONS = ("allow", "deny")
SIDES = {Direction.INGRESS: "ingress", Direction.EGRESS: "egress"}


def lift_network_acl(token: str, inputs: Inputs) -> dict[Side, HeaderSpace]:
    """What the ACL lets through: the first entry by number that matches decides.

    Raises:
        LiftError: the resource is no network ACL with entries, or an entry is one that
            EC2 would refuse.
    """
    return spaces(acl_rules(token, inputs))


def acl_rules(token: str, inputs: Inputs) -> LiftedRules:
    """The ACL's entries by number; see `lift_network_acl`."""
    if token != NETWORK_ACL:
        raise LiftError(f"{token} is no network ACL")
    return by_side(
        rule
        for direction, side in SIDES.items()
        for rule in _entries(records(inputs.get(side), side), direction)
    )


def _entries(entries: list[Inputs], direction: Direction) -> Iterator[tuple[Side, LiftedRule]]:
    numbers = [whole_number(entry.get("ruleNo"), "ruleNo") for entry in entries]
    if len(set(numbers)) != len(numbers):
        raise LiftError("two entries have one number")
    for number, entry in sorted(zip(numbers, entries, strict=True), key=_by_number):
        addresses = _addresses(entry)
        action = entry.get("action")
        if action not in ACTIONS:
            raise LiftError(f"action {action!r} is neither allow nor deny")
        boxes = ((_service(entry), addresses),)
        yield (direction, addresses.family), LiftedRule("", number, action == "allow", boxes)


def _by_number(pair: tuple[int, Inputs]) -> int:
    return pair[0]


def _addresses(entry: Inputs) -> AddressSet:
    given = [field for field in ("cidrBlock", "ipv6CidrBlock") if field in entry]
    if len(given) != 1:
        raise LiftError("an entry has one of cidrBlock and ipv6CidrBlock")
    addresses = prefix_addresses(entry[given[0]], given[0])
    if (given[0] == "cidrBlock") != (addresses.family is Family.IPV4):
        raise LiftError(f"{given[0]} holds a prefix of the other family")
    return addresses


def _service(entry: Inputs) -> Service:
    protocol = entry.get("protocol")
    if protocol == "-1":
        return Service.everything()
    number = protocol_number(protocol)
    if number is None:
        raise LiftError(f"protocol {protocol!r} is no protocol number")
    if number in WITH_TYPES:
        return _icmp(number, entry)
    if number not in WITH_PORTS:
        return Service.of_protocol(number)
    first = whole_number(entry.get("fromPort"), "fromPort")
    last = whole_number(entry.get("toPort"), "toPort")
    if not FIRST_PORT <= first <= last <= LAST_PORT:
        raise LiftError(f"ports {first}-{last} are no range")
    return Service.of_ports(number, PortRange(first, last))


def _icmp(number: int, entry: Inputs) -> Service:
    """The default of an absent type or code is 0 (echo reply), never any."""
    kind = whole_number(entry.get("icmpType", 0), "icmpType")
    code = whole_number(entry.get("icmpCode", 0), "icmpCode")
    return icmp_service(number, kind, code)
