"""A first stack from what a cloud has: features by ports, networks by content.

Each security group and each NSG is an interface.

Nothing is searched for: a rule is the first feature of the catalog whose row needs its port,
and what leaves doubt, or what no feature needs, is told in comments and never a custom flow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.adopt.candidates import index_of
from segfw.adopt.matching import owned, readable_lines
from segfw.adopt.taking import Taken, take
from segfw.catalog.model import Role
from segfw.changes.lines import prefix_of
from segfw.flow import Point
from segfw.live.holders import Held, attachments, held_in
from segfw.live.placing import STACK_TAG, Placed
from segfw.live.reading_rules import listed
from segfw.sets.addresses import Family, collapse
from segfw.settings.types import Environment
from segfw.starting.asking import cisco_region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.adopt.taking import Said
    from segfw.catalog.model import Catalog
    from segfw.inventory import Inventory

Values = dict[str, Any]
LONGEST_NAME = 16
"""Of an interface (design D15): an NSG's rule name has 80 characters."""
NO_LETTER = re.compile(r"[^a-z0-9]+")


class Proposal(NamedTuple):
    """A first stack, as far as a cloud's rules tell it."""

    values: Values
    """As a stack's config has them."""
    comments: tuple[str, ...]
    """What is to be looked at and filled in, a line each."""
    wide: Mapping[str, tuple[str, ...]]
    """Interfaces to the rules that let everything out there, in words."""


def propose(
    inventory: Inventory,
    catalog: Catalog,
    stack: str,
    *,
    account: str = "",
    region: str = "",
    defaults: frozenset[str] = frozenset(),
) -> Proposal:
    """A first stack with an interface to each group or NSG; *defaults* are left out.

    Total: what cannot be told is left out of the values and said in the comments.
    """
    held = [one for one in held_in(inventory) if one.id not in defaults]
    azure = any(one.point is Point.NSG for one in held)
    names = dict(_interfaces(inventory, held))
    draft = Taken()
    index = index_of(catalog)
    for name, group in names.items():
        draft.roles[name], draft.egress[name], draft.families[name] = {}, {}, set()
        for one in group:
            for line in readable_lines(_parts(one, name)):
                take(draft, index, name, line)
    values: Values = dict(_site(stack, account, region, catalog, azure=azure))
    values["interfaces"] = {
        name: _interface(draft, inventory, group, name) for name, group in names.items()
    }
    values["networks"], values["features"] = _features(draft, catalog)
    _default_route(draft, values)
    acls = [one for one in held if one.point is Point.NETWORK_ACL]
    return Proposal(
        {key: value for key, value in values.items() if value},
        (*_comments(draft), *_acl_comments(acls), *_interface_comments(names)),
        {name: tuple(dict.fromkeys(rules)) for name, rules in draft.wide.items()},
    )


def _site(
    stack: str, account: str, region: str, catalog: Catalog, *, azure: bool
) -> Iterator[tuple[str, Any]]:
    if region:
        yield ("azure-native:location" if azure else "aws:region"), region
    if account and azure:
        yield "azure-native:subscriptionId", account
    elif account:
        yield "aws:allowedAccountIds", [account]
    yield "cloud", "azure" if azure else "aws"
    words = stack.split("-")
    said = {
        "environment": next((one.value for one in Environment if one.value in words), None),
        "ciscoRegion": cisco_region(region, catalog) if region else None,
    }
    yield "gateway", {key: value for key, value in said.items() if value is not None}


def _interfaces(inventory: Inventory, held: list[Held]) -> Iterator[tuple[str, list[Held]]]:
    """A name of its own to the groups of each interface and each NSG: a role, or its own name."""
    seen: set[str] = set()
    for group in _together(inventory, [one for one in held if one.point is not Point.NETWORK_ACL]):
        stack = str(group[0].tags.get(STACK_TAG, ""))
        bare = group[0].resource.name.removeprefix(f"{stack}-")
        word = NO_LETTER.sub("-", bare.lower()).strip("-")
        role = next((r.value for r in Role if r.value in word.split("-")), None)
        name = base = role or _fitting(word)
        number = 2
        while name in seen:
            tail = f"{number}"  # with a hyphen its resources could have the names of the first's
            name, number = base[: LONGEST_NAME - len(tail)].rstrip("-") + tail, number + 1
        seen.add(name)
        yield name, group


def _together(inventory: Inventory, held: list[Held]) -> list[list[Held]]:
    """The holders by network interface: those that share one, or a component, are one's."""
    found: list[tuple[set[str], list[Held]]] = []
    for one in held:
        marks = set(_attached(inventory, one))
        if one.point is Point.SECURITY_GROUP and one.resource.parent:
            marks.add(one.resource.parent)
        same = next((each for each in found if each[0] & marks), None)
        if same is None:
            found.append((marks, [one]))
        else:
            same[0].update(marks)
            same[1].append(one)
    return [group for _, group in found]


def _attached(inventory: Inventory, one: Held) -> Iterator[str]:
    yield from sorted(eni for eni, group in attachments(inventory) if group == one.id)


def _fitting(word: str) -> str:
    """The words of a name as an interface's: a letter first, at most 16 characters."""
    bare = word.lstrip("0123456789-")
    return bare[:LONGEST_NAME].rstrip("-") or "interface"


def _parts(one: Held, interface: str) -> Iterator[Any]:
    """The resources whose inputs are rules, each of which can be read by itself."""
    at = Placed(one, interface, "")
    if one.point is Point.NSG:
        whole = owned(one.resource, at, {})
        for rule in listed(whole.inputs, "securityRules"):
            yield whole._replace(inputs={"securityRules": [rule]})
    for rule in one.rules:
        yield owned(rule, at, {})


def _interface(draft: Taken, inventory: Inventory, group: list[Held], name: str) -> Values:
    one = group[0]
    roles = list(draft.roles[name])
    named = [role.value for role in Role if role.value == name]
    found: Values = {
        "roles": roles or named or [(Role.PUBLIC if draft.egress[name] else Role.MANAGEMENT).value],
        "external": name in draft.external,
    }
    if Family.IPV6 in draft.families[name]:
        found["families"] = [family.keyword for family in Family]
    if one.network:
        found["resourceGroup" if one.point is Point.NSG else "vpc"] = one.network
    settings: Values = {"groups": len(group)} if len(group) > 1 else {}
    attached = sorted({eni for each in group for eni in _attached(inventory, each)})
    settings |= {"attach": attached} if attached else {}
    if settings:
        found["securityGroup"] = settings
    return found


def _features(draft: Taken, catalog: Catalog) -> tuple[Values, Values]:
    """Networks by content: the default name where it is free, else one that has the same."""
    networks: Values = {}
    features: Values = {}
    for name, options in draft.options.items():
        chosen_options: Values = {key: values[0] for key, values in options.items()}
        network = draft.networks[name]
        content = collapsed(draft.peers.get(name, ()))
        if network and content:
            same = next((n for n, held in networks.items() if held == content), None)
            used = network if networks.get(network, content) == content else same
            used = used or f"{name}-peers"
            networks[used] = content
            option = catalog.features[name].peer_option
            if used != network and option is not None:
                chosen_options[option] = [used]
            draft.networks[name] = used
        features[name] = chosen_options
    return networks, features


def collapsed(texts: Iterable[str]) -> list[str]:
    """The fewest prefixes with the same addresses, in order."""
    prefixes = [prefix for text in texts if (prefix := prefix_of(text)) is not None]
    return [str(prefix) for prefix in collapse(prefixes)]


def _default_route(draft: Taken, values: Values) -> None:
    """What goes to the internet leaves by one interface; the others get routes to their peers."""
    interfaces: Values = values["interfaces"]
    if len(interfaces) < 2:  # noqa: PLR2004 - the only one has the default route by itself
        return
    open_ended = [name for name in interfaces if name in draft.open_ended]
    external = [name for name in interfaces if name in draft.external]
    home = (open_ended or external or list(interfaces))[0]
    interfaces[home]["defaultRoute"] = True
    for name, features in draft.egress.items():
        if name == home:
            continue
        used = dict.fromkeys(draft.networks[one] for one in features)
        routes = [one for one in used if one in values["networks"]]
        if routes:
            interfaces[name]["routes"] = routes


def _comments(draft: Taken) -> Iterator[str]:
    if draft.doubts:
        yield "Rules of the cloud that no feature is taken for. What is wanted of them is to be"
        yield "said by a feature, a host or, with a reason and an owner, a custom-flow:"
        yield from _said(draft.doubts)
    if draft.guesses:
        yield "Ports that several features use; the first was taken:"
        yield from _said(draft.guesses)


def _said(lines: Mapping[Said, list[str]]) -> Iterator[str]:
    for (interface, service, words), ends in lines.items():
        side = "from" if " in " in f" {service} " else "to"
        yield f"  {interface}: {service} {side} {', '.join(dict.fromkeys(ends))}:"
        yield f"    {words}"


def _acl_comments(acls: list[Held]) -> Iterator[str]:
    for one in acls:
        value = one.resource.inputs.get("subnetIds")
        subnets = ", ".join(
            map(str, cast("list[object]", value) if isinstance(value, list) else ())
        )
        yield f"{one.label} is on {subnets or 'no subnet'}:"
        yield f"  the interface there has it by networkAcl: {{subnetIds: [{subnets}]}}."


def _interface_comments(names: dict[str, list[Held]]) -> Iterator[str]:
    yield "The interfaces, whose subnets and whether they are external only you can say:"
    for name, group in names.items():
        yield f"  {name}: {', '.join(one.label for one in group)}"
