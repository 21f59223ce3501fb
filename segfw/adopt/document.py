"""An adoption for machines: plain values, with the number of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.adopt.importing import import_file
from segfw.adopt.sections import commands_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.adopt.adoption import Adoption, Opening
    from segfw.adopt.explaining import Explanation, Reason
    from segfw.adopt.importing import Import
    from segfw.clouds.lifted import Side
    from segfw.sets.headerspace import HeaderSpace

FORMAT = 1
"""Raised when a reader of an older form would misread this one."""


def document(
    adoption: Adoption, found: Import, versions: Mapping[str, str], file: str
) -> dict[str, Any]:
    """Everything that the text says."""
    stack = adoption.plan.settings.stack
    return {
        "format": FORMAT,
        "stack": stack,
        "explained": adoption.explained,
        "rules": [_rule(one) for one in adoption.explanations],
        "opens": [_opening(one) for one in adoption.openings],
        "placed": [
            {"id": one.held.id or one.held.key, "point": one.held.point.value,
             "interface": one.interface, "why": one.why}
            for one in adoption.placing.placed
        ],
        "unplaced": [
            {"id": one.held.id or one.held.key, "point": one.held.point.value, "why": one.why,
             "rules": one.rules, "interfaces": list(one.options), "fromInternet": one.inward}
            for one in adoption.uncompared
        ],
        "notCompared": [
            {"point": point.value, "interface": interface} for point, interface in adoption.absent
        ],
        "created": list(found.created),
        "revoked": [one.existing.name for one in found.revoked],
        "kept": [one.existing.name for one in found.kept],
        "left": list(found.left),
        "lacking": list(found.lacking),
        "import": None if found.lacking else import_file(found.entries, versions),
        "commands": [] if found.lacking else list(commands_of(stack, file)),
    }  # fmt: skip


def _rule(one: Explanation) -> dict[str, Any]:
    existing = one.existing
    placed = existing.match.placed
    return {
        "rule": existing.name,
        "in": placed.held.id or placed.held.key,
        "point": placed.held.point.value,
        "interface": placed.interface,
        "words": existing.words,
        "verdict": one.kind.value,
        "planned": one.same or None,
        "reasons": [_reason(each) for each in one.reasons],
        "beyond": _spaces(one.beyond),
        "narrowed": existing.narrowed or None,
        "fault": existing.fault or None,
    }


def _reason(one: Reason) -> dict[str, Any]:
    flows = one.rule.flows
    return {
        "rule": one.rule.name,
        "features": list(one.rule.features),
        "rows": list(dict.fromkeys(flow.row for flow in flows)),
        "networks": list(one.networks),
        "reply": one.rule.reply,
        "part": _spaces(one.part),
        "whole": one.whole,
    }


def _opening(one: Opening) -> dict[str, Any]:
    return {
        "point": one.point.value,
        "interface": one.interface,
        "rule": one.rule.name,
        "features": list(one.rule.features),
        "rows": list(dict.fromkeys(flow.row for flow in one.rule.flows)),
        "reply": one.rule.reply,
        "spaces": _spaces(one.spaces),
    }


def _spaces(spaces: Mapping[Side, HeaderSpace]) -> list[dict[str, str]]:
    return [
        {"direction": side[0].value, "family": side[1].keyword, "packets": str(space)}
        for side, space in spaces.items()
    ]
