"""Rule by rule: the feature that one is taken for, and what is kept for a reader to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segfw.adopt.candidates import INTERNET, Candidate, Service, chosen
from segfw.catalog.model import Direction
from segfw.changes.lines import Line, prefix_of
from segfw.flow import IcmpType, Point
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.adopt.candidates import Index
    from segfw.sets.addresses import Family

ECHO = str(IcmpType(8, 0))
"""Echo request (RFC 792)."""
EVERYTHING_OUT = Service(Direction.EGRESS, "any", "any")
Said = tuple[str, str, str]
"""An interface, what a rule lets through but for its far end, and what is said of it."""


@dataclass
class Taken:
    """What the rules of a cloud come to, as far as they are read."""

    options: dict[str, dict[str, tuple[bool | int | str, ...]]] = field(
        default_factory=dict[str, dict[str, tuple[bool | int | str, ...]]]
    )
    """Features that are on to what their options may be."""
    networks: dict[str, str] = field(default_factory=dict[str, str])
    """Features to their default network; empty for none."""
    peers: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Features to the prefixes of their far ends."""
    egress: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    """Interfaces to the features whose connections leave there."""
    roles: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    """Interfaces to the roles that their features need."""
    external: set[str] = field(default_factory=set[str])
    open_ended: set[str] = field(default_factory=set[str])
    """Interfaces from which something goes to the internet."""
    families: dict[str, set[Family]] = field(default_factory=dict[str, "set[Family]"])
    """Interfaces to the families of their far ends."""
    doubts: dict[Said, list[str]] = field(default_factory=dict["Said", list[str]])
    """What no feature is taken for, with the far ends."""
    wide: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Interfaces to the rules that let everything out there, in words."""
    guesses: dict[Said, list[str]] = field(default_factory=dict["Said", list[str]])
    """Where another feature would fit as well, with the far ends."""


def take(taken: Taken, index: Index, interface: str, line: Line) -> None:
    """Take one rule for the feature that it is, or put it among what no feature is."""
    ends = list(line.peers) or ["any"]

    def doubt(service: object, why: str) -> None:
        taken.doubts.setdefault((interface, str(service), why), []).extend(ends)

    whole = Service(line.direction, line.protocol, line.ports)
    if not line.allows:
        if line.peers:
            doubt(f"deny {whole}", "a stack denies all that it does not allow")
        return
    prefixes = [prefix for peer in line.peers if (prefix := prefix_of(peer)) is not None]
    if len(prefixes) != len(line.peers) or (not line.peers and line.point is not Point.NSG):
        doubt(whole, "by reference: a network can name one, and a feature that network")
        return
    taken.families[interface] |= {prefix.family for prefix in prefixes}
    if whole == EVERYTHING_OUT:
        words = f"{line.direction.short} {line.protocol} to {', '.join(ends)}"
        taken.wide.setdefault(interface, []).append(words)
        return
    internet = not line.peers or any(prefix.whole for prefix in prefixes)
    texts = [str(prefix) for prefix in prefixes if not prefix.whole]
    for service in _services(line):
        found = chosen(index, service, texts, internet=internet)
        if found.taken is None:
            doubt(
                service, f"{found.why} {quoted_list(found.others)}" if found.others else found.why
            )
            continue
        if found.others:
            also = f"taken for {found.taken.feature.id}; also {', '.join(found.others)}"
            taken.guesses.setdefault((interface, str(service), also), []).extend(ends)
        _switch_on(taken, interface, found.taken, texts, internet=internet)


def _services(line: Line) -> Iterator[Service]:
    """The line's services one by one; an NSG knows no types of ICMP, and an echo is all of it."""
    if line.point is Point.NSG and (line.protocol, line.ports) == ("icmp", "any"):
        yield Service(line.direction, line.protocol, ECHO)
        return
    for ports in line.ports.split(","):
        yield Service(line.direction, line.protocol, ports)


def _switch_on(
    taken: Taken, interface: str, one: Candidate, prefixes: list[str], *, internet: bool
) -> None:
    feature = one.feature
    options = taken.options.setdefault(feature.id, {})
    for name, values in one.options.items():
        left = tuple(v for v in options.get(name, values) if v in values)
        options[name] = left or options[name]
    taken.networks[feature.id] = "" if internet else one.network
    if not internet:
        taken.peers.setdefault(feature.id, set()).update(prefixes)
    if one.flow.direction is Direction.INGRESS:
        if feature.role is not None:
            taken.roles[interface][feature.role.value] = None
        if internet and feature.network == INTERNET:
            taken.external.add(interface)
    else:
        taken.egress[interface][feature.id] = None
        if internet or not one.network:
            taken.open_ended.add(interface)
