"""What must hold for the rows of the firewall table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.catalog.builder.finding import KEBAB
from segfw.catalog.model import Direction, Protocol
from segfw.catalog.queries import covering_features
from segfw.sets.addresses import PrefixError, parse_prefix

if TYPE_CHECKING:
    from segfw.catalog.builder.finding import Findings, Say
    from segfw.catalog.model import Catalog, Row

GATEWAY = "AsyncOS IP"
"""How the table calls the gateway itself."""
CORRECTED = ("ports", "protocol", "direction", "hosts", "prefixes", "applies")
LAST_PORT = 65535
PUBLISHED_PROTOCOLS = {
    "TCP": (Protocol.TCP,),
    "UDP": (Protocol.UDP,),
    "UDP/TCP": (Protocol.UDP, Protocol.TCP),
    "HTTP": (Protocol.TCP,),
    "HTTPS": (Protocol.TCP,),
    "LDAP": (Protocol.TCP,),
    "LDAPS": (Protocol.TCP,),
    "CCS": (Protocol.TCP,),
    "TCP/FTP": (Protocol.TCP,),
    "—": (Protocol.TCP,),
}
PUBLISHED_DIRECTIONS = {
    "In": (Direction.INGRESS,),
    "Out": (Direction.EGRESS,),
    "In or Out": (Direction.INGRESS, Direction.EGRESS),
    "In and Out": (Direction.INGRESS, Direction.EGRESS),
    "—": (Direction.INGRESS, Direction.EGRESS),
}


def check(catalog: Catalog, findings: Findings) -> None:
    """Each row on its own, then the table as a whole."""
    for row in catalog.rows.values():
        say = findings.about("rows", row.id)
        if not KEBAB.fullmatch(row.id):
            say("an id has lower-case words with hyphens between them.")
        _ports(row, say)
        _far_ends(row, catalog, say)
        _services(row, say)
        _citations(row, catalog, say)
        if row.published is not None:
            _reads_as_published(row, say)
    if findings.all_sound("rows"):
        _order(catalog, findings)
    for name, features in covering_features(catalog).items():
        if not features and catalog.rows[name].no_rule is None:
            findings.about("rows", name)("no feature reaches it; name one, or say why in noRule.")


def _ports(row: Row, say: Say) -> None:
    if (row.icmp is None) == (not row.ports):
        say("needs either ports or an ICMP type and code.")
    if any((p.family is not None) != (row.icmp is not None) for p in row.protocols):
        say("ICMP protocols go with an ICMP type and code, tcp and udp with ports.")
    last_before = 0
    for first, last in row.ports:
        if not last_before < first <= last <= LAST_PORT:
            say(f"ports {first}-{last}: bounds run upwards from 1 to {LAST_PORT}, without overlap.")
        last_before = last
    for port in row.alternatives:
        if not 0 < port <= LAST_PORT or any(first <= port <= last for first, last in row.ports):
            say(f"alternative {port} must be a port from 1 to {LAST_PORT} besides the default.")
    for what, values in (
        ("protocols", row.protocols),
        ("directions", row.directions),
        ("alternatives", row.alternatives),
    ):
        if len(set(values)) != len(values):
            say(f"{what} name one thing twice.")
    if not row.protocols or not row.directions:
        say("needs at least one protocol and one direction.")


def _far_ends(row: Row, catalog: Catalog, say: Say) -> None:
    for host in row.hosts:
        if not say.known("hosts", host) or host not in catalog.hosts:
            continue
        names = catalog.hosts[host].names
        missing = [
            r for r in row.regions or catalog.regions if r not in names and "all" not in names
        ]
        if missing:
            say(f'host "{host}" has no name in {", ".join(missing)}.')
    for text in row.prefixes:
        try:
            prefix = parse_prefix(text)
        except PrefixError as error:
            say(f"prefixes: {error}.")
            continue
        if str(prefix) != text:
            say(f'prefixes: "{text}" is written "{prefix}".')
    if len(set(row.prefixes)) != len(row.prefixes):
        say("prefixes name one thing twice.")
    for region in row.regions:
        if region not in catalog.regions:
            say(f'"{region}" is no Cisco region.')


def _services(row: Row, say: Say) -> None:
    is_range = any(first != last for first, last in row.ports)
    towards_gateway = Direction.INGRESS in row.directions
    if row.listens != (towards_gateway and bool(row.ports) and not is_range):
        say("listens must be true for a single port towards the gateway, and for nothing else.")
    if row.excludes_listening != (towards_gateway and is_range):
        say("excludesListening must be true for a range towards the gateway, and for nothing else.")
    is_named = row.published is not None and GATEWAY in row.published.hosts
    if row.guarded != is_named:
        say(f'guarded must be true where the published host is "{GATEWAY}", and nowhere else.')


def _citations(row: Row, catalog: Catalog, say: Say) -> None:
    for source in (row.source, *row.numbers, *(c.source for c in row.corrections)):
        say.known("sources", source)
    if (row.number is None) != (row.published is None) or (row.number is None and row.numbers):
        say("a row of the table has numbers and published values; an extra has neither.")
    for correction in row.corrections:
        if correction.field not in CORRECTED:
            say(f'"{correction.field}" is nothing to correct; there are {", ".join(CORRECTED)}.')
        if correction.published == correction.correct:
            say(f"the correction of {correction.field} changes nothing.")
    for release in (row.from_release, row.until_release):
        if release is not None and release not in catalog.releases:
            say(f'"{release}" is no release that gateway.yaml knows.')


def _reads_as_published(row: Row, say: Say) -> None:
    """A value may differ from the published one only where a correction says why."""
    published, corrected = row.published, {correction.field for correction in row.corrections}
    if published is None:
        raise AssertionError(row.id)
    read = {
        "ports": _published_ports(published.ports),
        "protocol": PUBLISHED_PROTOCOLS.get(published.protocol),
        "direction": PUBLISHED_DIRECTIONS.get(published.direction),
    }
    held = {
        "ports": (*row.ports, *((port, port) for port in row.alternatives)),
        "protocol": row.protocols,
        "direction": row.directions,
    }
    for field, value in held.items():
        differs = read[field] is None or set(read[field] or ()) != set(value)
        if differs and field not in corrected:
            say(f"{field} differs from what is published, and no correction says why.")
        if not differs and field in corrected:
            say(f"{field} is as published; the correction has no purpose.")
    wrong = [p for p in row.prefixes if p not in published.hosts]
    if wrong and "prefixes" not in corrected:
        say(f"prefixes {', '.join(wrong)} are not published, and no correction says why.")


def _published_ports(text: str) -> tuple[tuple[int, int], ...] | None:
    later = re.fullmatch(r"(\d+) and later", text)
    if later:
        return ((int(later[1]), LAST_PORT),)
    words = re.split(r" or |/", text)
    if not all(word.isdecimal() for word in words):
        return None
    return tuple((int(word), int(word)) for word in words)


def _order(catalog: Catalog, findings: Findings) -> None:
    seen_extra = False
    expected = 1
    for row in catalog.rows.values():
        say = findings.about("rows", row.id)
        if row.number is None:
            seen_extra = True
        elif seen_extra:
            say(f"row {row.number} stands after an extra; the table comes first.")
        elif row.number != expected:
            say(f"has number {row.number} where row {expected} is due.")
        if row.number is not None:
            expected = row.number + 1
