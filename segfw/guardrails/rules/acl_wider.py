"""A network ACL admits no service that the group behind it never could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Exposure
from segfw.effective import GUARDED_FROM
from segfw.guardrails.asking import VERDICTS, Reach, has_public, is_internet, judged, on
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.rules.effective_access import interfaces_with_both
from segfw.sets.addresses import Family
from segfw.sets.headerspace import Service
from segfw.sets.ports import PortRange, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View
    from segfw.sets.headerspace import HeaderSpace

SYSTEM_PORTS = PortSet.of([PortRange(0, GUARDED_FROM - 1)])


def judge(view: View) -> Iterator[Found]:
    """Services of the gateway that an ACL lets in and no group of the interface does.

    From private addresses this is listed: `fit: superset` may do it, and the plan says so.
    Groups that let in other groups are not held against the ACL there, since nobody here
    knows whose addresses those are; on the internet they are nobody's.
    """
    services = view.listening
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
    yield from _of_others(view)


def _of_others(view: View) -> Iterator[Found]:
    """ACLs that no interface of ours is behind: what a gateway behind one would need closed.

    From port 1024 on the same ports carry replies, which an ACL lets in by their number.
    """
    services = tuple(_never_public(view))
    for front in view.acl_fronts:
        for verdict, reach in judged(front, services, is_internet) if not front.interface else ():
            message = f"it {_lets(verdict)} in {reach}, and no group behind it is known here"
            yield Found(verdict, front.urn, front.label, message)


def _never_public(view: View) -> Iterator[Service]:
    """Services below the ephemeral ports that only named networks may reach."""
    for row, ports in view.rows:
        if row.listens and row.exposure is not Exposure.INTERNET:
            for protocol in row.protocols:
                for each in (ports & SYSTEM_PORTS).ranges():
                    yield Service.of_ports(protocol.number, each)


def _reaches(space: HeaderSpace) -> list[Reach]:
    return [Reach(*box) for box in space.boxes() if box[1].held]


def _lets(verdict: Verdict) -> str:
    return "lets" if verdict is Verdict.VIOLATED else "may let"


def _has_references(space: HeaderSpace) -> bool:
    return any(addresses.atoms for _, addresses in space.boxes())


GUARDRAIL = Guardrail(
    id="acl-wider",
    statement=(
        "A network ACL lets no service of the gateway in from the internet that no group behind "
        "it lets in."
    ),
    why="The ACL is the second layer: it should hold when somebody opens the group by hand.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Remove the entry, or let the stack make the network ACL with `fit: merge`.",
    undecided=(
        REPORTED + "; an ACL of others, whose groups are not known here, lets in no service "
        "below port 1024 that only named networks may reach"
    ),
    frameworks=("CIS AWS 5.0 5.2", "AWS FSBP EC2.21"),
    answers=(
        "CKV_AWS_232",
        "CKV_AWS_231",
        "AWS-0105",
        "NACL_NO_UNRESTRICTED_SSH_RDP",
        "ec2_networkacl_allow_ingress_tcp_port_22",
    ),
)
