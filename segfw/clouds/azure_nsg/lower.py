"""Rule sets of NSGs to azure-native resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction, Protocol
from segfw.clouds.azure_nsg.spec import ANY, NsgSpec, SecurityRule
from segfw.describe import azure_description
from segfw.rule import Action
from segfw.settings.types import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.rule import Rule, RuleSet
    from segfw.settings.types import Interface

WORDS = {Protocol.TCP: "Tcp", Protocol.UDP: "Udp", Protocol.ICMP: "Icmp", None: ANY}


def lower_nsg(rule_set: RuleSet, interface: Interface, tags: Mapping[str, str]) -> NsgSpec:
    """The interface's NSG with every rule inline, by direction and priority."""
    return NsgSpec(
        name=interface.name,
        resource_group_name=str(interface.resource_group),
        rules=tuple(_rule(rule) for rule in rule_set.rules),
        tags=tags,
    )


def _rule(rule: Rule) -> SecurityRule:
    far_end, groups = _far_end(rule)
    into = rule.direction is Direction.INGRESS
    return SecurityRule(
        name=rule.name,
        priority=rule.number,
        direction="Inbound" if into else "Outbound",
        access="Allow" if rule.action is Action.ALLOW else "Deny",
        protocol=WORDS[rule.protocol],
        description=azure_description(rule),
        sources=far_end if into else (ANY,),
        destinations=(ANY,) if into else far_end,
        ports=tuple(str(ports) for ports in rule.ports) or (ANY,),
        source_groups=groups if into else (),
        destination_groups=() if into else groups,
    )


def _far_end(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The peer's side: prefixes or one tag, or else application security groups."""
    if rule.reference is None:
        return tuple(str(prefix) for prefix in rule.prefixes) or (ANY,), ()
    if rule.reference.kind is ReferenceKind.APPLICATION_SECURITY_GROUP:
        return (), (str(rule.reference.id),)
    return (str(rule.reference.id),), ()
