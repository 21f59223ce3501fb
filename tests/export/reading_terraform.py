"""Terraform in JSON syntax, read back (developer.hashicorp.com/terraform/language/syntax/json)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.export.lifting import (
    ACL,
    GROUP,
    IN,
    NSG,
    OUT,
    interface_of,
    lifted,
    same_lists,
    spelling,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.plan import Plan
    from tests.export.lifting import Read, Resource

REFERENCE = re.compile(r"\$\{(?P<kind>\w+)\.(?P<label>[\w-]+)(?:\.id)?\}")
CAMEL = re.compile(r"_([a-z0-9])")
TF_RULES = {
    "aws_vpc_security_group_ingress_rule": IN,
    "aws_vpc_security_group_egress_rule": OUT,
}


class Program:
    """A Terraform program, its references resolved to how the plan spells ids."""

    def __init__(self, text: str) -> None:
        program = json.loads(text)
        self.resources: dict[str, dict[str, Any]] = program["resource"]
        self.ids = {
            (kind, label): f"${{{body['//']['name']}.id}}"
            for kind, held in self.resources.items()
            for label, body in held.items()
        }
        for label, said in program.get("variable", {}).items():
            self.ids["var", label] = spelling(said["description"])

    def of(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The resources of a kind with their own names."""
        for body in self.resources.get(kind, {}).values():
            yield body["//"]["name"], body

    def value(self, found: Any) -> Any:
        """The value of an expression; a string is a template."""
        if isinstance(found, list):
            return [self.value(item) for item in found]
        if not isinstance(found, str):
            return found
        reference = REFERENCE.fullmatch(found)
        if reference is not None:
            return self.ids[reference["kind"], reference["label"]]
        return found.replace("$${", "${").replace("%%{", "%{")

    def inputs(self, body: dict[str, Any]) -> dict[str, Any]:
        """A body in the engine's spelling; what is null is not there."""
        return {
            CAMEL.sub(lambda m: m[1].upper(), key): self.value(inner)
            for key, inner in body.items()
            if inner is not None and key not in ("//", "depends_on")
        }


def read_terraform(plan: Plan, text: str) -> Read:
    program = Program(text)
    interfaces = list(plan.settings.interfaces)
    points: dict[str, list[Resource]] = {}
    of_group: dict[str, list[Resource]] = {}
    for name, body in program.of("azurerm_network_security_group"):
        rules = [_azurerm_rule(program.inputs(rule)) for rule in body["security_rule"]]
        points[f"nsg/{name}"] = [(NSG, {"securityRules": rules})]
    for name, body in program.of("aws_network_acl"):
        sides = {side: [program.inputs(e) for e in body[side]] for side in ("ingress", "egress")}
        points[f"network-acl/{name.removesuffix('-acl')}"] = [(ACL, sides)]
    for name, _ in program.of("aws_security_group"):
        held = points.setdefault(f"security-group/{interface_of(name, interfaces)}", [])
        held.append((GROUP, {}))
        of_group[f"${{{name}.id}}"] = held
    for kind, token in TF_RULES.items():
        for _, body in program.of(kind):
            rule = program.inputs(body)
            of_group[rule["securityGroupId"]].append((token, rule))
    lists = {
        name: {entry["cidr"] for entry in body["entry"]}
        for name, body in program.of("aws_ec2_managed_prefix_list")
    }
    same_lists(plan, lists)
    return lifted(plan, points)


def _azurerm_rule(said: dict[str, Any]) -> dict[str, Any]:
    rule = dict(said)
    for side in ("source", "destination"):
        ids = rule.pop(f"{side}ApplicationSecurityGroupIds", None)
        if ids is not None:
            rule[f"{side}ApplicationSecurityGroups"] = [{"id": one} for one in ids]
    return rule
