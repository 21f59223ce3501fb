"""The network that the sandbox makes to deploy into."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import seed
from sandbox.arm import group_path
from sandbox.arm_store import Store
from sandbox.ec2 import serving
from sandbox.errors import SandboxError
from sandbox.providers.aws_api import Connection
from sandbox.providers.errors import CloudError

INTERFACES = {
    "management": ["10.20.100.0/24", "2001:db8:20:64::/64"],
    "public": ["10.20.101.0/24"],
    "private": ["172.16.5.0/24"],
}
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def stack() -> str:
    return f"lab-{next(NUMBERS)}"


def test_each_interface_gets_its_subnet_and_a_network_interface(endpoint: str, stack: str) -> None:
    made = seed.aws(endpoint, "eu-central-1", stack, INTERFACES)
    ec2 = Connection(url=endpoint, access_key="x", secret_key="x").client("ec2", "eu-central-1")
    subnets = ec2.describe_subnets(SubnetIds=list(made.subnet_ids.values()))["Subnets"]
    cards = ec2.describe_network_interfaces(NetworkInterfaceIds=list(made.interface_ids.values()))

    assert list(made.subnet_ids) == list(INTERFACES) == list(made.interface_ids)
    assert {subnet["CidrBlock"] for subnet in subnets} == {
        "10.20.100.0/24",
        "10.20.101.0/24",
        "172.16.5.0/24",
    }
    assert {subnet["VpcId"] for subnet in subnets} == {made.vpc_id}
    for card in cards["NetworkInterfaces"]:
        assert [group["GroupName"] for group in card["Groups"]] == ["default"]


def test_a_second_time_finds_what_is_there(endpoint: str, stack: str) -> None:
    first = seed.aws(endpoint, "us-east-1", stack, INTERFACES)

    assert seed.aws(endpoint, "us-east-1", stack, INTERFACES) == first


def test_an_interface_added_later_joins_the_same_vpc(endpoint: str, stack: str) -> None:
    first = seed.aws(endpoint, "us-east-1", stack, {"management": ["10.20.100.0/24"]})
    second = seed.aws(endpoint, "us-east-1", stack, INTERFACES)

    assert second.vpc_id == first.vpc_id
    assert second.subnet_ids["management"] == first.subnet_ids["management"]


def test_stacks_do_not_share_a_network(endpoint: str, stack: str) -> None:
    one = seed.aws(endpoint, "us-east-1", stack, INTERFACES)

    assert seed.aws(endpoint, "us-east-1", f"{stack}-b", INTERFACES).vpc_id != one.vpc_id


def test_an_interface_without_a_prefix_gets_a_spare_one(endpoint: str, stack: str) -> None:
    made = seed.aws(endpoint, "us-east-1", stack, {"data": [], "more": []})

    assert made.subnet_ids["data"] != made.subnet_ids["more"]


def test_only_this_machine_is_talked_to() -> None:
    with pytest.raises(CloudError, match="only talks to this machine"):
        seed.aws("https://ec2.us-east-1.amazonaws.com", "us-east-1", "x", INTERFACES)


def test_azure_gets_a_resource_group_once(tmp_path: Path) -> None:
    store = tmp_path / "arm.json"
    first = seed.azure(store, "azure-lab", "westeurope")

    assert seed.azure(store, "azure-lab", "westeurope") == first
    assert Store(store).request("GET", group_path(first.resource_group)).status == 200


def test_a_renamed_interface_finds_its_subnet_and_network_interface_again(endpoint):
    first = seed.aws(endpoint, "us-east-1", "renamed", {"old": ["10.77.1.0/24"]})
    again = seed.aws(endpoint, "us-east-1", "renamed", {"new": ["10.77.1.0/24"]})

    assert again.subnet_ids["new"] == first.subnet_ids["old"]
    assert again.interface_ids["new"] == first.interface_ids["old"]


def test_a_subnet_that_overlaps_one_that_is_there_is_refused_with_the_next_step(endpoint):
    seed.aws(endpoint, "us-east-1", "overlapping", {"one": ["10.78.1.0/24"]})
    with pytest.raises(SandboxError, match="run `make down`, then `make up`"):
        seed.aws(endpoint, "us-east-1", "overlapping", {"one": ["10.78.0.0/23"]})
