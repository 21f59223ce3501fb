"""Limits of the clouds, each with its source and the day it was read.

A limit that an account can have raised is a default here; a stack raises it by name.
"""

from __future__ import annotations

from typing import Final

# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, last public
# source awsdocs/amazon-vpc-user-guide@06e98d9 (2023-04), read 2026-11-24.
SECURITY_GROUP_RULES: Final = 60
"""Rules per security group, counted apart by direction and family; can be raised."""
SECURITY_GROUPS_PER_INTERFACE: Final = 5
"""Security groups per network interface; can be raised to the next limit."""
SECURITY_GROUPS_PER_INTERFACE_MOST: Final = 16
SECURITY_GROUP_PRODUCT: Final = 1000
"""Rules per group times groups per interface never exceeds this."""
NETWORK_ACL_ENTRIES: Final = 20
"""Entries per network ACL, direction and family, the implicit deny among them; can be raised."""
NETWORK_ACL_ENTRIES_MOST: Final = 40
NETWORK_ACL_IMPLICIT_ENTRIES: Final = 1
"""The implicit deny that is counted against the quota (documented; budget one less)."""
NETWORK_ACL_NUMBER_LAST: Final = 32766
PREFIX_LIST_ENTRIES_PER_CALL: Final = 100
"""hashicorp/terraform-provider-aws issues 17191 and 35371 (open), read 2026-11-24."""
AWS_DESCRIPTION_LENGTH: Final = 255
AWS_TAGS_PER_RESOURCE: Final = 50

# https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits,
# MicrosoftDocs/azure-docs includes/azure-virtual-network-limits.md@04cb4ea0 (2022-12), and
# articles/virtual-network/network-security-groups-overview.md@0088bfa7 (2025-07), read 2026-11-24.
NSG_RULES: Final = 1000
"""Rules per NSG, both directions together."""
NSG_PREFIXES: Final = 4000
"""Prefixes per NSG, counted apart for sources and destinations, summed over its rules."""
NSG_PRIORITY_FIRST: Final = 100
NSG_PRIORITY_LAST: Final = 4096
NSG_RULE_NAME_LENGTH: Final = 80
NSG_DESCRIPTION_LENGTH: Final = 140
AZURE_TAGS_PER_RESOURCE: Final = 50

# Our own bounds (design D9, D18): wide enough for an organisation, too narrow for the internet.
MANAGEMENT_IPV4_ADDRESSES: Final = 4096
MANAGEMENT_IPV6_SUBNETS: Final = 256
"""IPv6 networks of the length below that may reach one management feature."""
MANAGEMENT_IPV6_LENGTH: Final = 64
"""The length that the limit above counts in."""
NAMED_IPV4_ADDRESSES: Final = 1 << 24
NAMED_IPV6_LENGTH: Final = 32
FOREIGN_IPV4_ADDRESSES: Final = 1 << 16
"""Public addresses from which on a rule set of others counts as open to the internet."""
PORTS_OF_A_PEER: Final = 65_000
"""Replies may need 1024 to 65535, which are 64,512 ports; nobody needs more than these."""
RANGE_IPV4_LENGTH: Final = 24
RANGE_IPV6_LENGTH: Final = 64
INTERFACE_NAME_LENGTH: Final = 16
NAME_LENGTH: Final = 32
"""Characters in the name of a network or a custom flow: it stands in rule names."""
CUSTOM_FLOWS: Final = 10
CUSTOM_FLOW_PORTS: Final = 16
REVIEW_DAYS: Final = 366
STALE_AFTER_DAYS: Final = 90
CONFIRMED_FOR_DAYS: Final = 366
WAIVER_SOON_DAYS: Final = 30
"""A waiver whose last day is at most so many days ahead is a warning."""
