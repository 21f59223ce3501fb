"""ARM templates, read back (learn.microsoft.com, template reference of networkSecurityGroups)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.export.lifting import NSG, lifted, spelling

if TYPE_CHECKING:
    from segfw.plan import Plan
    from tests.export.lifting import Read, Resource

PARAMETER = re.compile(r"\[parameters\('(?P<name>[^']+)'\)\]")


def read_arm(plan: Plan, text: str) -> Read:
    template = json.loads(text)

    def value(found: Any) -> Any:
        if isinstance(found, list):
            return [value(item) for item in found]
        if isinstance(found, dict):
            return {key: value(inner) for key, inner in found.items()}
        if not isinstance(found, str):
            return found
        parameter = PARAMETER.fullmatch(found)
        if parameter is not None:
            said = template["parameters"][parameter["name"]]
            return spelling(said["metadata"]["description"])
        return found.removeprefix("[") if found.startswith("[[") else found

    points: dict[str, list[Resource]] = {}
    for resource in template["resources"]:
        rules = [
            {"name": rule["name"], **value(rule["properties"])}
            for rule in resource["properties"]["securityRules"]
        ]
        points[f"nsg/{resource['metadata']['name']}"] = [(NSG, {"securityRules": rules})]
    return lifted(plan, points)
