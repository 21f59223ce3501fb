"""What was probably meant by words that a question cannot have: ports, hosts, roles, everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.catalog.queries import covering_features, reachable_rows, single_ports
from segfw.resolve import INTERNET, host_settings
from segfw.settings.types import Strategy
from segfw.settings.words import ended, quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Catalog, Row
    from segfw.review.explain.names import Names
    from segfw.settings.types import Settings

EVERYONE = frozenset({"*", "all", "any", "anyone", "anywhere", "everyone", "world"})
"""What other firewalls call every address; here it is written out, so that nobody means it
by accident."""
SERVICES_SHOWN = 4
"""How many of the catalog's services one word of a port names."""


def everyone_hint(text: str) -> str:
    """``write internet``, where *text* is another firewall's word for everyone; else empty."""
    return f"write {INTERNET} for every address" if text.casefold() in EVERYONE else ""


def port_hint(word: str) -> str:
    """``the catalog's ssh-admin listens on 22``; empty where nothing goes by that name.

    Features are asked first, then rows by their id or the protocol that the table prints.
    Where the gateway answers comes before where it connects to.
    """
    catalog = load_catalog()
    said = word.casefold()
    reached = [(one, row) for one in catalog.features for row in reachable_rows(catalog, one)]
    named = [pair for pair in reached if said in pair[0].split("-")]
    spoken = named or [pair for pair in reached if said in _words(pair[1])]
    found = [
        *_services((feature, row) for feature, row in spoken if row.listens),
        *_services((feature, row) for feature, row in spoken if not row.listens),
    ]
    return f"the catalog's {', '.join(found[:SERVICES_SHOWN])}" if found else ""


def _words(row: Row) -> set[str]:
    printed = {row.published.protocol.casefold()} if row.published is not None else set[str]()
    return {*row.id.split("-"), *printed}


def _services(spoken: Iterable[tuple[str, Row]]) -> Iterator[str]:
    """One text to a feature, with its ports in the catalog's order."""
    ports: dict[tuple[str, str], dict[int, None]] = {}
    for feature, row in spoken:
        verb = "listens on" if row.listens else "goes to"
        ports.setdefault((feature, verb), {}).update(dict.fromkeys(single_ports(row)))
    for (feature, verb), numbers in ports.items():
        if numbers:
            yield f"{feature} {verb} {' or '.join(map(str, numbers))}"


def role_hint(text: str, names: Names) -> str:
    """``"mgmt" has the role management``, where *text* is a role of interfaces; else empty."""
    if names.settings is None:
        return ""
    having = [
        name
        for name, one in sorted(names.settings.interfaces.items())
        if text.casefold() in {role.value for role in one.roles}
    ]
    verb = "has" if len(having) == 1 else "have"
    return f"{quoted_list(having)} {verb} the role {text.casefold()}" if having else ""


def host_hint(text: str, names: Names) -> str:
    """How the stack reaches a host that the catalog knows by *text*; else empty."""
    if names.settings is None:
        return ""
    catalog = load_catalog()
    said = text.casefold()
    for host in catalog.hosts.values():
        dns = {name.casefold() for group in host.names.values() for name in group}
        if said in {host.id.casefold(), *dns}:
            if host.id in names.peers:
                return ended(f'the stack has it under the name "{host.id}"; write that')
            return _strategy(host.id, names.settings, catalog)
    return ""


def _strategy(host: str, settings: Settings, catalog: Catalog) -> str:
    covering = covering_features(catalog)
    rows = [row.id for row in catalog.rows.values() if host in row.hosts]
    needing = list(dict.fromkeys(feature for row in rows for feature in covering[row]))
    on = [feature for feature in needing if feature in settings.features]
    asking = "" if on or not needing else f"; no feature that needs it is on ({', '.join(needing)})"
    if host not in settings.hosts and "default" not in settings.hosts:
        return ended(
            f"the catalog knows this host, and the stack says no addresses for it (hosts.{host})"
            f"{asking}; write an address"
        )
    chosen = host_settings(settings, host)
    if chosen.strategy is Strategy.PROXY:
        return ended(
            f"the gateway reaches this host by a proxy{asking}; write the proxy's network and "
            f"port, {chosen.network}:{chosen.port}"
        )
    if chosen.strategy is Strategy.INTERNET:
        return ended(f"the stack lets this host be any address{asking}; write {INTERNET}")
    held = ", ".join(str(prefix) for prefix in chosen.prefixes)
    return ended(f"the stack has this host as {held}{asking}; write that")
