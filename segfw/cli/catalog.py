"""`segfw features` and `segfw rows`: what the catalog says."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, TypeVar

import click

from segfw.catalog import load_catalog
from segfw.catalog.queries import covering_features
from segfw.cli.main import epilog
from segfw.cli.write import plain_text
from segfw.review.sections import Section, Table
from segfw.traceability import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.catalog.model import Catalog, Feature, Option, Row

T = TypeVar("T")
TABLE_ROWS = 48
CUSTOM_FLOW = "custom-flow"
FORMATS = click.Choice(["text", "json"])


@click.command(
    epilog=epilog("\n  segfw features\n  segfw features ldap cluster custom-flow\n", 0, 2)
)
@click.argument("names", nargs=-1)
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def features(names: tuple[str, ...], form: str) -> None:
    """List the features a stack can use; with NAMES, their rows and options."""
    catalog = load_catalog()
    chosen = _chosen(names, catalog.features, "feature")
    if form == "json":
        click.echo(json.dumps([plain(one) for one in chosen], indent=2))
    elif names:
        click.echo(plain_text(_section(one, catalog) for one in chosen), nl=False)
    else:
        table = Table(
            ("Feature", "What", "Peer", "Options"),
            tuple(
                (
                    f"{one.id}{'*' if one.extra else ''}",
                    one.title,
                    one.network or "published",
                    ", ".join([*filter(None, [one.peer_option]), *one.options]),
                )
                for one in chosen
            ),
        )
        note = ("* needs only rows that Cisco's table lacks; `segfw features NAME` tells more.",)
        click.echo(plain_text([Section("Features", note, table)]), nl=False)


@click.command(epilog=epilog("\n  segfw rows\n  segfw rows 25 new-ui\n", 0, 2))
@click.argument("names", nargs=-1)
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def rows(names: tuple[str, ...], form: str) -> None:
    """List Cisco's firewall table; with NAMES (ids or numbers), each row with its corrections."""
    catalog = load_catalog()
    by_name = {**catalog.rows, **{str(r.number): r for r in catalog.rows.values() if r.number}}
    chosen = _chosen(names, catalog.rows, "row") if not names else _named(names, by_name, "row")
    covered = covering_features(catalog)
    if form == "json":
        click.echo(json.dumps([plain(one) for one in chosen], indent=2))
    elif names:
        click.echo(plain_text(_row_section(one, catalog, covered) for one in chosen), nl=False)
    else:
        table = Table(
            ("Row", "Id", "Protocol", "Ports", "Direction", "Features"),
            tuple(
                (
                    str(one.number or "extra"),
                    one.id,
                    ", ".join(protocol.value for protocol in one.protocols),
                    _ports(one),
                    ", ".join(direction.short for direction in one.directions) or "none",
                    ", ".join(covered.get(one.id, ())) or f"none: {one.no_rule}",
                )
                for one in chosen
            ),
        )
        click.echo(plain_text([Section(f"Cisco's table, {catalog.edition}", (), table)]), nl=False)


def _chosen(names: Iterable[str], known: Mapping[str, T], what: str) -> list[T]:
    return _named(names, known, what) if names else list(known.values())


def _named(names: Iterable[str], known: Mapping[str, T], what: str) -> list[T]:
    found: list[T] = []
    for name in names:
        if name not in known:
            if name.isdecimal() and what == "row":
                raise click.UsageError(f"no row {name}; the table has rows 1 to {TABLE_ROWS}.")
            close = difflib.get_close_matches(name, list(known), n=1)
            hint = f'; did you mean "{close[0]}"?' if close else f"; `segfw {what}s` lists them."
            raise click.UsageError(f'no {what} "{name}"{hint}')
        found.append(known[name])
    return found


def _ports(row: Row) -> str:
    if row.icmp is not None:
        return f"type {row.icmp[0]} code {row.icmp[1]}"
    default = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in row.ports)
    more = " or ".join(str(port) for port in row.alternatives)
    return f"{default} or {more}" if more else default


def _section(feature: Feature, catalog: Catalog) -> Section:
    if feature.id != CUSTOM_FLOW:
        return _feature_section(feature, catalog)
    from segfw.cli.custom_flow import custom_flow_section

    return custom_flow_section(feature, catalog)


def _feature_section(feature: Feature, catalog: Catalog) -> Section:
    lines = [feature.title, feature.what]
    if feature.network:
        option = f" (option `{feature.peer_option}`)" if feature.peer_option else ""
        lines.append(f"peer: {feature.network}{option}")
    where = (
        "every interface"
        if feature.every_interface
        else (f"interfaces with the role {feature.role.value}" if feature.role else "")
    )
    if where:
        lines.append(f"ingress sits on {where}")
    if feature.egress:
        lines.append(f"egress sits where the gateway routes it ({feature.egress})")
    lines += [_option_line(option) for option in feature.options.values()]
    if feature.note:
        lines.append(f"note: {feature.note}")
    table = Table(
        ("Direction", "Row", "Id", "Protocol", "Ports", "Peer", "When"),
        tuple(
            (
                flow.direction.short,
                catalog.rows[flow.row].label,
                flow.row,
                ", ".join(p.value for p in flow.protocols or catalog.rows[flow.row].protocols),
                _ports(catalog.rows[flow.row]),
                flow.network
                or (feature.network if flow.peer.value == "network" else None)
                or flow.peer.value,
                "; ".join(
                    f"{k}: {' or '.join(_said(v) for v in vs)}" for k, vs in flow.when.items()
                )
                or "always",
            )
            for flow in feature.flows
        ),
    )
    return Section(feature.id, tuple(lines), table if feature.flows else None)


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _option_line(option: Option) -> str:
    values = f", one of {', '.join(option.values)}" if option.values else ""
    default = ", required" if option.required else ""
    if option.default is not None:
        default = f", default {_said(option.default)}"
    return f"option {option.name} ({option.kind.value}{values}{default}): {option.title}"


def _row_section(row: Row, catalog: Catalog, covered: dict[str, tuple[str, ...]]) -> Section:
    lines = [f"no rule of its own: {row.no_rule}"] if row.no_rule else []
    lines.append(row.purpose)
    if row.published is not None:
        p = row.published
        hosts = ", ".join(p.hosts)
        lines.append(f"published: {p.ports} {p.protocol} {p.direction}, {hosts}")
    protocols = ", ".join(protocol.value for protocol in row.protocols)
    ways = ", ".join(direction.short for direction in row.directions)
    lines.append(f"right: {protocols} {_ports(row)}, {ways or 'no rule'}")
    lines += [
        f"corrected {c.field}: {c.published} is {c.correct}, because {c.why} [{c.source}]"
        for c in row.corrections
    ]
    lines += [f"prefix: {prefix}" for prefix in row.prefixes]
    if row.cleartext:
        lines.append(f"not encrypted: {row.cleartext}")
    lines.append(f"features: {', '.join(covered.get(row.id, ())) or 'none'}")
    source = catalog.sources[row.source]
    lines.append(f"source: {source.title}{f', {source.url}' if source.url else ''} ({source.read})")
    return Section(f"{row.label}: {row.id} ({row.title})", tuple(lines))
