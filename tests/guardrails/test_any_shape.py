"""The pack never raises, whatever shapes the inputs of the resources have that it reads."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.guardrails.guardrail import Verdict
from segfw.guardrails.pack import judge
from segfw.guardrails.view import View
from segfw.inventory import (
    FIREWALL,
    GATEWAY_NETWORK_ACL,
    GATEWAY_NSG,
    GATEWAY_SECURITY_GROUP,
    UNKNOWN,
    Inventory,
    Resource,
)
from segfw.planned import inventory_of_plan
from segfw.sets.addresses import Family
from segfw.state import SECRET
from tests.guardrails import building as b
from tests.shipped import planned

TYPES = {
    b.GROUP: "ingress egress tags tagsAll",
    b.DEFAULT_GROUP: "ingress egress",
    b.INGRESS: "securityGroupId ipProtocol fromPort toPort cidrIpv4 cidrIpv6 prefixListId "
    "referencedSecurityGroupId description",
    b.EGRESS: "securityGroupId ipProtocol fromPort toPort cidrIpv4 prefixListId",
    b.LEGACY: "securityGroupId type protocol fromPort toPort cidrBlocks ipv6CidrBlocks self "
    "prefixListIds sourceSecurityGroupId",
    b.EXCLUSIVE: "securityGroupId",
    b.ACL: "ingress egress subnetIds tags tagsAll",
    b.DEFAULT_ACL: "ingress egress subnetIds",
    b.ACL_RULE: "networkAclId egress ruleNumber ruleAction protocol fromPort toPort cidrBlock "
    "ipv6CidrBlock icmpType icmpCode",
    b.ASSOCIATION: "subnetId networkAclId",
    b.PREFIX_LIST: "entries maxEntries tags",
    b.PREFIX_LIST_ENTRY: "prefixListId cidr",
    b.ATTACHMENT: "networkInterfaceId securityGroupId",
    b.INTERFACE: "securityGroups attachments ipv6AddressCount ipv6Addresses",
    b.INSTANCE: "vpcSecurityGroupIds securityGroups subnetId associatePublicIpAddress "
    "networkInterfaces primaryNetworkInterface",
    "aws:ec2/subnet:Subnet": "mapPublicIpOnLaunch",
    b.EIP: "networkInterface instance",
    "aws:ec2/launchTemplate:LaunchTemplate": "networkInterfaces vpcSecurityGroupIds",
    "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": "instanceId "
    "networkInterfaceId",
    "aws:lb/loadBalancer:LoadBalancer": "internal securityGroups",
    "azure:network/networkInterface:NetworkInterface": "ipConfigurations",
    "azure:network/networkInterfaceSecurityGroupAssociation:"
    "NetworkInterfaceSecurityGroupAssociation": "networkInterfaceId networkSecurityGroupId",
    "azure-native:network:Subnet": "networkSecurityGroup",
    "aws-native:ec2:SecurityGroup": "securityGroupIngress",
    b.NSG: "securityRules networkSecurityGroupName name resourceGroupName tags",
    b.CLASSIC_NSG: "securityRules name",
    b.NSG_RULE: "networkSecurityGroupName resourceGroupName direction access priority protocol "
    "sourceAddressPrefix sourceAddressPrefixes sourcePortRange destinationAddressPrefix "
    "destinationPortRange destinationPortRanges sourceApplicationSecurityGroups",
    b.AZURE_INTERFACE: "ipConfigurations networkSecurityGroup",
    GATEWAY_SECURITY_GROUP: "",
    GATEWAY_NETWORK_ACL: "",
    GATEWAY_NSG: "",
}
INNER = sorted(
    {
        *(word for fields in TYPES.values() for word in fields.split()),
        *[
            "ruleNo",
            "action",
            "cidr",
            "id",
            "securityGroups",
            "networkInterfaceId",
            "publicIPAddress",
        ],
    }
)
PLAUSIBLE = [
    "tcp", "-1", "6", "*", "Any", "icmp", "22", "20-30", "0.0.0.0/0", "::/0", "10.0.0.0/33",
    "Internet", "VirtualNetwork", "AzureCloud", "allow", "Deny", "Inbound", "Outbound", "ingress",
    "true", "eni-1", "sg-1", "subnet-1", "self", 22, 100, 4096, 6.0, -1, 0, 65536, 1e300, "huge",
    float("nan"), float("inf"), True, None, UNKNOWN, SECRET, "\ud800", "",
]  # fmt: skip
HUGE = 10**5000
"""More digits than Python writes at once."""
LEAVES = (
    st.sampled_from(PLAUSIBLE).map(lambda one: HUGE if one == "huge" else one)
    | st.text(max_size=5)
    | st.integers()
    | st.floats()
)
SHAPES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=12,
)
WORDS = ["gateway", "interfaces", "features", "networks", "hosts", "quotas", "tags", "cloud"]
FEATURES = st.dictionaries(
    st.sampled_from([*load_catalog().features, "custom-flow", "none"]),
    SHAPES
    | st.dictionaries(st.sampled_from(["port", "from", "to", "transport", "data", "owner"]), SHAPES)
    | st.lists(
        st.dictionaries(st.sampled_from(["name", "owner", "reason", "reviewBy"]), SHAPES),
        max_size=2,
    ),
    max_size=4,
)
INTERFACES = st.dictionaries(
    st.sampled_from(["management", "public", "\ud800"]),
    SHAPES
    | st.dictionaries(
        st.sampled_from(["external", "families", "subnets", "networkAcl", "roles"]), SHAPES
    ),
    max_size=2,
)
GATEWAY = st.dictionaries(st.sampled_from(["environment", "release", "checklist"]), SHAPES)
SETTINGS = SHAPES | st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(WORDS, SHAPES),
        "gateway": SHAPES | GATEWAY,
        "interfaces": SHAPES | INTERFACES,
        "features": SHAPES | FEATURES,
        "quotas": st.dictionaries(
            st.sampled_from(["securityGroup", "networkAcl"]),
            st.dictionaries(st.sampled_from(["rules", "entries"]), SHAPES),
        ),
    },
)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    kinds = draw(st.lists(st.sampled_from(list(TYPES)), min_size=1, max_size=6))
    urns = [f"urn:pulumi:s::p::{kind}::{index}" for index, kind in enumerate(kinds)]
    firewall = f"urn:pulumi:s::p::{FIREWALL}::f"
    found = []
    for urn, kind in zip(urns, kinds, strict=True):
        fields = TYPES[kind].split()
        inputs: dict[str, Any] = draw(
            st.fixed_dictionaries({}, optional=dict.fromkeys(fields, SHAPES))
        )
        links = st.lists(st.sampled_from(urns), max_size=2).map(tuple)
        depends = draw(st.dictionaries(st.sampled_from(fields or ["x"]), links, max_size=2))
        parent = draw(st.sampled_from([*urns, firewall, "", "nobody"]))
        id_ = draw(st.sampled_from(["", "sg-1", "eni-1"]))
        name = draw(st.sampled_from(["management", "0", "r"]))
        found.append(Resource(urn, kind, name, parent, inputs, depends, id_))
    if draw(st.booleans()):
        recorded = {"settings": draw(SETTINGS), "rules": draw(SHAPES)}
        found.append(Resource(firewall, FIREWALL, "f", "", recorded))
    return Inventory("s", tuple(found))


@settings(max_examples=80)
@given(inventories())
def test_no_shape_makes_the_pack_raise(inventory: Inventory) -> None:
    for one in judge(inventory, load_catalog(), b.TODAY):
        assert one.found.message
        assert isinstance(one.found.verdict, Verdict)


@settings(max_examples=20)
@given(st.data())
def test_no_change_to_a_real_stack_makes_the_pack_raise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["aws-dev-us-east-1", "azure-prod-westeurope"]))
    inventory = inventory_of_plan(planned(name), load_catalog())
    index = data.draw(st.integers(0, len(inventory.resources) - 1))
    one = inventory.resources[index]
    fields = sorted(one.inputs) or ["x"]
    changed = {**one.inputs, data.draw(st.sampled_from(fields)): data.draw(SHAPES | SETTINGS)}
    resources = list(inventory.resources)
    resources[index] = one._replace(inputs=changed)
    judge(Inventory(name, tuple(resources)), load_catalog(), b.TODAY)


@settings(max_examples=50)
@given(inventories())
def test_what_is_surely_let_through_may_be_let_through(inventory: Inventory) -> None:
    view = View(inventory, load_catalog(), b.TODAY)
    for holder in view.holders:
        for direction in Direction:
            for family in Family:
                surely = holder.allowed(direction, family, surely=True)
                assert not surely - holder.allowed(direction, family, surely=False)
