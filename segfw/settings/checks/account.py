"""The cloud account: its region, its name, its tags and its quotas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw import limits
from segfw.settings.checks.case import region_key
from segfw.settings.types import Cloud
from segfw.settings.words import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.settings.checks.case import Case

ACCOUNT = re.compile(r"[0-9]{12}")
SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
AWS_ZONE = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[1-9][a-z]")
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


def region_has_a_form(case: Case) -> Iterator[tuple[str, str]]:
    """The cloud's region is given, and looks like one."""
    if case.cloud is None:
        return
    aws = case.cloud is Cloud.AWS
    key = region_key(case.cloud)
    example = "eu-central-1" if aws else "westeurope"
    region = case.settings.region
    if region is None:
        if key not in case.tree.provider and not case.tree.program:
            yield "", f'has no "{key}"; write the region, such as {example}.'
    elif aws and AWS_ZONE.fullmatch(region):
        yield key, f'"{region}" is an availability zone; write its region: {region[:-1]}.'
    elif not (AWS_REGION if aws else AZURE_LOCATION).fullmatch(region):
        meant = region.lower() if aws and AWS_REGION.fullmatch(region.lower()) else example
        yield key, f'"{region}" is no region; write one such as {meant}.'


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
    if not 1 <= len(key) <= longest:
        return f"the tag's name has {len(key)} characters; write 1 to {longest}, on one line."
    if found := CONTROL.search(key):
        return f"the tag's name has the control character U+{ord(found[0]):04X}; leave it out."
    if len(value) > TAG_VALUE_LENGTH:
        return f"has {len(value)} characters; a tag's value has at most {TAG_VALUE_LENGTH}."
    if aws and key.lower().startswith("aws:"):
        return 'names that begin with "aws:" are kept for AWS; call it something else.'
    if aws and not (AWS_TAG_TEXT.fullmatch(key) and AWS_TAG_TEXT.fullmatch(value)):
        return "AWS takes letters, digits, spaces and . : / = + - @ _ in tags; write only those."
    if not aws and AZURE_TAG_FORBIDDEN.search(key):
        return "Azure takes none of < > % & \\ ? / in a tag's name; leave them out."
    return None


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
    region_has_a_form,
    account_is_named,
    tags_are_legal,
    quotas_are_what_aws_grants,
)
