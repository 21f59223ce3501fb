"""What a reviewer should see before a plan is applied, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, PeerKind
from segfw.catalog.queries import jurisdiction
from segfw.compiler.fit import covered
from segfw.effective import active_flows
from segfw.flow import Point
from segfw.problems import Remark, Severity
from segfw.resolve import INTERNET
from segfw.review.spacewords import space_words
from segfw.review.supersets import opened_by_supersets
from segfw.routing import Routing
from segfw.sets.addresses import Family
from segfw.settings.remarks import remarks as settings_remarks
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, Row
    from segfw.plan import Plan
    from segfw.problems import Place

CLOUD_BLOCKS = {
    Cloud.AWS: (
        "AWS blocks outbound TCP 25 from EC2 to public addresses until the account asks for its "
        "removal, whatever these rules say "
        "(https://repost.aws/knowledge-center/ec2-port-25-throttle)."
    ),
    Cloud.AZURE: (
        "Azure blocks outbound TCP 25 for most subscription types whatever these rules say: "
        "Enterprise Agreement subscriptions are not blocked, Enterprise Dev/Test can ask for "
        "removal, the others cannot "
        "(https://learn.microsoft.com/azure/virtual-network/troubleshoot-outbound-smtp-connectivity)."
    ),
}
"""What the cloud does to mail outside of any rule; read 2026-11-24."""


def all_remarks(plan: Plan, catalog: Catalog, *, today: date) -> tuple[Remark, ...]:
    """Warnings and notes on the settings and on the flows, warnings first, by place."""
    found = (
        *settings_remarks(plan.settings, catalog, today=today),
        *opened_by_supersets(plan, catalog),
        *_replies_elsewhere(plan),
        *_sent_elsewhere(plan),
        *_other_jurisdictions(plan, catalog),
        *_skipped_families(plan, catalog),
        *_literal_readings(plan, catalog),
    )
    return tuple(sorted(dict.fromkeys(found), key=_warnings_first))


def _warnings_first(remark: Remark) -> tuple[bool, Place, str, str]:
    return remark.severity is Severity.NOTE, remark.place, remark.path, remark.message


def widenings(plan: Plan) -> tuple[str, ...]:
    """What is open beyond the flows, or by a strategy that admits any address."""
    declared = [
        f"{rule_set.label}, {widening.direction.value}: "
        f"{space_words(widening.space)} ({widening.why})"
        for rule_set in plan.rule_sets
        for widening in rule_set.widenings
    ]
    hosts: dict[tuple[str, str], list[str]] = {}
    for flow in plan.flows:
        if flow.peer.internet and flow.peer.name != INTERNET:
            anywhere = " and ".join(str(prefix) for prefix in flow.peer.prefixes)
            key = (f"{flow.traffic} from {flow.interface}", anywhere)
            hosts.setdefault(key, []).append(flow.peer.name)
    by_internet = [
        f"{traffic} reaches any address ({anywhere}, private space included), in place of "
        f"{', '.join(sorted(set(names)))} (strategy: internet)"
        for (traffic, anywhere), names in hosts.items()
    ]
    return (*declared, *by_internet)


def redundancies(plan: Plan) -> tuple[str, ...]:
    """Rules that others cover: kept, since they say why something is open.

    Network ACLs are left out: their entries are few and often merged.
    """
    return tuple(
        f"{rule_set.label}: {rule.name} is covered by {wide.name}"
        for rule_set in plan.rule_sets
        if rule_set.point is not Point.NETWORK_ACL
        for rule, wide in covered(rule_set.rules)
    )


def _replies_elsewhere(plan: Plan) -> Iterator[Remark]:
    """Ingress whose replies the gateway would send out by another interface."""
    routing = Routing.of(plan.settings)
    for flow in plan.flows:
        if flow.direction is not Direction.INGRESS or flow.peer.internet or not flow.families:
            continue
        away = sorted(
            {name for p in flow.peer.prefixes for name in routing.split(p)} - {flow.interface}
        )
        if away:
            path = f"interfaces.{flow.interface}"
            message = (
                f"{flow.peer.name} reaches {flow.feature} here, and the gateway's replies leave by "
                f'{", ".join(away)}; add "{flow.peer.name}" to {path}.routes, and the route to '
                "the gateway."
            )
            yield Remark(Severity.WARNING, plan.settings.place(f"{path}.routes"), path, message)


def _sent_elsewhere(plan: Plan) -> Iterator[Remark]:
    """Egress that stands on an interface by which the gateway would not send it."""
    routing = Routing.of(plan.settings)
    for flow in plan.flows:
        if flow.direction is not Direction.EGRESS or flow.peer.internet or not flow.families:
            continue
        ways = {name for p in flow.peer.prefixes for name in routing.split(p)}
        if ways and flow.interface not in ways:
            what = f"custom flow {flow.custom}" if flow.custom else flow.feature
            path = f"interfaces.{flow.interface}"
            message = (
                f"{what} is opened here to {flow.peer.name}, which the gateway sends by "
                f'{", ".join(sorted(ways))}; add "{flow.peer.name}" to {path}.routes, and the '
                "route to the gateway."
            )
            yield Remark(Severity.WARNING, plan.settings.place(f"{path}.routes"), path, message)


def _other_jurisdictions(plan: Plan, catalog: Catalog) -> Iterator[Remark]:
    """Hosts whose data goes to another jurisdiction than the stack's region."""
    own = jurisdiction(catalog, plan.settings.region) if plan.settings.region else None
    if own is None:
        return
    for row, feature in hosted_rows(plan, catalog):
        for name in row.hosts:
            host = catalog.hosts[name]
            there = host.countries.get("all") or host.countries.get(
                plan.settings.gateway.cisco_region
            )
            if there not in (None, "unknown", own):
                path = f"features.{feature}"
                message = f"{name} is in another jurisdiction ({there}) than this stack ({own})."
                yield Remark(Severity.NOTE, plan.settings.place(path), path, message)


def hosted_rows(plan: Plan, catalog: Catalog) -> Iterator[tuple[Row, str]]:
    """Each row of a feature that is on whose far end is named by hosts, with the feature."""
    features = plan.settings.features
    for feature in catalog.features.values():
        if feature.id in features:
            for flow in active_flows(feature, features):
                row = catalog.rows[flow.row]
                region = plan.settings.gateway.cisco_region
                if flow.peer is PeerKind.HOSTS and (not row.regions or region in row.regions):
                    yield row, feature.id


def _skipped_families(plan: Plan, catalog: Catalog) -> Iterator[Remark]:
    """Published prefixes of a family that no interface on their way has."""
    for flow in plan.flows:
        row = catalog.rows.get(flow.row)
        if row is None or not row.prefixes or flow.feature == "custom-flow":
            continue
        published = {":" in prefix for prefix in row.prefixes}
        kept = {prefix.family is Family.IPV6 for prefix in flow.peer.prefixes}
        for is_v6 in sorted(published - kept):
            if flow.peer.name != row.id:
                continue
            path = f"features.{flow.feature}"
            family = "IPv6" if is_v6 else "IPv4"
            message = (
                f'published {family} prefixes are left out: "{flow.interface}" has no {family}.'
            )
            yield Remark(Severity.NOTE, plan.settings.place(path), path, message)


def _literal_readings(plan: Plan, catalog: Catalog) -> Iterator[Remark]:
    """Rows that the table prints as In & Out against somebody else's host."""
    literal: dict[int, Row] = {}
    for feature_id in plan.settings.features:
        for flow in active_flows(catalog.features[feature_id], plan.settings.features):
            row = catalog.rows[flow.row]
            both = row.published is not None and "in" in row.published.direction.lower()
            here = not row.regions or plan.settings.gateway.cisco_region in row.regions
            egress_only = row.directions == (Direction.EGRESS,) and not row.guarded
            if here and both and egress_only and row.number is not None:
                literal[row.number] = row
    if literal:
        numbers = ", ".join(str(number) for number in sorted(literal))
        path = "features"
        message = (
            f"the table prints In & Out for {'row' if len(literal) == 1 else 'rows'} {numbers}; "
            "only egress is opened, since the gateway opens the connection."
        )
        yield Remark(Severity.NOTE, plan.settings.place(path), path, message)
