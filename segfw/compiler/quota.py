"""What does not fit a quota, said with the numbers, the costs and the cheapest way out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from segfw.compiler.security_group import weight
from segfw.flow import Point
from segfw.problems import Problem, ProblemsFound
from segfw.settings.types import Fit, NetworkAclSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from segfw.rule import RuleSet, Usage
    from segfw.settings.types import Interface, Settings

SERVE_NONE = {Point.NETWORK_ACL: "guards", Point.NSG: "closing denies"}
"""What rules that serve no feature are counted under."""
COSTLIEST = 3
"""How many features a problem names."""


def refuse_what_does_not_fit(
    settings: Settings,
    attempts: Iterable[tuple[RuleSet, Interface, Callable[[Interface], RuleSet]]],
) -> None:
    """Raise a problem for each quota that a rule set is over.

    Raises:
        ProblemsFound: at least one rule set does not fit.
    """
    problems: list[Problem] = []
    for rule_set, interface, attempt in attempts:
        over = [usage for usage in rule_set.usage if usage.over > 0]
        if over:
            way_out = _way_out(settings, rule_set, interface, attempt)
            path = f"interfaces.{interface.name}"
            problems.extend(
                Problem(settings.place(path), path, f"{_over(rule_set, usage)} {way_out}")
                for usage in over
            )
    if problems:
        raise ProblemsFound(problems)


def _over(rule_set: RuleSet, usage: Usage) -> str:
    family = f" {usage.family.label}" if usage.family else ""
    way = f" {usage.direction.value}" if usage.direction else ""
    group = f" in {usage.what}" if usage.what.startswith("group") else ""
    what = usage.what if not group and usage.what != "rules" else "rules"
    kept = f" that leave {usage.reserve} of {usage.limit} free for an update" * bool(usage.reserve)
    bound = usage.limit - usage.reserve
    costs = ", ".join(f'"{name}" ({count})' for name, count in _costs(rule_set, usage))
    return (
        f"{rule_set.label}{group}: {usage.used}{way}{family} {what}, {usage.over} over the "
        f"{bound}{kept}; most come from {costs}."
    )


def _costs(rule_set: RuleSet, usage: Usage) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for rule in rule_set.rules:
        if usage.direction in (None, rule.direction):
            cost = rule.features[0] if rule.features else SERVE_NONE[rule_set.point]
            counts[cost] += (
                weight(rule, usage.family) if usage.family else max(len(rule.prefixes), 1)
            )
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:COSTLIEST]


def _way_out(
    settings: Settings,
    rule_set: RuleSet,
    interface: Interface,
    attempt: Callable[[Interface], RuleSet],
) -> str:
    """The cheapest setting that fits, with its numbers; or that none does."""
    for words, tried in _settings_to_try(settings, rule_set, interface):
        result = attempt(tried)
        if all(usage.over <= 0 for usage in result.usage):
            return f"{words} {_result(rule_set, result)}, and fits."
    return (
        "No setting of fit or groups fits; narrow the networks, switch features off, "
        "or have the quota raised and say so under quotas."
    )


def _result(before: RuleSet, after: RuleSet) -> str:
    if after.groups != before.groups and len(after.rules) == len(before.rules):
        return f"spreads them over {after.groups} groups"
    return f"makes {len(after.rules)} of {len(before.rules)} rules"


def _settings_to_try(
    settings: Settings, rule_set: RuleSet, interface: Interface
) -> Iterator[tuple[str, Interface]]:
    """Other settings of the interface, the smallest change first."""
    if rule_set.point is Point.NETWORK_ACL and interface.network_acl is not None:
        acl: NetworkAclSettings = interface.network_acl
        for fit in (Fit.DROP, Fit.MERGE, Fit.SUPERSET):
            words = f"networkAcl.fit: {fit.value}"
            yield words, replace(interface, network_acl=replace(acl, fit=fit))
    elif rule_set.point is Point.NSG:
        for fit in (Fit.DROP, Fit.MERGE):
            yield f"nsg.fit: {fit.value}", replace(interface, nsg=replace(interface.nsg, fit=fit))
    else:
        chosen = interface.security_group
        most = settings.quotas.security_groups_per_interface
        for fit in (Fit.DROP, Fit.MERGE):
            words = f"securityGroup.fit: {fit.value}"
            yield words, replace(interface, security_group=replace(chosen, fit=fit))
        for groups in range(chosen.groups + 1, most + 1):
            words = f"securityGroup.groups: {groups}"
            yield words, replace(interface, security_group=replace(chosen, groups=groups))
        for groups in range(chosen.groups + 1, most + 1):
            words = f"securityGroup.fit: merge with groups: {groups}"
            tried = replace(chosen, fit=Fit.MERGE, groups=groups)
            yield words, replace(interface, security_group=tried)
