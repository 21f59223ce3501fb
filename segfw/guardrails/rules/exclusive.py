"""Rules that others add by hand do not stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.clouds.aws_security_group.spec import EXCLUSIVE
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.index import NOT_KNOWN
from segfw.guardrails.reading.security_groups import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Security groups with standalone rules that nothing owns alone."""
    owners = [
        view.index.owner(one, "securityGroupId", GROUPS)
        for one in view.inventory.of_type(EXCLUSIVE)
    ]
    for holder in view.security_groups:
        alone = any(rule.resource.urn != holder.urn for rule in holder.rules)
        ours = holder.resource is not None and not holder.resource.external
        if ours and alone and holder.urn not in owners:
            verdict = Verdict.OPEN if NOT_KNOWN in owners else Verdict.VIOLATED
            message = "rules that somebody adds by hand stay, and no update sees them"
            yield Found(verdict, holder.urn, holder.label, message)


GUARDRAIL = Guardrail(
    id="exclusive",
    statement="A security group's rules are owned by the stack alone.",
    why="A port opened by hand at night is otherwise never closed again.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Leave `securityGroup.exclusive` on, or add `VpcSecurityGroupRulesExclusive` to the group.",
    undecided=REPORTED,
)
