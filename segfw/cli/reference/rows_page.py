"""`rows.md`: Cisco's firewall table, as printed and as right, with every correction's source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.queries import covering_features
from segfw.cli.reference.markdown import anchor, cited, code, codes, sentence, table, text_of, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog, Correction, Published, Row, Source


def page(catalog: Catalog) -> str:
    """The page."""
    covered = covering_features(catalog)
    own = [row for row in catalog.rows.values() if row.number is not None]
    extra = [row for row in catalog.rows.values() if row.number is None]
    followed = catalog.sources[catalog.edition]
    lines = title(
        "Rows of the firewall table",
        f"The catalog follows {cited(followed)}, with {len(own)} rows, and adds {len(extra)} "
        "extras that the table lacks and a deployment needs.",
        "A row that was corrected keeps what was printed; the correction says why, and who says "
        "so.",
        "`segfw rows NUMBER` prints the same for one row.",
    )
    headers = ("Row", "Printed", "Right", "Direction", "Features")
    for name, rows in (("The table", own), ("Extras", extra)):
        lines += [f"## {name}", "", *table(headers, (_summary(row, covered) for row in rows))]
    lines += ["## Row by row", ""]
    for row in catalog.rows.values():
        lines += _section(row, catalog, covered)
    lines += ["## Sources", "", *_sources(catalog)]
    return text_of(lines)


def heading(row: Row) -> str:
    """The heading of a row's section."""
    return f"Row {row.number}: {row.id}" if row.number is not None else f"Extra: {row.id}"


def ports_of(row: Row) -> str:
    """Ports, or ICMP type and code, with their alternatives."""
    if row.icmp is not None:
        return f"type {row.icmp[0]} code {row.icmp[1]}"
    default = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in row.ports)
    return " or ".join([default, *(str(port) for port in row.alternatives)])


def _right(row: Row) -> str:
    return f"{', '.join(protocol.value for protocol in row.protocols)} {ports_of(row)}"


def _printed(printed: Published | None) -> str:
    if printed is None:
        return "not in the table"
    return f"{printed.ports or '(blank)'} {printed.protocol} {printed.direction}"


def _directions(row: Row) -> str:
    return ", ".join(direction.short for direction in row.directions) or "none"


def _summary(row: Row, covered: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    mark = " (corrected)" if row.corrections else ""
    features = ", ".join(
        f"[`{feature}`](features.md#{anchor(feature)})" for feature in covered.get(row.id, ())
    )
    return (
        f"[{row.number or row.id}](#{anchor(heading(row))})",
        _printed(row.published),
        _right(row) + mark,
        _directions(row),
        features or "none",
    )


def _section(row: Row, catalog: Catalog, covered: Mapping[str, tuple[str, ...]]) -> list[str]:
    facts = [("Purpose", row.purpose)]
    if row.published is not None:
        hosts = ", ".join(row.published.hosts)
        facts.append(("Printed", f"{_printed(row.published)}; {hosts}"))
    facts.append(("Right", f"{_right(row)}; {_directions(row)}"))
    facts += [
        (f"Corrected, {c.field}", _correction(c, catalog.sources[c.source]))
        for c in row.corrections
    ]
    facts += [
        ("Hosts", ", ".join(f"[`{h}`](hosts.md#{anchor(h)})" for h in row.hosts)),
        ("Published prefixes", codes(row.prefixes)),
        ("Cisco regions", codes(row.regions)),
        ("Comes from port", code(row.source_port or "")),
        ("On the gateway", _on_the_gateway(row)),
        ("Not encrypted", row.cleartext or ""),
        ("From release", row.from_release or ""),
        ("Until release", row.until_release or ""),
        ("No rule of its own", row.no_rule or ""),
        ("Note", row.note or ""),
        ("Features", codes(covered.get(row.id, ()))),
        ("Source", cited(catalog.sources[row.source])),
    ]
    kept = [(name, text) for name, text in facts if text]
    return [f"### {heading(row)}", "", f"{row.title}.", "", *table(("", ""), kept)]


def _correction(correction: Correction, source: Source) -> str:
    what = f"{correction.published or '(blank)'} is {correction.correct}"
    return f"{what}, because: {sentence(correction.why)} Source: {cited(source)}."


def _on_the_gateway(row: Row) -> str:
    said = (
        (row.listens, "it listens there"),
        (row.changeable, "the port can be changed"),
        (row.guarded, "network ACLs guard the port where it is above 1023"),
        (row.excludes_listening, "towards the gateway, ports on which it listens are left out"),
    )
    return "; ".join(text for holds, text in said if holds)


def _sources(catalog: Catalog) -> list[str]:
    return table(
        ("Id", "Source", "Note"),
        ((code(s.id), cited(s), s.note or "") for s in catalog.sources.values()),
    )
