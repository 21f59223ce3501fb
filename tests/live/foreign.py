"""Answers of clouds that nobody planned: rules of every form, around what a plan has."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any

from tests.oracles.packets import ICMP, ICMPV6, LAST, TCP, UDP, Packet
from tests.states import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from segfw.plan import Plan

Held = dict[str, Any]
Files = list[tuple[str, str]]
LISTS = {"pl-0aaa": ["10.0.0.0/9", "198.51.100.0/24"]}
"""Of a second list, pl-0bbb, nobody asked for the entries."""
GROUPS = ("sg-0a1", "sg-0a2")
FAR_ENDS = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")
NSG = (
    "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/RG-Mail-Prod-WestEurope"
    "/providers/Microsoft.Network/networkSecurityGroups/m"
)


class Maker:
    """Makes answers and packets near the prefixes and ports of a plan's flows."""

    def __init__(self, plan: Plan, random: Random) -> None:
        self.plan, self.random = plan, random
        self.prefixes = sorted({str(p) for f in plan.flows for p in f.peer.prefixes})
        self.ranges = sorted({(r.first, r.last) for f in plan.flows for r in f.traffic.ports})

    def pick(self, *of: Any) -> Any:
        return self.random.choice(of)

    def prefix(self) -> str:
        kind = self.random.random()
        if kind > 0.6:
            return self.pick("0.0.0.0/0", "::/0", "2001:db8::/32", "10.0.0.0/8", "8.8.8.8/32")
        found = ipaddress.ip_network(self.pick(*self.prefixes))
        if kind < 0.2 and found.prefixlen > 8:
            return str(found.supernet(self.random.randint(1, 4)))
        if kind < 0.3 and found.prefixlen < 30:
            return str(self.pick(*found.subnets(1)))
        return str(found)

    def ports(self) -> tuple[int, int]:
        first, last = self.pick(*self.ranges)
        wider = (max(0, first - 1), min(65535, last + 1))
        return self.pick((first, last), (first, last), wider, (0, 65535), (1024, 65535))

    def packets(self, count: int) -> Iterator[Packet]:
        for _ in range(count):
            near = ipaddress.ip_network(self.prefix())
            offset = self.pick(-1, 0, near.num_addresses // 2, near.num_addresses - 1)
            family = near.version
            remote = min(max(int(near[0]) + offset, 0), LAST[family])
            protocol = self.pick(TCP, TCP, UDP, ICMP if family == 4 else ICMPV6, 50)
            value = 0
            if protocol in (TCP, UDP):
                value = min(max(self.pick(*self.ports()) + self.pick(0, 0, 1, -1), 0), 65535)
            elif protocol != 50:
                value = self.pick(0, 3 * 256 + 4, 8 * 256, 128 * 256, 129 * 256)
            yield Packet(family, remote, protocol, value)

    # AWS

    def aws(self) -> tuple[Files, list[Held], Held | None]:
        """The answers, and the groups and the network ACL in them."""
        vpc = str(self.plan.settings.interfaces["management"].vpc)
        groups = [self.group(id_, vpc) for id_ in GROUPS[: self.random.randint(1, 2)]]
        described = [
            {"PrefixListId": name, "PrefixListName": name, "AddressFamily": "IPv4"}
            for name in LISTS
        ]
        said: list[tuple[str, Held]] = [
            ("groups.json", {"SecurityGroups": groups}),
            ("lists.json", {"PrefixLists": described}),
        ]
        said += [
            (f"{name}.json", {"Entries": [{"Cidr": one} for one in held]})
            for name, held in LISTS.items()
        ]
        acl = self.acl(vpc) if self.random.random() < 0.5 else None
        said += [("acls.json", {"NetworkAcls": [acl]})] if acl else []
        return [(name, json.dumps(held)) for name, held in said], groups, acl

    def group(self, id_: str, vpc: str) -> Held:
        return {
            "Description": "by hand",
            "GroupName": id_,
            "GroupId": id_,
            "OwnerId": ACCOUNT,
            "VpcId": vpc,
            "IpPermissions": self._permissions(id_),
            "IpPermissionsEgress": self._permissions(id_),
        }

    def _permissions(self, group: str) -> list[Held]:
        """EC2 has one permission to a protocol and ports."""
        found: dict[tuple[Any, ...], Held] = {}
        for _ in range(self.random.randint(0, 5)):
            protocol = self.pick("tcp", "tcp", "udp", "-1", "icmp", "icmpv6", "6", "50")
            ports: tuple[int, int] | tuple[()] = ()
            if protocol in ("tcp", "udp", "6"):
                ports = self.ports()
            elif protocol == "icmp":
                ports = self.pick((-1, -1), (8, 0), (3, 4), (3, -1), (128, 0))
            elif protocol == "icmpv6":
                ports = self.pick((), (-1, -1), (128, 0), (8, 0))
            fields = dict(zip(("FromPort", "ToPort"), ports, strict=bool(ports)))
            ends = self._ends(group)
            found[protocol, ports] = {"IpProtocol": protocol, **fields, **ends}
        return list(found.values())

    def _ends(self, group: str) -> Held:
        prefix = self.prefix()
        word = "CidrIpv6" if ":" in prefix else "CidrIp"
        other_account = {"GroupId": "sg-0ffff", "UserId": "999922223333"}
        one = self.pick(
            *[("Ipv6Ranges" if ":" in prefix else "IpRanges", {word: prefix})] * 5,
            ("UserIdGroupPairs", {"GroupId": group, "UserId": ACCOUNT}),
            ("UserIdGroupPairs", other_account),
            ("PrefixListIds", {"PrefixListId": self.pick("pl-0aaa", "pl-0bbb")}),
        )
        return {**{field: [] for field in FAR_ENDS}, one[0]: [one[1]]}

    def acl(self, vpc: str) -> Held:
        entries = [self._entry(n, egress=e) for e in (False, True) for n in self._numbers(200)]
        for egress in (False, True):
            last = {"Egress": egress, "Protocol": "-1", "RuleAction": "deny"}
            entries.append({**last, "RuleNumber": 32767, "CidrBlock": "0.0.0.0/0"})
            entries.append({**last, "RuleNumber": 32768, "Ipv6CidrBlock": "::/0"})
        return {
            "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}],
            "Entries": entries,
            "IsDefault": False,
            "NetworkAclId": "acl-1",
            "OwnerId": ACCOUNT,
            "Tags": [],
            "VpcId": vpc,
        }

    def _numbers(self, last: int) -> list[int]:
        return self.random.sample(range(100, last), self.random.randint(0, 8))

    def _entry(self, number: int, *, egress: bool) -> Held:
        protocol, prefix = self.pick("6", "6", "17", "-1", "1", "58", "50"), self.prefix()
        more: Held = {}
        if protocol in ("6", "17"):
            more["PortRange"] = dict(zip(("From", "To"), self.ports(), strict=True))
        elif protocol in ("1", "58"):
            kind = self.pick((-1, -1), (8, 0), (0, 0), (128, -1))
            more["IcmpTypeCode"] = dict(zip(("Type", "Code"), kind, strict=True))
        return {
            "Egress": egress,
            "Protocol": protocol,
            "RuleAction": self.pick("allow", "allow", "deny"),
            "RuleNumber": number,
            "Ipv6CidrBlock" if ":" in prefix else "CidrBlock": prefix,
            **more,
        }

    # Azure

    def azure(self) -> tuple[Files, Held]:
        """The answer, flattened as `az` has it or as ARM's own, and the NSG in it."""
        rules = [
            self._rule(number, way)
            for way in ("Inbound", "Outbound")
            for number in sorted(self._numbers(4000))
        ]
        if self.random.random() < 0.6:
            rules += [self._last(way) for way in ("Inbound", "Outbound")]
        outer = {"id": NSG, "name": "m", "location": "westeurope"}
        inner = {"securityRules": rules, "defaultSecurityRules": []}
        if self.random.random() < 0.5:
            return [("nsgs.json", json.dumps([{**outer, **inner, "tags": None}]))], inner
        apart = [
            {"name": r["name"], "properties": {k: v for k, v in r.items() if k != "name"}}
            for r in rules
        ]
        arm = {"value": [{**outer, "properties": {**inner, "securityRules": apart}}]}
        return [("nsgs.json", json.dumps(arm))], inner

    def _last(self, way: str) -> Held:
        ends = ("sourceAddressPrefix", "destinationAddressPrefix")
        every = dict.fromkeys((*ends, "sourcePortRange", "destinationPortRange", "protocol"), "*")
        return {
            **every, "name": f"last{way}", "direction": way, "access": "Deny", "priority": 4096
        }  # fmt: skip

    def _rule(self, number: int, way: str) -> Held:
        far, near = ("source", "destination")[:: 1 if way == "Inbound" else -1]
        own = ("*", "*", "*", "VirtualNetwork", "10.50.100.0/24", "10.50.0.0/16", "10.50.100.7")
        halves = {f"{near}AddressPrefixes": ["10.50.100.0/25", "10.50.100.128/25"]}
        one = {f"{near}AddressPrefix": self.pick(*own), f"{near}AddressPrefixes": []}
        return {
            "name": f"{way}{number}",
            "access": self._case(self.pick("Allow", "Allow", "Deny")),
            "direction": self._case(way),
            "priority": number,
            "protocol": self._case(self.pick("Tcp", "Tcp", "Udp", "*", "Icmp", "Esp")),
            "sourcePortRange": self.pick("*", "*", "*", "0-65535", "1024-65535"),
            **self.pick(halves, one, one, one),
            **self._far(far),
            **self._some("destinationPortRange", "s", self._port_text),
        }

    def _case(self, word: str) -> str:
        return self.pick(word, word.upper(), word.lower())

    def _far(self, far: str) -> Held:
        if self.random.random() < 0.1:
            return {f"{far}ApplicationSecurityGroups": [{"id": "/subscriptions/x/asg"}]}
        return self._some(f"{far}AddressPrefix", "es", self._address)

    def _some(self, field: str, plural: str, value: Any) -> Held:
        if self.random.random() < 0.5:
            return {field: value(), field + plural: []}
        return {field: None, field + plural: sorted({value(), value()})}

    def _address(self) -> str:
        """ARM takes a bare address and host bits too, and a tag in any letters."""
        prefix = self.prefix()
        tags = (
            "*",
            "Any",
            "Internet",
            "internet",
            "VirtualNetwork",
            "AzureLoadBalancer",
            "Storage",
        )
        bits = prefix.replace(".0/24", ".5/24")
        return self.pick(prefix, bits, prefix.removesuffix("/32"), self.pick(*tags))

    def _port_text(self) -> str:
        first, last = self.ports()
        return self.pick("*", *[str(first) if first == last else f"{first}-{last}"] * 3)
