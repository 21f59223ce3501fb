"""The stand-in clouds, and small stacks that are brought up in them by the real engine."""

from __future__ import annotations

import copy
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from sandbox import plugins, processes, seed
from sandbox.environment import PROJECT, Environment
from sandbox.progress import Progress
from sandbox.runner import Pulumi
from sandbox.toolchain import Engine, get_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.commands import Result

REGION = "us-east-1"


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of this checkout; `make test` has built it."""
    return get_engine(Environment().tools, progress=Progress(stream=sys.stderr))


@dataclass
class Clouds:
    """One environment with both stand-in clouds running."""

    environment: Environment
    engine: Engine
    endpoint: str

    @property
    def ec2(self) -> Any:
        """A client of the stand-in AWS, for looking at and going behind the engine's back."""
        return boto3.client(
            "ec2",
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@pytest.fixture(scope="session")
def clouds(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Clouds]:
    environment = Environment(root=tmp_path_factory.mktemp("clouds"))
    environment.prepare()
    plugins.install(environment)
    service = processes.start_moto(environment).service
    yield Clouds(environment, engine, service.url)
    processes.stop_all(environment)


@dataclass
class Stack:
    """A stack of this project: settings that a test changes, and what `up` does with them."""

    name: str
    pulumi: Pulumi
    provider: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)

    def up(self, **options: Any) -> Result:
        values = {f"seg-firewall:{key}": value for key, value in self.settings.items()}
        self.pulumi.configure(self.name, {**self.provider, **values})
        self.pulumi.init(self.name)
        return self.pulumi.up(self.name, **options)

    def urns(self) -> dict[str, str]:
        """Logical name to cloud id of every resource in the state that has one."""
        return {
            resource["urn"].rsplit("::", 1)[-1]: resource["id"]
            for resource in self.pulumi.resources(self.name)
            if "id" in resource and "pulumi:" not in resource["type"]
        }


def aws_provider(endpoint: str) -> dict[str, Any]:
    return {
        "aws:region": REGION,
        "aws:accessKey": "test",
        "aws:secretKey": "test",
        "aws:skipCredentialsValidation": True,
        "aws:skipMetadataApiCheck": True,
        "aws:skipRequestingAccountId": True,
        "aws:endpoints": [{"ec2": endpoint, "sts": endpoint}],
    }


AZURE_PROVIDER = {
    "azure-native:location": "westeurope",
    "azure-native:subscriptionId": "00000000-0000-0000-0000-000000000000",
    "azure-native:tenantId": "00000000-0000-0000-0000-000000000000",
    "azure-native:clientId": "00000000-0000-0000-0000-000000000000",
    "azure-native:clientSecret": "sandbox",
}

SETTINGS: dict[str, Any] = {
    "gateway": {"environment": "dev", "release": "15.0", "ciscoRegion": "americas"},
    "networks": {
        "admins": ["10.40.0.0/24", "10.40.8.0/28"],
        "dns-servers": ["10.20.53.53/32"],
    },
    "features": {"receive-mail": {}, "send-mail": {}, "ssh-admin": {}, "gui-https": {}, "dns": {}},
}


@pytest.fixture
def aws_stack(clouds: Clouds, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Two interfaces on AWS, each with a group attached; the public one with a network ACL."""
    name = f"t-{abs(hash(request.node.name)) % 10**8}"
    interfaces = {"management": ["10.20.100.0/24"], "public": ["10.20.101.0/24"]}
    network = seed.aws(clouds.endpoint, REGION, name, interfaces)
    settings = copy.deepcopy(SETTINGS) | {
        "cloud": "aws",
        "interfaces": {
            "management": {
                "roles": ["management"],
                "external": False,
                "subnets": interfaces["management"],
                "routes": ["admins", "dns-servers"],
                "vpc": network.vpc_id,
                "securityGroup": {"attach": [network.interface_ids["management"]]},
            },
            "public": {
                "roles": ["public"],
                "external": True,
                "subnets": interfaces["public"],
                "vpc": network.vpc_id,
                "securityGroup": {"attach": [network.interface_ids["public"]]},
                "networkAcl": {"subnetIds": [network.subnet_ids["public"]], "fit": "merge"},
            },
        },
    }
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)
    stack = Stack(name, pulumi, aws_provider(clouds.endpoint), settings)
    yield stack
    if pulumi.exists(name):
        pulumi.destroy(name, check=False)


@pytest.fixture
def azure_stack(clouds: Clouds, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """One interface with all roles on Azure."""
    name = f"t-{abs(hash(request.node.name)) % 10**8}"
    group = seed.azure(clouds.environment.arm_store, name, "westeurope").resource_group
    settings = copy.deepcopy(SETTINGS) | {
        "cloud": "azure",
        "dropProviderAliases": True,
        "interfaces": {
            "gate": {
                "roles": ["management", "public"],
                "external": True,
                "subnets": ["10.20.100.0/24"],
                "resourceGroup": group,
            }
        },
    }
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)
    stack = Stack(name, pulumi, AZURE_PROVIDER, settings)
    yield stack
    if pulumi.exists(name):
        pulumi.destroy(name, check=False)


@pytest.fixture
def program(clouds: Clouds, tmp_path: Path) -> Callable[[str], Pulumi]:
    """A program that is not ours: a folder with its own Pulumi.yaml and `__main__.py`."""

    def make(text: str) -> Pulumi:
        (tmp_path / "Pulumi.yaml").write_text("name: theirs\nruntime: python\n", "utf-8")
        (tmp_path / "__main__.py").write_text(text, "utf-8")
        return Pulumi(
            clouds.environment,
            cwd=tmp_path,
            engine=clouds.engine,
            extra={"PYTHONPATH": str(PROJECT)},
        )

    return make
