"""What each instant of an update lets through, against what the first and the last one do.

A *door* is what packets pass on their way to or from one place in one direction: layers of
rules, each of which has to let a packet through. Where the old and the new stack both let a
packet through, no instant in between may deny it; where neither does, none may allow it.
Nothing of segfw is used here: rules are read one by one, a packet at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.oracles import cells
from tests.oracles.packets import Match, Packet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Layer = tuple[Match, ...]
"""Rules in the order in which they are tried: the first one that matches decides."""
Door = tuple[Layer, ...]
FAMILIES = (4, 6)
DENIED, OPENED = "denies", "allows"


class NotKnown(Exception):
    """A call, or something that a call names, of which the replay does not know what it does."""


class Instant(NamedTuple):
    """What stands at each door after one call."""

    number: int
    """Of the call in the log, from 1; 0 is before the first one."""
    call: str
    doors: Mapping[str, Door]


class Finding(NamedTuple):
    """A packet that an instant treats otherwise than the old and the new stack agree on."""

    number: int
    call: str
    door: str
    what: str
    packet: Packet

    def __str__(self) -> str:
        both = "both allow" if self.what == DENIED else "neither allows"
        return (
            f"after call {self.number} ({self.call}) {self.door} {self.what} {self.packet},"
            f" which the old and the new stack {both}"
        )


def judge(instants: Sequence[Instant]) -> Iterator[Finding]:
    """One packet to each instant, door and kind of difference; the first and last are the stacks.

    Packets are one to each elementary cell of all rules of all instants, so that a difference
    anywhere is found.
    """
    old, new = instants[0].doors, instants[-1].doors
    for door in sorted({name for instant in instants for name in instant.doors}):
        if door not in old or door not in new:
            raise NotKnown(f"{door} is not there before and after")
        stood = {instant.doors[door] for instant in instants}
        wrong: dict[Door, dict[str, Packet]] = {}
        for packets in (_Packets(family, stood) for family in FAMILIES):
            for one in stood:
                for what, packet in packets.differences(old[door], new[door], one):
                    wrong.setdefault(one, {}).setdefault(what, packet)
        for instant in instants:
            for what, packet in wrong.get(instant.doors[door], {}).items():
                yield Finding(instant.number, instant.call, door, what, packet)


class _Packets:
    """The elementary packets of one family over all that stood at a door, and who lets them by."""

    def __init__(self, family: int, doors: set[Door]) -> None:
        rules = {rule for door in doors for layer in door for rule in layer}
        self._family = family
        self._remotes = cells.remotes(family, rules)
        self._services = cells.services(rules)
        self._touching = {
            remote: frozenset(rule for rule in rules if rule.matches_remote(family, remote))
            for remote in self._remotes
        }
        self._known: dict[Layer, int] = {}

    def differences(self, old: Door, new: Door, now: Door) -> Iterator[tuple[str, Packet]]:
        """The first packet of each kind that *now* treats otherwise than *old* and *new* agree."""
        found: dict[str, Packet] = {}
        for remote in self._remotes:
            before, after, here = (self._allowed(door, remote) for door in (old, new, now))
            lost, gained = before & after & ~here, here & ~(before | after)
            for what, services in ((DENIED, lost), (OPENED, gained)):
                if services and what not in found:
                    found[what] = self._packet(remote, services)
        yield from found.items()

    def _packet(self, remote: int | str, services: int) -> Packet:
        protocol, value = self._services[(services & -services).bit_length() - 1]
        return Packet(self._family, remote, protocol, value)

    def _allowed(self, door: Door, remote: int | str) -> int:
        """A bit to each service that all layers of *door* let through to or from *remote*."""
        touching = self._touching[remote]
        allowed = self._all_services(remote)
        for layer in door:
            allowed &= self._decided(tuple(rule for rule in layer if rule in touching))
        return allowed

    def _all_services(self, remote: int | str) -> int:
        """Members of a reference send no ICMP of the other family."""
        absent = cells.OTHER_ICMP[self._family] if isinstance(remote, str) else None
        return sum(1 << i for i, (protocol, _) in enumerate(self._services) if protocol != absent)

    def _decided(self, rules: Layer) -> int:
        if rules not in self._known:
            verdict = cells.FirstMatch(rules).verdict(tuple(range(len(rules))))
            self._known[rules] = sum(
                1 << i
                for i, (protocol, value) in enumerate(self._services)
                if verdict(protocol, value)
            )
        return self._known[rules]
