"""What every format reads of a plan: its points, why each rule is there, ids from elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from segfw.clouds.aws_network_acl.spec import NetworkAclSpec
from segfw.clouds.aws_security_group.spec import AttachmentSpec, ExclusiveSpec, PrefixListSpec
from segfw.clouds.azure_nsg.spec import NsgSpec
from segfw.plan import PREFIX_LISTS
from segfw.review.tables import guarded_services, why
from segfw.settings.types import ProgramValue, StackOutput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog, Direction
    from segfw.clouds.resource import Json, Spec
    from segfw.plan import Plan
    from segfw.review.tables import Services
    from segfw.rule import Rule, RuleSet
    from segfw.settings.types import CloudId, Interface

PROSE = ("description", "tags")
"""Inputs that hold no id."""
IN_PLACE = (
    "A changed network ACL is edited entry by entry; the stack makes a new one and moves the "
    "subnets over."
)


class PointExport(NamedTuple):
    """One enforcement point: its resources, and the rules that they were made of."""

    rule_set: RuleSet
    specs: tuple[Spec, ...]
    services: Services
    """What a guard may stand before."""

    def named(self) -> dict[str, Rule]:
        """The rules by name."""
        return {rule.name: rule for rule in self.rule_set.rules}

    def numbered(self, direction: Direction) -> dict[int, Rule]:
        """The rules of one direction by number."""
        return {r.number: r for r in self.rule_set.rules if r.direction is direction}

    def why(self, rule: Rule) -> dict[str, Json]:
        """What a rule serves: features, rows of Cisco's table, and both in words."""
        return {
            "features": [*rule.features],
            "rows": [*rows_of(rule)],
            "reason": self.reason(rule),
        }

    def reason(self, rule: Rule) -> str:
        """``ssh-admin (row 2): SSH to the command line``; what the plan says, with titles."""
        titles = "; ".join(dict.fromkeys(flow.title for flow in rule.flows))
        return ": ".join(part for part in (why(rule, self.services), titles) if part)


def points_of(plan: Plan, catalog: Catalog) -> Iterator[PointExport]:
    """Every enforcement point of the plan, in its order."""
    services = guarded_services(plan, catalog)
    for rule_set in plan.rule_sets:
        key = f"{rule_set.point.value}/{rule_set.interface}"
        yield PointExport(rule_set, plan.specs[key], services)


def nsgs_of(plan: Plan, catalog: Catalog) -> list[tuple[NsgSpec, PointExport]]:
    """Every network security group of the plan, with its point."""
    return [
        (spec, point)
        for point in points_of(plan, catalog)
        for spec in point.specs
        if isinstance(spec, NsgSpec)
    ]


def own_lists(plan: Plan) -> list[PrefixListSpec]:
    """The prefix lists that the stack makes itself."""
    return [s for s in plan.specs.get(PREFIX_LISTS, ()) if isinstance(s, PrefixListSpec)]


def provenance(plan: Plan, catalog: Catalog) -> dict[str, Json]:
    """Where an export comes from; the digest is the plan's, which `segfw plan` shows too."""
    return {
        "madeBy": "segfw export",
        "stack": plan.settings.stack,
        "environment": plan.settings.gateway.environment.value,
        "catalogEdition": catalog.edition,
        "planDigest": plan.digest,
    }


def rows_of(rule: Rule) -> tuple[str, ...]:
    """``row 2``, ``extra pmtu-v4``: where each flow comes from that the rule serves."""
    return tuple(dict.fromkeys(flow.label for flow in rule.flows))


def from_elsewhere(plan: Plan) -> dict[str, CloudId]:
    """Ids that only a deployment knows, by how the resources spell them, in order."""
    used = {text for spec in plan.resources() for text in _texts(spec.inputs())}
    found = {str(id_): id_ for id_ in _ids(plan) if isinstance(id_, StackOutput | ProgramValue)}
    return {text: found[text] for text in sorted(used & found.keys())}


def described(id_: CloudId) -> str:
    """What a variable in place of the id says of itself."""
    if isinstance(id_, StackOutput):
        return f"Output {id_.output} of stack {id_.stack}"
    return f"Given by the Pulumi program: {id_}"


def _ids(plan: Plan) -> Iterator[CloudId]:
    for interface in plan.settings.interfaces.values():
        yield from _ids_of(interface)
    for network in plan.settings.networks.values():
        yield from (reference.id for reference in network.references.values())


def _ids_of(interface: Interface) -> Iterator[CloudId]:
    yield from (id_ for id_ in (interface.vpc, interface.resource_group) if id_ is not None)
    yield from interface.security_group.attach.values()
    if interface.network_acl is not None:
        yield from interface.network_acl.subnet_ids


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in PROSE:
                yield from _texts(inner)


def edited_in_place(plan: Plan) -> tuple[str, ...]:
    """What becomes of a change to a network ACL, for a stack that has one."""
    return (IN_PLACE,) if any(isinstance(s, NetworkAclSpec) for s in plan.resources()) else ()


def owned_alone(plan: Plan) -> tuple[str, ...]:
    """The security groups from which the stack removes what others add."""
    return tuple(s.group for s in plan.resources() if isinstance(s, ExclusiveSpec))


def attached(plan: Plan) -> tuple[str, ...]:
    """``data to eni-1``: the attachments that the stack makes."""
    return tuple(
        f"{spec.group} to {spec.network_interface_id}"
        for spec in plan.resources()
        if isinstance(spec, AttachmentSpec)
    )


def json_text(document: Mapping[str, Json]) -> str:
    """The document in the order in which it was made."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
