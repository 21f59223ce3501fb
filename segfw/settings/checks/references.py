"""References: what a cloud's own name for addresses may stand for (design D7, D9, D18)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.resolve import SELF
from segfw.settings.types import Cloud, ReferenceKind
from segfw.settings.uses import strict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Feature
    from segfw.settings.checks.case import Case
    from segfw.settings.types import Network, Reference

OPAQUE = {ReferenceKind.PREFIX_LIST: "a prefix list", ReferenceKind.SERVICE_TAG: "a service tag"}
"""References whose members may be any addresses, public ones too."""
TAG = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*")
ASG = re.compile(
    r"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/Microsoft\.Network/"
    r"applicationSecurityGroups/[^/\s]+",
    re.IGNORECASE,
)
WIDE_TAGS = ("internet", "virtualnetwork", "azureloadbalancer", "azurecloud", "any")
"""Service tags, in lower case, that are wider than a peer may be or have a feature of their own.
Azure takes tags in any case."""


def references_have_a_form(case: Case) -> Iterator[tuple[str, str]]:
    """A reference is of a form that its cloud has, counts something, and is not everybody."""
    for name, network in case.settings.networks.items():
        for cloud, reference in network.references.items():
            yield from _form(f"networks.{name}.{cloud.value}", reference)


def _form(path: str, reference: Reference) -> Iterator[tuple[str, str]]:
    text = reference.id if isinstance(reference.id, str) else None
    if reference.weight < 1:
        yield (
            f"{path}.prefixList.weight",
            f"{reference.weight} is no number of entries; write the list's maximum.",
        )
    if text is None:
        return
    if reference.kind is ReferenceKind.SERVICE_TAG:
        if text.partition(".")[0].casefold() in (*WIDE_TAGS, "*"):
            yield (
                f"{path}.serviceTag",
                f'"{text}" is too wide for a network; list its prefixes instead.',
            )
        elif not TAG.fullmatch(text):
            yield (
                f"{path}.serviceTag",
                f'"{text}" is no service tag; write one as Azure lists it, such as "Storage".',
            )
    if reference.kind is ReferenceKind.APPLICATION_SECURITY_GROUP and not ASG.fullmatch(text):
        yield (
            f"{path}.applicationSecurityGroup",
            (
                f'"{text}" is no id of an application security group; write '
                "/subscriptions/.../applicationSecurityGroups/<name>, or {stack: ..., output: ...}."
            ),
        )


def references_have_one_name(case: Case) -> Iterator[tuple[str, str]]:
    """One thing in the cloud has one network's name: two names would make its rules twice."""
    if case.cloud is None:
        return
    first: dict[str, str] = {}
    for name, network in sorted(case.settings.networks.items()):
        reference = network.references.get(case.cloud)
        if reference is None:
            continue
        other = first.setdefault(str(reference.id).casefold(), name)
        if other != name:
            yield (
                f"networks.{name}",
                (
                    f'"{reference.id}" is also the network "{other}"; a rule names it once, so '
                    "use one name for both."
                ),
            )


def opaque_references_stay_outside(case: Case) -> Iterator[tuple[str, str]]:
    """What has no size known here never manages, relays, or comes in from outside."""
    if case.cloud is None:
        return
    for feature, _ in case.features():
        names = {n for flow, _ in case.flows(feature) for n in case.peer_names(feature, flow)}
        for network in case.networks(tuple(sorted(names - {SELF}))):
            what = opaque(network, case.cloud)
            if what is not None and _needs_a_size(case, feature):
                yield f"features.{feature.id}", _unknown_size(network, what)
    for flow in case.settings.custom_flows:
        for network in case.networks((flow.network,)):
            what = opaque(network, case.cloud)
            if what is not None:
                yield f"features.custom-flow[{flow.name}]", _unknown_size(network, what)


def opaque(network: Network, cloud: Cloud) -> str | None:
    """What kind of reference of unknown size *network* has on this cloud; None for none."""
    reference = network.references.get(cloud)
    return OPAQUE.get(reference.kind) if reference is not None else None


def _needs_a_size(case: Case, feature: Feature) -> bool:
    external = any(interface.external for interface in case.ingress(feature))
    comes_in = any(flow.direction is Direction.INGRESS for flow, _ in case.flows(feature))
    return strict(feature) or (comes_in and external)


def _unknown_size(network: Network, what: str) -> str:
    return (
        f'"{network.name}" is {what}, and how many addresses it has is not known; name a network '
        "with prefixes."
    )


def routes_have_prefixes(case: Case) -> Iterator[tuple[str, str]]:
    """A static route is to prefixes: what is only a reference has no place in routes."""
    for name, interface in case.settings.interfaces.items():
        for route in interface.routes:
            network = case.settings.networks.get(route)
            if network is not None and not network.prefixes:
                yield (
                    f"interfaces.{name}.routes[{route}]",
                    (
                        f'"{route}" has no prefixes, and a route is to prefixes; list them, or pin '
                        f"its features with interface: {name}."
                    ),
                )


def prefix_lists_have_an_interface(case: Case) -> Iterator[tuple[str, str]]:
    """A prefix list's family is one that the interfaces have where its rules may sit."""
    if case.cloud is not Cloud.AWS:
        return
    for feature, _ in case.features():
        comes_in = case.has_ingress(feature)
        homes = case.ingress(feature) if comes_in else tuple(case.settings.interfaces.values())
        names = {n for flow, _ in case.flows(feature) for n in case.peer_names(feature, flow)}
        for network in case.networks(tuple(sorted(names))):
            reference = network.references.get(Cloud.AWS)
            family = reference.family if reference is not None else None
            if family is not None and homes and all(family not in h.families for h in homes):
                yield (
                    f"networks.{network.name}.aws.prefixList.family",
                    (
                        f"is {family.keyword}, and no interface where {feature.id} would use it "
                        "has it; add it to the families of one, or take the list out."
                    ),
                )


CHECKS = (
    references_have_a_form,
    references_have_one_name,
    opaque_references_stay_outside,
    routes_have_prefixes,
    prefix_lists_have_an_interface,
)
