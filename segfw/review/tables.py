"""A plan as tables of plain words, which text and Markdown then set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.flow import Point
from segfw.review.checklist import checklist
from segfw.review.readme import attached_by, cloud_blocks
from segfw.review.remarks import all_remarks, redundancies, widenings
from segfw.review.sections import Section, Table, counted
from segfw.rule import Action

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.rule import Rule, RuleSet, Usage

HEADERS = ("Direction", "Protocol", "Ports", "Peer", "Why")
FEATURES_SHOWN = 3
"""How many features a line names before it counts the rest."""


def sections(plan: Plan, catalog: Catalog, *, today: date, rules: bool) -> Iterator[Section]:
    """The plan from top to bottom; without *rules* the tables of rules are left out."""
    yield _head(plan, catalog)
    for rule_set in plan.rule_sets:
        table = rule_table(rule_set) if rules else None
        yield Section(_title(plan, rule_set), tuple(_facts(plan, rule_set)), table)
    wide = widenings(plan)
    yield Section("Widenings", wide or ("None: the rules allow exactly what the features need.",))
    extra = redundancies(plan)
    if extra:
        yield Section("Redundant rules (kept: each says why something is open)", extra)
    remarks = tuple(str(remark) for remark in all_remarks(plan, catalog, today=today))
    if remarks:
        yield Section("Warnings and notes", remarks)
    yield _checklist(plan, catalog, today)
    yield Section("What the cloud still blocks", cloud_blocks(plan))
    yield _proof(plan)


def _head(plan: Plan, catalog: Catalog) -> Section:
    settings = plan.settings
    custom = [f"{flow.name} (owner {flow.owner})" for flow in settings.custom_flows]
    return Section(
        f"Plan of {settings.stack}",
        (
            (
                f"{settings.cloud.value} {settings.region or '(region of the provider)'}, "
                f"{settings.gateway.environment.value}, AsyncOS {settings.gateway.release}, "
                f"Cisco region {settings.gateway.cisco_region}, table {catalog.edition}"
            ),
            (
                f"{counted(len(settings.features), 'feature')}, "
                f"{counted(len(plan.flows), 'flow')}, "
                f"{counted(sum(len(r.rules) for r in plan.rule_sets), 'rule')}, "
                f"{counted(sum(1 for _ in plan.resources()), 'resource')} and their components, "
                f"digest {plan.digest[:12]}"
            ),
            f"custom flows: {', '.join(custom) if custom else 'none'}",
        ),
    )


def _title(plan: Plan, rule_set: RuleSet) -> str:
    interface = plan.settings.interfaces[rule_set.interface]
    roles = ", ".join(sorted(role.value for role in interface.roles))
    reach = "external" if interface.external else "internal"
    return f"{rule_set.label[0].upper()}{rule_set.label[1:]} ({roles}; {reach})"


def _facts(plan: Plan, rule_set: RuleSet) -> Iterator[str]:
    yield attached_by(plan, rule_set.point.value, rule_set.interface)
    groups = f", groups: {rule_set.groups}" if rule_set.groups > 1 else ""
    serving = [rule for rule in rule_set.rules if rule.flows]
    closing = len(rule_set.rules) - len(serving)
    kind = "guards" if rule_set.point is Point.NETWORK_ACL else "closing denies"
    besides = f" and {closing} {kind}" if closing else ""
    before = f" ({rule_set.before} before fitting)" if rule_set.before != len(serving) else ""
    rules = counted(len(serving), "rule")
    yield f"fit: {rule_set.fit.value}{groups}; {rules} for flows{before}{besides}"
    yield from (f"quota: {_usage_text(usage)}" for usage in rule_set.usage if usage.used)
    if rule_set.unfiltered:
        yield f"not filtered here (own subnet): {', '.join(rule_set.unfiltered)}"


def _usage_text(usage: Usage) -> str:
    family = f" {usage.family.label}" if usage.family else ""
    way = f"{usage.direction.value}" if usage.direction else ""
    room = f", room to change {usage.room}" if usage.reserve else ""
    what = " ".join(part for part in (usage.what, way, family.strip()) if part)
    return f"{what}: {usage.used} of {usage.limit}{room}"


def rule_table(rule_set: RuleSet) -> Table:
    """The rules of one enforcement point; numbered where order matters."""
    ordered = rule_set.point is not Point.SECURITY_GROUP
    columns = ("Number", *HEADERS) if ordered else HEADERS
    several = rule_set.groups > 1
    return Table(
        (*columns, "Group") if several else columns,
        tuple(
            (
                *((str(rule.number),) if ordered else ()),
                _way(rule),
                rule.protocol.value if rule.protocol else "any",
                _ports(rule),
                _peer(rule),
                why(rule),
                *((str(rule.group),) if several else ()),
            )
            for rule in rule_set.rules
        ),
    )


def _way(rule: Rule) -> str:
    arrow = "in" if rule.direction is Direction.INGRESS else "out"
    return f"deny {arrow}" if rule.action is Action.DENY else arrow


def _ports(rule: Rule) -> str:
    if rule.icmp is None or rule.icmp.kind is None:
        return rule.ports_text
    return f"type {rule.icmp.kind}" + (
        f" code {rule.icmp.code}" if rule.icmp.code is not None else ""
    )


def _peer(rule: Rule) -> str:
    names = sorted({flow.peer.name for flow in rule.flows} - {""})
    named = f" ({', '.join(names[:FEATURES_SHOWN])})" if names and rule.prefixes else ""
    return f"{rule.peer_text}{named}"


def why(rule: Rule) -> str:
    """Feature and row of what the rule serves; for a reply, of the flow that it answers."""
    purposes = list(dict.fromkeys(flow.purpose for flow in rule.flows))
    if not purposes:
        return (
            "closes everything else"
            if rule.protocol is None
            else "guard: a service of the gateway itself"
        )
    more = len(purposes) - FEATURES_SHOWN
    shown = ", ".join(purposes[:FEATURES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"replies to {shown}" if rule.reply else shown


def _checklist(plan: Plan, catalog: Catalog, today: date) -> Section:
    lines = tuple(
        f"[{'x' if item.confirmed else ' '}] {item.id}: {item.title}"
        + (f" (confirmed by {item.confirmed})" if item.confirmed else "")
        for item in checklist(plan, catalog, today=today)
    )
    return Section("On the gateway itself (commands: the stack's readme output)", lines)


def _proof(plan: Plan) -> Section:
    held = sum(1 for proof in plan.proofs if proof.holds)
    verdict = (
        f"holds: {held} of {len(plan.proofs)} comparisons (enforcement point, direction, family); "
        "lifted back, the resources allow what the flows mean and the widenings above, "
        "and nothing else."
    )
    return Section("Proof", (verdict,))
