"""States as an engine would export them: made from plans, with ids that a cloud gave.

Nothing of `segfw.state` or `segfw.changes` is used: the form is typed from an export of a
real engine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from segfw.catalog import load_catalog
from segfw.settings.spelling import spelled
from segfw.traceability import rules_by_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.plan import Plan

COMPONENTS = {
    "security-group": "seg-firewall:index:GatewaySecurityGroup",
    "network-acl": "seg-firewall:index:GatewayNetworkAcl",
    "nsg": "seg-firewall:index:GatewayNsg",
}
FIREWALL = "seg-firewall:index:SecureEmailGatewayFirewall"
SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:AAAAAAAA:BBBBBBBB",
}


def export(resources: Iterable[dict[str, Any]], **more: Any) -> str:
    """What `pulumi stack export` prints."""
    deployment = {
        "manifest": {"time": "2026-11-24T10:00:00Z", "magic": "0", "version": "v3.259.0"},
        "resources": list(resources),
        **more,
    }
    return json.dumps({"version": 3, "deployment": deployment}, indent=4)


def urn(stack: str, *types: str, name: str) -> str:
    return f"urn:pulumi:{stack}::seg-firewall::{'$'.join(types)}::{name}"


def stack_resource(stack: str) -> dict[str, Any]:
    kind = "pulumi:pulumi:Stack"
    name = f"seg-firewall-{stack}"
    return {"urn": urn(stack, kind, name=name), "custom": False, "type": kind, "outputs": {}}


ACCOUNT = "111122223333"


def provider_of(plan: Plan) -> dict[str, Any]:
    """The default provider, as config has it: lists are JSON text."""
    aws = plan.settings.cloud.value == "aws"
    kind = f"pulumi:providers:{'aws' if aws else 'azure-native'}"
    where = (
        {"region": plan.settings.region, "allowedAccountIds": json.dumps([ACCOUNT])}
        if aws
        else {"location": plan.settings.region}
    )
    return {
        "urn": urn(plan.settings.stack, kind, name="default_7_51_1"),
        "custom": True,
        "id": "27fe4a45-49a7-4830-bb01-1b20b30eac4f",
        "type": kind,
        "inputs": {"__internal": {}, "version": "7.51.1", **where},
        "outputs": {"version": "7.51.1", **where},
    }


def arn(plan: Plan, token: str, id_: str) -> dict[str, str]:
    """What AWS calls a group or a rule; it names region and account."""
    kinds = {"SecurityGroup": "security-group", "ManagedPrefixList": "prefix-list"}
    kind = kinds.get(token.rpartition(":")[2])
    return {"arn": f"arn:aws:ec2:{plan.settings.region}:{ACCOUNT}:{kind}/{id_}"} if kind else {}


def cloud_id(token: str, name: str) -> str:
    """An id as a cloud gives it, the same for the same resource."""
    short = {"SecurityGroup": "sg", "ManagedPrefixList": "pl", "NetworkAcl": "acl"}
    kind = token.rpartition(":")[2]
    return f"{short.get(kind, 'id')}-0{sum(map(ord, name)):04x}{len(name):02x}-{name}"


def resources_of(plan: Plan) -> list[dict[str, Any]]:
    """Every resource that an update to *plan* leaves in the state, parents first."""
    stack = plan.settings.stack
    root = stack_resource(stack)
    firewall = {
        "urn": urn(stack, FIREWALL, name="seg"),
        "custom": False,
        "type": FIREWALL,
        "parent": root["urn"],
        "inputs": json.loads(
            json.dumps(
                {"settings": spelled(plan.settings, load_catalog()), "rules": rules_by_name(plan)},
                default=str,
            )
        ),
    }
    provider = provider_of(plan)
    ids = {f"${{{spec.name}.id}}": cloud_id(spec.token, spec.name) for spec in plan.resources()}
    found = [root, firewall, provider]
    for key, specs in plan.specs.items():
        point, _, interface = key.partition("/")
        types, parent = [FIREWALL], firewall["urn"]
        if interface:
            types.append(COMPONENTS[point])
            parent = urn(stack, *types, name=interface)
            found.append(
                {
                    "urn": parent,
                    "custom": False,
                    "type": COMPONENTS[point],
                    "parent": firewall["urn"],
                }
            )
        for spec in specs:
            text = json.dumps(spec.inputs())
            for stand_in, id_ in ids.items():
                text = text.replace(json.dumps(stand_in), json.dumps(id_))
            found.append(
                {
                    "urn": urn(stack, *types, spec.token, name=spec.name),
                    "custom": True,
                    "id": cloud_id(spec.token, spec.name),
                    "type": spec.token,
                    "inputs": {"__defaults": [], **json.loads(text)},
                    "outputs": arn(plan, spec.token, cloud_id(spec.token, spec.name)),
                    "parent": parent,
                    "provider": f"{provider['urn']}::{provider['id']}",
                }
            )
    return found


def exported(plan: Plan, **more: Any) -> str:
    """The export of a stack that was brought up to *plan*."""
    return export(resources_of(plan), **more)


def named(resources: Iterable[dict[str, Any]], name: str) -> dict[str, Any]:
    """The one cloud resource with that logical name."""
    (found,) = (r for r in resources if r["urn"].endswith(f"::{name}") and r["custom"])
    return found
