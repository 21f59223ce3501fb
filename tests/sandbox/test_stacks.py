"""The sandbox's copy of a stack file: what differs from the shipped one, and what does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import stacks
from sandbox.environment import PROJECT
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

NETWORK: Any = SimpleNamespace(
    vpc_id="vpc-1",
    subnet_ids={"management": "subnet-m", "public": "subnet-p"},
    interface_ids={"management": "eni-m", "public": "eni-p"},
)

AWS = """\
# yaml-language-server: $schema=stack.schema.json
encryptionsalt: v1:someone
config:
  aws:region: eu-central-1
  aws:allowedAccountIds: ["111122223333"]   # ours
  seg-firewall:cloud: aws
  seg-firewall:gateway: {environment: prod, release: "15.0"}
  seg-firewall:interfaces:
    management:
      roles: [management]   # off: "20:21"
      subnets: [10.20.100.0/24]
      vpc: {stack: acme/network/prod, output: vpcId}
      securityGroup:
        attach:
          - eni-0c2d
          - eni-0c2e   # the second gateway
      networkAcl: {subnetIds: [subnet-0a1b, subnet-0a1c], fit: superset}
    public: {roles: [public], subnets: [10.20.101.0/24], vpc: vpc-0aa1}
  seg-firewall:networks: {admins: [10.40.0.0/24]}
"""

AWS_COPY = """\
# yaml-language-server: $schema=stack.schema.json

config:
  aws:region: eu-central-1
  aws:allowedAccountIds: ["123456789012"]   # ours
  seg-firewall:cloud: aws
  seg-firewall:gateway: {environment: prod, release: "15.0"}
  seg-firewall:interfaces:
    management:
      roles: [management]   # off: "20:21"
      subnets: [10.20.100.0/24]
      vpc: "vpc-1"
      securityGroup:
        attach:
          ["eni-m"]   # the second gateway
      networkAcl: {subnetIds: ["subnet-m"], fit: superset}
    public: {roles: [public], subnets: [10.20.101.0/24], vpc: "vpc-1"}
  seg-firewall:networks: {admins: [10.40.0.0/24]}
  aws:endpoints: [{"ec2": "http://127.0.0.1:1", "sts": "http://127.0.0.1:1"}]
  aws:accessKey: "test"
  aws:secretKey: "test"
  aws:skipCredentialsValidation: true
  aws:skipMetadataApiCheck: true
  aws:skipRequestingAccountId: true
"""

AZURE = """\
config:
  azure-native:location: westeurope
  azure-native:subscriptionId: 6f0c0000-0000-0000-0000-000000000001
  seg-firewall:cloud: azure
  seg-firewall:imports: [lab]
  seg-firewall:interfaces:
    public: {resourceGroup: rg-mail}
"""

AZURE_COPY = """\
config:
  azure-native:location: westeurope
  azure-native:subscriptionId: "00000000-0000-0000-0000-000000000000"
  seg-firewall:cloud: azure
  seg-firewall:imports: [lab]
  seg-firewall:interfaces:
    public: {resourceGroup: "rg-sandbox"}
  azure-native:tenantId: "00000000-0000-0000-0000-000000000000"
  azure-native:clientId: "00000000-0000-0000-0000-000000000000"
  azure-native:clientSecret: "sandbox"
"""


def config(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('_', '.', 1)}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_an_aws_copy_differs_in_ids_account_and_provider_only(tmp_path: Path) -> None:
    file = stacks.read("dev", config(tmp_path, Pulumi_dev=AWS))

    assert stacks.for_aws(file, NETWORK, "http://127.0.0.1:1") == AWS_COPY
    assert (file.cloud, file.place) == ("aws", "eu-central-1")
    assert file.subnets == {"management": ("10.20.100.0/24",), "public": ("10.20.101.0/24",)}


def test_an_attachment_by_name_keeps_its_first_name(tmp_path: Path) -> None:
    text = AWS.replace(
        "        attach:\n          - eni-0c2d\n          - eni-0c2e   # the second gateway\n",
        "        attach: {one: eni-0c2d, two: eni-0c2e}\n",
    )
    copy = stacks.for_aws(
        stacks.read("dev", config(tmp_path, Pulumi_dev=text)), NETWORK, "http://x"
    )

    assert '        attach: {"one": "eni-m"}\n' in copy


def test_an_azure_copy_differs_in_resource_group_and_provider_only(tmp_path: Path) -> None:
    lab = "config:\n  seg-firewall:interfaces:\n    public: {subnets: [10.0.0.0/24]}\n"
    file = stacks.read("dev", config(tmp_path, Pulumi_dev=AZURE, shared__lab=lab))

    assert stacks.for_azure(file, SimpleNamespace(resource_group="rg-sandbox")) == AZURE_COPY  # pyright: ignore[reportArgumentType]
    assert file.subnets == {"public": ("10.0.0.0/24",)}


def test_a_copy_of_a_copy_is_the_same(tmp_path: Path) -> None:
    first = stacks.for_aws(
        stacks.read("dev", config(tmp_path, Pulumi_dev=AWS)), NETWORK, "http://127.0.0.1:1"
    )
    second = stacks.for_aws(
        stacks.read("dev", config(tmp_path, Pulumi_dev=first)), NETWORK, "http://127.0.0.1:1"
    )

    assert second == first


@pytest.mark.parametrize("stack", stacks.shipped())
def test_each_shipped_stack_can_be_copied_and_keeps_its_lines(stack: str) -> None:
    file = stacks.read(stack)
    names = tuple(file.subnets)
    network: Any = SimpleNamespace(
        vpc_id="vpc-1",
        subnet_ids={name: f"subnet-{name}" for name in names},
        interface_ids={name: f"eni-{name}" for name in names},
        resource_group="rg",
    )

    copy = (
        stacks.for_aws(file, network, "http://127.0.0.1:1")
        if file.cloud == "aws"
        else stacks.for_azure(file, network)
    )

    kept = [line for line in file.text.splitlines() if line in copy.splitlines()]
    assert len(kept) >= len(file.text.splitlines()) - 25
    assert names
    assert "vpc-0" not in copy
    assert "subnet-0" not in copy
    assert "eni-0" not in copy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, 'there is no stack file for "dev" in {folder}/; there are: other.'),
        ("- a\n", "{file}: a stack file is a mapping with a mapping `config:` in it."),
        ("config: 1\n", "{file}: a stack file is a mapping with a mapping `config:` in it."),
        (
            "config: {aws:region: x}\n",
            "{file}: seg-firewall:cloud is None; write aws or azure.",
        ),
        (
            "config:\n  seg-firewall:cloud: gcp\n",
            "{file}: seg-firewall:cloud is 'gcp'; write aws or azure.",
        ),
        (
            "config:\n  seg-firewall:cloud: aws\n",
            "{file}: aws:region is missing; add it.",
        ),
        (
            "config:\n  seg-firewall:cloud: aws\n  aws:region: x\n  seg-firewall:imports: [nope]\n",
            "{file}: there is no {folder_path}/shared/nope.yaml to import.",
        ),
    ],
)
def test_a_file_that_cannot_be_copied_is_refused_with_its_place(
    tmp_path: Path, text: str | None, message: str
) -> None:
    folder = config(tmp_path, Pulumi_other="config: {}\n")
    if text is not None:
        config(tmp_path, Pulumi_dev=text)

    with pytest.raises(SandboxError) as caught:
        stacks.read("dev", folder)

    assert str(caught.value) == message.format(
        folder=folder.name, folder_path=folder, file=folder / "Pulumi.dev.yaml"
    )


def test_the_default_stacks_are_shipped() -> None:
    from sandbox.driver import DEFAULT_STACKS

    assert set(DEFAULT_STACKS) <= set(stacks.shipped(PROJECT / "config"))
