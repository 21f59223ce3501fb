"""The records of what may pass: connections, rules, enforcement points, quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.resolve import INTERNET
from segfw.review.exposure import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

ANYONE_INSIDE = "anyone inside"


def far_end(peer: str, reach: str) -> str:
    """``anyone inside`` for any address where the internet does not reach the interface.

    Rules have the same prefixes as for the internet, which cannot call there.
    """
    inside = peer == INTERNET and reach == Reach.FROM_ANYWHERE.value
    return ANYONE_INSIDE if inside else peer


class Reached(NamedTuple):
    """One of the answers to "who reaches whom": a filter's value with its words."""

    id: str
    words: str
    says: str
    """What the legend says of it."""


class Line(NamedTuple):
    """A line of config behind something that is open."""

    path: str
    place: str
    """``config/shared/lab.yaml:81``."""
    since: str | None
    """The day on which it was last changed, or what is known of it; None: not known."""

    @property
    def since_words(self) -> str:
        """``since 2026-11-02``, ``not committed yet``, ``since when: not known``."""
        if not self.since:
            return "since when: not known"
        return f"since {self.since}" if self.since[:1].isdigit() else self.since


class Service(NamedTuple):
    """One service that a connection is opened to, and why."""

    words: str
    """``tcp 22``."""
    feature: str
    """The feature's id, or ``custom`` with the flow's name."""
    row: str
    """The row's id; empty for a custom flow."""
    label: str
    """``row 2``."""
    title: str
    lines: tuple[Line, ...]


class RuleLink(NamedTuple):
    """One rule that carries something: where it stands in the report, and its words."""

    point: str
    """``security group "management"``."""
    anchor: str
    words: str


class Edge(NamedTuple):
    """Every connection between one interface and one peer that the same end opens."""

    id: str
    interface: str
    inward: bool
    """The peer opens it; otherwise the gateway does."""
    peer: str
    addresses: str
    """``16 addresses``, ``any IPv4 address``."""
    prefixes: tuple[str, ...]
    reach: str
    """The id of a `Reached`."""
    services: tuple[Service, ...]
    rules: tuple[RuleLink, ...]
    ports: str
    """``tcp 22, 443``: every service once."""
    expected: bool
    """The firewall table means every service for the internet."""
    public: bool | None
    """Some addresses are on the internet; None where only the cloud knows."""

    @property
    def far(self) -> str:
        """The peer as a reader should take it, by `far_end`."""
        return far_end(self.peer, self.reach)

    @property
    def features(self) -> tuple[str, ...]:
        """Each feature once."""
        return tuple(dict.fromkeys(one.feature for one in self.services))

    @property
    def since(self) -> str | None:
        """The day of its youngest line; None where that of a line is not known."""
        days = [line.since for one in self.services for line in one.lines]
        return max((day for day in days if day is not None), default=None) if all(days) else None


class Cell(NamedTuple):
    """What one feature opens between one interface and one peer."""

    services: tuple[str, ...]
    """``tcp 22``, as many as there are."""
    reach: str
    edge: str
    """The id of the edge that it is part of."""


class MatrixRow(NamedTuple):
    """One feature, one peer and one direction, over the interfaces."""

    feature: str
    peer: str
    inward: bool
    addresses: str
    prefixes: tuple[str, ...]
    cells: Mapping[str, Cell]
    """By interface; without an entry nothing is open there."""


class Beyond(NamedTuple):
    """What is open at an enforcement point that no feature asks for."""

    point: str
    interface: str
    inward: bool
    space: tuple[tuple[str, str], ...]
    """A service with the addresses, both in words; as few as can be."""
    why: str


class RuleRow(NamedTuple):
    """One rule of an enforcement point."""

    anchor: str
    name: str
    number: str
    """Empty where the order means nothing."""
    inward: bool
    denies: bool
    protocol: str
    ports: str
    peer: str
    group: str
    """Empty where there is one group."""
    why: str
    """What a rule is for that serves no flow; empty otherwise."""
    replies: bool
    """It admits the replies to what it serves."""
    serves: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Each feature with the id and the label of each of its rows."""
    reach: str
    """Of the widest connection that it admits; empty for replies and denies."""
    lines: tuple[Line, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """What it serves, for a filter."""
        return tuple(feature for feature, _ in self.serves)


class Gauge(NamedTuple):
    """How much of one quota is used."""

    point: str
    what: str
    used: int
    limit: int
    reserve: int
    source: str
    """Who says what the limit is."""

    @property
    def share(self) -> int:
        """Used, in percent, rounded down."""
        return 100 * self.used // self.limit if self.limit else 100


class PointView(NamedTuple):
    """One enforcement point with its rules."""

    anchor: str
    title: str
    short: str
    """``security group (2 groups)``, for the picture."""
    interface: str
    facts: tuple[str, ...]
    elsewhere: bool
    """This stack attaches it to nothing."""
    label: str
    """``security group "management"``."""
    rules: tuple[RuleRow, ...]
    numbered: bool
    grouped: bool


class InterfaceView(NamedTuple):
    """One interface for the picture."""

    name: str
    roles: str
    external: bool
    subnets: tuple[str, ...]
    points: tuple[tuple[str, str], ...]
    """The anchor and the words of each enforcement point."""
