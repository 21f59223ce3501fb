"""Which command an answer is of, and the reader of its members."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from segfw.live import commands
from segfw.live.answers import top_keys
from segfw.live.aws_groups import GroupRule, group, group_rules, single_rule
from segfw.live.aws_others import attachments, list_entries, network_acl, prefix_list
from segfw.live.azure import nsg, nsgs_of
from segfw.live.fields import At, Refused, record, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.live.found import Found

LIST_ID = re.compile(r"pl-[0-9a-f]+")
Fault = tuple[str, str]
"""A path in the answer, and what is wrong there."""


@dataclass
class Answers:
    """What the answers said, each with the file that says it."""

    found: list[tuple[str, Found]] = field(default_factory=list[tuple[str, "Found"]])
    grouped: list[tuple[str, GroupRule]] = field(default_factory=list[tuple[str, GroupRule]])
    """Rules as ``describe-security-groups`` has them: without ids."""
    single: list[tuple[str, GroupRule]] = field(default_factory=list[tuple[str, GroupRule]])
    """Rules as ``describe-security-group-rules`` has them."""
    owners: dict[str, str] = field(default_factory=dict[str, str])
    """Groups by id to their account, as their rules say it."""
    entries: list[tuple[str, str, list[dict[str, str]]]] = field(
        default_factory=list[tuple[str, str, list[dict[str, str]]]]
    )
    """File, prefix list and its entries."""


def _group(at: At, file: str, answers: Answers) -> None:
    answers.found.append((file, group(at)))
    answers.grouped += [(file, rule) for rule in group_rules(at)]


def _single(at: At, file: str, answers: Answers) -> None:
    rule = single_rule(at)
    answers.single.append((file, rule))
    answers.owners[rule.group] = at.text("GroupOwnerId") if "GroupOwnerId" in at.held else ""


def _acl(at: At, file: str, answers: Answers) -> None:
    answers.found.append((file, network_acl(at)))


def _list(at: At, file: str, answers: Answers) -> None:
    answers.found.append((file, prefix_list(at)))


def _interface(at: At, file: str, answers: Answers) -> None:
    answers.found += [(file, one) for one in attachments(at)]


def _nsg(at: At, file: str, answers: Answers) -> None:
    answers.found.append((file, nsg(at)))


READERS: dict[str, tuple[str, Callable[[At, str, Answers], None]]] = {
    "SecurityGroups": (commands.GROUPS, _group),
    "SecurityGroupRules": (commands.GROUP_RULES, _single),
    "NetworkAcls": (commands.NETWORK_ACLS, _acl),
    "PrefixLists": (commands.PREFIX_LISTS, _list),
    "NetworkInterfaces": (commands.NETWORK_INTERFACES, _interface),
}
"""The key of an answer of AWS to the command that writes it and the reader of a member."""
ENTRIES = "Entries"
MAY_BE_EMPTY = ("SecurityGroupRules", "PrefixLists", "NetworkInterfaces")
"""Answers that say something where they hold nothing: a group without rules has none."""
MORE = ("NextToken", "nextToken", "nextLink")
"""What an answer ends with that goes on elsewhere."""


def read_answer(value: object, file: str, answers: Answers) -> Iterator[Fault]:
    """Add what *value* says to *answers*, and tell what cannot be read."""
    try:
        members, read = _members(value, file, answers)
    except Refused as found:
        yield found.path, found.message
        return
    for member in members:
        try:
            read(member, file, answers)
        except Refused as found:
            yield found.path, found.message


def _members(
    value: object, file: str, answers: Answers
) -> tuple[list[At], Callable[[At, str, Answers], None]]:
    keys = top_keys(value)
    known = [key for key in READERS if key in keys]
    if ENTRIES in keys and "NetworkAclId" not in keys:
        _complete(value, commands.LIST_ENTRIES.format(id="pl-…"))
        _entries(value, file, answers)
        return [], _list
    if known:
        how, read = READERS[known[0]]
        _complete(value, how)
        held = records(cast("dict[str, Any]", value)[known[0]], known[0], how)
        if not held and known[0] not in MAY_BE_EMPTY:
            raise Refused(
                known[0],
                "the answer is empty: nothing there has that name, or it is another region or "
                f"account; look with `aws sts get-caller-identity`, and ask again: {how}",
            )
        return held, read
    _complete(value, commands.NSGS)
    found = nsgs_of(_arm_list(value), commands.NSGS)
    if found is None:
        raise _unknown(value, keys)
    return found, _nsg


def _arm_list(value: object) -> object:
    """The members of ARM's own list answer, which stand under ``value``."""
    if not isinstance(value, dict):
        return value
    held = cast("dict[str, object]", value)
    return held.get("value", held)


def _complete(value: object, how: str) -> None:
    held = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    for key in MORE:
        if held.get(key):
            raise Refused(
                key,
                "the answer goes on after this part, and what is missing may open anything; "
                f"write the whole one, without --max-items and --no-paginate: {how}",
            )


def _entries(value: object, file: str, answers: Answers) -> None:
    """A prefix list's entries: the answer does not say whose, so the file's name has to."""
    named = LIST_ID.search(file)
    if named is None:
        how = commands.LIST_ENTRIES.format(id="pl-…")
        raise Refused(
            ENTRIES, f"the answer does not say of which list it is; name the file by it: {how}"
        )
    how = commands.LIST_ENTRIES.format(id=named[0])
    answers.entries.append((file, named[0], list_entries(record(value, "", how))))


def _unknown(value: object, keys: tuple[str, ...]) -> Refused:
    kind = "a list" if isinstance(value, list) else "a bare value"
    kind = "an empty mapping" if value == {} else kind
    seen = f"it has {', '.join(keys[:6])}" if keys else f"it is {kind}"
    if isinstance(value, list) and not value:
        return Refused(
            "",
            "the answer is an empty list: the subscription or resource group has no NSG; look "
            f"with `az account show`, and ask again: {commands.NSGS}",
        )
    return Refused(
        "",
        f"this is no Pulumi state, and no answer of a shape that is read here ({seen}); give what "
        f"one of these writes, whole and without --query: {commands.GROUPS.partition(' >')[0]}, "
        "describe-security-group-rules, describe-network-acls, describe-managed-prefix-lists, "
        "describe-network-interfaces, az network nsg show or list, or pulumi stack export.",
    )
