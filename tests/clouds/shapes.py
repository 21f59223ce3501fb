"""Rules to lower, and inputs of any shape to lift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from segfw.catalog.model import Direction, Protocol
from segfw.flow import IcmpType
from segfw.rule import Action, Rule
from segfw.sets.addresses import Family
from segfw.sets.ports import PortRange
from tests.making import rule
from tests.strategies import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Draw = Callable

ECHO = {Family.IPV4: Protocol.ICMP, Family.IPV6: Protocol.ICMPV6}
EDGES = st.sampled_from((0, 1, 22, 1023, 1024, 65534, 65535))


@st.composite
def port_ranges(draw: Draw) -> PortRange:
    return PortRange(*sorted((draw(EDGES), draw(EDGES))))


@st.composite
def allow_rules(draw: Draw, *, with_types: bool = True, action: Action = Action.ALLOW) -> Rule:
    """A rule of one prefix, with one port range or one ICMP type."""
    prefix = draw(PREFIXES)
    direction = draw(st.sampled_from(Direction))
    held = {"prefixes": (prefix,), "direction": direction, "action": action}
    kinds = (Protocol.TCP, Protocol.UDP, *([ECHO[prefix.family]] if with_types else []))
    protocol = draw(st.sampled_from(kinds))
    if protocol in (Protocol.TCP, Protocol.UDP):
        return rule(**held, protocol=protocol, ports=(draw(port_ranges()),))
    kind = draw(st.sampled_from((None, 0, 3, 8, 128, 255)))
    code = None if kind is None else draw(st.sampled_from((None, 0, 4, 255)))
    return rule(**held, protocol=protocol, ports=(), icmp=IcmpType(kind, code))


@st.composite
def ordered_rules(draw: Draw, *, with_types: bool = True) -> list[Rule]:
    """Allows and denies, each with a number of its own."""
    rules = draw(
        st.lists(
            st.one_of(
                allow_rules(with_types=with_types),
                allow_rules(with_types=with_types, action=Action.DENY),
            ),
            max_size=6,
        )
    )
    numbers = draw(st.permutations(range(100, 100 + len(rules))))

    return [one._replace(number=number) for one, number in zip(rules, numbers, strict=True)]


WORDS = st.sampled_from(
    (
        "",
        "*",
        "-1",
        "6",
        "tcp",
        "Tcp",
        "Allow",
        "allow",
        "Inbound",
        "Internet",
        "22",
        "22-",
        "-22",
        "22-20",
        "0-65535",
        "99999999999999999999",
        "9" * 5000,
        "10.0.0.0/" + "9" * 5000,
        "10.0.0.0/8",
        "10.0.0.1/8",
        "::/0",
        "fe80::1%eth0/128",
        "IPv4",
        "٣",
    )
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70000),
    st.integers(),
    st.floats(),
    WORDS,
    st.text(max_size=8),
)
PROPERTIES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ),
    max_leaves=8,
)
ABSENT = object()


@st.composite
def shaped(
    draw: Draw, whole: Mapping[str, Any], properties: st.SearchStrategy[Any]
) -> dict[str, Any]:
    """Inputs that are right but for a few properties, which have any shape or none."""
    changed = draw(st.lists(st.sampled_from(sorted(whole)), min_size=1, max_size=3, unique=True))
    found = dict(whole)
    for name in changed:
        value = draw(st.one_of(properties, st.just(ABSENT)))
        if value is ABSENT:
            del found[name]
        else:
            found[name] = value
    return found
