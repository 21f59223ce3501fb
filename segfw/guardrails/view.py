"""An inventory as guardrails see it: rules by what holds them, and what the firewall recorded."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw import settings  # whose names are loaded when they are used
from segfw.catalog.model import Direction
from segfw.effective import effective_rows, listening_services
from segfw.guardrails.holders import Front, Holder, azure_defaults
from segfw.guardrails.levels import RELAXED
from segfw.guardrails.reading.index import NOT_KNOWN, Index
from segfw.guardrails.reading.network_acls import ACLS, network_acl_entries
from segfw.guardrails.reading.nsgs import NSG, nsg_rules
from segfw.guardrails.reading.security_groups import GROUPS, security_group_rules
from segfw.guardrails.reading.values import held, mapping, whole, words
from segfw.inventory import FIREWALL, GATEWAY_NETWORK_ACL, GATEWAY_NSG, GATEWAY_SECURITY_GROUP
from segfw.problems import ProblemsFound
from segfw.sets.headerspace import Service
from segfw.sets.ports import LAST_PORT, PortSet
from segfw.settings.types import FeatureSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from segfw.catalog.model import Catalog, Row
    from segfw.guardrails.reading.seen import Seen
    from segfw.inventory import Inventory, Resource
    from segfw.settings.types import Settings

GATEWAYS = (GATEWAY_SECURITY_GROUP, GATEWAY_NETWORK_ACL, GATEWAY_NSG)


class Gateway(NamedTuple):
    """What the firewall component recorded of itself: plain values, as in a stack file."""

    resource: Resource
    settings: Mapping[str, Any]
    rules: Mapping[str, Any]
    """``{point}/{rule name}`` to features and rows."""

    @property
    def environment(self) -> str:
        """``dev``, ``test``, ``lab``, ``prod``; empty where it is not recorded."""
        return words(held(self.settings, "gateway"), "environment")

    @property
    def interfaces(self) -> Mapping[str, Any]:
        """The interfaces by name."""
        return held(self.settings, "interfaces")

    @property
    def features(self) -> dict[str, FeatureSettings]:
        """The features that are on, with their options as recorded."""
        return {
            name: FeatureSettings(id=name, options=_options(options))
            for name, options in held(self.settings, "features").items()
        }


def _options(value: object) -> dict[str, bool | int | str]:
    """Choices and texts as they are; numbers are ports."""
    found: dict[str, bool | int | str] = {}
    for name, option in mapping(value).items():
        port = None if isinstance(option, str) else whole(option)
        if port is not None and 0 <= port <= LAST_PORT:
            found[name] = port
        elif isinstance(option, bool | str):
            found[name] = option
    return found


class View:
    """Everything that guardrails ask about; each answer is worked out once."""

    def __init__(self, inventory: Inventory, catalog: Catalog, today: date) -> None:
        """Read an inventory; nothing in it raises."""
        self.inventory = inventory
        self.catalog = catalog
        self.today = today
        self.index = Index.of(inventory)

    @cached_property
    def gateways(self) -> tuple[Gateway, ...]:
        """What each firewall of the stack recorded; none where the stack has none of ours."""
        return tuple(
            Gateway(one, held(one.inputs, "settings"), held(one.inputs, "rules"))
            for one in self.inventory.of_type(FIREWALL)
        )

    @cached_property
    def gateway(self) -> Gateway | None:
        """The firewall whose environment is strictest, with the rules that all recorded.

        A rule that two recorded differently is left out: nobody can say whose it is.
        """
        if not self.gateways:
            return None
        strictest = min(self.gateways, key=lambda one: one.environment in RELAXED)
        rules: dict[str, Any] = {}
        for one in self.gateways:
            rules |= one.rules
        agreed = {
            key: said
            for key, said in rules.items()
            if all(one.rules.get(key, said) == said for one in self.gateways)
        }
        return strictest._replace(rules=agreed)

    @property
    def environment(self) -> str:
        """The strictest that a firewall recorded; empty where none did."""
        return self.gateway.environment if self.gateway else ""

    def gateway_of(self, resource: Resource | None) -> Gateway | None:
        """The firewall above *resource*; the only one where the stack has one."""
        if len(self.gateways) <= 1:
            return next(iter(self.gateways), None)
        by_urn = {one.resource.urn: one for one in self.gateways}
        seen: set[str] = set()
        while resource is not None and resource.urn not in by_urn and resource.urn not in seen:
            seen.add(resource.urn)
            resource = self.index.by_urn.get(resource.parent)
        return by_urn.get(resource.urn) if resource is not None else None

    def settings_of(self, gateway: Gateway) -> Settings | None:
        """The recorded settings, read as a stack file is; None where that gives problems."""
        try:
            tree = settings.tree_from_values(deepcopy(dict(gateway.settings)))
            stack = self.inventory.stack or "stack"
            return settings.read_settings(tree, self.catalog, stack=stack, today=self.today)
        except ProblemsFound:
            return None

    @cached_property
    def security_groups(self) -> tuple[Holder, ...]:
        """Security groups, those of nobody in the stack among them."""
        rules = security_group_rules(self.inventory, self.index)
        return self._holders("security group", GROUPS, rules)

    @cached_property
    def network_acls(self) -> tuple[Holder, ...]:
        """Network ACLs, default ones among them."""
        return self._holders("network ACL", ACLS, network_acl_entries(self.inventory, self.index))

    @cached_property
    def nsgs(self) -> tuple[Holder, ...]:
        """NSGs, each with Azure's default rules behind its own."""
        types = {r.type for r in self.inventory.resources if NSG.fullmatch(r.type)}
        found = self._holders("NSG", tuple(types), nsg_rules(self.inventory, self.index))
        return tuple(replace(one, rules=(*one.rules, *azure_defaults(one))) for one in found)

    @cached_property
    def holders(self) -> tuple[Holder, ...]:
        """All of them."""
        return (*self.security_groups, *self.network_acls, *self.nsgs)

    def _holders(
        self, kind: str, types: tuple[str, ...], rules: Iterable[tuple[str, Seen]]
    ) -> tuple[Holder, ...]:
        by_owner: dict[str, list[Seen]] = {one.urn: [] for one in self.inventory.of_type(*types)}
        for owner, rule in rules:
            # Of owners that are not known nobody can say that two are one.
            key = f"{NOT_KNOWN}:{rule.resource.urn}" if owner == NOT_KNOWN else owner
            by_owner.setdefault(key, []).append(rule)
        return tuple(self._holder(kind, urn, tuple(held)) for urn, held in by_owner.items())

    def _holder(self, kind: str, urn: str, rules: tuple[Seen, ...]) -> Holder:
        resource = self.index.by_urn.get(urn)
        parent = self.index.by_urn.get(resource.parent) if resource else None
        ours = parent is not None and parent.type in GATEWAYS
        return Holder(
            urn=urn if resource or not urn.startswith(NOT_KNOWN) else rules[0].resource.urn,
            kind=kind,
            name=resource.name if resource else _name(urn, rules),
            resource=resource,
            interface=parent.name if parent is not None and ours else None,
            gateway=self.gateway_of(parent) if ours else None,
            rules=rules,
        )

    @cached_property
    def fronts(self) -> tuple[Front, ...]:
        """Security groups by interface, and NSGs: what decides what reaches the gateway."""
        return tuple(self._fronts((*self.security_groups, *self.nsgs)))

    @cached_property
    def acl_fronts(self) -> tuple[Front, ...]:
        """Network ACLs, one front each."""
        return tuple(self._fronts(self.network_acls))

    def _fronts(self, holders: Iterable[Holder]) -> Iterator[Front]:
        by_interface: dict[tuple[str, str, str], list[Holder]] = {}
        for one in holders:
            whose = one.gateway.resource.urn if one.gateway else ""
            by_interface.setdefault((one.kind, whose, one.interface or one.urn), []).append(one)
        for (kind, _, _), group in by_interface.items():
            first = group[0]
            label = f'{kind} "{first.interface or first.name}"'
            external = _external(first.gateway, first.interface)
            yield Front(label, kind, first.interface, external, tuple(group), first.gateway)

    @cached_property
    def rows(self) -> tuple[tuple[Row, PortSet], ...]:
        """Each row of the catalog with its ports, those that any firewall chose among them."""
        found: dict[str, PortSet] = {}
        for features in self._features:
            for row, ports in effective_rows(features, self.catalog):
                found[row.id] = found.get(row.id, PortSet()) | ports
        return tuple((self.catalog.rows[id_], ports) for id_, ports in found.items())

    @cached_property
    def listening(self) -> tuple[Service, ...]:
        """Every service on which a gateway answers, by default or by choice."""
        found = [listening_services(one, self.catalog) for one in self._features]
        return tuple(dict.fromkeys(service for each in found for service in each))

    @property
    def _features(self) -> list[dict[str, FeatureSettings]]:
        """The features of each firewall; those of none where the stack has no firewall."""
        return [one.features for one in self.gateways] or [{}]

    def services(self, *features: str) -> tuple[Service, ...]:
        """What the gateway answers on for any of *features*, by default or by choice."""
        reached = {
            flow.row
            for name in features
            for flow in self.catalog.features[name].flows
            if flow.direction is Direction.INGRESS
        }
        return tuple(
            Service.of_ports(protocol.number, ports)
            for row, chosen in self.rows
            if row.id in reached and row.listens
            for protocol in row.protocols
            for ports in chosen.ranges()
        )


def _external(gateway: Gateway | None, interface: str | None) -> bool | None:
    if interface is None or gateway is None:
        return None
    said = held(gateway.interfaces, interface).get("external")
    return said if isinstance(said, bool) else None


def _name(urn: str, rules: tuple[Seen, ...]) -> str:
    """What a holder that the stack does not have is called."""
    if urn.startswith(NOT_KNOWN):
        return f"not known yet, of {rules[0].resource.name}"
    return urn.partition(":")[2] or urn
