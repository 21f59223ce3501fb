"""The sandbox's copy of a stack file: what differs from the shipped one, and what does not."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sandbox import stacks
from sandbox.errors import SandboxError
from segfw.problems import ProblemsFound
from tests.shipped import SHIPPED

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
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces:
    management:
      roles: [management]   # off: "20:21"
      external: false
      routes: [admins]
      subnets: [10.20.100.0/24]
      vpc: {stack: acme/network/prod, output: vpcId}
      securityGroup:
        attach:
          - eni-0c2d0c2d
          - eni-0c2e0c2e   # the second gateway
      networkAcl: {subnetIds: [subnet-0a1b0a1b, subnet-0a1c0a1c], fit: superset}
    public: {roles: [public], external: true, subnets: [10.20.101.0/24], vpc: vpc-0aa10aa1}
  seg-firewall:networks: {admins: [10.40.0.0/24]}
  seg-firewall:features: {ssh-admin: {}}
"""

AWS_COPY = """\
# yaml-language-server: $schema=stack.schema.json

config:
  aws:region: eu-central-1
  aws:allowedAccountIds: ["123456789012"]   # ours
  seg-firewall:cloud: aws
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces:
    management:
      roles: [management]   # off: "20:21"
      external: false
      routes: [admins]
      subnets: [10.20.100.0/24]
      vpc: "vpc-1"
      securityGroup:
        attach:
          ["eni-m"]   # the second gateway
      networkAcl: {subnetIds: ["subnet-m"], fit: superset}
    public: {roles: [public], external: true, subnets: [10.20.101.0/24], vpc: "vpc-1"}
  seg-firewall:networks: {admins: [10.40.0.0/24]}
  seg-firewall:features: {ssh-admin: {}}
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


LAB = """\
config:
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces:
    public: {roles: [management, public], external: false, subnets: [10.0.0.0/24]}
  seg-firewall:networks: {admins: [10.40.0.0/24]}
  seg-firewall:features: {ssh-admin: {}}
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
        "        attach:\n          - eni-0c2d0c2d\n          - eni-0c2e0c2e   # the second gateway\n",
        "        attach: {one: eni-0c2d0c2d, two: eni-0c2e0c2e}\n",
    )
    copy = stacks.for_aws(
        stacks.read("dev", config(tmp_path, Pulumi_dev=text)), NETWORK, "http://x"
    )

    assert '        attach: {"one": "eni-m"}\n' in copy


def test_an_azure_copy_differs_in_resource_group_and_provider_only(tmp_path: Path) -> None:
    file = stacks.read("dev", config(tmp_path, Pulumi_dev=AZURE, shared__lab=LAB))

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


@pytest.mark.parametrize("stack", SHIPPED)
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


def test_every_problem_of_every_stack_is_found_before_any_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = config(
        tmp_path / "config",
        Pulumi_one=AWS.replace("[10.20.101.0/24]", "[10.20.101.7/24]"),
        Pulumi_two="config: [\n",
        Pulumi_three=AWS,
    )

    with pytest.raises(ProblemsFound) as caught:
        stacks.read_all(["one", "two", "three", "four"], folder)

    for problem in caught.value.problems:
        assert problem.place.file.startswith("config/Pulumi.")
    assert {problem.place.file[14:-5] for problem in caught.value.problems} == {
        "one",
        "two",
        "four",
    }


def test_a_stack_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    folder = config(tmp_path, Pulumi_dev=AWS)

    assert [file.stack for file in stacks.read_all(["dev", "dev"], folder)] == ["dev"]


def test_a_file_in_flow_style_is_refused_with_the_next_step(tmp_path: Path) -> None:
    flow = json.dumps(yaml.safe_load(AZURE))
    file = stacks.read("dev", config(tmp_path, Pulumi_dev=flow, shared__lab=LAB))

    with pytest.raises(SandboxError, match="write it without braces, each key on a line"):
        stacks.for_azure(file, SimpleNamespace(resource_group="rg"))  # pyright: ignore[reportArgumentType]


def test_the_default_stacks_are_shipped() -> None:
    from sandbox.driver import DEFAULT_STACKS

    assert set(DEFAULT_STACKS) <= set(SHIPPED)


def test_the_shared_files_are_linked_anew_and_what_is_no_link_stays(tmp_path: Path) -> None:
    (tmp_path / "config" / "shared").mkdir(parents=True)
    (tmp_path / "config" / "shared" / "base.yaml").write_text("config: {}\n", "utf-8")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "shared").symlink_to(tmp_path / "gone")
    (tmp_path / "own" / "shared").mkdir(parents=True)

    for folder in ("copies", "copies", "own"):
        stacks.link_shared(tmp_path / folder, tmp_path / "config")

    assert (tmp_path / "copies" / "shared" / "base.yaml").read_text("utf-8") == "config: {}\n"
    assert list((tmp_path / "own" / "shared").iterdir()) == []
