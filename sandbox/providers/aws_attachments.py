"""A security group on a network interface, next to the groups that are there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from sandbox.providers.errors import CloudError, Failure

if TYPE_CHECKING:
    from sandbox.providers.aws_api import Api
    from sandbox.providers.values import Values

_ONE_AT_A_TIME: Final = threading.Lock()
"""Reading an interface's groups and writing them back is not atomic in EC2."""


class Attachments:
    """The life of ``aws:ec2/networkInterfaceSecurityGroupAttachment``."""

    def __init__(self, api: Api) -> None:
        """In the region of *api*."""
        self._api = api

    def check(self, inputs: Values) -> list[Failure]:
        """Nothing beyond the table."""
        del inputs
        return []

    def create(self, inputs: Values) -> tuple[str, Values]:
        """Adds the group to the interface's others."""
        group_id, interface_id = inputs["securityGroupId"], inputs["networkInterfaceId"]
        with _ONE_AT_A_TIME:
            groups = self._groups(interface_id)
            if groups is None:
                text = f"The networkInterface ID '{interface_id}' does not exist"
                raise CloudError(text, code="InvalidNetworkInterfaceID.NotFound")
            if group_id in groups:
                text = (
                    f"EC2 Security Group ({group_id}) already attached to EC2 Network Interface"
                    f" ({interface_id})"
                )
                raise CloudError(text, code="AlreadyAttached")
            self._write(interface_id, [*groups, group_id])
        return f"{group_id}_{interface_id}", self._outputs(group_id, interface_id)

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """Both ids, while the interface has the group."""
        del olds
        group_id, interface_id = _parts(resource_id)
        attached = group_id in (self._groups(interface_id) or ())
        return self._outputs(group_id, interface_id) if attached else None

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Attaches the group again where something took it off; nothing else can change."""
        if self.read(resource_id, olds) is None:
            return self.create(inputs)[1]
        return self._outputs(inputs["securityGroupId"], inputs["networkInterfaceId"])

    def delete(self, resource_id: str, olds: Values) -> None:
        """Takes the group off and leaves the others."""
        del olds
        group_id, interface_id = _parts(resource_id)
        with _ONE_AT_A_TIME:
            groups = self._groups(interface_id) or []
            if group_id in groups:
                self._write(interface_id, [group for group in groups if group != group_id])

    def _groups(self, interface_id: str) -> list[str] | None:
        interface = self._api.interface(interface_id)
        return None if interface is None else [group["GroupId"] for group in interface["Groups"]]

    def _write(self, interface_id: str, groups: list[str]) -> None:
        action = "ModifyNetworkInterfaceAttribute"
        self._api.call(action, NetworkInterfaceId=interface_id, Groups=groups)

    def _outputs(self, group_id: str, interface_id: str) -> Values:
        return {
            "networkInterfaceId": interface_id,
            "region": self._api.region,
            "securityGroupId": group_id,
        }


def _parts(resource_id: str) -> tuple[str, str]:
    """Group and interface; an import names them the other way round, as with the real provider."""
    first, _, last = resource_id.partition("_")
    return (last, first) if first.startswith("eni-") else (first, last)
