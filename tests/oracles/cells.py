"""Elementary cells: between two boundaries no verdict changes, so one probe to a cell is enough.

The boundaries of both sides are taken, so that what only one side knows is seen too
("policy segmentation"); the comparison is complete by exhaustion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.oracles.packets import (
    ICMP,
    ICMPV6,
    LAST,
    LAST_VALUE,
    TCP,
    UDP,
    UNSEEN_PROTOCOL,
    Match,
    Packet,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.oracles.packets import Span
OTHER_ICMP = {4: ICMPV6, 6: ICMP}


class Side(Protocol):
    """Something that lets packets through or not, with all the rules that it looks at."""

    @property
    def matches(self) -> list[Match]: ...

    def touching(self, family: int, remote: int | str) -> tuple[int, ...]:
        """Which of its rules match a far end, by their place; all that a verdict depends on."""
        ...

    def verdict(self, touching: tuple[int, ...]) -> Callable[[int, int], bool]:
        """The verdict on each protocol and value where just these rules match the far end."""
        ...


def at(side: Side, packet: Packet) -> bool:
    """Whether a side lets a packet through."""
    touching = side.touching(packet.family, packet.remote)
    return side.verdict(touching)(packet.protocol, packet.value)


def remotes(family: int, matches: Iterable[Match], more: Iterable[Span] = ()) -> list[int | str]:
    """One far end to each elementary cell, references among them."""
    starts = {0}
    names = {"a reference nobody names"}
    for one in (remote for match in matches for remote in match.remotes):
        if isinstance(one, str):
            names.add(one)
        elif one[0] == family:
            starts |= {one[1], one[2] + 1}
    for own, first, last in more:
        if own == family:
            starts |= {first, last + 1}
    return [*sorted(s for s in starts if s <= LAST[family]), *sorted(names - {"*"})]


def services(matches: Iterable[Match]) -> list[tuple[int, int]]:
    """One protocol and value to each elementary cell, an unseen protocol among them."""
    starts = {protocol: {0} for protocol in (TCP, UDP, ICMP, ICMPV6)}
    for protocol, first, last in (service for match in matches for service in match.services):
        if protocol in starts:
            starts[protocol] |= {first, last + 1}
    found = [(p, v) for p, values in starts.items() for v in sorted(values) if v <= LAST_VALUE]
    return [*found, (UNSEEN_PROTOCOL, 0)]


def differences(family: int, one: Side, other: Side, more: Iterable[Span] = ()) -> Iterator[Packet]:
    """One packet of each elementary cell on which two sides disagree.

    Far ends that the same rules match have the same verdicts, so those are found once.
    """
    matches = [*one.matches, *other.matches]
    probes = services(matches)
    known: dict[tuple, list[tuple[int, int]]] = {}
    for remote in remotes(family, matches, more):
        # Members of a reference send no ICMP of the other family.
        absent = OTHER_ICMP[family] if isinstance(remote, str) else None
        mine, theirs = one.touching(family, remote), other.touching(family, remote)
        key = (mine, theirs, absent)
        if key not in known:
            left, right = one.verdict(mine), other.verdict(theirs)
            known[key] = [(p, v) for p, v in probes if p != absent and left(p, v) != right(p, v)]
        for protocol, value in known[key]:
            yield Packet(family, remote, protocol, value)


def touching(matches: list[Match], family: int, remote: int | str) -> tuple[int, ...]:
    """The places of the rules that match a far end."""
    return tuple(i for i, rule in enumerate(matches) if rule.matches_remote(family, remote))


class FirstMatch:
    """Ordered rules: the first one that matches decides, and none that matches denies."""

    def __init__(self, rules: Iterable[Match]) -> None:
        self.matches = list(rules)

    def touching(self, family: int, remote: int | str) -> tuple[int, ...]:
        return touching(self.matches, family, remote)

    def verdict(self, touching: tuple[int, ...]) -> Callable[[int, int], bool]:
        left = [self.matches[i] for i in touching]

        def decides(protocol: int, value: int) -> bool:
            for rule in left:
                if rule.matches_service(protocol, value):
                    return rule.allow
            return False

        return decides
