"""What EC2 refuses about security groups and their rules, and moto does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.providers import aws_limits as limits
from sandbox.providers.aws_limits import canonical_protocol, invalid, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sandbox.providers.aws_api import Api
    from sandbox.providers.values import Values


def authorize(*, egress: bool) -> Callable[[Api, Mapping[str, Any]], None]:
    """A check that EC2 takes the rules of an Authorize call, by its direction."""

    def check(api: Api, parameters: Mapping[str, Any]) -> None:
        there = [rule for rule in api.rules(parameters["GroupId"]) if rule["IsEgress"] is egress]
        for permission in parameters["IpPermissions"]:
            rules = list(_rules_in(permission))
            if len(rules) != 1:
                text = (
                    "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or"
                    " referencedGroupId"
                )
                raise refusal(
                    "MissingParameter" if not rules else "InvalidParameterCombination", text
                )
            _check_rule(api, rules[0], there)
            there.append(rules[0])

    return check


def _rules_in(permission: Mapping[str, Any]) -> Iterable[Values]:
    base = {key: permission.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}
    for item in permission.get("IpRanges", []):
        yield {**base, "CidrIpv4": item["CidrIp"], "Description": item.get("Description")}
    for item in permission.get("Ipv6Ranges", []):
        yield {**base, "CidrIpv6": item["CidrIpv6"], "Description": item.get("Description")}
    for item in permission.get("PrefixListIds", []):
        yield {**base, **item}
    for item in permission.get("UserIdGroupPairs", []):
        info = {"GroupId": item["GroupId"]}
        yield {**base, "ReferencedGroupInfo": info, "Description": item.get("Description")}


def modify_rules(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if EC2 would change these rules so."""
    there = {rule["SecurityGroupRuleId"]: rule for rule in api.rules(parameters["GroupId"])}
    for change in parameters["SecurityGroupRules"]:
        own = there.get(change["SecurityGroupRuleId"])
        if own is None:
            text = f"The security group rule ID '{change['SecurityGroupRuleId']}' does not exist"
            raise refusal("InvalidSecurityGroupRuleId.NotFound", text)
        rule = dict(change["SecurityGroupRule"])
        if "ReferencedGroupId" in rule:
            rule["ReferencedGroupInfo"] = {"GroupId": rule.pop("ReferencedGroupId")}
        others = [
            other
            for other in there.values()
            if other is not own and other["IsEgress"] is own["IsEgress"]
        ]
        _check_rule(api, rule, others)


def _check_rule(api: Api, rule: Values, others: list[Values]) -> None:
    if not limits.DESCRIPTION.fullmatch(rule.get("Description") or ""):
        raise invalid(limits.DESCRIPTION_TEXT)
    _check_ports(rule)
    key = rule_key(rule)
    if any(rule_key(other) == key for other in others):
        raise refusal(
            "InvalidPermission.Duplicate", f"the specified rule {_shown(rule)} already exists"
        )
    list_id = rule.get("PrefixListId")
    if list_id and api.prefix_list(list_id) is None:
        text = f"The prefix list ID '{list_id}' does not exist"
        raise refusal("InvalidPrefixListID.NotFound", text)
    check_rule_count(api, [*others, rule])


def _check_ports(rule: Values) -> None:
    protocol = canonical_protocol(str(rule["IpProtocol"]))
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if protocol in ("tcp", "udp"):
        if first is None or last is None:
            text = "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
            raise invalid(text)
        if not 0 <= first <= last <= limits.LAST_PORT:
            raise invalid(f"Invalid TCP/UDP port range ({first}:{last})")
    elif protocol in ("icmp", "icmpv6"):
        for name, value in (("type", first), ("code", last)):
            if value is not None and not -1 <= value <= limits.LAST_ICMP:
                raise invalid(f"ICMP {name} ({value}) out of range")
    elif protocol != "-1" and not (protocol.isdecimal() and int(protocol) <= limits.LAST_ICMP):
        raise invalid(f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")


def rule_key(rule: Values) -> tuple[Any, ...]:
    """What makes a rule itself within one direction of a group; the description does not."""
    protocol = canonical_protocol(str(rule["IpProtocol"]))
    ports = () if protocol == "-1" else (rule.get("FromPort", -1), rule.get("ToPort", -1))
    group = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    return (
        protocol,
        ports,
        rule.get("CidrIpv4"),
        rule.get("CidrIpv6"),
        rule.get("PrefixListId"),
        group,
    )


def _shown(rule: Values) -> str:
    group = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    peer = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or group
    protocol = canonical_protocol(str(rule["IpProtocol"]))
    if protocol == "-1":
        return f'"peer: {peer}, ALL, ALLOW"'
    first, last = rule.get("FromPort"), rule.get("ToPort")
    return f'"peer: {peer}, {protocol.upper()}, from port: {first}, to port: {last}, ALLOW"'


def check_rule_count(
    api: Api, rules: Iterable[Values], sizes: Mapping[str, int] | None = None
) -> None:
    """Returns if one direction of a group may hold *rules*.

    IPv4 and IPv6 are counted apart; a reference to a group counts in both, a prefix list as its
    maximum, which *sizes* may give for lists that are about to change.
    """
    counts = dict.fromkeys(limits.FAMILIES, 0)
    for rule in rules:
        list_id = rule.get("PrefixListId")
        if list_id:
            found = api.prefix_list(list_id) or {"AddressFamily": "IPv4", "MaxEntries": 0}
            size = (sizes or {}).get(list_id, int(found.get("MaxEntries") or 0))
            counts[found["AddressFamily"]] += size
        elif rule.get("CidrIpv6"):
            counts["IPv6"] += 1
        elif rule.get("CidrIpv4"):
            counts["IPv4"] += 1
        else:
            counts = {family: count + 1 for family, count in counts.items()}
    if max(counts.values()) > limits.quota("SEG_SANDBOX_GROUP_RULES", limits.RULES, 1000):
        text = "The maximum number of rules per security group has been reached."
        raise refusal("RulesPerSecurityGroupLimitExceeded", text)


def delete_group(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if nothing uses or names the group."""
    group_id = parameters["GroupId"]
    users = api.look(
        "DescribeNetworkInterfaces",
        "NetworkInterfaces",
        Filters=[{"Name": "group-id", "Values": [group_id]}],
    )
    rules = api.look("DescribeSecurityGroupRules", "SecurityGroupRules")
    refers = any(
        (rule.get("ReferencedGroupInfo") or {}).get("GroupId") == group_id
        and rule["GroupId"] != group_id
        for rule in rules
    )
    if users or refers:
        raise refusal("DependencyViolation", f"resource {group_id} has a dependent object")


def interface_groups(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if an interface may have these groups."""
    groups = parameters.get("Groups")
    if groups is None:
        return
    if not groups:
        raise invalid("You must specify at least one security group.")
    most = limits.quota(
        "SEG_SANDBOX_GROUPS_PER_INTERFACE",
        limits.GROUPS_PER_INTERFACE,
        limits.GROUPS_PER_INTERFACE_MOST,
    )
    if len(groups) > most:
        text = (
            "You have exceeded the maximum number of security groups allowed per network interface."
        )
        raise refusal("SecurityGroupsPerInterfaceLimitExceeded", text)
    for group_id in groups:
        if not api.look("DescribeSecurityGroups", "SecurityGroups", GroupIds=[group_id]):
            text = f"The security group '{group_id}' does not exist"
            raise refusal("InvalidGroup.NotFound", text)
