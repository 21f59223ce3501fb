"""Azure's resource types: each is one resource at one path of ARM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from sandbox import arm
from sandbox.providers.azure_types import RULE_FIELDS
from sandbox.providers.errors import CloudError, Failure

if TYPE_CHECKING:
    from sandbox.providers.values import Values

_API: Final = "2024-05-01"
"""The API version behind azure-native 3.x for network security groups."""
_RESOURCES_API: Final = "2022-09-01"


class Azure(Protocol):
    """What a resource needs of its provider."""

    @property
    def subscription(self) -> str:
        """The subscription of ids."""
        ...

    def call(self, method: str, path: str, body: Values | None = None) -> Values:
        """The body that ARM answers."""
        ...

    def look(self, path: str) -> Values | None:
        """The body of *path*, or None where nothing is."""
        ...


class _Resource:
    """One resource at one path: PUT makes it, GET reads it, DELETE removes it."""

    def __init__(self, azure: Azure) -> None:
        """Of the given provider."""
        self.azure = azure

    def path(self, inputs: Values) -> str:
        """Where *inputs* say that it is."""
        raise NotImplementedError

    def body(self, path: str, inputs: Values) -> Values:
        """What to PUT at *path*."""
        raise NotImplementedError

    def outputs(self, body: Values) -> Values:
        """ARM's answer as the SDK has it."""
        raise NotImplementedError

    def check(self, inputs: Values) -> list[Failure]:
        """Nothing beyond the table: azure-native leaves the rest to ARM."""
        del inputs
        return []

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A new resource; azure-native never takes over one that exists."""
        path = self.path(inputs)
        if self.azure.look(path) is not None:
            text = f"cannot create already existing resource '{path}'"
            raise CloudError(text, code="ResourceAlreadyExists")
        answer = self.azure.call("PUT", path, self.body(path, inputs))
        return answer["id"], self.outputs(answer)

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """What ARM has at the id."""
        del olds
        found = self.azure.look(resource_id)
        return None if found is None else self.outputs(found)

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """The same path with a new body."""
        del olds
        return self.outputs(self.azure.call("PUT", resource_id, self.body(resource_id, inputs)))

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone."""
        del olds
        if self.azure.look(resource_id) is not None:
            self.azure.call("DELETE", resource_id)


class ResourceGroups(_Resource):
    """Resource groups."""

    def path(self, inputs: Values) -> str:
        """The group's id."""
        return arm.group_path(inputs["resourceGroupName"], self.azure.subscription)

    def body(self, path: str, inputs: Values) -> Values:
        """Its location, tags and owner."""
        del path
        return {key: inputs[key] for key in ("location", "tags", "managedBy") if key in inputs}

    def outputs(self, body: Values) -> Values:
        """The group as the SDK has it."""
        return group_outputs(body)


class SecurityGroups(_Resource):
    """Network security groups with their rules inline: one PUT changes all of them at once."""

    def path(self, inputs: Values) -> str:
        """The group's id."""
        group, name = inputs["resourceGroupName"], inputs["networkSecurityGroupName"]
        return arm.nsg_path(group, name, self.azure.subscription)

    def body(self, path: str, inputs: Values) -> Values:
        """The whole group; rules that the program leaves out stay there (azure-native #1087)."""
        old = self.azure.look(path) or {}
        group = path.partition("/providers/")[0]
        if "securityRules" in inputs:
            rules = [_arm_rule(rule) for rule in inputs["securityRules"]]
        else:
            rules = old.get("properties", {}).get("securityRules", [])
        location = inputs.get("location") or old.get("location")
        properties: Values = {"securityRules": rules}
        if "flushConnection" in inputs:
            properties["flushConnection"] = inputs["flushConnection"]
        return {
            "location": location or (self.azure.look(group) or {}).get("location"),
            "tags": inputs.get("tags", {}),
            "properties": properties,
        }

    def outputs(self, body: Values) -> Values:
        """The group with its properties flattened."""
        return nsg_outputs(body)


class SecurityRules(_Resource):
    """Single rules: one PUT each."""

    def path(self, inputs: Values) -> str:
        """The rule's id, below its group's."""
        group, nsg = inputs["resourceGroupName"], inputs["networkSecurityGroupName"]
        name = inputs["securityRuleName"]
        return f"{arm.nsg_path(group, nsg, self.azure.subscription)}/securityRules/{name}"

    def body(self, path: str, inputs: Values) -> Values:
        """The rule."""
        del path
        return _arm_rule(inputs)

    def outputs(self, body: Values) -> Values:
        """The rule with its properties flattened."""
        kept = _rule_outputs(body)
        del kept["id"]
        return {**kept, "azureApiVersion": _API}


def _arm_rule(said: Values) -> Values:
    properties = {key: said[key] for key in RULE_FIELDS if key in said and key != "name"}
    return {"name": said.get("name", ""), "properties": properties}


def _rule_outputs(body: Values) -> Values:
    top = {key: body[key] for key in ("name", "id", "etag", "type")}
    return {**top, **body["properties"]}


def nsg_outputs(body: Values) -> Values:
    """A network security group of ARM with its properties flattened, as the SDK has it."""
    properties = body["properties"]
    outputs = {
        key: body[key] for key in ("name", "etag", "type", "location", "tags") if key in body
    }
    outputs |= {key: value for key, value in properties.items() if not key.endswith("Rules")}
    for key in ("securityRules", "defaultSecurityRules"):
        outputs[key] = [_rule_outputs(rule) for rule in properties[key]]
    return {
        "azureApiVersion": _API,
        "flowLogs": [],
        "networkInterfaces": [],
        "subnets": [],
        **outputs,
    }


def group_outputs(body: Values) -> Values:
    """A resource group of ARM as the SDK has it."""
    return {"azureApiVersion": _RESOURCES_API} | {k: v for k, v in body.items() if k != "id"}
