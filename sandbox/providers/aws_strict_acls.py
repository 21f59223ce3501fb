"""What EC2 refuses about network ACLs, and moto does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.providers import aws_limits as limits
from sandbox.providers.aws_limits import invalid, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.providers.aws_api import Api


def acl_entry(api: Api, parameters: Mapping[str, Any]) -> None:
    """Returns if EC2 would take this entry."""
    first, last = limits.ACL_NUMBERS
    if not first <= parameters["RuleNumber"] <= last:
        number = parameters["RuleNumber"]
        text = f"Invalid value '{number}' for ruleNumber. Must be from {first} to {last}."
        raise invalid(text)
    blocks = [parameters.get("CidrBlock"), parameters.get("Ipv6CidrBlock")]
    if sum(block is not None for block in blocks) != 1:
        text = "The request must contain exactly one of the parameters cidrBlock and ipv6CidrBlock"
        raise refusal("MissingParameter", text)
    _acl_ports(parameters)
    acl = api.acl(parameters["NetworkAclId"])
    if acl is None:
        text = f"The networkAcl ID '{parameters['NetworkAclId']}' does not exist"
        raise refusal("InvalidNetworkAclID.NotFound", text)
    family = "CidrBlock" if parameters.get("CidrBlock") else "Ipv6CidrBlock"
    same = [
        entry
        for entry in acl["Entries"]
        if entry["Egress"] is parameters["Egress"]
        and entry.get(family)
        and entry["RuleNumber"] <= last
    ]
    # The limits.quota counts the implicit deny, which nobody creates.
    if len(same) + 2 > limits.quota(
        "SEG_SANDBOX_NACL_ENTRIES", limits.ACL_ENTRIES, limits.ACL_ENTRIES_MOST
    ):
        text = "The maximum number of network ACL entries has been reached."
        raise refusal("NetworkAclEntryLimitExceeded", text)


def _acl_ports(parameters: Mapping[str, Any]) -> None:
    protocol = parameters["Protocol"]
    if protocol in ("6", "17"):
        ports = parameters.get("PortRange") or {}
        first, last = ports.get("From", -1), ports.get("To", -1)
        if not 0 <= first <= last <= limits.LAST_PORT:
            raise invalid(f"Invalid TCP/UDP port range ({first}:{last})")
    elif protocol in ("1", "58"):
        icmp = parameters.get("IcmpTypeCode") or {}
        kind, code = icmp.get("Type", -2), icmp.get("Code", -2)
        if not (-1 <= kind <= limits.LAST_ICMP and -1 <= code <= limits.LAST_ICMP) or (
            kind == -1 and code != -1
        ):
            raise invalid(f"Invalid ICMP type and code ({kind}:{code})")
