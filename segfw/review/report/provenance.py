"""Where every number comes from: rows of the vendor's table, and limits of the clouds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.effective import effective_rows
from segfw.review.exposure import ports_words
from segfw.review.report.answers import Bound, Number
from segfw.review.report.subject import feature_name
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Row, Source
    from segfw.flow import Flow
    from segfw.review.report.subject import Subject

ON_AWS: dict[str, tuple[str, int]] = {
    "SECURITY_GROUP_RULES": (
        "Rules per security group, direction and family",
        limits.SECURITY_GROUP_RULES,
    ),
    "SECURITY_GROUPS_PER_INTERFACE": (
        "Security groups per network interface",
        limits.SECURITY_GROUPS_PER_INTERFACE,
    ),
    "SECURITY_GROUP_PRODUCT": (
        "Rules per group times groups per interface",
        limits.SECURITY_GROUP_PRODUCT,
    ),
    "NETWORK_ACL_ENTRIES": (
        "Entries per network ACL, direction and family",
        limits.NETWORK_ACL_ENTRIES,
    ),
}
ON_AZURE: dict[str, tuple[str, int]] = {
    "NSG_RULES": ("Rules per NSG, both directions together", limits.NSG_RULES),
    "NSG_PREFIXES": ("Prefixes per NSG, sources and destinations apart", limits.NSG_PREFIXES),
}
OURS: dict[str, tuple[str, int]] = {
    "MANAGEMENT_IPV4_ADDRESSES": (
        "IPv4 addresses that may reach one management feature",
        limits.MANAGEMENT_IPV4_ADDRESSES,
    ),
    "STALE_AFTER_DAYS": ("Days until a checked list is stale", limits.STALE_AFTER_DAYS),
}
"""Limits that a reviewer meets, by their names in `segfw.limits`."""


def numbers(subject: Subject) -> tuple[Number, ...]:
    """Each row that is used here, in the table's order, extras last."""
    used: dict[str, list[Flow]] = {}
    for flow in subject.plan.flows:
        if flow.families and not flow.custom:
            used.setdefault(flow.row, []).append(flow)
    return tuple(
        _number(subject, row, used[row.id])
        for row, _ in effective_rows(subject.settings.features, subject.catalog)
        if row.id in used
    )


def _number(subject: Subject, row: Row, flows: list[Flow]) -> Number:
    source = subject.catalog.sources[row.source]
    here = {
        f"{flow.traffic.protocol.value} {ports_words(flow.traffic.ports, flow.traffic.icmp)}"
        for flow in flows
    }
    return Number(
        row=row.id,
        label=row.label,
        title=row.title,
        ports=", ".join(sorted(here)),
        published=_published(row),
        corrections=tuple(_corrections(subject, row)),
        source=source_words(source),
        url=source.url,
        features=tuple(dict.fromkeys(map(feature_name, flows))),
    )


def _published(row: Row) -> str:
    if row.published is None:
        return ""
    said = row.published
    hosts = f", {', '.join(said.hosts)}" if said.hosts else ""
    return f"{said.protocol} {said.ports}, {said.direction}{hosts}"


def _corrections(subject: Subject, row: Row) -> Iterator[str]:
    for one in row.corrections:
        who = source_words(subject.catalog.sources[one.source])
        yield (
            f'{one.field}: printed "{one.published}", right is "{one.correct}". {one.why} ({who})'
        )


def source_words(source: Source) -> str:
    """A source's title, and the day on which it was read."""
    return f"{source.title}, read {source.read}" if source.read else f"{source.title} (cited)"


def bounds(subject: Subject, sources: Mapping[str, str]) -> tuple[Bound, ...]:
    """The quotas of the stack's cloud, with the values that hold here."""
    quotas = subject.settings.quotas
    raised: dict[str, int] = {
        "SECURITY_GROUP_RULES": quotas.security_group_rules,
        "SECURITY_GROUPS_PER_INTERFACE": quotas.security_groups_per_interface,
        "NETWORK_ACL_ENTRIES": quotas.network_acl_entries,
    }
    chosen = ON_AWS if subject.settings.cloud is Cloud.AWS else ON_AZURE
    return tuple(
        Bound(words, raised.get(name, default), default, sources.get(name, ""))
        for name, (words, default) in {**chosen, **OURS}.items()
    )
