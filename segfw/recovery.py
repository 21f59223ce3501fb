"""What a stack's state says after an update that was cut short, and what it cannot know.

Everything here follows from a state and a preview as `segfw.unfinished` reads them. A *stray* is
a rule that the cloud has in one of the stack's security groups and that the state does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.unfinished import (
    ATTACHMENT,
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    NETWORK_ACL,
    NSG,
    PREFIX_LIST,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.unfinished import Pending, Preview, Resource, State

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in a preview for a value that only the update will know."""
PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
RULE_IDS = {INGRESS_RULE: "ingressRuleIds", EGRESS_RULE: "egressRuleIds"}
PROVISIONAL = "stray-"
"""Begins the name of a rule that is read into the state and not settled yet."""


class Stray(NamedTuple):
    """A rule in a group of the stack's that its state does not know."""

    id: str
    type: str
    group: Resource

    @property
    def adoption(self) -> Adoption:
        """It under a provisional name, until its content is read and its own name found."""
        group = self.group
        return Adoption(f"{PROVISIONAL}{self.id}", self.type, self.id, group.parent, group.provider)

    def __str__(self) -> str:
        """The rule, with its direction and group."""
        direction = "ingress" if self.type == INGRESS_RULE else "egress"
        return f"{self.id} ({direction}) in {self.group.name} ({self.group.id})"


class Adoption(NamedTuple):
    """A thing in the cloud that is to become a resource of the state."""

    name: str
    type: str
    id: str
    parent: str
    provider: str


def unlisted_groups(state: State, preview: Preview) -> tuple[Resource, ...]:
    """Groups whose rules in the cloud nobody lists: no ownership of them is in the state.

    Only those for which the update would make rules: elsewhere no stray can be in the way.
    """
    listed = [owner.outputs.get("securityGroupId") for owner in preview.owners]
    wanted = [each.inputs.get("securityGroupId") for each in preview.creates]
    return tuple(
        each for each in state.of_type(GROUP) if each.id in wanted and each.id not in listed
    )


def strays(state: State, owners: Iterable[Resource]) -> tuple[Stray, ...]:
    """The rules that *owners* see in the cloud and the state does not know."""
    groups = {each.id: each for each in state.of_type(GROUP)}
    found: dict[str, Stray] = {}
    for owner in owners:
        group = groups.get(_said(owner.outputs, "securityGroupId"))
        if group is None:
            continue
        for type_, key in RULE_IDS.items():
            known = state.ids(type_)
            for id_ in _texts(owner.outputs, key):
                if id_ not in known:
                    found[id_] = Stray(id_, type_, group)
    return tuple(found[id_] for id_ in sorted(found))


def provisional(state: State) -> tuple[Resource, ...]:
    """The rules that were read into the state and are not settled."""
    return tuple(
        each
        for each in state.resources
        if each.type in RULE_IDS and each.name.startswith(PROVISIONAL)
    )


def _said(values: object, key: str) -> str:
    """The text under *key*; empty where there is none, or it is secret."""
    value = cast("Mapping[str, Any]", values).get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""


def _texts(values: Mapping[str, Any], key: str) -> list[str]:
    """The texts in the list under *key*; none where there is no list, or it is secret."""
    value = values.get(key)
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return [each for each in listed if isinstance(each, str)]


def rule_content(rule: Resource, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two rules the same to EC2: never the description, never the tags."""
    ports = [values.get(name) for name in ("fromPort", "toPort")]
    return (
        rule.type,
        values.get("securityGroupId"),
        str(values.get("ipProtocol", "")).lower(),
        *(None if port == -1 else port for port in ports),
        *(values.get(name) or None for name in PEERS),
    )


def matched(read: Resource, creates: Iterable[Resource]) -> Resource | None:
    """The planned rule that *read*, a rule as the cloud has it, already is."""
    content = rule_content(read, read.outputs)
    for create in creates:
        if create.type == read.type and rule_content(create, create.inputs) == content:
            return create
    return None


def sure_adoptions(state: State, was: State, preview: Preview) -> Iterator[Adoption]:
    """Planned resources whose cloud id follows from what is known, so that asking is enough.

    *was* is the state before its pending operations were cleared. Not each of them exists.
    """
    begun = {
        each.resource.urn: each.resource for each in was.pending if each.operation == "creating"
    }
    for create in preview.creates:
        id_ = ""
        said = create.inputs
        if create.type == ATTACHMENT:
            ends = (_said(said, "networkInterfaceId"), _said(said, "securityGroupId"))
            id_ = "_".join(ends) if all(ends) else ""
        elif create.type == NSG and create.urn in begun:
            said = begun[create.urn].inputs
            subscription = _subscription(state)
            group, name = _said(said, "resourceGroupName"), _said(said, "networkSecurityGroupName")
            if subscription and group and name:
                id_ = (
                    f"/subscriptions/{subscription}/resourceGroups/{group}"
                    f"/providers/Microsoft.Network/networkSecurityGroups/{name}"
                )
        if id_ and UNKNOWN not in id_:
            yield adoption(create, id_)


def adoption(create: Resource, id_: str) -> Adoption:
    """The planned resource *create*, which is the cloud's *id_*."""
    return Adoption(create.name, create.type, id_, create.parent, create.provider)


def _subscription(state: State) -> str:
    for each in state.of_type("pulumi:providers:azure-native"):
        if subscription := _said(each.inputs, "subscriptionId"):
            return subscription
    return ""


def import_file(adoptions: Iterable[Adoption]) -> dict[str, Any]:
    """The file from which ``pulumi import`` reads *adoptions*."""
    table: dict[str, str] = {}
    resources: list[dict[str, str]] = []
    for number, each in enumerate(adoptions):
        entry = {"type": each.type, "name": each.name, "id": each.id}
        if each.parent:
            entry["parent"] = f"parent{number}"
            table[entry["parent"]] = each.parent
        provider = each.provider.rpartition("::")[0]
        kind, _, version = provider.rpartition("::")[2].partition("_")
        if kind == "default" and version:
            entry["version"] = version.replace("_", ".")
        elif provider and kind != "default":
            entry["provider"] = f"provider{number}"
            table[entry["provider"]] = provider
        resources.append(entry)
    return {"nameTable": table, "resources": resources}


def to_look_for(pending: Iterable[Pending]) -> Iterator[tuple[Resource, str]]:
    """Resources that were being made and may exist, with the command that finds them.

    Their id is the cloud's own choice, so no state and no preview can tell.
    """
    for each in pending:
        resource = each.resource
        if each.operation != "creating":
            continue
        if resource.type == GROUP:
            named = f"Name=group-name,Values={_said(resource.inputs, 'name') or resource.name}"
            yield resource, f"aws ec2 describe-security-groups --filters {named}"
        elif resource.type in (NETWORK_ACL, PREFIX_LIST):
            what = "network-acls" if resource.type == NETWORK_ACL else "managed-prefix-lists"
            name = _said(resource.inputs.get("tags"), "Name") or resource.name
            yield resource, f"aws ec2 describe-{what} --filters Name=tag:Name,Values={name}"
