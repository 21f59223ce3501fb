"""What others in the same state do to our groups: who uses them, and who adds rules to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import EGRESS_RULE, GROUP, INGRESS_RULE
from segfw.clouds.azure_nsg.spec import NSG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from segfw.changes.inventory import Inputs, Owned
    from segfw.state import Deployed, State

GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
NSG_RULE = "azure-native:network:SecurityRule"
HOLDER = {
    INGRESS_RULE: "securityGroupId",
    EGRESS_RULE: "securityGroupId",
    GROUP_RULE: "securityGroupId",
    ACL_RULE: "networkAclId",
    NSG_RULE: "networkSecurityGroupName",
}
"""Types that are one rule each, and the input that says of what."""
FAR_ENDS = (
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "referencedSecurityGroupId",
    "cidrBlock",
    "ipv6CidrBlock",
    "cidrBlocks",
    "ipv6CidrBlocks",
    "prefixListIds",
    "securityGroups",
    "sourceSecurityGroupId",
)


class OthersRule(NamedTuple):
    """A rule of a group, network ACL or NSG of ours that is none of the plan's."""

    name: str
    """Of the resource that it is, or among whose inputs it stands."""
    token: str
    holder: str
    """The group, network ACL or NSG, as the plan calls it."""
    words: str
    """``in tcp 22 from 0.0.0.0/0``, as far as its inputs say."""


def others_rules(
    ours: Collection[Owned], urns: Collection[str], state: State
) -> Iterator[OthersRule]:
    """Rules among a group's own inputs, and those of resources that are not below the firewall.

    *urns* are those of the resources of *ours*.
    """
    for one in ours:
        if one.token == GROUP:
            for direction in ("ingress", "egress"):
                for rule in _records(one.inputs.get(direction)):
                    words = _words(direction == "ingress", rule)
                    yield OthersRule(one.called, one.token, one.name, words)
    holders = dict(_holders(ours))
    for one in state.resources:
        if one.type in HOLDER and one.urn not in urns and not one.leaving:
            holder = holders.get(_held_by(one))
            if holder is not None:
                yield OthersRule(one.name, one.type, holder, _rule_words(one))


def _holders(ours: Iterable[Owned]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a rule says of where it is, with the name of the one that it means."""
    for one in ours:
        if one.token in (GROUP, NETWORK_ACL) and one.id:
            yield (one.id,), one.name
        elif one.token == NSG:
            group, called = one.inputs.get("resourceGroupName"), one.id.rpartition("/")[2]
            yield (str(group).casefold(), called.casefold()), one.name


def _held_by(rule: Deployed) -> tuple[str, ...]:
    held = str(rule.inputs.get(HOLDER[rule.type]))
    if rule.type != NSG_RULE:
        return (held,)
    return str(rule.inputs.get("resourceGroupName")).casefold(), held.casefold()


def _rule_words(rule: Deployed) -> str:
    inputs = rule.inputs
    into = {
        INGRESS_RULE: True,
        EGRESS_RULE: False,
        GROUP_RULE: inputs.get("type") == "ingress",
        ACL_RULE: inputs.get("egress") is not True,
        NSG_RULE: inputs.get("direction") == "Inbound",
    }[rule.type]
    return _words(into, inputs)


def _words(into: bool, rule: Inputs) -> str:  # noqa: FBT001 - the direction, of two
    way, side, field = ("in", "from", "source") if into else ("out", "to", "destination")
    denies = str(rule.get("access", rule.get("ruleAction"))).casefold() == "deny"
    protocol = str(rule.get("ipProtocol", rule.get("protocol"))).casefold()
    far = [*FAR_ENDS, f"{field}AddressPrefix", f"{field}AddressPrefixes"]
    ends = [text for name in far for text in texts_in(rule.get(name))]
    ends += ["itself"] * (rule.get("self") is True)
    return " ".join(
        (
            *["deny"] * denies,
            way,
            *(["any"] if protocol in ("-1", "*", "all") else [protocol, _ports(rule)]),
            side,
            ", ".join(ends) or "an unknown end",
        )
    )


def _ports(rule: Inputs) -> str:
    fields = ("destinationPortRange", "destinationPortRanges")
    given = [text for field in fields for text in texts_in(rule.get(field))]
    first, last = rule.get("fromPort"), rule.get("toPort")
    if given or first is None:
        return ",".join(given) or "any"
    return str(first) if first == last else f"{first}-{last}"


def users(
    ours: Iterable[Owned], urns: Collection[str], state: State
) -> Mapping[str, tuple[str, ...]]:
    """Which resources, neither ours nor rules, have a group's or NSG's id among their inputs."""
    wanted = {one.id: one.name for one in ours if one.token in (GROUP, NSG) and one.id}
    found: dict[str, list[str]] = {}
    for one in state.resources:
        if one.urn not in urns and one.type not in HOLDER:
            for text in set(texts_in(one.inputs)) & wanted.keys():
                found.setdefault(wanted[text], []).append(one.name)
    return {name: tuple(sorted(held)) for name, held in found.items()}


def texts_in(value: Any) -> Iterator[str]:
    """Every text in *value*, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in cast("dict[str, Any]", value).values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from texts_in(inner)


def _records(value: object) -> list[Inputs]:
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Inputs", one) for one in listed if isinstance(one, dict)]
