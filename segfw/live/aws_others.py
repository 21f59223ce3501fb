"""Network ACLs, prefix lists and network interfaces as EC2 describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, PREFIX_LIST
from segfw.live.fields import At, Refused, tags
from segfw.live.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST_OWN_RULE = 32766
"""Entries above it are the ones that every ACL ends with: deny the rest (Amazon VPC user guide,
"Network ACL rules": "you can't modify or remove" the rule whose number is an asterisk)."""
WITH_PORTS = ("6", "17")
WITH_TYPES = ("1", "58")
ENTRY = {
    "CidrBlock",
    "Ipv6CidrBlock",
    "Egress",
    "IcmpTypeCode",
    "PortRange",
    "Protocol",
    "RuleAction",
    "RuleNumber",
}


def network_acl(at: At) -> Found:
    """One member of ``NetworkAcls``, without the entries that the cloud ends it with."""
    id_ = at.text("NetworkAclId")
    own = tags(at)
    sides: dict[str, list[dict[str, Any]]] = {"ingress": [], "egress": []}
    for entry in at.records("Entries"):
        side = "egress" if entry.flag("Egress") else "ingress"
        if entry.number("RuleNumber") <= LAST_OWN_RULE:
            sides[side].append(_entry(entry))
    for side, held in sides.items():
        numbers = [entry["ruleNo"] for entry in held]
        if len(set(numbers)) != len(numbers):
            raise at.refused("Entries", f"two entries for {side} have one number")
    return Found(
        type=NETWORK_ACL,
        id=id_,
        name=own.get("Name") or id_,
        path=at.path,
        inputs={
            **{side: sorted(held, key=_number) for side, held in sides.items()},
            "subnetIds": sorted(one.text("SubnetId") for one in at.records("Associations")),
            "tags": own,
            "vpcId": at.text("VpcId"),
        },
        account=at.text("OwnerId"),
        default=at.flag("IsDefault"),
    )


def _number(entry: dict[str, Any]) -> int:
    return entry["ruleNo"]


def _entry(at: At) -> dict[str, Any]:
    at.only(ENTRY, "a network ACL's entry")
    protocol = at.text("Protocol")
    found: dict[str, Any] = {
        "action": at.text("RuleAction"),
        "fromPort": 0,
        "protocol": protocol,
        "ruleNo": at.number("RuleNumber"),
        "toPort": 0,
    }
    ends = [key for key in ("CidrBlock", "Ipv6CidrBlock") if at.held.get(key) is not None]
    if len(ends) != 1:
        raise Refused(
            at.path, f"an entry has one of CidrBlock and Ipv6CidrBlock, not {len(ends)}; {at.how}"
        )
    found["cidrBlock" if ends[0] == "CidrBlock" else "ipv6CidrBlock"] = at.text(ends[0])
    if protocol in WITH_PORTS:
        ports = at.record("PortRange")
        found |= {"fromPort": ports.number("From"), "toPort": ports.number("To")}
    elif protocol in WITH_TYPES:
        kind = at.record("IcmpTypeCode")
        found |= {"icmpType": kind.number("Type"), "icmpCode": kind.number("Code")}
    return found


def prefix_list(at: At) -> Found:
    """One member of ``PrefixLists``; its entries are another command's answer."""
    id_ = at.text("PrefixListId")
    own = tags(at)
    family = at.text_or("AddressFamily")
    most = {} if at.held.get("MaxEntries") is None else {"maxEntries": at.number("MaxEntries")}
    name = at.text("PrefixListName")
    return Found(
        type=PREFIX_LIST,
        id=id_,
        name=own.get("Name") or name,
        path=at.path,
        inputs={"addressFamily": family, "name": name, "tags": own, **most},
        region=_region(at.text_or("PrefixListArn")),
        external=True,
    )


def list_entries(at: At) -> list[dict[str, str]]:
    """The members of ``Entries``, as a managed prefix list's input has them."""
    return [
        {"cidr": one.text("Cidr"), "description": one.text_or("Description")}
        for one in at.records("Entries")
    ]


def attachments(at: At) -> Iterator[Found]:
    """The security groups of one member of ``NetworkInterfaces``."""
    interface = at.text("NetworkInterfaceId")
    for one in at.records("Groups"):
        group = one.text("GroupId")
        yield Found(
            type=ATTACHMENT,
            id=f"{interface}_{group}",
            name=f"{interface} {group}",
            path=at.path,
            inputs={"networkInterfaceId": interface, "securityGroupId": group},
            account=at.text("OwnerId"),
        )


def _region(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - arn:aws:ec2:region:account:…
