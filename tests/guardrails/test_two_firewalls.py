"""A program with two firewalls of ours: each interface is judged by its own."""

from __future__ import annotations

from typing import Any

import pytest

from segfw.catalog import load_catalog
from segfw.guardrails.view import View
from segfw.inventory import Inventory, Resource
from tests.guardrails.building import (
    ANYWHERE,
    LISTED,
    OPEN,
    TODAY,
    VIOLATED,
    component,
    findings,
    firewall,
    group,
    ingress,
    our_acl,
    ours,
)

PUBLIC_PEER = "203.0.113.0/28"


def second(name: str = "second", **settings: Any) -> Resource:
    """Another firewall, with an interface of the same name."""
    return firewall(**settings)._replace(name=name, urn=f"urn:pulumi:test::program::fw::{name}")


def behind(of: Resource, *rules: tuple[int, str]) -> list[Resource]:
    """The firewall, its component and group, and rules of it, with names of their own."""
    part = component(of)._replace(name="management", urn=f"{of.urn}$group")
    held = group("management")._replace(parent=part.urn, urn=f"{of.urn}$group$held")
    made = (ingress(held, f"r{port}", port, cidr) for port, cidr in rules)
    named = (one._replace(urn=f"{of.urn}${one.name}") for one in made)
    return [of, part, held, *named]


def view_of(*resources: Resource) -> View:
    return View(Inventory("test", resources), load_catalog(), TODAY)


@pytest.mark.parametrize("turned", [False, True])
def test_each_interface_is_external_as_its_own_firewall_says(turned: bool) -> None:
    inside = behind(firewall(), (22, PUBLIC_PEER))
    outside = behind(second(external=True), (22, PUBLIC_PEER))
    both = [*outside, *inside] if turned else [*inside, *outside]

    assert [one.found.urn for one in findings(*both, only="ssh-external")] == [outside[2].urn]


def test_interfaces_of_one_name_are_two() -> None:
    """Each group has half of the internet, and neither has all of it."""
    halves = [
        *behind(firewall(), (22, "0.0.0.0/1")),
        *behind(second(), (22, "128.0.0.0/1")),
    ]
    fronts = view_of(*halves).fronts

    assert [len(one.holders) for one in fronts] == [1, 1]


@pytest.mark.parametrize("order", [("dev", "prod"), ("prod", "dev"), ("dev", ""), ("lab", "prod")])
def test_the_strictest_environment_counts(order: tuple[str, str]) -> None:
    first, other = order
    view = view_of(firewall(environment=first), second(environment=other))

    assert view.environment == (other if first != "prod" else first)
    assert view.gateway is not None
    assert view.gateway.environment == view.environment


def test_a_port_that_any_of_them_chose_is_watched() -> None:
    held = behind(second(features={"ssh-admin": {"port": 2022}}), (2022, ANYWHERE))

    assert [one.found.verdict for one in findings(firewall(), *held, only="ssh-external")] == [
        VIOLATED
    ]


def test_both_checklists_and_both_lists_are_judged() -> None:
    lists: dict[str, Any] = {"networks": {"admins": ["10.0.0.0/24"]}}
    both = (firewall(**lists), second(environment="prod", **lists))

    found = findings(*both, only="owned-and-checked")
    assert [one.found.urn for one in found] == [one.urn for one in both]
    verdicts = {one.found.urn: one.found.verdict for one in findings(*both, only="gateway-checklist")}  # fmt: skip
    assert verdicts == {both[0].urn: LISTED, both[1].urn: VIOLATED}


def test_both_custom_flows_are_judged() -> None:
    flow = {"name": "old", "owner": "a", "reason": "b", "reviewBy": "2026-01-01"}
    late = second(features={"custom-flow": [flow]})

    assert [one.found.urn for one in findings(firewall(), late, only="custom-flows")] == [late.urn]


def test_talos_is_asked_of_the_firewall_that_needs_it() -> None:
    needs = second(features={"talos": {}})
    found = findings(firewall(), needs, only="talos-published")

    assert {one.found.urn for one in found} == {needs.urn}


def test_an_acl_is_wanted_by_the_firewall_that_asks_for_it() -> None:
    """The other's interface of that name has one."""
    asks = second(interface={"networkAcl": {"subnetIds": ["subnet-1"]}})
    found = findings(*ours(firewall()), *our_acl(firewall()), asks, only="own-acl")

    assert [one.found.urn for one in found] == [asks.urn]


def test_a_group_is_measured_against_the_acl_of_its_own_firewall() -> None:
    """The ACL of the other's interface of that name lets nothing in."""
    closed = [*ours(firewall()), *our_acl(firewall())]
    other = behind(second(), (22, "10.0.0.0/24"))

    assert findings(*closed, *other, only="effective-access") == ()


def test_a_rule_is_traced_and_relays_by_its_own_firewall() -> None:
    traced = {"security-group/r25": {"features": ["relay-mail"]}}
    other = {"security-group/r25": {"features": ["receive-mail"]}}
    inside = behind(firewall(external=True, rules=other), (25, PUBLIC_PEER))
    outside = behind(second(external=True, rules=traced), (25, PUBLIC_PEER))

    found = findings(*inside, *outside, only="relay-external")
    assert [one.found.urn for one in found] == [outside[3].urn]


def test_a_rule_that_two_recorded_differently_is_recorded_by_none() -> None:
    view = view_of(
        firewall(rules={"nsg/a": {"features": ["dns"]}, "nsg/b": {"features": ["ntp"]}}),
        second(rules={"nsg/a": {"features": ["talos"]}, "nsg/c": {"features": ["ntp"]}}),
    )

    assert view.gateway is not None
    assert set(view.gateway.rules) == {"nsg/b", "nsg/c"}


def test_what_no_firewall_is_above_is_neither_internal_nor_external() -> None:
    lost = component(firewall())._replace(parent="urn:gone")
    held = group("management")._replace(parent=lost.urn)
    (front,) = view_of(firewall(), second(), lost, held).fronts

    assert (front.interface, front.external, front.gateway) == ("management", None, None)


def test_a_firewall_of_which_nothing_is_known_is_reported_beside_one_that_is() -> None:
    unread = second()._replace(inputs={})

    assert [one.found for one in findings(firewall(), unread, only="readable")] == [
        (OPEN, unread.urn, "the firewall", "what it recorded of itself is not known")
    ]
