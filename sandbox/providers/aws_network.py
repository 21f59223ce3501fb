"""VPCs, subnets and network interfaces: enough of them for programs that bring their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.providers.aws_api import Api, forget, retag, tag_outputs, tag_specification, tags_of
from sandbox.providers.aws_checks import cidr_failures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.errors import Failure
    from sandbox.providers.values import Values


class _Plain:
    def __init__(self, api: Api, default_tags: Mapping[str, str]) -> None:
        """In the region of *api*."""
        self._api = api
        self._defaults = default_tags

    def _tags(self, inputs: Values) -> dict[str, str]:
        return {**self._defaults, **inputs.get("tags", {})}

    def check(self, inputs: Values) -> list[Failure]:
        """Whole blocks."""
        return list(cidr_failures("cidrBlock", inputs.get("cidrBlock"), 4))


class Vpcs(_Plain):
    """The life of ``aws:ec2/vpc:Vpc``."""

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A VPC with its default group and ACL."""
        ipv6 = (
            {"AmazonProvidedIpv6CidrBlock": True}
            if inputs.get("assignGeneratedIpv6CidrBlock")
            else {}
        )
        tags = tag_specification("vpc", self._tags(inputs))
        answer = self._api.call("CreateVpc", CidrBlock=inputs["cidrBlock"], **ipv6, **tags)
        vpc_id = answer["Vpc"]["VpcId"]
        return vpc_id, self.read(vpc_id, inputs) or {}

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The VPC, with the ids of what AWS made with it."""
        found = self._api.look("DescribeVpcs", "Vpcs", VpcIds=[resource_id])
        if not found:
            return None
        vpc = found[0]
        in_it = {"Name": "vpc-id", "Values": [resource_id]}
        default = {"Name": "default", "Values": ["true"]}
        named = {"Name": "group-name", "Values": ["default"]}
        acls = self._api.look("DescribeNetworkAcls", "NetworkAcls", Filters=[in_it, default])
        groups = self._api.look("DescribeSecurityGroups", "SecurityGroups", Filters=[in_it, named])
        blocks = vpc.get("Ipv6CidrBlockAssociationSet") or [{}]
        region, account = self._api.region, vpc["OwnerId"]
        return {
            "arn": f"arn:aws:ec2:{region}:{account}:vpc/{resource_id}",
            "assignGeneratedIpv6CidrBlock": "Ipv6CidrBlock" in blocks[0],
            "cidrBlock": vpc["CidrBlock"],
            "defaultNetworkAclId": acls[0]["NetworkAclId"] if acls else "",
            "defaultSecurityGroupId": groups[0]["GroupId"] if groups else "",
            "dhcpOptionsId": vpc.get("DhcpOptionsId", ""),
            "enableDnsHostnames": bool(olds.get("enableDnsHostnames", False)),
            "enableDnsSupport": bool(olds.get("enableDnsSupport", True)),
            "instanceTenancy": vpc.get("InstanceTenancy", "default"),
            "ipv6AssociationId": blocks[0].get("AssociationId", ""),
            "ownerId": account,
            "region": region,
            **tag_outputs(tags_of(vpc), olds.get("tags"), self._defaults),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Tags."""
        there = self.read(resource_id, olds) or {}
        retag(self._api, resource_id, there.get("tagsAll", {}), self._tags(inputs))
        return self.read(resource_id, inputs) or {}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone."""
        del olds
        forget(self._api, "DeleteVpc", VpcId=resource_id)


class Subnets(_Plain):
    """The life of ``aws:ec2/subnet:Subnet``."""

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A subnet on its VPC's default ACL."""
        names = {
            "CidrBlock": "cidrBlock",
            "Ipv6CidrBlock": "ipv6CidrBlock",
            "AvailabilityZone": "availabilityZone",
        }
        said = {key: inputs[name] for key, name in names.items() if name in inputs}
        tags = tag_specification("subnet", self._tags(inputs))
        answer = self._api.call("CreateSubnet", VpcId=inputs["vpcId"], **said, **tags)
        subnet_id = answer["Subnet"]["SubnetId"]
        return subnet_id, self.read(subnet_id, inputs) or {}

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The subnet."""
        found = self._api.look("DescribeSubnets", "Subnets", SubnetIds=[resource_id])
        if not found:
            return None
        subnet = found[0]
        blocks = subnet.get("Ipv6CidrBlockAssociationSet") or [{}]
        return {
            "arn": subnet["SubnetArn"],
            "availabilityZone": subnet["AvailabilityZone"],
            "cidrBlock": subnet["CidrBlock"],
            "ipv6CidrBlock": blocks[0].get("Ipv6CidrBlock", ""),
            "mapPublicIpOnLaunch": bool(olds.get("mapPublicIpOnLaunch", False)),
            "ownerId": subnet["OwnerId"],
            "region": self._api.region,
            "vpcId": subnet["VpcId"],
            **tag_outputs(tags_of(subnet), olds.get("tags"), self._defaults),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Tags."""
        there = self.read(resource_id, olds) or {}
        retag(self._api, resource_id, there.get("tagsAll", {}), self._tags(inputs))
        return self.read(resource_id, inputs) or {}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone."""
        del olds
        forget(self._api, "DeleteSubnet", SubnetId=resource_id)


class NetworkInterfaces(_Plain):
    """The life of ``aws:ec2/networkInterface:NetworkInterface``."""

    def create(self, inputs: Values) -> tuple[str, Values]:
        """An interface with the given groups, or the VPC's default one."""
        said = {"Description": inputs["description"]} if "description" in inputs else {}
        groups = inputs.get("securityGroups") or self._default_groups(inputs["subnetId"])
        addresses = inputs.get("privateIps", [])
        ips = [{"PrivateIpAddress": ip, "Primary": ip == addresses[0]} for ip in addresses]
        answer = self._api.call(
            "CreateNetworkInterface",
            SubnetId=inputs["subnetId"],
            Groups=groups,
            **({"PrivateIpAddresses": ips} if ips else {}),
            **said,
            **tag_specification("network-interface", self._tags(inputs)),
        )
        interface_id = answer["NetworkInterface"]["NetworkInterfaceId"]
        return interface_id, self.read(interface_id, inputs) or {}

    def _default_groups(self, subnet_id: str) -> list[str]:
        subnet = self._api.call("DescribeSubnets", SubnetIds=[subnet_id])["Subnets"][0]
        filters = [
            {"Name": "vpc-id", "Values": [subnet["VpcId"]]},
            {"Name": "group-name", "Values": ["default"]},
        ]
        found = self._api.look("DescribeSecurityGroups", "SecurityGroups", Filters=filters)
        return [group["GroupId"] for group in found]

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The interface with the groups that it has now."""
        found = self._api.interface(resource_id)
        if found is None:
            return None
        region, account = self._api.region, found["OwnerId"]
        return {
            "arn": f"arn:aws:ec2:{region}:{account}:network-interface/{resource_id}",
            "description": found.get("Description", ""),
            "macAddress": found["MacAddress"],
            "ownerId": account,
            "privateDnsName": found.get("PrivateDnsName", ""),
            "privateIps": [item["PrivateIpAddress"] for item in found["PrivateIpAddresses"]],
            "region": region,
            "securityGroups": [group["GroupId"] for group in found["Groups"]],
            "sourceDestCheck": found["SourceDestCheck"],
            "subnetId": found["SubnetId"],
            **tag_outputs(
                {tag["Key"]: tag["Value"] for tag in found.get("TagSet", [])},
                olds.get("tags"),
                self._defaults,
            ),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Groups, the description, the source check and tags."""
        there = self.read(resource_id, olds) or {}
        action = "ModifyNetworkInterfaceAttribute"
        groups = inputs.get("securityGroups", there["securityGroups"])
        if set(groups) != set(there["securityGroups"]):
            self._api.call(action, NetworkInterfaceId=resource_id, Groups=groups)
        if inputs.get("description", "") != there["description"]:
            text = {"Value": inputs.get("description", "")}
            self._api.call(action, NetworkInterfaceId=resource_id, Description=text)
        if inputs["sourceDestCheck"] != there["sourceDestCheck"]:
            value = {"Value": inputs["sourceDestCheck"]}
            self._api.call(action, NetworkInterfaceId=resource_id, SourceDestCheck=value)
        retag(self._api, resource_id, there.get("tagsAll", {}), self._tags(inputs))
        return self.read(resource_id, inputs) or {}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone."""
        del olds
        forget(self._api, "DeleteNetworkInterface", NetworkInterfaceId=resource_id)
