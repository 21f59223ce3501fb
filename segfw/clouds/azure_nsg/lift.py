"""An NSG's rules, as the engine spells them, back to header spaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from segfw.catalog.model import Direction
from segfw.clouds.azure_nsg.spec import ANY, NSG
from segfw.clouds.lifted import (
    LiftedRule,
    LiftError,
    addresses_of,
    by_side,
    records,
    reference_members,
    spaces,
    speaking,
    whole_number,
)
from segfw.sets.addresses import AddressSet, Family, private_addresses
from segfw.sets.headerspace import Service
from segfw.sets.ports import ALL_PORTS, FIRST_PORT, LAST_PORT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.clouds.lifted import LiftedRules, Side
    from segfw.sets.headerspace import HeaderSpace

    Inputs = Mapping[str, object]
    Known = Mapping[str, Mapping[Family, AddressSet]]

DIRECTIONS = {"Inbound": Direction.INGRESS, "Outbound": Direction.EGRESS}
PEER_SIDES = {Direction.INGRESS: "source", Direction.EGRESS: "destination"}
PROTOCOLS = {"Tcp": 6, "Udp": 17, "Icmp": 1, "Esp": 50, "Ah": 51}
INTERNET = "Internet"
ACCESS = ("Allow", "Deny")
DEFAULT_RULES = {
    Direction.INGRESS: (
        (65000, "AllowVnetInBound", True, "VirtualNetwork"),
        (65001, "AllowAzureLoadBalancerInBound", True, "AzureLoadBalancer"),
        (65500, "DenyAllInBound", False, ANY),
    ),
    Direction.EGRESS: (
        (65000, "AllowVnetOutBound", True, "VirtualNetwork"),
        (65001, "AllowInternetOutBound", True, INTERNET),
        (65500, "DenyAllOutBound", False, ANY),
    ),
}
"""What every NSG has behind its own rules (Azure, "Network security groups", default rules)."""
RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", re.ASCII)
TAG = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*")


def lift_nsg(token: str, inputs: Inputs, known: Known) -> dict[Side, HeaderSpace]:
    """What the NSG lets through: the first rule by priority that matches decides.

    Azure's default rules stand behind the NSG's own.

    Raises:
        LiftError: the resource is no NSG with rules, or a rule is one that ARM would refuse.
    """
    return spaces(nsg_rules(token, inputs, known))


def nsg_rules(token: str, inputs: Inputs, known: Known) -> LiftedRules:
    """The NSG's rules by priority, then Azure's own; see `lift_nsg`."""
    if token != NSG:
        raise LiftError(f"{token} is no network security group")
    rules = records(inputs.get("securityRules"), "securityRules")
    return by_side(
        ((direction, family), rule)
        for direction in Direction
        for read in (_own_rules(rules, direction, known), _default_rules(direction, known))
        for family, rule in read
    )


def _own_rules(
    rules: list[Inputs], direction: Direction, known: Known
) -> Iterator[tuple[Family, LiftedRule]]:
    for priority, rule in _by_priority(rules, direction):
        addresses = _addresses(rule, PEER_SIDES[direction], known)
        services = _services(rule)
        access = rule.get("access")
        if access not in ACCESS:
            raise LiftError(f"access {access!r} is neither Allow nor Deny")
        for family, held in addresses.items():
            if held:
                boxes = tuple((service, speaking(service, held)) for service in services)
                name = str(rule.get("name"))
                yield family, LiftedRule(name, priority, access == "Allow", boxes)


def _default_rules(direction: Direction, known: Known) -> Iterator[tuple[Family, LiftedRule]]:
    for priority, name, allows, peer in DEFAULT_RULES[direction]:
        for family, held in _named(peer, known).items():
            boxes = ((Service.everything(), held),)
            yield family, LiftedRule(name, priority, allows, boxes, default=True)


def _by_priority(rules: list[Inputs], direction: Direction) -> list[tuple[int, Inputs]]:
    chosen: dict[int, Inputs] = {}
    for rule in rules:
        way = DIRECTIONS.get(str(rule.get("direction")))
        if way is None:
            raise LiftError(f"direction {rule.get('direction')!r} is neither Inbound nor Outbound")
        if way is direction:
            priority = whole_number(rule.get("priority"), "priority")
            if priority in chosen:
                raise LiftError(f"two {direction.value} rules have priority {priority}")
            chosen[priority] = rule
    return sorted(chosen.items(), key=_first)


def _first(pair: tuple[int, Inputs]) -> int:
    return pair[0]


def _addresses(rule: Inputs, side: str, known: Known) -> dict[Family, AddressSet]:
    """The far end of a rule: the singular field, the plural one, or security groups.

    The near end is the gateway, whose address is not known here: it has to be everything.
    """
    near = "destination" if side == "source" else "source"
    field = f"{near}AddressPrefix"
    others = (f"{near}AddressPrefixes", f"{near}ApplicationSecurityGroups")
    if rule.get(field) != ANY or any(rule.get(other) for other in others):
        raise LiftError(f'{field} is not "*": the gateway\'s own addresses are not modelled')
    values = list(_values(rule, f"{side}AddressPrefix", f"{side}AddressPrefixes"))
    field = f"{side}ApplicationSecurityGroups"
    groups = records(rule.get(field) or [], field)
    if not values and not groups:
        raise LiftError(f"{side}AddressPrefix is missing")
    ends = [_named(value, known) for value in values if "/" not in value]
    ends.append(addresses_of([value for value in values if "/" in value], "address prefix"))
    ends += [reference_members(group.get("id"), "id", known) for group in groups]
    return {
        family: AddressSet.union(family, (end[family] for end in ends if family in end))
        for family in Family
    }


def _values(rule: Inputs, singular: str, plural: str) -> Iterator[str]:
    one, many = rule.get(singular), rule.get(plural)
    if one is not None and many:
        raise LiftError(f"{singular} and {plural} are both given")
    if one is None and not (many is None or isinstance(many, list)):
        raise LiftError(f"{plural} is not a list")
    values = [one] if one is not None else cast("list[object]", many or [])
    for value in values:
        if not isinstance(value, str):
            raise LiftError(f"{singular} is not text")
        yield value


def _named(value: str, known: Known) -> dict[Family, AddressSet]:
    """What a value without a slash stands for: everything, or the members of a service tag."""
    if value == ANY:
        return {family: AddressSet.whole(family) for family in Family}
    if TAG.fullmatch(value):
        return _tag(value, known)
    return addresses_of([value], "address prefix")


def _tag(name: str, known: Known) -> dict[Family, AddressSet]:
    """A service tag's members: an atom, but for ``Internet``, which is public space."""
    if name.casefold() != INTERNET.casefold():
        if name in known:
            return dict(known[name])
        return {family: AddressSet.atom(family, f"tag:{name}") for family in Family}
    return {
        family: AddressSet(family, ((0, family.last),)) - private_addresses(family)
        for family in Family
    }


def _services(rule: Inputs) -> list[Service]:
    if rule.get("sourcePortRange") != ANY or rule.get("sourcePortRanges"):
        raise LiftError('sourcePortRange is not "*": source ports are not modelled')
    protocol = rule.get("protocol")
    ranges = list(_values(rule, "destinationPortRange", "destinationPortRanges"))
    if not ranges:
        raise LiftError("destinationPortRange is missing")
    if protocol == ANY:
        if ranges == [ANY]:
            return [Service.everything()]
        return [service for number in (6, 17) for service in _ports(number, ranges)]
    number = PROTOCOLS.get(str(protocol))
    if number is None:
        raise LiftError(f"protocol {protocol!r} is none of {', '.join(PROTOCOLS)} and *")
    return _ports(number, ranges)


def _ports(number: int, ranges: list[str]) -> list[Service]:
    found: list[Service] = []
    for text in ranges:
        if text == ANY:
            found.append(Service.of_ports(number, ALL_PORTS))
            continue
        written = RANGE.fullmatch(text)
        low, high = (int(one or written[1]) for one in written.groups()) if written else (1, 0)
        if not FIRST_PORT <= low <= high <= LAST_PORT:
            raise LiftError(f"port range {text!r} is no range")
        found.append(Service.of_ports(number, PortRange(low, high)))
    return found
