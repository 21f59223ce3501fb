"""CloudFormation, read back (docs.aws.amazon.com, CloudFormation Template Reference)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.export.lifting import ACL, GROUP, IN, OUT, interface_of, lifted, same_lists, spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.plan import Plan
    from tests.export.lifting import Read, Resource

CFN_RULES = {"AWS::EC2::SecurityGroupIngress": IN, "AWS::EC2::SecurityGroupEgress": OUT}
CFN_FIELDS = {
    "CidrIp": "cidrIpv4",
    "CidrIpv6": "cidrIpv6",
    "FromPort": "fromPort",
    "ToPort": "toPort",
    "IpProtocol": "ipProtocol",
    "SourcePrefixListId": "prefixListId",
    "DestinationPrefixListId": "prefixListId",
    "SourceSecurityGroupId": "referencedSecurityGroupId",
    "DestinationSecurityGroupId": "referencedSecurityGroupId",
}


class Template:
    """A CloudFormation template, its references resolved to how the plan spells ids."""

    def __init__(self, text: str) -> None:
        template = json.loads(text)
        self.resources: dict[str, dict[str, Any]] = template["Resources"]
        self.parameters: dict[str, dict[str, str]] = template.get("Parameters", {})

    def of(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        """The resources of some kinds: their own names, properties and kind."""
        for id_, resource in self.resources.items():
            if resource["Type"] in kinds:
                yield self.name(id_), resource["Properties"], resource["Type"]

    def name(self, id_: str) -> str:
        return self.resources[id_]["Metadata"]["SegFirewall"]["name"]

    def value(self, found: Any) -> Any:
        match found:
            case {"Ref": id_}:
                return spelling(self.parameters[id_]["Description"])
            case {"Fn::GetAtt": [id_, str()]}:
                return f"${{{self.name(id_)}.id}}"
            case _:
                return found

    def rule(self, said: dict[str, Any]) -> dict[str, Any]:
        return {CFN_FIELDS[key]: self.value(said[key]) for key in CFN_FIELDS if key in said}


def read_cloudformation(plan: Plan, text: str) -> Read:
    template = Template(text)
    interfaces = list(plan.settings.interfaces)
    points: dict[str, list[Resource]] = {}
    of_group: dict[str, list[Resource]] = {}
    acls: dict[str, dict[str, list[Any]]] = {}
    for name, said, _ in template.of("AWS::EC2::SecurityGroup"):
        held = points.setdefault(f"security-group/{interface_of(name, interfaces)}", [])
        held.append((GROUP, {}))
        held += [(OUT, template.rule(each)) for each in said["SecurityGroupEgress"]]
        of_group[f"${{{name}.id}}"] = held
    for name, _, _ in template.of("AWS::EC2::NetworkAcl"):
        acls[f"${{{name}.id}}"] = sides = {"ingress": [], "egress": []}
        points[f"network-acl/{name.removesuffix('-acl')}"] = [(ACL, sides)]
    for _, said, kind in template.of(*CFN_RULES):
        of_group[template.value(said["GroupId"])].append((CFN_RULES[kind], template.rule(said)))
    for _, said, _ in template.of("AWS::EC2::NetworkAclEntry"):
        side = "egress" if said["Egress"] else "ingress"
        acls[template.value(said["NetworkAclId"])][side].append(_cfn_entry(said))
    lists = {
        name: {entry["Cidr"] for entry in said["Entries"]}
        for name, said, _ in template.of("AWS::EC2::PrefixList")
    }
    same_lists(plan, lists)
    return lifted(plan, points)


def _cfn_entry(said: dict[str, Any]) -> dict[str, Any]:
    ports, icmp = said.get("PortRange", {}), said.get("Icmp", {})
    entry = {
        "ruleNo": said["RuleNumber"],
        "action": said["RuleAction"],
        "protocol": str(said["Protocol"]),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "icmpType": icmp.get("Type"),
        "icmpCode": icmp.get("Code"),
        "cidrBlock": said.get("CidrBlock"),
        "ipv6CidrBlock": said.get("Ipv6CidrBlock"),
    }
    return {key: value for key, value in entry.items() if value is not None}
