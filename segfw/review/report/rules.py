"""Enforcement points: every rule with why it is there, quotas, and what no flow asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.review.exposure import ports_words
from segfw.review.readme import attached_elsewhere
from segfw.review.report.edges import rule_anchor
from segfw.review.report.subject import anchor, feature_name, widest
from segfw.review.report.traffic import Beyond, Gauge, InterfaceView, PointView, RuleRow
from segfw.review.spacewords import address_words
from segfw.review.tables import guarded_services, peer_words, point_facts, point_title, why
from segfw.rule import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.review.report.subject import Subject
    from segfw.review.tables import Services
    from segfw.rule import Rule, RuleSet, Usage

LIMITS = {
    Point.SECURITY_GROUP: "SECURITY_GROUP_RULES",
    Point.NETWORK_ACL: "NETWORK_ACL_ENTRIES",
    Point.NSG: "NSG_RULES",
}
"""The name in `segfw.limits` of what an enforcement point's rules are counted against."""
PREFIXES = "NSG_PREFIXES"


def points(subject: Subject) -> tuple[PointView, ...]:
    """Each enforcement point with its rules, in the plan's order."""
    services = guarded_services(subject.plan, subject.catalog)
    return tuple(_point(subject, rule_set, services) for rule_set in subject.plan.rule_sets)


def point_anchor(rule_set: RuleSet) -> str:
    """Where an enforcement point stands in a page."""
    return anchor("point", rule_set.point.value, rule_set.interface)


def _point(subject: Subject, rule_set: RuleSet, services: Services) -> PointView:
    return PointView(
        anchor=point_anchor(rule_set),
        title=point_title(subject.plan, rule_set),
        short=point_words(rule_set),
        interface=rule_set.interface,
        facts=tuple(point_facts(subject.plan, rule_set, quotas=False)),
        elsewhere=attached_elsewhere(subject.plan, rule_set.point.value, rule_set.interface),
        label=rule_set.label,
        rules=tuple(_rule(subject, rule_set, rule, services) for rule in rule_set.rules),
        numbered=rule_set.point is not Point.SECURITY_GROUP,
        grouped=rule_set.groups > 1,
    )


def point_words(rule_set: RuleSet) -> str:
    """``security groups (2), 57 rules``."""
    what = rule_set.point.label
    if rule_set.groups > 1:
        what = f"{rule_set.groups} {what}s"
    noun = "entry" if rule_set.point is Point.NETWORK_ACL else "rule"
    count = len(rule_set.rules)
    plural = "entries" if noun == "entry" else "rules"
    return f"{what}: {count} {noun if count == 1 else plural}"


def _rule(subject: Subject, rule_set: RuleSet, rule: Rule, services: Services) -> RuleRow:
    flows = rule.flows
    serves: dict[str, dict[str, str]] = {}
    for flow in flows:
        rows = serves.setdefault(feature_name(flow), {})
        if not flow.custom:
            rows[flow.row] = flow.label
    opens = flows and not rule.reply and rule.action is Action.ALLOW
    return RuleRow(
        anchor=rule_anchor(rule_set, rule),
        name=rule.name,
        number=str(rule.number) if rule_set.point is not Point.SECURITY_GROUP else "",
        inward=rule.direction is Direction.INGRESS,
        denies=rule.action is Action.DENY,
        protocol=rule.protocol.value if rule.protocol else "any",
        ports=ports_words(rule.ports, rule.icmp),
        peer=peer_words(rule),
        group=str(rule.group) if rule_set.groups > 1 else "",
        why="" if flows else why(rule, services),
        replies=rule.reply,
        serves=tuple((feature, tuple(rows.items())) for feature, rows in serves.items()),
        reach=widest(map(subject.reach, flows)) if opens else "",
        lines=subject.lines(flows),
    )


def interfaces(subject: Subject) -> tuple[InterfaceView, ...]:
    """Each interface with what guards it, those that the internet reaches first."""
    return tuple(
        InterfaceView(
            name=name,
            roles=", ".join(sorted(role.value for role in one.roles)),
            external=one.external,
            subnets=tuple(map(str, one.subnets)),
            points=tuple(
                (point_anchor(rule_set), point_words(rule_set))
                for rule_set in subject.plan.rule_sets
                if rule_set.interface == name
            ),
        )
        for name, one in subject.interfaces
    )


def gauges(subject: Subject, sources: Mapping[str, str]) -> tuple[Gauge, ...]:
    """Each quota of which something is used, the fullest first.

    *sources* says of a limit's name in `segfw.limits` where it was read.
    """
    found = [
        Gauge(
            point=rule_set.label,
            what=_usage_words(usage),
            used=usage.used,
            limit=usage.limit,
            reserve=usage.reserve,
            source=sources.get(limit_of(rule_set.point, usage.what), ""),
        )
        for rule_set in subject.plan.rule_sets
        for usage in rule_set.usage
        if usage.used
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.point, one.what)))


def limit_of(point: Point, what: str) -> str:
    """The name in `segfw.limits` of the quota that a usage is measured against."""
    return PREFIXES if what.endswith("prefixes") else LIMITS[point]


def _usage_words(usage: Usage) -> str:
    way = usage.direction.value if usage.direction else ""
    family = usage.family.label if usage.family else ""
    return " ".join(part for part in (usage.what, way, family) if part)


def beyond(subject: Subject) -> tuple[Beyond, ...]:
    """What a security group, network ACL or NSG allows that no flow asks for."""
    return tuple(_beyond(subject))


def _beyond(subject: Subject) -> Iterator[Beyond]:
    for rule_set in subject.plan.rule_sets:
        for widening in rule_set.widenings:
            yield Beyond(
                point=rule_set.label,
                interface=rule_set.interface,
                inward=widening.direction is Direction.INGRESS,
                space=tuple(
                    (str(service), address_words(held)) for service, held in widening.space.boxes()
                ),
                why=widening.why,
            )
