"""The sandbox's own copy of a shipped stack file, with ids and providers that exist here.

The checkout's `config/Pulumi.<stack>.yaml` names someone's VPC, subnets, network interfaces and
resource groups; the copy names the ones that were made in the sandbox, and points the providers at
it. Nothing else differs, line numbers included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from sandbox.environment import PROJECT
from sandbox.errors import SandboxError
from sandbox.yamlpatch import MappingNode, Node, Patch, SequenceNode, get, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CONFIG = PROJECT / "config"
MOTO_ACCOUNT = "123456789012"  # the account that moto's resources are in
NO_ID = "00000000-0000-0000-0000-000000000000"

INTERFACES = "seg-firewall:interfaces"

AZURE_PROVIDER = {
    "azure-native:subscriptionId": NO_ID,
    "azure-native:tenantId": NO_ID,
    "azure-native:clientId": NO_ID,
    "azure-native:clientSecret": "sandbox",
}


class AwsNetwork(Protocol):
    """What was made in the stand-in AWS; the keys are the names of the firewall's interfaces."""

    @property
    def vpc_id(self) -> str:
        """The VPC."""
        ...

    @property
    def subnet_ids(self) -> Mapping[str, str]:
        """One subnet per interface."""
        ...

    @property
    def interface_ids(self) -> Mapping[str, str]:
        """One network interface (ENI) per interface."""
        ...


class AzureGroup(Protocol):
    """What was made in the stand-in Azure."""

    @property
    def resource_group(self) -> str:
        """The resource group's name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFile:
    """A shipped stack file, as far as the sandbox must understand it.

    *place* is the region or location; *subnets* are each interface's, imports included.
    """

    stack: str
    path: Path
    text: str
    cloud: str
    place: str
    subnets: Mapping[str, Sequence[str]]


def shipped(config: Path = CONFIG) -> tuple[str, ...]:
    """The names of the stacks that have a file in *config*."""
    return tuple(sorted(path.stem.removeprefix("Pulumi.") for path in config.glob("Pulumi.*.yaml")))


def read(stack: str, config: Path = CONFIG) -> StackFile:
    """The shipped file of *stack*.

    Raises:
        SandboxError: there is none, or it does not say which cloud and where.
    """
    path = config / f"Pulumi.{stack}.yaml"
    if not path.exists():
        known = ", ".join(shipped(config)) or "none"
        message = f'there is no stack file for "{stack}" in {config.name}/; there are: {known}.'
        raise SandboxError(message)
    text = path.read_text("utf-8")
    values = _config(text, path)
    cloud = values.get("seg-firewall:cloud")
    key = {"aws": "aws:region", "azure": "azure-native:location"}.get(str(cloud))
    if key is None:
        message = f"{_shown(path)}: seg-firewall:cloud is {cloud!r}; write aws or azure."
        raise SandboxError(message)
    if not values.get(key):
        message = f"{_shown(path)}: {key} is missing; add it."
        raise SandboxError(message)
    interfaces = _interfaces(values, path)
    return StackFile(
        stack=stack,
        path=path,
        text=text,
        cloud=str(cloud),
        place=str(values[key]),
        subnets={name: tuple(each.get("subnets") or ()) for name, each in interfaces.items()},
    )


def for_aws(file: StackFile, network: AwsNetwork, endpoint: str) -> str:
    """The text of *file* with the ids of *network* and a provider that talks to *endpoint*."""
    patch = Patch(file.text, _shown(file.path))
    config = patch.root()
    for name, interface in _interface_nodes(config):
        _replace(patch, get(interface, "vpc"), network.vpc_id)
        attached, subnet = network.interface_ids.get(name), network.subnet_ids.get(name)
        _replace_first(patch, get(interface, "securityGroup", "attach"), attached)
        _replace_first(patch, get(interface, "networkAcl", "subnetIds"), subnet)
    if get(config, "aws:allowedAccountIds") is not None:
        patch.set(config, "aws:allowedAccountIds", [MOTO_ACCOUNT])
    for key, value in _aws_provider(endpoint).items():
        patch.set(config, key, value)
    return _finished(patch, config)


def for_azure(file: StackFile, group: AzureGroup) -> str:
    """The text of *file* with the resource group of *group* and a provider that logs in nowhere."""
    patch = Patch(file.text, _shown(file.path))
    config = patch.root()
    for _, interface in _interface_nodes(config):
        _replace(patch, get(interface, "resourceGroup"), group.resource_group)
    for key, value in AZURE_PROVIDER.items():
        patch.set(config, key, value)
    return _finished(patch, config)


def _finished(patch: Patch, config: MappingNode) -> str:
    # The owner's key or passphrase is not for the sandbox, which has a salt of its own.
    patch.blank("encryptionsalt", "secretsprovider", "encryptedkey")
    return patch.result(config)


def _aws_provider(endpoint: str) -> dict[str, Any]:
    return {
        "aws:endpoints": [{"ec2": endpoint, "sts": endpoint}],
        "aws:accessKey": "test",
        "aws:secretKey": "test",  # moto takes any
        "aws:skipCredentialsValidation": True,
        "aws:skipMetadataApiCheck": True,
        "aws:skipRequestingAccountId": True,
    }


def _interface_nodes(config: MappingNode) -> list[tuple[str, Node]]:
    return [(key.value, value) for key, value in pairs(get(config, INTERFACES))]


def _replace(patch: Patch, node: Node | None, value: str) -> None:
    if node is not None:
        patch.replace(node, value)


def _replace_first(patch: Patch, node: Node | None, value: str | None) -> None:
    """Write the one that the sandbox has in the place of several ids, listed or by name."""
    if value is None or node is None:
        return
    if isinstance(node, SequenceNode) and node.value:
        patch.replace(node, [value])
    names = [key.value for key, _ in pairs(node)]
    if names:
        patch.replace(node, {names[0]: value})


def _interfaces(values: Mapping[str, Any], path: Path) -> Mapping[str, Mapping[str, Any]]:
    """The interfaces with what the imports say of them: maps merge, the rest is replaced."""
    merged: Any = {}
    for name in values.get("seg-firewall:imports") or ():
        shared = path.parent / "shared" / f"{name}.yaml"
        if not shared.exists():
            message = f"{_shown(path)}: there is no {_shown(shared)} to import."
            raise SandboxError(message)
        merged = _merge(merged, _interfaces(_config(shared.read_text("utf-8"), shared), path))
    merged = _merge(merged, values.get(INTERFACES) or {})
    if not isinstance(merged, dict) or not all(isinstance(each, dict) for each in merged.values()):
        message = f"{_shown(path)}: {INTERFACES} is a mapping from names to mappings."
        raise SandboxError(message)
    return merged


def _merge(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _merge(below.get(key), value) for key, value in above.items()}
    return above


def _config(text: str, path: Path) -> Mapping[str, Any]:
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        message = f"{_shown(path)}: this is no YAML: {error}"
        raise SandboxError(message) from None
    config = values.get("config") if isinstance(values, dict) else None
    if not isinstance(config, dict):
        message = f"{_shown(path)}: a stack file is a mapping with a mapping `config:` in it."
        raise SandboxError(message)
    return config


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
