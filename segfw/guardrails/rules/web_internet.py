"""The web interfaces and the API are never reached from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.asking import from_the_internet
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View

FEATURES = ("gui-https", "gui-http", "new-ui", "api-https", "api-http")


def judge(view: View) -> Iterator[Found]:
    """Both web interfaces and the API, on their ports in this stack."""
    yield from from_the_internet(view, FEATURES, "a web interface or the API")


GUARDRAIL = Guardrail(
    id="web-internet",
    statement=(
        "The web interfaces and the API (80, 443, 4431, 6080, 6443) are never reached "
        "from the internet."
    ),
    why=(
        "Cisco: management interfaces stay off the internet; CVE-2025-20393 needs a "
        "reachable web service."
    ),
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Give `gui-https`, `new-ui` and `api-https` named networks on an internal interface.",
    undecided=REPORTED,
    frameworks=("CIS Azure 5.0 7.4", "AWS FSBP EC2.18"),
    answers=(
        "CKV_AWS_260",
        "CKV_AZURE_160",
        "AZU-0047",
        "FG_R00041",
        "FG_R00377",
        "aws-ec2-securitygroup-disallow-inbound-http-traffic",
        "network_http_internet_access_restricted",
    ),
)
