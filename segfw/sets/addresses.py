"""IP prefixes, and canonical sets of remote addresses of one family.

The address axis of a family is its integers plus *atoms*: opaque references (a
security group, a prefix list, a service tag) whose members are not known here.
An atom lies inside the whole family and in nothing smaller, and apart from every
prefix and every other atom.
"""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Self

from segfw.sets import intervals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.sets.intervals import Intervals


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


@lru_cache(maxsize=1 << 14)
def parse_prefix(text: str) -> Prefix:
    """The prefix that *text* writes: an address, a slash and a length, without host bits.

    Raises:
        PrefixError: *text* has no length, a netmask, a zone, host bits, or is no address.
    """
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


PRIVATE = tuple(
    parse_prefix(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Addresses that are not on the internet: RFC 1918, RFC 6598 and RFC 4193."""


def prefixes_of(family: Family, held: Intervals) -> tuple[Prefix, ...]:
    """The fewest prefixes whose union is *held*: its maximal prefixes, in order."""
    bits = family.bits
    found: list[Prefix] = []
    for first, last in held:
        start = first
        while start <= last:
            span = (start & -start).bit_length() - 1 if start else bits
            span = min(span, (last - start + 1).bit_length() - 1)
            found.append(Prefix(family, start, bits - span))
            start += 1 << span
    return tuple(found)


def collapse(prefixes: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """The fewest prefixes with the same addresses, IPv4 before IPv6, in order."""
    by_family: dict[Family, list[tuple[int, int]]] = {Family.IPV4: [], Family.IPV6: []}
    for prefix in prefixes:
        by_family[prefix.family].append((prefix.first, prefix.last))
    return tuple(
        prefix
        for family, held in by_family.items()
        for prefix in prefixes_of(family, intervals.canonical(held))
    )


class Atoms(NamedTuple):
    """A finite set of references, or all references but a finite set."""

    names: frozenset[str] = frozenset()
    cofinite: bool = False

    def __or__(self, other: Atoms) -> Atoms:
        """The references in either."""
        if self == other:
            return self
        if self.cofinite and other.cofinite:
            return Atoms(self.names & other.names, cofinite=True)
        if self.cofinite:
            return Atoms(self.names - other.names, cofinite=True)
        if other.cofinite:
            return Atoms(other.names - self.names, cofinite=True)
        return Atoms(self.names | other.names)

    def __and__(self, other: Atoms) -> Atoms:
        """The references in both."""
        return self if self == other else ~(~self | ~other)

    def __sub__(self, other: Atoms) -> Atoms:
        """The references in this set and not in *other*."""
        return self & ~other if other else self

    def __invert__(self) -> Atoms:
        """All references that are not in the set."""
        return Atoms(self.names, cofinite=not self.cofinite)

    def __bool__(self) -> bool:
        """Whether the set holds any reference."""
        return self.cofinite or bool(self.names)

    def __contains__(self, name: object) -> bool:
        """Whether the reference *name* is in the set."""
        return (name in self.names) != self.cofinite


NO_ATOMS = Atoms()
ALL_ATOMS = Atoms(cofinite=True)


class AddressSet(NamedTuple):
    """A set of remote addresses of one family: integers and atoms, apart from each other."""

    family: Family
    held: Intervals = ()
    atoms: Atoms = NO_ATOMS

    @classmethod
    def of(cls, family: Family, prefixes: Iterable[Prefix]) -> AddressSet:
        """The addresses in any of *prefixes*; a /0 brings every atom too."""
        chosen = tuple(prefixes)
        for prefix in chosen:
            if prefix.family is not family:
                raise ValueError(f"{prefix} is not {family.label}")
        held = intervals.canonical((prefix.first, prefix.last) for prefix in chosen)
        return cls(family, held, ALL_ATOMS if any(p.whole for p in chosen) else NO_ATOMS)

    @classmethod
    def union(cls, family: Family, sets: Iterable[AddressSet]) -> AddressSet:
        """The addresses in any of *sets*, which are of *family*."""
        chosen = tuple(sets)
        if len(chosen) == 1:
            return chosen[0]
        atoms = NO_ATOMS
        for one in chosen:
            atoms |= one.atoms
        return cls(family, intervals.canonical(i for one in chosen for i in one.held), atoms)

    @classmethod
    def whole(cls, family: Family) -> AddressSet:
        """Every address and every reference of the family."""
        return cls(family, ((0, family.last),), ALL_ATOMS)

    @classmethod
    def atom(cls, family: Family, name: str) -> AddressSet:
        """The members of one reference."""
        return cls(family, (), Atoms(frozenset({name})))

    def __or__(self, other: AddressSet) -> AddressSet:
        """The addresses in either."""
        self._same_family(other)
        held = intervals.union(self.held, other.held)
        return AddressSet(self.family, held, self.atoms | other.atoms)

    def __and__(self, other: AddressSet) -> AddressSet:
        """The addresses in both."""
        self._same_family(other)
        held = intervals.intersection(self.held, other.held)
        return AddressSet(self.family, held, self.atoms & other.atoms)

    def __sub__(self, other: AddressSet) -> AddressSet:
        """The addresses in this set and not in *other*."""
        self._same_family(other)
        held = intervals.difference(self.held, other.held)
        return AddressSet(self.family, held, self.atoms - other.atoms)

    def __bool__(self) -> bool:
        """Whether the set holds any address or reference."""
        return bool(self.held) or bool(self.atoms)

    def prefixes(self) -> tuple[Prefix, ...]:
        """The fewest prefixes with the set's integers; atoms are not among them."""
        return prefixes_of(self.family, self.held)

    def size(self) -> int:
        """How many addresses the set holds, atoms not counted."""
        return intervals.size(self.held)

    def __str__(self) -> str:
        """Prefixes and references, comma-separated; ``nothing`` for the empty set."""
        if self == AddressSet.whole(self.family):
            return str(WHOLE[self.family])
        named = sorted(self.atoms.names)
        words = [str(prefix) for prefix in self.prefixes()]
        if self.atoms.cofinite:
            words.append("every reference" + (f" but {', '.join(named)}" if named else ""))
        else:
            words.extend(named)
        return ", ".join(words) or "nothing"

    def _same_family(self, other: AddressSet) -> None:
        if self.family is not other.family:
            raise ValueError(f"{self.family.label} and {other.family.label} do not mix in one set")


def private_addresses(family: Family) -> AddressSet:
    """The addresses of *family* that are not on the internet."""
    return AddressSet.of(family, (p for p in PRIVATE if p.family is family))
