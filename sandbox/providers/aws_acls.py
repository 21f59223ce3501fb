"""Network ACLs: entries first, then the subnets, so that a replacement never leaves one open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sandbox.providers import aws_limits as limits
from sandbox.providers.aws_api import Api, forget, retag, tag_outputs, tag_specification, tags_of
from sandbox.providers.aws_checks import cidr_failures, port_failures
from sandbox.providers.errors import CloudError, Failure, HalfDone
from sandbox.providers.values import UNKNOWN, Values

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIRECTIONS: Final = (("egress", True), ("ingress", False))
_NUMBERS: Final = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58", "all": "-1"}


class NetworkAcls:
    """The life of ``aws:ec2/networkAcl:NetworkAcl`` with inline entries and subnets."""

    def __init__(self, api: Api, default_tags: Mapping[str, str]) -> None:
        """In the region of *api*."""
        self._api = api
        self._defaults = default_tags

    def check(self, inputs: Values) -> list[Failure]:
        """What the provider validates in a plan: actions, blocks, ports, and -1 without ports."""
        found: list[Failure] = []
        for direction, _ in _DIRECTIONS:
            entries = inputs.get(direction, [])
            for position, entry in enumerate(entries if isinstance(entries, list) else []):
                if isinstance(entry, dict):
                    found.extend(_entry_failures(f"{direction}[{position}]", entry))
        return found

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A complete ACL, which takes its subnets over one by one at the very end."""
        tags = {**self._defaults, **inputs.get("tags", {})}
        answer = self._api.call(
            "CreateNetworkAcl", VpcId=inputs["vpcId"], **tag_specification("network-acl", tags)
        )
        acl_id = answer["NetworkAcl"]["NetworkAclId"]
        try:
            for direction, egress in _DIRECTIONS:
                for entry in inputs.get(direction, []):
                    self._create_entry(acl_id, entry, egress=egress)
            for subnet_id in inputs.get("subnetIds", []):
                self._associate(subnet_id, acl_id)
        except CloudError as error:
            there = self.read(acl_id, inputs) or {}
            raise HalfDone(resource_id=acl_id, outputs=there, reasons=[str(error)]) from error
        return acl_id, self.read(acl_id, inputs) or {}

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The ACL with its entries, without AWS's own denies at the end."""
        acl = self._api.acl(resource_id)
        if acl is None:
            return None
        region, account = self._api.region, acl["OwnerId"]
        return {
            "arn": f"arn:aws:ec2:{region}:{account}:network-acl/{resource_id}",
            "egress": _entries(acl, egress=True),
            "ingress": _entries(acl, egress=False),
            "ownerId": account,
            "region": region,
            "subnetIds": [item["SubnetId"] for item in acl["Associations"]],
            "vpcId": acl["VpcId"],
            **tag_outputs(tags_of(acl), olds.get("tags"), self._defaults),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Old entries go before new ones come: what changes is denied in between, as on AWS."""
        there = self.read(resource_id, olds)
        if there is None:
            text = f"The networkAcl ID '{resource_id}' does not exist"
            raise CloudError(text, code="InvalidNetworkAclID.NotFound")
        for direction, egress in _DIRECTIONS:
            if direction in inputs:
                self._sync_entries(resource_id, there[direction], inputs[direction], egress=egress)
        if "subnetIds" in inputs:
            for subnet_id in there["subnetIds"]:
                if subnet_id not in inputs["subnetIds"]:
                    self._associate(subnet_id, self._default_acl(there["vpcId"]))
            for subnet_id in inputs["subnetIds"]:
                if subnet_id not in there["subnetIds"]:
                    self._associate(subnet_id, resource_id)
        wanted = {**self._defaults, **inputs.get("tags", {})}
        retag(self._api, resource_id, there["tagsAll"], wanted)
        return self.read(resource_id, inputs) or {}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone; subnets that still had it are back on the VPC's default ACL, which is open."""
        there = self.read(resource_id, olds)
        if there is None:
            return
        for subnet_id in there["subnetIds"]:
            self._associate(subnet_id, self._default_acl(there["vpcId"]))
        forget(self._api, "DeleteNetworkAcl", NetworkAclId=resource_id)

    def _sync_entries(
        self, acl_id: str, there: list[Values], wanted: list[Values], *, egress: bool
    ) -> None:
        held = {_key(entry) for entry in there}
        keys = {_key(entry) for entry in wanted}
        for entry in there:
            if _key(entry) not in keys:
                number = entry["ruleNo"]
                action = "DeleteNetworkAclEntry"
                self._api.call(action, NetworkAclId=acl_id, RuleNumber=number, Egress=egress)
        for entry in wanted:
            if _key(entry) not in held:
                self._create_entry(acl_id, entry, egress=egress)

    def _create_entry(self, acl_id: str, entry: Values, *, egress: bool) -> None:
        protocol = _number(entry["protocol"])
        extra: dict[str, Any] = {}
        if entry.get("cidrBlock"):
            extra["CidrBlock"] = entry["cidrBlock"]
        if entry.get("ipv6CidrBlock"):
            extra["Ipv6CidrBlock"] = limits.canonical_cidr(entry["ipv6CidrBlock"])
        if protocol in ("1", "58"):
            kind, code = entry.get("icmpType", 0), entry.get("icmpCode", 0)
            extra["IcmpTypeCode"] = {"Type": kind, "Code": code}
        elif protocol != "-1":
            extra["PortRange"] = {"From": entry["fromPort"], "To": entry["toPort"]}
        self._api.call(
            "CreateNetworkAclEntry",
            NetworkAclId=acl_id,
            RuleNumber=entry["ruleNo"],
            Protocol=protocol,
            RuleAction=entry["action"],
            Egress=egress,
            **extra,
        )

    def _associate(self, subnet_id: str, acl_id: str) -> None:
        named = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        for acl in self._api.look("DescribeNetworkAcls", "NetworkAcls", Filters=named):
            for item in acl["Associations"]:
                if item["SubnetId"] == subnet_id:
                    association = item["NetworkAclAssociationId"]
                    action = "ReplaceNetworkAclAssociation"
                    self._api.call(action, AssociationId=association, NetworkAclId=acl_id)
                    return
        text = f"The subnet ID '{subnet_id}' does not exist"
        raise CloudError(text, code="InvalidSubnetID.NotFound")

    def _default_acl(self, vpc_id: str) -> str:
        named = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "default", "Values": ["true"]}]
        return self._api.call("DescribeNetworkAcls", Filters=named)["NetworkAcls"][0][
            "NetworkAclId"
        ]


def _number(protocol: str) -> str:
    return _NUMBERS.get(protocol.lower(), protocol)


def _key(entry: Values) -> tuple[Any, ...]:
    names = ("ruleNo", "action", "fromPort", "toPort", "icmpType", "icmpCode")
    blocks = (entry.get("cidrBlock") or "", entry.get("ipv6CidrBlock") or "")
    return (_number(entry["protocol"]), *blocks, *(entry.get(name) or 0 for name in names))


def _entries(acl: Values, *, egress: bool) -> list[Values]:
    last = limits.ACL_NUMBERS[1]
    own = [
        entry
        for entry in acl["Entries"]
        if entry["Egress"] is egress and entry["RuleNumber"] <= last
    ]
    return [
        {
            "action": entry["RuleAction"],
            "cidrBlock": entry.get("CidrBlock", ""),
            "fromPort": entry.get("PortRange", {}).get("From", 0),
            "icmpCode": entry.get("IcmpTypeCode", {}).get("Code", 0),
            "icmpType": entry.get("IcmpTypeCode", {}).get("Type", 0),
            "ipv6CidrBlock": entry.get("Ipv6CidrBlock", ""),
            "protocol": entry["Protocol"],
            "ruleNo": entry["RuleNumber"],
            "toPort": entry.get("PortRange", {}).get("To", 0),
        }
        for entry in own
    ]


def _entry_failures(path: str, entry: Values) -> list[Failure]:
    found = [
        *cidr_failures(f"{path}.cidrBlock", entry.get("cidrBlock") or None, 4),
        *cidr_failures(f"{path}.ipv6CidrBlock", entry.get("ipv6CidrBlock") or None, 6),
        *port_failures(f"{path}.fromPort", entry["fromPort"], 0),
        *port_failures(f"{path}.toPort", entry["toPort"], 0),
    ]
    if entry["action"] not in ("allow", "deny", UNKNOWN):
        reason = f'expected action to be one of ["allow" "deny"], got {entry["action"]}'
        found.append(Failure(property=f"{path}.action", reason=reason))
    first, last = entry["fromPort"], entry["toPort"]
    if _number(str(entry["protocol"])) == "-1" and (first, last) != (0, 0):
        reason = (
            f"to_port ({last}) and from_port ({first}) must both be 0 to use the the 'all' \"-1\""
            " protocol!"
        )
        found.append(Failure(property=path, reason=reason))
    return found
