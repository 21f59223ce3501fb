"""What a reviewer should look at first among packets that are newly let through."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.sets.addresses import AddressSet, Atoms, Family, private_addresses
from segfw.sets.headerspace import HeaderSpace, Service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.changes.deployment import Deployment, Filter
    from segfw.sets.addresses import Prefix


class Risk(Enum):
    """What is newly possible; the worst first."""

    FROM_INTERNET = "from-internet"
    """Public addresses come in on an interface that the internet reaches."""
    PERHAPS_FROM_INTERNET = "perhaps-from-internet"
    """Only the cloud knows who comes in there."""
    MANAGEMENT = "management"
    """What administers the gateway is reached."""
    FROM_ANYWHERE = "from-anywhere"
    """Any address comes in, on an interface that is not said to be external."""
    TO_ANYWHERE = "to-anywhere"
    """The gateway reaches any address."""
    WIDENING = "widening"
    """No flow needs it."""
    NAMED = "named"
    """Named far ends, for what they are named for."""


def risk_of(
    space: HeaderSpace,
    whole: HeaderSpace,
    direction: Direction,
    interface: str,
    side: Deployment,
) -> Risk:
    """The worst that holds of *space*, which is part of *whole*, all that its reasons need."""
    anyone = any(addresses.held for _, _, addresses in (space & anybodys(whole)).slices)
    if direction is Direction.EGRESS:
        return Risk.TO_ANYWHERE if anyone else Risk.NAMED
    if side.external.get(interface):
        if has_public(space):
            return Risk.FROM_INTERNET
        if has_unknown(space, side.inside):
            return Risk.PERHAPS_FROM_INTERNET
    if administers(space, side):
        return Risk.MANAGEMENT
    return Risk.FROM_ANYWHERE if anyone else Risk.NAMED


def anybodys(space: HeaderSpace) -> HeaderSpace:
    """The part of a space that any address of the family is in."""
    everyone = ((0, space.family.last),)
    return HeaderSpace(space.family, tuple(one for one in space.slices if one[2].held == everyone))


def public_part(space: HeaderSpace) -> HeaderSpace:
    """The part from addresses of the internet, references apart."""
    family = space.family
    public = AddressSet(family, ((0, family.last),)) - private_addresses(family)
    return space & HeaderSpace.of(Service.everything(), public)


def has_public(space: HeaderSpace) -> bool:
    """Some of the far ends are on the internet."""
    return bool(public_part(space))


def has_unknown(space: HeaderSpace, inside: frozenset[str]) -> bool:
    """Some of the far ends are references of which nobody here knows the members."""
    return any(
        addresses.atoms.cofinite or addresses.atoms.names - inside
        for _, _, addresses in space.slices
    )


def administers(space: HeaderSpace, side: Deployment) -> bool:
    """It reaches a port on which the gateway answers its administrators."""
    whole = AddressSet.whole(space.family)
    return bool(
        space & HeaderSpace.union(space.family, ((service, whole) for service in side.management))
    )


def asked_by_references(space: HeaderSpace, group: HeaderSpace, inside: frozenset[str]) -> bool:
    """Public addresses of a network ACL's *space* may be members of a reference of the *group*."""
    family = space.family
    asked = HeaderSpace.union(
        family,
        (
            (Service(first, last), AddressSet.whole(family))
            for first, last, addresses in group.slices
            if addresses.atoms.names - inside and not addresses.atoms.cofinite
        ),
    )
    return has_public(space & asked)


def risk_of_references(direction: Direction, interface: str, side: Deployment) -> Risk:
    """What members of a reference whom nobody here knows may do newly."""
    comes_in = direction is Direction.INGRESS and side.external.get(interface)
    return Risk.PERHAPS_FROM_INTERNET if comes_in else Risk.NAMED


def unknown_part(space: HeaderSpace, inside: frozenset[str]) -> HeaderSpace:
    """The part from references of which nobody here knows the members."""
    names = frozenset[str]().union(*(one[2].atoms.names for one in space.slices))
    unknown = AddressSet(space.family, (), Atoms(names - inside))
    return space & HeaderSpace.of(Service.everything(), unknown)


ALL_REFERENCES = Atoms(cofinite=True)


def passing(
    space: HeaderSpace, direction: Direction, acl: Filter | None, subnets: Iterable[Prefix]
) -> HeaderSpace:
    """The part of a group's *space* that the interface's network *acl* lets through as well.

    A network ACL never sees the interface's own subnet, and knows prefixes only: members of
    a reference may be anywhere, so it is taken to let them through.
    """
    if acl is None:
        return space
    family = space.family
    unseen = AddressSet.of(family, (one for one in subnets if one.family is family))
    beside = AddressSet(family, unseen.held, ALL_REFERENCES)
    seen = acl.spaces[direction, family] | HeaderSpace.of(Service.everything(), beside)
    return space & seen


def without_references(space: HeaderSpace) -> HeaderSpace:
    """The packets from or to addresses."""
    return space & HeaderSpace.of(
        Service.everything(), AddressSet(space.family, ((0, space.family.last),))
    )


def everything(family: Family) -> HeaderSpace:
    """Every packet of a family."""
    return HeaderSpace.of(Service.everything(), AddressSet.whole(family))
