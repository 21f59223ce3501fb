"""Canonical sets of remote addresses of one family.

The address axis of a family is its integers plus *atoms*: opaque references (a
security group, a prefix list, a service tag) whose members are not known here.
An atom lies inside the whole family and in nothing smaller, and apart from every
prefix and every other atom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.sets import intervals
from segfw.sets.prefix import (
    HOST_BITS,
    WHOLE,
    Family,
    Prefix,
    PrefixError,
    address_text,
    parse_prefix,
    parse_prefixes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.sets.intervals import Intervals


__all__ = [
    "WHOLE", "AddressSet", "Atoms", "Family", "Prefix", "PrefixError", "address_text", "collapse",
    "parse_prefix", "parse_prefixes", "prefixes_of", "private_addresses",
]  # fmt: skip

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
    held = list(prefixes)
    return tuple(
        prefix
        for family in Family
        for prefix in _collapsed(family, [one for one in held if one[0] is family])
    )


def _collapsed(family: Family, prefixes: list[Prefix]) -> list[Prefix]:
    """One pass over the prefixes of a family, in order.

    One inside the last is left out, and two halves of a block become the block, which may
    be half of a larger one.
    """
    found: list[Prefix] = []
    hosts, last = HOST_BITS[family], -1
    before, before_length = 0, -1  # the last of *found*, where there is one
    for prefix in sorted(prefixes, key=_wider_first):
        _, first, length = prefix
        if first > last:
            last = first | hosts[length]
            while length == before_length and first ^ before == hosts[length] + 1:
                first, length = before, length - 1
                prefix = Prefix(family, first, length)  # noqa: PLW2901 - the block they make
                found.pop()
                _, before, before_length = found[-1] if found else (family, 0, -1)
            found.append(prefix)
            before, before_length = first, length
    return found


def _wider_first(prefix: Prefix) -> int:
    return prefix[1] << 8 | prefix[2]


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
        hosts = HOST_BITS[family]
        pairs: list[tuple[int, int]] = []
        for own, first, length in prefixes:
            if own is not family:
                raise ValueError(f"{Prefix(own, first, length)} is not {family.label}")
            pairs.append((first, first | hosts[length]))
        atoms = ALL_ATOMS if (0, family.last) in pairs else NO_ATOMS
        return cls(family, intervals.canonical(pairs), atoms)

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
