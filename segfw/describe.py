"""What a rule says of itself in the cloud: feature and row, in the characters allowed there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.limits import AWS_DESCRIPTION_LENGTH, NSG_DESCRIPTION_LENGTH

if TYPE_CHECKING:
    from segfw.rule import Rule

NOT_AWS = re.compile(r"[^a-zA-Z0-9 ._\-:/()#,@\[\]+=;{}!$*]")
"""What EC2 refuses in descriptions; ``&`` is legal for the API and not on the rule page."""
NOT_AZURE = re.compile(r"[^\x20-\x7e]")


def aws_description(rule: Rule) -> str:
    """At most 255 characters, all legal for EC2."""
    return _fitting(rule, NOT_AWS, AWS_DESCRIPTION_LENGTH)


def azure_description(rule: Rule) -> str:
    """At most 140 printable ASCII characters."""
    return _fitting(rule, NOT_AZURE, NSG_DESCRIPTION_LENGTH)


def _fitting(rule: Rule, illegal: re.Pattern[str], length: int) -> str:
    custom_first = sorted(rule.flows, key=lambda flow: flow.custom is None)
    purposes = list(dict.fromkeys(flow.purpose for flow in custom_first))
    if not purposes:
        return "Everything that no rule above allows" if rule.protocol is None else "Guard"
    if len(purposes) == 1:
        titled = f"{purposes[0]}: {custom_first[0].title}"
        return illegal.sub(" ", titled)[:length].rstrip()
    for shown in range(len(purposes), 0, -1):
        more = len(purposes) - shown
        text = ", ".join(purposes[:shown]) + (f" and {more} more" if more else "")
        text = illegal.sub(" ", text)
        if len(text) <= length:
            return text
    return illegal.sub(" ", purposes[0])[:length].rstrip()
