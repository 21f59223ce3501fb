"""What stays the same when an input is shuffled, grows by a line, or is spread over more groups."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segfw.flow import Point
from segfw.naming import prefix_word, rendezvous
from segfw.problems import ProblemsFound
from segfw.sets.addresses import parse_prefix
from segfw.settings.types import Cloud, FeatureSettings, Fit, Network, ReferenceKind
from tests.strategies import CATALOG, PREFIXES, Shape, plan_of, stacks

EACH = Shape(acl_fits=(Fit.EACH,), fits=(Fit.EACH,))


def shuffled(value, random):
    """A mapping or tuple with the same entries in another order."""
    if isinstance(value, tuple):
        entries = list(value)
        random.shuffle(entries)
        return tuple(entries)
    return {key: value[key] for key in shuffled(tuple(value), random)}


def permuted(stack, random):
    """The same stack, written down in another order throughout."""
    return replace(
        stack,
        interfaces={
            name: replace(
                one,
                subnets=shuffled(one.subnets, random),
                routes=shuffled(one.routes, random),
                families=shuffled(one.families, random),
            )
            for name, one in shuffled(stack.interfaces, random).items()
        },
        networks={
            name: replace(one, prefixes=shuffled(one.prefixes, random))
            for name, one in shuffled(stack.networks, random).items()
        },
        hosts={
            name: replace(one, prefixes=shuffled(one.prefixes, random))
            for name, one in shuffled(stack.hosts, random).items()
        },
        features={
            name: replace(
                one,
                peers=None if one.peers is None else shuffled(one.peers, random),
                options=shuffled(one.options, random),
            )
            for name, one in shuffled(stack.features, random).items()
        },
        custom_flows=tuple(
            replace(flow, ports=shuffled(flow.ports, random))
            for flow in shuffled(stack.custom_flows, random)
        ),
    )


def as_bytes(plan) -> str:
    """Every resource as the engine gets it, in order."""
    return json.dumps([[spec.token, spec.name, spec.inputs()] for spec in plan.resources()])


@given(stacks(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_shuffling_every_mapping_and_list_changes_no_byte(stack, random) -> None:
    assert as_bytes(plan_of(permuted(stack, random))) == as_bytes(plan_of(stack))


@given(
    stacks(Shape(clouds=(Cloud.AWS,), acl_fits=(Fit.SUPERSET,), acl_entries=(16, 20))),
    st.randoms(use_true_random=False),
)
@settings(max_examples=15)
def test_a_superset_does_not_depend_on_order(stack, random) -> None:
    assert as_bytes(plan_of(permuted(stack, random))) == as_bytes(plan_of(stack))


def words(plan) -> dict[str, dict[str, str]]:
    """Each enforcement point's rules as name and content, without numbers."""
    return {
        f"{held.point.value}/{held.interface}": {
            rule.name: f"{rule.action.value} {rule.peer_text} {rule.group}" for rule in held.rules
        }
        for held in plan.rule_sets
    }


@given(stacks(EACH), PREFIXES, st.data())
@settings(max_examples=40)
def test_a_new_prefix_touches_only_rules_that_mention_it(stack, prefix, data) -> None:
    routed = {name for one in stack.interfaces.values() for name in one.routes}
    plain = [n for n in stack.networks.values() if not n.references and n.name not in routed]
    assume(plain)
    network = data.draw(st.sampled_from(plain))
    assume(all(not prefix.holds(p) and not p.holds(prefix) for p in network.prefixes))
    grown = replace(network, prefixes=(*network.prefixes, prefix))
    more = replace(stack, networks={**stack.networks, network.name: grown})

    before, after = words(plan_of(stack)), words(plan_of(more))

    for key, rules in after.items():
        assert {n: c for n, c in rules.items() if n in before[key]} == before[key]
        for name in rules.keys() - before[key].keys():
            mentions = prefix_word(prefix) in name or any(
                prefix_word(piece) in name for piece in _pieces(stack, prefix)
            )
            assert mentions or "-deny-tcp-" in name, name


def _pieces(stack, prefix):
    """What routing may cut a prefix into: prefixes inside it (all rules' peers are searched)."""
    found = {
        piece
        for rule_set in plan_of(_only_prefix(stack, prefix)).rule_sets
        for rule in rule_set.rules
        for piece in rule.prefixes
        if prefix.holds(piece)
    }
    return found | {prefix}


def _only_prefix(stack, prefix):
    """The stack with every unrouted network made of just *prefix*."""
    routed = {name for one in stack.interfaces.values() for name in one.routes}
    return replace(
        stack,
        networks={
            name: one if name in routed else Network(name=name, prefixes=(prefix,))
            for name, one in stack.networks.items()
        },
    )


@given(stacks(EACH), st.sampled_from(sorted(CATALOG.features)))
@settings(max_examples=40)
def test_a_new_feature_renumbers_no_rule_of_another(stack, name) -> None:
    feature = CATALOG.features[name]
    assume(name not in stack.features and name != "custom-flow")
    options = {o.name: o.default for o in feature.options.values()}
    options.update({o: "2027-06-30" for o in ("until",) if o in options})
    chosen = FeatureSettings(id=name, options=options)
    grown = {f: chosen if f == name else stack.features.get(f) for f in CATALOG.features}
    grown = {f: held for f, held in grown.items() if held is not None}
    before, after = plan_of(stack), plan_of(replace(stack, features=grown))

    for old, new in zip(before.rule_sets, after.rule_sets, strict=True):
        shared = any(name in rule.features and len(rule.features) > 1 for rule in new.rules)
        if shared:
            continue  # a rule of both belongs to the first of them
        numbers = {(r.direction, r.name): r.number for r in new.rules}
        for rule in old.rules:
            if not rule.features:
                continue  # guards and closing denies serve no feature, and have their own band
            assert numbers[rule.direction, rule.name] == rule.number, rule.name


@given(stacks(EACH))
@settings(max_examples=40)
def test_no_two_rules_of_a_point_are_the_same_rule(stack) -> None:
    for rule_set in plan_of(stack).rule_sets:
        seen = [
            (r.direction, r.protocol, r.ports, r.icmp, r.prefixes, r.peer_text, r.action)
            for r in rule_set.rules
        ]
        assert len(seen) == len(set(seen))


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 9, 15])
def test_one_more_group_takes_its_share_and_moves_nothing_else(groups) -> None:
    contents = [f"in-tcp-22-10.{n // 256}.{n % 256}.0_24" for n in range(3000)]
    before = [rendezvous(content, groups) for content in contents]
    after = [rendezvous(content, groups + 1) for content in contents]
    moved = [(a, b) for a, b in zip(before, after, strict=True) if a != b]

    assert {b for _, b in moved} == {groups + 1}
    # Binomial: three standard deviations are under 0.03 for 3,000 rules.
    assert abs(len(moved) / len(contents) - 1 / (groups + 1)) < 0.03


@given(stacks(Shape(clouds=(Cloud.AWS,), fits=(Fit.EACH,))), st.integers(1, 4))
@settings(max_examples=20)
def test_one_more_group_leaves_names_and_other_rules_alone(stack, groups) -> None:
    def spread(number):
        return replace(
            stack,
            interfaces={
                name: replace(one, security_group=replace(one.security_group, groups=number))
                for name, one in stack.interfaces.items()
            },
        )

    few, many = plan_of(spread(groups)), plan_of(spread(groups + 1))

    for old, new in zip(few.rule_sets, many.rule_sets, strict=True):
        assert [r.name for r in old.rules] == [r.name for r in new.rules]
        for before, after in zip(old.rules, new.rules, strict=True):
            assert after.group in (before.group, groups + 1)


def small(cloud, prefixes, features):
    """A stack of one interface with every role."""
    from segfw.catalog.model import Role
    from segfw.sets.addresses import Family
    from segfw.settings.types import Environment, Gateway, Interface, Quotas, Settings

    interface = Interface(
        name="mail",
        roles=frozenset(Role),
        external=False,
        families=(Family.IPV4,),
        subnets=(parse_prefix("10.9.0.0/24"),),
        default_route=True,
        vpc="vpc-1",
        resource_group="rg",
    )
    return Settings(
        stack="small",
        cloud=cloud,
        region="us-east-1",
        gateway=Gateway(environment=Environment.DEV, release="15.0", cisco_region="americas"),
        interfaces={"mail": interface},
        networks={n: Network(name=n, prefixes=(parse_prefix(p),)) for n, p in prefixes.items()},
        hosts={},
        features={f: FeatureSettings(id=f, options={}) for f in features},
        custom_flows=(),
        quotas=Quotas(
            security_group_rules=60, security_groups_per_interface=5, network_acl_entries=20
        ),
        tags={},
    )


def test_flows_that_need_the_same_rule_share_it_and_it_names_both() -> None:
    networks = {"ssh-log-servers": "10.1.0.0/28", "scp-servers": "10.1.0.0/28"}

    (rule_set,) = plan_of(small(Cloud.AWS, networks, ("ssh-logs", "scp-logs"))).rule_sets

    (rule,) = rule_set.rules
    assert rule.name == "mail-out-tcp-22-10.1.0.0_28"
    assert [flow.purpose for flow in rule.flows] == ["ssh-logs (row 3)", "scp-logs (row 4)"]


def test_a_peer_that_leaves_one_of_two_features_leaves_the_rule() -> None:
    networks = {"ssh-log-servers": "10.1.0.0/28", "scp-servers": "10.1.0.0/28"}
    both = plan_of(small(Cloud.AWS, networks, ("ssh-logs", "scp-logs"))).specs
    one = plan_of(small(Cloud.AWS, networks, ("ssh-logs",))).specs

    assert [s.name for s in both["security-group/mail"]] == [
        s.name for s in one["security-group/mail"]
    ]


def weights(plan) -> dict[tuple[str, int, str, int], dict[str, int]]:
    """What each rule weighs, by group, direction and family: as AWS counts them."""
    found: dict[tuple[str, int, str, int], dict[str, int]] = {}
    for held in plan.rule_sets:
        if held.point is Point.SECURITY_GROUP:
            for rule in held.rules:
                for family in rule.families:
                    reference = rule.reference
                    listed = reference is not None and reference.kind is ReferenceKind.PREFIX_LIST
                    key = (held.interface, rule.group, rule.direction.short, int(family))
                    found.setdefault(key, {})[rule.name] = reference.weight if listed else 1
    return found


@given(stacks(EACH), stacks(EACH), st.data())
@settings(max_examples=30)
def test_old_and_new_rules_fit_side_by_side_where_the_difference_is_within_the_reserve(
    stack, other, data
) -> None:
    """An update creates before it deletes, so for a while it has the rules of both."""
    dropped = data.draw(st.sets(st.sampled_from(sorted(stack.features)), max_size=2))
    fewer = {name: one for name, one in stack.features.items() if name not in dropped}
    for changed in (other, replace(stack, features=fewer)):
        try:
            old, new = weights(plan_of(stack)), weights(plan_of(changed))
        except ProblemsFound:
            continue
        for key in old.keys() & new.keys():
            before, after = old[key], new[key]
            reserve = sum(weight for name, weight in after.items() if name not in before)
            quota = max(sum(before.values()), sum(after.values())) + reserve

            assert sum({**before, **after}.values()) <= quota
            assert all(before[name] == after[name] for name in before.keys() & after.keys())
