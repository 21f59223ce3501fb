"""What is allowed in a stack and should still be seen: warnings and notes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import Direction, OptionKind, PeerKind, Role
from segfw.effective import active_flows, chosen_port, default_ports
from segfw.problems import Remark, Severity
from segfw.resolve import release_key
from segfw.settings.checks.case import INTERNET, SELF, is_private, strict
from segfw.settings.types import Environment, Strategy
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from segfw.catalog.model import Catalog, ChecklistItem, Feature, FeatureFlow
    from segfw.settings.types import Interface, Settings

    Found = Iterator[tuple[Severity, str, str]]

DEFAULT = "default"
ALL = "all"


def remarks(settings: Settings, catalog: Catalog, *, today: date) -> tuple[Remark, ...]:
    """Everything a reviewer should see, warnings first, then by file and line."""
    found = {
        Remark(severity, settings.place(path), path, message)
        for remark in REMARKS
        for severity, path, message in remark(settings, catalog, today)
    }
    return tuple(
        sorted(found, key=lambda r: (r.severity is Severity.NOTE, r.place, r.path, r.message))
    )


def checklist(settings: Settings, catalog: Catalog) -> tuple[ChecklistItem, ...]:
    """What is to be done on this stack's gateways, in the catalog's order."""
    fillings = {
        "{routes}": any(interface.routes for interface in settings.interfaces.values()),
        "{ports}": bool(_changed_ports(settings, catalog)),
        "{interfaces}": bool(_publicly_managed(settings, catalog)),
        "{accessList}": any(
            catalog.features[name].role is Role.MANAGEMENT for name in settings.features
        ),
        "{members}": "cluster" in settings.features,
    }
    return tuple(
        item
        for item in catalog.checklist
        if _concerns(item, settings)
        and all(
            filled
            for mark, filled in fillings.items()
            if any(mark in text for text in (item.why, *item.commands))
        )
    )


def _concerns(item: ChecklistItem, settings: Settings) -> bool:
    on = [settings.features[name] for name in item.features if name in settings.features]
    if not item.features:
        return True
    when: Mapping[str, tuple[bool | int | str, ...]] = item.when or {}
    return any(
        all(chosen.options.get(name) in values for name, values in when.items()) for chosen in on
    )


def _changed_ports(settings: Settings, catalog: Catalog) -> list[str]:
    return [
        name
        for name in settings.features
        for flow in active_flows(catalog.features[name], settings.features)
        if (port := chosen_port(catalog.features[name], flow.row, settings.features)) is not None
        and catalog.rows[flow.row].listens
        and port not in default_ports(catalog.rows[flow.row])
    ]


def _flows(settings: Settings, catalog: Catalog) -> Iterator[tuple[Feature, FeatureFlow]]:
    """Every flow that holds, for the stack's options and Cisco region."""
    for name in settings.features:
        feature = catalog.features[name]
        for flow in active_flows(feature, settings.features):
            regions = catalog.rows[flow.row].regions
            if not regions or settings.gateway.cisco_region in regions:
                yield feature, flow


def _names(settings: Settings, feature: Feature, flow: FeatureFlow) -> tuple[str, ...]:
    """The networks of a flow's far end."""
    chosen = settings.features[feature.id]
    if flow.peer is PeerKind.NETWORK and chosen.options.get("peer") == SELF:
        return ()
    if chosen.peers is not None and (flow.peer is PeerKind.NETWORK or flow.replaceable):
        return chosen.peers
    default = flow.network or feature.network
    return (default,) if flow.peer is PeerKind.NETWORK and default else ()


def _interfaces(settings: Settings, feature: Feature) -> Iterator[Interface]:
    """Where a feature's ingress sits."""
    pinned = settings.features[feature.id].interface
    for name, interface in settings.interfaces.items():
        if name == pinned or (pinned is None and feature.role in interface.roles):
            yield interface


def _publicly_managed(settings: Settings, catalog: Catalog) -> dict[str, list[str]]:
    """Interfaces that are not external to the networks with public addresses they admit."""
    found: dict[str, list[str]] = {}
    for feature, flow in _flows(settings, catalog):
        if not strict(feature) or flow.direction is not Direction.INGRESS:
            continue
        for name in _names(settings, feature, flow):
            if name == INTERNET or all(is_private(p) for p in settings.networks[name].prefixes):
                continue
            for interface in _interfaces(settings, feature):
                if not interface.external and name not in found.setdefault(interface.name, []):
                    found[interface.name].append(name)
    return found


def release_is_listed(settings: Settings, catalog: Catalog, today: date) -> Found:
    """A release that the catalog does not know is compiled with the newest edition."""
    del today
    release = settings.gateway.release
    known = {release_key(name): name for name in catalog.releases}
    key = release_key(release)
    if key[:2] in known:
        return
    newest = catalog.releases[-1]
    what = f"is newer than {newest}" if key > release_key(newest) else "is not listed"
    yield (
        Severity.NOTE,
        "gateway.release",
        (
            f"{release} {what}; the catalog knows {quoted_list(catalog.releases)} and its edition "
            f"{catalog.edition} is used: compare it with the firewall table of your release."
        ),
    )


def needed_features_are_on(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Some features are required from a release on."""
    del today
    for feature in catalog.features.values():
        first = feature.required_from
        if first is None or feature.id in settings.features:
            continue
        if release_key(settings.gateway.release) >= release_key(first):
            yield (
                Severity.WARNING,
                "features",
                (
                    f"{feature.id} is off, and from {first} on the gateway does not work without "
                    f"it; write {feature.id}: {{}}."
                ),
            )


def accepted_mail_goes_somewhere(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Mail that is received is delivered inside or sent on."""
    del catalog, today
    on = settings.features
    sends = "send-mail" in on and on["send-mail"].peers is not None
    if "receive-mail" in on and "deliver-inside" not in on and not sends:
        yield (
            Severity.WARNING,
            "features.receive-mail",
            (
                "mail is received and has nowhere to go; switch deliver-inside on, or give "
                "send-mail the networks it goes to."
            ),
        )


def load_balancers_have_work(settings: Settings, catalog: Catalog, today: date) -> Found:
    """A feature that only goes with others does nothing alone."""
    del today
    for name in settings.features:
        flows = catalog.features[name].flows
        needed = {flow.with_feature for flow in flows if flow.with_feature is not None}
        if (
            flows
            and all(flow.with_feature for flow in flows)
            and not needed & set(settings.features)
        ):
            yield (
                Severity.WARNING,
                f"features.{name}",
                f"does nothing without {' or '.join(sorted(needed))}; switch one on, or this off.",
            )


def the_internet_is_answered(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Whoever connects from the internet is answered by the default route (design D2a)."""
    del today
    default = next(name for name, i in settings.interfaces.items() if i.default_route)
    for feature, flow in _flows(settings, catalog):
        if flow.direction is not Direction.INGRESS:
            continue
        for interface in _interfaces(settings, feature):
            if INTERNET in _names(settings, feature, flow) and not interface.default_route:
                yield (
                    Severity.WARNING,
                    f"features.{feature.id}",
                    (
                        f'the internet connects to "{interface.name}" and is answered by '
                        f'"{default}", '
                        f"which has the default route; write interfaces.{interface.name}."
                        "defaultRoute: true."
                    ),
                )


def public_managers_are_seen(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Whoever is managed from public addresses must have none itself."""
    del today
    for interface, networks in _publicly_managed(settings, catalog).items():
        names = sorted(networks)
        yield (
            Severity.NOTE,
            f"interfaces.{interface}",
            (
                f"admits public addresses of {quoted_list(names)} to services for administrators "
                "or quarantines; see that the interface has no public IP, NAT or load balancer."
            ),
        )


def checklist_is_confirmed(settings: Settings, catalog: Catalog, today: date) -> Found:
    """In production, somebody has seen within a year what is done on the gateway."""
    if settings.gateway.environment is not Environment.PROD:
        return
    confirmed = settings.gateway.checklist
    never = [item.id for item in checklist(settings, catalog) if item.id not in confirmed]
    if never:
        yield (
            Severity.WARNING,
            "gateway.checklist" if confirmed else "gateway",
            (
                f"nobody has confirmed {quoted_list(never, len(never))} on the gateway; do what "
                'the checklist says, then write checklist: {<item>: {by: <who>, date: "<day>"}}.'
            ),
        )
    for item in checklist(settings, catalog):
        held = confirmed.get(item.id)
        last = held.date + timedelta(days=limits.CONFIRMED_FOR_DAYS) if held else today
        if held is not None and last < today:
            yield (
                Severity.WARNING,
                f"gateway.checklist.{item.id}",
                (
                    f"was confirmed on {held.date}, more than {limits.CONFIRMED_FOR_DAYS} days "
                    "ago; see on the gateway that it still holds, and write the new day."
                ),
            )


def reviews_are_due(settings: Settings, catalog: Catalog, today: date) -> Found:
    """What was opened until a day that is past; in production that is a problem."""
    for name, chosen in settings.features.items():
        for option in catalog.features[name].options.values():
            value = chosen.options.get(option.name)
            if option.kind is OptionKind.DATE and isinstance(value, str):
                yield from _due(f"features.{name}.{option.name}", date.fromisoformat(value), today)
    for flow in settings.custom_flows:
        yield from _due(f"features.custom-flow[{flow.name}].reviewBy", flow.review_by, today)


def _due(path: str, until: date, today: date) -> Found:
    if until < today:
        yield (
            Severity.WARNING,
            path,
            f"{until} is past; look at it again, then write a new day or take it out.",
        )


def entries_are_used(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Networks and hosts that nothing in this stack needs, one note to a file."""
    del today
    hosts: set[str] = set()
    networks = {name for i in settings.interfaces.values() for name in i.routes}
    networks |= {flow.network for flow in settings.custom_flows}
    for feature, flow in _flows(settings, catalog):
        networks.update(_names(settings, feature, flow))
        replaced = flow.replaceable and settings.features[feature.id].peers is not None
        if flow.peer is PeerKind.HOSTS and not replaced:
            for host in catalog.rows[flow.row].hosts:
                hosts.add(host if host in settings.hosts else DEFAULT)
    networks |= {
        host.network
        for name, host in settings.hosts.items()
        if name in hosts and host.strategy is Strategy.PROXY and host.network
    }
    for kind, given, used in (
        ("networks", settings.networks, networks),
        ("hosts", settings.hosts, hosts),
    ):
        by_file: dict[str, list[str]] = {}
        for name in sorted(set(given) - used):
            by_file.setdefault(settings.place(f"{kind}.{name}").file, []).append(name)
        for names in by_file.values():
            yield (
                Severity.NOTE,
                f"{kind}.{names[0]}",
                f"nothing in this stack uses {quoted_list(names)}.",
            )


def entries_are_fresh(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Prefixes that somebody checked too long ago."""
    del catalog
    entries: dict[str, Mapping[str, object]] = {
        "networks": settings.networks,
        "hosts": settings.hosts,
    }
    for kind, held in entries.items():
        for name, entry in held.items():
            checked = getattr(entry, "checked", None)
            if isinstance(checked, date) and (today - checked).days > limits.STALE_AFTER_DAYS:
                source = getattr(entry, "source", None)
                where = f" with {source}" if source else ""
                yield (
                    Severity.NOTE,
                    f"{kind}.{name}",
                    (
                        f"was checked on {checked}, more than {limits.STALE_AFTER_DAYS} days ago; "
                        f"compare its prefixes{where} and write the new day."
                    ),
                )


REMARKS: tuple[Callable[[Settings, Catalog, date], Found], ...] = (
    release_is_listed,
    needed_features_are_on,
    accepted_mail_goes_somewhere,
    load_balancers_have_work,
    the_internet_is_answered,
    public_managers_are_seen,
    checklist_is_confirmed,
    reviews_are_due,
    entries_are_used,
    entries_are_fresh,
)
