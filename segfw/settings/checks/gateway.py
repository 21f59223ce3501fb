"""The gateway itself, the account, tags and days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import OptionKind
from segfw.settings.types import Cloud
from segfw.settings.words import CONTROL, quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.settings.checks.case import Case

RELEASE = re.compile(r"[1-9][0-9]?\.(?:0|[1-9][0-9]?)(?:\.(?:0|[1-9][0-9]{0,2}))*")
FIRST_EPHEMERAL = 1024
"""Ports below are system ports (RFC 6335), from which no connection of the gateway comes."""
ACCOUNT = re.compile(r"[0-9]{12}")
SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
AWS_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[1-9]")
AZURE_LOCATION = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*(?: ?[1-9])?")
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html and
# https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
AWS_TAG_KEY_LENGTH = 128
AZURE_TAG_KEY_LENGTH = 512
TAG_VALUE_LENGTH = 256
AWS_TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
AZURE_TAG_FORBIDDEN = re.compile(r"[<>%&\\?/]")
OUR_TAG = "Name"
OUR_PREFIX = "seg-firewall:"
OUR_TAGS_ON_AWS = 3
"""``Name``, and the two by which a stack's resources are found."""
OUR_TAGS_ON_AZURE = 2
"""The tag that every resource gets from its component."""


def release_is_supported(case: Case) -> Iterator[tuple[str, str]]:
    """A release is a number that is not older than the oldest known one."""
    if case.gateway is None:
        return
    release, known = case.gateway.release, case.catalog.releases
    if not RELEASE.fullmatch(release):
        yield (
            "gateway.release",
            f'"{release}" is no release of the gateway; write one such as "{known[-1]}".',
        )
    elif key_of(release) < key_of(known[0]):
        yield (
            "gateway.release",
            (
                f'"{release}" is older than {known[0]}, the oldest release that the catalog knows; '
                f"known are {quoted_list(known)}."
            ),
        )


def key_of(release: str) -> tuple[int, ...]:
    """A release as numbers, for comparison."""
    return tuple(int(part) for part in release.split("."))


def cisco_region_is_known(case: Case) -> Iterator[tuple[str, str]]:
    """The Cisco region is one of the catalog's."""
    if case.gateway is not None and case.gateway.cisco_region not in case.catalog.regions:
        name = case.gateway.cisco_region
        yield "gateway.ciscoRegion", unknown("Cisco region", name, case.catalog.regions)


def checklist_items_are_known(case: Case) -> Iterator[tuple[str, str]]:
    """Confirmed checklist items exist, and were not confirmed in the future."""
    if case.gateway is None:
        return
    known = [item.id for item in case.catalog.checklist]
    for name, confirmation in case.gateway.checklist.items():
        path = f"gateway.checklist.{name}"
        if name not in known:
            yield path, unknown("checklist item", name, known)
        elif confirmation.date > case.today:
            yield f"{path}.date", _in_the_future(confirmation.date)


def ephemeral_ports_are_high(case: Case) -> Iterator[tuple[str, str]]:
    """The gateway's own connections come from ports above the system ports."""
    if case.gateway is None:
        return
    ports = case.gateway.ephemeral_ports
    if ports.single:
        yield "gateway.ephemeralPorts", f'{ports} is one port; write a range such as "10000-65535".'
    elif ports.first < FIRST_EPHEMERAL:
        yield (
            "gateway.ephemeralPorts",
            (
                f"{ports} begins below {FIRST_EPHEMERAL}, where no connection comes from; "
                f'write a range such as "10000-65535", or leave it out.'
            ),
        )


def region_has_a_form(case: Case) -> Iterator[tuple[str, str]]:
    """The cloud's region is given, and looks like one."""
    if case.cloud is None:
        return
    aws = case.cloud is Cloud.AWS
    key = "aws:region" if aws else "azure-native:location"
    example = "eu-central-1" if aws else "westeurope"
    region = case.settings.region
    if region is None and key not in case.tree.provider and not case.tree.program:
        yield "", f'has no "{key}"; write the region, such as {example}.'
    elif region is not None and not (AWS_REGION if aws else AZURE_LOCATION).fullmatch(region):
        yield key, f'"{region}" is no region; write one such as {example}.'


def account_is_named(case: Case) -> Iterator[tuple[str, str]]:
    """A production stack names the account that it may change; a named one looks like one."""
    if case.cloud is None:
        return
    if case.cloud is Cloud.AWS:
        yield from _aws_account(case)
    else:
        yield from _azure_account(case)


def _aws_account(case: Case) -> Iterator[tuple[str, str]]:
    key = "aws:allowedAccountIds"
    node = case.tree.provider.get(key)
    if node is None:
        if case.production and not case.tree.program:
            yield "", f'a production stack names its account; write {key}: ["<12 digits>"].'
        return
    if not isinstance(node.value, tuple) or not node.value:
        yield key, 'is no list of accounts; write ["<12 digits>"].'
    for item in node.items():
        if not isinstance(item.value, str):
            yield f"{key}[{item.text}]", f'is {item.kind}; quote the account: "{item.text}".'
        elif not ACCOUNT.fullmatch(item.value):
            yield f"{key}[{item.text}]", f'"{item.value}" is no account; accounts have 12 digits.'


def _azure_account(case: Case) -> Iterator[tuple[str, str]]:
    key = "azure-native:subscriptionId"
    node = case.tree.provider.get(key)
    if node is None:
        if case.production and not case.tree.program:
            yield "", f'a production stack names its account; write {key}: "<subscription id>".'
    elif not isinstance(node.value, str) or not SUBSCRIPTION.fullmatch(node.value):
        yield (
            key,
            f'"{node.text}" is no subscription id; write 32 hexadecimal digits in five groups.',
        )


def tags_are_legal(case: Case) -> Iterator[tuple[str, str]]:
    """Tags are such that the cloud takes them on every resource."""
    tags = case.settings.tags
    aws = case.cloud is Cloud.AWS
    own = OUR_TAGS_ON_AWS if aws else OUR_TAGS_ON_AZURE
    most = (limits.AWS_TAGS_PER_RESOURCE if aws else limits.AZURE_TAGS_PER_RESOURCE) - own
    if case.cloud is not None and len(tags) > most:
        yield "tags", f"holds {len(tags)} tags; besides the {own} of ours a resource takes {most}."
    seen: dict[str, str] = {}
    for key, value in tags.items():
        path = f"tags.{key}"
        if key == OUR_TAG:
            yield path, f'every resource gets its own "{OUR_TAG}"; leave it out.'
            continue
        if key.startswith(OUR_PREFIX):
            yield path, f'tags that begin with "{OUR_PREFIX}" are ours; call it something else.'
            continue
        first = seen.setdefault(key.lower(), key)
        if first != key:
            yield path, f'differs from "{first}" only in case; keep one.'
        wrong = _wrong_tag(key, value, aws=aws)
        if wrong is not None and case.cloud is not None:
            yield path, wrong


def _wrong_tag(key: str, value: str, *, aws: bool) -> str | None:
    longest = AWS_TAG_KEY_LENGTH if aws else AZURE_TAG_KEY_LENGTH
    if not 1 <= len(key) <= longest or CONTROL.search(key):
        return f"the tag's name has {len(key)} characters; write 1 to {longest}, on one line."
    if len(value) > TAG_VALUE_LENGTH:
        return f"has {len(value)} characters; a tag's value has at most {TAG_VALUE_LENGTH}."
    if aws and key.lower().startswith("aws:"):
        return 'names that begin with "aws:" are kept for AWS; call it something else.'
    if aws and not (AWS_TAG_TEXT.fullmatch(key) and AWS_TAG_TEXT.fullmatch(value)):
        return "AWS takes letters, digits, spaces and . : / = + - @ _ in tags; write only those."
    if not aws and AZURE_TAG_FORBIDDEN.search(key):
        return "Azure takes none of < > % & \\ ? / in a tag's name; leave them out."
    return None


def days_are_within_a_year(case: Case) -> Iterator[tuple[str, str]]:
    """What is opened until a day (a tunnel, a custom flow) is looked at again within a year."""
    for feature, chosen in case.features():
        for option in feature.options.values():
            value = chosen.options.get(option.name)
            if option.kind is OptionKind.DATE and isinstance(value, str):
                yield from _review(case, f"features.{feature.id}.{option.name}", _day(value))
    for flow in case.settings.custom_flows:
        path = f"features.custom-flow[{flow.name}].reviewBy"
        yield from _review(case, path, flow.review_by)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _review(case: Case, path: str, until: date) -> Iterator[tuple[str, str]]:
    last = case.today + timedelta(days=limits.REVIEW_DAYS)
    if until > last:
        yield path, f"{until} is more than {limits.REVIEW_DAYS} days ahead; write {last} at most."
    elif until < case.today and case.production:
        yield (
            path,
            (
                f"{until} is past, and this is a production stack; look at it again, then write a "
                "new day or take it out."
            ),
        )


def checked_days_are_past(case: Case) -> Iterator[tuple[str, str]]:
    """Nobody has checked anything in the future."""
    for kind, entries in (("networks", case.settings.networks), ("hosts", case.settings.hosts)):
        for name, entry in entries.items():
            if entry.checked is not None and entry.checked > case.today:
                yield f"{kind}.{name}.checked", _in_the_future(entry.checked)


def _in_the_future(day: date) -> str:
    return f"{day} is in the future; write the day on which it was done."


def quotas_are_what_aws_grants(case: Case) -> Iterator[tuple[str, str]]:
    """Quotas are raised, and no further than AWS raises them."""
    quotas = case.settings.quotas
    rules, groups = quotas.security_group_rules, quotas.security_groups_per_interface
    entries = quotas.network_acl_entries
    if rules < limits.SECURITY_GROUP_RULES:
        yield (
            "quotas.securityGroup.rules",
            (
                f"{rules} is below the {limits.SECURITY_GROUP_RULES} that every account has; "
                "leave it out."
            ),
        )
    if not 1 <= groups <= limits.SECURITY_GROUPS_PER_INTERFACE_MOST:
        yield (
            "quotas.securityGroup.groupsPerInterface",
            (
                f"{groups} is outside 1 to {limits.SECURITY_GROUPS_PER_INTERFACE_MOST}, which is "
                "what AWS grants."
            ),
        )
    elif rules * groups > limits.SECURITY_GROUP_PRODUCT:
        most = limits.SECURITY_GROUP_PRODUCT // max(rules, 1)
        way = f"write groupsPerInterface: {most}" if most else "lower rules"
        yield (
            "quotas.securityGroup",
            (
                f"{rules} rules times {groups} groups per interface is {rules * groups}, and AWS "
                f"grants {limits.SECURITY_GROUP_PRODUCT}; {way}."
            ),
        )
    if not limits.NETWORK_ACL_ENTRIES <= entries <= limits.NETWORK_ACL_ENTRIES_MOST:
        yield (
            "quotas.networkAcl.entries",
            (
                f"{entries} is outside {limits.NETWORK_ACL_ENTRIES} to "
                f"{limits.NETWORK_ACL_ENTRIES_MOST}, which is what AWS grants."
            ),
        )


CHECKS = (
    release_is_supported,
    cisco_region_is_known,
    checklist_items_are_known,
    ephemeral_ports_are_high,
    region_has_a_form,
    account_is_named,
    tags_are_legal,
    days_are_within_a_year,
    checked_days_are_past,
    quotas_are_what_aws_grants,
)
