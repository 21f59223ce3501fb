"""EC2's words for rules and entries, as one form that can be compared, and as the engine's."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from tests.oracles import naive
from tests.oracles.packets import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOLD_APART_BY = (
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIpv4",
    "CidrIpv6",
    "PrefixListId",
    "ReferencedGroup",
)


def rule_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of one far end in EC2's words, without what decides on no packet."""
    group = rule.get("ReferencedGroup") or (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    kept = {"IsEgress": rule["IsEgress"], **{k: rule.get(k) for k in TOLD_APART_BY}}
    kept["ReferencedGroup"] = group
    return {key: value for key, value in kept.items() if value not in (None, "")}


def key_of(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    ports = () if rule["IpProtocol"] == "-1" else (rule.get("FromPort"), rule.get("ToPort"))
    far = (rule.get(name) for name in TOLD_APART_BY[3:])
    return (rule["IsEgress"], rule["IpProtocol"], ports, *far)


def permissions_of(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each far end of each permission as a rule of its own."""
    for one in said.get("IpPermissions", []):
        base = {key: one[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in one}
        for field, inner, name in (
            ("IpRanges", "CidrIp", "CidrIpv4"),
            ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
            ("PrefixListIds", "PrefixListId", "PrefixListId"),
            ("UserIdGroupPairs", "GroupId", "ReferencedGroup"),
        ):
            for far_end in one.get(field, []):
                yield {**base, name: far_end[inner]}


def resource_of(rule: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A rule as the engine would spell it, which is what the naive evaluator reads."""
    direction = "Egress" if rule["IsEgress"] else "Ingress"
    inputs = {
        "ipProtocol": rule["IpProtocol"],
        "fromPort": rule.get("FromPort"),
        "toPort": rule.get("ToPort"),
        "cidrIpv4": rule.get("CidrIpv4"),
        "cidrIpv6": rule.get("CidrIpv6"),
        "prefixListId": rule.get("PrefixListId"),
        "referencedSecurityGroupId": rule.get("ReferencedGroup"),
    }
    said = {key: value for key, value in inputs.items() if value is not None}
    return naive.RULE.format(direction, direction), said


def entry_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A network ACL's entry as the engine would spell it."""
    icmp, ports = entry.get("IcmpTypeCode") or {}, entry.get("PortRange") or {}
    said = {
        "ruleNo": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": entry["Protocol"],
        "cidrBlock": entry.get("CidrBlock"),
        "ipv6CidrBlock": entry.get("Ipv6CidrBlock"),
        "icmpType": icmp.get("Type"),
        "icmpCode": icmp.get("Code"),
        "fromPort": ports.get("From"),
        "toPort": ports.get("To"),
    }
    return {key: value for key, value in said.items() if value is not None and value != ""}


def address_of(text: str) -> Span:
    address = ipaddress.ip_address(text)
    return address.version, int(address), int(address)
