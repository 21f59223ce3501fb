"""What is asked: one packet, or many, of one direction at one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.review.explain.far_end import far_end
from segfw.review.explain.hints import role_hint
from segfw.review.explain.mending import bracketed, instead, nothing_open
from segfw.review.explain.services import (
    DIGITS,
    FAMILY_OF,
    NUMBERS,
    PARTS,
    nothing_like,
    port_text,
    protocol_of,
    service_of,
)
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import (
    KEYWORDS,
    HeaderSpace,
    Service,
)
from segfw.settings.words import ended, printable, quoted_list, unknown

if TYPE_CHECKING:
    from segfw.flow import Peer
    from segfw.review.explain.names import Names

LONGEST = 400
"""A question that is longer is none: names have at most 63 characters, addresses 43."""
ARROW = "->"
FORM = (
    '"in tcp 198.51.100.7 -> management:22" or "out tcp management -> [2001:db8::1]:443": '
    "direction, protocol, who opens, an arrow, who answers, and the port there"
)
WAYS = {
    "in": Direction.INGRESS,
    "out": Direction.EGRESS,
    "ingress": Direction.INGRESS,
    "egress": Direction.EGRESS,
}


class Unreadable(ValueError):
    """A question that cannot be read; every mistake in it, each with its next step."""

    def __init__(self, faults: list[str], ready: tuple[str, ...] = ()) -> None:
        """Keep the mistakes, in the order of the question, and *ready* questions instead."""
        self.ready = ready
        self.faults = tuple(printable(fault) for fault in faults)
        super().__init__("\n".join(self.faults))


class Asked(NamedTuple):
    """The words of a question, unread; empty where nothing was said."""

    direction: str = ""
    protocol: str = ""
    remote: str = ""
    interface: str = ""
    port: str = ""


class Question(NamedTuple):
    """Packets of one service between one interface and a far end; who opens is the direction."""

    direction: Direction
    service: Service
    interface: str
    remote: Peer
    families: tuple[Family, ...]
    """In which the far end and the interface have something to say to each other."""
    port: str
    """As it is written: ``22``, ``22-25``, ``8.0``; empty for a protocol without ports."""

    @property
    def protocol(self) -> int:
        """The protocol's number."""
        return self.service.first >> 16

    def addresses(self, family: Family, *, by_reference: bool) -> AddressSet:
        """The far end in one family: its reference if that is asked for, else its prefixes.

        A far end that has only a reference is asked by that.
        """
        found = self.remote.addresses(family, by_reference=by_reference)
        return found or self.remote.addresses(family, by_reference=True)

    def space(self, family: Family, *, by_reference: bool) -> HeaderSpace:
        """The packets of one family; see `addresses`."""
        addresses = self.addresses(family, by_reference=by_reference)
        if addresses.held:
            addresses = AddressSet(family, addresses.held)
        return HeaderSpace.of(self.service, addresses)

    @property
    def single(self) -> bool:
        """One packet is asked for."""
        one = self.service.first == self.service.last or self.protocol not in KEYWORDS
        prefixes = self.remote.prefixes
        return one and len(prefixes) == 1 and prefixes[0].size == 1

    def __str__(self) -> str:
        """``in tcp 198.51.100.7 -> management:22``."""
        protocol = KEYWORDS.get(self.protocol, str(self.protocol))
        port = f":{self.port}" if self.port else ""
        if self.direction is Direction.INGRESS:
            return f"in {protocol} {self.remote.name} {ARROW} {self.interface}{port}"
        name = self.remote.name
        name = f"[{name}]" if ":" in name and port else name
        return f"out {protocol} {self.interface} {ARROW} {name}{port}"


def words_of(text: str) -> Asked:
    """The words of a question in one text.

    Raises:
        Unreadable: the text has not the form of one.
    """
    if len(text) > LONGEST:
        raise Unreadable([f"it has {len(text):,} characters; a question has at most {LONGEST}."])
    sides = text.split(ARROW)
    left = sides[0].split()
    if len(sides) != PARTS or len(left) < PARTS or len(left) > PARTS + 1:
        raise Unreadable([f'"{text}" is no question; write {FORM}.'])
    direction, protocol, *opener = left
    right = sides[1].strip()
    if len(right.split()) > 1:
        raise Unreadable([f'after "{ARROW}" stand several words; write {FORM}.'])
    if WAYS.get(direction.lower()) is Direction.EGRESS:
        remote, port = _far_and_port(right)
        return Asked(direction, protocol, remote, "".join(opener), port)
    if not opener:
        raise Unreadable([f"it does not say who opens the connection; write {FORM}."])
    interface, port = _near_and_port(right, protocol)
    return Asked(direction, protocol, _bare(opener[0]), interface, port)


def _far_and_port(text: str) -> tuple[str, str]:
    """The far end and the port behind it; an IPv6 address with a port stands in brackets."""
    if text.startswith("["):
        inside, _, rest = text[1:].partition("]")
        return inside, rest.removeprefix(":")
    if text.count(":") == 1:
        name, _, port = text.partition(":")
        return name, port
    return text, ""


def _near_and_port(text: str, protocol: str) -> tuple[str, str]:
    name, colon, port = text.rpartition(":")
    if colon:
        return name, port
    alone = DIGITS.match(text) is not None and protocol.lower() in NUMBERS
    return ("", text) if alone else (text, "")


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def read_question(asked: Asked, names: Names) -> Question:
    """The question that *asked* means in the stack of *names*.

    Raises:
        Unreadable: with every mistake, and with questions that may be meant.
    """
    try:
        return _read(asked, names)
    except Unreadable as error:
        more = nothing_open(asked, names) if asked.direction.lower() in WAYS else ""
        faults = [*error.faults, more] if more else list(error.faults)
        raise Unreadable(faults, instead(asked, names, _if_readable)) from None


def _if_readable(asked: Asked, names: Names) -> Question | None:
    try:
        return _read(asked, names)
    except Unreadable:
        return None


def _read(asked: Asked, names: Names) -> Question:
    faults: list[str] = []
    direction = WAYS.get(asked.direction.lower())
    if direction is None:
        faults.append(nothing_like("direction", asked.direction, WAYS, "in or out"))
    number = protocol_of(asked.protocol, faults)
    service = service_of(number, asked.port, faults) if number is not None else None
    apart = bracketed(asked)
    if apart is not None:
        faults.append(
            "an IPv6 address with a port behind it stands in brackets: "
            f"[{apart.remote}]:{apart.port}."
        )
    remote = far_end(asked.remote, names, faults)
    interface = _interface(asked.interface, direction, remote, names, faults)
    families: tuple[Family, ...] = ()
    if remote is not None and interface is not None and number is not None:
        families = _families(remote, interface, number, names, faults)
    if faults or direction is None or service is None or remote is None or interface is None:
        raise Unreadable(faults)
    port = port_text(number or 0, service)
    return Question(direction, service, interface, remote, families, port)


def _interface(
    text: str, direction: Direction | None, remote: Peer | None, names: Names, faults: list[str]
) -> str | None:
    """The interface that is named, that routing says, or the only one."""
    if text:
        if text in names.interfaces:
            return text
        role = role_hint(text, names)
        said = ended(f"no such interface; {role}") if role else ""
        faults.append(
            f'interface "{text}": ' + (said or unknown("interface", text, names.interfaces))
        )
        return None
    if len(names.interfaces) == 1:
        return next(iter(names.interfaces))
    if direction is Direction.EGRESS and names.routing is not None:
        if remote is None:
            return None
        ways = tuple(names.routing.place(remote))
        if len(ways) == 1:
            return ways[0]
        faults.append(f"the gateway sends parts of it out by {quoted_list(ways)}; name one.")
        return None
    faults.append(f"it names no interface; there are {quoted_list(names.interfaces)}.")
    return None


def _families(
    remote: Peer, interface: str, number: int, names: Names, faults: list[str]
) -> tuple[Family, ...]:
    """The families that the protocol, the far end and the interface have in common."""
    own = FAMILY_OF.get(number)
    theirs = remote.families()
    spoken = [family for family in theirs if own in (None, family)]
    if not spoken:
        other = next(keyword for keyword, n in NUMBERS.items() if FAMILY_OF.get(n) in theirs)
        label = own.label if own else ""
        faults.append(f"{KEYWORDS[number]} is of {label}, and {remote.name} is not; write {other}.")
        return ()
    has = names.interfaces[interface]
    found = tuple(family for family in spoken if family in has)
    if not found:
        faults.append(
            ended(
                f"{remote.name} is {spoken[0].label}, which interface {interface} does not have; "
                f"it has {' and '.join(family.label for family in has)} (interfaces.{interface}"
                ".families)"
            )
        )
    return found
