"""Prefixes read the short way, against the standard library."""

from __future__ import annotations

import ipaddress

from hypothesis import example, given
from hypothesis import strategies as st

from segfw.sets.prefix import AT_ONCE, PrefixError, parse_prefix, parse_prefixes

GROUPS = st.sampled_from(
    ("0", "1", "fe80", "abcd", "00", "0001", "FFFF", "12345", "", "g", "1_1", "+1", " 2", "２")
)
OCTETS = st.sampled_from(("0", "1", "10", "255", "256", "01", "", "a", "-1", "１"))
LENGTHS = st.sampled_from(("0", "8", "24", "32", "33", "48", "64", "128", "129", "064", "", "x"))


@st.composite
def texts(draw) -> str:
    if draw(st.booleans()):
        address = ":".join(draw(st.lists(GROUPS, min_size=1, max_size=9)))
        if draw(st.booleans()):
            at = draw(st.integers(0, len(address)))
            address = f"{address[:at]}::{address[at:]}"
    else:
        address = ".".join(draw(st.lists(OCTETS, min_size=3, max_size=5)))
    return f"{address}/{draw(LENGTHS)}"


def by_library(text: str) -> str | None:
    address, _, length = text.partition("/")
    if not (length.isascii() and length.isdecimal()) or (length[0] == "0" and length != "0"):
        return None
    try:
        found = ipaddress.ip_network(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Network):
        parsed = ipaddress.IPv6Address(address)
        if parsed.ipv4_mapped is not None or parsed.scope_id is not None:
            return None
    return str(found)


@given(texts())
@example("::0001:abcd:/128")
@example("1:2:3:4:5:6:7::8/128")
@example("::ffff:10.0.0.1/128")
@example("fe80::%1/128")
@example("1::\x002/128")
def test_what_the_library_reads_is_read_and_what_it_refuses_is_refused(text) -> None:
    try:
        found = str(parse_prefix(text))
    except PrefixError:
        found = None

    assert found == by_library(text)


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_every_ipv4_prefix_reads_back(value, length) -> None:
    text = f"{ipaddress.IPv4Address(value >> (32 - length) << (32 - length))}/{length}"

    assert str(parse_prefix(text)) == text


@given(st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_every_ipv6_prefix_reads_back(value, length) -> None:
    text = f"{ipaddress.IPv6Address(value >> (128 - length) << (128 - length))}/{length}"

    if value >> (128 - length) << (128 - length) >> 32 != 0xFFFF:
        assert str(parse_prefix(text)) == text


def by_one(read, given_texts):
    """What *read* finds, or what it says is wrong."""
    try:
        return list(read(given_texts))
    except PrefixError as error:
        return str(error)


READABLE = st.builds(
    lambda value, length: (
        f"{ipaddress.ip_address(value >> (32 - length) << (32 - length))}/{length}"
    ),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@given(st.lists(st.one_of(READABLE, READABLE, READABLE, texts()), max_size=6))
@example([])
@example(["10.0.0.0", "8"])
@example(["10.0.0.0/8/10.0.0.0", "8"])
@example(["10.0.0.0", "8/10.0.0.0/8"])
@example(["10.0.0.0/8", "2001:db8::/32"])
@example(["2001:db8::/32", "10.0.0.0/8"])
@example(["::ffff:10.0.0.1/128", "2001:db8::/32"])
@example(["10.0.0.0/64", "10.0.0.0/8"])
@example(["10.0.0.1/8", "10.0.0.0/8"])
@example(["010.0.0.0/8", "10.0.0.0/8"])
@example(["fe80::%1/128"])
@example(["10.0.0.0/8", "1::\x002/128"])
@example(["10.0.0.0/8", "\ud800/8"])
def test_a_list_is_read_as_its_texts_are_one_by_one(listed) -> None:
    assert by_one(parse_prefixes, listed) == by_one(lambda some: map(parse_prefix, some), listed)


def test_a_list_longer_than_what_is_read_at_once_is_read_whole_and_in_order() -> None:
    listed = [f"{ipaddress.IPv4Address(n * 7 % 2**32)}/32" for n in range(2 * AT_ONCE + 1)]

    assert [str(prefix) for prefix in parse_prefixes(listed)] == listed
