"""`hosts.md`: host names without published addresses, by Cisco region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.cli.reference.features_page import row_link
from segfw.cli.reference.markdown import cited, codes, table, text_of, title

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog, Host

PLACES = {"all": "every Cisco region"}


def page(catalog: Catalog) -> str:
    """The page."""
    lines = title(
        "Hosts",
        "A stack gives each host that its features need a strategy under `hosts`: prefixes, "
        "`internet`, or a proxy; `default` is for all that have none of their own.",
        "Some are pools, whose names depend on the gateway's Cisco region.",
        "No name is looked up while planning.",
    )
    for host in catalog.hosts.values():
        lines += [f"## {host.id}", "", *_section(host, catalog)]
    return text_of(lines)


def _section(host: Host, catalog: Catalog) -> list[str]:
    rows = [row for row in catalog.rows.values() if host.id in row.hosts]
    lines = table(
        ("Cisco region", "Names", "Jurisdiction"),
        (
            (PLACES.get(region, region), codes(names), host.countries.get(region, "unknown"))
            for region, names in host.names.items()
        ),
    )
    if host.note:
        lines.append(host.note)
    lines.append(f"Needed by: {', '.join(f'{row_link(row)} {row.title}' for row in rows)}.")
    lines.append(f"Source: {cited(catalog.sources[host.source])}.")
    return [*lines, ""]
