"""Laws of a comparison, for pairs of generated stacks."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segfw.changes import Kind, compare
from segfw.changes.room import uses
from segfw.changes.verdict import judge
from segfw.flow import Point
from segfw.problems import ProblemsFound
from segfw.sets.addresses import AddressSet, Family, parse_prefix
from segfw.sets.headerspace import HeaderSpace, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import Cloud, SecurityGroupSettings
from segfw.state import read_state
from tests.changes.comparing import stack as stack_text
from tests.settings.reading import settings_of
from tests.states import export, exported, resources_of
from tests.strategies import plan_of, stacks


def deployed(plan):
    return read_state(exported(plan), "state.json")


def content(plan):
    """Every rule of a plan as its cloud's inputs say it, descriptions and groups apart."""
    found = []
    for spec in plan.resources():
        inputs = spec.inputs()
        if "ipProtocol" in inputs:
            inputs.pop("description")
            found.append(json.dumps([spec.token, spec.name, inputs], sort_keys=True))
        for side in ("ingress", "egress"):
            found += [
                json.dumps([spec.name, side, entry], sort_keys=True)
                for entry in inputs.get(side, ())
            ]
        for entry in inputs.get("securityRules", ()):
            entry.pop("description")
            found.append(json.dumps([spec.name, entry], sort_keys=True))
    return sorted(found)


def of_lines(lines):
    """Lines as comparable text."""
    return sorted(
        str((one.holder, one.token, one.name, one.number, one.direction.value, one.content))
        for one in lines
    )


@st.composite
def pairs(draw):
    """Two stacks on one cloud, the second made of the first or quite another."""
    first = draw(stacks())
    second = draw(stacks().filter(lambda one: one.cloud is first.cloud))
    if draw(st.booleans()):
        # The same interfaces and networks with some features of either.
        names = sorted({*first.features})
        kept = set(draw(st.lists(st.sampled_from(names), unique=True))) if names else set()
        second = replace(first, features={n: f for n, f in first.features.items() if n in kept})
    return first, second


@given(stacks())
@settings(max_examples=20)
def test_a_stack_does_not_differ_from_its_own_state(stack):
    plan = plan_of(stack)
    changes = compare(plan, deployed(plan))

    assert not changes.any
    assert all(change.kind is Kind.KEPT for change in changes.lines)
    assert len(changes.lines) == sum(len(one.rules) for one in plan.rule_sets)
    assert not any(s for p in changes.points for s in (*p.opened.values(), *p.closed.values()))
    verdict = judge(changes)
    assert (verdict.problems, verdict.warnings) == ((), ())


@given(pairs())
@settings(max_examples=25)
def test_taking_what_goes_from_the_old_rules_and_adding_what_comes_gives_the_new(pair):
    old, new = plan_of(pair[0]), plan_of(pair[1])
    changes = compare(new, deployed(old))
    was = compare(old, deployed(old)).lines
    will_be = compare(new, deployed(new)).lines

    before = [change.old for change in changes.lines if change.old]
    after = [change.new for change in changes.lines if change.new]
    assert of_lines(before) == of_lines(change.line for change in was)
    assert of_lines(after) == of_lines(change.line for change in will_be)
    assert all(
        (change.old is None) == (change.kind is Kind.ADDED)
        and (change.new is None) == (change.kind is Kind.REMOVED)
        for change in changes.lines
    )
    if changes.count(Kind.KEPT) + changes.count(Kind.DESCRIBED) == len(changes.lines):
        assert content(old) == content(new)


@given(pairs())
@settings(max_examples=15)
def test_the_old_packets_less_the_closed_with_the_opened_are_the_new(pair):
    old, new = plan_of(pair[0]), plan_of(pair[1])
    before = {(p.point, p.interface, p.direction, p.family): p.allowed for p in old.proofs}
    after = {(p.point, p.interface, p.direction, p.family): p.allowed for p in new.proofs}
    # Groups and references have other names in a proof: only stacks without any are compared.
    assume(not any(space_has_atoms(s) for s in (*before.values(), *after.values())))
    for point in compare(new, deployed(old)).points:
        for side, opened in point.opened.items():
            key = (point.point, point.interface, *side)
            was = before.get(key, type(opened)(side[1]))
            will_be = after.get(key, type(opened)(side[1]))
            assert (was - point.closed[side]) | opened == will_be
            assert not opened & was
            assert not point.closed[side] & will_be


def space_has_atoms(space):
    return any(addresses.atoms.names for _, _, addresses in space.slices)


@given(stacks())
@settings(max_examples=15)
def test_what_a_group_holds_is_counted_as_the_plan_counts_it(stack):
    plan = plan_of(stack)
    counted = {(u.group, u.direction, u.family): u for u in uses(compare(plan, deployed(plan)))}
    for rule_set in plan.rule_sets:
        if rule_set.point is not Point.SECURITY_GROUP:
            continue
        for usage in rule_set.usage:
            number = usage.what.removeprefix("group ") if usage.what != "rules" else "1"
            group = rule_set.interface + (f"-{number}" if number != "1" else "")
            use = counted.get((group, usage.direction, usage.family))
            held = (use.old, use.new, use.together) if use else (0, 0, 0)
            assert held == (usage.used,) * 3


FEATURES = ("ssh-admin", "gui-https", "api-https", "snmp", "new-ui")
NETS = ("a", "b", "c")
NESTED = tuple(
    parse_prefix(text)
    for text in (
        "10.9.0.0/24",
        "10.9.0.0/25",
        "10.9.0.128/25",
        "10.9.0.128/26",
        "10.9.0.192/26",
        *(f"10.9.{third}.{last}/32" for third in (0, 1) for last in (1, 3, 5, 129, 193)),
    )
)
BASE = settings_of(
    stack_text(
        ", ".join(f"{name}: {{from: [a, b, c]}}" for name in FEATURES),
        "  seg-firewall:interfaces:\n"
        "    management: {securityGroup: {reserve: 0, attach: [eni-1]}}\n"
        "  seg-firewall:networks: {a: [10.9.0.0/28], b: [10.9.1.0/28], c: [10.9.2.0/28]}\n",
    )
)


@st.composite
def versions(draw):
    """One version of a stack with one interface: who the peers of its features are."""
    some = st.lists(st.sampled_from(NESTED), min_size=1, max_size=5, unique=True)
    networks = {name: replace(BASE.networks[name], prefixes=tuple(draw(some))) for name in NETS}
    chosen = st.lists(st.sampled_from(NETS), min_size=1, unique=True)
    features = {
        name: replace(one, peers=tuple(draw(chosen))) if name in FEATURES else one
        for name, one in BASE.features.items()
        if name not in FEATURES or draw(st.integers(0, 4))
    }
    return replace(BASE, networks={**BASE.networks, **networks}, features=features)


@st.composite
def other_peers(draw):
    """Two versions of the same stack."""
    return draw(versions()), draw(versions())


@given(other_peers(), st.integers(0, 4))
@settings(max_examples=150)
def test_every_step_of_a_split_fits_and_the_steps_end_at_the_new_rules(pair, above):
    """Quotas just over what either side needs: the hardest that can be asked."""
    plans = [plan_of(one) for one in pair]
    most = max(u.used for p in plans for r in p.rule_sets for u in r.usage)
    quotas = replace(pair[1].quotas, security_group_rules=max(most + above, 1))
    new = plan_of(replace(pair[1], quotas=quotas))
    changes = compare(new, deployed(plans[0]))
    verdict = judge(changes)
    over = [use for use in verdict.uses if use.room < 0]
    assert (verdict.ways is not None) == bool(over)
    if verdict.ways is None or verdict.ways.split is None:
        return
    here = {line.key for c in changes.lines if (line := c.old) and line.token in RULES}
    goal = {line.key for c in changes.lines if (line := c.new) and line.token in RULES}
    lines = {line.key: line for c in changes.lines for line in (c.old, c.new) if line}
    weights = {key: weighed(changes, line) for key, line in lines.items()}
    kept_open = wanted_of(lines, here, goal)
    for step in verdict.ways.split.steps:
        adds = {line.key for line in step.opens}
        removes = {line.key for line in step.closes}
        assert adds | removes
        assert not adds & here
        assert removes <= here
        assert all(
            total <= quotas.security_group_rules for total in totals(here | adds, lines, weights)
        )
        here = (here | adds) - removes
        for side, space in wanted_of(lines, here, here).items():
            assert not kept_open.get(side, space) - space
        assert kept_open.keys() <= wanted_of(lines, here, here).keys()
    assert here == goal


def wanted_of(lines, old, new):
    """What both sets of rules let through, by interface, direction and family; not empty ones."""
    both = [spaces_of([lines[key] for key in keys]) for keys in (old, new)]
    joint = {side: both[0][side] & both[1][side] for side in both[0].keys() & both[1].keys()}
    return {side: space for side, space in joint.items() if space}


def spaces_of(held):
    """Rules as packets, each far end that is no prefix as an atom of its own."""
    boxes = {}
    for line in held:
        (peer,) = line.peers
        number = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}[line.protocol]
        if line.protocol.startswith("icmp"):
            kind, _, code = line.ports.partition(".")
            services = [Service.of_icmp(number, int(kind), int(code))]
        else:
            first, _, last = line.ports.partition("-")
            services = [Service.of_ports(number, PortRange(int(first), int(last or first)))]
        for family in Family:
            if "/" not in peer:
                addresses = AddressSet.atom(family, peer)
            elif (":" in peer) == (family is Family.IPV6):
                addresses = AddressSet.of(family, [parse_prefix(peer)])
            else:
                continue
            side = (line.interface, line.direction, family)
            boxes.setdefault(side, []).extend((one, addresses) for one in services)
    return {side: HeaderSpace.union(side[2], held) for side, held in boxes.items()}


@given(other_peers(), st.integers(0, 2))
@settings(max_examples=60)
def test_more_groups_first_make_both_updates_fit(pair, above):
    """The groups that are offered, taken through the compiler: both updates are within the quota."""
    plans = [plan_of(one) for one in pair]
    most = max(u.used for p in plans for r in p.rule_sets for u in r.usage)
    quotas = replace(pair[1].quotas, security_group_rules=most + above)
    old, new = (replace(one, quotas=quotas) for one in pair)
    ways = judge(compare(plan_of(new), deployed(plans[0]))).ways
    if ways is None or ways.groups is None:
        return

    def spread(stack):
        found = dict(stack.interfaces)
        for name, groups in ways.groups.groups.items():
            chosen = replace(found[name].security_group, groups=groups)
            found[name] = replace(found[name], security_group=chosen)
        return plan_of(replace(stack, interfaces=found))

    first, second = spread(old), spread(new)
    assert judge(compare(first, deployed(plans[0]))).problems == ()
    assert judge(compare(second, deployed(first))).problems == ()


RULES = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)


def weighed(changes, line):
    """What a rule counts, by its far end: typed from the quota's description."""
    (peer,) = line.peers[:1] or ("",)
    if line.token not in RULES:
        return {}
    if "/" in peer:
        return {Family.IPV6 if ":" in peer else Family.IPV4: 1}
    for known in (changes.planned_ids, changes.deployed_ids):
        if peer in known:
            weights = known[peer].weights
            one = {"icmp": Family.IPV4, "icmpv6": Family.IPV6}.get(line.protocol)
            both = len(weights) > 1
            return {f: w for f, w in weights.items() if not (both and one not in (None, f))}
    raise AssertionError(peer)


def totals(keys, lines, weights):
    found = {}
    for key in keys:
        for family, weight in weights[key].items():
            cell = (lines[key].holder, lines[key].direction, family)
            found[cell] = found.get(cell, 0) + weight
    return found.values()


@given(stacks().filter(lambda one: one.cloud is Cloud.AWS), st.integers(0, 10))
@settings(max_examples=15)
def test_a_change_within_the_reserve_always_fits(stack, reserve):
    """|old and new| is at most old plus what is added; the reserve is kept free by the plan."""
    kept = {
        name: replace(
            one,
            security_group=SecurityGroupSettings(reserve=reserve, attach=one.security_group.attach),
        )
        for name, one in stack.interfaces.items()
    }
    old = plan_of(replace(stack, interfaces=kept))
    most = max(
        (u.used for r in old.rule_sets for u in r.usage if r.point is Point.SECURITY_GROUP),
        default=0,
    )
    quotas = replace(stack.quotas, security_group_rules=most + reserve)
    fewer = dict(list(stack.features.items())[1:])
    try:
        new = plan_of(replace(stack, interfaces=kept, features=fewer, quotas=quotas))
    except ProblemsFound:
        assume(False)
    for there, here in ((old, new), (new, old)):
        target = here if here is new else plan_of(replace(stack, interfaces=kept, quotas=quotas))
        changes = compare(target, deployed(there))
        if changes.count(Kind.ADDED) <= reserve:
            assert not [use for use in judge(changes).uses if use.room < 0]


@given(stacks())
@settings(max_examples=10)
def test_the_order_of_resources_in_a_state_means_nothing(stack):
    plan = plan_of(stack)
    backwards = read_state(export(reversed(resources_of(plan))), "state.json")

    assert not compare(plan, backwards).any


@given(stacks().filter(lambda one: one.interfaces))
@settings(max_examples=15)
def test_a_renamed_interface_is_no_change_of_rules(stack):
    name = min(stack.interfaces)
    there = stack.interfaces
    renamed = {
        ("moved" if key == name else key): replace(one, name="moved", renamed_from=(name,))
        if key == name
        else one
        for key, one in there.items()
    }
    again = replace(
        stack,
        interfaces=renamed,
        features={
            key: replace(one, interface="moved") if one.interface == name else one
            for key, one in stack.features.items()
        },
        custom_flows=tuple(
            replace(one, interface="moved") if one.interface == name else one
            for one in stack.custom_flows
        ),
    )
    changes = compare(plan_of(again), deployed(plan_of(stack)))

    assert {change.kind for change in changes.lines} <= {Kind.KEPT, Kind.DESCRIBED}
    assert {one.effect.value for one in changes.resources} <= {"updated"}
    assert {way for p in changes.points for way, s in p.opened.items() if s} == set()
