"""One IP prefix: a family, a first address and a length."""

from __future__ import annotations

import ipaddress
from _socket import AF_INET, AF_INET6, inet_pton  # parses; what can connect stays away
from enum import IntEnum
from itertools import repeat
from operator import methodcaller
from typing import NamedTuple, Self


class Family(IntEnum):
    """An IP address family, by its version number."""

    bits: int
    """The length of an address: 32 or 128."""
    last: int
    """The highest address, as an integer."""

    IPV4 = 4, 32
    IPV6 = 6, 128

    def __new__(cls, version: int, bits: int) -> Self:
        """A family whose value is its version number."""
        made = int.__new__(cls, version)
        made._value_ = version
        made.bits = bits
        made.last = (1 << bits) - 1
        return made

    @property
    def keyword(self) -> str:
        """``ipv4`` or ``ipv6``, as users write it."""
        return f"ipv{self.value}"

    @property
    def label(self) -> str:
        """``IPv4`` or ``IPv6``, for prose."""
        return f"IPv{self.value}"


class PrefixError(ValueError):
    """A text is not a prefix; the message says why and what would be one."""


class Prefix(NamedTuple):
    """A network address with its length; no host bits are set."""

    family: Family
    first: int
    length: int

    @property
    def last(self) -> int:
        """The highest address inside."""
        return self.first + (1 << (self.family.bits - self.length)) - 1

    @property
    def size(self) -> int:
        """How many addresses it holds."""
        return 1 << (self.family.bits - self.length)

    @property
    def whole(self) -> bool:
        """It is 0.0.0.0/0 or ::/0."""
        return self.length == 0

    def holds(self, other: Prefix) -> bool:
        """Every address of *other* is inside."""
        return (
            self.family is other.family
            and self.length <= other.length
            and self.first <= other.first <= self.last
        )

    def cut(self, length: int) -> Prefix:
        """The prefix of that *length*, at most its own, that holds this one."""
        host = self.family.bits - length
        return Prefix(self.family, self.first >> host << host, length)

    def __str__(self) -> str:
        """The canonical text: RFC 4632 for IPv4, RFC 5952 for IPv6."""
        return f"{address_text(self.family, self.first)}/{self.length}"


WHOLE = {family: Prefix(family, 0, 0) for family in Family}
"""Every address of a family, as a prefix."""


def address_text(family: Family, value: int) -> str:
    """The canonical text of one address."""
    if family is Family.IPV4:
        return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"
    return str(ipaddress.IPv6Address(value))


FIRST, SECOND, THIRD, FOURTH = (
    {str(value): value << shift for value in range(256)} for shift in (24, 16, 8, 0)
)
LENGTHS = {str(length): length for length in range(129)}
HOST_BITS = {
    family: [(1 << family.bits - length) - 1 for length in range(family.bits + 1)]
    for family in Family
}
AT_ONCE = 2_000
"""How many texts are read together: the columns of more take memory and no less time."""
SLASHES = methodcaller("count", "/")
MAPPED = 0xFFFF
"""What the upper bits of an IPv4-mapped IPv6 address are (RFC 4291 section 2.5.5.2)."""


def parse_prefix(text: str) -> Prefix:
    """The prefix that *text* writes: an address, a slash and a length, without host bits.

    Lists of a hundred thousand are read, so the usual forms take a short way, in a fraction
    of the time that `ipaddress` needs; it reads the others, and says why it refuses one.

    Raises:
        PrefixError: *text* has no length, a netmask, a zone, host bits, or is no address.
    """
    try:
        address, length_text = text.split("/")
        length = LENGTHS[length_text]
        if ":" in address:
            family, value = Family.IPV6, int.from_bytes(inet_pton(AF_INET6, address))
        else:
            a, b, c, d = address.split(".")
            family, value = Family.IPV4, FIRST[a] | SECOND[b] | THIRD[c] | FOURTH[d]
        if not value & HOST_BITS[family][length] and value >> 32 != MAPPED:
            return Prefix(family, value, length)
    except (LookupError, ValueError, OSError):
        pass
    return _slowly(text)


def parse_prefixes(texts: list[str]) -> list[Prefix]:
    """The prefixes that *texts* write, in their order: `parse_prefix` of each.

    A list that is of one family and without a fault, as nearly every list is, is read column
    by column, in half of the time.

    Raises:
        PrefixError: as `parse_prefix` does for the first text that is no prefix.
    """
    found: list[Prefix] = []
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        try:
            found += _column_by_column(some)
        except (LookupError, ValueError, OSError):
            found += map(parse_prefix, some)
    return found


def _column_by_column(texts: list[str]) -> list[Prefix]:
    """What `parse_prefixes` does; an error of any kind where a text is not of the usual form."""
    parts = "/".join(texts).split("/")
    if set(map(SLASHES, texts)) != {1}:
        raise ValueError("not an address and a length each")
    lengths = list(map(LENGTHS.__getitem__, parts[1::2]))
    family, code = (Family.IPV6, AF_INET6) if ":" in parts[0] else (Family.IPV4, AF_INET)
    packed = map(inet_pton, repeat(code), parts[::2])
    firsts = list(map(int.from_bytes, packed))
    hosts = HOST_BITS[family]
    pairs = zip(firsts, lengths, strict=True)
    if [first for first, length in pairs if first & hosts[length] or first >> 32 == MAPPED]:
        raise ValueError("host bits or a mapped address")
    return list(map(Prefix, repeat(family), firsts, lengths))


def _slowly(text: str) -> Prefix:
    """What `parse_prefix` does, by the standard library's parser, with a reason to each refusal."""
    address, slash, length_text = text.partition("/")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise PrefixError(
            f'"{text}" is not an address with a length, such as 10.0.0.0/24'
        ) from None
    family = Family(parsed.version)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id is not None:
        raise PrefixError(f'"{text}" has a zone; write the address without "%{parsed.scope_id}"')
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        raise PrefixError(f'"{text}" is an IPv4-mapped address; write it as IPv4')
    if not slash:
        raise PrefixError(f'"{text}" has no length; did you mean "{parsed}/{family.bits}"')
    decimal = length_text.isascii() and length_text.isdecimal()
    if not decimal or (length_text != "0" and length_text.startswith("0")):
        raise PrefixError(f'"{text}" has no decimal length after the slash')
    length = int(length_text[:4])  # Python refuses to read very long numbers; four digits tell
    if length > family.bits:
        raise PrefixError(f'"{text}": an {family.label} length is at most {family.bits}')
    return _without_host_bits(text, family, int(parsed), length)


def _without_host_bits(text: str, family: Family, value: int, length: int) -> Prefix:
    block = 1 << (family.bits - length)
    prefix = Prefix(family, value // block * block, length)
    if prefix.first != value:
        raise PrefixError(f'"{text}" has host bits set; did you mean "{prefix}"')
    return prefix
