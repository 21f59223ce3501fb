"""Cluster, SMA and the other management services are never reached from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.asking import from_the_internet
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View

FEATURES = (
    "cluster",
    "central-reporting",
    "central-spam-quarantine",
    "central-quarantines",
    "snmp",
    "ftp",
)


def judge(view: View) -> Iterator[Found]:
    """The services for other gateways, the management appliance and the monitoring."""
    what = "a cluster, SMA, SNMP or FTP service"
    yield from from_the_internet(view, FEATURES, what, but=("ssh-admin",))


GUARDRAIL = Guardrail(
    id="cluster-internet",
    statement=(
        "Cluster, SMA, SNMP and FTP services (2222, 7025, 161, 21) are never reached "
        "from the internet."
    ),
    why="They trust whoever reaches them more than a mail sender, and nobody outside needs them.",
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Name the members, the SMA and the managers in `networks`.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.18", "CIS AWS 5.0 5.3"),
    answers=(
        "AZU-0047",
        "AZU-0074",
        "FG_R00377",
        "CKV_AZURE_77",
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21",
    ),
)
