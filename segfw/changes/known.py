"""What both sides know of ids: members for lifting, weights for counting, names for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.changes.inventory import mapping_at
from segfw.changes.lines import ICMP, family_of
from segfw.clouds.aws_security_group.lift import lift_prefix_list
from segfw.clouds.aws_security_group.spec import GROUP, PREFIX_LIST
from segfw.clouds.lifted import LiftError
from segfw.clouds.resource import id_of
from segfw.sets.addresses import AddressSet, Family
from segfw.settings.types import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.changes.inventory import Inventory, Owned
    from segfw.changes.lines import Line
    from segfw.settings.types import Settings

AZURE_LOAD_BALANCER = "AzureLoadBalancer"
OWN_LOAD_BALANCER = "tag:azure-load-balancer"
"""What a plan's flows call it."""
OWN_GROUP = "group:self"
"""What a plan's flows call the group that a rule is in."""


class Known(NamedTuple):
    """One far end that an id stands for."""

    name: str
    """Of the network, or of our own group or list."""
    members: Mapping[Family, AddressSet]
    weights: Mapping[Family, int]
    """What one rule with it counts in each family."""


def planned_ids(settings: Settings, held: Inventory) -> dict[str, Known]:
    """What the plan's inputs refer to."""
    found = dict(_own(held.planned))
    for network in settings.networks.values():
        reference = network.references.get(settings.cloud)
        if reference is None:
            continue
        families = (reference.family,) if reference.family else tuple(Family)
        is_list = reference.kind is ReferenceKind.PREFIX_LIST
        id_ = held.given.get(str(reference.id), str(reference.id))
        found.setdefault(
            id_, _reference(network.name, id_, families, reference.weight if is_list else 1)
        )
    return found


def deployed_ids(
    settings: Settings, held: Inventory, outputs: Mapping[tuple[str, str], str]
) -> dict[str, Known]:
    """What the deployed inputs refer to; a network that is gone is named by the state's record."""
    named: dict[str, Known] = {}
    networks = held.recorded_settings("networks")
    for name, network in networks.items():
        for field, reference in mapping_at(network, settings.cloud.value).items():
            _add(named, name, field, reference, outputs)
    planned = planned_ids(settings, held)
    own = dict(_own((*held.leaving, *held.deployed)))
    return {**planned, **{id_: _same(one, planned.get(id_)) for id_, one in named.items()}, **own}


def _same(one: Known, planned: Known | None) -> Known:
    """One id has one set of members, though its network has another name now."""
    if planned is None or planned.weights.keys() != one.weights.keys():
        return one
    return one._replace(members=planned.members)


def _add(
    found: dict[str, Known],
    name: str,
    field: str,
    spelled: Any,
    outputs: Mapping[tuple[str, str], str],
) -> None:
    """A reference as settings spell it; one whose id is not known is passed over."""
    is_list = field == "prefixList"
    held = mapping_at(spelled)
    id_ = held.get("id") if is_list else spelled
    at = mapping_at(id_)
    if at:
        id_ = outputs.get((str(at.get("stack")), str(at.get("output"))))
    if isinstance(id_, str):
        weight, family = held.get("weight", 1), held.get("family")
        families = tuple(one for one in Family if not is_list or family in (None, one.keyword))
        counted = weight if is_list and isinstance(weight, int) else 1
        found.setdefault(id_, _reference(name, id_, families, counted))


def _reference(name: str, id_: str, families: tuple[Family, ...], weight: int) -> Known:
    return Known(
        name=name,
        members={
            family: AddressSet.atom(family, f"{name} ({id_})")
            if family in families
            else AddressSet(family)
            for family in Family
        },
        weights=dict.fromkeys(families, weight),
    )


def _own(resources: Iterable[Owned]) -> Iterator[tuple[str, Known]]:
    for one in resources:
        if one.token == PREFIX_LIST:
            members = _list_members(one)
            family = next(f for f in Family if f.label == one.inputs["addressFamily"])
            entries = one.inputs.get("maxEntries")
            weight = entries if isinstance(entries, int) else len(one.inputs["entries"])
            yield id_of(one.name), Known(one.name, members, {family: weight})
        elif one.token == GROUP:
            atom = f"security group {one.name}"
            members = {family: AddressSet.atom(family, atom) for family in Family}
            yield id_of(one.name), Known(atom, members, dict.fromkeys(Family, 1))


def _list_members(one: Owned) -> dict[Family, AddressSet]:
    try:
        return lift_prefix_list(one.token, one.inputs)
    except LiftError as error:
        raise LiftError(f'"{one.called or one.name}": {error}') from None


def members(known: Mapping[str, Known]) -> dict[str, Mapping[Family, AddressSet]]:
    """What lifting needs."""
    load_balancer = {f: AddressSet.atom(f, f"tag:{AZURE_LOAD_BALANCER}") for f in Family}
    return {
        AZURE_LOAD_BALANCER: load_balancer,
        **{id_: one.members for id_, one in known.items()},
    }


def weight(line: Line, family: Family, known: Mapping[str, Known]) -> int:
    """What a security group's rule counts against the quota of one family.

    A security group counts once in both families, a prefix list as many as its maximum
    entries (AWS VPC user guide, "Security group rules quotas"); a list that neither side
    knows counts once, which is the least.
    """
    peer = line.peers[0]
    prefix = family_of(peer)
    if prefix is not None:
        return int(prefix is family)
    own = ICMP.get(str(line.content[0]), tuple(Family))
    weights = known[peer].weights if peer in known else dict.fromkeys(Family, 1)
    if len(weights) > 1 and family not in own:
        return 0  # members of both families, of which ICMP speaks one
    return weights.get(family, 0)


def peer_words(line: Line, known: Mapping[str, Known]) -> tuple[str, ...]:
    """The far ends, for people: a reference with the name of its network."""
    return tuple(
        f"{known[peer].name} ({peer})"
        if peer in known and not peer.startswith("$")
        else known[peer].name
        if peer in known
        else peer
        for peer in line.peers
    )


def recorded_networks(held: Inventory) -> dict[str, tuple[str, ...]]:
    """A prefix to the networks that held it when the state was written."""
    found: dict[str, list[str]] = {}
    for name, one in held.recorded_settings("networks").items():
        prefixes = mapping_at(one).get("prefixes")
        for prefix in cast("list[object]", prefixes if isinstance(prefixes, list) else []):
            found.setdefault(str(prefix), []).append(name)
    return {prefix: tuple(names) for prefix, names in found.items()}


def stand_ins(
    settings: Settings, owned: Iterable[Owned], ids: Mapping[str, Known], given: Mapping[str, str]
) -> dict[str, Mapping[Family, AddressSet]]:
    """What a plan's flows call a reference, to what a comparison by ids calls it."""
    everything = members(ids)
    found = {OWN_LOAD_BALANCER: everything[AZURE_LOAD_BALANCER]}
    for network in settings.networks.values():
        reference = network.references.get(settings.cloud)
        if reference is not None:
            id_ = given.get(str(reference.id), str(reference.id))
            if id_ in ids:
                found[reference.atom] = ids[id_].members
    groups = [ids[id_of(one.name)].members for one in owned if one.token == GROUP]
    found[OWN_GROUP] = {
        family: AddressSet.union(family, (AddressSet(family), *(one[family] for one in groups)))
        for family in Family
    }
    return found
