"""Mutants of what is sent to the engine: the proof must see each one that changes meaning.

Whether a mutant changes anything is said by the naive evaluator, over all elementary cells;
whether the proof sees it, by reading it back. The two must agree, and what the proof shows
(a packet, whether it is meant, the rule that decides it) must be what the evaluator finds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

from segfw.catalog import load_catalog
from segfw.clouds.aws_security_group.spec import PrefixListSpec, SecurityGroupRuleSpec
from segfw.clouds.lifted import LiftedRules, LiftError, let_through
from segfw.plan import make_plan
from segfw.proof import Counterexample, Proof, counterexample, prove
from segfw.readback import known_ids, lift, read_rules
from segfw.sets.addresses import Family
from segfw.settings.types import Fit, SecurityGroupSettings
from tests.mutants.lowered import MUTATORS, Mutant
from tests.oracles import enforcement
from tests.oracles.cells import FirstMatch, at, differences, remotes, services, touching
from tests.oracles.enforcement import resources_of, rules_of, sides
from tests.oracles.naive import Inputs, lets_through
from tests.oracles.packets import Match, Packet
from tests.shipped import planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.plan import Plan
    from tests.oracles.enforcement import Side

ATOMS = {"group:self": "self", "tag:azure-load-balancer": "AzureLoadBalancer"}
NOBODY = "a reference nobody names"
STRIDE = 3
"""Every third mutant of an enforcement point; 1 takes all of them, and three times as long."""


@cache
def variant(name: str) -> Plan:
    """A shipped stack, or a lab whose rules are reshaped."""
    stack, _, how = name.partition(", ")
    if not how:
        return planned(stack)
    settings = planned(stack).settings
    quotas = settings.quotas
    interfaces = {}
    for label, one in settings.interfaces.items():
        acl = one.network_acl
        if how == "merged":
            groups = SecurityGroupSettings(groups=3, fit=Fit.MERGE)
            nsg = replace(one.nsg, fit=Fit.MERGE)
            changed = replace(one, security_group=groups, nsg=nsg)
            quotas = replace(quotas, network_acl_entries=200)
            acl = acl and replace(acl, fit=Fit.MERGE)
        else:
            changed = one
            acl = acl and replace(acl, fit=Fit.SUPERSET)
            quotas = replace(quotas, network_acl_entries=24)
        interfaces[label] = replace(changed, network_acl=acl)
    made = replace(settings, interfaces=interfaces, quotas=quotas)
    return make_plan(made, load_catalog())


VARIANTS = (
    "aws-lab",
    "azure-lab",
    "aws-prod-us-east-1",
    "azure-prod-westeurope",
    "aws-lab, merged",
    "aws-lab, superset",
    "azure-lab, merged",
)


def test_the_variants_are_what_they_are_called() -> None:
    merged, squeezed = variant("aws-lab, merged"), variant("aws-lab, superset")

    assert {r.groups for r in merged.rule_sets if r.point.value == "security-group"} == {3}
    assert {r.fit for r in merged.rule_sets} == {Fit.MERGE}
    assert any(r.fit is Fit.SUPERSET and r.widenings for r in squeezed.rule_sets)
    assert {r.fit for r in variant("azure-lab, merged").rule_sets} == {Fit.MERGE}


class Ground:
    """One enforcement point of a plan: its resources, and both sides' view of them."""

    def __init__(self, plan: Plan, key: str) -> None:
        self.key, self.point = key, key.partition("/")[0]
        self.resources = [(s.name, s.token, s.inputs()) for s in plan.specs[key]]
        self.known = known_ids(plan.settings, plan.specs, key)
        self.ids = enforcement.known_ids(plan, key)
        self.proofs = [p for p in plan.proofs if f"{p.point.value}/{p.interface}" == key]
        self.sides = [side for side in sides(plan) if side.key == key]
        self.original = self.rules(self.resources)
        networks = plan.settings.networks.values()
        held = [r for network in networks for r in network.references.values()]
        self.atoms = {**ATOMS, **{r.atom: str(r.id) for r in held}}

    def rules(self, resources: list) -> dict[str, list[Match]]:
        """What the evaluator makes of resources, by direction; labelled as the proof names them."""
        bare = [(token, inputs) for _, token, inputs in resources]
        names = {id(inputs): name for name, _, inputs in resources}
        found = {}
        for direction in enforcement.DIRECTIONS:
            held = rules_of(self.point, bare, direction, self.ids)
            if self.point == "security-group":
                mine = [i for t, i in bare if enforcement.naive.TOKENS.get(t) == direction]
                held = [m._replace(label=names[id(i)]) for m, i in zip(held, mine, strict=True)]
            elif self.point == "network-acl":
                (inputs,) = [i for _, i in bare]
                order = sorted(entry["ruleNo"] for entry in inputs[direction])
                held = [m._replace(label=str(n)) for m, n in zip(held, order, strict=True)]
            found[direction] = held
        return found

    def packet(self, shown: Counterexample) -> Packet:
        """The proof's packet, as the oracles have them."""
        family, point, remote = shown.packet
        if isinstance(remote, str):
            remote = self.atoms.get(remote, remote.removeprefix("tag:").removeprefix("unknown:"))
            remote = NOBODY if remote == "a reference of another name" else remote
        return Packet(int(family), remote, *divmod(point, 65536))


def changed_packets(family: int, old: list[Match], new: list[Match]) -> Iterator[Packet]:
    """One packet of each elementary cell on which two orders of rules decide otherwise.

    Rules at the begin and at the end that both have are left out of the search for cells:
    a packet that none of the others matches is decided by one and the same rule.
    """
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    rest = 0
    while rest < min(len(old), len(new)) - same and old[-1 - rest] == new[-1 - rest]:
        rest += 1
    between = [*old[same : len(old) - rest], *new[same : len(new) - rest]]
    matches = [*old, *new]
    probes = services(matches)
    one, two = FirstMatch(old), FirstMatch(new)
    known: dict[tuple, list[tuple[int, int]]] = {}
    for remote in remotes(family, matches):
        near = touching(between, family, remote)
        if not near:
            continue
        absent = enforcement_absent(family, remote)
        key = (one.touching(family, remote), two.touching(family, remote), absent)
        if key not in known:
            left, right = one.verdict(key[0]), two.verdict(key[1])
            known[key] = [
                (p, v)
                for p, v in probes
                if p != absent
                and any(between[i].matches_service(p, v) for i in near)
                and left(p, v) != right(p, v)
            ]
        for protocol, value in known[key]:
            yield Packet(family, remote, protocol, value)


def enforcement_absent(family: int, remote: int | str) -> int | None:
    """Members of a reference send no ICMP of the other family."""
    return {4: 58, 6: 1}[family] if isinstance(remote, str) else None


class Seen(NamedTuple):
    """What the two say of one mutant in one direction and family."""

    where: str
    changed: bool
    shown: Counterexample | None
    confirmed: bool


def judged(ground: Ground, mutant: Mutant) -> Iterator[Seen]:
    """What evaluator and proof say; nothing where no such resource can be made at all."""
    try:
        lifted: LiftedRules = read_rules(mutant.resources, ground.known)
    except LiftError:
        return
    rules = ground.rules(mutant.resources)
    for one, side in zip(ground.proofs, ground.sides, strict=True):
        old, new = ground.original[side.direction], rules[side.direction]
        changed = next(changed_packets(side.family, old, new), None) is not None
        held = lifted[one.direction, one.family]
        reread: Proof = one._replace(rules=held, allowed=let_through(one.family, held))
        shown = counterexample(reread)
        assert (shown is None) == reread.holds
        confirmed = shown is not None and confirms(ground, side, shown, old, new)
        yield Seen(str(side), changed, shown, confirmed)


def confirms(
    ground: Ground, side: Side, shown: Counterexample, old: list[Match], new: list[Match]
) -> bool:
    """The evaluator says of the proof's packet all that the proof says of it."""
    packet = ground.packet(shown)
    matching = [rule for rule in new if rule.matches(packet)]
    names = [rule.label for rule in matching[: None if ground.point == "security-group" else 1]]
    said = [rule.name or str(rule.number) for rule in shown.decided_by]
    numbers = {"AllowVnet": "65000", "AllowAzure": "65001", "AllowInter": "65001", "Deny": "65500"}
    said = [next((n for k, n in numbers.items() if s.startswith(k)), s) for s in said]
    meant = side._is_unseen(packet) or at(side.meant, packet) == bool(shown.meant_by)
    return (
        lets_through(new, packet) == shown.let_through
        and lets_through(old, packet) != lets_through(new, packet)
        and sorted(said) == sorted(names)
        and meant
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_a_mutant_is_refuted_exactly_where_it_changes_what_is_let_through(name: str) -> None:
    plan = variant(name)
    counted: Counter[str] = Counter()
    for rule_set in plan.rule_sets:
        ground = Ground(plan, f"{rule_set.point.value}/{rule_set.interface}")
        mutants = MUTATORS[ground.point](ground.resources)
        for number, mutant in enumerate(mutants):
            if number % STRIDE:
                continue
            label = f"{ground.key}: {mutant.kind} {mutant.what}"
            seen = list(judged(ground, mutant))
            for one in seen:
                assert one.changed == (one.shown is not None), f"{label}: {one.where}: {one.shown}"
                assert one.confirmed or not one.changed, f"{label}: {one.where}: {one.shown}"
            changed = any(one.changed for one in seen)
            counted["changed" if changed else "equivalent" if seen else "impossible"] += 1
    assert counted["changed"] > counted["equivalent"] > 0


def test_every_kind_of_mutant_is_refuted_at_every_kind_of_enforcement_point() -> None:
    """Of each kind one is found that changes something, or cannot be made at all."""
    for name, point in (
        ("aws-lab, merged", "security-group"),
        ("aws-lab, superset", "network-acl"),
        ("azure-lab", "nsg"),
    ):
        plan = variant(name)
        missing = set(KINDS[point])
        for key in (k for k in plan.specs if k.startswith(point)):
            ground = Ground(plan, key)
            for mutant in MUTATORS[point](ground.resources):
                if mutant.kind in missing:
                    seen = list(judged(ground, mutant))
                    if any(one.changed for one in seen) or not seen:
                        missing.remove(mutant.kind)
        assert missing == set(), name


EVERYWHERE = ("drop", "widen", "narrow", "move", "shift up", "protocol", "direction")
ORDERED = (*EVERYWHERE, "flip", "swap")
KINDS = {
    "security-group": EVERYWHERE,
    "network-acl": (*ORDERED, "guards last"),
    "nsg": (*ORDERED, "source and destination", "near end"),
}


def test_the_shorter_search_for_changed_cells_finds_what_the_whole_one_finds() -> None:
    ground = Ground(planned("aws-prod-us-east-1"), "network-acl/public")
    for mutant in list(MUTATORS[ground.point](ground.resources))[::3]:
        rules = ground.rules(mutant.resources)
        for direction in enforcement.DIRECTIONS:
            old, new = ground.original[direction], rules[direction]
            whole = set(differences(4, FirstMatch(old), FirstMatch(new)))
            assert set(changed_packets(4, old, new)) == whole, mutant


def test_a_mutant_of_a_prefix_list_is_refuted() -> None:
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
        known = known_ids(settings, mutated, key)
        lifted = lift(resources_of(made, key), known)
        lost = [
            one for one in Ground(made, key).proofs if one.meant - lifted[one.direction, one.family]
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
    proofs = prove(plan.settings, guarded, plan.flows, plan.rule_sets, specs)
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
