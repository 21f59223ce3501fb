"""Where a firewall is, as the state says: project, region, account, and what it is attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.changes.inventory import list_at
from segfw.changes.site import site_words
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, GROUP
from segfw.clouds.azure_nsg.spec import NSG
from segfw.flow import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.changes.compare import Changes
    from segfw.changes.points import PointChange


def deployed(changes: Changes) -> str:
    """Of which project, and where, the state is: not all of it is compared."""
    if not changes.held.deployed:
        return "Nothing is deployed."
    where = site_words(changes.plan.settings.cloud, changes.site)
    return f"Deployed: project {changes.state.project}, {where}."


def applies(changes: Changes, *, stated: bool) -> Iterator[str]:
    """Where each planned rule set is attached; *stated*: as a state says, else our files alone."""
    for point in changes.points:
        if point.will_be:
            where = attached(changes, point, stated=stated)
            yield f"{point.point.label} {point.interface}: {where}"


def attached(changes: Changes, point: PointChange, *, stated: bool) -> str:
    """``attached by us to eni-1``, ``attached elsewhere``, or ``not seen``."""
    if point.point is Point.NETWORK_ACL:
        now, then = (_subnets(changes, point.interface, old=old) for old in (True, False))
        if point.was and now == then:
            return f"attached by us to {', '.join(now)}."
        off = f"; now on {', '.join(now)}." if now else "."
        return f"this update attaches it to {', '.join(then)}{off}"
    if point.point is Point.SECURITY_GROUP:
        now, then = (_interfaces(changes, point.interface, old=old) for old in (True, False))
        if now and now == then:
            return f"attached by us to {', '.join(now)}."
        if then:
            return f"this update attaches it to {', '.join(then)}" + (
                f"; now on {', '.join(now)}." if now else "."
            )
        if now:
            return f"this update takes it off {', '.join(now)}, and attaches it nowhere."
    if not stated:
        return "attached elsewhere: this stack's files attach it to nothing."
    names = [
        one.name
        for one in changes.held.planned
        if one.interface == point.interface and one.token in (GROUP, NSG)
    ]
    users = sorted({user for name in names for user in changes.held.users.get(name, ())})
    if users:
        return f"attached elsewhere, in this state by {', '.join(users)}."
    return "not seen: nothing in this state attaches it."


def _interfaces(changes: Changes, interface: str, *, old: bool) -> list[str]:
    side = changes.held.deployed if old else changes.held.planned
    found = {
        str(one.inputs.get("networkInterfaceId"))
        for one in side
        if one.token == ATTACHMENT and one.interface == interface
    }
    return sorted(found)


def _subnets(changes: Changes, interface: str, *, old: bool) -> list[str]:
    side = changes.held.deployed if old else changes.held.planned
    found = {
        str(subnet)
        for one in side
        if one.token == NETWORK_ACL and one.interface == interface
        for subnet in list_at(one.inputs, "subnetIds")
    }
    return sorted(found)


def attachments(changes: Changes) -> Iterator[str]:
    """``security group dmz leaves eni-1, comes to eni-2``, where no rule need change."""
    for point in changes.points:
        if not (point.was and point.will_be) or point.point is Point.NSG:
            continue
        ids = _subnets if point.point is Point.NETWORK_ACL else _interfaces
        now, then = (set(ids(changes, point.interface, old=old)) for old in (True, False))
        moves = [
            f"{word} {_named(held)}"
            for word, held in (("leaves", now - then), ("comes to", then - now))
            if held
        ]
        if moves:
            yield f"{point.point.label} {point.interface} {', '.join(moves)}"


def _named(ids: set[str]) -> str:
    """Few are named; more have their places in the table of resources."""
    first = min(ids)
    return first if len(ids) == 1 else f"{first} and {len(ids) - 1} more"
