"""Port ranges, and canonical sets of ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from segfw.sets import intervals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.sets.intervals import Intervals

FIRST_PORT = 0
LAST_PORT = 65535


@dataclass(frozen=True, slots=True, order=True)
class PortRange:
    """Ports from *first* to *last*, both inside, 0 to 65535."""

    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse a range that is empty or leaves 0 to 65535."""
        if not FIRST_PORT <= self.first <= self.last <= LAST_PORT:
            raise ValueError(f"{self.first}-{self.last} is no port range")

    @property
    def single(self) -> bool:
        """The range is one port."""
        return self.first == self.last

    def __len__(self) -> int:
        """How many ports it holds."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        """``22``, or ``1024-65535``."""
        return str(self.first) if self.single else f"{self.first}-{self.last}"


ALL_PORTS = PortRange(FIRST_PORT, LAST_PORT)


class PortSet(NamedTuple):
    """A set of ports."""

    held: Intervals = ()

    @classmethod
    def of(cls, ranges: Iterable[PortRange]) -> PortSet:
        """The ports in any of *ranges*."""
        return cls(intervals.canonical((r.first, r.last) for r in ranges))

    @classmethod
    def single(cls, *ports: int) -> PortSet:
        """Just these ports."""
        return cls(intervals.canonical((port, port) for port in ports))

    def __or__(self, other: PortSet) -> PortSet:
        """The ports in either."""
        return PortSet(intervals.union(self.held, other.held))

    def __and__(self, other: PortSet) -> PortSet:
        """The ports in both."""
        return PortSet(intervals.intersection(self.held, other.held))

    def __sub__(self, other: PortSet) -> PortSet:
        """The ports in this set and not in *other*."""
        return PortSet(intervals.difference(self.held, other.held))

    def __bool__(self) -> bool:
        """Whether the set holds any port."""
        return bool(self.held)

    def __contains__(self, port: object) -> bool:
        """Whether *port*, an integer, is in the set."""
        return isinstance(port, int) and any(first <= port <= last for first, last in self.held)

    def ranges(self) -> tuple[PortRange, ...]:
        """The set as the fewest ranges, in order."""
        return tuple(PortRange(first, last) for first, last in self.held)

    def size(self) -> int:
        """How many ports the set holds."""
        return intervals.size(self.held)

    def __str__(self) -> str:
        """``21, 1024-65535``; ``no port`` for the empty set."""
        return ", ".join(str(r) for r in self.ranges()) or "no port"
