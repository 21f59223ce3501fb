"""ARM templates: they have the published shape, and a strict ARM takes them."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from sandbox.arm import Arm, group_path, nsg_path
from segfw.catalog import load_catalog
from segfw.export.arm import arm
from segfw.plan import make_plan
from segfw.readback import known_ids, lift
from segfw.settings.types import StackOutput
from tests.export.lifting import NSG, planned_spaces
from tests.export.short import short_plan
from tests.shipped import SHIPPED, planned

CATALOG = load_catalog()
AZURE = ["short-azure", *(stack for stack in SHIPPED if stack.startswith("azure"))]
DIRECTORY = "acme_network_dev_directoryGroup-56b7a55f"
TEXT, TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 2}
GROUPS = {"type": "array", "items": {"type": "object", "required": ["id"]}, "minItems": 1}
RULE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["protocol", "access", "priority", "direction"],
    "properties": {
        "access": {"enum": ["Allow", "Deny"]},
        "description": {"type": "string", "maxLength": 140},
        "destinationAddressPrefix": TEXT,
        "destinationAddressPrefixes": TEXTS,
        "destinationApplicationSecurityGroups": GROUPS,
        "destinationPortRange": TEXT,
        "destinationPortRanges": TEXTS,
        "direction": {"enum": ["Inbound", "Outbound"]},
        "priority": {"type": "integer", "minimum": 100, "maximum": 4096},
        "protocol": {"enum": ["Tcp", "Udp", "Icmp", "Esp", "*", "Ah"]},
        "sourceAddressPrefix": TEXT,
        "sourceAddressPrefixes": TEXTS,
        "sourceApplicationSecurityGroups": GROUPS,
        "sourcePortRange": TEXT,
        "sourcePortRanges": TEXTS,
    },
}
"""SecurityRulePropertiesFormat of networkSecurityGroup.json, Azure/azure-rest-api-specs,
Microsoft.Network 2024-05-01; a list of one is refused besides."""
TEMPLATE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["$schema", "contentVersion", "resources"],
    "properties": {
        "$schema": {
            "const": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
        },
        "contentVersion": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$"},
        "metadata": {"type": "object"},
        "parameters": {
            "type": "object",
            "additionalProperties": {"type": "object", "required": ["type"]},
        },
        "resources": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "apiVersion", "type", "properties"],
                "properties": {
                    "apiVersion": {"const": "2024-05-01"},
                    "location": TEXT,
                    "metadata": {"type": "object"},
                    "name": {"type": "string", "maxLength": 80},
                    "properties": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["securityRules"],
                        "properties": {
                            "securityRules": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "additionalProperties": False,
                                    "required": ["name", "properties"],
                                    "properties": {"name": TEXT, "properties": RULE},
                                },
                            }
                        },
                    },
                    "tags": {"type": "object", "additionalProperties": TEXT},
                    "type": {"const": "Microsoft.Network/networkSecurityGroups"},
                },
            },
        },
    },
}
"""deploymentTemplate.json (2019-04-01), Azure/azure-resource-manager-schemas; `metadata` is
"almost anywhere in your template" (learn.microsoft.com, template syntax)."""


def plan_named(stack):
    return planned(stack) if stack in SHIPPED else short_plan(stack)


def template(plan):
    return json.loads(arm(plan, CATALOG))


@pytest.mark.parametrize("stack", AZURE)
def test_a_template_has_the_published_shape(stack):
    jsonschema.validate(template(plan_named(stack)), TEMPLATE)


@pytest.mark.parametrize("stack", AZURE)
def test_a_strict_arm_takes_the_groups_and_keeps_what_they_mean(stack):
    plan = plan_named(stack)
    service = Arm({})
    service.request("PUT", group_path("rg"), {"location": "westeurope"})
    for resource in template(plan)["resources"]:
        text = json.dumps(resource).replace(f"[parameters('{DIRECTORY}')]", "/asg/directory")
        body = json.loads(text)
        path = nsg_path("rg", body["name"])
        answer = service.request(
            "PUT", path, {k: body[k] for k in ("location", "tags", "properties")}
        )

        assert answer.status == 201, answer.message
        kept = service.request("GET", path).body["properties"]["securityRules"]
        rules = [{"name": rule["name"], **rule["properties"]} for rule in kept]
        key = f"nsg/{body['metadata']['name']}"
        known = known_ids(plan.settings, plan.specs, key)
        known["/asg/directory"] = known.get("acme/network/dev:directoryGroup", {})
        assert lift([(NSG, {"securityRules": rules})], known) == planned_spaces(plan)[key]


def test_a_group_says_where_it_comes_from():
    plan = short_plan("short-azure")
    said = template(plan)
    (group,) = said["resources"]

    assert (said["metadata"]["stack"], said["metadata"]["planDigest"]) == (
        "short-azure",
        plan.digest,
    )
    assert group["metadata"]["resourceGroup"] == "acme/network/dev:mailGroup"
    assert group["metadata"]["rules"]["data-in-tcp-ssh-admin-ssh-cli-ipv4"] == {
        "features": ["ssh-admin"],
        "rows": ["row 2"],
        "reason": "ssh-admin (row 2): SSH to the command line",
    }


def test_an_id_of_another_stack_is_a_parameter_and_the_resource_group_is_none():
    said = template(short_plan("short-azure"))
    (rule,) = [
        rule["properties"]
        for rule in said["resources"][0]["properties"]["securityRules"]
        if rule["name"] == "data-out-tcp-636-ldaps-servers"
    ]

    assert said["parameters"] == {
        DIRECTORY: {
            "type": "string",
            "metadata": {"description": "Output directoryGroup of stack acme/network/dev"},
        }
    }
    assert rule["destinationApplicationSecurityGroups"] == [{"id": f"[parameters('{DIRECTORY}')]"}]


def test_text_is_never_taken_for_an_expression():
    stack = short_plan("short-azure").settings
    tagged = replace(stack, tags={"note": "[resourceGroup().name]", "half": "[x"})
    (group,) = template(make_plan(tagged, CATALOG))["resources"]

    assert group["tags"]["note"] == "[[resourceGroup().name]"
    assert group["tags"]["half"] == "[x"


def test_a_location_that_only_the_provider_knows():
    stack = short_plan("short-azure").settings
    (group,) = template(make_plan(replace(stack, region=None), CATALOG))["resources"]

    assert group["location"] == "[resourceGroup().location]"


def test_several_resource_groups_are_named():
    stack = planned("azure-prod-westeurope").settings
    elsewhere = StackOutput("acme/network/prod", "mailGroup")
    interfaces = {
        name: replace(each, resource_group=elsewhere) if name == "public" else each
        for name, each in stack.interfaces.items()
    }
    said = template(make_plan(replace(stack, interfaces=interfaces), CATALOG))

    assert said["metadata"]["notSaid"] == [
        "A template is deployed to one resource group; the stack's groups are in "
        "acme/network/prod:mailGroup, rg-mail-prod-westeurope, each as its metadata says."
    ]
    assert said["parameters"] == {}
