"""What a waiver covers of the guardrails' findings: ours by name or feature, others' by type."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from segfw.guardrails.guardrail import Found, Verdict
from segfw.guardrails.pack import BY_ID, Finding
from segfw.inventory import FIREWALL, GATEWAY_SECURITY_GROUP, Inventory, Resource
from segfw.problems import Place
from segfw.waivers import Waiver, Waivers
from segfw.waivers.findings import waiver_of
from tests.guardrails.building import GROUP, firewall, resource

TODAY = date(2026, 11, 24)
RULES = {
    "security-group/public-in-tcp-25-0.0.0.0_0": {"features": ["receive-mail"], "rows": []},
    "security-group/public-dmz-in-tcp-22-10.0.0.0_8": {"features": ["ssh-admin"], "rows": []},
    "network-acl/public-in-tcp-22-10.0.0.0_8": {"features": ["gui-https"], "rows": []},
}
OURS = firewall(environment="prod", rules=RULES)
PART = resource(GATEWAY_SECURITY_GROUP, "public", parent=OURS)
PUBLIC = resource(GROUP, "public", parent=PART)
THEIRS = resource(GROUP, "public")._replace(urn=f"urn:pulumi:test::program::web${GROUP}::public")
EVIL = resource(GROUP, "evil::public")
STACK = Inventory("test", (OURS, PART, PUBLIC, THEIRS, EVIL))
GATEWAY = SimpleNamespace(environment="prod", rules=RULES)


def covered(of: Resource, *, resource_: str = "", feature: str = "") -> bool:
    waiver = Waiver(
        check="ssh-external",
        resource=resource_,
        feature=feature,
        environment="all",
        stacks=(),
        reason="A reason.",
        owner="net",
        expires=TODAY,
        link="https://wiki.example.com/1",
        place=Place("config/waivers.yaml", 2),
    )
    found = Found(Verdict.VIOLATED, of.urn, f'security group "{of.name}"', "open")
    finding = Finding(BY_ID["ssh-external"], found)
    return waiver_of(finding, GATEWAY, STACK, Waivers((waiver,), TODAY)) is waiver  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "named", "expected"),
    [
        (PUBLIC, {"resource_": "public"}, True),
        (PUBLIC, {"feature": "receive-mail"}, True),
        (PUBLIC, {"resource_": "*"}, True),
        # An interface whose name begins alike, and another enforcement point, are not it.
        (PUBLIC, {"feature": "ssh-admin"}, False),
        (PUBLIC, {"feature": "gui-https"}, False),
        # What others made is named with its type, and serves no feature.
        (THEIRS, {"resource_": "public"}, False),
        (THEIRS, {"feature": "receive-mail"}, False),
        (THEIRS, {"resource_": f"{GROUP}::public"}, True),
        (EVIL, {"resource_": "public"}, False),
        (EVIL, {"resource_": f"{GROUP}::evil::public"}, True),
    ],
)
def test_a_waiver_covers_what_it_names(of: Resource, named: dict[str, str], expected: bool) -> None:
    assert covered(of, **named) is expected


def test_a_firewall_of_ours_is_ours() -> None:
    assert OURS.type == FIREWALL
    assert covered(OURS, resource_="test")
