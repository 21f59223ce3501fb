"""`describe-security-groups` and `describe-security-group-rules`, in the engine's spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.clouds.aws_security_group.spec import EGRESS_RULE, GROUP, INGRESS_RULE
from segfw.live.fields import At, Refused, tags
from segfw.live.found import Found, urn
from segfw.sets.headerspace import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_PORTS = "-1"
FAR_ENDS = {
    "IpRanges": ("CidrIp", "cidrIpv4"),
    "Ipv6Ranges": ("CidrIpv6", "cidrIpv6"),
    "PrefixListIds": ("PrefixListId", "prefixListId"),
    "UserIdGroupPairs": ("GroupId", "referencedSecurityGroupId"),
}
"""A permission's lists of far ends: the member that names one, and the rule's input."""
PERMISSION = {"IpProtocol", "FromPort", "ToPort", *FAR_ENDS}
RULE_ENDS = {
    "CidrIpv4": "cidrIpv4",
    "CidrIpv6": "cidrIpv6",
    "PrefixListId": "prefixListId",
    "ReferencedGroupInfo": "referencedSecurityGroupId",
}
RULE = {
    "SecurityGroupRuleId",
    "SecurityGroupRuleArn",
    "GroupId",
    "GroupOwnerId",
    "IsEgress",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "Description",
    "Tags",
    *RULE_ENDS,
}
SIDES = {"IpPermissions": INGRESS_RULE, "IpPermissionsEgress": EGRESS_RULE}
NUMBERS = {str(number): keyword for number, keyword in KEYWORDS.items()}


class GroupRule(NamedTuple):
    """One rule of a security group: one permission with one far end."""

    group: str
    type: str
    inputs: dict[str, Any]
    path: str
    id: str = ""
    """Only ``describe-security-group-rules`` says it."""
    tags: dict[str, str] = {}  # noqa: RUF012 - of a NamedTuple, and never changed

    @property
    def content(self) -> tuple[object, ...]:
        """What EC2 compares: two rules that agree in it cannot both be in a group."""
        inputs = {key: value for key, value in self.inputs.items() if key != "description"}
        return self.group, self.type, *sorted(inputs.items())


def group(at: At) -> Found:
    """One member of ``SecurityGroups``, without its rules."""
    id_ = at.text("GroupId")
    name = at.text("GroupName")
    own = tags(at)
    return Found(
        type=GROUP,
        id=id_,
        name=own.get("Name") or name,
        path=at.path,
        inputs={
            "description": at.text("Description"),
            "name": name,
            "tags": own,
            "vpcId": at.text("VpcId"),
        },
        account=at.text("OwnerId"),
        region=_region(at.text_or("SecurityGroupArn")),
        default=name == "default",
    )


def group_rules(at: At) -> Iterator[GroupRule]:
    """The rules of one member of ``SecurityGroups``: one to a permission and far end."""
    id_ = at.text("GroupId")
    for side, type_ in SIDES.items():
        for permission in at.records(side):
            permission.only(PERMISSION, "a permission")
            service = _service(permission)
            ends = list(_far_ends(permission))
            if not ends:
                raise Refused(
                    permission.path,
                    "it names no far end, and absent is not taken for any; write the whole "
                    f"answer, without --query: {at.how}",
                )
            for end in ends:
                inputs = {**service, **end, "securityGroupId": id_}
                yield GroupRule(id_, type_, inputs, permission.path)


def _far_ends(permission: At) -> Iterator[dict[str, Any]]:
    for key, (member, field) in FAR_ENDS.items():
        for end in permission.records(key):
            yield {field: end.text(member), **_description(end)}


def single_rule(at: At) -> GroupRule:
    """One member of ``SecurityGroupRules``."""
    at.only(RULE, "a security group rule")
    id_, group_id = at.text("SecurityGroupRuleId"), at.text("GroupId")
    ends = [key for key in RULE_ENDS if at.held.get(key) is not None]
    if len(ends) != 1:
        raise Refused(
            at.path, f"a rule has one of {', '.join(RULE_ENDS)}, not {len(ends)}; {at.how}"
        )
    end = ends[0]
    value = at.record(end).text("GroupId") if end == "ReferencedGroupInfo" else at.text(end)
    inputs = {
        **_service(at),
        RULE_ENDS[end]: value,
        **_description(at),
        "securityGroupId": group_id,
    }
    type_ = EGRESS_RULE if at.flag("IsEgress") else INGRESS_RULE
    return GroupRule(group_id, type_, inputs, at.path, id_, tags(at))


def rule_found(rule: GroupRule, group_name: str, account: str) -> Found:
    """The rule as a resource, named by what it lets through."""
    inputs = rule.inputs
    way = "in" if rule.type == INGRESS_RULE else "out"
    ports = "-".join(str(p) for p in dict.fromkeys(_ports(inputs)))
    end = next(inputs[field] for field in RULE_ENDS.values() if field in inputs)
    word = end.replace(":", "-").replace("/", "_")
    protocol = "any" if inputs["ipProtocol"] == NO_PORTS else inputs["ipProtocol"]
    name = f"{group_name}-{way}-{protocol}-{ports or 'any'}-{word}"
    key = rule.id or f"{rule.group}/{name}"
    return Found(
        type=rule.type,
        id=rule.id,
        name=name,
        path=rule.path,
        inputs={**inputs, **({"tags": rule.tags} if rule.tags else {})},
        account=account,
        urn=urn(rule.type, key),
    )


def _ports(inputs: dict[str, Any]) -> list[int]:
    return [inputs[field] for field in ("fromPort", "toPort") if inputs.get(field, -1) != -1]


def _description(at: At) -> dict[str, str]:
    text = at.text_or("Description")
    return {"description": text} if text else {}


def _service(at: At) -> dict[str, Any]:
    """Protocol and ports; EC2 leaves ports out, or writes -1, where the protocol has none."""
    written = at.text("IpProtocol")
    protocol = NUMBERS.get(written, written)
    if protocol not in KEYWORDS.values():
        return {"ipProtocol": protocol}
    if protocol == "icmpv6" and at.held.get("FromPort") is None and at.held.get("ToPort") is None:
        # EC2 asks for a type of ICMP, not of ICMPv6, and says -1 of such a rule elsewhere.
        return {"ipProtocol": protocol, "fromPort": -1, "toPort": -1}
    first, last = at.number("FromPort"), at.number("ToPort")
    return {"ipProtocol": protocol, "fromPort": first, "toPort": last}


def _region(arn: str) -> str:
    """The region that an ARN names: ``arn:aws:ec2:us-east-1:111122223333:…``."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - as the docstring shows
