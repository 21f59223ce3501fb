"""Security group rules, as the engine spells them, back to header spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.clouds.aws_security_group.spec import EGRESS_RULE, INGRESS_RULE, PREFIX_LIST
from segfw.clouds.lifted import (
    LiftedRule,
    LiftError,
    by_side,
    icmp_service,
    prefix_addresses,
    protocol_number,
    records,
    reference_members,
    spaces,
    speaking,
    whole_number,
)
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import WITH_PORTS, WITH_TYPES, Service
from segfw.sets.ports import FIRST_PORT, LAST_PORT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.clouds.lifted import LiftedRules, Side
    from segfw.sets.headerspace import HeaderSpace

    Known = Mapping[str, Mapping[Family, AddressSet]]
    Inputs = Mapping[str, object]

ICMPV6 = 58
KEYWORDS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": ICMPV6}
DIRECTIONS = {INGRESS_RULE: Direction.INGRESS, EGRESS_RULE: Direction.EGRESS}
FAR_ENDS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def lift_rules(rules: Iterable[tuple[str, Inputs]], known: Known) -> dict[Side, HeaderSpace]:
    """What the rules let through together: a security group is the union of its rules.

    Raises:
        LiftError: a rule is one that EC2 would refuse.
    """
    return spaces(group_rules((("", token, inputs) for token, inputs in rules), known))


def group_rules(rules: Iterable[tuple[str, str, Inputs]], known: Known) -> LiftedRules:
    """The rules of security groups, each with its name; see `lift_rules`."""
    return by_side(
        found for name, token, inputs in rules for found in _rule(name, token, inputs, known)
    )


def _rule(name: str, token: str, inputs: Inputs, known: Known) -> Iterator[tuple[Side, LiftedRule]]:
    service = _service(inputs)
    for family, addresses in _far_end(inputs, known).items():
        boxes = ((service, speaking(service, addresses)),)
        yield (
            (DIRECTIONS[token], family),
            LiftedRule(name=name, number=None, allows=True, boxes=boxes),
        )


def _far_end(inputs: Inputs, known: Known) -> dict[Family, AddressSet]:
    given = [field for field in FAR_ENDS if field in inputs]
    if len(given) != 1:
        raise LiftError(f"one of {', '.join(FAR_ENDS)} is needed, not {len(given)}")
    field = given[0]
    value = inputs[field]
    if field in ("prefixListId", "referencedSecurityGroupId"):
        return reference_members(value, field, known)
    addresses = prefix_addresses(value, field)
    wanted = Family.IPV4 if field == "cidrIpv4" else Family.IPV6
    if addresses.family is not wanted:
        raise LiftError(f"{field}: {value} is not {wanted.label}")
    return {addresses.family: addresses}


def _service(inputs: Inputs) -> Service:
    protocol = inputs.get("ipProtocol")
    if protocol == "-1":
        if "fromPort" in inputs or "toPort" in inputs:
            raise LiftError("ipProtocol -1 takes no ports")
        return Service.everything()
    number = KEYWORDS.get(protocol) if isinstance(protocol, str) else None
    number = protocol_number(protocol) if number is None else number
    if number is None:
        raise LiftError(f"ipProtocol {protocol!r} is no protocol")
    if number not in (*WITH_PORTS, *WITH_TYPES):
        return Service.of_protocol(number)
    if number == ICMPV6 and "fromPort" not in inputs and "toPort" not in inputs:
        return Service.of_protocol(number)  # EC2 asks for a type of ICMP, not of ICMPv6
    first = whole_number(inputs.get("fromPort"), "fromPort")
    last = whole_number(inputs.get("toPort"), "toPort")
    if number in WITH_TYPES:
        return icmp_service(number, first, last)
    if not FIRST_PORT <= first <= last <= LAST_PORT:
        raise LiftError(f"ports {first}-{last} are no range")
    return Service.of_ports(number, PortRange(first, last))


def lift_prefix_list(token: str, inputs: Inputs) -> dict[Family, AddressSet]:
    """The addresses of a prefix list, by its entries.

    Raises:
        LiftError: it is no prefix list, or an entry is no prefix of its family.
    """
    if token != PREFIX_LIST:
        raise LiftError(f"{token} is no prefix list")
    family = {"IPv4": Family.IPV4, "IPv6": Family.IPV6}.get(str(inputs.get("addressFamily")))
    if family is None:
        raise LiftError("addressFamily is neither IPv4 nor IPv6")
    entries = records(inputs.get("entries"), "entries")
    members = [prefix_addresses(entry.get("cidr"), "cidr") for entry in entries]
    if any(one.family is not family for one in members):
        raise LiftError(f"entries holds a prefix that is not {family.label}")
    found = AddressSet.union(family, members)
    return {family: found, **{other: AddressSet(other) for other in Family if other != family}}
