"""The whole firewall of one gateway deployment, as one component."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, TypeVar, cast

import pulumi
from pulumi.runtime.config import get_config_env, get_config_secret_keys_env

from segfw.catalog import load_catalog
from segfw.clouds.aws_security_group.spec import PrefixListSpec, SecurityGroupResource
from segfw.clouds.lifted import LiftError
from segfw.flow import Point
from segfw.plan import PREFIX_LISTS, Plan, make_plan
from segfw.planned import recorded
from segfw.problems import Place, Problem, ProblemsFound, Severity
from segfw.proof import ProofFailed
from segfw.review.readme import readme
from segfw.review.remarks import all_remarks, redundancies, widenings
from segfw.settings import read_settings, tree_from_config, tree_from_values
from segfw.settings.types import Cloud, CloudId, ProgramValue, StackOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.clouds.aws_network_acl.spec import NetworkAclSpec
    from segfw.clouds.azure_nsg.spec import NsgSpec
    from segfw.settings import Tree
    from segfw.settings.types import Interface

T = TypeVar("T")
NAMESPACE = "seg-firewall"
TYPE = f"{NAMESPACE}:index:SecureEmailGatewayFirewall"
ARGS = Place("args", 0)
"""Where a value stands that the program gives."""


class SecureEmailGatewayFirewallArgs(TypedDict):
    """What a stack file says under `seg-firewall:`, with the same keys and the same rules.

    Every id may be an output of another resource. `config/stack.schema.json` and the
    settings reference describe the values.
    """

    cloud: str
    """`aws` or `azure`."""
    gateway: Mapping[str, Any]
    """`environment`, `release`, `ciscoRegion`, and what else is known of the gateway."""
    interfaces: Mapping[str, Mapping[str, Any]]
    """The gateway's network interfaces by name, with their roles and ids."""
    networks: NotRequired[Mapping[str, Any]]
    """Named sets of prefixes; prefixes are plain text, never outputs."""
    hosts: NotRequired[Mapping[str, Any]]
    """A strategy to each host name without published addresses."""
    features: Mapping[str, Any]
    """What the gateway does, with options."""
    quotas: NotRequired[Mapping[str, Any]]
    """Quotas that the account had raised."""
    tags: NotRequired[Mapping[str, str]]
    """Tags for every resource."""
    dropProviderAliases: NotRequired[bool]
    """Azure: leave out the provider's aliases for old API versions (new stacks only)."""


class NothingMade(ProblemsFound, pulumi.RunError):
    """The problems of a stack of which nothing was made.

    Pulumi prints a `RunError` as it stands, and any other exception with a traceback.
    """

    def __str__(self) -> str:
        """``nothing was made:``, and one problem to a line."""
        return f"nothing was made:\n{super().__str__()}"


class SecureEmailGatewayFirewall(pulumi.ComponentResource):
    """`seg-firewall:index:SecureEmailGatewayFirewall`: one gateway deployment's firewall.

    Makes, on AWS, a `GatewaySecurityGroup` to each interface and a `GatewayNetworkAcl` to
    each interface with `networkAcl`; on Azure a `GatewayNsg` to each interface. What it
    makes was planned and proven before the first resource is registered. One to a stack.

    Raises:
        NothingMade: the settings are wrong, or do not fit a quota: a `ProblemsFound`.
        RunError: the plan is not proven, which is a bug in this project; nothing is made.
    """

    security_group_ids: pulumi.Output[dict[str, list[str]]]
    """AWS: interface name to the ids of its groups, all of which belong on the interface."""
    network_acl_ids: pulumi.Output[dict[str, str]]
    """AWS: interface name to the id of its subnets' network ACL."""
    nsg_ids: pulumi.Output[dict[str, str]]
    """Azure: interface name to the id of its NSG."""
    digest: pulumi.Output[str]
    """The fingerprint of everything planned: what `segfw plan` prints for the same stack."""
    readme: pulumi.Output[str]
    """Markdown: what is left to do on the gateway itself, and what the cloud still blocks."""

    def __init__(
        self,
        name: str,
        args: SecureEmailGatewayFirewallArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Plan from *args*, or from the stack's own config where *args* is None."""
        self._given: dict[str, pulumi.Input[str]] = {}
        self._stacks: dict[str, pulumi.StackReference] = {}
        catalog = load_catalog()
        today = date.today()
        plan = self._planned(args, catalog, today)
        super().__init__(TYPE, name, _without_stand_ins(recorded(plan, catalog)), opts)
        if pulumi.runtime.is_dry_run():
            place = None if args is None else ARGS
            for log, line in _remarks(plan, catalog, today, place):
                log(line, self)
        self.security_group_ids = pulumi.Output.from_input({})
        self.network_acl_ids = pulumi.Output.from_input({})
        self.nsg_ids = pulumi.Output.from_input({})
        if plan.settings.cloud is Cloud.AWS:
            self._on_aws(plan)
        else:
            self._on_azure(plan)
        self.digest = pulumi.Output.from_input(plan.digest)
        self.readme = pulumi.Output.from_input(readme(plan, catalog, today=today))
        self.register_outputs(
            {
                "securityGroupIds": self.security_group_ids,
                "networkAclIds": self.network_acl_ids,
                "nsgIds": self.nsg_ids,
                "digest": self.digest,
                "readme": self.readme,
            }
        )

    def _planned(
        self, args: SecureEmailGatewayFirewallArgs | None, catalog: Catalog, today: date
    ) -> Plan:
        try:
            tree = stack_tree() if args is None else self._tree_of(args)
            settings = read_settings(tree, catalog, stack=pulumi.get_stack(), today=today)
            return make_plan(settings, catalog)
        except ProblemsFound as found:
            problems = [
                each if args is None else each._replace(place=ARGS) for each in found.problems
            ]
            raise NothingMade(problems) from None
        except (ProofFailed, LiftError) as failed:
            raise pulumi.RunError(
                f"nothing was made, by a bug in seg-firewall:\n{failed}"
            ) from None

    def _on_aws(self, plan: Plan) -> None:
        from components import aws

        lists = {
            spec.name: aws.prefix_list(spec, self).id
            for spec in plan.specs.get(PREFIX_LISTS, ())
            if isinstance(spec, PrefixListSpec)
        }
        groups: dict[str, pulumi.Output[list[str]]] = {}
        acls: dict[str, pulumi.Output[str]] = {}
        for interface, point, specs in self._points(plan):
            if point is Point.SECURITY_GROUP:
                attach = interface.security_group.attach
                component = aws.GatewaySecurityGroup(
                    interface.name,
                    {
                        "vpc_id": self._id(interface.vpc),
                        "resources": cast("tuple[SecurityGroupResource, ...]", specs),
                        "network_interface_ids": {k: self._id(v) for k, v in attach.items()},
                        "prefix_list_ids": lists,
                        "reference_ids": self._references(plan),
                    },
                    self._child(interface),
                )
                groups[interface.name] = component.group_ids
            elif interface.network_acl is not None:
                acl = aws.GatewayNetworkAcl(
                    interface.name,
                    {
                        "vpc_id": self._id(interface.vpc),
                        "subnet_ids": [self._id(s) for s in interface.network_acl.subnet_ids],
                        "acl": cast("NetworkAclSpec", specs[0]),
                    },
                    self._child(interface),
                )
                acls[interface.name] = acl.network_acl_id
        self.security_group_ids = _resolved(groups)
        self.network_acl_ids = _resolved(acls)

    def _on_azure(self, plan: Plan) -> None:
        from components.azure import GatewayNsg

        ids: dict[str, pulumi.Output[str]] = {}
        for interface, _, specs in self._points(plan):
            component = GatewayNsg(
                interface.name,
                {
                    "resource_group_name": self._id(interface.resource_group),
                    "nsg": cast("NsgSpec", specs[0]),
                    "reference_ids": self._references(plan),
                    "drop_provider_aliases": plan.settings.drop_provider_aliases,
                },
                self._child(interface),
            )
            ids[interface.name] = component.nsg_id
        self.nsg_ids = _resolved(ids)

    def _points(self, plan: Plan) -> Iterator[tuple[Interface, Point, tuple[object, ...]]]:
        for rule_set in plan.rule_sets:
            interface = plan.settings.interfaces[rule_set.interface]
            yield (
                interface,
                rule_set.point,
                plan.specs[f"{rule_set.point.value}/{rule_set.interface}"],
            )

    def _child(self, interface: Interface) -> pulumi.ResourceOptions:
        """Options of an interface's component: one alias to an old name covers its children."""
        aliases = [pulumi.Alias(name=old) for old in interface.renamed_from]
        return pulumi.ResourceOptions(parent=self, aliases=aliases)

    def _references(self, plan: Plan) -> dict[str, pulumi.Input[str]]:
        """What networks refer to, by the plan's spelling; literal ids need no look-up."""
        found = [
            network.references[plan.settings.cloud]
            for network in plan.settings.networks.values()
            if plan.settings.cloud in network.references
        ]
        return {str(r.id): self._id(r.id) for r in found if not isinstance(r.id, str)}

    def _id(self, id_: CloudId | None) -> pulumi.Input[str]:
        match id_:
            case StackOutput(stack, output):
                if stack not in self._stacks:
                    self._stacks[stack] = pulumi.StackReference(stack)
                return self._stacks[stack].require_output(output)
            case ProgramValue(label):
                return self._given[label]
            case str():
                return id_
            case None:
                raise AssertionError("an id that the settings require is absent")

    def _tree_of(self, args: SecureEmailGatewayFirewallArgs) -> Tree:
        """The program's values as a tree, with each output replaced by a named stand-in."""
        return tree_from_values(self._without_outputs(dict(args), ""))

    def _without_outputs(self, value: object, path: str) -> Any:
        if isinstance(value, pulumi.Output):
            self._given[path] = value
            return ProgramValue(path)
        if isinstance(value, dict):
            return {
                key: self._without_outputs(inner, f"{path}.{key}" if path else str(key))
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [
                self._without_outputs(inner, f"{path}[{index}]")
                for index, inner in enumerate(value)
            ]
        return value


def _remarks(
    plan: Plan, catalog: Catalog, today: date, place: Place | None
) -> Iterator[tuple[Callable[[str, pulumi.Resource], None], str]]:
    """What a preview's log repeats of the plan, at *place* or where the stack's file says it.

    Pulumi writes a warning's severity before its text.
    """
    for remark in all_remarks(plan, catalog, today=today):
        said = str(Problem(place or remark.place, remark.path, remark.message))
        if remark.severity is Severity.WARNING:
            yield pulumi.log.warn, said
        else:
            yield pulumi.log.info, f"{remark.severity.value}: {said}"
    yield from ((pulumi.log.info, f"widening: {line}") for line in widenings(plan))
    yield from ((pulumi.log.info, f"redundant: {line}") for line in redundancies(plan))


def _resolved(values: Mapping[str, pulumi.Output[T]]) -> pulumi.Output[dict[str, T]]:
    return cast("pulumi.Output[dict[str, T]]", pulumi.Output.from_input(dict(values)))


def _without_stand_ins(value: Any) -> Any:
    """Plain values only: an id that the program gives is recorded by where it was given."""
    if isinstance(value, ProgramValue):
        return str(value)
    if isinstance(value, dict):
        return {key: _without_stand_ins(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_stand_ins(inner) for inner in value]
    return value


def stack_tree() -> Tree:
    """The tree of the stack's own config, with places in its file where they can be found."""
    return tree_from_config(
        get_config_env() or dict(pulumi.runtime.config.CONFIG.get()),
        get_config_secret_keys_env(),
        Path.cwd() / "config",
        pulumi.get_stack(),
    )
