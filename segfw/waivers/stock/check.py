"""What a check of others is, and why a gateway that is as it should be trips some of them."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from segfw.catalog.model import Direction
from segfw.flow import Point


class Tool(Enum):
    """Who has the check."""

    CHECKOV = "checkov"
    TRIVY = "trivy"
    PROWLER = "prowler"
    AWS_CONFIG = "AWS Config"
    SECURITY_HUB = "AWS Security Hub"
    GUARD = "cfn-guard registry"
    PSRULE = "PSRule for Azure"
    REGULA = "Regula"
    CLOUDSPLOIT = "CloudSploit"
    KICS = "KICS"
    TFLINT = "tflint"
    CFN_LINT = "cfn-lint"
    PULUMI = "Pulumi policies"


class Trips(NamedTuple):
    """When a gateway trips the check though nothing is wrong with it."""

    why: str
    points: tuple[Point, ...]
    direction: Direction | None = None
    """None: whatever the enforcement point allows."""
    ports: tuple[int, ...] = ()
    """TCP ports of which one is open to any address; none given: any port of any protocol."""
    connections: bool = False
    """Only TCP and UDP count; else ICMP does too, which path MTU discovery needs from anywhere."""


class StockCheck(NamedTuple):
    """One check of somebody else's."""

    id: str
    tool: Tool
    looks_at: str
    trips: Trips | None = None
    """None: a gateway passes, and a finding is to be mended."""


GROUP, ACL, NSG = (Point.SECURITY_GROUP,), (Point.NETWORK_ACL,), (Point.NSG,)
IN, OUT = Direction.INGRESS, Direction.EGRESS

MAIL_IN = "Mail comes from any address to port 25, and submission to its port."
OUT_ANYWHERE = (
    "Mail goes out to any address on port 25, and services with no published address on 443."
)
REPLIES = (
    "A network ACL knows no connections: replies to mail that was sent come from any address to "
    "the ephemeral ports, and 3389 is one of them. A gateway whose own range is known "
    "(`gateway.ephemeralPorts`) from 10000 up does not trip it."
)

FROM_ANYWHERE = (
    "Mail comes from any address to port 25, submission to its port, and the ICMP messages of path "
    "MTU discovery to every interface."
)
PUBLIC_GROUP = Trips(FROM_ANYWHERE, GROUP, IN)
PUBLIC_MAIL_GROUP = Trips(MAIL_IN, GROUP, IN, connections=True)
PUBLIC_25_GROUP = Trips(MAIL_IN, GROUP, IN, (25,))
