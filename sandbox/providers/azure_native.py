"""The stand-in `azure-native` provider: ``python -u -m sandbox.providers.azure_native``.

Its cloud is :mod:`sandbox.arm` on the JSON file that SEG_SANDBOX_ARM_STORE names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sandbox import arm
from sandbox.arm_bodies import Response
from sandbox.arm_store import Store
from sandbox.providers.azure_types import RULE_FIELDS, TYPES
from sandbox.providers.calls import Recorder
from sandbox.providers.cloud import Family
from sandbox.providers.errors import CloudError, Failure
from sandbox.providers.process import run
from sandbox.providers.tables import ResourceType
from sandbox.providers.values import Values

_API: Final = "2024-05-01"
"""The API version behind azure-native 3.x for network security groups."""
_RESOURCES_API: Final = "2022-09-01"

_SEGMENTS: Final = {
    "resourceGroupName": re.compile(r"/resourceGroups/([^/]+)", re.IGNORECASE),
    "networkSecurityGroupName": re.compile(r"/networkSecurityGroups/([^/]+)", re.IGNORECASE),
    "securityRuleName": re.compile(r"/securityRules/([^/]+)", re.IGNORECASE),
}


class Azure:
    """Answers the generic provider over one ARM store."""

    name = "azure-native"
    types = TYPES

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self.version = version("pulumi-azure-native")
        self.subscription = arm.SUBSCRIPTION
        self.location: str | None = None
        self._store = store
        self._recorder = recorder

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Takes the default location and the subscription; there is nothing to sign in to."""
        self.location = settings.get("location")
        self.subscription = settings.get("subscriptionId") or arm.SUBSCRIPTION

    def family(self, token: str, inputs: Values) -> Family:
        """The life of *token*; every Azure type here is one resource at one path."""
        del inputs
        return {
            "azure-native:network:NetworkSecurityGroup": SecurityGroups,
            "azure-native:network:SecurityRule": SecurityRules,
            "azure-native:resources:ResourceGroup": ResourceGroups,
        }[token](self)

    def defaults(self, resource_type: ResourceType) -> Values:
        """The configured location, for a type that has one."""
        located = self.location is not None and "location" in resource_type.inputs
        return {"location": self.location} if located else {}

    def planned(self, resource_type: ResourceType, inputs: Values) -> Values:
        """Nothing: azure-native knows no computed output before the PUT."""
        del resource_type, inputs
        return {}

    def path_of(self, resource_type: ResourceType, resource_id: str) -> Values:
        """The names in the id."""
        found = {name: _SEGMENTS[name].search(resource_id) for name in resource_type.path}
        return {name: match[1] for name, match in found.items() if match}

    def invoke(self, token: str, arguments: Values) -> Values:
        """The client's configuration, a resource group or a network security group."""
        if token == "azure-native:authorization:getClientConfig":
            return {
                "subscriptionId": self.subscription,
                "tenantId": "",
                "clientId": "",
                "objectId": "",
            }
        group = str(arguments.get("resourceGroupName"))
        if token == "azure-native:resources:getResourceGroup":
            path = arm.group_path(group, self.subscription)
            return {"id": path, **group_outputs(self.call("GET", path))}
        if token == "azure-native:network:getNetworkSecurityGroup":
            name = str(arguments.get("networkSecurityGroupName"))
            path = arm.nsg_path(group, name, self.subscription)
            return {"id": path, **nsg_outputs(self.call("GET", path))}
        raise CloudError(f'the sandbox has no data source "{token}"', code="NoSuchFunction")

    def call(self, method: str, path: str, body: Values | None = None) -> Values:
        """The body that ARM answers.

        Raises:
            CloudError: ARM refused.
        """
        response = self._store.request(method, path, body)
        self._recorder.record(
            api="arm",
            action=f"{method} {path}",
            parameters=body,
            outcome=response.code or "ok",
            writes=method != "GET",
        )
        if response.code:
            raise CloudError(_words(response), code=response.code)
        return response.body

    def look(self, path: str) -> Values | None:
        """The body of *path*, or None where nothing is."""
        try:
            return self.call("GET", path)
        except CloudError as error:
            if error.code in ("NotFound", "ResourceNotFound", "ResourceGroupNotFound"):
                return None
            raise


def _words(response: Response) -> str:
    return (
        f"autorest/azure: Service returned an error. Status={response.status}"
        f' Code="{response.code}" Message="{response.message}"'
    )


class _Resource:
    """One resource at one path: PUT makes it, GET reads it, DELETE removes it."""

    def __init__(self, azure: Azure) -> None:
        self.azure = azure

    def path(self, inputs: Values) -> str:
        raise NotImplementedError

    def body(self, path: str, inputs: Values) -> Values:
        raise NotImplementedError

    def outputs(self, body: Values) -> Values:
        raise NotImplementedError

    def check(self, inputs: Values) -> list[Failure]:
        del inputs
        return []

    def create(self, inputs: Values) -> tuple[str, Values]:
        path = self.path(inputs)
        if self.azure.look(path) is not None:
            text = f"cannot create already existing resource '{path}'"
            raise CloudError(text, code="ResourceAlreadyExists")
        answer = self.azure.call("PUT", path, self.body(path, inputs))
        return answer["id"], self.outputs(answer)

    def read(self, resource_id: str, olds: Values) -> Values | None:
        del olds
        found = self.azure.look(resource_id)
        return None if found is None else self.outputs(found)

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        del olds
        return self.outputs(self.azure.call("PUT", resource_id, self.body(resource_id, inputs)))

    def delete(self, resource_id: str, olds: Values) -> None:
        del olds
        if self.azure.look(resource_id) is not None:
            self.azure.call("DELETE", resource_id)


class ResourceGroups(_Resource):
    """Resource groups."""

    def path(self, inputs: Values) -> str:
        return arm.group_path(inputs["resourceGroupName"], self.azure.subscription)

    def body(self, path: str, inputs: Values) -> Values:
        return {key: inputs[key] for key in ("location", "tags", "managedBy") if key in inputs}

    def outputs(self, body: Values) -> Values:
        return group_outputs(body)


class SecurityGroups(_Resource):
    """Network security groups with their rules inline: one PUT changes all of them at once."""

    def path(self, inputs: Values) -> str:
        group, name = inputs["resourceGroupName"], inputs["networkSecurityGroupName"]
        return arm.nsg_path(group, name, self.azure.subscription)

    def body(self, path: str, inputs: Values) -> Values:
        """The whole group; rules that the program leaves out stay as they are (azure-native #1087)."""
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
        return nsg_outputs(body)


class SecurityRules(_Resource):
    """Single rules: one PUT each."""

    def path(self, inputs: Values) -> str:
        group, nsg = inputs["resourceGroupName"], inputs["networkSecurityGroupName"]
        name = inputs["securityRuleName"]
        return f"{arm.nsg_path(group, nsg, self.azure.subscription)}/securityRules/{name}"

    def body(self, path: str, inputs: Values) -> Values:
        return _arm_rule(inputs)

    def outputs(self, body: Values) -> Values:
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


def main() -> None:
    """Serve the store that the environment names."""
    store = os.environ.get("SEG_SANDBOX_ARM_STORE")
    if not store:
        text = "SEG_SANDBOX_ARM_STORE must name the file that holds the sandbox's Azure."
        raise SystemExit(text)
    run(Azure(Store(Path(store)), Recorder.from_environment()))


if __name__ == "__main__":
    main()
