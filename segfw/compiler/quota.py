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
from segfw.sets.addresses import Family
from segfw.settings.types import Fit, Interface, Quotas

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
        over = _fullest(usage for usage in rule_set.usage if usage.over > 0)
        if over:
            way_out = _way_out(settings, rule_set, interface, attempt)
            path = f"interfaces.{interface.name}"
            problems.extend(
                Problem(settings.place(path), path, f"{_over(rule_set, usage)} {way_out}")
                for usage in over
            )
    if problems:
        raise ProblemsFound(problems)


def _fullest(over: Iterable[Usage]) -> list[Usage]:
    """Each quota once: of several groups, the one that is most over."""
    found: dict[tuple[object, ...], Usage] = {}
    for usage in sorted(over, key=lambda usage: -usage.over):
        what = "group" if usage.what.startswith("group") else usage.what
        found.setdefault((what, usage.direction, usage.family), usage)
    return list(found.values())


def _over(rule_set: RuleSet, usage: Usage) -> str:
    family = f" {usage.family.label}" if usage.family else ""
    way = f" {usage.direction.value}" if usage.direction else ""
    in_groups = usage.what.startswith("group")
    what = "rules" if in_groups else usage.what
    alike = (usage.direction, usage.family)
    count = usage.used
    if in_groups:
        count = sum(one.used for one in rule_set.usage if (one.direction, one.family) == alike)
    spread = f" in {rule_set.groups} groups, {usage.used} in the fullest" * (rule_set.groups > 1)
    kept = f" that leave {usage.reserve} of {usage.limit} free for an update" * bool(usage.reserve)
    bound = usage.limit - usage.reserve
    costs = ", ".join(str(cost) for cost in _costs(rule_set, usage))
    return (
        f"{rule_set.label}: {count}{way}{family} {what}{spread}, {usage.over} over the "
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
    """The cheapest setting that fits and opens nothing more, with its numbers.

    Else the quota that would be enough, and for a network ACL what a superset would open.
    """
    for words, tried in _settings_to_try(settings, rule_set, interface):
        result = attempt(tried, settings.quotas)
        if _fits(result):
            return f"{words} {_result(rule_set, result)}, and fits."
    raised = _raised_quota(settings, rule_set, interface, attempt)
    would = f"{raised} would, once AWS has raised it" if raised else ""
    is_acl = rule_set.point is Point.NETWORK_ACL
    if is_acl and (superset := _superset(settings, interface, attempt)):
        would = f"{would}; or {superset}" if raised else superset
        return f"{NOTHING_FITS} and opens nothing more; {would}."
    if raised:
        return f"{NOTHING_FITS}; {would}. Otherwise narrow the networks or switch features off."
    grants = "Azure raises neither quota" if rule_set.point is Point.NSG else MOST_GRANTED
    return f"{NOTHING_FITS}, and {grants}; narrow the networks or switch features off."


NOTHING_FITS = "No setting of fit or groups fits"
MOST_GRANTED = "the most that AWS grants would not be enough"


def _superset(settings: Settings, interface: Interface, attempt: Attempt) -> str:
    """What a superset within today's quota would open; empty where there is none."""
    words, tried = _with_acl(interface, Fit.SUPERSET)
    result = attempt(tried, settings.quotas)
    if not _fits(result):
        return ""
    opened = ", ".join(
        f"{size:,} ({far_end}, port) pairs"
        for family, far_end in ((Family.IPV4, "address"), (Family.IPV6, "/64 network"))
        if (size := _added(result, family))
    )
    return f"{words} fits today, and opens {opened} more"


def _added(result: RuleSet, family: Family) -> int:
    shift = family.bits - 64 if family is Family.IPV6 else 0
    return sum(w.space.size() >> shift for w in result.widenings if w.space.family is family)


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
    """As things are set where that is enough, else in one group or merged.

    Several groups keep a reserve each, and AWS bounds the product of rules and groups.
    """
    chosen = interface.security_group
    tries = {
        (fit, groups): None for fit in (chosen.fit, Fit.MERGE) for groups in (chosen.groups, 1)
    }
    for fit, groups in tries:
        tried = replace(interface, security_group=replace(chosen, fit=fit, groups=groups))
        as_set = (fit, groups) == (chosen.fit, chosen.groups)
        result = rule_set if as_set else attempt(tried, settings.quotas)
        rules = max(usage.used for usage in result.usage) + chosen.reserve
        most = min(settings.quotas.security_groups_per_interface, SECURITY_GROUP_PRODUCT // rules)
        if most >= groups:
            quota = f"quotas.securityGroup: {{rules: {rules}, groupsPerInterface: {most}}}"
            words = _group_words(interface, tried)
            return f"{words} with {quota}" if words else quota
    return None


def _group_words(interface: Interface, tried: Interface) -> str:
    """The settings of a security group that differ, as they are written."""
    before, after = interface.security_group, tried.security_group
    path = f"interfaces.{interface.name}.securityGroup"
    fit = f"{path}.fit: {after.fit.value}"
    groups = f"{path}.groups: {after.groups}"
    return " and ".join(
        [fit] * (before.fit is not after.fit) + [groups] * (before.groups != after.groups)
    )


def _raised_acl(settings: Settings, interface: Interface, attempt: Attempt) -> str | None:
    """By the fit that widens nothing where that is enough, else by a superset."""
    entries = range(settings.quotas.network_acl_entries + 1, NETWORK_ACL_ENTRIES_MOST + 1)
    for fit in (Fit.MERGE, Fit.SUPERSET):
        words, tried = _with_acl(interface, fit)

        def enough(count: int, tried: Interface = tried) -> bool:
            return _fits(attempt(tried, replace(settings.quotas, network_acl_entries=count)))

        at = bisect_left(entries, True, key=enough)  # noqa: FBT003 - the least that is enough
        if at < len(entries):
            return f"{words} with quotas.networkAcl: {{entries: {entries[at]}}}"
    return None


def _with_acl(interface: Interface, fit: Fit) -> tuple[str, Interface]:
    """The interface with another fit of its network ACL, and how that is written."""
    if interface.network_acl is None:
        raise AssertionError(f"{interface.name} has no network ACL")
    tried = replace(interface, network_acl=replace(interface.network_acl, fit=fit))
    return f"interfaces.{interface.name}.networkAcl.fit: {fit.value}", tried


def _result(before: RuleSet, after: RuleSet) -> str:
    if after.groups != before.groups and len(after.rules) == len(before.rules):
        return f"spreads them over {after.groups} groups"
    return f"makes {len(after.rules)} of {len(before.rules)} rules"


def _settings_to_try(
    settings: Settings, rule_set: RuleSet, interface: Interface
) -> Iterator[tuple[str, Interface]]:
    """Other settings of the interface that open nothing more, the smallest change first."""
    if rule_set.point is Point.NETWORK_ACL:
        yield from (_with_acl(interface, fit) for fit in (Fit.DROP, Fit.MERGE))
    elif rule_set.point is Point.NSG:
        for fit in (Fit.DROP, Fit.MERGE):
            words = f"interfaces.{interface.name}.nsg.fit: {fit.value}"
            yield words, replace(interface, nsg=replace(interface.nsg, fit=fit))
    else:
        chosen = interface.security_group
        more = range(chosen.groups + 1, settings.quotas.security_groups_per_interface + 1)
        fits = [fit for fit in (Fit.DROP, Fit.MERGE) if fit is not chosen.fit]
        for tried in (
            *(replace(chosen, fit=fit) for fit in fits),
            *(replace(chosen, groups=groups) for groups in more),
            *(replace(chosen, fit=Fit.MERGE, groups=groups) for groups in more),
        ):
            other = replace(interface, security_group=tried)
            yield _group_words(interface, other), other
