"""What a security group lets through, the network ACL before it lets through too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.guardrails.asking import VERDICTS, shown_prefixes
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity
from segfw.guardrails.reading.seen import NOBODY, prefix, together
from segfw.guardrails.reading.values import Notes, held, listed
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Front
    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Access that a group grants and the ACL of the same interface takes away."""
    for front, acl in interfaces_with_both(view):
        for direction in Direction:
            for family in Family:
                yield from _judge(front, acl, direction, family)


def _judge(front: Front, acl: Front, direction: Direction, family: Family) -> Iterator[Found]:
    told = HeaderSpace(family)
    for verdict, surely in VERDICTS:
        granted = front.allowed(direction, family, surely=surely)
        taken = without_own_subnets(front, granted) - told
        taken -= acl.allowed(direction, family, surely=not surely)
        passes = "passes" if surely else "may pass"
        for service, addresses in taken.boxes():
            if addresses.held:
                told |= HeaderSpace.of(service, addresses)
                what = f"{direction.value} {service} for {shown_prefixes(addresses)}"
                message = f"{what} {passes} the group and not {acl.label}"
                yield Found(verdict, front.urn, front.label, message)


def interfaces_with_both(view: View) -> Iterator[tuple[Front, Front]]:
    """The security groups and the network ACL of each interface that has both."""
    for front in view.fronts:
        for acl in view.acl_fronts:
            same = (front.interface, front.gateway) == (acl.interface, acl.gateway)
            if front.interface is not None and same:
                yield front, acl


def without_own_subnets(front: Front, space: HeaderSpace) -> HeaderSpace:
    """The space without the interface's own subnets, between whose members no ACL stands."""
    interfaces = front.gateway.interfaces if front.gateway else None
    notes = Notes()
    subnets = listed(held(interfaces, front.interface or ""), "subnets")
    ends = [
        notes.read(lambda one=one: prefix(one if isinstance(one, str) else ""), NOBODY)
        for one in subnets
    ]
    own = together(ends).get(space.family, AddressSet(space.family))
    boxes = ((service, addresses - own) for service, addresses in space.boxes())
    return HeaderSpace.union(space.family, boxes)


GUARDRAIL = Guardrail(
    id="effective-access",
    statement="What a security group lets through, the network ACL of its subnet lets through too.",
    why="A rule that the ACL takes back opens nothing: mail stops, and the group looks right.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Let one stack make both, or add the missing entry to the network ACL.",
    undecided=REPORTED,
    answers=("EC2_NETWORK_ACL_ENTRY_INEFFECTIVE_DENY_RULE",),
)
