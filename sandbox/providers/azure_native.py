"""The stand-in `azure-native` provider: ``python -u -m sandbox.providers.azure_native``.

Its cloud is :mod:`sandbox.arm` on the JSON file that SEG_SANDBOX_ARM_STORE names.
"""

from __future__ import annotations

import os
import re
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox import arm
from sandbox.arm_bodies import error as refusal
from sandbox.arm_store import Store
from sandbox.providers.azure_resources import (
    ResourceGroups,
    SecurityGroups,
    SecurityRules,
    group_outputs,
    nsg_outputs,
)
from sandbox.providers.azure_types import TYPES
from sandbox.providers.calls import Recorder
from sandbox.providers.errors import CloudError
from sandbox.providers.faults import Faults, Injected
from sandbox.providers.process import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.arm_bodies import Response
    from sandbox.providers.cloud import Family
    from sandbox.providers.tables import ResourceType
    from sandbox.providers.values import Values

_SEGMENTS: Final = {
    "resourceGroupName": re.compile(r"/resourceGroups/([^/]+)", re.IGNORECASE),
    "networkSecurityGroupName": re.compile(r"/networkSecurityGroups/([^/]+)", re.IGNORECASE),
    "securityRuleName": re.compile(r"/securityRules/([^/]+)", re.IGNORECASE),
}


_RETRIED: Final = frozenset({"TooManyRequests", "AnotherOperationInProgress"})
"""azcore retries the status 429, and azure-native adds this 409 (its pull request 3653)."""
_RETRIES: Final = 3
"""azcore's default."""
_PAUSE: Final = 0.01


class Azure:
    """Answers the generic provider over one ARM store."""

    name = "azure-native"
    types = TYPES

    def __init__(self, store: Store, recorder: Recorder, faults: Faults | None = None) -> None:
        """On *store*."""
        self.version = version("pulumi-azure-native")
        self.subscription = arm.SUBSCRIPTION
        self.location: str | None = None
        self._store = store
        self._recorder = recorder
        self._faults = faults or Faults()

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
        sources: dict[str, Callable[[Values], Values]] = {
            "azure-native:authorization:getClientConfig": self._client_config,
            "azure-native:resources:getResourceGroup": self._resource_group,
            "azure-native:network:getNetworkSecurityGroup": self._security_group,
        }
        if token not in sources:
            text = f'the sandbox has no data source "{token}"; it has {", ".join(sorted(sources))}'
            raise CloudError(text, code="NoSuchFunction")
        return sources[token](arguments)

    def _client_config(self, arguments: Values) -> Values:
        del arguments
        nobody = dict.fromkeys(("clientId", "objectId", "tenantId"), "")
        return {"subscriptionId": self.subscription, **nobody}

    def _resource_group(self, arguments: Values) -> Values:
        path = arm.group_path(arguments["resourceGroupName"], self.subscription)
        return {"id": path, **group_outputs(self.call("GET", path))}

    def _security_group(self, arguments: Values) -> Values:
        group, name = arguments["resourceGroupName"], arguments["networkSecurityGroupName"]
        path = arm.nsg_path(group, name, self.subscription)
        return {"id": path, **nsg_outputs(self.call("GET", path))}

    def call(self, method: str, path: str, body: Values | None = None) -> Values:
        """The body that ARM answers.

        Raises:
            CloudError: ARM refused.
        """
        response = self._once(method, path, body)
        for _ in range(_RETRIES):
            if response.code not in _RETRIED:
                break
            time.sleep(_PAUSE)
            response = self._once(method, path, body)
        if response.code:
            raise CloudError(_words(response), code=response.code)
        return response.body

    def _once(self, method: str, path: str, body: Values | None) -> Response:
        action = f"{method} {path}"
        try:
            response = self._faults.make(action, lambda: self._store.request(method, path, body))
        except Injected as injected:
            response = refusal(injected.status, injected.code, str(injected))
        self._recorder.record(
            api="arm",
            action=action,
            parameters=body,
            outcome=response.code or "ok",
            writes=method != "GET",
        )
        return response

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


def main() -> None:
    """Serve the store that the environment names."""
    store = os.environ.get("SEG_SANDBOX_ARM_STORE")
    if not store:
        text = "SEG_SANDBOX_ARM_STORE must name the file that holds the sandbox's Azure."
        raise SystemExit(text)
    run(Azure(Store(Path(store)), Recorder.from_environment(), Faults.from_environment()))


if __name__ == "__main__":
    main()
