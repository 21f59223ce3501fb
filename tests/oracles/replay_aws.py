"""EC2's firewalls as a log of calls leaves them, call by call, from what stood there before.

Doors: to each network interface its groups (any rule of any group that is attached), to each
subnet the network ACL that is associated with it, and to each interface both together.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.oracles import naive
from tests.oracles.packets import Match, Span, span
from tests.oracles.replay import Door, Instant, Layer, NotKnown
from tests.oracles.replay_ec2 import (
    address_of,
    entry_of,
    key_of,
    permissions_of,
    resource_of,
    rule_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DIRECTIONS = ("ingress", "egress")
ALL = {"IpProtocol": "-1"}
WITHOUT_EFFECT = frozenset(
    {
        "CreateTags",
        "DeleteTags",
        "UpdateSecurityGroupRuleDescriptionsIngress",
        "UpdateSecurityGroupRuleDescriptionsEgress",
    }
)


class Call(NamedTuple):
    """One call of the log that could change something."""

    number: int
    action: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]
    outcome: str = "ok"
    operation: str = ""
    """What the engine did with the resource: create, update or delete."""
    resource: str = ""
    """The resource's URN."""


def calls_of(lines: Sequence[Mapping[str, Any]]) -> list[Call]:
    """The writing calls to EC2 among the recorded *lines*, in the order in which they were made."""
    made = sorted(
        (line for line in lines if line["api"] == "ec2" and line["writes"]),
        key=lambda line: line["at"],
    )
    return [
        Call(
            number,
            line["action"],
            line["parameters"],
            line.get("answer") or {},
            line["outcome"],
            line.get("operation", ""),
            line.get("resource", ""),
        )
        for number, line in enumerate(made, 1)
    ]


class Ec2:
    """Groups, network interfaces, network ACLs and prefix lists of a VPC at one instant."""

    def __init__(self) -> None:
        """Nothing stands."""
        self.groups: dict[str, dict[str, dict[str, Any]]] = {}
        """Group to its rules by id; a rule has EC2's own words."""
        self.cards: dict[str, dict[str, Any]] = {}
        """Network interface to its ``subnet``, ``groups`` and ``addresses``."""
        self.acls: dict[str, dict[tuple[bool, int], dict[str, Any]]] = {}
        """ACL to its entries by direction and number."""
        self.associations: dict[str, tuple[str, str]] = {}
        """Association to its subnet and ACL."""
        self.lists: dict[str, set[str]] = {}
        """Prefix list to its entries."""

    @classmethod
    def seen(cls, client: Any, vpc_id: str) -> Ec2:
        """What stands in a VPC, as EC2 describes it."""
        self = cls()
        mine = [{"Name": "vpc-id", "Values": [vpc_id]}]
        for group in client.describe_security_groups(Filters=mine)["SecurityGroups"]:
            named = [{"Name": "group-id", "Values": [group["GroupId"]]}]
            rules = client.describe_security_group_rules(Filters=named)["SecurityGroupRules"]
            self.groups[group["GroupId"]] = {r["SecurityGroupRuleId"]: rule_of(r) for r in rules}
        for card in client.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]:
            addresses = [a["PrivateIpAddress"] for a in card["PrivateIpAddresses"]]
            addresses += [a["Ipv6Address"] for a in card.get("Ipv6Addresses", [])]
            self.cards[card["NetworkInterfaceId"]] = {
                "subnet": card["SubnetId"],
                "groups": [group["GroupId"] for group in card["Groups"]],
                "addresses": addresses,
            }
        for acl in client.describe_network_acls(Filters=mine)["NetworkAcls"]:
            acl_id = acl["NetworkAclId"]
            self.acls[acl_id] = {
                (e["Egress"], e["RuleNumber"]): entry_of(e) for e in acl["Entries"]
            }
            for one in acl["Associations"]:
                self.associations[one["NetworkAclAssociationId"]] = (one["SubnetId"], acl_id)
        for each in client.describe_managed_prefix_lists()["PrefixLists"]:
            if each["OwnerId"] != "AWS" and not each["State"].startswith("delete"):
                list_id = each["PrefixListId"]
                found = client.get_managed_prefix_list_entries(PrefixListId=list_id)
                self.lists[list_id] = {entry["Cidr"] for entry in found.get("Entries", [])}
        return self

    def comparable(self) -> dict[str, Any]:
        """All that decides on packets: equal where two states let the same through."""
        return {
            "groups": {
                group: sorted(map(str, (key_of(rule) for rule in rules.values())))
                for group, rules in self.groups.items()
            },
            "cards": {card: sorted(held["groups"]) for card, held in self.cards.items()},
            "acls": {acl: sorted(map(str, entries.values())) for acl, entries in self.acls.items()},
            "associations": dict(self.associations.values()),
            "lists": {name: sorted(entries) for name, entries in self.lists.items() if entries},
        }

    # What is let through

    def doors(self) -> dict[str, Door]:
        """What stands at each interface and subnet, in each direction."""
        found: dict[str, Door] = {}
        acl_of = dict(self.associations.values())
        for direction in DIRECTIONS:
            acls = {subnet: self._acl_layer(acl_id, direction) for subnet, acl_id in acl_of.items()}
            found |= {f"{subnet} {direction}": (layer,) for subnet, layer in acls.items()}
            for card, held in self.cards.items():
                groups = self._group_layer(held["groups"], direction)
                found[f"groups of {card} {direction}"] = (groups,)
                found[f"{card} {direction}"] = (groups, acls[held["subnet"]])
        return found

    def _group_layer(self, groups: Sequence[str], direction: str) -> Layer:
        """Every rule of every group that is attached, once; they only allow, so order is nothing."""
        known = self._known()
        matches: set[Match] = set()
        for group in groups:
            if group not in self.groups:
                raise NotKnown(f"group {group} is attached and not there")
            for rule in self.groups[group].values():
                if rule["IsEgress"] is (direction == "egress"):
                    (match,) = naive.group_rules([resource_of(rule)], direction, known)
                    matches.add(match._replace(label=""))
        return tuple(sorted(matches, key=str))

    def _known(self) -> dict[str, list[Span | str]]:
        """What a list holds and a group stands for now: the addresses it is attached to."""
        members: dict[str, list[Span | str]] = {group: [] for group in self.groups}
        for card in self.cards.values():
            for group in card["groups"]:
                members.setdefault(group, []).extend(map(address_of, card["addresses"]))
        lists = {name: [span(cidr) for cidr in sorted(held)] for name, held in self.lists.items()}
        return {**members, **lists}

    def _acl_layer(self, acl_id: str, direction: str) -> Layer:
        if acl_id not in self.acls:
            raise NotKnown(f"network ACL {acl_id} is associated and not there")
        entries = self.acls[acl_id].items()
        inputs = {direction: [e for (out, _), e in entries if out is (direction == "egress")]}
        return tuple(m._replace(label="") for m in naive.acl_entries(inputs, direction))

    # What a call does

    def apply(self, call: Call) -> None:
        """The state after *call*; a call that was refused leaves it as it is.

        Raises:
            NotKnown: the call is not one whose effect is known here.
        """
        name = _method(call.action)
        work = getattr(self, name, None)
        if call.action in WITHOUT_EFFECT:
            return
        if work is None:
            raise NotKnown(f"call {call.number}: {call.action}")
        if call.outcome == "ok" or (
            # A rule that is not there is as good as revoked: moto gives no default rule for IPv6.
            call.action.startswith("Revoke") and call.outcome.endswith("NotFound")
        ):
            work(call.parameters, call.answer)

    def _create_security_group(self, said: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """EC2 gives a new group the two rules that let everything out."""
        del said
        self.groups[answer["GroupId"]] = {
            f"default out {family}": {**ALL, "IsEgress": True, f"CidrIp{family}": everything}
            for family, everything in (("v4", "0.0.0.0/0"), ("v6", "::/0"))
        }

    def _delete_security_group(self, said: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        del answer
        del self.groups[said["GroupId"]]

    def _authorize(self, said: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        for rule in answer["SecurityGroupRules"]:
            self.groups[said["GroupId"]][rule["SecurityGroupRuleId"]] = rule_of(rule)

    _authorize_security_group_ingress = _authorize
    _authorize_security_group_egress = _authorize

    def _revoke(self, said: Mapping[str, Any], *, egress: bool) -> None:
        rules = self.groups[said["GroupId"]]
        ids = set(said.get("SecurityGroupRuleIds", []))
        gone = {key_of({**one, "IsEgress": egress}) for one in permissions_of(said)}
        kept = {k: rule for k, rule in rules.items() if k not in ids and key_of(rule) not in gone}
        self.groups[said["GroupId"]] = kept

    def _revoke_security_group_ingress(self, said: Mapping[str, Any], answer: Any) -> None:
        del answer
        self._revoke(said, egress=False)

    def _revoke_security_group_egress(self, said: Mapping[str, Any], answer: Any) -> None:
        del answer
        self._revoke(said, egress=True)

    def _modify_security_group_rules(self, said: Mapping[str, Any], answer: Any) -> None:
        """A rule is given whole, and changes at once."""
        del answer
        rules = self.groups[said["GroupId"]]
        for change in said["SecurityGroupRules"]:
            old = rules[change["SecurityGroupRuleId"]]
            new = {"ReferencedGroup": change["SecurityGroupRule"].get("ReferencedGroupId")}
            new |= change["SecurityGroupRule"]
            rules[change["SecurityGroupRuleId"]] = rule_of({**new, "IsEgress": old["IsEgress"]})

    def _modify_network_interface_attribute(self, said: Mapping[str, Any], answer: Any) -> None:
        """Groups are given whole; `Attached` and `Detached` are `relative`'s way to say it."""
        del answer
        card = self.cards[said["NetworkInterfaceId"]]
        if "Groups" in said:
            card["groups"] = list(said["Groups"])
        else:
            kept = [group for group in card["groups"] if group not in said["Detached"]]
            card["groups"] = [*kept, *(g for g in said["Attached"] if g not in kept)]

    def _create_network_acl(self, said: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """A new ACL denies everything, and no subnet has it."""
        del said
        self.acls[answer["NetworkAcl"]["NetworkAclId"]] = {
            (e["Egress"], e["RuleNumber"]): entry_of(e) for e in answer["NetworkAcl"]["Entries"]
        }

    def _delete_network_acl(self, said: Mapping[str, Any], answer: Any) -> None:
        del answer
        del self.acls[said["NetworkAclId"]]

    def _create_network_acl_entry(self, said: Mapping[str, Any], answer: Any) -> None:
        del answer
        self.acls[said["NetworkAclId"]][said["Egress"], said["RuleNumber"]] = entry_of(said)

    _replace_network_acl_entry = _create_network_acl_entry

    def _delete_network_acl_entry(self, said: Mapping[str, Any], answer: Any) -> None:
        del answer
        del self.acls[said["NetworkAclId"]][said["Egress"], said["RuleNumber"]]

    def _replace_network_acl_association(self, said: Mapping[str, Any], answer: Any) -> None:
        subnet, _ = self.associations.pop(said["AssociationId"])
        self.associations[answer["NewAssociationId"]] = (subnet, said["NetworkAclId"])

    def _create_managed_prefix_list(self, said: Mapping[str, Any], answer: Any) -> None:
        entries = {entry["Cidr"] for entry in said.get("Entries", [])}
        self.lists[answer["PrefixList"]["PrefixListId"]] = entries

    def _modify_managed_prefix_list(self, said: Mapping[str, Any], answer: Any) -> None:
        """What one call adds and removes comes and goes together: a list's version is whole."""
        del answer
        gone = {entry["Cidr"] for entry in said.get("RemoveEntries", [])}
        fresh = {entry["Cidr"] for entry in said.get("AddEntries", [])}
        self.lists[said["PrefixListId"]] = (self.lists[said["PrefixListId"]] - gone) | fresh

    def _delete_managed_prefix_list(self, said: Mapping[str, Any], answer: Any) -> None:
        del answer
        del self.lists[said["PrefixListId"]]


def instants(before: Ec2, calls: Sequence[Call]) -> tuple[list[Instant], Ec2]:
    """What stands before the first call and after each one, and the state in the end."""
    state = copy.deepcopy(before)
    found = [Instant(0, "before", state.doors())]
    for call in calls:
        state.apply(call)
        found.append(Instant(call.number, _words(call), state.doors()))
    return found, state


def relative(before: Ec2, calls: Sequence[Call]) -> Iterator[Call]:
    """The same calls with an interface's groups as what comes and goes.

    The provider reads an interface's groups and writes all of them back, so in another order
    the same steps would have made other calls.
    """
    state = copy.deepcopy(before)
    for call in calls:
        if call.action == "ModifyNetworkInterfaceAttribute" and call.outcome == "ok":
            card, groups = call.parameters["NetworkInterfaceId"], call.parameters["Groups"]
            there = state.cards[card]["groups"]
            said = {
                "NetworkInterfaceId": card,
                "Attached": [group for group in groups if group not in there],
                "Detached": [group for group in there if group not in groups],
            }
            yield call._replace(parameters=said)
        else:
            yield call
        state.apply(call)


def _words(call: Call) -> str:
    name = call.resource.rpartition("::")[2]
    return f"{call.action}, {call.operation} of {name}" if name else call.action


def _method(action: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in action)
