"""Inline and standalone rules do not mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.security_groups import LEGACY_RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.view import View


INLINE = {
    "security group": {Direction.INGRESS: "ingress", Direction.EGRESS: "egress"},
    "network ACL": {Direction.INGRESS: "ingress", Direction.EGRESS: "egress"},
    "NSG": dict.fromkeys(Direction, "securityRules"),
}


def judge(view: View) -> Iterator[Found]:
    """Groups, ACLs and NSGs with rules of two forms, which remove each other at every update."""
    for holder in view.holders:
        sure, may_be = _forms(holder)
        if len(sure) > 1:
            message = f"it has {' and '.join(sorted(sure))} rules"
            yield Found(Verdict.VIOLATED, holder.urn, holder.label, message)
        elif len(sure | may_be) > 1:
            message = f"it may have {' and '.join(sorted(sure | may_be))} rules"
            yield Found(Verdict.OPEN, holder.urn, holder.label, message)


def _forms(holder: Holder) -> tuple[set[str], set[str]]:
    """The forms that its rules surely have, and those that they may have."""
    found: set[str] = set()
    may_be: set[str] = set()
    for rule in holder.own_rules:
        inline = rule.resource.urn == holder.urn
        legacy = rule.resource.type == LEGACY_RULE
        form = "inline" if inline else "legacy" if legacy else "standalone"
        (may_be if inline and rule.whole else found).add(form)
        if not inline and holder.resource is not None:
            # An empty list is a list too: it removes what stands outside it.
            field = INLINE[holder.kind][rule.direction]
            if holder.resource.inputs.get(field) == []:
                found.add("inline")
    return found, may_be


GUARDRAIL = Guardrail(
    id="one-form",
    statement="A group, ACL or NSG has its rules in one form: inline, standalone or legacy.",
    why="Each form takes the other's rules for strangers and removes them: access comes and goes.",
    severity=Severity.HIGH,
    judge=judge,
    fix=(
        "Keep one form; for security groups the standalone rules, for ACLs and NSGs the "
        "inline ones."
    ),
    undecided=REPORTED,
    answers=(
        "securityGroupNoRuleManagementConflicts",
        "aws_security_group_inline_rules",
        "aws_security_group_rule_deprecated",
    ),
)
