"""Rule sets of network ACLs to pulumi-aws resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import AclEntry, NetworkAclSpec
from segfw.sets.addresses import Family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.rule import Rule, RuleSet
    from segfw.settings.types import Interface, NetworkAclSettings

NO_PORT = 0
ANY_ICMP = -1


def lower_network_acl(
    rule_set: RuleSet,
    interface: Interface,
    acl: NetworkAclSettings,
    tags: Mapping[str, str],
) -> NetworkAclSpec:
    """The interface's network ACL with every entry inline, by number."""
    return NetworkAclSpec(
        name=f"{interface.name}-acl",
        vpc_id=str(interface.vpc),
        subnet_ids=tuple(sorted(str(subnet) for subnet in acl.subnet_ids)),
        ingress=_entries(rule_set, Direction.INGRESS),
        egress=_entries(rule_set, Direction.EGRESS),
        tags={**tags, "Name": f"{tags['seg-firewall:stack']}-{interface.name}"},
    )


def _entries(rule_set: RuleSet, direction: Direction) -> tuple[AclEntry, ...]:
    chosen = [rule for rule in rule_set.rules if rule.direction is direction]
    return tuple(_entry(rule) for rule in sorted(chosen, key=lambda rule: rule.number))


def _entry(rule: Rule) -> AclEntry:
    prefix = rule.prefixes[0]
    is_v4 = prefix.family is Family.IPV4
    kind = code = None
    if rule.icmp is not None:
        kind = ANY_ICMP if rule.icmp.kind is None else rule.icmp.kind
        code = ANY_ICMP if rule.icmp.code is None else rule.icmp.code
    return AclEntry(
        rule_no=rule.number,
        action=rule.action.value,
        protocol=str(rule.protocol.number) if rule.protocol else "-1",
        from_port=rule.ports[0].first if rule.ports else NO_PORT,
        to_port=rule.ports[0].last if rule.ports else NO_PORT,
        cidr_block=str(prefix) if is_v4 else None,
        ipv6_cidr_block=None if is_v4 else str(prefix),
        icmp_type=kind,
        icmp_code=code,
    )
