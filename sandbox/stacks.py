"""The sandbox's own copy of a shipped stack file, with ids and providers that exist here.

The checkout's `config/Pulumi.<stack>.yaml` names someone's VPC, subnets, network interfaces and
resource groups; the copy names the ones that were made in the sandbox, and points the providers at
it. Nothing else differs, line numbers included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from sandbox.environment import PROJECT
from sandbox.yamlpatch import MappingNode, Node, Patch, SequenceNode, get, pairs
from segfw.cli.load import load_plan
from segfw.problems import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from segfw.plan import Plan

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
    """A stack file without problems, and the proven plan of its stack."""

    path: Path
    text: str
    plan: Plan

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.plan.settings.stack

    @property
    def cloud(self) -> str:
        """`aws` or `azure`."""
        return self.plan.settings.cloud.value

    @property
    def place(self) -> str:
        """The region or location, which a stack file must name."""
        return str(self.plan.settings.region)

    @property
    def subnets(self) -> Mapping[str, tuple[str, ...]]:
        """Each interface's subnets, imports included."""
        interfaces = self.plan.settings.interfaces
        return {name: tuple(map(str, each.subnets)) for name, each in interfaces.items()}


def read(stack: str, config: Path = CONFIG) -> StackFile:
    """The file of *stack* in *config*, read and proven as `segfw check` does.

    Raises:
        ProblemsFound: there is no such file, or it is wrong.
        NotProven: the plan does not mean what the file asks for, which is a bug in this project.
    """
    plan = load_plan(config, stack.rpartition("/")[2], date.today())
    path = config / f"Pulumi.{plan.settings.stack}.yaml"
    return StackFile(path=path, text=path.read_text("utf-8"), plan=plan)


def read_all(names: Iterable[str], config: Path = CONFIG) -> tuple[StackFile, ...]:
    """The files of the stacks *names*, each once.

    Raises:
        ProblemsFound: with the problems of all of them.
        NotProven: as `read` says.
    """
    files: list[StackFile] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        try:
            files.append(read(name, config))
        except ProblemsFound as found:
            problems.extend(found.problems)
    if problems:
        raise ProblemsFound(problems)
    return tuple(files)


def link_shared(folder: Path, config: Path = CONFIG) -> None:
    """Put the shared files into *folder*, beside the copies of the stack files that import them.

    A link, since a program reads the imports in *config* too; what else has the name stays.
    """
    link = folder / "shared"
    if link.is_symlink():
        link.unlink()
    if not link.exists():
        link.symlink_to(config / "shared", target_is_directory=True)


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


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
