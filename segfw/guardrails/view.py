"""An inventory as guardrails see it: rules by what holds them, and what the firewall recorded."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.catalog.model import Direction
from segfw.effective import effective_rows
from segfw.guardrails.holders import Front, Holder, azure_defaults
from segfw.guardrails.reading.index import NOT_KNOWN, Index
from segfw.guardrails.reading.network_acls import ACLS, network_acl_entries
from segfw.guardrails.reading.nsgs import NSG, nsg_rules
from segfw.guardrails.reading.security_groups import GROUPS, security_group_rules
from segfw.guardrails.reading.values import held, mapping, whole, words
from segfw.inventory import FIREWALL, GATEWAY_NETWORK_ACL, GATEWAY_NSG, GATEWAY_SECURITY_GROUP
from segfw.problems import ProblemsFound
from segfw.sets.headerspace import Service
from segfw.sets.ports import LAST_PORT
from segfw.settings import read_settings, tree_from_values
from segfw.settings.types import FeatureSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from segfw.catalog.model import Catalog, Row
    from segfw.guardrails.reading.seen import Seen
    from segfw.inventory import Inventory, Resource
    from segfw.sets.ports import PortSet
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
    def gateway(self) -> Gateway | None:
        """What the stack's firewall recorded; None where the stack has none of ours."""
        found = next(self.inventory.of_type(FIREWALL), None)
        if found is None:
            return None
        return Gateway(found, held(found.inputs, "settings"), held(found.inputs, "rules"))

    @cached_property
    def settings(self) -> Settings | None:
        """The recorded settings, read as a stack file is; None where that gives problems."""
        if self.gateway is None:
            return None
        try:
            tree = tree_from_values(deepcopy(dict(self.gateway.settings)))
            stack = self.inventory.stack or "stack"
            return read_settings(tree, self.catalog, stack=stack, today=self.today)
        except ProblemsFound:
            return None

    @cached_property
    def features(self) -> dict[str, FeatureSettings]:
        """The features that are on; none where no firewall recorded them."""
        return self.gateway.features if self.gateway else {}

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
        by_interface: dict[tuple[str, str], list[Holder]] = {}
        for one in holders:
            by_interface.setdefault((one.kind, one.interface or one.urn), []).append(one)
        for (kind, _), group in by_interface.items():
            interface = group[0].interface
            label = f'{kind} "{interface or group[0].name}"'
            yield Front(label, kind, interface, self._external(interface), tuple(group))

    def _external(self, interface: str | None) -> bool | None:
        if interface is None or self.gateway is None:
            return None
        said = held(self.gateway.interfaces, interface).get("external")
        return said if isinstance(said, bool) else None

    @cached_property
    def rows(self) -> tuple[tuple[Row, PortSet], ...]:
        """Each row of the catalog with its ports, those that the stack chose among them."""
        return effective_rows(self.features, self.catalog)

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


def _name(urn: str, rules: tuple[Seen, ...]) -> str:
    """What a holder that the stack does not have is called."""
    if urn.startswith(NOT_KNOWN):
        return f"not known yet, of {rules[0].resource.name}"
    return urn.partition(":")[2] or urn
