"""A plan as JSON: the same keys in each release, and the resources as they are registered."""

from __future__ import annotations

import json

import pytest

from segfw.review.document import document
from tests.review.planning import CATALOG, TODAY, features, plan_of
from tests.settings.reading import ON_AWS, ON_AZURE

EVERYTHING = features(
    "ssh-admin: {}, send-mail: {}, icmp-echo: {from: [admins]}, talos: {prefixList: true}",
    "  seg-firewall:interfaces: {management: {networkAcl: {subnetIds: [subnet-1]}}}\n",
)
ON_AZURE_TEXT = features("ssh-admin: {}, send-mail: {}, icmp-echo: {from: [admins]}")
TOP = [
    "format",
    "stack",
    "cloud",
    "region",
    "environment",
    "release",
    "ciscoRegion",
    "catalogEdition",
    "digest",
    "customFlows",
    "exposure",
    "ruleSets",
    "resources",
    "widenings",
    "redundancies",
    "remarks",
    "checklist",
    "cloudBlocks",
    "proofs",
]
RULE_SET = {
    "point",
    "interface",
    "fit",
    "groups",
    "rulesBefore",
    "attached",
    "usage",
    "widenings",
    "notFilteredHere",
    "rules",
}
RULE = {
    "name",
    "number",
    "group",
    "direction",
    "action",
    "protocol",
    "ports",
    "peer",
    "prefixes",
    "reference",
    "reply",
    "serves",
}


@pytest.fixture(scope="module", params=["aws", "azure"])
def pair(request):
    plan = (
        plan_of(EVERYTHING, ON_AWS) if request.param == "aws" else plan_of(ON_AZURE_TEXT, ON_AZURE)
    )
    return plan, document(plan, CATALOG, today=TODAY)


def test_it_is_json_with_the_keys_of_format_1(pair):
    _, found = pair

    assert json.loads(json.dumps(found)) == found
    assert found["format"] == 1
    assert list(found) == TOP
    assert all(set(rule_set) == RULE_SET for rule_set in found["ruleSets"])
    assert all(set(rule) == RULE for rule_set in found["ruleSets"] for rule in rule_set["rules"])


def test_it_says_what_stack_it_is_of(pair):
    plan, found = pair

    assert (found["stack"], found["environment"], found["release"]) == ("test", "dev", "15.0")
    assert (found["cloud"], found["region"]) in {
        ("aws", "eu-central-1"),
        ("azure", "westeurope"),
    }
    assert (found["ciscoRegion"], found["catalogEdition"]) == ("europe", "ug-14-ja")
    assert found["digest"] == plan.digest


def test_every_resource_is_there_as_it_is_registered(pair):
    plan, found = pair
    specs = list(plan.resources())

    assert found["resources"] == [
        {"type": spec.token, "name": spec.name, "inputs": spec.inputs()} for spec in specs
    ]
    assert len({(one["type"], one["name"]) for one in found["resources"]}) == len(specs)


def test_what_others_refer_to_is_registered_first():
    found = document(plan_of(EVERYTHING), CATALOG, today=TODAY)["resources"]
    text = [json.dumps(one["inputs"]) for one in found]

    for index, one in enumerate(found):
        assert not any(f"${{{one['name']}.id}}" in earlier for earlier in text[:index])


def test_each_rule_says_what_it_serves_and_where_that_stands():
    found = document(plan_of(features("ssh-admin: {}")), CATALOG, today=TODAY)
    (rule,) = [r for s in found["ruleSets"] for r in s["rules"] if r["ports"] == "22"]

    assert rule == {
        "name": "management-in-tcp-22-10.9.0.0_28",
        "number": 0,
        "group": 1,
        "direction": "ingress",
        "action": "allow",
        "protocol": "tcp",
        "ports": "22",
        "peer": "10.9.0.0/28",
        "prefixes": ["10.9.0.0/28"],
        "reference": None,
        "reply": False,
        "serves": [
            {
                "feature": "ssh-admin",
                "row": "ssh-cli",
                "label": "row 2",
                "peer": "admins",
                "origins": [
                    "config/Pulumi.test.yaml:2 features.ssh-admin",
                    "config/shared/sound.yaml:12 networks.admins",
                ],
            }
        ],
    }


def test_every_comparison_of_the_proof_is_there_and_holds(pair):
    plan, found = pair
    sides = {(p["point"], p["interface"], p["direction"], p["family"]) for p in found["proofs"]}

    assert all(proof["holds"] for proof in found["proofs"])
    assert sides == {
        (rule_set.point.value, rule_set.interface, direction, family)
        for rule_set in plan.rule_sets
        for direction in ("ingress", "egress")
        for family in ("ipv4", "ipv6")
    }


def test_a_proof_says_what_is_meant_and_what_is_declared_besides():
    found = document(
        plan_of(features("icmp-echo: {from: [admins]}"), ON_AZURE), CATALOG, today=TODAY
    )
    (proof,) = [
        p
        for p in found["proofs"]
        if (p["interface"], p["direction"], p["family"]) == ("management", "ingress", "ipv4")
    ]

    assert proof["meant"] == "icmp type 8 code 0: 10.9.0.0/28"
    assert proof["declaredWidening"] == (
        "icmp type 0 code 0 to type 7: 10.9.0.0/28; icmp type 8 code 1 to type 255: 10.9.0.0/28"
    )


def test_a_widening_is_given_as_boxes():
    found = document(
        plan_of(features("icmp-echo: {from: [admins]}"), ON_AZURE), CATALOG, today=TODAY
    )
    (widening,) = [w for s in found["ruleSets"] for w in s["widenings"]]

    assert (widening["direction"], widening["family"]) == ("ingress", "ipv4")
    assert {box["addresses"] for box in widening["space"]} == {"10.9.0.0/28"}


def test_room_is_counted_against_the_quota():
    found = document(plan_of(features("ssh-admin: {}")), CATALOG, today=TODAY)
    (first, *_) = found["ruleSets"]

    assert first["usage"][0] == {
        "what": "rules",
        "direction": "ingress",
        "family": "ipv4",
        "used": 2,  # ssh-admin and pmtu
        "limit": 60,
        "reserve": 15,
        "room": 58,
    }


def test_a_checklist_item_has_all_its_parts():
    found = document(plan_of(features("ssh-admin: {}")), CATALOG, today=TODAY)

    assert list(found["checklist"][0]) == [
        "id",
        "title",
        "why",
        "commands",
        "sourced",
        "confirmed",
    ]
    assert found["checklist"][0]["confirmed"] is None


def test_a_remark_has_its_place_apart():
    far = "  seg-firewall:networks: {far: [10.77.0.0/28]}\n"
    found = document(plan_of(features("ssh-admin: {from: [far]}", far)), CATALOG, today=TODAY)
    (remark,) = found["remarks"]

    assert (remark["severity"], remark["place"], remark["path"]) == (
        "warning",
        "config/shared/sound.yaml:8",  # the routes, which are to be mended
        "interfaces.management",
    )


def test_custom_flows_are_counted_by_name():
    custom = (
        "custom-flow: [{name: siem, interface: private, direction: egress, protocol: tcp, "
        "ports: [8514], to: [mail-servers], reason: logs, owner: soc, "
        'reviewBy: "2027-01-31"}]'
    )

    assert document(plan_of(features(custom)), CATALOG, today=TODAY)["customFlows"] == ["siem"]


def test_exposure_is_data():
    both = "  seg-firewall:interfaces: {public: {families: [ipv4, ipv6]}}\n"
    plan = plan_of(features("ssh-admin: {}, receive-mail: {}, send-mail: {}, pmtu: false", both))

    assert document(plan, CATALOG, today=TODAY)["exposure"] == [
        {
            "reach": "from-internet",
            "interface": "public",
            "peer": "internet",
            "prefixes": ["0.0.0.0/0", "::/0"],
            "addresses": "any IPv4 or IPv6 address",
            "public": True,
            "services": [{"protocol": "tcp", "ports": "25", "features": ["receive-mail"]}],
        },
        {
            "reach": "management",
            "interface": "management",
            "peer": "admins",
            "prefixes": ["10.9.0.0/28"],
            "addresses": "16 addresses",
            "public": False,
            "services": [{"protocol": "tcp", "ports": "22", "features": ["ssh-admin"]}],
        },
        {
            "reach": "to-anywhere",
            "interface": "public",
            "peer": "internet",
            "prefixes": ["0.0.0.0/0", "::/0"],
            "addresses": "any IPv4 or IPv6 address",
            "public": True,
            "services": [{"protocol": "tcp", "ports": "25", "features": ["send-mail"]}],
        },
    ]
