"""A plan as JSON: documented in `docs/reference/plan-json.md`, numbered, stable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.review.checklist import checklist
from segfw.review.exposure import exposure
from segfw.review.readme import attached_by, cloud_blocks
from segfw.review.remarks import all_remarks, redundancies, widenings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.proof import Proof
    from segfw.review.checklist import ToDo
    from segfw.review.exposure import Opening
    from segfw.rule import Rule, RuleSet, Usage

FORMAT = 1
"""Raised when a key is removed or changes its meaning; a new key raises nothing."""


def document(plan: Plan, catalog: Catalog, *, today: date) -> Mapping[str, Any]:
    """The whole plan: neutral rules, the resources as Pulumi registers them, and the proof."""
    settings = plan.settings
    return {
        "format": FORMAT,
        "stack": settings.stack,
        "cloud": settings.cloud.value,
        "region": settings.region,
        "environment": settings.gateway.environment.value,
        "release": settings.gateway.release,
        "ciscoRegion": settings.gateway.cisco_region,
        "catalogEdition": catalog.edition,
        "digest": plan.digest,
        "customFlows": [flow.name for flow in settings.custom_flows],
        "exposure": [_opening(one) for one in exposure(plan, catalog)],
        "ruleSets": [_rule_set(plan, rule_set) for rule_set in plan.rule_sets],
        "resources": [
            {"type": spec.token, "name": spec.name, "inputs": spec.inputs()}
            for spec in plan.resources()
        ],
        "widenings": list(widenings(plan)),
        "redundancies": list(redundancies(plan)),
        "remarks": [
            {
                "severity": remark.severity.value,
                "place": str(remark.place),
                "path": remark.path,
                "message": remark.message,
            }
            for remark in all_remarks(plan, catalog, today=today)
        ],
        "checklist": [_to_do(item) for item in checklist(plan, catalog, today=today)],
        "cloudBlocks": list(cloud_blocks(plan)),
        "proofs": [_proof(proof) for proof in plan.proofs],
    }


def _opening(opening: Opening) -> dict[str, Any]:
    return {
        "reach": opening.reach.value,
        "interface": opening.interface,
        "peer": opening.peer,
        "prefixes": [str(prefix) for prefix in opening.prefixes],
        "addresses": opening.addresses,
        "public": opening.public,
        "services": [
            {
                "protocol": one.protocol.value,
                "ports": one.ports,
                "features": list(one.features),
            }
            for one in opening.services
        ],
    }


def _rule_set(plan: Plan, rule_set: RuleSet) -> dict[str, Any]:
    return {
        "point": rule_set.point.value,
        "interface": rule_set.interface,
        "fit": rule_set.fit.value,
        "groups": rule_set.groups,
        "rulesBefore": rule_set.before,
        "attached": attached_by(plan, rule_set.point.value, rule_set.interface),
        "usage": [_usage(usage) for usage in rule_set.usage],
        "widenings": [
            {
                "direction": widening.direction.value,
                "family": widening.space.family.keyword,
                "why": widening.why,
                "space": [
                    {"service": str(service), "addresses": str(addresses)}
                    for service, addresses in widening.space.boxes()
                ],
            }
            for widening in rule_set.widenings
        ],
        "notFilteredHere": list(rule_set.unfiltered),
        "rules": [_rule(rule) for rule in rule_set.rules],
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "what": usage.what,
        "direction": usage.direction.value if usage.direction else None,
        "family": usage.family.keyword if usage.family else None,
        "used": usage.used,
        "limit": usage.limit,
        "reserve": usage.reserve,
        "room": usage.room,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "number": rule.number,
        "group": rule.group,
        "direction": rule.direction.value,
        "action": rule.action.value,
        "protocol": rule.protocol.value if rule.protocol else "any",
        "ports": rule.ports_text,
        "peer": rule.peer_text,
        "prefixes": [str(prefix) for prefix in rule.prefixes],
        "reference": rule.reference.atom if rule.reference else None,
        "reply": rule.reply,
        "serves": [
            {
                "feature": flow.feature,
                "row": flow.row,
                "label": flow.label,
                "peer": flow.peer.name,
                "origins": [f"{o.file}:{o.line} {o.path}" for o in flow.origins],
            }
            for flow in rule.flows
        ],
    }


def _to_do(item: ToDo) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "why": item.why,
        "commands": list(item.commands),
        "sourced": item.sourced,
        "confirmed": item.confirmed,
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "point": proof.point.value,
        "interface": proof.interface,
        "direction": proof.direction.value,
        "family": proof.family.keyword,
        "holds": proof.holds,
        "meant": str(proof.meant),
        "declaredWidening": str(proof.declared),
    }
