"""Networks and hosts: what they hold, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.resolve import DEFAULT_HOST
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.ports import LAST_PORT
from segfw.settings.checks.case import sizes
from segfw.settings.checks.missing import RESERVED, no_such_network
from segfw.settings.types import Strategy
from segfw.settings.words import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.sets.addresses import AddressSet, Prefix
    from segfw.settings.checks.case import Case

DISGUISES = (
    (parse_prefix("::/96"), "the IPv4-compatible block (RFC 4291)"),
    (parse_prefix("64:ff9b::/96"), "NAT64 (RFC 6052)"),
    (parse_prefix("64:ff9b:1::/48"), "NAT64 (RFC 8215)"),
    (parse_prefix("2001::/32"), "Teredo (RFC 4380)"),
    (parse_prefix("2002::/16"), "6to4 (RFC 3056)"),
)


def names_are_free(case: Case) -> Iterator[tuple[str, str]]:
    """A network is not called what another peer is called."""
    published = {
        f"{row.id}-{family.keyword}"
        for row in case.catalog.rows.values()
        if row.prefixes
        for family in Family
    }
    for name in sorted(case.network_names):
        if name in RESERVED or name in published:
            yield (
                f"networks.{name}",
                f'"{name}" is the name of another peer; call it something else.',
            )


def networks_are_not_empty(case: Case) -> Iterator[tuple[str, str]]:
    """A network has prefixes or a reference."""
    for name, network in case.settings.networks.items():
        if not network.prefixes and not network.references:
            yield f"networks.{name}", "holds nothing; list its prefixes, or take it out."


def networks_have_a_size(case: Case) -> Iterator[tuple[str, str]]:
    """A network is not the internet, neither as such nor in pieces."""
    for name, network in case.settings.networks.items():
        yield from _size(f"networks.{name}", network.prefixes, "a network")


def hosts_have_a_size(case: Case) -> Iterator[tuple[str, str]]:
    """The prefixes of a host are not the internet; that is a strategy of its own."""
    for name, host in case.settings.hosts.items():
        yield from _size(f"hosts.{name}", host.prefixes, "a host")


def _size(path: str, prefixes: tuple[Prefix, ...], what: str) -> Iterator[tuple[str, str]]:
    whole = [prefix for prefix in prefixes if prefix.whole]
    for prefix in whole:
        way = "list the addresses that are meant"
        if what == "a host":
            way += ', or write "internet"'
        yield f"{path}[{prefix}]", f"{prefix} is the internet, and {what} is not; {way}."
    if whole:
        return
    for family, held in sizes(prefixes).items():
        message = too_many(family, held)
        if message is not None:
            yield path, f"its prefixes together hold {message}; list smaller ones."


def too_many(family: Family, held: AddressSet) -> str | None:
    """How *held* is over what a named peer may hold; None where it is not."""
    if family is Family.IPV4:
        count, most = held.size(), limits.NAMED_IPV4_ADDRESSES
        over = f"{count:,} IPv4 addresses, more than the {most:,} of a named peer"
        return over if count > most else None
    count, length = networks_in(held.size(), limits.NAMED_IPV6_LENGTH), limits.NAMED_IPV6_LENGTH
    over = f"{count:,} IPv6 networks of /{length}, more than the one of a named peer"
    return over if count > 1 else None


def networks_in(size: int, length: int) -> int:
    """How many IPv6 networks of *length* as many as *size* addresses fill, the last in part."""
    return -(-size >> (Family.IPV6.bits - length))


def no_addresses_in_disguise(case: Case) -> Iterator[tuple[str, str]]:
    """IPv6 blocks that stand for all of IPv4 are not small, whatever their length says."""
    named = [(f"networks.{n}", network.prefixes) for n, network in case.settings.networks.items()]
    named += [(f"hosts.{n}", host.prefixes) for n, host in case.settings.hosts.items()]
    for path, prefixes in named:
        for prefix in prefixes:
            for block, what in DISGUISES:
                if not prefix.whole and (block.holds(prefix) or prefix.holds(block)):
                    yield (
                        f"{path}[{prefix}]",
                        f"{block} is {what}, which stands for IPv4 addresses; list those instead.",
                    )


def hosts_are_known(case: Case) -> Iterator[tuple[str, str]]:
    """Strategies are for hosts of the catalog, or for all others."""
    for name in sorted(case.host_names):
        if name != DEFAULT_HOST and name not in case.catalog.hosts:
            yield f"hosts.{name}", unknown("host", name, (*case.catalog.hosts, DEFAULT_HOST))


def proxies_are_networks(case: Case) -> Iterator[tuple[str, str]]:
    """A proxy is a port of a network."""
    for name, host in case.settings.hosts.items():
        if host.strategy is not Strategy.PROXY or host.network is None or host.port is None:
            continue
        path = f"hosts.{name}.proxy"
        if host.network not in case.network_names:
            yield f"{path}.network", no_such_network(host.network, case)
        if not 1 <= host.port <= LAST_PORT:
            yield f"{path}.port", f"{host.port} is no port; ports are 1 to {LAST_PORT}."


CHECKS = (
    names_are_free,
    networks_are_not_empty,
    networks_have_a_size,
    hosts_have_a_size,
    hosts_are_known,
    proxies_are_networks,
    no_addresses_in_disguise,
)
