"""The commands whose answers are read, as a message tells them."""

from __future__ import annotations

GROUPS = "aws ec2 describe-security-groups --output json > groups.json"
GROUP_RULES = "aws ec2 describe-security-group-rules --output json > rules.json"
NETWORK_ACLS = "aws ec2 describe-network-acls --output json > acls.json"
PREFIX_LISTS = "aws ec2 describe-managed-prefix-lists --output json > lists.json"
LIST_ENTRIES = (
    "aws ec2 get-managed-prefix-list-entries --prefix-list-id {id} --output json > {id}.json"
)
NETWORK_INTERFACES = "aws ec2 describe-network-interfaces --output json > interfaces.json"
NSGS = "az network nsg list --output json > nsgs.json"


def rules_of(groups: tuple[str, ...]) -> str:
    """The command that lists the rules of *groups* with their ids."""
    named = ",".join(groups)
    return (
        "aws ec2 describe-security-group-rules "
        f"--filters Name=group-id,Values={named} --output json > rules.json"
    )
