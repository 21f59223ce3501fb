"""A network that is named and not there: what to write."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from segfw.limits import NAME_LENGTH
from segfw.settings.structure import NAME
from segfw.settings.words import is_a_slip

if TYPE_CHECKING:
    from segfw.settings.checks.case import Case

RESERVED = ("internet", "self", "default", "any", "azure-load-balancer")
"""Names that peers have already."""
NETWORKS = "seg-firewall:networks"
SHORTEST_TO_GUESS = 3
"""A name of one or two letters is a slip of every other one."""


def no_such_network(name: str, case: Case) -> str:
    """What to write where *name* stands for a network and none is called so.

    A name that differs by one slip of the hand is meant; any other is not there yet.
    """
    prefix = _prefix(name)
    if prefix is not None and prefix.prefixlen == 0:
        return "is the internet, and here stand names of networks; name those that are meant."
    if prefix is not None:
        return (
            f'is a prefix, and here stand names of networks; add "<name>: [{prefix}]" to '
            f"{NETWORKS}, and write that name here."
        )
    if name in RESERVED:
        return f'"{name}" is no network; name those that are meant.'
    near = near_network(name, case)
    if near is not None:
        return f'no such network; did you mean "{near}"?'
    if not is_a_name(name):
        return (
            f"no such network; networks have names of lower-case words, digits and hyphens, at "
            f"most {NAME_LENGTH} characters, and stand under {NETWORKS}."
        )
    return f"no such network; {declaration(name)}."


def near_network(name: str, case: Case) -> str | None:
    """The declared network that *name* is a slip of; None where there is none.

    Two names that the catalog gives (``ldap-servers``, ``ldaps-servers``) are two networks.
    """
    if len(name) < SHORTEST_TO_GUESS:
        return None
    others = case.network_names - (case.usual_networks if name in case.usual_networks else set())
    return next((other for other in sorted(others) if is_a_slip(name, other)), None)


def declaration(name: str) -> str:
    """``add "snmp-managers: [<prefix>]" to seg-firewall:networks``."""
    return f'add "{name}: [<prefix>]" to {NETWORKS}'


def is_a_name(text: str) -> bool:
    """A network may be called *text*."""
    return bool(NAME.fullmatch(text)) and len(text) <= NAME_LENGTH


def _prefix(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """*text* as the prefix that it means, host bits left out; None where it is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
