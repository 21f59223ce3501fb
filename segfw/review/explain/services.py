"""What is asked for at the end that answers: a protocol with its port, or its type and code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.catalog.model import Protocol
from segfw.flow import ECHO_REPLIES
from segfw.review.explain.hints import EVERYONE, port_hint
from segfw.sets.addresses import Family
from segfw.sets.headerspace import (
    CODES,
    KEYWORDS,
    LAST_PROTOCOL,
    WITH_PORTS,
    WITH_TYPES,
    Service,
)
from segfw.sets.ports import LAST_PORT, PortRange
from segfw.settings.words import did_you_mean, ended, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBERS = {keyword: number for number, keyword in KEYWORDS.items()}
FAMILY_OF = {1: Family.IPV4, 58: Family.IPV6}
"""ICMP and ICMPv6, which belong to one family each."""
INFORMATIONAL = 128
"""ICMPv6 asks and answers from this type up (RFC 4443 section 2.1); ICMP's echo lies below."""
DIGITS = re.compile(r"[0-9]+", re.ASCII)
PARTS = 2
ASKING = frozenset({"echo", "ping"})
"""What people call an echo request."""


def _echoes() -> dict[tuple[int, str], str]:
    """Protocol and word to type and code."""
    found: dict[tuple[int, str], str] = {}
    for request, reply in ECHO_REPLIES.items():
        number = Protocol.ICMPV6 if (request.kind or 0) >= INFORMATIONAL else Protocol.ICMP
        found[number.number, "echo-request"] = str(request)
        found[number.number, "echo-reply"] = str(reply)
    return found


ECHOES = _echoes()


def nothing_like(what: str, said: str, known: Iterable[str], otherwise: str) -> str:
    """That *said* is no such *what*, or that nothing is said."""
    if not said:
        return f"it says no {what}; write {otherwise}."
    return f'{what} "{said}": ' + unknown(what, said, known, f"write {otherwise}")


def protocol_of(text: str, faults: list[str]) -> int | None:
    """The number of the protocol that *text* names; None with the mistake noted."""
    lower = text.lower()
    if lower in NUMBERS:
        return NUMBERS[lower]
    if DIGITS.fullmatch(text) and len(text) <= len(str(LAST_PROTOCOL)):
        number = int(text)
        if number <= LAST_PROTOCOL:
            return number
    known = f"{', '.join(NUMBERS)}, or a protocol's number from 0 to {LAST_PROTOCOL}"
    faults.append(nothing_like("protocol", text, NUMBERS, known))
    return None


def service_of(number: int, text: str, faults: list[str]) -> Service | None:
    """The service of a protocol and what stands behind the colon."""
    keyword = KEYWORDS.get(number, str(number))
    if number in WITH_PORTS:
        return _ports(number, keyword, text, faults)
    if number in WITH_TYPES:
        return _icmp(number, keyword, text, faults)
    if text:
        faults.append(f'port "{text}": protocol {keyword} has no ports; leave it out.')
        return None
    return Service.of_protocol(number)


def _ports(number: int, keyword: str, text: str, faults: list[str]) -> Service | None:
    if not text:
        faults.append(f"it says no port, and {keyword} has ports; write one, such as :22.")
        return None
    bounds = text.split("-")
    if len(bounds) > PARTS or not all(map(DIGITS.fullmatch, bounds)):
        every = f"0-{LAST_PORT} is every port" if text.casefold() in EVERYONE else ""
        hint = every or port_hint(text)
        form = f"write a number from 0 to {LAST_PORT}, or two with a hyphen"
        faults.append(ended(f'port "{text}" is no port; {form}' + (f"; {hint}" if hint else "")))
        return None
    if any(len(bound) > len(str(LAST_PORT)) or int(bound) > LAST_PORT for bound in bounds):
        faults.append(f"port {text} is above {LAST_PORT}; write 0 to {LAST_PORT}.")
        return None
    first, last = int(bounds[0]), int(bounds[-1])
    if first > last:
        faults.append(f"port {text} ends before it starts; write the lower port first.")
        return None
    return Service.of_ports(number, PortRange(first, last))


def _icmp(number: int, keyword: str, text: str, faults: list[str]) -> Service | None:
    written = ECHOES.get((number, text.lower()), text)
    parts = written.split(".")
    example = f"a type, or type.code such as {ECHOES[number, 'echo-request']}, or echo-request"
    if not text:
        faults.append(f"it says no type, and {keyword} has types; write {example}.")
        return None
    if len(parts) > PARTS or not all(DIGITS.fullmatch(part) and len(part) <= 3 for part in parts):  # noqa: PLR2004
        hint = _type_meant(text) or f"write {example}"
        faults.append(ended(f'type "{text}" is none of {keyword}; {hint}'))
        return None
    values = [int(part) for part in parts]
    if max(values) >= CODES:
        faults.append(f"type {text}: types and codes are 0 to {CODES - 1}.")
        return None
    return Service.of_icmp(number, values[0], values[1] if len(values) == PARTS else None)


def _type_meant(text: str) -> str:
    """``did you mean "echo-request"``; empty where no word of ICMP is like *text*."""
    asking = text.casefold() in ASKING
    return did_you_mean("echo-request" if asking else text, [word for _, word in ECHOES])


def port_text(number: int, service: Service) -> str:
    """The ports of *service*, or its type and code, as a question has them."""
    first, last = service.first & LAST_PORT, service.last & LAST_PORT
    if number in WITH_TYPES:
        kind = first // CODES
        return str(kind) if last - first == CODES - 1 else f"{kind}.{first % CODES}"
    if number in WITH_PORTS:
        return str(first) if first == last else f"{first}-{last}"
    return ""
