"""No SSH from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.asking import from_the_internet
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """The command line, by any public address on an external interface, else by the internet."""
    yield from from_the_internet(view, ("ssh-admin",), "SSH")


GUARDRAIL = Guardrail(
    id="ssh-external",
    statement=(
        "SSH is never reached from the internet, and on an external interface from no "
        "public address."
    ),
    why=(
        "Cisco: allow SSH on internal interfaces only; a reachable command line is "
        "attacked all day."
    ),
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Give `ssh-admin` named networks on an interface that is not external.",
    undecided=REPORTED,
    frameworks=(
        "CIS AWS 5.0 5.3",
        "CIS AWS 5.0 5.4",
        "CIS Azure 5.0 7.2",
        "AWS FSBP EC2.13",
    ),
    answers=(
        "CKV_AWS_24",
        "CKV_AZURE_10",
        "AWS-0107",
        "AZU-0050",
        "FG_R00085",
        "INCOMING_SSH_DISABLED",
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
        "network_ssh_internet_access_restricted",
    ),
)
