"""Whether a cloud lets a packet through, from the inputs as the engine spells them.

Slow and obvious, and apart from everything in segfw: the rules are read one by one, and
a packet is held against each of them in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracles.packets import (
    ANY_REMOTE,
    ICMP,
    ICMPV6,
    LAST,
    LAST_VALUE,
    TCP,
    UDP,
    Match,
    Packet,
    Span,
    span,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Inputs = dict[str, Any]
EC2_PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}
ARM_PROTOCOLS = {"Tcp": TCP, "Udp": UDP, "Icmp": ICMP, "Esp": 50, "Ah": 51}
WAYS = {"Inbound": "ingress", "Outbound": "egress"}
RULE = "aws:vpc/securityGroup{}Rule:SecurityGroup{}Rule"
TOKENS = {RULE.format("Ingress", "Ingress"): "ingress", RULE.format("Egress", "Egress"): "egress"}
PRIVATE = sorted(
    span(p) for p in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def lets_through(rules: Iterable[Match], packet: Packet) -> bool:
    """The first rule that matches decides; none does: denied.

    Where there is no deny (security groups), that is: any rule that matches is enough.
    """
    for rule in rules:
        if rule.matches(packet):
            return rule.allow
    return False


def group_rules(
    resources: Iterable[tuple[str, Inputs]], direction: str, lists: Mapping[str, list[Span | str]]
) -> list[Match]:
    """The rules of security groups in one direction; *lists* says what ids stand for."""
    found = []
    for token, inputs in resources:
        if TOKENS.get(token) != direction:
            continue
        if "cidrIpv4" in inputs or "cidrIpv6" in inputs:
            remotes = [span(inputs.get("cidrIpv4") or inputs["cidrIpv6"])]
        elif "prefixListId" in inputs:
            remotes = lists.get(inputs["prefixListId"], [inputs["prefixListId"]])
        else:
            group = inputs["referencedSecurityGroupId"]
            remotes = lists.get(group, [group])
        found.append(Match((_ec2_service(inputs),), tuple(remotes), label=str(inputs)))
    return found


def _ec2_service(inputs: Inputs) -> tuple[int | None, int, int]:
    if inputs["ipProtocol"] == "-1":
        return None, 0, LAST_VALUE
    protocol = EC2_PROTOCOLS[inputs["ipProtocol"]]
    first, last = inputs["fromPort"], inputs["toPort"]
    if protocol in (ICMP, ICMPV6):  # the type and the code, -1 for every one
        return _icmp(protocol, first, last)
    return protocol, first, last


def _icmp(protocol: int, kind: int, code: int) -> tuple[int, int, int]:
    if kind == -1:
        return protocol, 0, LAST_VALUE
    if code == -1:
        return protocol, kind * 256, kind * 256 + 255
    return protocol, kind * 256 + code, kind * 256 + code


def acl_entries(inputs: Inputs, direction: str) -> list[Match]:
    """A network ACL's entries of one direction, in the order in which they are tried."""
    return [
        Match(
            (_acl_service(entry),),
            (span(entry.get("cidrBlock") or entry["ipv6CidrBlock"]),),
            allow=entry["action"] == "allow",
            label=str(entry),
        )
        for entry in sorted(inputs[direction], key=lambda entry: entry["ruleNo"])
    ]


def _acl_service(entry: Inputs) -> tuple[int | None, int, int]:
    if entry["protocol"] == "-1":
        return None, 0, LAST_VALUE
    protocol = int(entry["protocol"])
    if protocol in (ICMP, ICMPV6):  # type 0, code 0 where nothing is said
        return _icmp(protocol, entry.get("icmpType", 0), entry.get("icmpCode", 0))
    if protocol in (TCP, UDP):
        return protocol, entry["fromPort"], entry["toPort"]
    return protocol, 0, LAST_VALUE


def nsg_rules(inputs: Inputs, direction: str) -> list[Match]:
    """An NSG's rules of one direction, in the order in which they are tried, Azure's own last."""
    peer = "source" if direction == "ingress" else "destination"
    mine = "destination" if direction == "ingress" else "source"
    found = []
    for rule in sorted(inputs["securityRules"], key=lambda rule: rule["priority"]):
        if WAYS[rule["direction"]] != direction:
            continue
        assert rule[f"{mine}AddressPrefix"] == "*", rule
        assert rule["sourcePortRange"] == "*", rule
        remotes = [
            far_end
            for one in _values(rule, f"{peer}AddressPrefix", "es")
            for far_end in _arm_remotes(one)
        ]
        remotes += [g["id"] for g in rule.get(f"{peer}ApplicationSecurityGroups", [])]
        services = [
            service
            for ports in _values(rule, "destinationPortRange", "s")
            for service in _arm_services(rule["protocol"], ports)
        ]
        found.append(
            Match(tuple(services), tuple(remotes), rule["access"] == "Allow", rule["name"])
        )
    return [*found, *_defaults(direction)]


def _values(rule: Inputs, field: str, plural: str) -> list[str]:
    one, many = rule.get(field), rule.get(field + plural)
    assert (one is None) != (many is None) or f"{field[:6]}" == "source" or many is None, rule
    return [one] if one is not None else list(many or [])


def _arm_services(protocol: str, ports: str) -> list[tuple[int | None, int, int]]:
    if ports == "*":
        first, last = 0, LAST_VALUE
    else:
        first, last = (int(p) for p in (ports if "-" in ports else f"{ports}-{ports}").split("-"))
    if protocol == "*":
        return [(None, 0, LAST_VALUE)] if ports == "*" else [(TCP, first, last), (UDP, first, last)]
    number = ARM_PROTOCOLS[protocol]
    return [(number, first, last)]


def _arm_remotes(value: str) -> list[Span | str]:
    """A prefix, ``*``, or a tag; of the tags only ``Internet`` has members that are known."""
    if value == "Internet":
        return list(_public())
    return [value if value == ANY_REMOTE or value[0].isupper() else span(value)]


def _defaults(direction: str) -> list[Match]:
    """65000, 65001 and 65500: the virtual network, the load balancer or the internet, nothing."""
    everything = ((None, 0, LAST_VALUE),)
    second = "AzureLoadBalancer" if direction == "ingress" else "Internet"
    return [
        Match(everything, ("VirtualNetwork",), label="65000"),
        Match(everything, tuple(_arm_remotes(second)), label="65001"),
        Match(everything, (ANY_REMOTE,), allow=False, label="65500"),
    ]


def _public() -> Iterator[Span]:
    """What is not private space: the virtual network's own addresses are not known here."""
    for family, last_of_all in LAST.items():
        start = 0
        for own, first, last in PRIVATE:
            if own == family:
                yield family, start, first - 1
                start = last + 1
        yield family, start, last_of_all
