"""Security groups: made without AWS's default egress, as pulumi-aws makes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sandbox.providers import aws_limits as limits
from sandbox.providers.aws_api import Api, forget, retag, tag_outputs, tag_specification, tags_of
from sandbox.providers.aws_checks import cidr_failures
from sandbox.providers.aws_strict_groups import rule_key
from sandbox.providers.errors import CloudError, Failure, HalfDone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.values import Values

_ANYWHERE: Final = (
    {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
)
_DIRECTIONS: Final = {"ingress": "Ingress", "egress": "Egress"}
_TEXT: Final = re.compile(r"[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]*")


class SecurityGroups:
    """The life of ``aws:ec2/securityGroup:SecurityGroup``."""

    def __init__(self, api: Api, default_tags: Mapping[str, str]) -> None:
        """In the region of *api*."""
        self._api = api
        self._defaults = default_tags

    def check(self, inputs: Values) -> list[Failure]:
        """What the provider validates in a plan: names, descriptions and blocks."""
        found: list[Failure] = []
        if inputs.get("description") == "":
            found.append(Failure(property="description", reason='"description" cannot be ""'))
        for name in ("name", "description"):
            text = str(inputs.get(name, ""))
            if len(text) > limits.TEXT_LENGTH:
                found.append(
                    Failure(
                        property=name,
                        reason=f"cannot be longer than {limits.TEXT_LENGTH} characters",
                    )
                )
            elif name == "description" and not _TEXT.fullmatch(text):
                reason = (
                    '"description" does not comply with restrictions'
                    f' ("^{_TEXT.pattern}$"): "{text}"'
                )
                found.append(Failure(property=name, reason=reason))
        if str(inputs.get("name", "")).startswith("sg-"):
            found.append(Failure(property="name", reason="cannot begin with sg-"))
        for direction in _DIRECTIONS:
            rules = [rule for rule in _listed(inputs.get(direction)) if isinstance(rule, dict)]
            for position, rule in enumerate(rules):
                for name in ("cidrBlocks", "ipv6CidrBlocks"):
                    for cidr in _listed(rule.get(name)):
                        path = f"{direction}[{position}].{name}"
                        found.extend(cidr_failures(path, cidr, 4 if name == "cidrBlocks" else 6))
        return found

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A group that allows exactly what the program says: both default egress rules go first."""
        tags = {**self._defaults, **inputs.get("tags", {})}
        vpc = {"VpcId": inputs["vpcId"]} if "vpcId" in inputs else {}
        group_id = self._api.call(
            "CreateSecurityGroup",
            GroupName=inputs["name"],
            Description=inputs["description"],
            **vpc,
            **tag_specification("security-group", tags),
        )["GroupId"]
        try:
            for permission in _ANYWHERE:
                gone = [permission]
                forget(self._api, "RevokeSecurityGroupEgress", GroupId=group_id, IpPermissions=gone)
            self._sync_inline(group_id, inputs)
        except CloudError as error:
            there = self.read(group_id, inputs) or {}
            raise HalfDone(resource_id=group_id, outputs=there, reasons=[str(error)]) from error
        return group_id, self.read(group_id, inputs) or {}

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The group with all its rules, whoever made them."""
        found = self._api.look("DescribeSecurityGroups", "SecurityGroups", GroupIds=[resource_id])
        if not found:
            return None
        group = found[0]
        region, account = self._api.region, group["OwnerId"]
        rules = self._api.rules(resource_id)
        return {
            "arn": f"arn:aws:ec2:{region}:{account}:security-group/{resource_id}",
            "description": group["Description"],
            "egress": _inline([rule for rule in rules if rule["IsEgress"]], resource_id),
            "ingress": _inline([rule for rule in rules if not rule["IsEgress"]], resource_id),
            "name": group["GroupName"],
            "namePrefix": "",
            "ownerId": account,
            "region": region,
            "revokeRulesOnDelete": bool(olds.get("revokeRulesOnDelete", False)),
            "vpcId": group["VpcId"],
            **tag_outputs(tags_of(group), olds.get("tags"), self._defaults),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Inline rules and tags; the rest cannot change."""
        there = self.read(resource_id, olds) or {}
        wanted = {**self._defaults, **inputs.get("tags", {})}
        retag(self._api, resource_id, there.get("tagsAll", {}), wanted)
        self._sync_inline(resource_id, inputs)
        return self.read(resource_id, inputs) or {}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone, and with ``revokeRulesOnDelete`` also the rules in other groups that name it."""
        if olds.get("revokeRulesOnDelete"):
            self._revoke_all(resource_id)
        forget(self._api, "DeleteSecurityGroup", GroupId=resource_id)

    def _revoke_all(self, group_id: str) -> None:
        for rule in self._api.look("DescribeSecurityGroupRules", "SecurityGroupRules"):
            named = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
            if group_id in (rule["GroupId"], named):
                direction = "Egress" if rule["IsEgress"] else "Ingress"
                ids = [rule["SecurityGroupRuleId"]]
                action = f"RevokeSecurityGroup{direction}"
                forget(self._api, action, GroupId=rule["GroupId"], SecurityGroupRuleIds=ids)

    def _sync_inline(self, group_id: str, inputs: Values) -> None:
        for name, direction in _DIRECTIONS.items():
            if name not in inputs:
                continue  # left out is not empty: what is there stays
            egress = name == "egress"
            there = [rule for rule in self._api.rules(group_id) if rule["IsEgress"] is egress]
            wanted = [one for rule in inputs[name] for one in _expanded(rule, group_id)]
            keys = {rule_key(rule) for rule, _ in wanted}
            held = {rule_key(rule) for rule in there}
            gone = [rule["SecurityGroupRuleId"] for rule in there if rule_key(rule) not in keys]
            fresh = [permission for rule, permission in wanted if rule_key(rule) not in held]
            if gone:
                action = f"RevokeSecurityGroup{direction}"
                self._api.call(action, GroupId=group_id, SecurityGroupRuleIds=gone)
            if fresh:
                action = f"AuthorizeSecurityGroup{direction}"
                self._api.call(action, GroupId=group_id, IpPermissions=fresh)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _expanded(rule: Values, group_id: str) -> list[tuple[Values, Values]]:
    protocol = limits.canonical_protocol(rule["protocol"])
    ports = {} if protocol == "-1" else {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    base = {"IpProtocol": protocol, **ports}
    text = {"Description": rule["description"]} if rule.get("description") else {}
    result: list[tuple[Values, Values]] = []
    for cidr in rule.get("cidrBlocks", []):
        permission = {"IpRanges": [{"CidrIp": cidr, **text}]}
        result.append(({**base, "CidrIpv4": cidr}, {**base, **permission}))
    for cidr in rule.get("ipv6CidrBlocks", []):
        permission = {"Ipv6Ranges": [{"CidrIpv6": cidr, **text}]}
        result.append(({**base, "CidrIpv6": cidr}, {**base, **permission}))
    for list_id in rule.get("prefixListIds", []):
        permission = {"PrefixListIds": [{"PrefixListId": list_id, **text}]}
        result.append(({**base, "PrefixListId": list_id}, {**base, **permission}))
    for other in [*rule.get("securityGroups", []), *([group_id] if rule.get("self") else [])]:
        permission = {"UserIdGroupPairs": [{"GroupId": other, **text}]}
        result.append(({**base, "ReferencedGroupInfo": {"GroupId": other}}, {**base, **permission}))
    return result


def _inline(rules: list[Values], group_id: str) -> list[Values]:
    blocks: dict[tuple[Any, ...], Values] = {}
    for rule in rules:
        protocol = limits.canonical_protocol(rule["IpProtocol"])
        first, last = (0, 0) if protocol == "-1" else (rule["FromPort"], rule["ToPort"])
        text = rule.get("Description", "")
        empty: Values = {
            "cidrBlocks": [],
            "description": text,
            "fromPort": first,
            "ipv6CidrBlocks": [],
            "prefixListIds": [],
            "protocol": protocol,
            "securityGroups": [],
            "self": False,
            "toPort": last,
        }
        block = blocks.setdefault((protocol, first, last, text), empty)
        other = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
        if rule.get("CidrIpv4"):
            block["cidrBlocks"].append(rule["CidrIpv4"])
        elif rule.get("CidrIpv6"):
            block["ipv6CidrBlocks"].append(rule["CidrIpv6"])
        elif rule.get("PrefixListId"):
            block["prefixListIds"].append(rule["PrefixListId"])
        elif other == group_id:
            block["self"] = True
        elif other:
            block["securityGroups"].append(other)
    return list(blocks.values())
