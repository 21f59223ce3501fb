"""trivy's checks, read in trivy-checks 1.12.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.waivers.stock.check import (
    ACL,
    GROUP,
    IN,
    MAIL_IN,
    NSG,
    OUT,
    OUT_ANYWHERE,
    REPLIES,
    StockCheck,
    Tool,
    Trips,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SENSITIVE = (20, 21, 23, 25, 53, 110, 135, 139, 143, 161, 389, 636, 993, 995, 1433, 1521, 3306)
"""trivy-checks, AZU-0074, as far as the gateway listens there at all."""


def trivy() -> Iterator[StockCheck]:
    """The checks of trivy for what this project makes."""
    for id_, looks_at, trips in (
        ("AWS-0099", "a description on each security group", None),
        ("AWS-0101", "a default VPC that is made on purpose", None),
        ("AWS-0102", "a network ACL entry that allows every protocol", None),
        (
            "AWS-0104",
            "a security group rule that lets anything out to any address",
            Trips(OUT_ANYWHERE, GROUP, OUT),
        ),
        (
            "AWS-0105",
            "a network ACL entry that admits any address to port 22 or 3389",
            Trips(REPLIES, ACL, IN, (22, 3389)),
        ),
        ("AWS-0107", "a security group that admits any address to port 22 or 3389", None),
        ("AWS-0124", "a description on each security group rule", None),
        ("AWS-0173", "a VPC's default security group, which should allow nothing", None),
        ("AWS-0178", "flow logs of a VPC", None),
        ("AZU-0047", "an NSG rule that admits the internet", Trips(MAIL_IN, NSG, IN)),
        ("AZU-0048", "an NSG that admits the internet to port 3389", None),
        ("AZU-0049", "how long flow logs of NSGs are kept", None),
        ("AZU-0050", "an NSG that admits the internet to port 22", None),
        (
            "AZU-0051",
            "an NSG rule that lets anything out to any address",
            Trips(OUT_ANYWHERE, NSG, OUT),
        ),
        ("AZU-0073", "a region without a network watcher", None),
        (
            "AZU-0074",
            "an NSG that admits the internet to a port of a list, 25 among them",
            Trips(MAIL_IN, NSG, IN, SENSITIVE),
        ),
        ("AZU-0075", "a network interface that forwards packets", None),
        ("AZU-0076", "a network interface with a public address", None),
    ):
        yield StockCheck(id_, Tool.TRIVY, looks_at, trips)
