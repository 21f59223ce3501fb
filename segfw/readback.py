"""The resources of an enforcement point as the cloud reads them: rules, and what they let through.

Nothing here uses how the rules were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.clouds.aws_network_acl.lift import acl_rules
from segfw.clouds.aws_security_group.lift import DIRECTIONS, group_rules, lift_prefix_list
from segfw.clouds.aws_security_group.spec import GROUP, PREFIX_LIST
from segfw.clouds.azure_nsg.lift import nsg_rules
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.lifted import spaces
from segfw.clouds.resource import id_of
from segfw.sets.addresses import AddressSet, Family

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.clouds.lifted import LiftedRules, Side
    from segfw.clouds.resource import Json, Spec
    from segfw.sets.headerspace import HeaderSpace
    from segfw.settings.types import Settings

    Known = Mapping[str, Mapping[Family, AddressSet]]
    Resource = tuple[str, str, Mapping[str, Json]]
    """A name, a type and inputs."""


def read_point(settings: Settings, specs: Mapping[str, tuple[Spec, ...]], key: str) -> LiftedRules:
    """The rules of the enforcement point *key*, ``{point}/{interface}``, in the order that counts.

    Raises:
        LiftError: an input has a value that no such resource can have.
    """
    return read_rules(resources_at(specs, key), known_ids(settings, specs, key))


def lift(
    resources: Iterable[tuple[str, Mapping[str, Json]]], known: Known
) -> dict[Side, HeaderSpace]:
    """What the resources of one enforcement point let through, by direction and family.

    Several security groups on one interface let through what any of them does.

    Raises:
        LiftError: an input has a value that no such resource can have.
    """
    return spaces(read_rules((("", token, inputs) for token, inputs in resources), known))


def read_rules(resources: Iterable[Resource], known: Known) -> LiftedRules:
    """The rules of the resources of one enforcement point; see `lift`."""
    held = list(resources)
    if any(token == GROUP for _, token, _ in held):
        return group_rules((one for one in held if one[1] in DIRECTIONS), known)
    _, token, inputs = held[0]
    return nsg_rules(token, inputs, known) if token == NSG else acl_rules(token, inputs)


def resources_at(specs: Mapping[str, tuple[Spec, ...]], key: str) -> list[Resource]:
    """What makes up one enforcement point; a rule belongs to the group that its inputs name."""
    groups = {id_of(spec.name) for spec in specs[key] if spec.token == GROUP}
    found: list[Resource] = [
        (spec.name, spec.token, spec.inputs())
        for spec in specs[key]
        if spec.token not in DIRECTIONS
    ]
    for spec in (one for held in specs.values() for one in held if one.token in DIRECTIONS):
        inputs = spec.inputs()
        if inputs["securityGroupId"] in groups:
            found.append((spec.name, spec.token, inputs))
    return found


def known_ids(
    settings: Settings, specs: Mapping[str, tuple[Spec, ...]], key: str
) -> dict[str, dict[Family, AddressSet]]:
    """What is known of ids at *key*: the stack's lists, its groups, its networks' references."""
    known: dict[str, dict[Family, AddressSet]] = {}
    for network in settings.networks.values():
        reference = network.references.get(settings.cloud)
        if reference is not None:
            known[str(reference.id)] = {
                family: AddressSet.atom(family, reference.atom)
                if reference.family in (None, family)
                else AddressSet(family)
                for family in Family
            }
    for at, held in specs.items():
        for spec in held:
            if spec.token == PREFIX_LIST:
                known[id_of(spec.name)] = lift_prefix_list(spec.token, spec.inputs())
            elif spec.token == GROUP:
                atom = "group:self" if at == key else f"group of {at}"
                known[id_of(spec.name)] = {
                    family: AddressSet.atom(family, atom) for family in Family
                }
    known["AzureLoadBalancer"] = {
        family: AddressSet.atom(family, "tag:azure-load-balancer") for family in Family
    }
    return known
