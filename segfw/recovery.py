"""What a stack's state says after an update that was cut short, and what it cannot know.

Everything here is read from what the engine exports: a state (``pulumi stack export``) and a
preview (``pulumi preview --json``). A *stray* is a rule that the cloud has in one of the stack's
security groups and that the state does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
EXCLUSIVE = "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
ATTACHMENT = (
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
)
NETWORK_ACL = "aws:ec2/networkAcl:NetworkAcl"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
NSG = "azure-native:network:NetworkSecurityGroup"

NOUNS = {
    GROUP: "security group",
    INGRESS_RULE: "security group rule",
    EGRESS_RULE: "security group rule",
    EXCLUSIVE: "ownership of a group's rules",
    ATTACHMENT: "attachment of a security group",
    NETWORK_ACL: "network ACL",
    PREFIX_LIST: "prefix list",
    NSG: "network security group",
}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in a preview for a value that only the update will know."""
PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
RULE_IDS = {INGRESS_RULE: "ingressRuleIds", EGRESS_RULE: "egressRuleIds"}
PROVISIONAL = "stray-"
"""Begins the name of a rule that is read into the state and not settled yet."""
UNCHANGED = frozenset({"same", "refresh", "read"})


class Resource(NamedTuple):
    """One resource of a state or of a preview."""

    urn: str
    type: str
    id: str
    parent: str
    provider: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rpartition("::")[2]

    def __str__(self) -> str:
        """The name, and what it is."""
        return f"{self.name} ({NOUNS.get(self.type, self.type)})"


class Pending(NamedTuple):
    """An operation that the engine began, and of which it never noted the end."""

    operation: str
    resource: Resource

    def __str__(self) -> str:
        """What was going on with which resource."""
        return f"{self.operation} {self.resource}"


class State(NamedTuple):
    """A stack's state."""

    resources: tuple[Resource, ...]
    pending: tuple[Pending, ...]

    def ids(self, type_: str) -> frozenset[str]:
        """The cloud's ids of the resources of that type."""
        return frozenset(each.id for each in self.resources if each.type == type_)

    def of_type(self, type_: str) -> tuple[Resource, ...]:
        """The resources of that type."""
        return tuple(each for each in self.resources if each.type == type_)


class Preview(NamedTuple):
    """What an update would do, and what the refresh before it found."""

    creates: tuple[Resource, ...]
    """Resources that it would make."""
    owners: tuple[Resource, ...]
    """Ownerships of a group's rules, as the cloud has them now."""
    changes: Mapping[str, tuple[str, ...]]
    """What would be done (`create`, `update` ...) to which names."""

    def without(self, names: Collection[str]) -> Preview:
        """The same, where the resources *names* are there already."""
        left = {
            op: tuple(name for name in listed if op != "create" or name not in names)
            for op, listed in self.changes.items()
        }
        return self._replace(
            creates=tuple(each for each in self.creates if each.name not in names),
            changes={op: listed for op, listed in left.items() if listed},
        )


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


def _resource(record: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=record["urn"],
        type=record["type"],
        id=record.get("id", ""),
        parent=record.get("parent", ""),
        provider=record.get("provider", ""),
        inputs=record.get("inputs") or {},
        outputs=record.get("outputs") or {},
    )


def read_state(exported: Mapping[str, Any]) -> State:
    """What ``pulumi stack export`` wrote."""
    deployment: Mapping[str, Any] = exported.get("deployment") or {}
    return State(
        tuple(_resource(each) for each in deployment.get("resources") or ()),
        tuple(
            Pending(each["type"], _resource(each["resource"]))
            for each in deployment.get("pending_operations") or ()
        ),
    )


def read_preview(document: Mapping[str, Any]) -> Preview:
    """What ``pulumi preview --json --refresh`` wrote."""
    creates: list[Resource] = []
    owners: list[Resource] = []
    changes: dict[str, list[str]] = {}
    for step in document.get("steps") or ():
        old, new = step.get("oldState"), step.get("newState")
        if step["op"] == "create":
            creates.append(_resource(new))
        if old and old["type"] == EXCLUSIVE and step["op"] != "refresh":
            owners.append(_resource(old))
        if step["op"] not in UNCHANGED:
            changes.setdefault(step["op"], []).append(step["urn"].rpartition("::")[2])
    return Preview(
        tuple(creates), tuple(owners), {op: tuple(sorted(names)) for op, names in changes.items()}
    )


def unlisted_groups(state: State, preview: Preview) -> tuple[Resource, ...]:
    """Groups whose rules in the cloud nobody lists: no ownership of them is in the state.

    Only those for which the update would make rules: elsewhere no stray can be in the way.
    """
    listed = {owner.outputs.get("securityGroupId") for owner in preview.owners}
    wanted = {each.inputs.get("securityGroupId") for each in preview.creates}
    return tuple(
        each for each in state.of_type(GROUP) if each.id in wanted and each.id not in listed
    )


def strays(state: State, owners: Iterable[Resource]) -> tuple[Stray, ...]:
    """The rules that *owners* see in the cloud and the state does not know."""
    groups = {each.id: each for each in state.of_type(GROUP)}
    found: dict[str, Stray] = {}
    for owner in owners:
        group = groups.get(owner.outputs.get("securityGroupId", ""))
        if group is None:
            continue
        for type_, key in RULE_IDS.items():
            known = state.ids(type_)
            for id_ in owner.outputs.get(key) or ():
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


def rule_content(rule: Resource, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two rules the same to EC2: never the description, never the tags."""
    ports = [values.get(name) for name in ("fromPort", "toPort")]
    return (
        rule.type,
        values.get("securityGroupId"),
        str(values.get("ipProtocol", "")).lower(),
        *(None if port in (None, -1) else int(port) for port in ports),
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
        said = (begun.get(create.urn) or create).inputs
        id_ = ""
        if create.type == ATTACHMENT:
            id_ = f"{create.inputs['networkInterfaceId']}_{create.inputs['securityGroupId']}"
        elif create.type == NSG and create.urn in begun:
            subscription = _subscription(state)
            if subscription:
                id_ = (
                    f"/subscriptions/{subscription}/resourceGroups/{said['resourceGroupName']}"
                    "/providers/Microsoft.Network/networkSecurityGroups/"
                    f"{said['networkSecurityGroupName']}"
                )
        if id_ and UNKNOWN not in id_:
            yield adoption(create, id_)


def adoption(create: Resource, id_: str) -> Adoption:
    """The planned resource *create*, which is the cloud's *id_*."""
    return Adoption(create.name, create.type, id_, create.parent, create.provider)


def _subscription(state: State) -> str:
    for each in state.of_type("pulumi:providers:azure-native"):
        if each.inputs.get("subscriptionId"):
            return str(each.inputs["subscriptionId"])
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
            named = f"Name=group-name,Values={resource.inputs.get('name', '')}"
            yield resource, f"aws ec2 describe-security-groups --filters {named}"
        elif resource.type in (NETWORK_ACL, PREFIX_LIST):
            what = "network-acls" if resource.type == NETWORK_ACL else "managed-prefix-lists"
            tags: Mapping[str, Any] = resource.inputs.get("tags") or {}
            name = tags.get("Name", resource.name)
            yield resource, f"aws ec2 describe-{what} --filters Name=tag:Name,Values={name}"
