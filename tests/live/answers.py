"""What `aws` and `az` would answer of a cloud that has a plan's resources.

Typed from answers of the two commands; nothing of `segfw.live` is used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.states import ACCOUNT, resources_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.plan import Plan

SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-111122223333"
CIDRS = {"cidrIpv4": ("IpRanges", "CidrIp"), "cidrIpv6": ("Ipv6Ranges", "CidrIpv6")}
OTHERS = {
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
ENDS = {**CIDRS, **OTHERS}


def of_type(plan: Plan, *words: str) -> list[dict[str, Any]]:
    """The cloud resources of these kinds, as a state has them."""
    return [one for one in resources_of(plan) if one["type"].rpartition(":")[2] in words]


def tags(held: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in held.items()]


def rules(plan: Plan) -> list[dict[str, Any]]:
    return of_type(plan, "SecurityGroupIngressRule", "SecurityGroupEgressRule")


def groups(plan: Plan, *, tagged: bool = True) -> dict[str, Any]:
    """``aws ec2 describe-security-groups``: rules of one service together, as EC2 has them."""
    found = []
    for one in of_type(plan, "SecurityGroup"):
        inputs = one["inputs"]
        name = one["urn"].rpartition("::")[2]
        found.append(
            {
                "Description": inputs["description"],
                "GroupName": f"{name}-4f0e1d2" if tagged else f"grp{len(found)}",
                "IpPermissions": permissions(plan, one["id"], "Ingress"),
                "OwnerId": ACCOUNT,
                "GroupId": one["id"],
                "IpPermissionsEgress": permissions(plan, one["id"], "Egress"),
                **({"Tags": tags(inputs["tags"])} if tagged else {}),
                "VpcId": inputs["vpcId"],
                "SecurityGroupArn": f"arn:aws:ec2:{plan.settings.region}:{ACCOUNT}:"
                f"security-group/{one['id']}",
            }
        )
    return {"SecurityGroups": found}


def permissions(plan: Plan, group: str, way: str) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rule in rules(plan):
        inputs = rule["inputs"]
        if way not in rule["type"] or inputs["securityGroupId"] != group:
            continue
        service = tuple(inputs.get(k) for k in ("ipProtocol", "fromPort", "toPort"))
        permission = found.setdefault(
            service,
            {
                "IpProtocol": service[0],
                **({} if service[1] is None else {"FromPort": service[1], "ToPort": service[2]}),
                "UserIdGroupPairs": [],
                "IpRanges": [],
                "Ipv6Ranges": [],
                "PrefixListIds": [],
            },
        )
        field = next(field for field in ENDS if field in inputs)
        many, one = ENDS[field]
        end = {"Description": inputs["description"], one: inputs[field]}
        permission[many].append({**end, **({"UserId": ACCOUNT} if one == "GroupId" else {})})
    return list(found.values())


def group_rules(plan: Plan) -> dict[str, Any]:
    """``aws ec2 describe-security-group-rules``."""
    found = []
    for number, rule in enumerate(rules(plan)):
        inputs = rule["inputs"]
        field = next(field for field in ENDS if field in inputs)
        end = {
            "cidrIpv4": {"CidrIpv4": inputs[field]},
            "cidrIpv6": {"CidrIpv6": inputs[field]},
            "prefixListId": {"PrefixListId": inputs[field]},
            "referencedSecurityGroupId": {
                "ReferencedGroupInfo": {"GroupId": inputs[field], "UserId": ACCOUNT}
            },
        }[field]
        found.append(
            {
                "SecurityGroupRuleId": f"sgr-0{number:016x}",
                "GroupId": inputs["securityGroupId"],
                "GroupOwnerId": ACCOUNT,
                "IsEgress": "Egress" in rule["type"],
                "IpProtocol": inputs["ipProtocol"],
                "FromPort": inputs.get("fromPort", -1),
                "ToPort": inputs.get("toPort", -1),
                **end,
                "Description": inputs["description"],
                "Tags": [],
            }
        )
    return {"SecurityGroupRules": found}


def acls(plan: Plan, *, tagged: bool = True) -> dict[str, Any]:
    """``aws ec2 describe-network-acls``, with the entries that every ACL ends with."""
    found = []
    for one in of_type(plan, "NetworkAcl"):
        inputs = one["inputs"]
        listed = [entry(e, egress=False) for e in inputs["ingress"]]
        listed += [entry(e, egress=True) for e in inputs["egress"]]
        for egress in (False, True):
            for number, field, every in (
                (32767, "CidrBlock", "0.0.0.0/0"),
                (32768, "Ipv6CidrBlock", "::/0"),
            ):
                listed.append(
                    {
                        field: every,
                        "Egress": egress,
                        "Protocol": "-1",
                        "RuleAction": "deny",
                        "RuleNumber": number,
                    }
                )
        found.append(
            {
                "Associations": [
                    {"NetworkAclAssociationId": f"aclassoc-{s}", "SubnetId": s}
                    for s in inputs["subnetIds"]
                ],
                "Entries": listed,
                "IsDefault": False,
                "NetworkAclId": one["id"],
                "Tags": tags(inputs["tags"]) if tagged else [],
                "VpcId": inputs["vpcId"],
                "OwnerId": ACCOUNT,
            }
        )
    return {"NetworkAcls": found}


def entry(inputs: dict[str, Any], *, egress: bool) -> dict[str, Any]:
    ends = {"cidrBlock": "CidrBlock", "ipv6CidrBlock": "Ipv6CidrBlock"}
    (field,) = (field for field in ends if field in inputs)
    found: dict[str, Any] = {
        ends[field]: inputs[field],
        "Egress": egress,
        "Protocol": inputs["protocol"],
        "RuleAction": inputs["action"],
        "RuleNumber": inputs["ruleNo"],
    }
    if inputs["protocol"] in ("6", "17"):
        found["PortRange"] = {"From": inputs["fromPort"], "To": inputs["toPort"]}
    if inputs["protocol"] in ("1", "58"):
        found["IcmpTypeCode"] = {"Type": inputs["icmpType"], "Code": inputs["icmpCode"]}
    return found


def interfaces(plan: Plan) -> dict[str, Any]:
    """``aws ec2 describe-network-interfaces``: every one has the groups that it is to have."""
    found: dict[str, list[str]] = {}
    for one in of_type(plan, "NetworkInterfaceSecurityGroupAttachment"):
        inputs = one["inputs"]
        found.setdefault(inputs["networkInterfaceId"], []).append(inputs["securityGroupId"])
    return {
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": eni,
                "Groups": [{"GroupId": group, "GroupName": "some"} for group in held],
                "OwnerId": ACCOUNT,
                "SubnetId": "subnet-1",
            }
            for eni, held in found.items()
        ]
    }


def prefix_lists(plan: Plan) -> list[tuple[str, str]]:
    """``describe-managed-prefix-lists`` and each list's ``get-managed-prefix-list-entries``."""
    lists = of_type(plan, "ManagedPrefixList")
    if not lists:
        return []
    described = [
        {
            "PrefixListId": one["id"],
            "AddressFamily": one["inputs"]["addressFamily"],
            "State": "create-complete",
            "PrefixListArn": f"arn:aws:ec2:{plan.settings.region}:{ACCOUNT}:prefix-list/pl-1",
            "PrefixListName": f"list {number}",
            "MaxEntries": one["inputs"]["maxEntries"],
            "Version": 1,
            "Tags": [],
            "OwnerId": ACCOUNT,
        }
        for number, one in enumerate(lists)
    ]
    files = [("lists.json", json.dumps({"PrefixLists": described}))]
    for one in lists:
        held = [{"Cidr": e["cidr"], "Description": ""} for e in one["inputs"]["entries"]]
        files.append((f"{one['id']}.json", json.dumps({"Entries": held})))
    return files


def nsgs(plan: Plan, *, arm: bool = False) -> list[dict[str, Any]]:
    """``az network nsg list``, or what ARM itself answers."""
    found = []
    for one in of_type(plan, "NetworkSecurityGroup"):
        inputs = one["inputs"]
        name, group = one["urn"].rpartition("::")[2], inputs["resourceGroupName"]
        id_ = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
            f"/providers/Microsoft.Network/networkSecurityGroups/{name}"
        )
        inner = {
            "defaultSecurityRules": [],
            "provisioningState": "Succeeded",
            "resourceGuid": "1-2",
            "securityRules": [nsg_rule(rule, id_, arm=arm) for rule in inputs["securityRules"]],
        }
        found.append(
            {
                "id": id_,
                "location": plan.settings.region,
                "name": name,
                "etag": 'W/"1"',
                "type": "Microsoft.Network/networkSecurityGroups",
                "tags": inputs["tags"],
                **({"properties": inner} if arm else {**inner, "resourceGroup": group}),
            }
        )
    return found


def nsg_rule(rule: dict[str, Any], nsg: str, *, arm: bool) -> dict[str, Any]:
    """A rule with the empty lists beside single values, as Azure answers them."""
    name = rule["name"]
    inner = {key: value for key, value in rule.items() if key != "name"}
    inner["protocol"] = inner["protocol"].upper()
    for one in ("source", "destination"):
        inner.setdefault(f"{one}AddressPrefixes", [])
        inner.setdefault(f"{one}PortRanges", [])
        if arm:
            inner.setdefault(f"{one}AddressPrefix", "")
    outer = {"name": name, "id": f"{nsg}/securityRules/{name}", "etag": 'W/"1"'}
    return {**outer, "properties": inner} if arm else {**outer, **inner, "resourceGroup": "g"}


def files_of(plan: Plan, *, tagged: bool = True, ids: bool = True) -> list[tuple[str, str]]:
    """Every answer of the cloud that a plan was brought up in, by file."""
    if plan.settings.cloud.value == "azure":
        return [("nsgs.json", json.dumps(nsgs(plan)))]
    answers: list[tuple[str, Any]] = [
        ("groups.json", groups(plan, tagged=tagged)),
        ("interfaces.json", interfaces(plan)),
        *([("rules.json", group_rules(plan))] if ids else []),
    ]
    listed = acls(plan, tagged=tagged)
    if listed["NetworkAcls"]:
        answers.append(("acls.json", listed))
    ids_ = {one["id"]: f"pl-0{n:016x}" for n, one in enumerate(of_type(plan, "ManagedPrefixList"))}
    found = [*texts(answers), *prefix_lists(plan)]
    for made_up, real in ids_.items():  # a list's id is hexadecimal in EC2
        found = [(name.replace(made_up, real), text.replace(made_up, real)) for name, text in found]
    return found


def texts(answers: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(name, json.dumps(said)) for name, said in answers]
