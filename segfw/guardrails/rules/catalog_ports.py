"""Only what the catalog knows may be open to the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Exposure
from segfw.guardrails.asking import SHOWN, VERDICTS, is_internet, may, on
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity
from segfw.sets.addresses import Family
from segfw.sets.headerspace import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Front
    from segfw.guardrails.view import View
    from segfw.sets.headerspace import HeaderSpace


def judge(view: View) -> Iterator[Found]:
    """What is open to the internet in a direction in which no row of the catalog has it."""
    for direction in Direction:
        known = tuple(_known(view, direction))
        for front in view.fronts:
            for family in Family:
                yield from _judge(front, direction, on(family, known))


def _judge(front: Front, direction: Direction, known: HeaderSpace) -> Iterator[Found]:
    for verdict, surely in VERDICTS:
        space = front.allowed(direction, known.family, surely=surely) - known
        bad = [service for service, addresses in space.boxes() if is_internet(addresses)]
        known |= on(known.family, bad)
        if bad:
            more = len(bad) - SHOWN
            shown = ", ".join(map(str, bad[:SHOWN])) + (f" and {more} more" if more > 0 else "")
            what = f"{direction.value} {may(verdict)} open to the internet ({known.family.label})"
            message = f"{what} on {shown}, which the catalog does not know there"
            yield Found(verdict, front.urn, front.label, message)


def _known(view: View, direction: Direction) -> Iterator[Service]:
    """What rows that may face the internet have in *direction*."""
    for row, ports in view.rows:
        faces = row.exposure is Exposure.INTERNET and row.no_rule is None
        for protocol in row.protocols if faces and direction in row.directions else ():
            if row.icmp is not None:
                yield Service.of_icmp(protocol.number, *row.icmp)
            for each in ports.ranges():
                yield Service.of_ports(protocol.number, each)


GUARDRAIL = Guardrail(
    id="catalog-ports",
    statement=(
        "Only ports of the catalog are open to the internet, and only in the catalog's direction."
    ),
    why="What no row of Cisco's table needs is an opening that nobody can explain.",
    severity=Severity.HIGH,
    judge=judge,
    fix="Remove the rule, or say what it is for: a feature, or a custom flow to a named network.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.18", "CIS Azure 5.0 7.3"),
    answers=(
        "CKV_AWS_25",
        "CKV_AZURE_9",
        "CKV_AZURE_77",
        "AZU-0047",
        "AZU-0048",
        "AZU-0051",
        "AWS-0104",
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "FG_R00377",
        "Azure.NSG.AnyInboundSource",
        "ec2_securitygroup_allow_ingress_from_internet_to_any_port",
        "aws-ec2-securitygroup-disallow-public-internet-ingress",
    ),
)
