"""checkov's checks, read in checkov 3.3.30, and what cfn-lint 1.58.0 finds in examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.waivers.stock.check import ACL, GROUP, IN, REPLIES, StockCheck, Tool, Trips

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTACHED_ELSEWHERE = (
    "The subnets are made elsewhere and named by id; the check knows only subnets of the same "
    "program."
)
GROUP_ELSEWHERE = (
    "The network interfaces are made elsewhere, and the check does not know "
    "aws_network_interface_sg_attachment, which attaches the group where the stack does."
)


def checkov() -> Iterator[StockCheck]:
    """The checks of checkov for what this project makes."""
    nacl = "a network ACL that admits any address to port {}, in the first entry that says so"
    for id_, looks_at, trips in (
        ("CKV_AWS_23", "a description on each security group and each rule", None),
        ("CKV_AWS_24", "a security group that admits any address to port 22", None),
        ("CKV_AWS_25", "a security group that admits any address to port 3389", None),
        ("CKV_AWS_260", "a security group that admits any address to port 80", None),
        ("CKV_AWS_277", "a security group that admits any address to every port", None),
        ("CKV_AWS_382", "a security group that lets every protocol out to any address", None),
        ("CKV_AWS_148", "a default VPC that is made on purpose", None),
        ("CKV_AWS_229", nacl.format(21), None),
        ("CKV_AWS_230", nacl.format(20), None),
        ("CKV_AWS_231", nacl.format(3389), Trips(REPLIES, ACL, IN, (3389,))),
        ("CKV_AWS_232", nacl.format(22), None),
        ("CKV_AWS_352", "a rule of a network ACL for every port, denials among them", None),
        (
            "CKV2_AWS_1",
            "a network ACL beside the subnets that it is for",
            Trips(ATTACHED_ELSEWHERE, ACL),
        ),
        (
            "CKV2_AWS_5",
            "a security group beside something that uses it",
            Trips(GROUP_ELSEWHERE, GROUP),
        ),
        ("CKV2_AWS_11", "flow logs of a VPC", None),
        ("CKV2_AWS_12", "a VPC's default security group, which should allow nothing", None),
        ("CKV_AZURE_9", "an NSG that admits the internet to port 3389", None),
        ("CKV_AZURE_10", "an NSG that admits the internet to port 22", None),
        ("CKV_AZURE_12", "how long flow logs of NSGs are kept", None),
        ("CKV_AZURE_77", "an NSG that admits the internet over UDP", None),
        ("CKV_AZURE_160", "an NSG that admits the internet to port 80", None),
        ("CKV2_AZURE_31", "a subnet without an NSG", None),
    ):
        yield StockCheck(id_, Tool.CHECKOV, looks_at, trips)


def linted() -> Iterator[StockCheck]:
    """What cfn-lint finds in examples."""
    for id_, looks_at in (
        ("E1151", "an id of a VPC that is none of AWS's, as those of examples are"),
        ("E1154", "an id of a subnet that is none of AWS's, as those of examples are"),
    ):
        yield StockCheck(id_, Tool.CFN_LINT, looks_at)
