"""Groups, ACLs, NSGs and lists carry tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.index import PREFIX_LIST
from segfw.guardrails.reading.network_acls import NETWORK_ACL
from segfw.guardrails.reading.nsgs import NSG
from segfw.guardrails.reading.security_groups import GROUP
from segfw.guardrails.reading.values import mapping
from segfw.inventory import UNKNOWN
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.guardrails.view import View
    from segfw.inventory import Resource

STACK = "seg-firewall:stack"
"""The tag by which our resources are found."""


def judge(view: View) -> Iterator[Found]:
    """Resources without any tag, and resources of ours without the stack's."""
    for one in view.inventory.resources:
        if one.external or not takes_tags(one.type):
            continue
        tags = _tags(one)
        subject = f'"{one.name}"'
        if tags is None:
            yield Found(Verdict.OPEN, one.urn, subject, "its tags are not known yet")
        elif not tags:
            yield Found(Verdict.VIOLATED, one.urn, subject, "it has no tags")
        elif one.parent in view.index.by_urn and STACK not in tags and _ours(view, one):
            yield Found(Verdict.VIOLATED, one.urn, subject, f"it has no tag {STACK}")


def takes_tags(type_: str) -> bool:
    """A resource of that type holds rules or prefixes, and has tags."""
    return type_ in (GROUP, NETWORK_ACL, PREFIX_LIST) or NSG.fullmatch(type_) is not None


def _tags(resource: Resource) -> Mapping[str, Any] | None:
    """All tags where the provider says them, else the resource's own; None: not known."""
    values = [resource.inputs.get(field) for field in ("tagsAll", "tags")]
    for value in values:
        if mapping(value):
            return mapping(value)
    return None if any(value is UNKNOWN or value is SECRET for value in values) else {}


def _ours(view: View, resource: Resource) -> bool:
    return view.index.by_urn[resource.parent].type.startswith("seg-firewall:")


GUARDRAIL = Guardrail(
    id="tagged",
    statement="Security groups, network ACLs, NSGs and prefix lists are tagged.",
    why="Who owns a rule set is asked when something breaks, and tags are where people look.",
    severity=Severity.LOW,
    judge=judge,
    fix="Set `tags`; the provider's default tags count.",
    undecided=REPORTED,
    answers=("Azure.NSG.Name",),
)
