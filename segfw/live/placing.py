"""Which interface of a stack a group, network ACL or NSG of the cloud belongs to.

Asked in this order, and the first answer holds: what the user says; the component above it
in a state of ours; what it is attached to (a network interface of `attach`, a subnet of
`networkAcl`); a tag or name that is the interface's; the interface whose flows explain most
of its rules, where that is one. What nothing places is left out, and said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Point
from segfw.inventory import COMPONENTS
from segfw.live.holders import Held, attachments, held_in
from segfw.live.reading_rules import read_point
from segfw.problems import Place, Problem
from segfw.readback import known_ids, resources_at
from segfw.settings.words import quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from segfw.clouds.resource import Spec
    from segfw.inventory import Inventory
    from segfw.live.reading_rules import Read
    from segfw.plan import Plan

TOKENS = {token: Point(point) for point, token in COMPONENTS.items()}
STACK_TAG = "seg-firewall:stack"
SAID = Place("--at", 0)
MADE_UP = "(-?[0-9a-f]{7,8})?"
"""What Pulumi puts behind a logical name where a program names nothing (auto-naming)."""
MOSTLY = 0.5
"""The share of a holder's rules that an interface's flows must explain for it to be placed."""


class Placed(NamedTuple):
    """A holder at an interface, and why it is thought to be there."""

    held: Held
    interface: str
    why: str
    guessed: bool = False
    """Only its rules speak for it."""

    @property
    def key(self) -> str:
        """The enforcement point, as a plan's specs have it: ``security-group/management``."""
        return f"{self.held.point.value}/{self.interface}"


class Placing(NamedTuple):
    """Every holder: placed, or not and why."""

    placed: tuple[Placed, ...]
    unplaced: tuple[tuple[Held, str], ...]


def place(
    plan: Plan, inventory: Inventory, said: Iterable[str] = (), *, unplanned: bool = False
) -> Placing | list[Problem]:
    """Where each holder of the inventory belongs; the problems of *said*, where it has any.

    *said* is what the user says, ``management=sg-0123`` each; with *unplanned*, also of a kind
    that the stack has not at that interface.

    Raises:
        LiftError: two rules of an ACL or NSG have one turn, which no cloud has.
    """
    held = tuple(held_in(inventory))
    problems: list[Problem] = []
    by_user = dict(_said(plan, held, said, problems, unplanned=unplanned))
    if problems:
        return problems
    placed: list[Placed] = []
    unplaced: list[tuple[Held, str]] = []
    names = list(_sure(plan, inventory, held, by_user))
    told = told_in(inventory)
    for one, found in names:
        if found is None:
            found, why = _by_flows(plan, one, told)  # noqa: PLW2901 - nothing else has told
            if found is None:
                unplaced.append((one, why))
                continue
        placed.append(found)
    return Placing(tuple(placed), tuple(unplaced))


def everywhere(plan: Plan, inventory: Inventory) -> Iterator[Placed]:
    """Every interface that each holder is on by what the cloud says; a group may be on several."""
    attached = attachments(inventory)
    for one in held_in(inventory):
        yield from _attached(plan, one, attached)


def _said(
    plan: Plan,
    held: tuple[Held, ...],
    said: Iterable[str],
    problems: list[Problem],
    *,
    unplanned: bool,
) -> Iterator[tuple[str, str]]:
    by_key = {key: one for one in held for key in (one.resource.name, one.id) if key}
    given: dict[str, str] = {}
    for words in said:
        interface, equals, key = words.partition("=")
        if not equals or not interface or not key:
            message = "an interface and an id are needed, as in management=sg-0123."
            problems.append(Problem(SAID, words, message))
        elif interface not in plan.settings.interfaces:
            message = unknown("interface", interface, plan.settings.interfaces)
            problems.append(Problem(SAID, words, message))
        elif key not in by_key:
            message = unknown(
                "group, ACL or NSG in the files", key, [one.key for one in by_key.values()]
            )
            problems.append(Problem(SAID, words, message))
        elif not unplanned and f"{by_key[key].point.value}/{interface}" not in plan.specs:
            point = by_key[key].point.label
            message = f'the stack has no {point} at "{interface}"; add one, or leave this out.'
            problems.append(Problem(SAID, words, message))
        elif given.setdefault(by_key[key].resource.urn, interface) != interface:
            other = given[by_key[key].resource.urn]
            message = f'{key} is said to be at "{other}" already; say one of them.'
            problems.append(Problem(SAID, words, message))
        elif (vpc := _other_vpc(plan, by_key[key], interface)) is not None:
            message = f'{key} is in {by_key[key].network}, and "{interface}" is in {vpc}; {VPC}'
            problems.append(Problem(SAID, words, message))
        else:
            yield by_key[key].resource.urn, interface


VPC = "a group or network ACL is of one VPC, so look for the one of that VPC, or mend vpc."


def _other_vpc(plan: Plan, held: Held, interface: str) -> str | None:
    """The VPC of the interface, where that is another than the holder's and both are known."""
    vpc = plan.settings.interfaces[interface].vpc
    same = held.point is Point.NSG or not held.network or vpc == held.network
    return None if same or not isinstance(vpc, str) else vpc


def _sure(
    plan: Plan, inventory: Inventory, held: tuple[Held, ...], by_user: Mapping[str, str]
) -> Iterator[tuple[Held, Placed | None]]:
    components = {one.urn: one for one in inventory.resources if one.type in TOKENS}
    attached = attachments(inventory)
    for one in held:
        parent = components.get(one.resource.parent)
        if one.resource.urn in by_user:
            yield one, Placed(one, by_user[one.resource.urn], "you say so")
        elif parent is not None and f"{one.point.value}/{parent.name}" in plan.specs:
            yield one, Placed(one, parent.name, "the component above it in the state")
        else:
            yield one, next(_attached(plan, one, attached), None) or _named(plan, one)


def _candidates(plan: Plan, held: Held) -> Iterator[str]:
    """Interfaces with such an enforcement point, in the same VPC or resource group if known."""
    for name, interface in plan.settings.interfaces.items():
        network = interface.resource_group if held.point is Point.NSG else interface.vpc
        here, theirs = (network, held.network) if isinstance(network, str) else ("", "")
        if held.point is Point.NSG:  # Azure compares the names of resource groups without case
            here, theirs = here.casefold(), theirs.casefold()
        other = here and theirs and here != theirs
        if f"{held.point.value}/{name}" in plan.specs and not other:
            yield name


def _attached(
    plan: Plan, held: Held, attached: Container[tuple[object, object]]
) -> Iterator[Placed]:
    for name in _candidates(plan, held):
        interface = plan.settings.interfaces[name]
        if held.point is Point.SECURITY_GROUP:
            enis = interface.security_group.attach.values()
            on = next((eni for eni in enis if (eni, held.id) in attached), None)
            if on is not None:
                yield Placed(held, name, f"it is on {on}")
        elif held.point is Point.NETWORK_ACL and interface.network_acl is not None:
            subnets = held.resource.inputs.get("subnetIds")
            own = interface.network_acl.subnet_ids
            on = next((s for s in own if isinstance(subnets, list) and s in subnets), None)
            if on is not None:
                yield Placed(held, name, f"it is on {on}")


def _named(plan: Plan, held: Held) -> Placed | None:
    """By its name or tag, which is the one of a resource of the plan, or of an interface."""
    stack = held.tags.get(STACK_TAG)
    if stack is not None and stack != plan.settings.stack:
        return None
    inputs = held.resource.inputs
    names = {
        str(name)
        for name in (
            held.tags.get("Name"),
            inputs.get("name"),
            inputs.get("networkSecurityGroupName"),
            held.resource.name,
        )
        if name
    }
    for interface in _candidates(plan, held):
        own = {
            one for spec in plan.specs[f"{held.point.value}/{interface}"] for one in _names(spec)
        }
        said = "|".join(re.escape(one) for one in (interface, *own))
        found = sorted(name for name in names if re.fullmatch(f"({said}){MADE_UP}", name))
        if found:
            return Placed(held, interface, f'it is named "{found[0]}"')
    return None


def _names(spec: Spec) -> Iterator[str]:
    """The logical name, and the ``Name`` tag that the cloud shows."""
    yield spec.name
    tags = spec.inputs().get("tags")
    if isinstance(tags, dict) and "Name" in tags:
        yield str(tags["Name"])


def _by_flows(plan: Plan, held: Held, told: set[str]) -> tuple[Placed | None, str]:
    """The interface whose flows explain most of the rules, and why there is none.

    Of network interfaces in *told* the cloud says which groups are on them, so what is not
    there is not guessed to be.
    """
    if next(_candidates(plan, held), None) is None:
        return None, f"no interface of the stack has such a {held.point.label} in {held.network}"
    options = options_of(plan, held, told)
    if not options:
        return None, "it is on none of the stack's network interfaces, by what the cloud says"
    fits = {name: _fit(plan, held, name) for name in options}
    best = max(fit.explained for fit in fits.values())
    names = [name for name, fit in fits.items() if fit.explained == best]
    if best < MOSTLY:
        return None, f"most of its rules fit no interface: {_as_options(options)}"
    if len(names) > 1:
        most = max(fits[name].served for name in names)
        served = [name for name in names if fits[name].served == most >= MOSTLY]
        if len(served) != 1:
            return None, f"its rules fit {quoted_list(names)} equally: {_as_options(names)}"
        names = served
    why = f"{best:.0%} of its rules are what the interface needs"
    return Placed(held, names[0], why, guessed=True), ""


def told_in(inventory: Inventory) -> set[str]:
    """Network interfaces of which the cloud says which groups are on them."""
    return {eni for eni, _ in attachments(inventory)}


def options_of(plan: Plan, held: Held, told: set[str]) -> list[str]:
    """Interfaces at which the holder may be, for all that the cloud says; *told* as `told_in`."""
    group = held.point is Point.SECURITY_GROUP
    return [
        one for one in _candidates(plan, held) if not group or told.isdisjoint(_enis(plan, one))
    ]


def _enis(plan: Plan, interface: str) -> Iterator[str]:
    attach = plan.settings.interfaces[interface].security_group.attach
    yield from (eni for eni in attach.values() if isinstance(eni, str))


def _as_options(options: list[str]) -> str:
    return f"say --at INTERFACE=ID with one of {quoted_list(options)}"


class _Fit(NamedTuple):
    """How well a holder and an interface fit each other."""

    explained: float
    """The share of the holder's rules that let through only what the interface needs."""
    served: float
    """The share of the interface's rules that the holder lets through."""


def _fit(plan: Plan, held: Held, interface: str) -> _Fit:
    key = f"{held.point.value}/{interface}"
    known = known_ids(plan.settings, plan.specs, key)
    needed = read_point(resources_at(plan.specs, key), known)
    own = [("", held.resource.type, held.resource.inputs)]
    own += [(rule.urn, rule.type, rule.inputs) for rule in held.rules]
    there = read_point(own, known)
    return _Fit(_share(there, needed), _share(needed, there))


def _share(of: Read, within: Read) -> float:
    """The share of the rules of one, the cloud's own left out, that the other lets through."""
    rules = [one for one in of.decisions if one.allows and one.space and not one.default]
    fitting = [one for one in rules if not one.space - within.most[one.side]]
    return len(fitting) / len(rules) if rules else 0.0
