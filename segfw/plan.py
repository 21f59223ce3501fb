"""The line from settings to proven specs, in one record that components and readers share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from segfw.clouds.aws_network_acl.lower import lower_network_acl
from segfw.clouds.aws_security_group.lower import lower_prefix_lists, lower_security_group
from segfw.clouds.azure_nsg.lower import lower_nsg
from segfw.compiler import compile_rules
from segfw.effective import guarded_ports
from segfw.flow import Point
from segfw.proof import ProofFailed, comparisons
from segfw.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.clouds.resource import Spec
    from segfw.flow import Flow
    from segfw.proof import Proof
    from segfw.rule import RuleSet
    from segfw.settings.types import Reference, Settings

PREFIX_LISTS = "prefix-lists"
"""The key of the stack's own prefix lists among a plan's specs."""
TAG_PREFIX = "seg-firewall:"


class Plan(NamedTuple):
    """Everything that a stack will have, and the proof that it means what was asked."""

    settings: Settings
    flows: tuple[Flow, ...]
    rule_sets: tuple[RuleSet, ...]
    specs: Mapping[str, tuple[Spec, ...]]
    """By ``{point}/{interface}``; the stack's own prefix lists under ``prefix-lists``."""
    proofs: tuple[Proof, ...]

    def resources(self) -> Iterator[Spec]:
        """Every spec, those that others refer to first."""
        for key in sorted(self.specs, key=_lists_first):
            yield from self.specs[key]

    @property
    def digest(self) -> str:
        """A fingerprint of every resource's type, name and inputs (SHA-256, hexadecimal)."""
        from hashlib import sha256

        lines = sorted(
            json.dumps([spec.token, spec.name, spec.inputs()], sort_keys=True)
            for spec in self.resources()
        )
        return sha256("\n".join(lines).encode()).hexdigest()


def _lists_first(key: str) -> tuple[bool, str]:
    return key != PREFIX_LISTS, key


def make_plan(settings: Settings, catalog: Catalog) -> Plan:
    """The plan of a stack, proven.

    Raises:
        ProblemsFound: something does not fit a quota.
        ProofFailed: the compile changed meaning, which is a bug in this project.
    """
    plan = unproven_plan(settings, catalog)
    proofs = tuple(comparisons_of(plan, catalog))
    for proof in proofs:
        if not proof.holds:
            raise ProofFailed(proof)
    return plan._replace(proofs=proofs)


def unproven_plan(settings: Settings, catalog: Catalog) -> Plan:
    """The plan of a stack before anything is compared; for those who report each comparison.

    Raises:
        ProblemsFound: something does not fit a quota.
    """
    flows = resolve(settings, catalog)
    rule_sets = compile_rules(settings, catalog, flows)
    specs = lower(settings, flows, rule_sets)
    return Plan(settings=settings, flows=flows, rule_sets=rule_sets, specs=specs, proofs=())


def comparisons_of(plan: Plan, catalog: Catalog) -> Iterator[Proof]:
    """Each comparison that the plan's proof is made of, made as it is asked for.

    Raises:
        LiftError: a resource has a value that none can have, which is a bug in this project.
    """
    guarded = guarded_ports(plan.settings.features, catalog)
    return comparisons(plan.settings, guarded, plan.flows, plan.rule_sets, plan.specs)


def lower(
    settings: Settings, flows: Iterable[Flow], rule_sets: Iterable[RuleSet]
) -> dict[str, tuple[Spec, ...]]:
    """The resources of each enforcement point, by ``{point}/{interface}``."""
    tags = all_tags(settings)
    found: dict[str, tuple[Spec, ...]] = {}
    lists = lower_prefix_lists(_references(flows), tags)
    if lists:
        found[PREFIX_LISTS] = lists
    for rule_set in rule_sets:
        interface = settings.interfaces[rule_set.interface]
        key = f"{rule_set.point.value}/{rule_set.interface}"
        match rule_set.point:
            case Point.SECURITY_GROUP:
                found[key] = lower_security_group(rule_set, interface, tags)
            case Point.NETWORK_ACL:
                if interface.network_acl is None:
                    raise AssertionError(f"{rule_set.label} has no settings")
                acl = lower_network_acl(rule_set, interface, interface.network_acl, tags)
                found[key] = (acl,)
            case Point.NSG:
                found[key] = (lower_nsg(rule_set, interface, tags),)
    return found


def all_tags(settings: Settings) -> dict[str, str]:
    """The stack's own tags, and the two by which its resources are found."""
    return {
        **settings.tags,
        f"{TAG_PREFIX}stack": settings.stack,
        f"{TAG_PREFIX}environment": settings.gateway.environment.value,
    }


def _references(flows: Iterable[Flow]) -> Iterator[Reference]:
    for flow in flows:
        if flow.peer.reference is not None and flow.families:
            yield flow.peer.reference
