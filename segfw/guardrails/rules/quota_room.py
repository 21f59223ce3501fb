"""Quotas with room for a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import Direction
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import held, whole
from segfw.sets.addresses import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.view import View

NEARLY = 0.9
"""From this part of a quota on, its use is listed."""


def judge(view: View) -> Iterator[Found]:
    """Groups and ACLs by direction and family, NSGs as a whole."""
    for holder in view.holders:
        limit, what = _limit(view, holder)
        for used, where in _used(holder):
            said = f"{used:,} of {limit:,} {what}{where}"
            if used > limit:
                message = f"{said}: more than the quota"
                yield Found(Verdict.VIOLATED, holder.urn, holder.label, message)
            elif used and used >= NEARLY * limit:
                message = f"{said}: room for {limit - used:,} more in one update"
                yield Found(Verdict.LISTED, holder.urn, holder.label, message)


def _limit(view: View, holder: Holder) -> tuple[int, str]:
    gateway = holder.gateway or view.gateway
    quotas = held(gateway.settings, "quotas") if gateway else None
    match holder.kind:
        case "security group":
            said = whole(held(quotas, "securityGroup").get("rules"))
            return said or limits.SECURITY_GROUP_RULES, "rules"
        case "network ACL":
            said = whole(held(quotas, "networkAcl").get("entries"))
            most = said or limits.NETWORK_ACL_ENTRIES
            return most - limits.NETWORK_ACL_IMPLICIT_ENTRIES, "entries"
        case _:
            return limits.NSG_RULES, "rules"


def _used(holder: Holder) -> Iterator[tuple[int, str]]:
    """Rules as the cloud counts them: a prefix list as its most entries, a prefix as one."""
    if holder.kind == "NSG":
        yield len({(rule.resource.urn, rule.where) for rule in holder.own_rules}), ""
        return
    for direction in Direction:
        for family in Family:
            own = (rule for rule in holder.own_rules if rule.direction is direction)
            used = sum(rule.cost.get(family, 0) for rule in own)
            yield used, f" ({direction.value}, {family.label})"


GUARDRAIL = Guardrail(
    id="quota-room",
    statement="No quota is exceeded, and one that is nearly used up is listed.",
    why="An update holds old and new rules side by side: without room it fails half-way.",
    severity=Severity.LOW,
    judge=judge,
    fix="See the page on fitting: `fit: merge`, `groups`, or a raised quota.",
    undecided=REPORTED,
    answers=("ec2_securitygroup_with_many_ingress_egress_rules", "excessiveSecurityGroups"),
)
