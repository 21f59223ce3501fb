"""A network ACL admits no service that the group behind it never could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.effective import listening_services
from segfw.guardrails.asking import VERDICTS, Reach, has_public, on
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.rules.effective_access import interfaces_with_both
from segfw.sets.addresses import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View
    from segfw.sets.headerspace import HeaderSpace


def judge(view: View) -> Iterator[Found]:
    """Services of the gateway that an ACL lets in and no group of the interface does.

    From private addresses this is listed: `fit: superset` may do it, and the plan says so.
    Groups that let in other groups are not held against the ACL there, since nobody here
    knows whose addresses those are; on the internet they are nobody's.
    """
    services = listening_services(view.features, view.catalog)
    for front, acl in interfaces_with_both(view):
        for family in Family:
            wanted = on(family, services)
            for verdict, surely in VERDICTS:
                groups = front.allowed(Direction.INGRESS, family, surely=not surely)
                wide = (acl.allowed(Direction.INGRESS, family, surely=surely) - groups) & wanted
                for reach in _reaches(wide):
                    if has_public(reach.addresses):
                        wanted -= on(family, [reach.service])
                        message = f"it {_lets(verdict)} in {reach}, and no group behind it does"
                        yield Found(verdict, acl.urn, acl.label, message)
                    elif surely and not _has_references(groups):
                        message = f"it lets in {reach}, and no group behind it does"
                        yield Found(Verdict.LISTED, acl.urn, acl.label, message)


def _reaches(space: HeaderSpace) -> list[Reach]:
    return [Reach(*box) for box in space.boxes() if box[1].held]


def _lets(verdict: Verdict) -> str:
    return "lets" if verdict is Verdict.VIOLATED else "may let"


def _has_references(space: HeaderSpace) -> bool:
    return any(addresses.atoms for _, addresses in space.boxes())


GUARDRAIL = Guardrail(
    id="acl-wider",
    statement=(
        "A network ACL lets no service of the gateway in from the internet that no group lets in."
    ),
    why="The ACL is the second layer: it should hold when somebody opens the group by hand.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Remove the entry, or let the stack make the network ACL with `fit: merge`.",
    undecided=REPORTED,
    frameworks=("CIS AWS 5.0 5.2", "AWS FSBP EC2.21"),
    answers=(
        "CKV_AWS_232",
        "CKV_AWS_231",
        "AWS-0105",
        "NACL_NO_UNRESTRICTED_SSH_RDP",
        "ec2_networkacl_allow_ingress_tcp_port_22",
    ),
)
