"""AWS's own checks and its cfn-guard registry, read on 2026-11-24."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.waivers.stock.check import (
    ACL,
    GROUP,
    IN,
    OUT,
    OUT_ANYWHERE,
    PUBLIC_25_GROUP,
    PUBLIC_GROUP,
    PUBLIC_MAIL_GROUP,
    REPLIES,
    StockCheck,
    Tool,
    Trips,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


AUTHORISED = (
    "a security group that admits any address to a port that no parameter authorises; it passes "
    "with the parameters that `segfw waivers STACK --scanner aws-config` writes"
)


def aws() -> Iterator[StockCheck]:
    """Rules of AWS Config and controls of Security Hub (the FSBP standard)."""
    for id_, tool, looks_at, trips in (
        (
            "INCOMING_SSH_DISABLED",
            Tool.AWS_CONFIG,
            "a security group that admits any address to port 22",
            None,
        ),
        (
            "RESTRICTED_INCOMING_TRAFFIC",
            Tool.AWS_CONFIG,
            "a security group that admits any address to ports that the rule's parameters name",
            None,
        ),
        (
            "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
            Tool.AWS_CONFIG,
            AUTHORISED,
            PUBLIC_MAIL_GROUP,
        ),
        (
            "VPC_SG_PORT_RESTRICTION_CHECK",
            Tool.AWS_CONFIG,
            "a security group that admits any address to ports that the rule's parameters name",
            None,
        ),
        (
            "NACL_NO_UNRESTRICTED_SSH_RDP",
            Tool.AWS_CONFIG,
            "a network ACL that admits any address to port 22 or 3389",
            Trips(REPLIES, ACL, IN, (22, 3389)),
        ),
        (
            "EC2.2",
            Tool.SECURITY_HUB,
            "a VPC's default security group, which should allow nothing",
            None,
        ),
        (
            "EC2.13",
            Tool.SECURITY_HUB,
            "a security group that admits any address to port 22",
            None,
        ),
        (
            "EC2.14",
            Tool.SECURITY_HUB,
            "a security group that admits any address to port 3389",
            None,
        ),
        ("EC2.16", Tool.SECURITY_HUB, "a network ACL without subnets", None),
        (
            "EC2.18",
            Tool.SECURITY_HUB,
            "a security group that admits any address to a port that is not authorised",
            PUBLIC_MAIL_GROUP,
        ),
        (
            "EC2.19",
            Tool.SECURITY_HUB,
            "a security group that admits any address to a port of a list, 25 among them",
            PUBLIC_25_GROUP,
        ),
        (
            "EC2.21",
            Tool.SECURITY_HUB,
            "a network ACL that admits any address to port 22 or 3389",
            Trips(REPLIES, ACL, IN, (22, 3389)),
        ),
    ):
        yield StockCheck(id_, tool, looks_at, trips)


def guard() -> Iterator[StockCheck]:
    """Rules of the cfn-guard rules registry."""
    for id_, looks_at, trips in (
        (
            "EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE",
            "a security group rule that admits any address",
            PUBLIC_GROUP,
        ),
        (
            "EC2_SECURITY_GROUP_EGRESS_OPEN_TO_WORLD_RULE",
            "a security group rule that lets anything out to any address",
            Trips(OUT_ANYWHERE, GROUP, OUT),
        ),
        ("SECURITY_GROUP_DESCRIPTION_RULE", "a description on each security group rule", None),
        ("SECURITY_GROUP_INGRESS_ALL_PROTOCOLS_RULE", "a rule that admits every protocol", None),
        ("SECURITY_GROUP_EGRESS_ALL_PROTOCOLS_RULE", "a rule that lets every protocol out", None),
        (
            "SECURITY_GROUP_INGRESS_PORT_RANGE_RULE",
            "a rule that admits more than one port; passive FTP data needs a range",
            None,
        ),
        (
            "SECURITY_GROUP_EGRESS_PORT_RANGE_RULE",
            "a rule that lets more than one port out; active FTP data needs a range",
            None,
        ),
        (
            "SECURITY_GROUP_INGRESS_CIDR_NON_32_RULE",
            "a rule that admits more than one address",
            PUBLIC_GROUP._replace(
                why="A network of administrators or managers is more than one address, and mail "
                "comes from any."
            ),
        ),
        ("SECURITY_GROUP_MISSING_EGRESS_RULE", "a security group without an egress rule", None),
        (
            "EC2_NETWORK_ACL_ENTRY_INEFFECTIVE_DENY_RULE",
            "a denial of a network ACL that does not cover every address",
            None,
        ),
        (
            "EC2_NETWORK_ACL_PORT_RANGE_RULE",
            "a network ACL entry for more than one port",
            Trips(
                "A network ACL knows no connections: replies go to the ephemeral ports.", ACL, IN
            ),
        ),
        ("EC2_NETWORK_ACL_PROTOCOL_RULE", "a network ACL entry for every protocol", None),
    ):
        yield StockCheck(id_, Tool.GUARD, looks_at, trips)
