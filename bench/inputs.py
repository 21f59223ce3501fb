"""The inputs of every run: the same each time, by a version that is printed with the figures.

A new seed, size or generator makes a new benchmark: raise `VERSION` with it, and do not
compare figures of two versions. A test holds the digest of each version's inputs.
"""

from __future__ import annotations

import ipaddress
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = 2
"""1 was one mix of hosts, half of them in one block, and the labs."""
SEED = 20_261_124
SHORTER = 12
"""How many bits shorter than a host's the widest scattered prefix is."""
BITS = {4: 32, 6: 128}
BLOCK = {4: 10 << 24, 6: 0x2001_0DB8 << 96}
"""Where hosts in a block begin: 10.0.0.0 and 2001:db8::."""


def _text(family: int, first: int, length: int) -> str:
    kind = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address  # noqa: PLR2004
    return f"{kind(first)}/{length}"


def _random(shape: str, count: int, family: int) -> random.Random:
    return random.Random(f"{SEED} {shape} {count} {family}")  # noqa: S311 - the same each time


def uniform(count: int, family: int = 4) -> list[str]:
    """Prefixes of /20 to /32 (/116 to /128) anywhere: hardly two of them merge."""
    chosen, bits = _random("uniform", count, family), BITS[family]
    found = []
    for _ in range(count):
        length = chosen.randint(bits - SHORTER, bits)
        first = chosen.getrandbits(bits) >> bits - length << bits - length
        found.append(_text(family, first, length))
    return found


def dense(count: int, family: int = 4) -> list[str]:
    """A random half of the hosts of one block, in random order."""
    chosen = _random("dense", count, family)
    places = chosen.sample(range(2 * count), count)
    return [_text(family, BLOCK[family] + place, BITS[family]) for place in places]


def role_shaped(count: int, family: int = 4, alone: int = 3) -> list[str]:
    """What offices look like: few networks, runs of hosts in others, and hosts anywhere.

    One in fifty is a network of /16 to /24 (/48 to /64); of the rest, one in
    *alone* is a single host of one large block, and the others are in runs of 20 to 240
    neighbours. None stands there twice.
    """
    chosen, bits, base = _random("roles", count, family), BITS[family], BLOCK[family]
    shortest, longest = (16, 24) if family == 4 else (48, 64)  # noqa: PLR2004
    within = bits - (8 if family == 4 else 32)  # noqa: PLR2004
    held: dict[str, None] = {}
    while len(held) < count // 50:
        host = bits - chosen.randint(shortest, longest)
        first = base + (chosen.getrandbits(within) >> host << host)
        held[_text(family, first, bits - host)] = None
    in_runs = count - (count - len(held)) // alone
    while len(held) < in_runs:
        first = base + (chosen.getrandbits(within) >> 8 << 8) + chosen.randint(1, 14)
        length = min(chosen.randint(20, 240), in_runs - len(held))
        held.update((_text(family, first + place, bits), None) for place in range(length))
    while len(held) < count:
        held[_text(family, base + chosen.getrandbits(within), bits)] = None
    found = list(held)
    chosen.shuffle(found)
    return found


def users(count: int) -> list[str]:
    """Offices with few hosts on their own: what still fits an NSG at ten thousand prefixes."""
    return role_shaped(count, alone=10)


SHAPES: dict[str, Callable[[int, int], list[str]]] = {
    "uniform": uniform,
    "dense": dense,
    "role-shaped": role_shaped,
}


def on_ports(classes: int, prefixes: int) -> list[list[str]]:
    """For each of neighbouring ports the prefixes that may reach it, by role.

    A role has a list of its own and a run of the ports: few roles have all of them.
    """
    chosen = _random("ports", classes, prefixes)
    roles = max(classes // 2, 3)
    held: list[list[str]] = [[] for _ in range(classes)]
    for role in range(roles):
        length = classes if role == 0 else chosen.randint(1, max(classes // 2, 1))
        first = chosen.randint(0, classes - length)
        size = max(prefixes // roles, 1)
        texts = role_shaped(size + role, 4)[:size]
        for port in range(first, first + length):
            held[port].extend(texts)
    return held
