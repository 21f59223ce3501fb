"""The records of who answers for what: openings, lists, waivers, sources, questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from segfw.review.report.traffic import Line


class OpeningRow(NamedTuple):
    """One opening that a reviewer looks for first, with who answers for it."""

    reach: str
    interface: str
    peer: str
    addresses: str
    public: bool | None
    """Some addresses are on the internet; None where only the cloud knows."""
    services: tuple[tuple[str, str], ...]
    """A service in words with its features."""
    expected: bool
    """The firewall table means every service for the internet."""
    manages: bool
    """Some of it administers the gateway, whoever reaches it."""
    owner: str | None
    stacks_owner: bool
    """The owner is the stack's, since the list of addresses has none."""
    checked: str | None
    source: str | None
    stale: bool
    lines: tuple[Line, ...]
    edges: tuple[tuple[str, str], ...]
    """The peers that it stands for, hosts that mean any address among them, with their edges."""


class ListRow(NamedTuple):
    """One list of addresses that rules are made of."""

    kind: str
    """network, host, published."""
    name: str
    addresses: str
    prefixes: tuple[str, ...]
    used_by: tuple[str, ...]
    owner: str | None
    source: str | None
    checked: str | None
    stale: bool
    line: Line


class HostRow(NamedTuple):
    """One service of the vendor or of somebody else, and where its data goes."""

    name: str
    names: tuple[str, ...]
    features: tuple[str, ...]
    what: str
    country: str
    """``us``, ``eu``, or ``not known``."""
    elsewhere: bool
    """Another jurisdiction than the stack's region."""
    way: str
    """``to 1 address``, ``by the proxy web-proxies``, ``to any address``."""
    source: str


class Number(NamedTuple):
    """One row of the vendor's table that this stack uses, with who says so."""

    row: str
    label: str
    title: str
    ports: str
    """As it is used here."""
    published: str
    """As the table prints it; empty for an extra."""
    corrections: tuple[str, ...]
    source: str
    url: str | None
    features: tuple[str, ...]


class Bound(NamedTuple):
    """One limit with its value here and who says so."""

    words: str
    value: int
    default: int
    source: str


class WaiverRow(NamedTuple):
    """One accepted finding that concerns this stack."""

    check: str
    target: str
    where: str
    reason: str
    owner: str
    expires: str
    left: int
    """Days; negative once it is past."""
    link: str
    place: str
    covers: tuple[str, ...]
    """What is found here that it covers; empty where a scanner has to say."""
    foreseen: bool
    """A plan alone says whether it covers something."""


class FindingRow(NamedTuple):
    """What a guardrail says of this stack."""

    guardrail: str
    severity: str
    verdict: str
    """violated, waived, not known yet, listed."""
    text: str
    fix: str


class CustomRow(NamedTuple):
    """A flow that the catalog does not know, or an opening with a last day."""

    name: str
    what: str
    reason: str
    owner: str
    until: str
    due: bool
    place: str


class Unknown(NamedTuple):
    """Something that cannot be known from a stack file, and how to find it out."""

    title: str
    why: str
    commands: tuple[str, ...]
    look: str
    """What to look for in the answer."""


class Question(NamedTuple):
    """A question that a reviewer asks, answered in short, with where the rest stands."""

    number: int
    id: str
    text: str
    answer: tuple[str, ...]
    more: str
    """The id of the section with the whole answer."""
    tone: str
    """good, look, bad."""
