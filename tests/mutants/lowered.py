"""Changes to resources as they are sent to the engine, each of them one mistake.

A resource is its name, its type and its inputs. What cannot be said of an enforcement
point is not tried there: a security group's rules have no number and no action, and only
an NSG's rules have two ends.
"""

from __future__ import annotations

import copy
import ipaddress
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
LAST_PORT = 65535


class Mutant(NamedTuple):
    """The resources of one enforcement point, with one change."""

    kind: str
    what: str
    resources: list


def widened(prefix: str) -> str:
    network = ipaddress.ip_network(prefix)
    return str(network.supernet()) if network.prefixlen else prefix


def narrowed(prefix: str) -> str:
    network = ipaddress.ip_network(prefix)
    return str(next(network.subnets())) if network.prefixlen < network.max_prefixlen else prefix


def moved(prefix: str) -> str:
    """The next prefix of the same length; the last one wraps."""
    network = ipaddress.ip_network(prefix)
    last = 2**network.max_prefixlen
    first = (int(network.network_address) + network.num_addresses) % last
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return f"{kind(first)}/{network.prefixlen}"


PREFIXES = {"widen": widened, "narrow": narrowed, "move": moved}


def ranges(first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """A range with one bound or both a port off; those that are none are left out."""
    for kind, low, high in (
        ("a port more", first, last + 1),
        ("a port more below", first - 1, last),
        ("a port less", first, last - 1),
        ("a port less below", first + 1, last),
        ("shift up", first + 1, last + 1),
        ("shift down", first - 1, last - 1),
    ):
        if 0 <= low <= high <= LAST_PORT:
            yield kind, low, high


def group_mutants(resources: list) -> Iterator[Mutant]:
    for index, (name, token, inputs) in enumerate(resources):
        if "ipProtocol" not in inputs:
            continue
        before, after = resources[:index], resources[index + 1 :]
        yield Mutant("drop", name, [*before, *after])
        for kind, *changed in _group_changes(token, inputs):
            yield Mutant(kind, name, [*before, (name, *changed), *after])


def _group_changes(token: str, inputs: dict) -> Iterator[tuple[str, str, dict]]:
    for field in ("cidrIpv4", "cidrIpv6"):
        if field in inputs:
            for kind, change in PREFIXES.items():
                yield kind, token, {**inputs, field: change(inputs[field])}
    for field in ("prefixListId", "referencedSecurityGroupId"):
        if field in inputs:
            yield "another reference", token, {**inputs, field: "sg-or-pl-of-someone"}
    bare = {k: v for k, v in inputs.items() if k not in ("fromPort", "toPort")}
    first, last = inputs["fromPort"], inputs["toPort"]
    if inputs["ipProtocol"] in ("tcp", "udp"):
        for kind, low, high in ranges(first, last):
            yield kind, token, {**inputs, "fromPort": low, "toPort": high}
        other = {"tcp": "udp", "udp": "tcp"}[inputs["ipProtocol"]]
        yield "protocol", token, {**inputs, "ipProtocol": other}
    else:
        yield "type", token, {**inputs, "fromPort": first + 1}
        yield "every code", token, {**inputs, "toPort": -1}
        other = {"icmp": "icmpv6", "icmpv6": "icmp"}[inputs["ipProtocol"]]
        yield "protocol", token, {**inputs, "ipProtocol": other}
    yield "every protocol", token, {**bare, "ipProtocol": "-1"}
    yield "direction", INGRESS_RULE if token == EGRESS_RULE else EGRESS_RULE, inputs


def acl_mutants(resources: list) -> Iterator[Mutant]:
    ((name, token, inputs),) = resources

    def having(side: str, entries: list) -> list:
        return [(name, token, {**inputs, side: entries})]

    for side in ("ingress", "egress"):
        entries = inputs[side]
        for index, entry in enumerate(entries):
            what = f"{side} {entry['ruleNo']}"
            rest = [*entries[:index], *entries[index + 1 :]]
            yield Mutant("drop", what, having(side, rest))
            other = "egress" if side == "ingress" else "ingress"
            number = {**entry, "ruleNo": max(e["ruleNo"] for e in inputs[other]) + 1}
            turned = {**inputs, side: rest, other: [*inputs[other], number]}
            yield Mutant("direction", what, [(name, token, turned)])
            for kind, changed in _entry_changes(entry):
                yield Mutant(kind, what, having(side, [*rest, changed]))
        for one, two in _to_swap(entries, "ruleNo", "action"):
            swapped = _swapped(entries, one, two, "ruleNo")
            yield Mutant("swap", f"{one['ruleNo']} {two['ruleNo']}", having(side, swapped))
        late = copy.deepcopy(entries)
        for entry in late:  # the guards after everything else
            if entry["action"] == "deny":
                entry["ruleNo"] += 20_000
        yield Mutant("guards last", side, having(side, late))


def _to_swap(rules: list, number: str, action: str) -> Iterator[tuple[dict, dict]]:
    """Neighbours, and every two of which one allows and the other denies."""
    ordered = sorted(rules, key=lambda rule: rule[number])
    yield from pairwise(ordered)
    for one, two in combinations(ordered, 2):
        if one[action] != two[action]:
            yield one, two


def _swapped(rules: list, one: dict, two: dict, number: str) -> list:
    rest = [rule for rule in rules if rule is not one and rule is not two]
    return [*rest, {**one, number: two[number]}, {**two, number: one[number]}]


def _entry_changes(entry: dict) -> Iterator[tuple[str, dict]]:
    field = "cidrBlock" if "cidrBlock" in entry else "ipv6CidrBlock"
    for kind, change in PREFIXES.items():
        yield kind, {**entry, field: change(entry[field])}
    yield "flip", {**entry, "action": "deny" if entry["action"] == "allow" else "allow"}
    if entry["protocol"] in ("6", "17"):
        for kind, low, high in ranges(entry["fromPort"], entry["toPort"]):
            yield kind, {**entry, "fromPort": low, "toPort": high}
        yield "protocol", {**entry, "protocol": "17" if entry["protocol"] == "6" else "6"}
    else:
        yield "type", {k: v for k, v in entry.items() if not k.startswith("icmp")}
        yield "every type", {**entry, "icmpType": -1, "icmpCode": -1}
        yield "protocol", {**entry, "protocol": {"1": "58", "58": "1"}[entry["protocol"]]}
    yield "every protocol", {**entry, "protocol": "-1", "fromPort": 0, "toPort": 0}


def nsg_mutants(resources: list) -> Iterator[Mutant]:
    ((name, token, inputs),) = resources
    rules = inputs["securityRules"]

    def having(changed: list) -> list:
        return [(name, token, {**inputs, "securityRules": changed})]

    for index, rule in enumerate(rules):
        rest = [*rules[:index], *rules[index + 1 :]]
        yield Mutant("drop", rule["name"], having(rest))
        for changes in (_nsg_changes, _nsg_far_ends, _nsg_ports):
            for kind, changed in changes(rule):
                yield Mutant(kind, rule["name"], having([*rest, changed]))
    for way in ("Inbound", "Outbound"):
        chosen = [rule for rule in rules if rule["direction"] == way]
        for one, two in _to_swap(chosen, "priority", "access"):
            what = f"{one['name']} {two['name']}"
            yield Mutant("swap", what, having(_swapped(rules, one, two, "priority")))


def _nsg_changes(rule: dict) -> Iterator[tuple[str, dict]]:
    yield "flip", {**rule, "access": "Deny" if rule["access"] == "Allow" else "Allow"}
    into = rule["direction"] == "Inbound"
    turned = {**rule, "direction": "Outbound" if into else "Inbound", "priority": 4000}
    yield "direction", dict(turned)
    near = "destination" if into else "source"
    yield "near end", {**rule, f"{near}AddressPrefix": "10.20.100.4/32"}
    yield "source and destination", _ends_swapped(rule)
    yield "direction with its ends", _ends_swapped(turned)
    if rule["protocol"] in ("Tcp", "Udp"):
        yield "protocol", {**rule, "protocol": "Udp" if rule["protocol"] == "Tcp" else "Tcp"}
    yield "every protocol", {**rule, "protocol": "*"}


ENDS = ("AddressPrefix", "AddressPrefixes", "ApplicationSecurityGroups")


def _ends_swapped(rule: dict) -> dict:
    found = {k: v for k, v in rule.items() if not k.endswith(ENDS)}
    for own, other in (("source", "destination"), ("destination", "source")):
        found |= {own + end: rule[other + end] for end in ENDS if other + end in rule}
    return found


def _nsg_far_ends(rule: dict) -> Iterator[tuple[str, dict]]:
    peer = "source" if rule["direction"] == "Inbound" else "destination"
    single, plural, groups = (peer + end for end in ENDS)
    one, many = rule.get(single), rule.get(plural)
    if one and (one[0].isdigit() or ":" in one):
        for kind, change in PREFIXES.items():
            yield kind, {**rule, single: change(one)}
        yield "everyone", {**rule, single: "*"}
        yield "Internet", {**rule, single: "Internet"}
    elif one and one != "*":
        yield "another reference", {**rule, single: "SomeoneElse"}
    elif rule.get(groups):
        yield "another reference", {**rule, groups: [{"id": "/subscriptions/0/asg/other"}]}
    for index, prefix in enumerate(many or ()):
        rest = [*many[:index], *many[index + 1 :]]
        yield "lose a prefix", {**rule, plural: rest}
        for kind, change in PREFIXES.items():
            yield kind, {**rule, plural: [*rest, change(prefix)]}


def _nsg_ports(rule: dict) -> Iterator[tuple[str, dict]]:
    single, plural = "destinationPortRange", "destinationPortRanges"
    texts = rule.get(plural) or [rule[single]]
    bare = {k: v for k, v in rule.items() if k not in (single, plural)}
    if texts == ["*"]:
        yield "a port", {**bare, single: "443"}
        return
    yield "every port", {**bare, single: "*"}
    for index, text in enumerate(texts):
        first, _, last = text.partition("-")
        rest = [*texts[:index], *texts[index + 1 :]]
        if rest:
            yield "lose a range", {**bare, plural: rest}
        for kind, low, high in ranges(int(first), int(last or first)):
            yield kind, {**bare, plural: [*rest, f"{low}-{high}"]}


MUTATORS = {"security-group": group_mutants, "network-acl": acl_mutants, "nsg": nsg_mutants}
