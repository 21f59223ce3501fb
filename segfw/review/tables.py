"""A plan as tables of plain words, which text and Markdown then set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Protocol
from segfw.effective import effective_rows
from segfw.flow import Point
from segfw.review.checklist import checklist
from segfw.review.exposure import Reach, exposure, firewall_point, ports_words
from segfw.review.readme import attached_by, cloud_blocks
from segfw.review.remarks import all_remarks, redundancies, widenings
from segfw.review.sections import Item, Section, Table, counted
from segfw.rule import Action
from segfw.sets.ports import PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, Row
    from segfw.flow import Flow
    from segfw.plan import Plan
    from segfw.review.checklist import ToDo
    from segfw.review.exposure import Opening
    from segfw.rule import Rule, RuleSet, Usage

    Services = tuple[tuple[Row, PortSet], ...]

HEADERS = ("Direction", "Protocol", "Ports", "Peer")
PEERS_SHOWN = 3
"""How many names a far end has before the rest is counted; the reasons are never cut."""
REACHES = {
    Reach.FROM_INTERNET: "from the internet",
    Reach.FROM_ANYWHERE: "from anyone inside",
    Reach.MANAGEMENT: "management",
    Reach.TO_ANYWHERE: "to any address",
}
NOTHING = {
    Reach.FROM_INTERNET: "from the internet: nothing",
    Reach.MANAGEMENT: "management: from nowhere",
    Reach.TO_ANYWHERE: "to any address: nothing",
}
"""What is said where there is no opening of a kind that a reviewer looks for."""


def sections(
    plan: Plan, catalog: Catalog, *, today: date, rules: bool, commands: bool
) -> Iterator[Section]:
    """The plan from top to bottom.

    Without *rules* the tables of rules are left out, without *commands* what to enter on
    the gateway.
    """
    yield _head(plan, catalog)
    yield _exposure(plan, catalog)
    services = guarded_services(plan, catalog)
    for rule_set in plan.rule_sets:
        table = rule_table(rule_set, services) if rules else None
        yield Section(point_title(plan, rule_set), tuple(point_facts(plan, rule_set)), table)
    wide = widenings(plan)
    yield Section("Widenings", wide or ("None: the rules allow exactly what the features need.",))
    extra = redundancies(plan)
    if extra:
        yield Section("Redundant rules (kept: each says why something is open)", extra)
    remarks = tuple(str(remark) for remark in all_remarks(plan, catalog, today=today))
    if remarks:
        yield Section("Warnings and notes", remarks)
    yield checklist_section(plan, catalog, today=today, commands=commands)
    yield Section("What the cloud still blocks", cloud_blocks(plan))
    yield Section("Proof", (proof_words(plan),))


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


def point_title(plan: Plan, rule_set: RuleSet) -> str:
    """``Security group "public" (public; external)``."""
    interface = plan.settings.interfaces[rule_set.interface]
    roles = ", ".join(sorted(role.value for role in interface.roles))
    reach = "external" if interface.external else "internal"
    return f"{rule_set.label[0].upper()}{rule_set.label[1:]} ({roles}; {reach})"


def point_facts(plan: Plan, rule_set: RuleSet, *, quotas: bool = True) -> Iterator[str]:
    """Who attaches it, how it was fitted, its quotas, and what it never sees."""
    yield attached_by(plan, rule_set.point.value, rule_set.interface)
    groups = f", groups: {rule_set.groups}" if rule_set.groups > 1 else ""
    serving = [rule for rule in rule_set.rules if rule.flows]
    closing = len(rule_set.rules) - len(serving)
    kind = "guards" if rule_set.point is Point.NETWORK_ACL else "closing denies"
    besides = f" and {closing} {kind}" if closing else ""
    before = f" ({rule_set.before} before fitting)" if rule_set.before != len(serving) else ""
    rules = counted(len(serving), "rule")
    yield f"fit: {rule_set.fit.value}{groups}; {rules} for flows{before}{besides}"
    if quotas:
        yield from (f"quota: {_usage_text(usage)}" for usage in rule_set.usage if usage.used)
    if rule_set.unfiltered:
        yield f"not filtered here (own subnet): {', '.join(rule_set.unfiltered)}"


def _usage_text(usage: Usage) -> str:
    family = f" {usage.family.label}" if usage.family else ""
    way = f"{usage.direction.value}" if usage.direction else ""
    room = f", room to change {usage.room}" if usage.reserve else ""
    what = " ".join(part for part in (usage.what, way, family.strip()) if part)
    return f"{what}: {usage.used} of {usage.limit}{room}"


def _exposure(plan: Plan, catalog: Catalog) -> Section:
    """What a reviewer asks first: who reaches the gateway, and whom it reaches."""
    openings = exposure(plan, catalog)
    missing = set(NOTHING) - {opening.reach for opening in openings}
    point = firewall_point(plan)
    admits = f" (what the {point.label}s admit)" if point else ""
    rows = tuple(
        (REACHES[one.reach], one.interface, _far_end(one), _services(one)) for one in openings
    )
    return Section(
        f"Exposure{admits}",
        tuple(text for reach, text in NOTHING.items() if reach in missing),
        Table(("Reach", "Interface", "Peer", "What"), rows) if rows else None,
    )


def _far_end(opening: Opening) -> str:
    if any(prefix.whole for prefix in opening.prefixes):
        return opening.addresses
    public = ", public ones among them" if opening.public else ""
    return f"{opening.peer} ({opening.addresses}{public})"


def _services(opening: Opening) -> str:
    return ", ".join(
        f"{one.protocol.value} {one.ports} ({', '.join(one.features)})" for one in opening.services
    )


def rule_table(rule_set: RuleSet, services: Services = ()) -> Table:
    """The rules of one enforcement point; numbered where order matters.

    *services* are those of the gateway that a guard may stand before.
    """
    ordered = rule_set.point is not Point.SECURITY_GROUP
    several = rule_set.groups > 1
    return Table(
        (
            *(("Number",) if ordered else ()),
            *HEADERS,
            *(("Group",) if several else ()),
            "Why",
        ),
        tuple(
            (
                *((str(rule.number),) if ordered else ()),
                _way(rule),
                rule.protocol.value if rule.protocol else "any",
                ports_words(rule.ports, rule.icmp),
                peer_words(rule),
                *((str(rule.group),) if several else ()),
                why(rule, services),
            )
            for rule in rule_set.rules
        ),
    )


def _way(rule: Rule) -> str:
    arrow = "in" if rule.direction is Direction.INGRESS else "out"
    return f"deny {arrow}" if rule.action is Action.DENY else arrow


def peer_words(rule: Rule) -> str:
    """The far end with the names that the stack has for it."""
    names = sorted({flow.peer.name for flow in rule.flows} - {""})
    if not names or not rule.prefixes:
        return rule.peer_text
    more = len(names) - PEERS_SHOWN
    shown = ", ".join(names[:PEERS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{rule.peer_text} ({shown})"


def guarded_services(plan: Plan, catalog: Catalog) -> Services:
    """The gateway's own TCP services, each with its ports in this stack (design D6)."""
    return tuple(
        (row, ports)
        for row, ports in effective_rows(plan.settings.features, catalog)
        if row.guarded and Protocol.TCP in row.protocols and not row.excludes_listening
    )


def why(rule: Rule, services: Services = ()) -> str:
    """Every feature with its rows that the rule serves; for a reply, of the flow it answers.

    A guard names those of *services* that it stands before.
    """
    if rule.flows:
        reasons = ", ".join(_reasons(rule.flows))
        return f"replies to {reasons}" if rule.reply else reasons
    if rule.protocol is None:
        return "closes everything else"
    ports = PortSet.of(rule.ports)
    behind = [f"{row.title} ({row.label})" for row, own in services if own & ports]
    return f"guard: {', '.join(behind) or 'a service of the gateway itself'}"


def _reasons(flows: Iterable[Flow]) -> Iterator[str]:
    """``updates (rows 9, 10, 24)``: each feature once, with all its rows."""
    labels: dict[str, dict[str, None]] = {}
    for flow in flows:
        feature = flow.purpose if flow.custom else flow.feature
        labels.setdefault(feature, {})
        if not flow.custom:
            labels[feature][flow.label] = None
    for feature, held in labels.items():
        yield f"{feature} ({', '.join(joined_labels(held))})" if held else feature


def joined_labels(labels: Iterable[str]) -> Iterator[str]:
    """``row 2`` and ``row 21`` as ``rows 2, 21``; any other label as it is."""
    rows: list[str] = []
    others: list[str] = []
    for label in labels:
        kind, _, number = label.partition(" ")
        (rows if kind == "row" else others).append(number if kind == "row" else label)
    if rows:
        yield f"row{'s' if len(rows) > 1 else ''} {', '.join(sorted(rows, key=int))}"
    yield from others


def checklist_section(plan: Plan, catalog: Catalog, *, today: date, commands: bool) -> Section:
    """What is to be done on the gateway itself; without *commands*, where they are."""
    items = checklist(plan, catalog, today=today)
    elsewhere = items and not commands
    where = f" (commands: segfw plan {plan.settings.stack} --checklist)" if elsewhere else ""
    return Section(
        f"On the gateway itself{where}",
        () if items else ("Nothing: no feature of this stack needs it.",),
        items=tuple(_to_do(item, commands=commands) for item in items),
    )


def _to_do(item: ToDo, *, commands: bool) -> Item:
    mark = "x" if item.confirmed else " "
    confirmed = f" (confirmed by {item.confirmed})" if item.confirmed else ""
    text = f"[{mark}] {item.id}: {item.title}{confirmed}"
    if not commands:
        return Item(text)
    doubtful = item.commands and not item.sourced
    notes = (item.why, "Confirm these commands in your release.") if doubtful else (item.why,)
    return Item(text, notes, item.commands)


def proof_words(plan: Plan) -> str:
    """How many comparisons the plan's proof is made of, and what they said."""
    held = sum(1 for proof in plan.proofs if proof.holds)
    return (
        f"holds: {held} of {len(plan.proofs)} comparisons (enforcement point, direction, family); "
        "lifted back, the resources allow what the flows mean and the widenings above, "
        "and nothing else."
    )
