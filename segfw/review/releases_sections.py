"""Differences of two releases as headings, lines and tables, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import PeerKind
from segfw.flow import IcmpType
from segfw.review.exposure import ports_words
from segfw.review.sections import Section, Table, counted
from segfw.review.spacewords import space_words
from segfw.sets.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.review.releases import Difference, PointDifference, StackDifference
    from segfw.sets.headerspace import HeaderSpace

FORMAT = 1
"""The number of the JSON form; raised when a key is removed or changes its meaning."""


def sections(
    found: Difference, stack: StackDifference | None, catalog: Catalog
) -> Iterator[Section]:
    """What is opened, what is closed, for the stack where there is one, and how it is known."""
    title = f"From AsyncOS {found.first} to {found.last}"
    yield Section(title, (*found.remarks, _verdict(found)))
    if found.begun or found.needed:
        yield Section("Opened", tuple(_opened(found, catalog)))
    if found.ended or found.unneeded:
        yield Section("Closed", tuple(_closed(found, catalog)))
    if found.changed:
        yield Section(
            "In place of each other",
            tuple(
                f"{one.old.label} {_services(one.old)} becomes {one.new.label} "
                f"{_services(one.new)}, for {', '.join(one.features)}"
                for one in found.changed
            ),
        )
    if stack is not None:
        yield Section(f"For {stack.stack}", tuple(_stack_lines(found, stack)))
    if found.renumbered:
        rows = tuple((row.id, ", ".join(_places(row))) for row in found.renumbered)
        yield Section("Rows that stand in another place", (), Table(("Row", "Places"), rows))
    yield _known(found)


def _verdict(found: Difference) -> str:
    if not found.any:
        return (
            "The catalog knows nothing that one of these releases needs opened or closed and the "
            "other does not."
        )
    opened = len(found.begun) + len(found.needed)
    closed = len(found.ended) + len(found.unneeded)
    return f"{counted(opened, 'thing')} to open, {counted(closed, 'thing')} to close."


def _opened(found: Difference, catalog: Catalog) -> Iterator[str]:
    for feature in found.needed:
        for text in feature_words(feature, catalog):
            yield (
                f"{feature.id}: {found.last} does not work without it (from "
                f"{feature.required_from} on): {text}"
            )
    yield from (_row_line(row, catalog) for row in found.begun)


def _closed(found: Difference, catalog: Catalog) -> Iterator[str]:
    for feature in found.unneeded:
        yield (
            f"{feature.id}: {found.last} works without it (it is needed from "
            f"{feature.required_from} on); switch it off where nothing else wants it"
        )
    yield from (_row_line(row, catalog) for row in found.ended)


def _row_line(row: Row, catalog: Catalog) -> str:
    users = [
        feature.id
        for feature in catalog.features.values()
        if any(flow.row == row.id for flow in feature.flows)
    ]
    ways = ", ".join(direction.short for direction in row.directions)
    hosts = f" ({', '.join(row.hosts)})" if row.hosts else ""
    bounds = [f"from {row.from_release}"] if row.from_release else []
    bounds += [f"until {row.until_release}"] if row.until_release else []
    return (
        f"{row.label} {row.id}, {' '.join(bounds)}: {ways} {_services(row)}{hosts}, for "
        f"{', '.join(users) or 'no feature'} [{row.source}]"
    )


def feature_words(feature: Feature, catalog: Catalog) -> Iterator[str]:
    """``out tcp 443 to smartreceiver.cisco.com (extra smart-licensing) [tac-214614]``."""
    for flow in feature.flows:
        row = catalog.rows[flow.row]
        side = "from" if flow.direction.short == "in" else "to"
        yield (
            f"{flow.direction.short} {_services(row)} {side} {_peer(feature, flow, row)} "
            f"({row.label}) [{row.source}]"
        )


def _peer(feature: Feature, flow: FeatureFlow, row: Row) -> str:
    if flow.peer is PeerKind.HOSTS:
        return ", ".join(row.hosts)
    if flow.peer is PeerKind.PUBLISHED:
        return ", ".join(row.prefixes)
    return flow.network or feature.network or "any address"


def _services(row: Row) -> str:
    icmp = IcmpType(*row.icmp) if row.icmp is not None else None
    ports = ports_words(tuple(PortRange(first, last) for first, last in row.ports), icmp)
    return ", ".join(f"{protocol.value} {ports}" for protocol in row.protocols)


def _stack_lines(found: Difference, stack: StackDifference) -> Iterator[str]:
    yield f"The stack file says release {stack.release}."
    if not stack.points:
        yield (
            f"As the file is, {found.first} and {found.last} let through exactly the same at every "
            "enforcement point."
        )
    yield from (line for point in stack.points for line in _point_lines(point))
    for need in stack.needs:
        yield f"{need.feature.id} is off, and {found.last} does not work without it."
        yield from (f"switched on, it {line}" for p in need.opens for line in _point_lines(p))
        if not need.opens and not need.problems:
            yield "switched on, it opens nothing that is not open already."
        yield from (f"it cannot be switched on as the file is: {text}" for text in need.problems)


def _point_lines(one: PointDifference) -> Iterator[str]:
    where = f"{one.point.label} {one.interface}, {one.direction.value} {one.family.label}"
    because = f" ({'; '.join(one.because)})" if one.because else ""
    for verb, space in (("opens", one.opened), ("closes", one.closed)):
        if space:
            yield f"{verb} at {where}: {space_words(space)}{because}"


def _known(found: Difference) -> Section:
    lines = (
        (
            "A row begins or ends with a release, and a feature is needed from one on, only where "
            "a text says so."
        ),
        (
            "What no text was found for is taken to hold for every release; compare with the "
            "firewall table in the user guide of your release."
        ),
    )
    rows = tuple(
        (
            one.id + (" (followed)" if one.followed else ""),
            str(one.rows or "facts only"),
            one.title + (f". {one.note}" if one.note else ""),
        )
        for one in found.editions
    )
    return Section("How this is known", lines, Table(("Edition", "Rows seen", "What it is"), rows))


def _places(row: Row) -> list[str]:
    return [f"{number} in {edition}" for edition, number in row.numbers.items()]


def document(found: Difference, stack: StackDifference | None, catalog: Catalog) -> dict[str, Any]:
    """The same for machines."""
    return {
        "format": FORMAT,
        "from": found.first,
        "to": found.last,
        "remarks": list(found.remarks),
        "begun": [_row(row) for row in found.begun],
        "ended": [_row(row) for row in found.ended],
        "changed": [
            {"from": one.old.id, "to": one.new.id, "features": list(one.features)}
            for one in found.changed
        ],
        "needed": [_feature(one, catalog) for one in found.needed],
        "unneeded": [_feature(one, catalog) for one in found.unneeded],
        "renumbered": [_row(row) for row in found.renumbered],
        "editions": [one._asdict() for one in found.editions],
        "stack": None if stack is None else _stack(stack),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "numbers": dict(row.numbers),
        "services": _services(row),
        "directions": [direction.value for direction in row.directions],
        "hosts": list(row.hosts),
        "fromRelease": row.from_release,
        "untilRelease": row.until_release,
        "source": row.source,
    }


def _feature(feature: Feature, catalog: Catalog) -> dict[str, Any]:
    return {
        "id": feature.id,
        "requiredFrom": feature.required_from,
        "opens": list(feature_words(feature, catalog)),
    }


def _stack(stack: StackDifference) -> dict[str, Any]:
    return {
        "stack": stack.stack,
        "release": stack.release,
        "points": [_point(one) for one in stack.points],
        "needs": [
            {
                "feature": need.feature.id,
                "opens": [_point(one) for one in need.opens],
                "problems": list(need.problems),
            }
            for need in stack.needs
        ],
    }


def _point(one: PointDifference) -> dict[str, Any]:
    return {
        "point": one.point.value,
        "interface": one.interface,
        "direction": one.direction.value,
        "family": one.family.keyword,
        "opened": _space(one.opened),
        "closed": _space(one.closed),
        "because": list(one.because),
    }


def _space(space: HeaderSpace) -> list[dict[str, str]]:
    return [{"service": str(service), "addresses": str(held)} for service, held in space.boxes()]
