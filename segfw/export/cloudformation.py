"""A plan as a CloudFormation template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import NetworkAclSpec
from segfw.clouds.aws_security_group.spec import (
    GROUP_DESCRIPTION,
    SecurityGroupRuleSpec,
    SecurityGroupSpec,
)
from segfw.clouds.resource import id_of, without_absent
from segfw.export.names import cloud_name, logical_id
from segfw.export.points import (
    attached,
    described,
    edited_in_place,
    from_elsewhere,
    json_text,
    own_lists,
    owned_alone,
    points_of,
    provenance,
)
from segfw.sets.headerspace import WITH_PORTS, WITH_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.clouds.aws_network_acl.spec import AclEntry
    from segfw.clouds.aws_security_group.spec import PrefixListSpec
    from segfw.clouds.resource import Json
    from segfw.export.points import PointExport
    from segfw.plan import Plan
    from segfw.rule import Rule

    Elsewhere = Mapping[str, dict[str, Json]]
    Resource = tuple[str, dict[str, Json]]
    """A logical id and what it is."""

GROUP, LIST, ACL = "AWS::EC2::SecurityGroup", "AWS::EC2::PrefixList", "AWS::EC2::NetworkAcl"
RULES = {
    Direction.INGRESS: "AWS::EC2::SecurityGroupIngress",
    Direction.EGRESS: "AWS::EC2::SecurityGroupEgress",
}
PEER = {Direction.INGRESS: "Source", Direction.EGRESS: "Destination"}
PARAMETER = "parameter"
NOTHING: dict[str, Json] = {
    "CidrIp": "127.0.0.1/32",
    "Description": "Matches nothing on a network. A group without an inline rule allows all egress",
    "FromPort": 252,
    "IpProtocol": "icmp",
    "ToPort": 86,
}
"""An ICMP type that is not assigned, to this host: EC2 adds rules that allow all egress to a group
that is made without an egress rule, and the real ones are resources of their own
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html)."""
EGRESS = (
    "Each group has one egress rule inline that matches nothing on a network (ICMP type 252 code "
    "86 to 127.0.0.1/32), or else CloudFormation would allow all egress."
)
ATTACHED = "CloudFormation has no resource that attaches a group to a network interface: {what}."
EXCLUSIVE = "Sole ownership of the rules of {groups}: rules that others add are not removed."
RESOURCES_LENGTH = 500
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


class TooLong(Exception):
    """A template has more resources than CloudFormation takes."""


def cloudformation(plan: Plan, catalog: Catalog) -> str:
    """The stack as one template, with a parameter for each id from elsewhere.

    Raises:
        TooLong: the template would have more than 500 resources.
    """
    elsewhere = from_elsewhere(plan)
    ids = {text: logical_id(PARAMETER, text) for text in elsewhere}
    refs: dict[str, dict[str, Json]] = {text: {"Ref": id_} for text, id_ in ids.items()}
    resources = dict(sorted(_resources(plan, catalog, refs)))
    if len(resources) > RESOURCES_LENGTH:
        raise TooLong(
            f"{plan.settings.stack}: a CloudFormation template would have {len(resources)} "
            f"resources, {len(resources) - RESOURCES_LENGTH} over the limit of {RESOURCES_LENGTH}; "
            "export it as terraform or csv."
        )
    document: dict[str, Json] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Firewall of the Cisco Secure Email Gateway of stack {plan.settings.stack}",
        "Metadata": {"SegFirewall": {**provenance(plan, catalog), "notSaid": [*_not_said(plan)]}},
    }
    if ids:
        document["Parameters"] = {
            ids[text]: {"Type": "String", "Description": described(id_)}
            for text, id_ in elsewhere.items()
        }
    return json_text({**document, "Resources": {**resources}})


def _not_said(plan: Plan) -> Iterator[str]:
    yield EGRESS
    if attached(plan):
        yield ATTACHED.format(what=", ".join(attached(plan)))
    if owned_alone(plan):
        yield EXCLUSIVE.format(groups=", ".join(owned_alone(plan)))
    yield from edited_in_place(plan)


def _resources(plan: Plan, catalog: Catalog, refs: Elsewhere) -> Iterator[Resource]:
    for spec in own_lists(plan):
        yield _prefix_list(plan, spec)
    for point in points_of(plan, catalog):
        rules = point.named()
        for spec in point.specs:
            match spec:
                case SecurityGroupSpec():
                    yield _group(spec, refs)
                case SecurityGroupRuleSpec():
                    yield _rule(spec, rules[spec.name], point, refs)
                case NetworkAclSpec():
                    yield from _network_acl(spec, point, refs)
                case _:
                    pass


def _resource(
    kind: str, name: str, properties: Mapping[str, Json], reason: Mapping[str, Json] | None = None
) -> Resource:
    said: dict[str, Json] = {"name": name, **(reason or {})}
    whole: dict[str, Json] = {
        "Type": kind,
        "Metadata": {"SegFirewall": said},
        "Properties": dict(sorted(properties.items())),
    }
    return logical_id(kind, name), whole


def _tags(tags: Mapping[str, str]) -> Json:
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def _ref(text: str, refs: Elsewhere) -> Json:
    return refs.get(text, text)


def _id_of(kind: str, name: str, attribute: str) -> dict[str, Json]:
    return {"Fn::GetAtt": [logical_id(kind, name), attribute]}


def _group(spec: SecurityGroupSpec, refs: Elsewhere) -> Resource:
    properties: dict[str, Json] = {
        "GroupDescription": GROUP_DESCRIPTION,
        "SecurityGroupEgress": [NOTHING],
        "Tags": _tags(spec.tags),
        "VpcId": _ref(spec.vpc_id, refs),
    }
    return _resource(GROUP, spec.name, properties)


def _rule(spec: SecurityGroupRuleSpec, rule: Rule, point: PointExport, refs: Elsewhere) -> Resource:
    peer = PEER[spec.direction]
    properties = without_absent(
        {
            "CidrIp": spec.cidr_ipv4,
            "CidrIpv6": spec.cidr_ipv6,
            "Description": spec.description,
            "FromPort": spec.from_port,
            "GroupId": _id_of(GROUP, spec.group, "GroupId"),
            "IpProtocol": spec.ip_protocol,
            f"{peer}PrefixListId": _list_of(spec, rule, refs),
            f"{peer}SecurityGroupId": _peer_of(spec, refs),
            "ToPort": spec.to_port,
        }
    )
    return _resource(RULES[spec.direction], spec.name, properties, point.why(rule))


def _list_of(spec: SecurityGroupRuleSpec, rule: Rule, refs: Elsewhere) -> Json:
    """The prefix list that is the far end: one of the stack's own, or somebody else's."""
    if spec.prefix_list_id is None:
        return None
    if rule.reference is not None and rule.reference.entries:
        return _id_of(LIST, rule.reference.name, "PrefixListId")
    return _ref(spec.prefix_list_id, refs)


def _peer_of(spec: SecurityGroupRuleSpec, refs: Elsewhere) -> Json:
    """The security group that is the far end: the rule's own, or somebody else's."""
    if spec.referenced_security_group_id == id_of(spec.group):
        return _id_of(GROUP, spec.group, "GroupId")
    other = spec.referenced_security_group_id
    return None if other is None else _ref(other, refs)


def _network_acl(spec: NetworkAclSpec, point: PointExport, refs: Elsewhere) -> Iterator[Resource]:
    properties: dict[str, Json] = {"Tags": _tags(spec.tags), "VpcId": _ref(spec.vpc_id, refs)}
    yield _resource(ACL, spec.name, properties)
    for direction, entries in (
        (Direction.INGRESS, spec.ingress),
        (Direction.EGRESS, spec.egress),
    ):
        rules = point.numbered(direction)
        for entry in entries:
            name = f"{spec.name}-{direction.value}-{entry.rule_no}"
            said = _entry(spec.name, direction, entry)
            yield _resource(
                "AWS::EC2::NetworkAclEntry", name, said, point.why(rules[entry.rule_no])
            )
    for subnet in spec.subnet_ids:
        taken: dict[str, Json] = {
            "NetworkAclId": _id_of(ACL, spec.name, "Id"),
            "SubnetId": _ref(subnet, refs),
        }
        name = f"{spec.name}-{subnet}"
        yield _resource("AWS::EC2::SubnetNetworkAclAssociation", name, taken)


def _entry(acl: str, direction: Direction, entry: AclEntry) -> dict[str, Json]:
    """An entry with the ports or the ICMP type that its protocol has, and nothing else."""
    protocol = int(entry.protocol)
    ports = {"From": entry.from_port, "To": entry.to_port}
    icmp = {"Code": entry.icmp_code, "Type": entry.icmp_type}
    return without_absent(
        {
            "CidrBlock": entry.cidr_block,
            "Egress": direction is Direction.EGRESS,
            "Icmp": {**icmp} if protocol in WITH_TYPES else None,
            "Ipv6CidrBlock": entry.ipv6_cidr_block,
            "NetworkAclId": _id_of(ACL, acl, "Id"),
            "PortRange": {**ports} if protocol in WITH_PORTS else None,
            "Protocol": protocol,
            "RuleAction": entry.action,
            "RuleNumber": entry.rule_no,
        }
    )


def _prefix_list(plan: Plan, spec: PrefixListSpec) -> Resource:
    properties: dict[str, Json] = {
        "AddressFamily": spec.family.label,
        "Entries": [{"Cidr": str(prefix), "Description": text} for prefix, text in spec.entries],
        "MaxEntries": len(spec.entries),
        "PrefixListName": cloud_name(plan.settings.stack, spec.name),
        "Tags": _tags(spec.tags),
    }
    return _resource(LIST, spec.name, properties)
