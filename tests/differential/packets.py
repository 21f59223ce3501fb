"""Packets where rules are most likely wrong: at their bounds and next to them; and some anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracles.packets import (
    ICMP,
    ICMPV6,
    LAST,
    LAST_VALUE,
    TCP,
    UDP,
    UNSEEN_PROTOCOL,
    Packet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.oracles.packets import Match, Span

    Service = tuple[int | None, int, int]

WITH_VALUES = (TCP, UDP, ICMP, ICMPV6)
PROTOCOLS = (*WITH_VALUES, UNSEEN_PROTOCOL, 0, 255)
NOBODY = "a reference nobody names"


class Chooser:
    """Chooses packets of one family around the bounds of *matches*."""

    def __init__(self, family: int, matches: list[Match], random: Random) -> None:
        self.family, self.random = family, random
        self.corners = [
            (list(match.services), remotes)
            for match in matches
            if (remotes := [r for r in match.remotes if isinstance(r, str) or r[0] == family])
        ]

    def packets(self, count: int) -> Iterator[Packet]:
        """At most *count* packets, no two alike; fewer where there are hardly so many."""
        seen: set[Packet] = set()
        for _ in range(2 * count):
            packet = self._one()
            if packet not in seen:
                seen.add(packet)
                yield packet
            if len(seen) == count:
                return

    def _one(self) -> Packet:
        """Six of ten at one rule's bounds, two between two rules, one with any port, one anywhere."""
        what = self.random.random()
        if what < 0.1 or not self.corners:
            return Packet(self.family, self._any_remote(), *self._any_service())
        services, remotes = self.random.choice(self.corners)
        if what < 0.2:
            return Packet(self.family, self._near_remote(remotes), *self._any_service())
        if what < 0.4:
            services, _ = self.random.choice(self.corners)
        service = self._near_service(services) if services else self._any_service()
        return Packet(self.family, self._near_remote(remotes), *service)

    def _near_remote(self, remotes: list[Span | str]) -> int | str:
        chosen = self.random.choice(remotes)
        if isinstance(chosen, str):
            return NOBODY if chosen == "*" else chosen
        _, first, last = chosen
        return self._near(first, last, LAST[self.family])

    def _near_service(self, services: list[Service]) -> tuple[int, int]:
        protocol, first, last = self.random.choice(services)
        if protocol is None:
            return self._any_service()
        if protocol not in WITH_VALUES:
            return protocol, 0
        if self.random.random() < 0.05:
            protocol = self.random.choice(WITH_VALUES)
        return protocol, self._near(first, last, LAST_VALUE)

    def _near(self, first: int, last: int, most: int) -> int:
        """A bound, one step beyond it, one inside it, or anywhere between the bounds."""
        what = self.random.randrange(8)
        inside = self.random.randint(first, last)
        value = (first - 1, first, first, last, last, last + 1, min(first + 1, last), inside)[what]
        return min(max(value, 0), most)

    def _any_service(self) -> tuple[int, int]:
        protocol = self.random.choice(PROTOCOLS)
        return protocol, self.random.randint(0, LAST_VALUE) if protocol in WITH_VALUES else 0

    def _any_remote(self) -> int | str:
        if self.random.random() < 0.05:
            return NOBODY
        return self.random.randint(0, LAST[self.family])
