"""Single security group rules, and the exclusive ownership of a group's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sandbox.providers import aws_limits as limits
from sandbox.providers.aws_api import Api, forget, retag, tag_outputs, tags_of
from sandbox.providers.aws_checks import cidr_failures, port_failures
from sandbox.providers.errors import CloudError, Failure, HalfDone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.values import Values

_PEERS: Final = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_PORTS: Final = ("fromPort", "toPort")


class SecurityGroupRules:
    """The life of one rule in one direction: one peer, one range of ports."""

    def __init__(self, api: Api, default_tags: Mapping[str, str], *, egress: bool) -> None:
        """In the region of *api*."""
        self._api = api
        self._defaults = default_tags
        self._egress = egress
        self._direction = "Egress" if egress else "Ingress"

    def check(self, inputs: Values) -> list[Failure]:
        """Exactly one peer, ports in range and whole blocks; descriptions are left to EC2."""
        found: list[Failure] = []
        peers = [name for name in _PEERS if name in inputs]
        if len(peers) != 1:
            given = " and ".join(peers) if peers else "none"
            reason = f"exactly one of {', '.join(_PEERS)} is needed, and {given} was given"
            found.append(Failure(property=peers[1] if peers else "cidrIpv4", reason=reason))
        found.extend(cidr_failures("cidrIpv4", inputs.get("cidrIpv4"), 4))
        found.extend(cidr_failures("cidrIpv6", inputs.get("cidrIpv6"), 6))
        for name in _PORTS:
            found.extend(port_failures(name, inputs.get(name), -1))
            if inputs["ipProtocol"] == "-1" and name in inputs:
                reason = (
                    'with the protocol "-1" AWS keeps no ports, and the difference never ends'
                    " (terraform-provider-aws #30035); leave them out"
                )
                found.append(Failure(property=name, reason=reason))
        return found

    def create(self, inputs: Values) -> tuple[str, Values]:
        """A new rule; its tags come in a second call, as with the real provider."""
        answer = self._api.call(
            f"AuthorizeSecurityGroup{self._direction}",
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_permission(inputs)],
        )
        rule = answer["SecurityGroupRules"][0]
        rule_id = rule["SecurityGroupRuleId"]
        tags = {**self._defaults, **inputs.get("tags", {})}
        try:
            retag(self._api, rule_id, {}, tags)
        except CloudError as error:
            there = self._outputs(rule, {}, inputs)
            raise HalfDone(resource_id=rule_id, outputs=there, reasons=[str(error)]) from error
        return rule_id, self._outputs(rule, tags, inputs)

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """The rule, if it exists and has this direction."""
        rule = self._rule(resource_id)
        return None if rule is None else self._outputs(rule, tags_of(rule), olds)

    def _outputs(self, rule: Values, tags: dict[str, str], olds: Values) -> Values:
        rule_id = rule["SecurityGroupRuleId"]
        region, account = self._api.region, self._api.account
        peers = {
            "cidrIpv4": rule.get("CidrIpv4"),
            "cidrIpv6": rule.get("CidrIpv6"),
            "description": rule.get("Description") or None,
            "prefixListId": rule.get("PrefixListId"),
            "referencedSecurityGroupId": _reference(rule, account),
        }
        return {
            "arn": f"arn:aws:ec2:{region}:{account}:security-group-rule/{rule_id}",
            "ipProtocol": limits.canonical_protocol(rule["IpProtocol"]),
            "region": region,
            "securityGroupId": rule["GroupId"],
            "securityGroupRuleId": rule_id,
            **{key: value for key, value in peers.items() if value},
            **_ports(rule, olds),
            **tag_outputs(tags, olds.get("tags"), self._defaults),
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """The same rule with other ports, protocol, block or description; its id stays."""
        del olds
        before = self.read(resource_id, inputs)
        if before is None:
            text = f"The security group rule ID '{resource_id}' does not exist"
            raise CloudError(text, code="InvalidSecurityGroupRuleId.NotFound")
        watched = ("ipProtocol", "description", *_PORTS, *_PEERS)
        if any(before.get(name) != (inputs.get(name) or None) for name in watched):
            change = {"SecurityGroupRuleId": resource_id, "SecurityGroupRule": _request(inputs)}
            group_id = inputs["securityGroupId"]
            self._api.call(
                "ModifySecurityGroupRules", GroupId=group_id, SecurityGroupRules=[change]
            )
        wanted = {**self._defaults, **inputs.get("tags", {})}
        retag(self._api, resource_id, before["tagsAll"], wanted)
        after = self.read(resource_id, inputs) or {}
        for name in _PEERS:
            if after.get(name) != inputs.get(name):
                text = (
                    f"moto kept {name} {after.get(name)} where EC2 would take {inputs.get(name)};"
                    " start it as `python -m sandbox.ec2`, which mends that"
                )
                raise CloudError(text, code="Unsupported")
        return after

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gone; the exclusive owner may have revoked it before."""
        action, group_id = f"RevokeSecurityGroup{self._direction}", olds["securityGroupId"]
        if self._rule(resource_id) is not None:
            forget(self._api, action, GroupId=group_id, SecurityGroupRuleIds=[resource_id])

    def _rule(self, rule_id: str) -> Values | None:
        asked = [rule_id]
        found = self._api.look(
            "DescribeSecurityGroupRules", "SecurityGroupRules", SecurityGroupRuleIds=asked
        )
        return found[0] if found and found[0]["IsEgress"] is self._egress else None


def _ports(rule: Values, olds: Values) -> Values:
    protocol = limits.canonical_protocol(rule["IpProtocol"])
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    if protocol in ("tcp", "udp"):
        return {"fromPort": first, "toPort": last}
    said = "fromPort" in olds or "toPort" in olds
    icmp = protocol in ("icmp", "icmpv6") and (said or (first, last) != (-1, -1))
    return {"fromPort": first, "toPort": last} if icmp else {}


def _reference(rule: Values, account: str) -> str | None:
    info = rule.get("ReferencedGroupInfo") or {}
    group, owner = info.get("GroupId"), info.get("UserId", account)
    return group if group is None or owner == account else f"{owner}/{group}"


def _base(inputs: Values) -> Values:
    protocol = limits.canonical_protocol(inputs["ipProtocol"])
    if protocol in ("tcp", "udp"):
        ports = {"FromPort": inputs.get("fromPort"), "ToPort": inputs.get("toPort")}
    else:
        ports = {"FromPort": inputs.get("fromPort", -1), "ToPort": inputs.get("toPort", -1)}
    return {
        "IpProtocol": protocol,
        **{key: value for key, value in ports.items() if value is not None},
    }


def _permission(inputs: Values) -> Values:
    text = {"Description": inputs["description"]} if inputs.get("description") else {}
    peer: dict[str, Any] = {}
    if "cidrIpv4" in inputs:
        peer["IpRanges"] = [{"CidrIp": limits.canonical_cidr(inputs["cidrIpv4"]), **text}]
    if "cidrIpv6" in inputs:
        peer["Ipv6Ranges"] = [{"CidrIpv6": limits.canonical_cidr(inputs["cidrIpv6"]), **text}]
    if "prefixListId" in inputs:
        peer["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **text}]
    if "referencedSecurityGroupId" in inputs:
        owner, _, group = inputs["referencedSecurityGroupId"].rpartition("/")
        pair = {"GroupId": group, **({"UserId": owner} if owner else {}), **text}
        peer["UserIdGroupPairs"] = [pair]
    return {**_base(inputs), **peer}


def _request(inputs: Values) -> Values:
    peers = {
        "CidrIpv4": inputs.get("cidrIpv4"),
        "CidrIpv6": inputs.get("cidrIpv6"),
        "PrefixListId": inputs.get("prefixListId"),
        "ReferencedGroupId": inputs.get("referencedSecurityGroupId"),
    }
    text = inputs.get("description", "")
    return {**_base(inputs), "Description": text, **{k: v for k, v in peers.items() if v}}


class ExclusiveRules:
    """A group's rules are these and no others.

    Follows terraform-provider-aws `vpc_security_group_rules_exclusive.go`: rules that are not
    listed are revoked one by one, listed ones that are missing are not made, and deleting it
    revokes nothing.
    """

    def __init__(self, api: Api) -> None:
        """In the region of *api*."""
        self._api = api

    def check(self, inputs: Values) -> list[Failure]:
        """Nothing beyond the table."""
        del inputs
        return []

    def create(self, inputs: Values) -> tuple[str, Values]:
        """Named by its group."""
        self._revoke_others(inputs)
        return inputs["securityGroupId"], {**inputs, "region": self._api.region}

    def read(self, resource_id: str, olds: Values) -> Values | None:
        """All rules that are there, so that a foreign one is a difference."""
        del olds
        asked = [resource_id]
        if not self._api.look("DescribeSecurityGroups", "SecurityGroups", GroupIds=asked):
            return None
        ids: dict[bool, list[str]] = {True: [], False: []}
        for rule in self._api.rules(resource_id):
            ids[rule["IsEgress"]].append(rule["SecurityGroupRuleId"])
        return {
            "egressRuleIds": ids[True],
            "ingressRuleIds": ids[False],
            "region": self._api.region,
            "securityGroupId": resource_id,
        }

    def update(self, resource_id: str, olds: Values, inputs: Values) -> Values:
        """Revokes what is not listed."""
        del resource_id, olds
        self._revoke_others(inputs)
        return {**inputs, "region": self._api.region}

    def delete(self, resource_id: str, olds: Values) -> None:
        """Gives up the ownership; no rule changes."""

    def _revoke_others(self, inputs: Values) -> None:
        listed = {*inputs["ingressRuleIds"], *inputs["egressRuleIds"]}
        group_id = inputs["securityGroupId"]
        for rule in self._api.rules(group_id):
            if rule["SecurityGroupRuleId"] not in listed:
                action = f"RevokeSecurityGroup{'Egress' if rule['IsEgress'] else 'Ingress'}"
                ids = [rule["SecurityGroupRuleId"]]
                self._api.call(action, GroupId=group_id, SecurityGroupRuleIds=ids)
