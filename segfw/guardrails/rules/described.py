"""Every rule says what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import mapping
from segfw.inventory import UNKNOWN
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.reading.seen import Seen
    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Rules without a description, and rules of ours that no feature and row is recorded for."""
    for holder in (*view.security_groups, *view.nsgs):
        traced = holder.gateway.rules if holder.gateway else mapping(None)
        for rule in holder.own_rules:
            if rule.description is UNKNOWN or rule.description is SECRET:
                yield _found(Verdict.OPEN, holder, rule, "has a description that is not known yet")
            elif not isinstance(rule.description, str) or not rule.description.strip():
                yield _found(Verdict.VIOLATED, holder, rule, "has no description")
            key = f"{holder.kind.lower().replace(' ', '-')}/{rule.name}"
            if holder.interface and traced and not rule.whole and key not in traced:
                yield _found(Verdict.VIOLATED, holder, rule, "is traced to no feature and row")


def _found(verdict: Verdict, holder: Holder, rule: Seen, what: str) -> Found:
    return Found(verdict, rule.resource.urn, holder.label, f"{rule.label} {what}")


GUARDRAIL = Guardrail(
    id="described",
    statement=(
        "Every rule has a description, and every rule of ours is traced to a feature and a row."
    ),
    why="A rule that nobody can explain is never removed.",
    severity=Severity.LOW,
    judge=judge,
    fix="Describe the rule, or make it with a feature of the stack.",
    undecided=REPORTED,
    answers=(
        "CKV_AWS_23",
        "AWS-0099",
        "AWS-0124",
        "SECURITY_GROUP_DESCRIPTION_RULE",
        "aws-ec2-securitygroup-missing-ingress-rule-description",
        "aws-ec2-securitygroup-missing-egress-rule-description",
    ),
)
