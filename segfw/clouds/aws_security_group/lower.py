"""Rule sets of security groups to pulumi-aws resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.clouds.aws_security_group.spec import (
    AttachmentSpec,
    ExclusiveSpec,
    PrefixListSpec,
    SecurityGroupResource,
    SecurityGroupRuleSpec,
    SecurityGroupSpec,
)
from segfw.clouds.resource import id_of
from segfw.describe import aws_description
from segfw.resolve import SELF
from segfw.sets.addresses import Family
from segfw.settings.types import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.rule import Rule, RuleSet
    from segfw.settings.types import Interface, Reference

ANY_ICMP = -1
"""Every type, or every code, in a security group rule."""


def lower_security_group(
    rule_set: RuleSet, interface: Interface, tags: Mapping[str, str]
) -> tuple[SecurityGroupResource, ...]:
    """The groups, their rules, their exclusive ownership and their attachments, in order."""
    found: list[SecurityGroupResource] = []
    for group in range(1, rule_set.groups + 1):
        found.extend(_group(rule_set, interface, group, tags))
    return tuple(found)


def group_name(interface: str, group: int) -> str:
    """The logical name of a group; the first keeps its name when a second is added."""
    return interface if group == 1 else f"{interface}-{group}"


def _group(
    rule_set: RuleSet, interface: Interface, group: int, tags: Mapping[str, str]
) -> Iterator[SecurityGroupResource]:
    name = group_name(interface.name, group)
    yield SecurityGroupSpec(
        name=name,
        vpc_id=str(interface.vpc),
        tags={**tags, "Name": f"{tags['seg-firewall:stack']}-{name}"},
    )
    rules = [rule for rule in rule_set.rules if rule.group == group]
    yield from (_rule(rule, name) for rule in rules)
    if interface.security_group.exclusive:
        yield ExclusiveSpec(
            name=f"{name}-exclusive",
            group=name,
            ingress_rules=_names(rules, Direction.INGRESS),
            egress_rules=_names(rules, Direction.EGRESS),
        )
    for key, network_interface in sorted(interface.security_group.attach.items()):
        yield AttachmentSpec(
            name=f"{name}-attach-{key}",
            group=name,
            interface_key=key,
            network_interface_id=str(network_interface),
        )


def _names(rules: Iterable[Rule], direction: Direction) -> tuple[str, ...]:
    return tuple(rule.name for rule in rules if rule.direction is direction)


def _rule(rule: Rule, group: str) -> SecurityGroupRuleSpec:
    first, last = _ports(rule)
    prefix = rule.prefixes[0] if rule.prefixes else None
    return SecurityGroupRuleSpec(
        name=rule.name,
        group=group,
        direction=rule.direction,
        description=aws_description(rule),
        ip_protocol=rule.protocol.value if rule.protocol else "-1",
        from_port=first,
        to_port=last,
        cidr_ipv4=str(prefix) if prefix and prefix.family is Family.IPV4 else None,
        cidr_ipv6=str(prefix) if prefix and prefix.family is Family.IPV6 else None,
        prefix_list_id=_id(rule.reference, ReferenceKind.PREFIX_LIST, group),
        referenced_security_group_id=_id(rule.reference, ReferenceKind.SECURITY_GROUP, group),
    )


def _ports(rule: Rule) -> tuple[int | None, int | None]:
    if rule.icmp is not None:
        kind, code = rule.icmp.kind, rule.icmp.code
        return (ANY_ICMP if kind is None else kind, ANY_ICMP if code is None else code)
    return (rule.ports[0].first, rule.ports[0].last) if rule.ports else (None, None)


def _id(reference: Reference | None, kind: ReferenceKind, group: str) -> str | None:
    if reference is None or reference.kind is not kind:
        return None
    if reference.name == SELF:
        return id_of(group)
    return id_of(reference.name) if reference.entries else str(reference.id)


def lower_prefix_lists(
    references: Iterable[Reference], tags: Mapping[str, str]
) -> tuple[PrefixListSpec, ...]:
    """The prefix lists that this stack makes, each once, by name."""
    own = {ref.name: ref for ref in references if ref.entries}
    return tuple(
        PrefixListSpec(
            name=name,
            family=ref.entries[0].family,
            entries=tuple((prefix, name) for prefix in ref.entries),
            tags={**tags, "Name": f"{tags['seg-firewall:stack']}-{name}"},
        )
        for name, ref in sorted(own.items())
    )
