"""What the text of `segfw/limits.py` says of each limit: its meaning, and where it was read."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field

from segfw import limits

MEANINGS = {
    "SECURITY_GROUPS_PER_INTERFACE_MOST": "The most groups per interface that AWS grants.",
    "NETWORK_ACL_ENTRIES_MOST": "The most entries that AWS grants.",
    "NETWORK_ACL_NUMBER_LAST": "The highest number of an entry.",
    "AWS_DESCRIPTION_LENGTH": "Characters in a description of a group or rule.",
    "AWS_TAGS_PER_RESOURCE": "Tags on one resource.",
    "NSG_PRIORITY_FIRST": "The lowest priority of a rule.",
    "NSG_PRIORITY_LAST": "The highest priority of a rule.",
    "NSG_RULE_NAME_LENGTH": "Characters in a rule's name.",
    "NSG_DESCRIPTION_LENGTH": "Characters in a rule's description.",
    "AZURE_TAGS_PER_RESOURCE": "Tags on one resource.",
    "MANAGEMENT_IPV4_ADDRESSES": "IPv4 addresses that may reach one management feature.",
    "NAMED_IPV4_ADDRESSES": "IPv4 addresses that any other named peer may hold.",
    "NAMED_IPV6_LENGTH": "A named peer holds at most one IPv6 network of this length.",
    "RANGE_IPV4_LENGTH": "The shortest IPv4 prefix that may have a range of ports.",
    "RANGE_IPV6_LENGTH": "The shortest IPv6 prefix that may have a range of ports.",
    "INTERFACE_NAME_LENGTH": "Characters in an interface's name, which begins every rule's.",
    "CUSTOM_FLOWS": "Custom flows in a stack.",
    "CUSTOM_FLOW_PORTS": "Ports of a custom flow.",
    "REVIEW_DAYS": "The furthest day ahead of a custom flow's review or a tunnel's end.",
    "STALE_AFTER_DAYS": "Days after which a checked network or host is noted as stale.",
    "CONFIRMED_FOR_DAYS": "Days for which a confirmed checklist item counts.",
}
"""What a limit means, where the module itself does not say."""


@dataclass(slots=True)
class Group:
    """Limits under one comment of the module."""

    source: str
    entries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def sources() -> dict[str, str]:
    """Where each limit was read, by its name."""
    return {name: group.source for group in groups() for name, _ in group.entries}


def groups() -> list[Group]:
    """The module's limits, by the comment that stands above them."""
    source = inspect.getsource(limits)
    comments = _comments(source.splitlines())
    body = ast.parse(source).body
    found: list[Group] = []
    for index, node in enumerate(body):
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            continue
        above = comments.get(node.lineno)
        if above is not None or not found:
            found.append(Group(above or ""))
        following = body[index + 1] if index + 1 < len(body) else None
        meaning = _docstring(following) or MEANINGS.get(node.target.id, "")
        found[-1].entries.append((node.target.id, meaning))
    return found


def _comments(lines: list[str]) -> dict[int, str]:
    """The line number below each block of comments, with the block's text."""
    found: dict[int, str] = {}
    block: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("# "):
            block.append(line.removeprefix("# "))
        elif block:
            found[number] = " ".join(block)
            block = []
    return found


def _docstring(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""
