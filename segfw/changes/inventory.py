"""Both sides of a comparison in one form: resources by the plan's names.

Ids that the cloud gave become ``${name.id}`` again, an old interface's names become those
of the interface that was renamed from it, and outputs of other stacks become the values
that the state last saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.changes.others import others_rules, users
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import (
    ATTACHMENT,
    EGRESS_RULE,
    EXCLUSIVE,
    GROUP,
    INGRESS_RULE,
    PREFIX_LIST,
)
from segfw.clouds.azure_nsg.spec import NSG
from segfw.clouds.resource import id_of
from segfw.flow import Point
from segfw.inventory import (
    FIREWALL,
    GATEWAY_NETWORK_ACL,
    GATEWAY_NSG,
    GATEWAY_SECURITY_GROUP,
)
from segfw.plan import PREFIX_LISTS
from segfw.problems import Place, Problem, ProblemsFound
from segfw.settings.types import Cloud, StackOutput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.changes.others import OthersRule
    from segfw.plan import Plan
    from segfw.settings.types import CloudId, Settings
    from segfw.state import Deployed, State

    Inputs = Mapping[str, Any]

COMPONENTS = {
    GATEWAY_SECURITY_GROUP: Point.SECURITY_GROUP,
    GATEWAY_NETWORK_ACL: Point.NETWORK_ACL,
    GATEWAY_NSG: Point.NSG,
}
RULES = (INGRESS_RULE, EGRESS_RULE)
OURS = (GROUP, *RULES, EXCLUSIVE, ATTACHMENT, PREFIX_LIST, NETWORK_ACL, NSG)
"""Every type that a firewall component makes."""
NAMED_BY_ID = (GROUP, PREFIX_LIST)
"""What other resources of ours refer to by its id."""


class Owned(NamedTuple):
    """One cloud resource of the firewall."""

    token: str
    name: str
    """As the plan calls it."""
    point: Point | None
    """None for a prefix list, which all interfaces share."""
    interface: str
    inputs: Inputs
    urn: str = ""
    """Only of a deployed one."""
    called: str = ""
    """The name that a deployed one has until the update."""
    id: str = ""
    protected: bool = False
    tainted: bool = False
    """The update makes it anew, though nothing of it may differ."""

    @property
    def key(self) -> tuple[str, str]:
        """What the engine tells resources of one parent apart by."""
        return self.token, self.name


class Inventory(NamedTuple):
    """Both sides, and what the deployed firewall says of itself."""

    planned: tuple[Owned, ...]
    deployed: tuple[Owned, ...]
    leaving: tuple[Owned, ...]
    """Deployed ones that an earlier update replaced and has not deleted yet."""
    recorded: Inputs
    """The settings and rules by name that the deployed component registered."""
    renamed: Mapping[str, str]
    """Interfaces by the plan's name to the name that they are deployed under."""
    given: Mapping[str, str]
    """Ids as the plan spells them (another stack's output) to what the state saw last."""
    users: Mapping[str, tuple[str, ...]]
    """Names of groups and NSGs to other resources of the state that have their id."""
    others: tuple[OthersRule, ...]
    """Rules of what is ours that somebody else in the state has added."""

    def recorded_settings(self, *path: str) -> Inputs:
        """What was deployed under *path* of the settings; empty where it is not known."""
        return mapping_at(self.recorded, "settings", *path)


def inventory(plan: Plan, state: State) -> Inventory:
    """The plan's resources and the state's.

    Raises:
        ProblemsFound: the state is another stack's or cloud's, or has no firewall of ours.
    """
    firewall = _firewall(plan.settings, state)
    if firewall is None:
        return Inventory(tuple(_planned(plan, {}, {})), (), (), {}, {}, {}, {}, ())
    below = tuple(state.below({firewall.urn}))
    _same_cloud(plan.settings, firewall, below, state.file)
    points = {one.urn: one for one in below if one.type in COMPONENTS}
    renamed = dict(_renamed(plan.settings, points.values()))
    new_names = {old: new for new, old in renamed.items()}
    ours = [one for one in below if one.type in OURS]
    named = [_named(one, points.get(one.parent), new_names) for one in ours]
    ids = {one.id: id_of(one.name) for one in named if one.token in NAMED_BY_ID and one.id}
    given = dict(_given(plan.settings, state))
    found = [one._replace(inputs=translated(one.inputs, ids)) for one in named]
    sides = list(zip(ours, found, strict=True))
    there = tuple(one for state, one in zip(ours, named, strict=True) if not state.leaving)
    return Inventory(
        planned=tuple(_planned(plan, given, ids)),
        deployed=tuple(one for state, one in sides if not state.leaving),
        leaving=tuple(one for state, one in sides if state.leaving),
        recorded=firewall.inputs,
        renamed=renamed,
        given=given,
        users=users(named, {one.urn for one in below} | {firewall.urn}, state),
        others=tuple(others_rules(there, {one.urn for one in ours}, state)),
    )


def _firewall(settings: Settings, state: State) -> Deployed | None:
    """The firewall's component; None where nothing at all is deployed."""
    place = Place(state.file, 0)
    if state.stack and state.stack != settings.stack:
        raise ProblemsFound(
            [
                Problem(
                    place,
                    "",
                    f'this is the state of stack "{state.stack}", not of "{settings.stack}"; '
                    f"write that one with pulumi stack export --stack {settings.stack} "
                    "--file state.json.",
                )
            ]
        )
    found = [one for one in state.resources if one.type == FIREWALL]
    if len(found) == 1:
        return found[0]
    if not found and state.empty:
        return None
    what = f"{len(found)} components" if found else "no component"
    raise ProblemsFound(
        [
            Problem(
                place,
                "",
                f"{what} {FIREWALL} among {len(state.resources)} resources; the state of a "
                "program that makes one is needed (one that never made one is compared as "
                '{"version": 3, "deployment": {}}).',
            )
        ]
    )


def _same_cloud(
    settings: Settings, firewall: Deployed, below: Iterable[Deployed], file: str
) -> None:
    recorded = mapping_at(firewall.inputs, "settings").get("cloud")
    types = {one.type for one in below}
    seen = Cloud.AZURE if NSG in types else Cloud.AWS if GROUP in types else None
    cloud = recorded if isinstance(recorded, str) else seen and seen.value
    if cloud is not None and cloud != settings.cloud.value:
        message = (
            f'a firewall on "{cloud}" is deployed, and stack "{settings.stack}" is on '
            f'"{settings.cloud.value}"; a stack stays on its cloud.'
        )
        raise ProblemsFound([Problem(Place(file, 0), "", message)])


def _renamed(settings: Settings, points: Iterable[Deployed]) -> Iterator[tuple[str, str]]:
    """Interfaces that are deployed under a name they were renamed from."""
    there = {one.name for one in points}
    for name, interface in settings.interfaces.items():
        old = [one for one in interface.renamed_from if one in there]
        if old and name not in there:
            yield name, old[0]


def new_name(name: str, old: str, new: str) -> str:
    """The name of a child of *old* as the engine's alias has it below *new*."""
    return new + name.removeprefix(old) if name.startswith(old) else name


def _named(one: Deployed, component: Deployed | None, new_names: Mapping[str, str]) -> Owned:
    inputs = one.inputs
    if component is None:
        point, interface, name = None, "", one.name
    else:
        point = COMPONENTS[component.type]
        interface = new_names.get(component.name, component.name)
        name = new_name(one.name, component.name, interface)
        if one.type == NSG and interface != component.name:
            inputs = {**inputs, "securityRules": _rules(inputs, component.name, interface)}
    return Owned(
        token=one.type,
        name=name,
        point=point,
        interface=interface,
        inputs=inputs,
        urn=one.urn,
        called=one.name,
        id=one.id,
        protected=one.protected,
        tainted=one.tainted,
    )


def _rules(inputs: Inputs, old: str, new: str) -> list[Any]:
    """An NSG's rules by the new names."""
    listed = inputs.get("securityRules")
    if not isinstance(listed, list):
        return []
    return [_renamed_rule(rule, old, new) for rule in cast("list[object]", listed)]


def _renamed_rule(rule: object, old: str, new: str) -> object:
    if not isinstance(rule, dict):
        return rule
    held = cast("dict[str, Any]", rule)
    called = held.get("name")
    return {**held, "name": new_name(str(called), old, new), "called": called}


def _planned(plan: Plan, given: Mapping[str, str], ids: Mapping[str, str]) -> Iterator[Owned]:
    for key, specs in plan.specs.items():
        point, _, interface = key.partition("/")
        for spec in specs:
            inputs = cast("Inputs", translated(translated(spec.inputs(), given), ids))
            yield Owned(
                token=spec.token,
                name=spec.name,
                point=None if key == PREFIX_LISTS else Point(point),
                interface="" if key == PREFIX_LISTS else interface,
                inputs=inputs,
            )


def translated(value: Any, names: Mapping[str, str]) -> Any:
    """The value with every text that *names* has another one for replaced."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        return {key: translated(inner, names) for key, inner in held.items()}
    if isinstance(value, list):
        return [translated(inner, names) for inner in cast("list[Any]", value)]
    return value


def _given(settings: Settings, state: State) -> Iterator[tuple[str, str]]:
    for id_ in ids_of(settings):
        if isinstance(id_, StackOutput):
            value = state.outputs.get((id_.stack, id_.output))
            if value is not None:
                yield str(id_), value


def ids_of(settings: Settings) -> Iterator[CloudId | None]:
    """Every id that a stack file gives; None where an interface has none."""
    for interface in settings.interfaces.values():
        yield from (interface.vpc, interface.resource_group)
        yield from interface.security_group.attach.values()
        yield from interface.network_acl.subnet_ids if interface.network_acl else ()
    for network in settings.networks.values():
        yield from (reference.id for reference in network.references.values())


def mapping_at(value: object, *path: str) -> Inputs:
    """The mapping under *path*; an empty one where there is none."""
    for key in path:
        value = cast("Inputs", value).get(key) if isinstance(value, dict) else None
    return cast("Inputs", value) if isinstance(value, dict) else {}


def list_at(inputs: Inputs, field: str) -> list[object]:
    """The list under *field*; an empty one where there is none, or it is secret."""
    value = inputs.get(field)
    return cast("list[object]", value) if isinstance(value, list) else []
