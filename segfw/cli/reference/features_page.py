"""`features.md`: every feature with its options and the rows that it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import PeerKind
from segfw.cli.reference.markdown import anchor, code, codes, sentence, table, text_of, title
from segfw.cli.reference.rows_page import heading, ports_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Option, Row

PEERS = {
    PeerKind.HOSTS: "the row's hosts",
    PeerKind.PUBLISHED: "published prefixes",
    PeerKind.ANY: "any address",
    PeerKind.AZURE_LOAD_BALANCER: "`AzureLoadBalancer` (Azure only)",
}


def page(catalog: Catalog) -> str:
    """The page."""
    lines = title(
        "Features",
        "A stack switches a feature on with `{}` or with options, and off with `false`.",
        "`segfw features NAME` prints the same for one feature.",
        "",
        "Every feature also takes `interface`, which pins it to one interface.",
        "A feature with a default network takes the option of the third column, which names other "
        "networks in its place.",
        "`*` marks a feature that needs only rows that Cisco's table lacks.",
    )
    lines += table(
        ("Feature", "The gateway …", "Default network, option", "Rows"),
        (_summary(feature, catalog) for feature in catalog.features.values()),
    )
    for feature in catalog.features.values():
        lines += _section(feature, catalog)
    return text_of(lines)


def _summary(feature: Feature, catalog: Catalog) -> tuple[str, ...]:
    rows = dict.fromkeys(flow.row for flow in feature.flows)
    labels = [row_link(catalog.rows[row]) for row in rows]
    star = "*" if feature.extra else ""
    return (
        f"[`{feature.id}`](#{anchor(feature.id)}){star}",
        feature.what,
        _peer(feature),
        ", ".join(labels),
    )


def _peer(feature: Feature) -> str:
    return ", ".join(code(part) for part in (feature.network, feature.peer_option) if part)


def row_link(row: Row) -> str:
    """A link from another page to a row's section."""
    return f"[{row.number or row.id}](rows.md#{anchor(heading(row))})"


def _section(feature: Feature, catalog: Catalog) -> list[str]:
    lines = [f"## {feature.id}", "", f"{feature.title}: the gateway {sentence(feature.what)}"]
    lines += _placement(feature)
    if feature.default_on:
        lines.append("It is on unless a stack switches it off.")
    if feature.required_from:
        lines.append(f"AsyncOS {feature.required_from} and later do not work without it.")
    if feature.note:
        lines.append(feature.note)
    lines.append("")
    if feature.options:
        lines += table(
            ("Option", "Values", "Default", "Meaning"),
            (_option(option, catalog) for option in feature.options.values()),
        )
    for names in feature.one_of:
        lines += [f"At least one of {codes(names)} is true.", ""]
    if feature.flows:
        lines += table(
            ("Direction", "Row", "Protocol", "Ports", "Peer", "When"),
            (_flow(flow, feature, catalog) for flow in feature.flows),
        )
    return lines


def _placement(feature: Feature) -> Iterator[str]:
    if feature.every_interface:
        yield "It sits on every interface."
    elif feature.role:
        yield f"Its ingress sits on the interfaces with the role `{feature.role.value}`."
    if feature.egress == "routed":
        yield "Its egress sits where the gateway sends it: the longest matching subnet or route."
    elif feature.egress:
        yield (
            "Its egress sits where the gateway sends it, which for peers outside every subnet and "
            "route is the default route."
        )


def _option(option: Option, catalog: Catalog) -> tuple[str, ...]:
    default = "required" if option.required else _default(option, catalog)
    when = f" Only with {conditions(option.when)}." if option.when else ""
    return (code(option.name), _values(option, catalog), default, sentence(option.title) + when)


def _values(option: Option, catalog: Catalog) -> str:
    match option.kind.value:
        case "flag":
            return "`true`, `false`"
        case "choice":
            return codes(option.values)
        case "port":
            return "a port"
        case "port-choice":
            rows = [catalog.rows[row] for row in option.rows]
            ports = {first for row in rows for first, _ in row.ports}
            return codes(sorted(ports | {port for row in rows for port in row.alternatives}))
        case _:
            return "a day, quoted"


def _default(option: Option, catalog: Catalog) -> str:
    if option.default is not None:
        return code(str(option.default).lower())
    ports = [str(first) for row in option.rows for first, _ in catalog.rows[row].ports]
    return " or ".join(code(port) for port in dict.fromkeys(ports))


def _flow(flow: FeatureFlow, feature: Feature, catalog: Catalog) -> tuple[str, ...]:
    row = catalog.rows[flow.row]
    protocols = flow.protocols or row.protocols
    peer = PEERS.get(flow.peer) or code(flow.network or feature.network or "")
    when = [conditions(flow.when)] if flow.when else []
    if flow.with_feature:
        when.append(f"`{flow.with_feature}` is on")
    if flow.points:
        when.append(f"on {' and '.join(flow.points)}")
    return (
        flow.direction.short,
        f"{row_link(row)} {row.title}",
        ", ".join(protocol.value for protocol in protocols),
        ports_of(row),
        peer,
        "; ".join(when) or "always",
    )


def conditions(when: Mapping[str, tuple[bool | int | str, ...]]) -> str:
    """Options with the values for which something holds."""
    return ", ".join(
        f"`{name}: {' or '.join(str(value).lower() for value in values)}`"
        for name, values in when.items()
    )
