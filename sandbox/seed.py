"""A network to deploy into: what a team has before it runs this project.

Both functions find what they made before, and change nothing then.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from sandbox import arm
from sandbox.arm_store import Store
from sandbox.errors import SandboxError
from sandbox.providers.aws_api import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TAG: Final = "seg-sandbox:stack"
_VPC_SHORTEST: Final = 16
"""AWS takes no VPC block larger than a /16."""
_SPARE: Final = ipaddress.IPv4Network("10.254.0.0/16")
"""For interfaces that name no IPv4 subnet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsNetwork:
    """One VPC, and for each firewall interface one subnet and one network interface."""

    vpc_id: str
    subnet_ids: dict[str, str]
    interface_ids: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureGroup:
    """A resource group to put network security groups into."""

    resource_group: str


def azure(store: Path, stack: str, location: str) -> AzureGroup:
    """The resource group of *stack* in the ARM store *store*.

    Raises:
        RuntimeError: ARM refuses, say because the group exists elsewhere.
    """
    name = f"rg-{stack}"
    body = {"location": location, "tags": {TAG: stack}}
    answer = Store(store).request("PUT", arm.group_path(name), body)
    if answer.code:
        raise RuntimeError(answer.message)
    return AzureGroup(resource_group=name)


def aws(
    endpoint: str, region: str, stack: str, interfaces: Mapping[str, Sequence[str]]
) -> AwsNetwork:
    """The network of *stack* at *endpoint*, with *interfaces* as name and subnet prefixes.

    A subnet has the first IPv4 prefix of its interface, or a spare one where there is none, and
    the first IPv6 prefix as far as moto takes it.  Each network interface has the VPC's default
    security group, as every new one has.
    """
    connection = Connection(url=endpoint, access_key="test", secret_key="test")  # noqa: S106  moto takes any
    ec2 = connection.client("ec2", region)
    blocks = _blocks(interfaces)
    vpc_id = _vpc(ec2, stack, list(blocks.values()))
    there = ec2.describe_subnets(Filters=_filters(vpc_id))["Subnets"]
    subnets = {each["CidrBlock"]: each["SubnetId"] for each in _ours(there, "Tags")}
    cards_there = ec2.describe_network_interfaces(Filters=_filters(vpc_id))["NetworkInterfaces"]
    cards = {each["SubnetId"]: each["NetworkInterfaceId"] for each in _ours(cards_there, "TagSet")}
    subnet_ids: dict[str, str] = {}
    interface_ids: dict[str, str] = {}
    for name, block in blocks.items():
        # By address, so that an interface that was renamed finds its own again.
        subnet = subnets.get(str(block)) or _subnet(
            ec2, vpc_id, stack, name, block, interfaces[name]
        )
        subnet_ids[name] = subnet
        interface_ids[name] = cards.get(subnet) or _interface(ec2, vpc_id, stack, name, subnet)
    return AwsNetwork(vpc_id=vpc_id, subnet_ids=subnet_ids, interface_ids=interface_ids)


def _blocks(interfaces: Mapping[str, Sequence[str]]) -> dict[str, ipaddress.IPv4Network]:
    spares = _SPARE.subnets(new_prefix=24)
    result: dict[str, ipaddress.IPv4Network] = {}
    for name, prefixes in interfaces.items():
        own = [ipaddress.IPv4Network(prefix) for prefix in prefixes if ":" not in prefix]
        result[name] = own[0] if own else next(spares)
    return result


def _covers(blocks: Sequence[ipaddress.IPv4Network]) -> list[ipaddress.IPv4Network]:
    """The /16s around *blocks*: a VPC takes several, the first one as its own."""
    wide = {
        block if block.prefixlen <= _VPC_SHORTEST else block.supernet(new_prefix=_VPC_SHORTEST)
        for block in blocks
    }
    return sorted(wide) or [_SPARE]


def _vpc(ec2: Any, stack: str, blocks: Sequence[ipaddress.IPv4Network]) -> str:
    mine = [{"Name": f"tag:{TAG}", "Values": [stack]}]
    found = ec2.describe_vpcs(Filters=mine)["Vpcs"]
    covers = [str(block) for block in _covers(blocks)]
    if found:
        vpc = found[0]
    else:
        vpc = ec2.create_vpc(
            CidrBlock=covers[0],
            AmazonProvidedIpv6CidrBlock=True,
            TagSpecifications=_tags("vpc", stack, stack),
        )["Vpc"]
    sets = vpc.get("CidrBlockAssociationSet", [])
    held = {item["CidrBlock"] for item in sets} | {vpc["CidrBlock"]}
    for cover in covers:
        if cover not in held:
            ec2.associate_vpc_cidr_block(VpcId=vpc["VpcId"], CidrBlock=cover)
    return vpc["VpcId"]


def _subnet(
    ec2: Any,
    vpc_id: str,
    stack: str,
    name: str,
    block: ipaddress.IPv4Network,
    prefixes: Sequence[str],
) -> str:
    asked: dict[str, Any] = {
        "VpcId": vpc_id,
        "CidrBlock": str(block),
        "TagSpecifications": _tags("subnet", stack, name),
    }
    six = [str(ipaddress.IPv6Network(prefix)) for prefix in prefixes if ":" in prefix]
    if six:
        asked["Ipv6CidrBlock"] = six[0]
    try:
        return ec2.create_subnet(**asked)["Subnet"]["SubnetId"]
    except ClientError as error:
        message = (
            f'{stack}: the subnet {block} of "{name}" cannot be made beside the ones that are '
            f"there ({error}); run `make down`, then `make up`."
        )
        raise SandboxError(message) from None


def _interface(ec2: Any, vpc_id: str, stack: str, name: str, subnet_id: str) -> str:
    named = [*_filters(vpc_id), {"Name": "group-name", "Values": ["default"]}]
    groups = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    answer = ec2.create_network_interface(
        SubnetId=subnet_id,
        Groups=[group["GroupId"] for group in groups],
        Description=f"{stack} {name}",
        TagSpecifications=_tags("network-interface", stack, name),
    )
    return answer["NetworkInterface"]["NetworkInterfaceId"]


def _filters(vpc_id: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc_id]}]


def _tags(kind: str, stack: str, name: str) -> list[dict[str, Any]]:
    tags = {TAG: stack, "Name": name}
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return [{"ResourceType": kind, "Tags": pairs}]


def _ours(things: list[dict[str, Any]], tags: str) -> list[dict[str, Any]]:
    """What was made here: the things that have our tag."""
    return [thing for thing in things if any(tag["Key"] == TAG for tag in thing.get(tags, []))]
