"""The records of who answers for what: openings, lists, waivers, sources, questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.review.report.traffic import far_end

if TYPE_CHECKING:
    from segfw.review.report.traffic import Line


NOBODY = "nobody"
OWNS_STACK = "owns the stack"


def owner_words(of_list: str | None, of_stack: str | None) -> tuple[str, str]:
    """Who answers for a list of addresses, and whose owner that is.

    A list that names nobody is answered for by the stack's owner, wherever it is shown.
    """
    if of_list:
        return of_list, ""
    return (of_stack, f"{OWNS_STACK}; the list names nobody") if of_stack else (NOBODY, "")


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
    listed: bool
    """The peer is a list of the stack's, which could name an owner; any address is none."""
    checked: str | None
    source: str | None
    stale: bool
    lines: tuple[Line, ...]
    edges: tuple[tuple[str, str], ...]
    """The peers that it stands for, hosts that mean any address among them, with their edges."""

    @property
    def far(self) -> str:
        """The peer as a reader should take it, by `far_end`."""
        return far_end(self.peer, self.reach)

    @property
    def owner_words(self) -> tuple[str, str]:
        """Who answers for it, and whose owner that is; the second is empty for the list's own."""
        if not self.stacks_owner and self.owner:
            return self.owner, ""
        return owner_words(None, self.owner) if self.listed else (self.owner or NOBODY, OWNS_STACK)


class ListRow(NamedTuple):
    """One list of addresses that rules are made of."""

    kind: str
    """network, host, published."""
    name: str
    addresses: str
    prefixes: tuple[str, ...]
    used_by: tuple[str, ...]
    owner: str | None
    stack_owner: str | None
    """Who answers for it where the list names nobody."""
    source: str | None
    checked: str | None
    stale: bool
    line: Line

    @property
    def owner_words(self) -> tuple[str, str]:
        """Who answers for the list, and whose owner that is, as for an opening to it."""
        return owner_words(self.owner, self.stack_owner)


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
    title: str
    """What the check looks at; empty for one that is not known here."""
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


class Worry(NamedTuple):
    """Something that stands above every answer: what was said there holds only with it."""

    text: str
    place: str
    """The config line that it is about; empty where it is about a rule set."""
    more: str
    """The id of where the rest stands."""


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
