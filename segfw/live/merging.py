"""What several answers say of one cloud: whether they agree, and all of it together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from segfw.clouds.aws_security_group.spec import GROUP, PREFIX_LIST
from segfw.clouds.azure_nsg.spec import NSG
from segfw.live import commands
from segfw.live.aws_groups import GroupRule, rule_found
from segfw.live.found import Found
from segfw.problems import Place, Problem
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.live.kinds import Answers

Told = tuple[str, Found]
"""A file, and a resource that it describes."""


def apart(answers: Answers) -> Iterator[Problem]:
    """Why the answers are not of one cloud at one time."""
    yield from _twice([(file, one.path, one.id) for file, one in answers.found])
    yield from _twice([(file, one.path, one.id) for file, one in answers.single])
    yield from _twice([(file, "Entries", id_) for file, id_, _ in answers.entries])
    yield from _several("accounts", [(file, one.account) for file, one in answers.found])
    yield from _several("regions", [(file, one.region) for file, one in answers.found])
    yield from _several("clouds", [(file, _cloud(one)) for file, one in answers.found])
    yield from _disagreeing(answers)


def _cloud(one: Found) -> str:
    return "Azure" if one.type == NSG else "AWS"


def _twice(ids: list[tuple[str, str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file, path, id_ in ids:
        if id_ in first:
            where = "the file" if first[id_] == file else first[id_]
            yield Problem(
                Place(file, 0), path, f'"{id_}" is in {where} already; give each answer once.'
            )
        first.setdefault(id_, file)


def _several(what: str, said: list[tuple[str, str]]) -> Iterator[Problem]:
    names = sorted({name for _, name in said} - {""})
    if len(names) > 1:
        files = sorted({file for file, _ in said})
        yield Problem(
            Place(files[0], 0),
            "",
            f"the answers are of several {what}: {quoted_list(names)}; a stack has one. Ask for "
            "one of them, and give its answers alone.",
        )


def _disagreeing(answers: Answers) -> Iterator[Problem]:
    """Groups of which the two commands tell different rules: one was asked later, or in part."""
    described = {one.id for _, one in answers.found if one.type == GROUP}
    listed = _by_group(answers.single)
    if not answers.single:
        return
    files = {file for file, _ in answers.single}
    for id_, grouped in _by_group(answers.grouped, described).items():
        one_side = Counter(rule.content for rule in grouped)
        other = Counter(rule.content for rule in listed.get(id_, []))
        if one_side != other:
            yield Problem(
                Place(min(files), 0),
                id_,
                f"describe-security-groups tells {len(grouped)} rules of it, and "
                f"describe-security-group-rules {len(listed.get(id_, []))}, not the same ones; "
                f"ask for both again, at one time: {commands.rules_of((id_,))}",
            )


def _by_group(
    rules: list[tuple[str, GroupRule]], groups: set[str] | None = None
) -> dict[str, list[GroupRule]]:
    found: dict[str, list[GroupRule]] = {id_: [] for id_ in sorted(groups or ())}
    for _, rule in rules:
        found.setdefault(rule.group, []).append(rule)
    return found


def merged(answers: Answers) -> list[Told]:
    """Every resource once: rules with their ids where an answer has them, lists with entries."""
    found = list(_with_entries(answers))
    groups = {one.id: one for _, one in found if one.type == GROUP}
    for file, rule in answers.single:
        if rule.group not in groups:
            groups[rule.group] = _undescribed(rule, answers.owners[rule.group])
            found.append((file, groups[rule.group]))
    listed = {rule.group for _, rule in answers.single}
    rules = [*answers.single, *(pair for pair in answers.grouped if pair[1].group not in listed)]
    for file, rule in rules:
        group = groups[rule.group]
        found.append((file, rule_found(rule, group.name, group.account)))
    return found


def _undescribed(rule: GroupRule, account: str) -> Found:
    """A group of which only the rules were asked: its VPC and tags are not known."""
    return Found(GROUP, rule.group, rule.group, rule.path, {}, account)


def _with_entries(answers: Answers) -> Iterator[Told]:
    entries = {id_: held for _, id_, held in answers.entries}
    for file, one in answers.found:
        held = entries.pop(one.id, None) if one.type == PREFIX_LIST else None
        if held is None:
            yield file, one
            continue
        family = one.inputs["addressFamily"] or _family(held)
        inputs = {**one.inputs, "addressFamily": family, "entries": held}
        yield file, one._replace(inputs=inputs, external=False)
    for file, id_, held in answers.entries:
        if id_ in entries:
            inputs = {"addressFamily": _family(held), "entries": held}
            yield file, Found(PREFIX_LIST, id_, id_, "Entries", inputs)


def _family(entries: list[dict[str, str]]) -> str:
    return "IPv6" if any(":" in one["cidr"] for one in entries) else "IPv4"


def with_names(resources: list[Told]) -> Iterator[Found]:
    """The resources, with the id behind a name that several of a type have."""
    counts = Counter((one.type, one.name) for _, one in resources)
    for _, one in resources:
        twice = counts[one.type, one.name] > 1 and one.id
        yield one._replace(name=f"{one.name} ({one.id})") if twice else one
