"""EC2's numbers and the forms in which it gives things back, and how its refusals are made.

Quotas: awsdocs/amazon-vpc-user-guide@06e98d9 (amazon-vpc-limits.md).  Codes and texts: the EC2
API's list of error codes, and the errors that terraform-provider-aws's own tests expect.
Numbers are not taken from `segfw.limits`: the stand-in checks what the compiler believes.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Final

from sandbox.providers.errors import CloudError

RULES: Final = 60
GROUPS_PER_INTERFACE: Final = 5
GROUPS_PER_INTERFACE_MOST: Final = 16
ACL_ENTRIES: Final = 20
ACL_ENTRIES_MOST: Final = 40
ACL_NUMBERS: Final = (1, 32766)
PREFIX_LIST_MOST: Final = 1000
PREFIX_LIST_PER_CALL: Final = 100
TEXT_LENGTH: Final = 255
LAST_PORT: Final = 65535
LAST_ICMP: Final = 255
FAMILIES: Final = ("IPv4", "IPv6")

DESCRIPTION: Final = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
DESCRIPTION_TEXT: Final = (
    "Invalid rule description. Valid descriptions are strings less than 256 characters from the"
    " following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
)
PROTOCOL_NAMES: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}


def quota(variable: str, default: int, most: int) -> int:
    """A quota that the environment may raise, as an account may have it raised."""
    return min(int(os.environ.get(variable, default)), most)


def canonical_protocol(protocol: str) -> str:
    """*protocol* as EC2 gives it back in a security group rule."""
    return PROTOCOL_NAMES.get(protocol.lower(), protocol.lower())


def canonical_cidr(cidr: str) -> str:
    """*cidr* as EC2 gives it back: no host bits, and IPv6 in the short form.

    Raises:
        CloudError: it is no block.
    """
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        raise invalid(f"CIDR block {cidr} is malformed") from None


def refusal(code: str, text: str) -> CloudError:
    """The error that EC2 answers with *code*."""
    return CloudError(text, code=code)


def invalid(text: str) -> CloudError:
    """The error for a parameter that EC2 does not take."""
    return refusal("InvalidParameterValue", text)
