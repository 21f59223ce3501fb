"""Every rule can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.guardrails.guardrail import Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.index import PREFIX_LIST, PREFIX_LIST_ENTRY
from segfw.guardrails.reading.network_acls import ACL_RULE, ACLS
from segfw.guardrails.reading.nsgs import NSG, NSG_RULE
from segfw.guardrails.reading.security_groups import GROUPS, LEGACY_RULE, STANDALONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.guardrails.view import View
    from segfw.inventory import Resource

READ = frozenset(
    (*GROUPS, *STANDALONE, LEGACY_RULE, *ACLS, ACL_RULE, PREFIX_LIST, PREFIX_LIST_ENTRY)
)
"""Types whose rules or members the pack reads, without those of NSGs."""
FIREWALL_LIKE = re.compile(
    r"SecurityGroup|NetworkAcl|AdminRule|SecurityRule|SecurityUserRule|FirewallRule"
    r"|ManagedPrefixList|aws-native:ec2:PrefixList",
    re.IGNORECASE,
)
HARMLESS = re.compile(
    r"Association|Attachment|Exclusive|ApplicationSecurityGroup|resolverFirewall", re.IGNORECASE
)
"""What only ties such a resource to another one, and what lets nothing in."""
PROVIDERS = re.compile(r"(aws|azure)(-\w+)?:")
"""Whose resources are never mere parents of what a component makes."""


def judge(view: View) -> Iterator[Found]:
    """Rules with a value that none can have, and what is not known here of rules and settings."""
    for gateway in view.gateways:
        if not gateway.settings:
            message = "what it recorded of itself is not known"
            yield Found(Verdict.OPEN, gateway.resource.urn, "the firewall", message)
    for holder in view.holders:
        for rule in holder.rules:
            for verdict, found in ((Verdict.VIOLATED, rule.faults), (Verdict.OPEN, rule.undecided)):
                if found:
                    message = f"{rule.label}: {'; '.join(dict.fromkeys(found))}"
                    yield Found(verdict, rule.resource.urn, holder.label, message)
    yield from _not_seen(view)


def _not_seen(view: View) -> Iterator[Found]:
    """Resources that may let something through, of which nothing more is known here."""
    parents = {one.parent for one in view.inventory.resources}
    for one in view.inventory.resources:
        read = one.type in READ or any(each.fullmatch(one.type) for each in (NSG, NSG_RULE))
        if read and one.external:
            message = "the program only reads it: what it holds is not known here"
        elif not read and _looks_like_a_firewall(one, parents):
            message = f"{one.type} looks like a firewall, and no guardrail reads that type"
        else:
            continue
        yield Found(Verdict.OPEN, one.urn, f'"{one.name}"', message)
    for name in view.inventory.pending:
        message = "its last operation was interrupted, and what became of it is not known"
        yield Found(Verdict.OPEN, "", f'"{name}"', message)


def _looks_like_a_firewall(one: Resource, parents: set[str]) -> bool:
    """By its type; a component is as good as the resources that it makes."""
    if HARMLESS.search(one.type) or not FIREWALL_LIKE.search(one.type):
        return False
    ours = one.type.startswith("seg-firewall:")
    return not ours and (one.urn not in parents or bool(PROVIDERS.match(one.type)))


GUARDRAIL = Guardrail(
    id="readable",
    statement="Every rule is one that its cloud can have.",
    why="What cannot be read cannot be judged, and is taken for open.",
    severity=Severity.MEDIUM,
    judge=judge,
    fix="Correct the value that the finding names.",
    undecided=(
        "reported once for each rule, which every other guardrail takes at its widest; and once "
        "for each resource that looks like a firewall and cannot be read, is only read by the "
        "program, or was left by an interrupted operation"
    ),
)
