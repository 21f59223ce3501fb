"""What EC2 refuses about managed prefix lists, and moto does not."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from sandbox.providers import aws_limits as limits
from sandbox.providers.aws_limits import canonical_cidr, invalid, refusal
from sandbox.providers.aws_strict_groups import check_rule_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.aws_api import Api
    from sandbox.providers.values import Values


def create_list(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if EC2 would create this list."""
    del api
    most = parameters["MaxEntries"]
    if not 1 <= most <= limits.PREFIX_LIST_MOST:
        raise invalid(
            f"Invalid value '{most}' for MaxEntries. Must be from 1 to {limits.PREFIX_LIST_MOST}."
        )
    entries = parameters.get("Entries", [])
    _entries_per_call(entries)
    _check_entries(entries, parameters["AddressFamily"], most)


def modify_list(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if EC2 would change the list so, security groups that name it included."""
    added, removed = parameters.get("AddEntries", []), parameters.get("RemoveEntries", [])
    _entries_per_call(added)
    _entries_per_call(removed)
    list_id = parameters["PrefixListId"]
    found = api.prefix_list(list_id)
    if found is None:
        text = f"The prefix list ID '{list_id}' does not exist"
        raise refusal("InvalidPrefixListID.NotFound", text)
    most = parameters.get("MaxEntries", int(found["MaxEntries"]))
    if "MaxEntries" in parameters and (added or removed):
        text = "You cannot modify the entries and the maximum number of entries in one request."
        raise refusal("InvalidParameterCombination", text)
    gone = {entry["Cidr"] for entry in removed}
    kept = [entry for entry in api.prefixes(list_id) if entry["Cidr"] not in gone]
    _check_entries([*kept, *added], found["AddressFamily"], most)
    if "MaxEntries" in parameters:
        _recount(api, list_id, most)


def _recount(api: Api, list_id: str, most: int) -> None:
    rules = api.look("DescribeSecurityGroupRules", "SecurityGroupRules")
    users = {
        (rule["GroupId"], rule["IsEgress"]) for rule in rules if rule.get("PrefixListId") == list_id
    }
    for user in users:
        own = [rule for rule in rules if (rule["GroupId"], rule["IsEgress"]) == user]
        check_rule_count(api, own, {list_id: most})


def _entries_per_call(entries: list[Values]) -> None:
    if len(entries) > limits.PREFIX_LIST_PER_CALL:
        most = limits.PREFIX_LIST_PER_CALL
        text = f"The number of entries per request cannot exceeds limit ({most})."
        raise invalid(text)


def _check_entries(entries: list[Values], family: str, most: int) -> None:
    cidrs = [entry["Cidr"] for entry in entries]
    for cidr in cidrs:
        version = ipaddress.ip_network(canonical_cidr(cidr)).version
        if f"IPv{version}" != family:
            raise invalid(f"The CIDR {cidr} does not match the address family {family}.")
        if cidrs.count(cidr) > 1:
            raise invalid(f"Duplicate CIDR {cidr} in the prefix list.")
    if len(cidrs) > most:
        text = "You've reached the maximum number of entries for the prefix list."
        raise refusal("PrefixListMaxEntriesExceeded", text)


def delete_list(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if no rule names the list."""
    rules = api.look("DescribeSecurityGroupRules", "SecurityGroupRules")
    list_id = parameters["PrefixListId"]
    if any(rule.get("PrefixListId") == list_id for rule in rules):
        raise refusal(
            "DependencyViolation", f"The prefix list {list_id} is in use by a security group."
        )
