"""Guardrails about what is written down: descriptions, tags, owners, confirmations, cleartext."""

from __future__ import annotations

from typing import Any

import pytest

from segfw.catalog import load_catalog
from segfw.inventory import GATEWAY_SECURITY_GROUP
from segfw.planned import recorded
from segfw.settings.checklist import checklist_items
from segfw.state import SECRET
from tests.guardrails.building import (
    ANYWHERE,
    LISTED,
    NSG_RULE,
    OPEN,
    TAGS,
    TODAY,
    UNKNOWN,
    VIOLATED,
    Case,
    acl,
    check,
    component,
    findings,
    firewall,
    group,
    ingress,
    inline,
    legacy,
    name_of,
    nsg,
    nsg_entry,
    our_nsg,
    ours,
    outward,
    prefix_list,
    resource,
)
from tests.shipped import planned, settings_of

FLOWS, LIST, CLEAR = "custom-flows", "gateway-checklist", "cleartext"
SAID, TAGGED, OWNED = "described", "tagged", "owned-and-checked"
WEB = group()
FLOW = {"name": "f", "owner": "mail", "reason": "metrics", "reviewBy": "2026-11-24"}
TRACED = {"security-group/management-in": {"features": ["ssh-admin"], "rows": ["ssh-cli"]}}


def flows(kind: str, verdicts: set, **changed: object) -> Case:
    features = {"custom-flow": [{**FLOW, **changed}]}
    return Case(FLOWS, kind, [firewall(features=features)], verdicts)


def confirmed(**changed: object) -> dict[str, Any]:
    """Every item of the catalog, confirmed today."""
    items = [one.id for one in load_catalog().checklist]
    return {item: {"by": "mail", "date": TODAY.isoformat(), **changed} for item in items}


def checklist(kind: str, verdicts: set, environment: str, **changed: object) -> Case:
    gateway = {"environment": environment, "checklist": confirmed(**changed)}
    return Case(LIST, kind, [firewall(gateway=gateway)], verdicts)


def owned(kind: str, verdicts: set, entry: object, section: str = "networks") -> Case:
    return Case(OWNED, kind, [firewall(**{section: {"x": entry}})], verdicts)


def traced(name: str, rules: object = TRACED, **more: object) -> list:
    held = ours(firewall(rules=rules))
    return [*held, ingress(held[-1], name, 22, "10.0.0.0/24", **more)]


CASES = [
    flows("passes: listed", {LISTED}),
    flows("violates: past its review", {VIOLATED}, reviewBy="2026-11-23"),
    flows("violates: no owner", {VIOLATED}, owner="  "),
    flows("violates: no reason", {VIOLATED}, reason=None),
    flows("disguise: a day in words", {VIOLATED}, reviewBy="next year"),
    flows("disguise: an owner that is a number", {VIOLATED}, owner=10**5000),
    flows("not known: a day that is none yet", {VIOLATED}, reviewBy=UNKNOWN),
    Case(FLOWS, "passes: none", [firewall(features={"custom-flow": "all"})], set()),
    Case(FLOWS, "foreign", [WEB], set()),
    checklist("passes", set(), "prod"),
    checklist("violates: a year ago", {VIOLATED}, "prod", date="2025-11-22"),
    checklist("passes: 366 days ago", set(), "prod", date="2025-11-23"),
    checklist("passes: listed where nothing is production", {LISTED}, "lab", date="2025-11-22"),
    checklist("disguise: tomorrow", {VIOLATED}, "prod", date="2026-11-25"),
    checklist("disguise: no date", {VIOLATED}, "prod", date=None),
    checklist("disguise: no name", {VIOLATED}, "prod", by=""),
    Case(LIST, "violates: nobody confirmed", [firewall(environment="prod")], {VIOLATED}),
    Case(LIST, "not known: what is recorded is judged", [firewall(gateway=UNKNOWN)], {LISTED}),
    Case(LIST, "foreign", [WEB], set()),
    Case(CLEAR, "passes: encrypted", [group(ingress=[inline(443, ANYWHERE)], egress=[inline(636, "10.0.0.0/8")])], set()),
    Case(CLEAR, "violates: only listed", [group(ingress=[inline(80, "10.0.0.0/24")])], {LISTED}),
    Case(CLEAR, "passes: port 80 outwards, which signed updates have too", [group(egress=[inline(80, ANYWHERE)])], set()),
    Case(CLEAR, "violates: the API over HTTP, among FTP's data ports", [group(ingress=[inline(6080, "10.0.0.0/24")])], {LISTED}),
    Case(CLEAR, "disguise: inside a range, by number", [group(egress=[inline("513-515", "10.0.0.0/8", protocol=17)])], {LISTED}),
    Case(CLEAR, "not known", [group(egress=[inline(389, cidrBlocks=UNKNOWN)])], {OPEN}),
    Case(CLEAR, "foreign", [nsg(outward(100, "Allow", "143", "10.0.0.0/8"))], {LISTED}),
    Case(SAID, "passes", [group(ingress=[inline(80, ANYWHERE)])], set()),
    Case(SAID, "violates: inline", [group(ingress=[inline(80, ANYWHERE, description=None)])], {VIOLATED}),
    Case(SAID, "violates: standalone", [WEB, ingress(WEB, "r", 80, ANYWHERE, description=" ")], {VIOLATED}),
    Case(SAID, "violates: legacy", [WEB, legacy(WEB, "r", 80, ANYWHERE, description=7)], {VIOLATED}),
    Case(SAID, "passes: ours, traced", traced("management-in"), set()),
    Case(SAID, "violates: ours, traced to nothing", traced("by-hand"), {VIOLATED}),
    Case(SAID, "foreign: others' rules beside ours are traced to nothing", [*traced("management-in"), WEB, ingress(WEB, "r", 80, ANYWHERE)], set()),
    Case(SAID, "passes: nothing was recorded", traced("by-hand", {}), set()),
    Case(SAID, "disguise: described as a default", our_nsg(firewall(rules={"nsg/other": {}}), nsg_entry(100, "Allow", "25", description="default")), {VIOLATED}),
    Case(SAID, "not known", [WEB, ingress(WEB, "r", 80, ANYWHERE, description=UNKNOWN)], {OPEN}),
    Case(SAID, "not known: secret", [WEB, ingress(WEB, "r", 80, ANYWHERE, description=SECRET)], {OPEN}),
    Case(SAID, "not known: all rules", [group(ingress=UNKNOWN)], {OPEN}),
    Case(SAID, "foreign: a standalone NSG rule", [resource(NSG_RULE, "r", {**nsg_entry(100, "Allow", "25"), "description": "", "networkSecurityGroupName": "theirs"})], {VIOLATED}),
    Case(TAGGED, "passes", [WEB, nsg(), acl(), prefix_list("l")], set()),
    Case(TAGGED, "passes: the provider's default tags", [group(tags={}, tagsAll=TAGS)], set()),
    Case(TAGGED, "passes: all tags are not known, some are", [group(tagsAll=UNKNOWN)], set()),
    Case(TAGGED, "violates", [group(tags={})], {VIOLATED}),
    Case(TAGGED, "violates: ours without the stack's", ours(firewall(), tags={"team": "mail"}), {VIOLATED}),
    Case(TAGGED, "passes: ours", ours(firewall()), set()),
    Case(TAGGED, "disguise: tagsAll goes before tags", ours(firewall(), tags=TAGS, tagsAll={"team": "mail"}), {VIOLATED}),
    Case(TAGGED, "disguise: tags that are a list", [group(tags=["team"])], {VIOLATED}),
    Case(TAGGED, "not known", [group(tags=UNKNOWN)], {OPEN}),
    Case(TAGGED, "not known: secret", [group(tags=SECRET)], {OPEN}),
    Case(TAGGED, "foreign: an NSG without", [nsg(tags=None)], {VIOLATED}),
    owned("passes", set(), {"prefixes": ["10.0.0.0/8"], "owner": "mail", "checked": "2026-08-26"}),
    owned("violates: only listed", {LISTED}, ["10.0.0.0/8"]),
    owned("violates: 91 days ago", {LISTED}, {"prefixes": ["10.0.0.0/8"], "owner": "mail", "checked": "2026-08-25"}),
    owned("violates: a host", {LISTED}, {"prefixes": ["10.0.0.0/8"], "owner": "mail"}, "hosts"),
    owned("disguise: an owner of nothing", {LISTED}, {"prefixes": ["10.0.0.0/8"], "owner": " ", "checked": "2026-11-24"}),
    owned("passes: a reference", set(), {"aws": {"securityGroup": "sg-1"}}),
    owned("passes: a strategy", set(), "internet", "hosts"),
    owned("not known: an entry that is none", set(), UNKNOWN),
    Case(OWNED, "foreign", [WEB], set()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_guardrail_says(case: Case) -> None:
    check(case)


def test_the_checklist_is_that_of_the_stacks_own_settings() -> None:
    said = resource(firewall().type, "f", recorded(planned("aws-lab"), load_catalog()))
    items = [one.id for one in checklist_items(settings_of("aws-lab"), load_catalog())]

    subjects = [one.found.subject for one in findings(said, only=LIST)]
    assert subjects == [f"checklist item {one}" for one in items]


def test_a_component_without_a_firewall_is_still_ours() -> None:
    part = resource(GATEWAY_SECURITY_GROUP, "management")
    held = group("g")._replace(parent=part.urn, inputs={"tags": {"a": "b"}})

    assert [one.found.message for one in findings(part, held, only=TAGGED)] == [
        "it has no tag seg-firewall:stack"
    ]
    assert component(firewall()).type == part.type
