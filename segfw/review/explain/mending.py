"""Questions that could have been meant where one cannot be read, each of which can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.review.explain.far_end import far_end
from segfw.review.explain.services import DIGITS, protocol_of
from segfw.sets.addresses import PrefixError, parse_prefix
from segfw.sets.headerspace import KEYWORDS, WITH_PORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.flow import Flow, Peer
    from segfw.review.explain.names import Names
    from segfw.review.explain.question import Asked, Question

    Reader = Callable[[Asked, Names], Question | None]

MOST = 12
"""How many are said."""


def instead(asked: Asked, names: Names, read: Reader) -> tuple[str, ...]:
    """At most `MOST` questions that *asked* may mean; with *read*, None for what it cannot read.

    What is missing is filled in: an interface by each there is, a port by each that the stack's
    flows have there; an IPv6 address and its port are told apart.
    """
    if asked.interface and asked.port:
        return ()
    found: dict[str, None] = {}
    for one in _filled(asked, names):
        question = read(one, names)
        if question is not None:
            found[str(question)] = None
    return tuple(found)[:MOST]


def _filled(asked: Asked, names: Names) -> Iterator[Asked]:
    apart = bracketed(asked)
    if apart is not None:
        yield apart
        return
    for interface in (asked.interface,) if asked.interface else names.interfaces:
        ports = (asked.port,) if asked.port else open_ports(asked, interface, names)
        for port in ports:
            yield asked._replace(interface=interface, port=port)
        if not asked.interface and protocol_of(asked.protocol, []) not in WITH_PORTS:
            yield asked._replace(interface=interface)


def bracketed(asked: Asked) -> Asked | None:
    """The question with the port apart that is written behind a bare IPv6 address.

    ``2001:db8::1:443`` is an address as it stands; a port is only looked for where none is said
    and the protocol has one.
    """
    head, _, last = asked.remote.rpartition(":")
    if asked.port or ":" not in head or not DIGITS.fullmatch(last):
        return None
    if protocol_of(asked.protocol, []) not in WITH_PORTS:
        return None
    try:
        parse_prefix(f"{head}/128")
    except (PrefixError, ValueError):
        return None
    return asked._replace(remote=head, port=last)


def open_ports(asked: Asked, interface: str, names: Names) -> tuple[str, ...]:
    """The ports that the stack's flows have between the far end and the interface."""
    number = protocol_of(asked.protocol, [])
    remote = far_end(asked.remote, names, [])
    if remote is None or number not in WITH_PORTS:
        return ()
    found = {
        (ports.first, ports.last)
        for flow in names.flows
        if flow.interface == interface and flow.families and _is_of(flow, asked, number)
        for ports in flow.traffic.ports
        if _meet(flow.peer, remote)
    }
    return tuple(str(a) if a == b else f"{a}-{b}" for a, b in sorted(found))


def nothing_open(asked: Asked, names: Names) -> str:
    """That no port could be asked for which the stack means; empty where one could."""
    number = protocol_of(asked.protocol, [])
    if asked.port or names.settings is None or number not in WITH_PORTS:
        return ""
    if asked.interface not in names.interfaces or far_end(asked.remote, names, []) is None:
        return ""
    if bracketed(asked) is not None or open_ports(asked, asked.interface, names):
        return ""
    ends = f"{asked.remote} and {asked.interface}"
    return f"no feature of the stack has a port of {KEYWORDS[number]} between {ends} this way."


def _is_of(flow: Flow, asked: Asked, number: int) -> bool:
    said = {flow.direction.value, flow.direction.short}
    return asked.direction.lower() in said and flow.traffic.protocol.number == number


def _meet(ours: Peer, theirs: Peer) -> bool:
    """They share an address, or are one reference."""
    if ours.reference is not None and ours.reference == theirs.reference:
        return True
    return any(
        a.family is b.family and a.first <= b.last and b.first <= a.last
        for a in ours.prefixes
        for b in theirs.prefixes
    )
