"""The compile of a whole stack: each interface's enforcement points, and what does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.compiler.expressible import refuse_what_would_be_lost
from segfw.compiler.network_acl import AclContext, compile_network_acl
from segfw.compiler.nsg import compile_nsg
from segfw.compiler.quota import Attempt, refuse_what_does_not_fit
from segfw.compiler.security_group import compile_security_group
from segfw.effective import guarded_ports, listening_services
from segfw.resolve import flows_by_interface
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Catalog
    from segfw.flow import Flow
    from segfw.rule import RuleSet
    from segfw.settings.types import Interface, NetworkAclSettings, Settings


def compile_rules(
    settings: Settings, catalog: Catalog, flows: Iterable[Flow]
) -> tuple[RuleSet, ...]:
    """One rule set to each enforcement point, by interface name.

    Raises:
        ProblemsFound: an enforcement point cannot express a peer, or a rule set is over a
            quota; each problem names the features that cost most and the cheapest setting
            that fits.
    """
    held = tuple(flows)
    by_interface = flows_by_interface(held)
    refuse_what_would_be_lost(settings, held)
    found: list[RuleSet] = []
    context = acl_context(settings, catalog)
    attempts: list[tuple[RuleSet, Interface, Attempt]] = []
    for name, interface in sorted(settings.interfaces.items()):
        for attempt in _points(settings, catalog, interface, by_interface.get(name, ()), context):
            rule_set = attempt(interface, settings.quotas)
            found.append(rule_set)
            attempts.append((rule_set, interface, attempt))
    refuse_what_does_not_fit(settings, attempts)
    return tuple(found)


def _points(
    settings: Settings,
    catalog: Catalog,
    interface: Interface,
    flows: tuple[Flow, ...],
    context: AclContext,
) -> Iterator[Attempt]:
    """What compiles each enforcement point of the interface, open to other settings and quotas."""
    order = tuple(catalog.features)
    if settings.cloud is Cloud.AZURE:
        yield lambda tried, _: compile_nsg(tried, flows, order)
        return
    yield lambda tried, quotas: compile_security_group(tried, flows, quotas)
    if interface.network_acl is not None:
        yield lambda tried, quotas: compile_network_acl(
            tried, _acl_of(tried), flows, context._replace(entries=quotas.network_acl_entries)
        )


def _acl_of(interface: Interface) -> NetworkAclSettings:
    if interface.network_acl is None:
        raise AssertionError(f"{interface.name} has no network ACL")
    return interface.network_acl


def acl_context(settings: Settings, catalog: Catalog) -> AclContext:
    """What every network ACL of the stack is compiled with."""
    features = settings.features
    return AclContext(
        entries=settings.quotas.network_acl_entries,
        gateway_ports=settings.gateway.ephemeral_ports,
        guarded=guarded_ports(features, catalog),
        services=listening_services(features, catalog),
        feature_order=tuple(catalog.features),
    )
