"""Who answers for what is open: openings, lists of addresses, and where data goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.queries import jurisdiction
from segfw.limits import STALE_AFTER_DAYS
from segfw.resolve import INTERNET, host_settings
from segfw.review.exposure import Reach, counted_addresses, exposure, manages
from segfw.review.remarks import hosted_rows
from segfw.review.report.answers import HostRow, ListRow, OpeningRow
from segfw.review.report.edges import addresses_of, edge_id, key_of
from segfw.review.report.subject import feature_name, is_expected
from segfw.review.report.traffic import far_end
from segfw.sets.addresses import collapse
from segfw.settings.types import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segfw.flow import Flow
    from segfw.review.exposure import Opening
    from segfw.review.report.subject import Subject
    from segfw.settings.types import HostSettings, Network

OWNER_TAG = "owner"
"""The stack's tag that says who answers for what has no owner of its own."""
NOT_KNOWN = "not known"
BY_PROXY = "by the proxy"
CLOUD = "cloud"
"""The kind of a list that the cloud keeps: a service tag, or the group itself."""
PUBLISHED = "published"
"""The kind of a list that the vendor keeps."""


def openings(subject: Subject) -> tuple[OpeningRow, ...]:
    """Each opening, the widest first, with who answers for it and since when it is there."""
    return tuple(_opening(subject, one) for one in exposure(subject.plan, subject.catalog))


def _opening(subject: Subject, opening: Opening) -> OpeningRow:
    flows = tuple(_flows_of(subject, opening))
    entry = _entry(subject, opening.peer)
    checked = entry.checked if entry is not None else None
    owner = entry.owner if entry is not None else None
    return OpeningRow(
        reach=opening.reach.value,
        interface=opening.interface,
        peer=opening.peer,
        addresses=addresses_of(flows),
        public=opening.public,
        services=tuple(
            (f"{one.protocol.value} {one.ports}", ", ".join(one.features))
            for one in opening.services
        ),
        expected=all(map(is_expected, flows)),
        manages=opening.reach is not Reach.TO_ANYWHERE
        and any(manages(flow, subject.catalog) for flow in flows),
        owner=owner or subject.settings.tags.get(OWNER_TAG),
        stacks_owner=owner is None,
        listed=entry is not None,
        checked=checked.isoformat() if checked is not None else None,
        source=entry.source if entry is not None else None,
        stale=opening.peer != INTERNET and _stale(checked, subject.today),
        lines=subject.lines(flows),
        edges=tuple(
            {
                far_end(flow.peer.name, opening.reach.value): edge_id(key_of(flow))
                for flow in flows
            }.items()
        ),
    )


def _flows_of(subject: Subject, opening: Opening) -> Iterator[Flow]:
    for flow in subject.opened:
        name = INTERNET if flow.peer.internet else flow.peer.name
        here = (flow.interface, name, subject.reach(flow))
        if here == (opening.interface, opening.peer, opening.reach.value):
            yield flow


def _entry(subject: Subject, peer: str) -> Network | HostSettings | None:
    return subject.settings.networks.get(peer) or subject.settings.hosts.get(peer)


def _stale(checked: date | None, today: date) -> bool:
    """Nobody said when it was checked, or that was too long ago."""
    return checked is None or (today - checked).days > STALE_AFTER_DAYS


def lists(subject: Subject) -> tuple[ListRow, ...]:
    """Every list of addresses that something here is made of, by kind and name."""
    found: dict[tuple[str, str], list[Flow]] = {}
    for flow in subject.plan.flows:
        if flow.families and not flow.peer.internet:
            found.setdefault((_kind(subject, flow), flow.peer.name), []).append(flow)
    return tuple(_list(subject, *key, flows) for key, flows in sorted(found.items()))


def _kind(subject: Subject, flow: Flow) -> str:
    peer = flow.peer.name
    if peer in subject.settings.networks:
        return "network"
    if peer in subject.settings.hosts or peer in subject.catalog.hosts:
        return "host"
    row = subject.catalog.rows.get(flow.row)
    return PUBLISHED if row is not None and row.prefixes else CLOUD


def _list(subject: Subject, kind: str, name: str, flows: list[Flow]) -> ListRow:
    entry = _entry(subject, name)
    row = subject.catalog.rows[flows[0].row] if kind == PUBLISHED else None
    source = entry.source if entry is not None else None
    checked = entry.checked if entry is not None else None
    read = checked.isoformat() if checked is not None else None
    owner = entry.owner if entry is not None else None
    if row is not None:
        published = subject.catalog.sources[row.source]
        owner, source, read = "the vendor", published.title, published.read
    elif kind == CLOUD:
        owner, source, read = "the cloud", "kept by the cloud", "kept by the cloud"
    path = {"network": f"networks.{name}", "host": f"hosts.{name}"}.get(
        kind, flows[0].origins[0].path if flows[0].origins else ""
    )
    return ListRow(
        kind=kind,
        name=name,
        addresses=addresses_of(flows),
        prefixes=tuple(map(str, collapse(p for flow in flows for p in flow.peer.prefixes))),
        used_by=tuple(dict.fromkeys(map(feature_name, flows))),
        owner=owner,
        stack_owner=subject.settings.tags.get(OWNER_TAG),
        source=source,
        checked=read,
        stale=kind in ("network", "host") and _stale(checked, subject.today),
        line=subject.line_of(path),
    )


def own_jurisdiction(subject: Subject) -> str:
    """Where the stack's region lies; `NOT_KNOWN` where nobody says."""
    region = subject.settings.region
    found = jurisdiction(subject.catalog, region) if region else None
    return found or NOT_KNOWN


def hosts(subject: Subject) -> tuple[HostRow, ...]:
    """Each host that a feature here needs, with the country that its data goes to."""
    own = own_jurisdiction(subject)
    needed: dict[str, dict[str, None]] = {}
    for row, feature in hosted_rows(subject.plan, subject.catalog):
        for name in row.hosts:
            needed.setdefault(name, {})[feature] = None
    named = [_host(subject, name, tuple(features), own) for name, features in needed.items()]
    return (*named, *_published(subject))


def _host(subject: Subject, name: str, features: tuple[str, ...], own: str) -> HostRow:
    host = subject.catalog.hosts[name]
    region = subject.settings.gateway.cisco_region
    country = host.countries.get("all") or host.countries.get(region) or NOT_KNOWN
    country = NOT_KNOWN if country == "unknown" else country
    return HostRow(
        name=name,
        names=(*host.names.get("all", ()), *host.names.get(region, ())),
        features=features,
        what="; ".join(subject.catalog.features[one].what for one in features),
        country=country,
        elsewhere=NOT_KNOWN not in (country, own) and country != own,
        way=_way(host_settings(subject.settings, name)),
        source=subject.catalog.sources[host.source].title,
    )


def _published(subject: Subject) -> Iterator[HostRow]:
    """The vendor's own lists of addresses: of no list is said in which country it is."""
    for one in lists(subject):
        if one.kind == PUBLISHED:
            yield HostRow(
                name=one.name,
                names=(),
                features=one.used_by,
                what="; ".join(subject.catalog.features[name].what for name in one.used_by),
                country=NOT_KNOWN,
                elsewhere=False,
                way=f"straight, to {one.addresses}",
                source=one.source or "",
            )


def _way(chosen: HostSettings) -> str:
    match chosen.strategy:
        case Strategy.PREFIXES:
            return f"straight, to {counted_addresses(collapse(chosen.prefixes))}"
        case Strategy.INTERNET:
            return "straight, to any address on its port"
        case Strategy.PROXY:
            return f"{BY_PROXY} {chosen.network}, port {chosen.port}"
