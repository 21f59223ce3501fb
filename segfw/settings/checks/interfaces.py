"""Interfaces: names, roles, families, subnets and routes."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from segfw import limits
from segfw.sets.addresses import Family
from segfw.settings.checks.missing import no_such_network
from segfw.settings.structure import NAME
from segfw.settings.words import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.sets.addresses import Prefix
    from segfw.settings.checks.case import Case


def there_is_an_interface(case: Case) -> Iterator[tuple[str, str]]:
    """A stack has at least one interface."""
    if not case.interface_names:
        yield "interfaces", "has no interface; write one with its roles."


def interface_has_a_role(case: Case) -> Iterator[tuple[str, str]]:
    """Roles and families are named."""
    for name, interface in case.settings.interfaces.items():
        if not interface.roles:
            yield (
                f"interfaces.{name}.roles",
                "is an empty list; write management, public or private.",
            )
        if not interface.families:
            yield f"interfaces.{name}.families", "is an empty list; write [ipv4] or [ipv4, ipv6]."


def names_do_not_meet(case: Case) -> Iterator[tuple[str, str]]:
    """No name begins with another's and a hyphen: names of their resources could be the same."""
    for name in sorted(case.interface_names):
        for other in sorted(case.interface_names):
            if name.startswith(f"{other}-"):
                yield (
                    f"interfaces.{name}",
                    (
                        f'the name begins with "{other}-", and names of resources of "{other}" '
                        "could be the same; call it something else."
                    ),
                )


def names_are_no_prefix_lists(case: Case) -> Iterator[tuple[str, str]]:
    """An interface is not called what a prefix list of the stack would be called."""
    for row in case.catalog.rows.values():
        for family in Family if row.prefixes else ():
            name = f"{row.id}-{family.keyword}"
            if name in case.interface_names:
                path = f"interfaces.{name}"
                yield path, f'"{name}" is what a prefix list is called; call it something else.'


def former_names_are_free(case: Case) -> Iterator[tuple[str, str]]:
    """A former name belongs to one interface, and to none that exists."""
    seen: dict[str, str] = {}
    for name, interface in case.settings.interfaces.items():
        for former in interface.renamed_from:
            path = f"interfaces.{name}.renamedFrom[{former}]"
            if not NAME.fullmatch(former) or len(former) > limits.INTERFACE_NAME_LENGTH:
                yield path, f'"{former}" was never a name of an interface; write the former name.'
            elif former in case.interface_names:
                whose = "its own name" if former == name else "an interface of this stack"
                yield path, f'"{former}" is {whose}; write the name that is gone, or take it out.'
            elif seen.setdefault(former, name) != name:
                yield path, f'"{former}" is also given by "{seen[former]}"; keep one.'


def one_default_route(case: Case) -> Iterator[tuple[str, str]]:
    """The gateway has exactly one default route."""
    if not case.all_interfaces or not case.settings.interfaces:
        return
    chosen = [name for name, i in case.settings.interfaces.items() if i.default_route]
    if len(chosen) > 1:
        yield (
            f"interfaces.{chosen[-1]}.defaultRoute",
            f"{quoted_list(chosen)} have the default route, and the gateway has one; keep one.",
        )
    elif not chosen:
        yield (
            "interfaces",
            (
                "none has the default route; write defaultRoute: true for the one that sends to "
                "the internet."
            ),
        )


def subnets_belong_to_one_interface(case: Case) -> Iterator[tuple[str, str]]:
    """Subnets have a family of their interface, and none is within another."""
    held: list[tuple[str, Prefix]] = []
    for name, interface in case.settings.interfaces.items():
        for subnet in interface.subnets:
            path = f"interfaces.{name}.subnets[{subnet}]"
            if interface.families and subnet.family not in interface.families:
                yield (
                    path,
                    (
                        f"{subnet} is {subnet.family.label}, and the interface has only "
                        f"{', '.join(f.keyword for f in interface.families)}; add "
                        f"{subnet.family.keyword} to its families, or take the subnet out."
                    ),
                )
            held.append((name, subnet))
    for (first, one), (second, two) in combinations(held, 2):
        if one.holds(two) or two.holds(one):
            where = f'of "{first}"' if first != second else "here"
            yield (
                f"interfaces.{second}.subnets[{two}]",
                f"{two} overlaps {one} {where}; a subnet belongs to one interface, keep one.",
            )


def routes_lead_one_way(case: Case) -> Iterator[tuple[str, str]]:
    """Routes name networks, and no prefix is sent out by two interfaces."""
    seen: dict[str, str] = {}
    ways: dict[Prefix, tuple[str, str]] = {
        subnet: (interface.name, "subnets")
        for interface in case.settings.interfaces.values()
        for subnet in interface.subnets
    }
    for name, interface in case.settings.interfaces.items():
        for route in interface.routes:
            path = f"interfaces.{name}.routes[{route}]"
            if route not in case.network_names:
                yield path, no_such_network(route, case)
                continue
            first = seen.setdefault(route, name)
            if first != name:
                yield path, f'"{route}" is also routed by "{first}"; keep one.'
                continue
            network = case.settings.networks.get(route)
            for prefix in network.prefixes if network else ():
                way, by = ways.setdefault(prefix, (name, route))
                if way != name:
                    what = "subnets" if by == "subnets" else f'routes, in "{by}"'
                    yield path, f'{prefix} of "{route}" is also in the {what} of "{way}"; keep one.'


CHECKS = (
    there_is_an_interface,
    interface_has_a_role,
    names_do_not_meet,
    names_are_no_prefix_lists,
    former_names_are_free,
    one_default_route,
    subnets_belong_to_one_interface,
    routes_lead_one_way,
)
