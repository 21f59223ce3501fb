"""What Azure refuses in the rules of a network security group, with its code and its words.

Codes and texts are those that public reports of the real service quote
(articles/virtual-network/network-security-groups-overview.md in MicrosoftDocs/azure-docs,
azure-powershell #4557, terraform-provider-azurerm #5617 and #12534, cloud-provider-azure #6775,
data-safe-haven #2077).  The codes in :data:`OURS` stand for refusals that are documented but
whose code no public report gave.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sandbox.arm_tags import is_service_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Deliberately not taken from `segfw.limits`: this module checks what the compiler believes.
RULES: Final = 1000
PREFIXES: Final = 4000
PRIORITIES: Final = (100, 4096)
NAME_LENGTH: Final = 80
DESCRIPTION_LENGTH: Final = 140
LAST_PORT: Final = 65535

OURS: Final = frozenset(
    {
        "SecurityRuleDescriptionTooLong",
        "SecurityRuleMissingParameter",
        "SecurityRuleParameterConflict",
        "SecurityRulePortsNotSupportedForProtocol",
        "SecurityRulesPerNetworkSecurityGroupLimitReached",
        "SecurityRuleAddressPrefixesLimitReached",
    }
)

ENUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "access": ("Allow", "Deny"),
    "direction": ("Inbound", "Outbound"),
    "protocol": ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*"),
}
_WITHOUT_PORTS: Final = frozenset({"Icmp", "Esp", "Ah"})
_SIDES: Final = ("source", "destination")

_NAME = re.compile(r"\w([\w.-]*\w)?", re.ASCII)
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error of ARM."""

    status: int
    code: str
    message: str


class Refused(Exception):
    """Carries a refusal up to the request that it answers."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """With the words of *message*."""
        super().__init__(message)
        self.refusal = Refusal(status=status, code=code, message=message)


def check_rules(group_id: str, rules: Sequence[Mapping[str, Any]]) -> None:
    """Returns if Azure takes *rules* (ARM form, with ``properties``) together in one group.

    Raises:
        Refused: the first thing that it does not take.
    """
    if len(rules) > RULES:
        count = f"{len(rules)} security rules"
        text = f"Network security group {group_id} has {count}; the limit is {RULES}."
        raise Refused("SecurityRulesPerNetworkSecurityGroupLimitReached", text)
    for rule in rules:
        check_name(str(rule.get("name", "")))
        _check_rule(
            f"{group_id}/securityRules/{rule['name']}", rule["name"], rule.get("properties", {})
        )
    _check_names(group_id, rules)
    _check_priorities(rules)
    for side in _SIDES:
        count = sum(len(_values(rule["properties"], f"{side}AddressPrefix")) for rule in rules)
        if count > PREFIXES:
            many = f"{count} {side} prefixes"
            text = f"Network security group {group_id} has {many}; the limit is {PREFIXES}."
            raise Refused("SecurityRuleAddressPrefixesLimitReached", text)


def check_name(name: str) -> None:
    """Returns if *name* is legal for a group or a rule."""
    if len(name) > NAME_LENGTH or not _NAME.fullmatch(name):
        text = (
            f"Resource name {name} is invalid. The name can be up to {NAME_LENGTH} characters long."
            " It must begin with a word character, and it must end with a word character or with"
            " '_'. The name may contain word characters or '.', '-', '_'."
        )
        raise Refused("InvalidResourceName", text)


def _check_names(group_id: str, rules: Sequence[Mapping[str, Any]]) -> None:
    counts = Counter(str(rule["name"]).lower() for rule in rules)
    for rule in rules:
        if counts[str(rule["name"]).lower()] > 1:
            text = (
                f"Resource {group_id} has two child resources with the same name ({rule['name']})."
            )
            raise Refused("DuplicateResourceName", text)


def _check_priorities(rules: Sequence[Mapping[str, Any]]) -> None:
    seen: dict[tuple[str, int], str] = {}
    for rule in rules:
        place = (rule["properties"]["direction"], rule["properties"]["priority"])
        if place in seen:
            text = (
                f"Security rule {rule['name']} conflicts with rule {seen[place]}."
                " Rules cannot have the same Priority and Direction."
            )
            raise Refused("SecurityRuleConflict", text)
        seen[place] = rule["name"]


def _check_rule(rule_id: str, name: str, said: Mapping[str, Any]) -> None:
    for field, values in ENUMS.items():
        if said.get(field) not in values:
            text = (
                f"Cannot parse the request. Security rule {name} has {field} '{said.get(field)}';"
                f" one of {', '.join(values)} is expected, in this case."
            )
            raise Refused("InvalidRequestFormat", text)
    first, last = PRIORITIES
    priority = said.get("priority")
    if not isinstance(priority, int) or not first <= priority <= last:
        text = (
            f"Security rule has invalid Priority. Value provided: {priority}"
            f" Allowed range {first}-{last}."
        )
        raise Refused("SecurityRuleInvalidPriority", text)
    description = str(said.get("description") or "")
    if len(description) > DESCRIPTION_LENGTH:
        text = (
            f"Security rule {rule_id} has a description of {len(description)} characters;"
            f" at most {DESCRIPTION_LENGTH} are allowed."
        )
        raise Refused("SecurityRuleDescriptionTooLong", text)
    for side in _SIDES:
        _check_ports(rule_id, side, said)
    networks = [network for side in _SIDES for network in _check_addresses(rule_id, side, said)]
    if len({network.version for network in networks}) > 1:
        text = (
            f"Resource {rule_id} cannot contain address prefixes from different address families."
        )
        raise Refused("ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies", text)


def _one_form(rule_id: str, singular: str, said: Mapping[str, Any], *others: str) -> bool:
    """Whether the plural form is used; refuses both and neither."""
    one, many = said.get(singular), said.get(_plural(singular))
    forms = [bool(one), bool(many), *(bool(said.get(other)) for other in others)]
    parameter = _parameter(singular)
    if sum(forms) > 1:
        text = f"Security rule {rule_id} sets {parameter} in more than one form; set one."
        raise Refused("SecurityRuleParameterConflict", text)
    if not any(forms):
        text = f"Security rule {rule_id} sets {parameter} in no form; set one."
        raise Refused("SecurityRuleMissingParameter", text)
    return bool(many)


def _check_ports(rule_id: str, side: str, said: Mapping[str, Any]) -> None:
    singular = f"{side}PortRange"
    plural = _one_form(rule_id, singular, said)
    for value in _values(said, singular):
        if value == "*" and plural:
            text = (
                f"Security rule parameter {_parameter(singular)} for rule with Id {rule_id} cannot"
                f" specify '*' among several port ranges."
            )
            raise Refused("SecurityRuleParameterContainsInvalidPortRanges", text)
        if value != "*" and said["protocol"] in _WITHOUT_PORTS:
            text = (
                f"Security rule {rule_id} has protocol {said['protocol']};"
                " its port ranges must be '*'."
            )
            raise Refused("SecurityRulePortsNotSupportedForProtocol", text)
        if value != "*" and not _is_port_range(value):
            text = (
                f"Security rule has invalid Port range. Value provided: {value}. Value should be an"
                " integer OR integer range with '-' delimiter. Valid range 0-65535."
            )
            raise Refused("SecurityRuleInvalidPortRange", text)


def _is_port_range(value: str) -> bool:
    match = _PORTS.fullmatch(value)
    if match is None:
        return False
    first, last = int(match[1]), int(match[2] or match[1])
    return first <= last <= LAST_PORT


def _check_addresses(rule_id: str, side: str, said: Mapping[str, Any]) -> list[Network]:
    singular = f"{side}AddressPrefix"
    plural = _one_form(rule_id, singular, said, f"{side}ApplicationSecurityGroups")
    networks: list[Network] = []
    for value in _values(said, singular):
        if value == "*" or is_service_tag(value):
            if plural:
                text = (
                    f"Security rule parameter {_parameter(singular)} for rule with Id {rule_id}"
                    " cannot specify existing VIRTUALNETWORK, INTERNET, AZURELOADBALANCER, '*' or"
                    f" system tags. Unsupported value used: {value}."
                )
                raise Refused("SecurityRuleParameterContainsUnsupportedValue", text)
            continue
        networks.append(_network(value))
    for one, other in _overlaps(networks):
        text = (
            f"Security rule parameter {_parameter(singular)} for rule with Id {rule_id} contains"
            f" overlapping subnets [{one}, {other}], which is not permitted."
        )
        raise Refused("OverlappingSubnetsNotPermittedInSecurityRule", text)
    return networks


def _network(value: str) -> Network:
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        text = f"Security rule has invalid Address prefix. Value provided: {value}"
        raise Refused("SecurityRuleInvalidAddressPrefix", text) from None


def _overlaps(networks: Sequence[Network]) -> Iterator[tuple[Network, Network]]:
    for family in (4, 6):
        own = [network for network in networks if network.version == family]
        ordered = sorted(own, key=lambda network: (int(network.network_address), network.prefixlen))
        # In this order a network that overlaps any later one overlaps the next.
        for one, other in itertools.pairwise(ordered):
            if one.overlaps(other):  # type: ignore[arg-type]
                yield one, other


def _values(said: Mapping[str, Any], singular: str) -> list[str]:
    one = said.get(singular)
    return [str(one)] if one else [str(item) for item in said.get(_plural(singular)) or []]


def _plural(singular: str) -> str:
    return f"{singular}es" if singular.endswith("Prefix") else f"{singular}s"


def _parameter(singular: str) -> str:
    return singular[0].upper() + singular[1:]
