"""Mutants of what is sent to the engine: the proof must see each one that changes meaning.

A mutant is a change to one resource's inputs. Whether it changes anything is said by the
naive evaluator, over all elementary cells; whether the proof sees it, by lifting it. The
two must agree, and the proof's packet must be one that the naive evaluator decides otherwise.
"""

from __future__ import annotations

import copy
import ipaddress
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest

from segfw import proof
from segfw.catalog import load_catalog
from segfw.clouds.aws_security_group.spec import PrefixListSpec, SecurityGroupRuleSpec
from segfw.clouds.lifted import LiftError
from segfw.plan import make_plan
from segfw.sets.addresses import Family
from tests.oracles.cells import FirstMatch, differences
from tests.oracles.enforcement import DIRECTIONS, known_ids, resources_of, rules_of
from tests.oracles.naive import Inputs, lets_through
from tests.oracles.packets import Packet
from tests.shipped import planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.plan import Plan
    from segfw.sets.headerspace import HeaderSpace

INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
STACKS = ("aws-lab", "azure-lab", "aws-prod-us-east-1")


class Mutant(NamedTuple):
    """The resources of one enforcement point, with one change."""

    what: str
    resources: list


def widened(prefix: str) -> str:
    network = ipaddress.ip_network(prefix)
    return str(network.supernet()) if network.prefixlen else prefix


def narrowed(prefix: str) -> str:
    network = ipaddress.ip_network(prefix)
    return str(next(network.subnets())) if network.prefixlen < network.max_prefixlen else prefix


def shifted(prefix: str) -> str:
    """The next prefix of the same length; the last one wraps."""
    network = ipaddress.ip_network(prefix)
    last = 2**network.max_prefixlen
    first = (int(network.network_address) + network.num_addresses) % last
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return f"{kind(first)}/{network.prefixlen}"


CHANGES = {"widen": widened, "narrow": narrowed, "shift": shifted}


def group_mutants(resources: list) -> Iterator[Mutant]:
    for index, (token, inputs) in enumerate(resources):
        if "ipProtocol" not in inputs:
            continue
        yield Mutant(f"drop {inputs}", resources[:index] + resources[index + 1 :])
        for what, changed in _rule_changes(token, inputs):
            mutated = [*resources[:index], changed, *resources[index + 1 :]]
            yield Mutant(f"{what} {inputs}", mutated)


def _rule_changes(token: str, inputs: dict) -> Iterator[tuple[str, tuple[str, dict]]]:
    for field in ("cidrIpv4", "cidrIpv6"):
        if field in inputs:
            for what, change in CHANGES.items():
                yield what, (token, {**inputs, field: change(inputs[field])})
    if inputs["ipProtocol"] in ("tcp", "udp"):
        first, last = inputs["fromPort"], inputs["toPort"]
        yield "port up", (token, {**inputs, "fromPort": first, "toPort": min(last + 1, 65535)})
        yield "port down", (token, {**inputs, "fromPort": first - 1})
        yield "port away", (token, {**inputs, "fromPort": first - 1, "toPort": last - 1})
        other = {"tcp": "udp", "udp": "tcp"}[inputs["ipProtocol"]]
        yield "protocol", (token, {**inputs, "ipProtocol": other})
        bare = {k: v for k, v in inputs.items() if k not in ("fromPort", "toPort")}
        yield "every protocol", (token, {**bare, "ipProtocol": "-1"})
    else:
        yield "type", (token, {**inputs, "fromPort": inputs["fromPort"] + 1})
        yield "code", (token, {**inputs, "toPort": -1})
    other_token = INGRESS_RULE if token == EGRESS_RULE else EGRESS_RULE
    yield "direction", (other_token, inputs)


def acl_mutants(resources: list) -> Iterator[Mutant]:
    ((token, inputs),) = resources

    def with_entries(side: str, entries: list) -> list:
        return [(token, {**inputs, side: entries})]

    for side in DIRECTIONS:
        entries = inputs[side]
        for index, entry in enumerate(entries):
            rest = [*entries[:index], *entries[index + 1 :]]
            yield Mutant(f"drop {side} {entry}", with_entries(side, rest))
            other = "egress" if side == "ingress" else "ingress"
            number = {**entry, "ruleNo": max(e["ruleNo"] for e in inputs[other]) + 1}
            moved = {**inputs, side: rest, other: [*inputs[other], number]}
            yield Mutant(f"direction {side} {entry}", [(token, moved)])
            for what, changed in _entry_changes(entry):
                yield Mutant(f"{what} {side} {entry}", with_entries(side, [*rest, changed]))
        for one, two in pairwise(entries):
            swapped = copy.deepcopy(entries)
            i = entries.index(one)
            swapped[i]["ruleNo"], swapped[i + 1]["ruleNo"] = two["ruleNo"], one["ruleNo"]
            yield Mutant(f"swap {side} {one} {two}", with_entries(side, swapped))
        late = copy.deepcopy(entries)
        for entry in late:  # the guards after everything else
            if entry["action"] == "deny":
                entry["ruleNo"] += 20_000
        yield Mutant(f"guards last {side}", with_entries(side, late))


def _entry_changes(entry: dict) -> Iterator[tuple[str, dict]]:
    field = "cidrBlock" if "cidrBlock" in entry else "ipv6CidrBlock"
    for what, change in CHANGES.items():
        yield what, {**entry, field: change(entry[field])}
    yield "flip", {**entry, "action": "deny" if entry["action"] == "allow" else "allow"}
    if entry["protocol"] in ("6", "17"):
        first, last = entry["fromPort"], entry["toPort"]
        yield "port up", {**entry, "toPort": min(last + 1, 65535)}
        yield "port down", {**entry, "fromPort": max(first - 1, 0)}
        yield "protocol", {**entry, "protocol": "17" if entry["protocol"] == "6" else "6"}
    else:
        yield "no type", {k: v for k, v in entry.items() if not k.startswith("icmp")}
        yield "any type", {**entry, "icmpType": -1, "icmpCode": -1}
    yield "every protocol", {**entry, "protocol": "-1", "fromPort": 0, "toPort": 0}


def nsg_mutants(resources: list) -> Iterator[Mutant]:
    ((token, inputs),) = resources
    rules = inputs["securityRules"]

    def with_rules(changed: list) -> list:
        return [(token, {**inputs, "securityRules": changed})]

    for index, rule in enumerate(rules):
        rest = [*rules[:index], *rules[index + 1 :]]
        yield Mutant(f"drop {rule['name']}", with_rules(rest))
        for what, changed in _nsg_changes(rule):
            yield Mutant(f"{what} {rule['name']}", with_rules([*rest, changed]))
    for way in ("Inbound", "Outbound"):
        chosen = sorted((r for r in rules if r["direction"] == way), key=lambda r: r["priority"])
        for one, two in pairwise(chosen):
            others = [r for r in rules if r not in (one, two)]
            swapped = [
                {**one, "priority": two["priority"]},
                {**two, "priority": one["priority"]},
            ]
            yield Mutant(f"swap {one['name']} {two['name']}", with_rules([*others, *swapped]))


def _nsg_changes(rule: dict) -> Iterator[tuple[str, dict]]:
    into = rule["direction"] == "Inbound"
    peer = "source" if into else "destination"
    one, many = rule.get(f"{peer}AddressPrefix"), rule.get(f"{peer}AddressPrefixes")
    if one and (one[0].isdigit() or ":" in one):
        for what, change in CHANGES.items():
            yield what, {**rule, f"{peer}AddressPrefix": change(one)}
        yield "everyone", {**rule, f"{peer}AddressPrefix": "*"}
        yield "tag", {**rule, f"{peer}AddressPrefix": "Internet"}
    if many:
        yield "lose a prefix", {**rule, f"{peer}AddressPrefixes": many[1:]}
    yield "flip", {**rule, "access": "Deny" if rule["access"] == "Allow" else "Allow"}
    turned = {**rule, "direction": "Outbound" if into else "Inbound", "priority": 4000}
    yield "direction alone", dict(turned)
    near = "destination" if into else "source"
    yield "near end", {**rule, f"{near}AddressPrefix": "10.20.100.4/32"}
    for own, other in (("source", "destination"), ("destination", "source")):
        for plural in ("AddressPrefix", "AddressPrefixes"):
            turned.pop(own + plural, None)
            if other + plural in rule:
                turned[own + plural] = rule[other + plural]
    yield "source and destination", turned
    ports = rule.get("destinationPortRange")
    if ports and ports != "*":
        first, _, last = ports.partition("-")
        yield "port up", {**rule, "destinationPortRange": f"{first}-{int(last or first) + 1}"}
        yield "port away", {**rule, "destinationPortRange": str(int(first) - 1)}
        yield "every port", {**rule, "destinationPortRange": "*"}
        other_protocol = "Udp" if rule["protocol"] == "Tcp" else "Tcp"
        yield "protocol", {**rule, "protocol": other_protocol}
    yield "every protocol", {**rule, "protocol": "*"}


MUTATORS = {"security-group": group_mutants, "network-acl": acl_mutants, "nsg": nsg_mutants}


class Seen(NamedTuple):
    """What the two say of one mutant."""

    changed: bool
    refuted: bool
    packet: Packet | None
    confirmed: bool


def judged(plan: Plan, key: str, mutant: Mutant, original: dict) -> Iterator[Seen]:
    point = key.partition("/")[0]
    known = known_ids(plan, key)
    lifted = refused = None
    try:
        lifted = proof.lift(mutant.resources, proof._known(plan.settings, plan.specs, key))
    except LiftError as error:
        refused = error
    if refused is not None:  # such a resource cannot be made: nothing is deployed
        yield Seen(changed=True, refuted=True, packet=None, confirmed=True)
        return
    assert lifted is not None
    for one in proofs_of(plan, key):
        direction, family = one.direction.value, int(one.family)
        new = rules_of(point, mutant.resources, direction, known)
        old = original[direction]
        changed = next(differences(family, FirstMatch(old), FirstMatch(new)), None) is not None
        allowed = lifted[one.direction, one.family]
        shown = sample(one.allowed - allowed) or sample(allowed - one.allowed)
        refuted = bool(one.meant - allowed) or bool(allowed - one.meant - one.declared)
        refuted = refuted or bool(one.declared - (allowed - one.meant))
        confirmed = shown is not None and lets_through(old, shown) != lets_through(new, shown)
        yield Seen(changed, refuted, shown, confirmed)


def proofs_of(plan: Plan, key: str) -> list:
    return [one for one in plan.proofs if f"{one.point.value}/{one.interface}" == key]


TAGS = {"azure-load-balancer": "AzureLoadBalancer"}


def sample(space: HeaderSpace) -> Packet | None:
    """One packet of a space, as the oracles have them; integers rather than references."""
    for first, _, far in space.slices:
        if far.held:
            protocol, value = divmod(first, 65536)
            return Packet(int(space.family), far.held[0][0], protocol, value)
    for first, _, far in space.slices:
        protocol, value = divmod(first, 65536)
        name = min(far.atoms.names, default="?").partition(":")[2]
        return Packet(int(space.family), TAGS.get(name, name), protocol, value)
    return None


@pytest.mark.parametrize("name", STACKS)
def test_a_mutant_is_refuted_exactly_where_it_changes_what_is_let_through(name) -> None:
    plan = planned(name)
    counted = {"changed": 0, "equivalent": 0}
    for rule_set in plan.rule_sets:
        key = f"{rule_set.point.value}/{rule_set.interface}"
        resources, known = resources_of(plan, key), known_ids(plan, key)
        original = {d: rules_of(rule_set.point.value, resources, d, known) for d in DIRECTIONS}
        for number, mutant in enumerate(MUTATORS[rule_set.point.value](resources)):
            if number % STRIDE:
                continue
            seen = list(judged(plan, key, mutant, original))
            changed = any(one.changed for one in seen)
            counted["changed" if changed else "equivalent"] += 1
            assert changed == any(one.refuted for one in seen), f"{key}: {mutant.what}"
            for one in seen:
                assert one.changed == one.refuted, f"{key}: {mutant.what}"
                assert one.confirmed or not one.changed, f"{key}: {mutant.what}: {one.packet}"
    assert counted["changed"] > counted["equivalent"] > 0


STRIDE = 5
"""Every fifth mutant; 1 takes all of them, and a minute."""


def test_a_mutant_of_a_prefix_list_is_refuted() -> None:
    from dataclasses import replace

    plan = planned("aws-lab")
    settings = replace(
        plan.settings,
        features={
            **plan.settings.features,
            "talos": replace(plan.settings.features["talos"], options={"prefixList": True}),
        },
    )
    made = make_plan(settings, load_catalog())
    key = "security-group/public"
    for spec in made.specs["prefix-lists"]:
        assert isinstance(spec, PrefixListSpec)
        inputs: Inputs = spec.inputs()
        entries = inputs["entries"]
        assert len(entries) in (2, 4)
        fewer = spec._replace(entries=spec.entries[1:])
        lists = tuple(fewer if one is spec else one for one in made.specs["prefix-lists"])
        mutated = {**made.specs, "prefix-lists": lists}
        known = proof._known(settings, mutated, key)
        lifted = proof.lift(resources_of(made, key), known)
        lost = [
            one for one in proofs_of(made, key) if one.meant - lifted[one.direction, one.family]
        ]
        (only,) = lost
        assert only.family is (Family.IPV6 if ":" in entries[0]["cidr"] else Family.IPV4)


def self_referring() -> Plan:
    """The lab with a cluster whose members are known by their security group."""
    from dataclasses import replace

    settings = planned("aws-lab").settings
    cluster = settings.features["cluster"]
    chosen = replace(cluster, options={**cluster.options, "peer": "self"})
    bare = {n: replace(i, network_acl=None) for n, i in settings.interfaces.items()}
    return make_plan(
        replace(settings, interfaces=bare, features={**settings.features, "cluster": chosen}),
        load_catalog(),
    )


def reproved(plan: Plan, specs: Mapping[str, tuple]) -> set[str]:
    """The enforcement points whose proof no longer holds with other specs."""
    from segfw.effective import guarded_ports

    guarded = guarded_ports(plan.settings.features, load_catalog())
    proofs = proof.prove(plan.settings, guarded, plan.flows, plan.rule_sets, specs)
    return {f"{one.point.value}/{one.interface}" for one in proofs if not one.holds}


def test_a_rule_in_another_interfaces_group_is_refuted_at_both() -> None:

    plan = self_referring()
    key = "security-group/management"
    (moved,) = [s for s in plan.specs[key] if s.name == "management-in-udp-161-10.20.61.161_32"]
    assert isinstance(moved, SecurityGroupRuleSpec)
    elsewhere = moved._replace(group="public")
    specs = tuple(elsewhere if s is moved else s for s in plan.specs[key])

    assert reproved(plan, plan.specs) == set()
    assert reproved(plan, {**plan.specs, key: specs}) == {key, "security-group/public"}


def test_another_interfaces_group_in_place_of_ones_own_is_refuted() -> None:
    plan = self_referring()
    key = "security-group/management"

    class Foreign:
        """A rule that names the members of another group."""

        def __init__(self, spec) -> None:
            self.spec, self.name, self.token = spec, spec.name, spec.token

        def inputs(self) -> dict:
            return {**self.spec.inputs(), "referencedSecurityGroupId": "${public.id}"}

    (own,) = [s for s in plan.specs[key] if s.name == "management-in-tcp-2222-self"]
    specs = tuple(Foreign(s) if s is own else s for s in plan.specs[key])

    assert reproved(plan, {**plan.specs, key: specs}) == {key}
