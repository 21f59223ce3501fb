"""What does not fit a quota, said with the numbers, the costs and the cheapest way out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from segfw.compiler.security_group import weight
from segfw.flow import Point
from segfw.limits import NETWORK_ACL_ENTRIES_MOST, SECURITY_GROUP_PRODUCT
from segfw.problems import Problem, ProblemsFound
from segfw.rule import RuleSet
from segfw.settings.types import Fit, Interface, NetworkAclSettings, Quotas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.rule import Usage
    from segfw.settings.types import Settings

Attempt = Callable[[Interface, Quotas], RuleSet]
"""The compile of one enforcement point, under other settings of its interface, or other quotas."""
SERVE_NONE = {Point.NETWORK_ACL: "guards", Point.NSG: "closing denies"}
"""What rules that serve no feature are counted under."""
COSTLIEST = 3
"""How many features a problem names."""


def refuse_what_does_not_fit(
    settings: Settings,
    attempts: Iterable[tuple[RuleSet, Interface, Attempt]],
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
    costs = ", ".join(str(cost) for cost in _costs(rule_set, usage))
    return (
        f"{rule_set.label}{group}: {usage.used}{way}{family} {what}, {usage.over} over the "
        f"{bound}{kept}; most come from {costs}."
    )


class _Cost(NamedTuple):
    """What a feature, or what serves none, takes of a quota."""

    name: str
    own: int
    """What switching the feature off would save."""
    shared: int
    """What other features need too."""

    def __str__(self) -> str:
        if not self.shared:
            return f'"{self.name}" ({self.own})'
        return f'"{self.name}" ({self.own} of its own, {self.shared} shared)'


def _costs(rule_set: RuleSet, usage: Usage) -> list[_Cost]:
    """The features that cost most, shared rules counted to each that needs them."""
    own: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    for rule in rule_set.rules:
        if usage.direction in (None, rule.direction):
            cost = weight(rule, usage.family) if usage.family else max(len(rule.prefixes), 1)
            names = rule.features or (SERVE_NONE[rule_set.point],)
            for name in names:
                (own if len(names) == 1 else shared)[name] += cost
    costs = [_Cost(name, own[name], shared[name]) for name in {**own, **shared}]
    return sorted(costs, key=lambda cost: (-cost.own - cost.shared, -cost.own, cost.name))[
        :COSTLIEST
    ]


def _way_out(settings: Settings, rule_set: RuleSet, interface: Interface, attempt: Attempt) -> str:
    """The cheapest setting that fits, with its numbers; else the quota that would be enough."""
    for words, tried in _settings_to_try(settings, rule_set, interface):
        result = attempt(tried, settings.quotas)
        if _fits(result):
            return f"{words} {_result(rule_set, result)}, and fits."
    raised = _raised_quota(settings, rule_set, interface, attempt)
    if raised is None:
        grants = "Azure raises neither quota" if rule_set.point is Point.NSG else MOST_GRANTED
        return f"{NOTHING_FITS}, and {grants}; narrow the networks or switch features off."
    return (
        f"{NOTHING_FITS}; {raised} would, once AWS has raised it. Otherwise narrow the networks "
        "or switch features off."
    )


NOTHING_FITS = "No setting of fit or groups fits"
MOST_GRANTED = "the most that AWS grants would not be enough"


def _fits(result: RuleSet) -> bool:
    return all(usage.over <= 0 for usage in result.usage)


def _raised_quota(
    settings: Settings, rule_set: RuleSet, interface: Interface, attempt: Attempt
) -> str | None:
    """The least quota that would be enough, as it is written; None where no cloud grants it."""
    if rule_set.point is Point.SECURITY_GROUP:
        return _raised_group(settings, rule_set, interface, attempt)
    if rule_set.point is Point.NETWORK_ACL:
        return _raised_acl(settings, interface, attempt)
    return None


def _raised_group(
    settings: Settings, rule_set: RuleSet, interface: Interface, attempt: Attempt
) -> str | None:
    chosen = interface.security_group
    merged = attempt(
        replace(interface, security_group=replace(chosen, fit=Fit.MERGE)), settings.quotas
    )
    fewest = min((rule_set, merged), key=_most_used)
    rules = _most_used(fewest) + chosen.reserve
    groups = min(settings.quotas.security_groups_per_interface, SECURITY_GROUP_PRODUCT // rules)
    if groups < chosen.groups:
        return None
    fit = "" if fewest is rule_set else "securityGroup.fit: merge with "
    return f"{fit}quotas.securityGroup: {{rules: {rules}, groupsPerInterface: {groups}}}"


def _most_used(rule_set: RuleSet) -> int:
    return max(usage.used for usage in rule_set.usage)


def _raised_acl(settings: Settings, interface: Interface, attempt: Attempt) -> str | None:
    """By the fit that widens nothing where that is enough, else by a superset."""
    entries = range(settings.quotas.network_acl_entries + 1, NETWORK_ACL_ENTRIES_MOST + 1)
    acl = interface.network_acl
    if acl is None:
        return None
    for fit in (Fit.MERGE, Fit.SUPERSET):
        tried = replace(interface, network_acl=replace(acl, fit=fit))

        def enough(count: int, tried: Interface = tried) -> bool:
            return _fits(attempt(tried, replace(settings.quotas, network_acl_entries=count)))

        at = bisect_left(entries, True, key=enough)  # noqa: FBT003 - the least that is enough
        if at < len(entries):
            return f"networkAcl.fit: {fit.value} with quotas.networkAcl: {{entries: {entries[at]}}}"
    return None


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
