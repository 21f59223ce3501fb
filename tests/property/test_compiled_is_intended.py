"""What the cloud will let through is what the stack means: by exhaustion, and by a solver."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from segfw.settings.types import Cloud, Fit
from tests.oracles.enforcement import disagreements, only_icmp_is_added, sides
from tests.oracles.intent import NAMED_SERVICES, Stack
from tests.oracles.naive import PRIVATE, Inputs
from tests.oracles.packets import TCP
from tests.oracles.z3_referee import counterexample
from tests.shipped import SHIPPED, planned
from tests.strategies import Shape, plan_of, stacks

if TYPE_CHECKING:
    from tests.oracles.packets import Packet

SUPERSET = Shape(
    clouds=(Cloud.AWS,), acl_fits=(Fit.SUPERSET,), acl_entries=(12, 16, 20, 40), features=(8, 20)
)
AWS_LEGAL = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
NSG_NAME = re.compile(r"\w(?:[\w.-]{0,78}\w)?", re.ASCII)


def test_there_are_shipped_stacks() -> None:
    assert {"aws-lab", "azure-lab"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_stack_lets_through_what_it_means_and_what_it_declares(name: str) -> None:
    assert list(disagreements(planned(name))) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_solver_finds_no_packet_that_a_shipped_stack_decides_wrongly(name: str) -> None:
    found = {str(side): counterexample(side) for side in sides(planned(name))}
    assert {side: packet for side, packet in found.items() if packet is not None} == {}


@given(stacks())
def test_a_generated_stack_lets_through_what_it_means(stack) -> None:
    plan = plan_of(stack)

    assert list(disagreements(plan)) == []


@given(stacks(Shape(features=(1, 6))))
@settings(max_examples=15)
def test_a_solver_agrees_on_generated_stacks(stack) -> None:
    for side in sides(plan_of(stack)):
        assert counterexample(side) is None, str(side)


@given(stacks())
def test_exact_fits_widen_nothing_but_icmp_on_azure(stack) -> None:
    for side in sides(plan_of(stack)):
        assert only_icmp_is_added(side), str(side)


@given(stacks(SUPERSET))
@settings(max_examples=25)
def test_a_superset_adds_exactly_what_it_declares(stack) -> None:
    plan = plan_of(stack)

    assert list(disagreements(plan)) == []


@given(stacks(SUPERSET))
@settings(max_examples=25)
def test_a_superset_opens_no_named_service_to_public_addresses(stack) -> None:
    plan = plan_of(stack)
    named = {p: {*ports} for p, ports in NAMED_SERVICES.items()}
    named[TCP] |= Stack(stack).changed_ports() - _mail_ports(stack)
    for side in sides(plan):
        if side.point == "network-acl" and side.direction == "ingress":
            opened = [p for p in side.added() if p.value in named.get(p.protocol, ())]
            assert [str(p) for p in opened if _public(p)] == [], str(side)


def _mail_ports(stack) -> set[int]:
    """Changed ports of listeners, which may face the internet, and of what does not listen."""
    s = Stack(stack)
    features = ("receive-mail", "relay-mail", "sma-mail", "central-spam-quarantine")
    return {
        port
        for feature in features
        if s.on(feature) and isinstance(port := s.option(feature, "port"), int)
    }


def _public(packet: Packet) -> bool:
    if not isinstance(packet.remote, int):
        return False
    return not any(
        own == packet.family and first <= packet.remote <= last for own, first, last in PRIVATE
    )


@given(stacks())
def test_names_are_unique_within_their_type(stack) -> None:
    names = Counter((spec.token, spec.name) for spec in plan_of(stack).resources())

    assert [one for one, count in names.items() if count > 1] == []


@given(stacks(Shape(clouds=(Cloud.AWS,))))
def test_what_goes_to_aws_is_legal_there(stack) -> None:
    for spec in plan_of(stack).resources():
        inputs: Inputs = spec.inputs()
        if "ipProtocol" in inputs:
            assert AWS_LEGAL.fullmatch(inputs["description"])
            assert inputs["description"]
        if "ingress" in inputs:
            for side in ("ingress", "egress"):
                numbers = [entry["ruleNo"] for entry in inputs[side]]
                assert numbers == sorted(set(numbers))
                assert all(1 <= number <= 32766 for number in numbers)


@given(stacks(Shape(clouds=(Cloud.AZURE,))))
def test_what_goes_to_azure_is_legal_there(stack) -> None:
    for spec in plan_of(stack).resources():
        inputs: Inputs = spec.inputs()
        rules = inputs["securityRules"]
        names = Counter(rule["name"].lower() for rule in rules)
        assert [name for name, count in names.items() if count > 1] == []
        for way in ("Inbound", "Outbound"):
            priorities = [r["priority"] for r in rules if r["direction"] == way]
            assert priorities == sorted(set(priorities))
            assert all(100 <= priority <= 4096 for priority in priorities)
        for rule in rules:
            assert NSG_NAME.fullmatch(rule["name"]), rule["name"]
            assert 1 <= len(rule["description"]) <= 140
            _fields_are_legal(rule)


def _fields_are_legal(rule: dict) -> None:
    """One family, no overlap within a field, tags and ``*`` only in singular fields."""
    families = set()
    for side in ("source", "destination"):
        one, many = rule.get(f"{side}AddressPrefix"), rule.get(f"{side}AddressPrefixes")
        groups = rule.get(f"{side}ApplicationSecurityGroups")
        assert [one, many, groups].count(None) == 2, rule
        values = many or ([one] if one else [])
        assert many is None or len(many) > 1
        prefixes = [v for v in values if v[0].isdigit() or ":" in v]
        assert many is None or len(prefixes) == len(many)
        families |= {6 if ":" in v else 4 for v in prefixes}
        assert not _overlap(prefixes), rule
    assert len(families) <= 1, rule
    ports = rule.get("destinationPortRanges")
    assert ports is None or (len(ports) > 1 and "*" not in ports)


def _overlap(prefixes: list[str]) -> bool:
    import ipaddress

    nets = [ipaddress.ip_network(p) for p in prefixes]
    return any(a != b and a.overlaps(b) for a in nets for b in nets)


@given(stacks())
@settings(max_examples=10)
def test_every_plan_is_proven(stack) -> None:
    plan = plan_of(stack)

    assert plan.proofs
    assert all(proof.holds for proof in plan.proofs)
