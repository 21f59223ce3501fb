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

    def at(self, family: int, remote: int | str) -> Callable[[int, int], bool]:
        """The verdict on each protocol and value, for one far end."""
        ...


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
    """One packet of each elementary cell on which two sides disagree."""
    matches = [*one.matches, *other.matches]
    probes = services(matches)
    for remote in remotes(family, matches, more):
        left, right = one.at(family, remote), other.at(family, remote)
        for protocol, value in probes:
            if isinstance(remote, str) and protocol == OTHER_ICMP[family]:
                continue  # members of a reference send no ICMP of the other family
            if left(protocol, value) != right(protocol, value):
                yield Packet(family, remote, protocol, value)


class FirstMatch:
    """Ordered rules: the first one that matches decides, and none that matches denies."""

    def __init__(self, rules: Iterable[Match]) -> None:
        self.matches = list(rules)

    def at(self, family: int, remote: int | str) -> Callable[[int, int], bool]:
        left = [rule for rule in self.matches if rule.matches_remote(family, remote)]

        def decides(protocol: int, value: int) -> bool:
            for rule in left:
                if rule.matches_service(protocol, value):
                    return rule.allow
            return False

        return decides
