"""The rules before an interface as books of entries: what was read, and what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Point
from segfw.guardrails.reading.nsgs import has_gateway
from segfw.review.explain.layers import Entry
from segfw.sets.addresses import AddressSet
from segfw.sets.headerspace import Service

if TYPE_CHECKING:
    from segfw.clouds.lifted import Side
    from segfw.guardrails.holders import Holder
    from segfw.guardrails.reading.seen import Seen
    from segfw.sets.addresses import Prefix


class NothingRead(NamedTuple):
    """The rules of an enforcement point that is there and was not read: they may say anything."""

    point: Point

    def __call__(self, side: Side) -> tuple[tuple[Entry, ...], ...]:
        """One rule that may match any packet."""
        doubt = f"no {self.point.label} of this interface is in what was read"
        return ((_not_read(side, doubt, "a rule that was not read"),),)


def _not_read(side: Side, doubt: str, where: str) -> Entry:
    anything = ((Service.everything(), AddressSet.whole(side[1])),)
    return Entry(name="", number=0, allows=True, least=(), most=anything, doubt=doubt, where=where)


class Books(NamedTuple):
    """The rules of an enforcement point's holders."""

    point: Point
    holders: tuple[Holder, ...]
    own: tuple[Prefix, ...]
    """Where the interface's addresses are; none where that is not known."""
    unread: tuple[str, ...]
    """Security groups that are on the interface, and of which nothing was read."""

    def __call__(self, side: Side) -> tuple[tuple[Entry, ...], ...]:
        """One book of all security groups' rules; one to each ACL or NSG."""
        books = tuple(
            tuple(
                _entry(self.point, rule, side, self.own)
                for rule in holder.rules
                if rule.direction is side[0]
            )
            for holder in self.holders
        )
        if self.point is Point.SECURITY_GROUP:
            more = (
                _not_read(side, f"{one} is on this interface and was not read", f"a rule of {one}")
                for one in self.unread
            )
            return ((*(entry for book in books for entry in book), *more),)
        return books


def _entry(point: Point, rule: Seen, side: Side, own: tuple[Prefix, ...]) -> Entry:
    least, most = rule.least.get(side[1]), rule.most.get(side[1])
    narrowed = _narrowed(rule, side, own)
    if narrowed and rule.allows:
        least = None
    doubts = (*rule.undecided, *rule.faults, *narrowed)
    return Entry(
        name="" if point is Point.NETWORK_ACL else rule.name,
        number=rule.number,
        allows=rule.allows,
        least=tuple(least.boxes()) if least is not None else (),
        most=tuple(most.boxes()) if most is not None else (),
        doubt=f"{rule.label}: {'; '.join(doubts)}" if doubts else "",
        built_in=rule.built_in,
        where=rule.label,
    )


def _narrowed(rule: Seen, side: Side, own: tuple[Prefix, ...]) -> tuple[str, ...]:
    """Why the rule may not hold for a packet of which only the far end is known, in words.

    An NSG's rule may be for some of the gateway's addresses, or for some source ports.
    """
    family = side[1]
    near = rule.near.get(family)
    here = AddressSet.of(family, (one for one in own if one.family is family and rule.allows))
    found: list[str] = []
    if not (has_gateway(near) or (near is not None and here and not here - near)):
        found.append("it is not for every address that the interface may have")
    if not rule.any_source_port:
        found.append("it is only for some source ports")
    return tuple(found)
