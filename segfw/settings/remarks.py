"""What is allowed in a stack and should still be seen: warnings and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.catalog.queries import jurisdiction
from segfw.effective import chosen_port, default_ports
from segfw.problems import Remark, Severity
from segfw.resolve import INTERNET, release_key
from segfw.sets.ports import PortSet
from segfw.settings.checklist import publicly_managed
from segfw.settings.checks.case import region_key
from segfw.settings.checks.flows import reserved_ports
from segfw.settings.checks.ports import port_option
from segfw.settings.due import checklist_is_confirmed, entries_are_fresh, reviews_are_due
from segfw.settings.types import Strategy
from segfw.settings.uses import Uses
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.settings.types import Settings

    Found = Iterator[tuple[Severity, str, str]]


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
    uses = Uses.of(settings, catalog)
    default = next(name for name, i in settings.interfaces.items() if i.default_route)
    for feature, flow, _ in uses.every_flow():
        from_internet = INTERNET in uses.peer_names(feature, flow)
        if flow.direction is not Direction.INGRESS or not from_internet:
            continue
        for interface in uses.ingress(feature):
            if not interface.default_route:
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
    for interface, names in publicly_managed(Uses.of(settings, catalog)).items():
        yield (
            Severity.NOTE,
            f"interfaces.{interface}",
            (
                f"admits public addresses of {quoted_list(names)} to services for administrators "
                "or quarantines; see that the interface has no public IP, NAT or load balancer."
            ),
        )


def connections_could_be_encrypted(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Features that use a row in the clear, though the catalog knows what to use instead.

    Where the row's hosts are reached by a proxy, that has been done already.
    """
    del today
    uses = Uses.of(settings, catalog)
    found: dict[tuple[str, str], list[str]] = {}
    for feature, flow, row in uses.every_flow():
        if row.cleartext is not None and not _all_by_proxy(uses, feature, flow, row):
            rows = found.setdefault((feature.id, row.cleartext), [])
            if row.label not in rows:
                rows.append(row.label)
    for (feature_id, instead), rows in found.items():
        text = instead.replace("`", '"')
        yield (
            Severity.NOTE,
            f"features.{feature_id}",
            f"{' and '.join(rows)} may be readable on the way. {text}",
        )


def _all_by_proxy(uses: Uses, feature: Feature, flow: FeatureFlow, row: Row) -> bool:
    hosts = [uses.settings.hosts[name] for name in uses.hosts(feature, flow, row)]
    return bool(hosts) and all(host.strategy is Strategy.PROXY for host in hosts)


def ports_are_their_features(settings: Settings, catalog: Catalog, today: date) -> Found:
    """SSH, mail or DNS by its port, under the name of another feature or of a proxy.

    Design D18 keeps these ports from custom flows. The ports of options and proxies are
    destinations of what the gateway opens itself, to named networks of bounded size: a
    security group and an NSG let only replies back in, and a network ACL lets them in to the
    client's ephemeral ports (D6), so none of them reaches a service of the gateway. What a
    port *on* the gateway may be is judged by `segfw.settings.checks.ports`. Whoever looks for
    SSH that leaves should still find it, so it is a note.
    """
    del today
    uses = Uses.of(settings, catalog)
    reserved = reserved_ports(catalog)
    proxied: set[str] = set()
    for feature, flow, row in uses.every_flow():
        proxied.update(uses.hosts(feature, flow, row))
        port = chosen_port(feature, row.id, settings.features)
        usual = default_ports(row) | PortSet.single(*row.alternatives)
        if flow.direction is Direction.EGRESS and port in reserved and port not in usual:
            path = f"features.{feature.id}.{port_option(feature, row)}"
            yield Severity.NOTE, path, _another_features_port(port, reserved[port])
    for name in sorted(proxied):
        port = settings.hosts[name].port
        if port is not None and port in reserved:
            path = f"hosts.{name}.proxy.port"
            yield Severity.NOTE, path, _another_features_port(port, reserved[port])


def _another_features_port(port: int, features: Iterable[str]) -> str:
    return (
        f"{port} leaves the gateway here, and is the port of {quoted_list(features)}; see that "
        "what answers there is meant."
    )


def regions_are_known(settings: Settings, catalog: Catalog, today: date) -> Found:
    """A region that begins like none of the catalog's is a slip, or lies nobody knows where."""
    del today
    if settings.region is not None and jurisdiction(catalog, settings.region) is None:
        yield (
            Severity.WARNING,
            region_key(settings.cloud),
            (
                f'"{settings.region}" begins like no region that the catalog knows, so hosts in '
                "another jurisdiction are not named; see that it is spelled as the cloud does."
            ),
        )


def entries_are_used(settings: Settings, catalog: Catalog, today: date) -> Found:
    """Networks and hosts that nothing in this stack needs, one note to a file."""
    del today
    hosts: set[str] = set()
    networks = {name for i in settings.interfaces.values() for name in i.routes}
    networks |= {flow.network for flow in settings.custom_flows}
    uses = Uses.of(settings, catalog)
    for feature, flow, row in uses.every_flow():
        networks.update(uses.peer_names(feature, flow))
        hosts.update(uses.hosts(feature, flow, row))
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


REMARKS: tuple[Callable[[Settings, Catalog, date], Found], ...] = (
    release_is_listed,
    needed_features_are_on,
    accepted_mail_goes_somewhere,
    load_balancers_have_work,
    the_internet_is_answered,
    public_managers_are_seen,
    connections_could_be_encrypted,
    ports_are_their_features,
    regions_are_known,
    checklist_is_confirmed,
    reviews_are_due,
    entries_are_used,
    entries_are_fresh,
)
