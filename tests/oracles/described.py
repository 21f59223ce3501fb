"""Whether a cloud lets a packet through, from what `aws` and `az` answer: by nobody's plan.

Slow and obvious, and apart from everything in segfw. What such an answer leaves open
(members of a reference, the gateway's own address, the port that a packet is sent from) is
left open here too: a verdict is the set of all that may be.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.oracles.packets import ICMP, ICMPV6, TCP, UDP, Packet

Held = dict[str, Any]
EC2 = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}
ARM = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "esp": 50, "ah": 51, "*": None}
SIDES = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
FAR = {"ingress": ("source", "destination"), "egress": ("destination", "source")}
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
NO, PERHAPS, YES = range(3)
YES_ONLY, NO_ONLY, EITHER = {True}, {False}, {True, False}


def address(packet: Packet) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    kind = ipaddress.IPv4Address if packet.family == 4 else ipaddress.IPv6Address
    return kind(packet.remote)


def lies_in(ip: Any, prefix: str) -> bool:
    network = ipaddress.ip_network(prefix, strict=False)
    return ip.version == network.version and ip in network


def group_verdict(
    groups: list[Held], way: str, packet: Packet, lists: dict[str, list[str]]
) -> set[bool]:
    """What security groups on one network interface say together."""
    ends = [
        _far_end(permission, address(packet), lists)
        for group in groups
        for permission in group[SIDES[way]]
        if _has_service(permission, packet)
    ]
    best = max(ends, default=NO)
    return (NO_ONLY, EITHER, YES_ONLY)[best]


def _has_service(permission: Held, packet: Packet) -> bool:
    protocol = permission["IpProtocol"]
    if protocol == "-1":
        return True
    number = EC2[protocol] if protocol in EC2 else int(protocol)
    first, last = permission.get("FromPort", -1), permission.get("ToPort", -1)
    if number != packet.protocol:
        return False
    if number in (TCP, UDP):
        return first <= packet.value <= last
    return number not in (ICMP, ICMPV6) or _has_type(packet, first, last)


def _has_type(packet: Packet, kind: int, code: int) -> bool:
    """Type and code, -1 for every one."""
    if kind == -1:
        return True
    return packet.value // 256 == kind and code in (-1, packet.value % 256)


def _far_end(permission: Held, ip: Any, lists: dict[str, list[str]]) -> int:
    prefixes = [one["CidrIp"] for one in permission["IpRanges"]]
    prefixes += [one["CidrIpv6"] for one in permission["Ipv6Ranges"]]
    named = [one["PrefixListId"] for one in permission["PrefixListIds"]]
    prefixes += [prefix for name in named for prefix in lists.get(name, ())]
    if any(lies_in(ip, prefix) for prefix in prefixes):
        return YES
    open_ended = permission["UserIdGroupPairs"] or any(name not in lists for name in named)
    return PERHAPS if open_ended else NO


def acl_passes(acl: Held, packet: Packet, *, egress: bool) -> bool:
    """What a network ACL says: the first entry by number that matches."""
    for entry in sorted(acl["Entries"], key=lambda entry: entry["RuleNumber"]):
        prefix = entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
        if entry["Egress"] is not egress or not lies_in(address(packet), prefix):
            continue
        if _entry_has(entry, packet):
            return entry["RuleAction"] == "allow"
    return False


def _entry_has(entry: Held, packet: Packet) -> bool:
    protocol = int(entry["Protocol"])
    if protocol == -1:
        return True
    if protocol != packet.protocol:
        return False
    if protocol in (TCP, UDP):
        return entry["PortRange"]["From"] <= packet.value <= entry["PortRange"]["To"]
    kind = entry.get("IcmpTypeCode")
    return kind is None or _has_type(packet, kind["Type"], kind["Code"])


def nsg_verdict(nsg: Held, way: str, packet: Packet, subnet: str) -> set[bool]:
    """What an NSG says to packets of a gateway that is somewhere in *subnet*."""
    found: set[bool] = set()
    for rule in [*_own_rules(nsg, way), *_azures(way)]:
        match = _match(rule, way, packet, subnet)
        if match is not NO:
            found.add(rule["access"].casefold() == "allow")
        if match == YES:
            return found
    return found | {False}


def _own_rules(nsg: Held, way: str) -> list[Held]:
    word = {"ingress": "inbound", "egress": "outbound"}[way]
    own = [rule for rule in nsg["securityRules"] if rule["direction"].casefold() == word]
    return sorted(own, key=lambda rule: rule["priority"])


def _azures(way: str) -> list[Held]:
    """65000 and 65001 (Azure, "Network security groups", default rules)."""
    far, near = FAR[way]
    second = "AzureLoadBalancer" if way == "ingress" else "Internet"
    every = {"sourcePortRange": "*", "destinationPortRange": "*", f"{near}AddressPrefix": "*"}
    return [
        {"access": "Allow", "protocol": "*", f"{far}AddressPrefix": tag, **every}
        for tag in ("VirtualNetwork", second)
    ]


def _match(rule: Held, way: str, packet: Packet, subnet: str) -> int:
    far, near = FAR[way]
    if not _rule_has(rule, packet):
        return NO
    groups = rule.get(f"{far}ApplicationSecurityGroups")
    ends = [_end(value, address(packet)) for value in values(rule, f"{far}AddressPrefix")]
    from_any = rule["sourcePortRange"] in ("*", "0-65535")
    return min(
        max(ends + [PERHAPS] * bool(groups), default=NO),
        _near(values(rule, f"{near}AddressPrefix"), packet.family, subnet),
        YES if from_any else PERHAPS,
    )


def values(rule: Held, field: str) -> list[str]:
    return (
        [rule[field]]
        if rule.get(field)
        else list(rule.get(f"{field}s") or rule.get(field + "es") or [])
    )


def _rule_has(rule: Held, packet: Packet) -> bool:
    """Protocols without ports are matched by Azure whatever ports stand there, but for "*"."""
    protocol = ARM[rule["protocol"].casefold()]
    ports = values(rule, "destinationPortRange")
    if protocol not in (None, packet.protocol):
        return False
    if packet.protocol in (TCP, UDP):
        bounds = [("0", "65535") if one == "*" else one.split("-") for one in ports]
        return any(int(one[0]) <= packet.value <= int(one[-1]) for one in bounds)
    return protocol is not None or any(one in ("*", "0-65535") for one in ports)


def _end(value: str, ip: Any) -> int:
    word = value.casefold()
    if word in ("*", "any"):
        return YES
    if word == "internet":
        return NO if any(lies_in(ip, prefix) for prefix in PRIVATE) else YES
    if word == "azureloadbalancer":
        return YES if str(ip) == "168.63.129.16" else NO
    if word[0].isalpha() and ":" not in word:
        return PERHAPS
    return YES if lies_in(ip, value) else NO


def _near(ends: list[str], family: int, subnet: str) -> int:
    """Whether the gateway's own address, which is somewhere in *subnet*, is among *ends*."""
    if any(one in ("*", "VirtualNetwork") for one in ends):
        return YES
    own = ipaddress.ip_network(subnet)
    among = [one for one in own if any(lies_in(one, end) for end in ends)]
    if family == own.version and len(among) == own.num_addresses:
        return YES
    return PERHAPS if among else NO
