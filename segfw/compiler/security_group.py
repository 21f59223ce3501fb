"""Flows of one interface to the rules of its security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.compiler.expand import by_far_end, unique
from segfw.compiler.fit import reshape
from segfw.flow import Flow, Point
from segfw.naming import content_word, rendezvous, rule_name
from segfw.rule import Rule, RuleSet, Usage
from segfw.sets.addresses import Family
from segfw.settings.types import Interface, Quotas, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable


def compile_security_group(interface: Interface, flows: Iterable[Flow], quotas: Quotas) -> RuleSet:
    """The interface's rules, each in the group that its content hashes to."""
    chosen = interface.security_group
    expanded = unique(by_far_end(f for f in flows if Point.SECURITY_GROUP in f.points))
    rules = [
        rule._replace(
            name=rule_name(interface.name, rule),
            group=rendezvous(content_word(rule), chosen.groups),
        )
        for rule in reshape(expanded, chosen.fit)
    ]
    ordered = tuple(sorted(rules, key=lambda rule: rule.reading_order))
    return RuleSet(
        point=Point.SECURITY_GROUP,
        interface=interface.name,
        fit=chosen.fit,
        rules=ordered,
        before=len(expanded),
        usage=_usage(ordered, chosen.groups, chosen.reserve, quotas.security_group_rules),
        groups=chosen.groups,
    )


def weight(rule: Rule, family: Family) -> int:
    """What a rule counts against the quota of one family.

    A security group counts once in both families; a prefix list as many as its maximum
    entries (AWS VPC user guide, "Security group rules quotas").
    """
    if family not in rule.families:
        return 0
    is_list = rule.reference is not None and rule.reference.kind is ReferenceKind.PREFIX_LIST
    return rule.reference.weight if is_list and rule.reference is not None else 1


def _usage(rules: tuple[Rule, ...], groups: int, reserve: int, limit: int) -> tuple[Usage, ...]:
    return tuple(
        Usage(
            what=f"group {group}" if groups > 1 else "rules",
            direction=direction,
            family=family,
            used=sum(
                weight(rule, family)
                for rule in rules
                if rule.group == group and rule.direction is direction
            ),
            limit=limit,
            reserve=reserve,
        )
        for group in range(1, groups + 1)
        for direction in Direction
        for family in Family
    )
