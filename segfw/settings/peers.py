"""Who the peers are: networks and hosts, read from their short and their long form."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from segfw import limits
from segfw.resolve import INTERNET
from segfw.settings.forms import HostForm, NetworkForm
from segfw.settings.node import said
from segfw.settings.types import (
    Cloud,
    HostSettings,
    Network,
    Reference,
    ReferenceKind,
    Strategy,
)

if TYPE_CHECKING:
    from segfw.settings.findings import Findings
    from segfw.settings.forms import AwsForm, AzureForm
    from segfw.settings.node import Node

    Form = TypeVar("Form", NetworkForm, HostForm)


def read_networks(node: Node | None, findings: Findings) -> dict[str, Network]:
    """The networks that could be read, by name."""
    found: dict[str, Network] = {}
    for name, entry in findings.entries(node, "networks").items():
        path = f"networks.{name}"
        if not findings.is_a_name(path, name, limits.NAME_LENGTH):
            continue
        forms = "write a list of prefixes, or a mapping with prefixes"
        form = _form(path, entry, NetworkForm, forms, findings)
        if form is not None:
            found[name] = Network(
                name=name,
                prefixes=form.prefixes,
                references=_references(name, form, findings),
                owner=form.owner,
                source=form.source,
                checked=form.checked,
            )
    return found


def _form(path: str, node: Node, kind: type[Form], forms: str, findings: Findings) -> Form | None:
    """A list as the prefixes of a *kind*, a mapping as all of it; None with its problems noted."""
    if isinstance(node.value, tuple):
        return findings.value(path, {"prefixes": node.plain()}, kind, unsaid=".prefixes")
    if isinstance(node.value, dict):
        return findings.entry(path, node, kind)
    findings.refuse(path, f"is {said(node.value)}; {forms}.")
    return None


def _references(name: str, form: NetworkForm, findings: Findings) -> dict[Cloud, Reference]:
    found = {
        Cloud.AWS: _aws(name, form.aws, findings) if form.aws is not None else None,
        Cloud.AZURE: _azure(name, form.azure, findings) if form.azure is not None else None,
    }
    return {cloud: reference for cloud, reference in found.items() if reference is not None}


def _aws(name: str, form: AwsForm, findings: Findings) -> Reference | None:
    chosen, group = form.prefix_list, form.security_group
    if chosen is not None and group is None:
        return Reference(
            kind=ReferenceKind.PREFIX_LIST,
            name=name,
            id=chosen.id,
            weight=chosen.weight,
            family=chosen.family,
        )
    if group is not None and chosen is None:
        return Reference(kind=ReferenceKind.SECURITY_GROUP, name=name, id=group)
    message = "needs prefixList or securityGroup, and only one of them."
    findings.refuse(f"networks.{name}.aws", message)
    return None


def _azure(name: str, form: AzureForm, findings: Findings) -> Reference | None:
    tag, group = form.service_tag, form.application_security_group
    if tag is not None and group is None:
        return Reference(kind=ReferenceKind.SERVICE_TAG, name=name, id=tag)
    if group is not None and tag is None:
        return Reference(kind=ReferenceKind.APPLICATION_SECURITY_GROUP, name=name, id=group)
    message = "needs serviceTag or applicationSecurityGroup, and only one of them."
    findings.refuse(f"networks.{name}.azure", message)
    return None


def read_hosts(node: Node | None, findings: Findings) -> dict[str, HostSettings]:
    """The strategies that could be read, by host; one for all others is ``default``."""
    found: dict[str, HostSettings] = {}
    forms = "write a list of prefixes, internet, or {proxy: {network: ..., port: ...}}"
    for name, entry in findings.entries(node, "hosts").items():
        path = f"hosts.{name}"
        if entry.value == INTERNET:
            found[name] = HostSettings(strategy=Strategy.INTERNET)
            continue
        form = _form(path, entry, HostForm, forms, findings)
        if form is None:
            continue
        if bool(form.prefixes) == (form.proxy is not None):
            message = "needs prefixes or a proxy, and only one of them; or write internet."
            findings.refuse(path, message)
            continue
        found[name] = HostSettings(
            strategy=Strategy.PREFIXES if form.proxy is None else Strategy.PROXY,
            prefixes=form.prefixes,
            network=form.proxy.network if form.proxy else None,
            port=form.proxy.port if form.proxy else None,
            owner=form.owner,
            source=form.source,
            checked=form.checked,
        )
    return found
