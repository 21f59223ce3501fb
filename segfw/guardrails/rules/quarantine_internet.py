"""The spam quarantine is never reached from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.asking import from_the_internet
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Both ports of the end users' quarantine, as this stack has them."""
    yield from from_the_internet(
        view, ("quarantine-https", "quarantine-http"), "the spam quarantine"
    )


GUARDRAIL = Guardrail(
    id="quarantine-internet",
    statement="The spam quarantine (82, 83) is never reached from the internet.",
    why=(
        "CVE-2025-20393 (CVSS 10) is exploitable only where the quarantine is reached "
        "from the internet."
    ),
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Let users in from named networks, or through a VPN or reverse proxy.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.18",),
    answers=("AWS-0107", "AZU-0047", "AZU-0074", "FG_R00377"),
)
