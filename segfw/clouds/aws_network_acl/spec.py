"""A network ACL with its entries, in pulumi-aws 7's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.clouds.resource import Json, without_absent

if TYPE_CHECKING:
    from collections.abc import Mapping

NETWORK_ACL = "aws:ec2/networkAcl:NetworkAcl"


class AclEntry(NamedTuple):
    """One entry. Protocols are numbers as text; ports are 0 where the protocol has none."""

    rule_no: int
    action: str
    protocol: str
    from_port: int
    to_port: int
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None

    def inputs(self) -> dict[str, Json]:
        """The entry's inputs; the address field of the other family is left out."""
        return without_absent(
            {
                "action": self.action,
                "cidrBlock": self.cidr_block,
                "fromPort": self.from_port,
                "icmpCode": self.icmp_code,
                "icmpType": self.icmp_type,
                "ipv6CidrBlock": self.ipv6_cidr_block,
                "protocol": self.protocol,
                "ruleNo": self.rule_no,
                "toPort": self.to_port,
            }
        )


class NetworkAclSpec(NamedTuple):
    """A network ACL, replaced as a whole when an entry changes (design D5)."""

    name: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    ingress: tuple[AclEntry, ...]
    egress: tuple[AclEntry, ...]
    tags: Mapping[str, str]

    token = NETWORK_ACL

    def inputs(self) -> dict[str, Json]:
        """The ACL's inputs, entries by number."""
        return {
            "egress": [entry.inputs() for entry in self.egress],
            "ingress": [entry.inputs() for entry in self.ingress],
            "subnetIds": list(self.subnet_ids),
            "tags": dict(self.tags),
            "vpcId": self.vpc_id,
        }
