"""Data sources: the few that a program about firewalls may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.providers.aws_api import Api, tags_of
from sandbox.providers.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.providers.values import Values


def answer(api: Api, token: str, arguments: Values) -> Values:
    """What the data source *token* says.

    Raises:
        CloudError: there is none, or it finds nothing or more than one thing.
    """
    if token not in _SOURCES:
        text = f'the sandbox has no data source "{token}"; it has {", ".join(sorted(_SOURCES))}'
        raise CloudError(text, code="NoSuchFunction")
    return _SOURCES[token](api, arguments)


def _region(api: Api, arguments: Values) -> Values:
    region = arguments.get("region") or arguments.get("name") or api.region
    endpoint = f"ec2.{region}.amazonaws.com"
    return {
        "id": region,
        "region": region,
        "name": region,
        "description": region,
        "endpoint": endpoint,
    }


def _caller(api: Api, arguments: Values) -> Values:
    del arguments
    arn = f"arn:aws:sts::{api.account}:assumed-role/sandbox/sandbox"
    return {"id": api.account, "accountId": api.account, "arn": arn, "userId": "sandbox"}


def _vpc(api: Api, arguments: Values) -> Values:
    found = _one(api, "DescribeVpcs", "Vpcs", "VpcIds", arguments)
    return {
        "arn": f"arn:aws:ec2:{api.region}:{found['OwnerId']}:vpc/{found['VpcId']}",
        "cidrBlock": found["CidrBlock"],
        "default": found["IsDefault"],
        "dhcpOptionsId": found.get("DhcpOptionsId", ""),
        "enableDnsHostnames": False,
        "enableDnsSupport": True,
        "id": found["VpcId"],
        "instanceTenancy": found.get("InstanceTenancy", "default"),
        "ownerId": found["OwnerId"],
        "region": api.region,
        "state": found["State"],
        "tags": tags_of(found),
    }


def _subnet(api: Api, arguments: Values) -> Values:
    found = _one(api, "DescribeSubnets", "Subnets", "SubnetIds", arguments)
    return {
        "arn": found["SubnetArn"],
        "availabilityZone": found["AvailabilityZone"],
        "cidrBlock": found["CidrBlock"],
        "id": found["SubnetId"],
        "ownerId": found["OwnerId"],
        "region": api.region,
        "state": found["State"],
        "tags": tags_of(found),
        "vpcId": found["VpcId"],
    }


def _one(api: Api, action: str, key: str, ids: str, arguments: Values) -> Values:
    filters = [
        {"Name": item["name"], "Values": item["values"]} for item in arguments.get("filters", [])
    ]
    filters += [
        {"Name": f"tag:{name}", "Values": [value]}
        for name, value in arguments.get("tags", {}).items()
    ]
    if "vpcId" in arguments:
        filters.append({"Name": "vpc-id", "Values": [arguments["vpcId"]]})
    if arguments.get("default"):
        filters.append({"Name": "isDefault", "Values": ["true"]})
    asked = {ids: [arguments["id"]]} if "id" in arguments else {}
    found = api.look(action, key, **asked, **({"Filters": filters} if filters else {}))
    if len(found) != 1:
        what = "no matching" if not found else "multiple"
        raise CloudError(f"{what} EC2 {key} found", code="NotOne")
    return found[0]


_SOURCES: Final[Mapping[str, Callable[[Api, Values], Values]]] = {
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ec2/getSubnet:getSubnet": _subnet,
}
