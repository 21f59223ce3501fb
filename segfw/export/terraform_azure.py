"""Network security groups in the words of Terraform's azurerm provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.clouds.azure_nsg.spec import ANY
from segfw.export.names import cloud_name, label
from segfw.export.points import nsgs_of
from segfw.export.terraform_words import Block, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog
    from segfw.clouds.azure_nsg.spec import NsgSpec, SecurityRule
    from segfw.clouds.resource import Json
    from segfw.export.points import PointExport
    from segfw.plan import Plan

LOCATION = "location"
"""The variable of a stack whose region only its provider knows."""


def azure_blocks(plan: Plan, catalog: Catalog, words: Words) -> Iterator[Block]:
    """One network security group to an interface, its rules inline."""
    for spec, point in nsgs_of(plan, catalog):
        yield _nsg(plan, spec, point, words)


def _nsg(plan: Plan, spec: NsgSpec, point: PointExport, words: Words) -> Block:
    rules = point.named()
    body: dict[str, Json] = {
        "//": {
            "name": spec.name,
            "rules": {rule.name: point.why(rules[rule.name]) for rule in spec.rules},
        },
        "name": cloud_name(plan.settings.stack, spec.name),
        "location": plan.settings.region or f"${{var.{LOCATION}}}",
        "resource_group_name": words.id(spec.resource_group_name),
        "security_rule": [_rule(rule, words) for rule in spec.rules],
        "tags": words.tags(spec.tags),
    }
    return Block("azurerm_network_security_group", label(spec.name), body)


def _rule(rule: SecurityRule, words: Words) -> dict[str, Json]:
    """A rule with every key: these blocks are attributes, and in JSON an absent one is null.

    One value goes to the singular key, several to the plural one: scanners that know only
    the singular one still see a rule of one port.
    """
    return {
        "name": rule.name,
        "description": words.literal(rule.description),
        "priority": rule.priority,
        "direction": rule.direction,
        "access": rule.access,
        "protocol": rule.protocol,
        "source_port_range": ANY,
        "source_port_ranges": None,
        **_one_or_many("destination_port_range", "s", rule.ports, words),
        **_one_or_many("source_address_prefix", "es", rule.sources, words),
        **_one_or_many("destination_address_prefix", "es", rule.destinations, words),
        "source_application_security_group_ids": _ids(rule.source_groups, words),
        "destination_application_security_group_ids": _ids(rule.destination_groups, words),
    }


def _one_or_many(key: str, plural: str, values: tuple[str, ...], words: Words) -> dict[str, Json]:
    said: list[Json] = [words.id(value) for value in values]
    several = len(said) > 1
    return {
        key: said[0] if said and not several else None,
        f"{key}{plural}": said if several else None,
    }


def _ids(ids: tuple[str, ...], words: Words) -> Json:
    return [words.id(one) for one in ids] if ids else None
