"""An NSG closes what Azure opens by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.guardrails.asking import VERDICTS
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.reading.seen import Seen, Spaces
    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Whether a default rule of Azure decides about anything that an NSG's own rules leave."""
    for holder in view.nsgs:
        for direction in Direction if holder.resource is not None else ():
            verdict = _verdict(holder, direction)
            if verdict is not None:
                outward = direction is Direction.EGRESS
                reaches = "the virtual network" + (" and the internet" if outward else "")
                may = "leave" if verdict is Verdict.VIOLATED else "may leave"
                message = f"Azure's default rules {may} {direction.value} open for {reaches}"
                yield Found(verdict, holder.urn, holder.label, message)


def _verdict(holder: Holder, direction: Direction) -> Verdict | None:
    """They decide where no own rule matches, surely or for all that is known."""
    for verdict, surely in VERDICTS:
        for family in Family:
            left = HeaderSpace(family)
            for rule in holder.rules:
                if rule.built_in and rule.direction is direction:
                    left |= rule.least.get(family, left)
            for rule in holder.own_rules:
                if rule.direction is direction:
                    left -= _matched(rule, surely=surely).get(family, HeaderSpace(family))
            if left:
                return verdict
    return None


def _matched(rule: Seen, *, surely: bool) -> Spaces:
    """What it may match where the defaults must surely decide, else what it surely matches."""
    if surely:
        return rule.most
    return {} if rule.allows is None else rule.least


GUARDRAIL = Guardrail(
    id="default-deny",
    statement="An NSG ends with a deny of everything in both directions.",
    why="Azure's default rules let in the whole virtual network, and out everything.",
    severity=Severity.HIGH,
    judge=judge,
    fix="Add a rule that denies everything at priority 4096, in both directions.",
    undecided=REPORTED,
    frameworks=("CIS Azure 5.0 7.5",),
    answers=("Azure.NSG.LateralTraversal", "AZU-0051"),
)
