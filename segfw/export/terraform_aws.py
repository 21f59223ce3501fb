"""Security groups, network ACLs and prefix lists in the words of Terraform's aws provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import NetworkAclSpec
from segfw.clouds.aws_security_group.spec import (
    GROUP_DESCRIPTION,
    AttachmentSpec,
    SecurityGroupRuleSpec,
    SecurityGroupSpec,
)
from segfw.clouds.resource import id_of, without_absent
from segfw.export.names import cloud_name, label
from segfw.export.points import own_lists, points_of
from segfw.export.terraform_words import Block, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog
    from segfw.clouds.aws_network_acl.spec import AclEntry
    from segfw.clouds.aws_security_group.spec import PrefixListSpec
    from segfw.clouds.resource import Json
    from segfw.export.points import PointExport
    from segfw.plan import Plan
    from segfw.rule import Rule

GROUP = "aws_security_group"
RULES = {
    Direction.INGRESS: "aws_vpc_security_group_ingress_rule",
    Direction.EGRESS: "aws_vpc_security_group_egress_rule",
}
LIST = "aws_ec2_managed_prefix_list"


def aws_blocks(plan: Plan, catalog: Catalog, words: Words) -> Iterator[Block]:
    """Every resource of the plan but sole ownership of rules, which provider 5 does not have."""
    for spec in own_lists(plan):
        yield _prefix_list(plan, spec, words)
    for point in points_of(plan, catalog):
        rules = point.named()
        attachments: list[AttachmentSpec] = []
        waits: dict[str, list[str]] = {}
        for spec in point.specs:
            match spec:
                case SecurityGroupSpec():
                    yield _group(spec, words)
                case SecurityGroupRuleSpec():
                    block = _rule(spec, rules[spec.name], point, words)
                    waits.setdefault(spec.group, []).append(block.address)
                    yield block
                case AttachmentSpec():
                    attachments.append(spec)
                case NetworkAclSpec():
                    yield _network_acl(spec, point, words)
                case _:
                    pass
        # A group whose rules are not there yet would deny what it is to allow.
        for attachment in attachments:
            yield _attachment(attachment, waits.get(attachment.group, []), words)


def _group(spec: SecurityGroupSpec, words: Words) -> Block:
    body: dict[str, Json] = {
        "//": {"name": spec.name},
        "name_prefix": f"{spec.name}-",
        "description": GROUP_DESCRIPTION,
        "vpc_id": words.id(spec.vpc_id),
        "revoke_rules_on_delete": True,
        "tags": words.tags(spec.tags),
    }
    return Block(GROUP, label(spec.name), body)


def _rule(spec: SecurityGroupRuleSpec, rule: Rule, point: PointExport, words: Words) -> Block:
    body = without_absent(
        {
            "//": {"name": spec.name, **point.why(rule)},
            "security_group_id": _group_id(spec.group),
            "description": words.literal(spec.description),
            "ip_protocol": spec.ip_protocol,
            "from_port": spec.from_port,
            "to_port": spec.to_port,
            "cidr_ipv4": spec.cidr_ipv4,
            "cidr_ipv6": spec.cidr_ipv6,
            "prefix_list_id": _list_of(spec, rule, words),
            "referenced_security_group_id": _peer_of(spec, words),
        }
    )
    return Block(RULES[spec.direction], label(spec.name), body)


def _list_of(spec: SecurityGroupRuleSpec, rule: Rule, words: Words) -> str | None:
    """The prefix list that is the far end: one of the stack's own, or somebody else's."""
    if spec.prefix_list_id is None:
        return None
    if rule.reference is not None and rule.reference.entries:
        return f"${{{LIST}.{label(rule.reference.name)}.id}}"
    return words.id(spec.prefix_list_id)


def _peer_of(spec: SecurityGroupRuleSpec, words: Words) -> str | None:
    """The security group that is the far end: the rule's own, or somebody else's."""
    if spec.referenced_security_group_id == id_of(spec.group):
        return _group_id(spec.group)
    other = spec.referenced_security_group_id
    return None if other is None else words.id(other)


def _group_id(name: str) -> str:
    return f"${{{GROUP}.{label(name)}.id}}"


def _attachment(spec: AttachmentSpec, rules: list[str], words: Words) -> Block:
    body: dict[str, Json] = {
        "//": {"name": spec.name},
        "security_group_id": _group_id(spec.group),
        "network_interface_id": words.id(spec.network_interface_id),
    }
    if rules:
        body["depends_on"] = [*sorted(rules)]
    return Block("aws_network_interface_sg_attachment", label(spec.name), body)


def _network_acl(spec: NetworkAclSpec, point: PointExport, words: Words) -> Block:
    reasons: dict[str, Json] = {
        f"{direction.value} {number}": point.why(rule)
        for direction in Direction
        for number, rule in sorted(point.numbered(direction).items())
    }
    body: dict[str, Json] = {
        "//": {"name": spec.name, "rules": reasons},
        "vpc_id": words.id(spec.vpc_id),
        "subnet_ids": [words.id(subnet) for subnet in spec.subnet_ids],
        "ingress": [_entry(entry) for entry in spec.ingress],
        "egress": [_entry(entry) for entry in spec.egress],
        "tags": words.tags(spec.tags),
    }
    return Block("aws_network_acl", label(spec.name), body)


def _entry(entry: AclEntry) -> dict[str, Json]:
    """An entry with every key: these blocks are attributes, and in JSON an absent one is null."""
    return {
        "rule_no": entry.rule_no,
        "action": entry.action,
        "protocol": entry.protocol,
        "from_port": entry.from_port,
        "to_port": entry.to_port,
        "cidr_block": entry.cidr_block,
        "ipv6_cidr_block": entry.ipv6_cidr_block,
        "icmp_type": entry.icmp_type,
        "icmp_code": entry.icmp_code,
    }


def _prefix_list(plan: Plan, spec: PrefixListSpec, words: Words) -> Block:
    body: dict[str, Json] = {
        "//": {"name": spec.name},
        "name": cloud_name(plan.settings.stack, spec.name),
        "address_family": spec.family.label,
        "max_entries": len(spec.entries),
        "entry": [
            {"cidr": str(prefix), "description": words.literal(text)}
            for prefix, text in spec.entries
        ],
        "tags": words.tags(spec.tags),
    }
    return Block(LIST, label(spec.name), body)
