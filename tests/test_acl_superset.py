"""What a superset of a network ACL gives up, and in which order."""

from __future__ import annotations

import pytest

from segfw.catalog.model import Direction, Protocol
from segfw.compiler.acl_bands import Bands
from segfw.compiler.acl_superset import superset_of
from segfw.rule import Action, Rule
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.headerspace import Service
from segfw.sets.ports import PortRange

INGRESS = (Direction.INGRESS, Family.IPV4)
SERVICES = tuple(
    Service.of_ports(Protocol.TCP.number, PortRange(port, port)) for port in (22, 25, 443, 6443)
)
"""What the gateway answers on; 6025 is guarded and not one of them."""


def rule(
    prefix: str, first: int, last: int | None = None, *, action=Action.ALLOW, reply=False
) -> Rule:
    return Rule(
        direction=Direction.INGRESS,
        action=action,
        protocol=Protocol.TCP,
        ports=(PortRange(first, last or first),),
        prefixes=(parse_prefix(prefix),),
        reply=reply,
    )


def guard(port: int) -> Rule:
    return rule("0.0.0.0/0", port, action=Action.DENY)


def replies_from(prefix: str) -> Rule:
    return rule(prefix, 1024, 65535, reply=True)


def said(bands: Bands) -> list[str]:
    return [f"{r.action.value} {r.ports_text} {r.peer_text}" for r in bands.in_order()]


def test_what_fits_stays_as_exact_as_it_is() -> None:
    asked = Bands([rule("10.1.0.0/32", 6443)], [guard(6443)], [replies_from("10.0.0.0/8")])

    assert said(superset_of(asked, INGRESS, 3, SERVICES)) == said(asked)


def test_entries_are_joined_before_a_guard_goes() -> None:
    asked = Bands(
        [rule("10.1.0.0/32", 6443), rule("10.1.0.3/32", 6443)],
        [guard(6443)],
        [replies_from("10.0.0.0/8")],
    )

    assert said(superset_of(asked, INGRESS, 3, SERVICES)) == [
        "allow 6443 10.1.0.0/30",
        "deny 6443 0.0.0.0/0",
        "allow 1024-65535 10.0.0.0/8",
    ]


def test_a_guard_goes_where_it_keeps_only_private_addresses_out() -> None:
    """One entry for requests, one for replies, and room for one of the two guards.

    Both keep 10.0.0.0/8 away from one port: the lower port goes first.
    """
    asked = Bands(
        [rule("10.1.0.0/32", 6443)], [guard(6025), guard(6443)], [replies_from("10.0.0.0/8")]
    )

    assert said(superset_of(asked, INGRESS, 3, SERVICES)) == [
        "allow 6443 10.1.0.0/32",
        "deny 6443 0.0.0.0/0",
        "allow 1024-65535 10.0.0.0/8",
    ]


def test_a_guard_between_the_internet_and_a_named_service_never_goes() -> None:
    asked = Bands(
        [rule("10.1.0.0/32", 6443)], [guard(6025), guard(6443)], [replies_from("0.0.0.0/0")]
    )
    found = superset_of(asked, INGRESS, 2, SERVICES)

    # 6025 may go; with 6443 there is one entry too many, and the quota will say so.
    assert said(found) == [
        "allow 6443 10.1.0.0/32",
        "deny 6443 0.0.0.0/0",
        "allow 1024-65535 0.0.0.0/0",
    ]


@pytest.mark.parametrize("budget", [1, 2])
def test_public_peers_of_a_named_service_are_never_joined(budget) -> None:
    asked = Bands([], [], [rule(f"198.51.100.{n}/32", 22) for n in (0, 2, 4)])

    assert len(superset_of(asked, INGRESS, budget, SERVICES).rest) == 3


def test_the_budget_is_shared_out_between_the_bands_where_it_costs_least() -> None:
    """Four entries for three: the hosts at 6443 are neighbours but for two, those at 25 are far."""
    asked = Bands(
        [rule("10.1.0.0/32", 6443), rule("10.1.0.3/32", 6443)],
        [],
        [rule("10.2.0.0/32", 25), rule("10.9.0.0/32", 25)],
    )

    assert said(superset_of(asked, INGRESS, 3, SERVICES)) == [
        "allow 6443 10.1.0.0/30",
        "allow 25 10.2.0.0/32",
        "allow 25 10.9.0.0/32",
    ]


def test_mail_from_named_partners_is_not_opened_to_the_internet() -> None:
    """Port 25 may face the internet, but nothing here asks for that."""
    partners = [
        rule(prefix, 25) for prefix in ("192.0.2.1/32", "198.51.100.9/32", "203.0.113.7/32")
    ]
    found = superset_of(Bands([], [], partners), INGRESS, 2, SERVICES)

    assert said(found) == [f"allow 25 {one.peer_text}" for one in partners]


def test_mail_from_anywhere_holds_its_partners() -> None:
    asked = Bands(
        [], [], [rule("0.0.0.0/0", 25), rule("192.0.2.1/32", 25), rule("10.0.0.1/32", 587)]
    )

    assert said(superset_of(asked, INGRESS, 2, SERVICES)) == [
        "allow 25 0.0.0.0/0",
        "allow 587 10.0.0.1/32",
    ]
