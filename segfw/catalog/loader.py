"""The shipped catalog, read from ``catalog.json``.

``python -m segfw.catalog`` has checked what is read here, so nothing is checked again;
the record types are spelled out because a generic reader would be ten times slower.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segfw.catalog.model import (
    Catalog,
    ChecklistItem,
    Correction,
    Direction,
    Exposure,
    Feature,
    FeatureFlow,
    Host,
    Option,
    OptionKind,
    PeerKind,
    Protocol,
    Published,
    Role,
    Row,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Record = dict[str, Any]

SHIPPED = Path(__file__).with_name("catalog.json")


@cache
def load_catalog() -> Catalog:
    """The catalog that ships with this version."""
    return catalog_from(json.loads(SHIPPED.read_bytes()))


def catalog_from(data: Record) -> Catalog:
    """The catalog that *data* spells, in the form of ``catalog.schema.json``."""
    return Catalog(
        edition=data["edition"],
        releases=tuple(data["releases"]),
        regions=tuple(data["regions"]),
        rows={row["id"]: _row(row) for row in data["rows"]},
        features={feature["id"]: _feature(feature) for feature in data["features"]},
        hosts={host["id"]: _host(host) for host in data["hosts"]},
        sources={source["id"]: Source(**source) for source in data["sources"]},
        jurisdictions=data["jurisdictions"],
        checklist=tuple(_checklist_item(item) for item in data["checklist"]),
    )


def _row(data: Record) -> Row:
    published = data["published"]
    return Row(
        id=data["id"],
        title=data["title"],
        purpose=data["purpose"],
        number=data["number"],
        numbers=data["numbers"],
        published=None if published is None else _published(published),
        protocols=tuple(Protocol(name) for name in data["protocols"]),
        ports=tuple((first, last) for first, last in data["ports"]),
        alternatives=tuple(data["alternatives"]),
        icmp=None if data["icmp"] is None else (data["icmp"][0], data["icmp"][1]),
        source_port=data["sourcePort"],
        directions=tuple(Direction(name) for name in data["directions"]),
        hosts=tuple(data["hosts"]),
        prefixes=tuple(data["prefixes"]),
        regions=tuple(data["regions"]),
        changeable=data["changeable"],
        listens=data["listens"],
        guarded=data["guarded"],
        cleartext=data["cleartext"],
        exposure=Exposure(data["exposure"]),
        excludes_listening=data["excludesListening"],
        no_rule=data["noRule"],
        corrections=tuple(Correction(**correction) for correction in data["corrections"]),
        source=data["source"],
        from_release=data["fromRelease"],
        until_release=data["untilRelease"],
        note=data["note"],
    )


def _published(data: Record) -> Published:
    return Published(
        ports=data["ports"],
        protocol=data["protocol"],
        direction=data["direction"],
        hosts=tuple(data["hosts"]),
    )


def _feature(data: Record) -> Feature:
    return Feature(
        id=data["id"],
        title=data["title"],
        what=data["what"],
        extra=data["extra"],
        network=data["network"],
        peer_option=data["peerOption"],
        role=None if data["role"] is None else Role(data["role"]),
        every_interface=data["everyInterface"],
        egress=data["egress"],
        default_on=data["defaultOn"],
        options={option["name"]: _option(option) for option in data["options"]},
        flows=tuple(_flow(flow) for flow in data["flows"]),
        one_of=tuple(tuple(names) for names in data["oneOf"]),
        required_from=data["requiredFrom"],
        note=data["note"],
    )


def _option(data: Record) -> Option:
    return Option(
        name=data["name"],
        kind=OptionKind(data["kind"]),
        title=data["title"],
        values=tuple(data["values"]),
        default=data["default"],
        required=data["required"],
        rows=tuple(data["rows"]),
        when=_conditions(data["when"]),
    )


def _flow(data: Record) -> FeatureFlow:
    protocols, points = data["protocols"], data["points"]
    return FeatureFlow(
        row=data["row"],
        direction=Direction(data["direction"]),
        peer=PeerKind(data["peer"]),
        network=data["network"],
        when=_conditions(data["when"]) or {},
        protocols=None if protocols is None else tuple(Protocol(name) for name in protocols),
        with_feature=data["withFeature"],
        implied=data["implied"],
        points=None if points is None else tuple(points),
        replaceable=data["replaceable"],
    )


def _host(data: Record) -> Host:
    return Host(
        id=data["id"],
        names={region: tuple(names) for region, names in data["names"].items()},
        countries=data["countries"],
        source=data["source"],
        note=data["note"],
    )


def _checklist_item(data: Record) -> ChecklistItem:
    return ChecklistItem(
        id=data["id"],
        title=data["title"],
        why=data["why"],
        commands=tuple(data["commands"]),
        sourced=data["sourced"],
        source=data["source"],
        features=tuple(data["features"]),
        when=_conditions(data["when"]),
    )


def _conditions(
    data: Mapping[str, list[bool | int | str]] | None,
) -> Mapping[str, tuple[bool | int | str, ...]] | None:
    return None if data is None else {name: tuple(values) for name, values in data.items()}
