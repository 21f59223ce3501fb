"""The difference in meaning: exact to the packet, each packet with who needs it, the worst first."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segfw.catalog.model import Direction
from segfw.changes.comparison import between, with_state
from segfw.changes.deployment import Deployment, Filter
from segfw.changes.foreseen import nothing_deployed, state_after
from segfw.changes.forms import Form
from segfw.changes.meaning import compare_meaning
from segfw.changes.risk import Risk
from segfw.flow import Point
from segfw.sets.addresses import AddressSet, Family, parse_prefix
from segfw.sets.headerspace import POINTS, HeaderSpace, Packet, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import Cloud
from segfw.state import read_state
from tests.changes.comparing import networks, stack
from tests.changes.test_verdict import GROUP, hosts, interface, peers
from tests.differential.packets import Chooser
from tests.oracles import naive
from tests.oracles.enforcement import known_ids, resources_of, rules_of
from tests.oracles.intent import SELF
from tests.review.planning import CATALOG, plan_of
from tests.settings.reading import ON_AZURE
from tests.shipped import SHIPPED, planned
from tests.states import export, named
from tests.states import resources_of as resources_of_state
from tests.strategies import Shape, stacks
from tests.strategies import plan_of as generated

PACKETS = 25
"""How many are tried at each enforcement point, in each direction and family."""


def names_of(*plans):
    """What a comparison calls the ids that a cloud's rules name."""
    found = {SELF: "group:self", "AzureLoadBalancer": "tag:azure-load-balancer"}
    for plan in plans:
        for network in plan.settings.networks.values():
            for one in network.references.values():
                found[str(one.id)] = one.atom
    return found


def rules_at(plan, key, direction):
    """The rules of one enforcement point as the naive evaluator reads them; none: nothing passes."""
    if key not in plan.specs:
        return []
    point = key.partition("/")[0]
    return rules_of(point, resources_of(plan, key), direction, known_ids(plan, key))


def told(groups, point, interface, direction, packet):
    """Some group has the packet at that enforcement point."""
    return any(
        packet in part.space
        for group in groups
        if group.interface == interface
        for part in group.parts
        if (part.point, part.direction.value) == (point, direction)
    )


def is_unseen(packet, *plans):
    """Nobody sends it: a member of a reference in a family that the reference has not."""
    if not isinstance(packet.remote, str):
        return False
    absent = {
        str(one.id)
        for plan in plans
        for network in plan.settings.networks.values()
        for one in network.references.values()
        if one.family not in (None, packet.family)
    }
    return packet.remote in absent or packet.protocol == {4: 58, 6: 1}[packet.family]


def disagreements(old, new, meaning, random, names):
    """Packets of which the comparison says something else than the naive evaluator does."""
    for key in sorted({*old.specs, *new.specs} - {"prefix-lists"}):
        point, interface = key.split("/")
        if point == "network-acl" and not (key in old.specs and key in new.specs):
            continue
        for direction in ("ingress", "egress"):
            before, after = (rules_at(plan, key, direction) for plan in (old, new))
            for family in (4, 6):
                for one in Chooser(family, [*before, *after], random).packets(PACKETS):
                    if is_unseen(one, old, new):
                        continue
                    remote = names.get(one.remote, one.remote)
                    at = one.protocol * POINTS + one.value
                    packet = Packet(Family(family), at, remote)
                    was, will_be = (naive.lets_through(held, one) for held in (before, after))
                    where = (Point(point), interface, direction, packet)
                    if told(meaning.opened, *where) != (will_be and not was):
                        yield f"opened: {key} {direction} {one}"
                    if told(meaning.closed, *where) != (was and not will_be):
                        yield f"closed: {key} {direction} {one}"


def pairs_of_shipped():
    for old in SHIPPED:
        for new in SHIPPED:
            if old < new and planned(old).settings.cloud is planned(new).settings.cloud:
                yield old, new


@pytest.mark.parametrize(("old", "new"), list(pairs_of_shipped()))
def test_shipped_stacks_differ_where_the_naive_evaluator_says_so(old, new):
    old, new = planned(old), planned(new)
    meaning = between(old, new, CATALOG).meaning

    assert list(disagreements(old, new, meaning, Random(7), names_of(old, new))) == []


@pytest.mark.parametrize("cloud", Cloud)
@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_generated_stacks_differ_where_the_naive_evaluator_says_so(cloud, data):
    shape = Shape(clouds=(cloud,))
    old, new = (generated(data.draw(stacks(shape))) for _ in range(2))
    meaning = between(old, new, CATALOG).meaning
    random = Random(data.draw(st.integers(0, 99)))

    assert list(disagreements(old, new, meaning, random, names_of(old, new))) == []


@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_an_update_opens_what_the_stacks_compared_with_each_other_do(data):
    """Read back from a state by ids, or from the flows by names: the packets are the same."""
    shape = Shape(clouds=(Cloud.AWS,), features=(2, 6))
    old, new = (generated(data.draw(stacks(shape))) for _ in range(2))
    state = state_after(old, CATALOG, "main")
    one = with_state(new, state, CATALOG, (), old)
    for direct, read in zip(
        between(old, new, CATALOG).meaning.differences, one.meaning.differences, strict=True
    ):
        assert direct.key == read.key
        for side, space in direct.opened.items():
            assert space.size() == read.opened[side].size()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_packet_of_a_new_stack_has_a_feature_or_is_a_declared_widening(name):
    plan = planned(name)
    meaning = with_state(plan, nothing_deployed("main"), CATALOG).meaning
    whys = {one.why for held in plan.rule_sets for one in held.widenings}
    flows = {(one.feature, one.peer.name, one.interface) for one in plan.flows}

    assert {one.note for one in meaning.opened if not one.because.feature} <= whys
    assert {
        (one.because.feature, one.because.peer, one.interface)
        for one in meaning.opened
        if one.because.feature
    } <= flows
    assert meaning.closed == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_groups_hold_the_whole_difference_and_nothing_else(name):
    meaning = with_state(planned(name), nothing_deployed("main"), CATALOG).meaning
    for one in meaning.differences:
        for (direction, family), space in one.opened.items():
            parts = [
                part.space
                for group in meaning.opened
                if group.interface == one.key[0]
                for part in group.parts
                if (part.point, part.direction) == (one.point, direction)
                and part.space.family is family
            ]
            assert not any(part - space for part in parts)
            together = HeaderSpace(family)
            for part in parts:
                together |= part
            assert together == space


def revised(old, new, below=None):
    """The comparison of two revisions of one stack."""
    plans = [plan_of(one, *([below] if below is not None else [])) for one in (old, new)]
    return with_state(plans[1], state_after(plans[0], CATALOG, "main"), CATALOG, (), plans[0])


def test_replies_that_come_alone_are_no_new_way_in():
    """Deployed without the ACL's way out: the answers to SSH open, and nobody new comes in."""
    acl = interface("networkAcl: {subnetIds: [subnet-1]}")
    both = stack("ssh-admin: {}, gui-https: {}", acl)
    resources = resources_of_state(plan_of(both))
    held = named(resources, "management-acl")["inputs"]
    held["egress"], held["ingress"] = [], [e for e in held["ingress"] if e.get("toPort") != 443]
    resources = [one for one in resources if "tcp-443" not in one["urn"]]
    plan = plan_of(both)
    meaning = with_state(plan, read_state(export(resources), "state.json"), CATALOG).meaning

    assert {(one.because.feature, one.risk) for one in meaning.opened} == {
        ("gui-https", Risk.MANAGEMENT),
        ("ssh-admin", Risk.NAMED),
    }


def risks(one):
    return [(group.risk, group.manages, group.because.feature) for group in one.meaning.opened]


def test_the_internet_comes_first_then_management_then_the_rest():
    old = stack("ntp: {}, ssh-admin: {}", networks(ntp_servers="[10.9.3.1/32]"))
    new = stack(
        "ntp: {}, ssh-admin: {}, gui-https: {}, receive-mail: {}, send-mail: {}, relay-mail: {}",
        networks(ntp_servers="[10.9.3.1/32, 10.9.3.2/32]", internal_mail="[10.9.4.0/28]"),
    )

    assert risks(revised(old, new)) == [
        (Risk.FROM_INTERNET, False, "receive-mail"),
        (Risk.MANAGEMENT, True, "gui-https"),
        (Risk.TO_ANYWHERE, False, "send-mail"),
        (Risk.NAMED, False, "relay-mail"),
        (Risk.NAMED, False, "ntp"),
    ]


def test_one_group_has_the_request_at_both_points_and_the_reply_at_the_network_acl():
    acl = interface("networkAcl: {subnetIds: [subnet-1]}")
    old = stack("ssh-admin: {from: [a]}", acl + networks(a="[10.9.3.1/32]"))
    new = old.replace("10.9.3.1/32", "10.9.3.2/32")
    (group,) = revised(old, new).meaning.opened

    assert group.risk is Risk.MANAGEMENT
    assert {(part.point, part.reply) for part in group.parts} == {
        (Point.SECURITY_GROUP, False),
        (Point.NETWORK_ACL, False),
        (Point.NETWORK_ACL, True),
    }


def test_an_interface_that_becomes_external_exposes_what_public_networks_reach():
    held = networks(a="[198.51.100.0/28, 10.9.5.0/28]")
    mail = "receive-mail: {from: [a]}"
    inside = "  seg-firewall:interfaces: {public: {external: false}}\n"
    meaning = revised(stack(mail, held + inside), stack(mail, held)).meaning

    assert meaning.opened == ()
    assert [(one.risk, one.interface) for one in meaning.exposed] == [
        (Risk.FROM_INTERNET, "public")
    ]
    assert [str(part.space) for part in meaning.exposed[0].parts] == ["tcp 25: 198.51.100.0/28"]
    assert meaning.any


def test_the_line_of_config_is_that_of_the_side_that_lets_through():
    (group,) = revised(stack("ssh-admin: {}"), stack("ssh-admin: {}, gui-https: {}")).meaning.opened

    assert [(one.path, one.line) for one in group.origins] == [
        ("features.gui-https", 2),
        ("networks.admins", 12),
    ]


def test_rows_of_one_feature_and_far_end_are_one_group():
    found = revised(stack("ssh-admin: {}"), stack("ssh-admin: {}, new-ui: {}"))
    (group,) = found.meaning.opened

    assert len(group.because.rows) == 3
    assert {box[0] for part in group.parts for box in part.space.boxes()} == {
        service for service, _ in group.parts[0].space.boxes()
    }


def forms(one):
    return [(form.form, form.old, form.new) for form in one.forms]


def test_adjacent_prefixes_that_are_merged_are_rules_in_another_form():
    halves = peers("ssh-admin: {from: [a]}", "[10.9.5.0/25, 10.9.5.128/25]")
    whole = peers("ssh-admin: {from: [a]}", "[10.9.5.0/24]")
    found = revised(halves, whole)

    assert not found.meaning.any
    assert forms(found) == [
        (
            Form.RESHAPED,
            ("management-in-tcp-22-10.9.5.0_25", "management-in-tcp-22-10.9.5.128_25"),
            ("management-in-tcp-22-10.9.5.0_24",),
        )
    ]


def test_a_renamed_network_with_a_reference_renames_its_rules():
    old = stack("ssh-admin: {from: [a]}", networks(a=GROUP))
    new = stack("ssh-admin: {from: [b]}", networks(b=GROUP))

    assert forms(revised(old, new)) == [
        (Form.RENAMED, ("management-in-tcp-22-a",), ("management-in-tcp-22-b",))
    ]


def test_a_rule_that_opens_something_is_never_another_form():
    old = peers("ssh-admin: {from: [a]}", hosts(0, 3))
    new = peers("ssh-admin: {from: [a]}", hosts(0, 5))

    assert revised(old, new).forms == ()


NARROW, WIDE = (f"management-in-tcp-22-10.9.5.0_{length}" for length in (26, 25))


def covered(one):
    return [(form.form, form.old, form.new, form.by) for form in one.forms]


def test_a_rule_whose_network_grows_is_covered_by_the_wider_one_and_became_nothing():
    narrow, wide = (peers("ssh-admin: {from: [a]}", f"[10.9.5.0/{n}]") for n in (26, 25))

    assert covered(revised(narrow, wide)) == [(Form.COVERED, (NARROW,), (), (WIDE,))]
    assert covered(revised(wide, narrow)) == [(Form.COVERED, (), (NARROW,), (WIDE,))]


def test_a_rule_that_a_kept_one_covers_names_it():
    both = peers("ssh-admin: {from: [a, b]}", "[10.9.5.0/25]", "[10.9.5.0/26]")
    alone = both.replace("[a, b]", "[a]")

    assert covered(revised(both, alone)) == [(Form.COVERED, (NARROW,), (), (WIDE,))]


def test_rules_that_became_others_are_told_apart_from_those_that_a_wider_one_covers():
    """At one port of one interface: two halves that are merged, and a network that grows."""
    held = "  seg-firewall:networks: {{a: [{}], b: [{}]}}\n"
    features = "ssh-admin: {from: [a, b]}"
    old = stack(features, held.format("10.9.5.0/26", "10.9.6.0/25, 10.9.6.128/25"))
    new = stack(features, held.format("10.9.5.0/25", "10.9.6.0/24"))
    merged = "management-in-tcp-22-10.9.6"

    assert covered(revised(old, new)) == [
        (Form.RESHAPED, (f"{merged}.0_25", f"{merged}.128_25"), (f"{merged}.0_24",), ()),
        (Form.COVERED, (NARROW,), (), (WIDE,)),
    ]


def test_two_clouds_are_compared_by_prefixes_and_references_are_said():
    held = networks(a="{prefixes: [10.9.5.0/28], aws: {securityGroup: sg-1}}")
    old = plan_of(stack("ssh-admin: {from: [a]}", held))
    new = plan_of(stack("ssh-admin: {from: [a]}", held), ON_AZURE)
    found = between(old, new, CATALOG)

    assert not found.meaning.any
    assert found.pair.uncompared == (
        '"a" is sg-1 in test and no reference in test: compared by its prefixes.',
    )


def test_a_reference_without_prefixes_is_not_compared_across_clouds():
    aws = networks(a="{aws: {securityGroup: sg-1}}")
    old = plan_of(stack("ssh-admin: {from: [a]}", aws))
    new = plan_of(stack("ssh-admin: {from: [a]}", networks(a="[10.9.5.0/28]")), ON_AZURE)
    found = between(old, new, CATALOG)

    assert [one.because.peer for one in found.meaning.opened] == ["a"]
    assert found.pair.uncompared == (
        '"a" is sg-1 in test and no reference in test: not compared, since it has no prefixes in '
        "test.",
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_the_state_that_a_plan_leaves_differs_from_it_in_nothing(name):
    plan = planned(name)
    for deployed in (None, plan):
        found = with_state(plan, state_after(plan, CATALOG, "main"), CATALOG, (), deployed)
        assert not found.any
        assert not found.refused


def filter_of(point, *boxes):
    """An enforcement point that lets in these TCP ports from these prefixes."""
    found = HeaderSpace.union(
        Family.IPV4,
        (
            (
                Service.of_ports(6, PortRange(port, port)),
                AddressSet.of(Family.IPV4, (parse_prefix(text),)),
            )
            for port, text in boxes
        ),
    )
    spaces = {(way, family): HeaderSpace(family) for way in Direction for family in Family}
    spaces[Direction.INGRESS, Family.IPV4] = found
    return Filter(point, "public", spaces, {})


def side_of(*filters):
    held = {(one.interface, one.point is Point.NETWORK_ACL): one for one in filters}
    return Deployment(held, {"public": True}, {"public": (parse_prefix("10.1.1.0/24"),)})


def packets(groups):
    return [str(part.space) for group in groups for part in group.parts]


ANYONE = filter_of(Point.SECURITY_GROUP, (25, "0.0.0.0/0"))
INSIDE = filter_of(Point.NETWORK_ACL, (25, "10.0.0.0/8"))
OUTSIDE = filter_of(Point.NETWORK_ACL, (25, "10.0.0.0/8"), (25, "198.51.100.0/24"))


def test_what_the_network_acl_stops_is_not_reachable_from_the_internet():
    group = filter_of(Point.SECURITY_GROUP)
    (stopped,) = compare_meaning(side_of(group, INSIDE), side_of(ANYONE, INSIDE)).opened
    (passes,) = compare_meaning(side_of(group, OUTSIDE), side_of(ANYONE, OUTSIDE)).opened

    assert stopped.risk is not Risk.FROM_INTERNET
    assert passes.risk is Risk.FROM_INTERNET


def test_a_network_acl_that_goes_opens_what_it_alone_stopped():
    """The gateway's own subnet, 10.1.1.0/24, never was its business."""
    meaning = compare_meaning(
        side_of(ANYONE, filter_of(Point.NETWORK_ACL, (25, "0.0.0.0/1"))), side_of(ANYONE)
    )

    assert packets(meaning.opened) == ["tcp 25: 128.0.0.0/1"]
    assert meaning.opened[0].parts[0].absent
    assert meaning.opened[0].risk is Risk.FROM_INTERNET


def test_a_network_acl_that_comes_closes_what_it_alone_stops():
    meaning = compare_meaning(
        side_of(ANYONE), side_of(ANYONE, filter_of(Point.NETWORK_ACL, (25, "0.0.0.0/1")))
    )

    assert packets(meaning.closed) == ["tcp 25: 128.0.0.0/1"]
    assert meaning.opened == ()


def test_answers_are_no_way_in_even_from_the_interfaces_own_subnet():
    """A security group sees the own subnet: what it does not let in, an ACL cannot open."""
    closed = filter_of(Point.SECURITY_GROUP)
    opened = filter_of(Point.NETWORK_ACL, (2000, "0.0.0.0/0"))
    public = {"public": (parse_prefix("198.51.100.0/24"),)}
    old, new = (
        side_of(closed, acl)._replace(subnets=public)
        for acl in (filter_of(Point.NETWORK_ACL), opened)
    )
    (group,) = compare_meaning(old, new).opened

    assert group.risk is Risk.WIDENING


def listed(name):
    """A group that lets in SMTP from a reference."""
    side = (Direction.INGRESS, Family.IPV4)
    service = Service.of_ports(6, PortRange(25, 25))
    one = filter_of(Point.SECURITY_GROUP)
    space = HeaderSpace.of(service, AddressSet.atom(Family.IPV4, name))
    return one._replace(spaces={**one.spaces, side: space})


@pytest.mark.parametrize(
    ("inside", "box", "risk"),
    [
        ((), (25, "0.0.0.0/0"), Risk.PERHAPS_FROM_INTERNET),
        ((), (25, "198.51.100.0/24"), Risk.PERHAPS_FROM_INTERNET),
        ((), (25, "10.0.0.0/8"), Risk.WIDENING),
        ((), (26, "0.0.0.0/0"), Risk.WIDENING),
        (("list:pl-1",), (25, "0.0.0.0/0"), Risk.WIDENING),
    ],
)
def test_an_acl_that_opens_to_members_of_a_list_may_open_to_the_internet(inside, box, risk):
    sides = [
        side_of(listed("list:pl-1"), acl)._replace(inside=frozenset(inside))
        for acl in (filter_of(Point.NETWORK_ACL), filter_of(Point.NETWORK_ACL, box))
    ]
    (group,) = compare_meaning(*sides).opened

    assert group.risk is risk


def test_an_interface_that_becomes_external_perhaps_exposes_a_list_of_the_cloud():
    for inside, risks_of_it in ((), [Risk.PERHAPS_FROM_INTERNET]), (("list:pl-1",), []):
        now = side_of(listed("list:pl-1"))._replace(inside=frozenset(inside))
        exposed = compare_meaning(now._replace(external={"public": False}), now).exposed

        assert [one.risk for one in exposed] == risks_of_it


def test_interfaces_of_other_names_are_said_where_stacks_are_compared():
    one = between(planned("aws-dev-us-east-1"), planned("aws-prod-us-east-1"), CATALOG)
    names = [set(plan.settings.interfaces) for plan in (one.pair.old, one.pair.new)]
    (said,) = [line for line in one.pair.uncompared if line.startswith("Interfaces ")]

    assert names[0] - names[1]
    assert all(name in said for name in names[0] ^ names[1])
