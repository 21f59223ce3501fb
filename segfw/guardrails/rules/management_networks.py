"""Management only from networks of limited size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Role
from segfw.guardrails.asking import is_more_than_administrators, judged, may
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Every service of a feature with the role management, by the number of its peers."""
    features = [one.id for one in view.catalog.features.values() if one.role is Role.MANAGEMENT]
    services = view.services(*features)
    for front in view.fronts:
        for verdict, reach in judged(front, services, is_more_than_administrators):
            number = f"{reach.addresses.size():,} addresses"
            message = f"management {may(verdict)} reached by {number}: {reach}"
            yield Found(verdict, front.urn, front.label, message)


GUARDRAIL = Guardrail(
    id="management-networks",
    statement=(
        "Management is reached from at most 4,096 IPv4 addresses and 256 IPv6 networks of /64."
    ),
    why=(
        "Cisco: restrict access to administrators' networks; who may try a password is a "
        "short list."
    ),
    severity=Severity.HIGH,
    judge=judge,
    fix="Name the administrators' networks, and no wider ones, in the feature's `from`.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.18", "AWS FSBP EC2.19"),
    answers=(
        "92fe237e-074c-4262-81a4-2077acb928c1",
        "VPC_SG_PORT_RESTRICTION_CHECK",
        "ec2_securitygroup_allow_wide_open_public_ipv4",
    ),
)
