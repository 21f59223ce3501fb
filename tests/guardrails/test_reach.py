"""Guardrails about what the internet reaches: five kinds of inventories for each."""

from __future__ import annotations

import pytest

from segfw.inventory import Resource
from tests.guardrails.building import (
    ANYWHERE,
    ATTACHMENT,
    AZURE_INTERFACE,
    CLASSIC_NSG,
    CLOSED,
    DEFAULT_GROUP,
    EIP,
    INGRESS,
    INSTANCE,
    INTERFACE,
    LEGACY,
    OPEN,
    UNKNOWN,
    VIOLATED,
    Case,
    check,
    deployed,
    firewall,
    group,
    ingress,
    inline,
    legacy,
    name_of,
    nsg,
    nsg_entry,
    nsg_rule,
    our_nsg,
    ours,
    prefix_list,
    resource,
    rule,
    without,
)

WEB = group()
LIST = prefix_list("everybody", "0.0.0.0/1", "128.0.0.0/1")
SSH, QUARANTINE, UI = "ssh-external", "quarantine-internet", "web-internet"
CLUSTER, NETWORKS, PUBLIC = "cluster-internet", "management-networks", "public-management"
RELAY = "relay-external"
ALLOW_SSH = nsg_entry(200, "Allow", "22")
HOST = {"port": 8443}


def nsg_case(kind: str, verdicts: set, *rules: dict) -> Case:
    return Case(SSH, kind, [nsg(*rules)], verdicts)


TWO_OF_A_NAME = [
    nsg(
        nsg_entry(100, "Deny", "*"),
        networkSecurityGroupName="mail",
        name=group_,
        resourceGroupName=group_,
    )
    for group_ in ("rg", "other")
]


def one(kind: str, verdicts: set, **inputs: object) -> Case:
    """SSH: a standalone rule with *inputs* over those of tcp 22 from anywhere."""
    return Case(SSH, kind, [WEB, ingress(WEB, "r", 22, ANYWHERE, **inputs)], verdicts)


ELASTIC = resource(INTERFACE, "front", {"securityGroups": ["sg-9"]}, id="eni-1")
ADDRESS = resource(EIP, "address", depends={"networkInterface": ELASTIC})
ADMIN = group("admin", ingress=[inline(22, "203.0.113.0/24")])
ATTACHED = resource(
    ATTACHMENT,
    "attached",
    {"networkInterfaceId": "eni-1"},
    depends={"securityGroupId": ADMIN},
)
ADMIN_NSG = nsg(nsg_entry(100, "Allow", "22", "203.0.113.0/24"))
ADMIN_ID = ADMIN._replace(id="sg-9")
TO_INSTANCE = resource(EIP, "ip", {"instance": "i-1"})
INLINE_NETWORK = resource("azure-native:network:VirtualNetwork", "vnet", {"subnets": [{"name": "a", "networkSecurityGroup": {"id": UNKNOWN}}]}, depends={"subnets": ADMIN_NSG}, id="/net")  # fmt: skip
NATIVE_SUBNET = "azure-native:network:Subnet"
CLASSIC = resource(CLASSIC_NSG, "classic", {"securityRules": [nsg_entry(100, "Allow", "22", "203.0.113.0/24"), *CLOSED]}, id="/nsg")  # fmt: skip


def behind(type_: str) -> list:
    """An NSG and the subnet that has it."""
    of_subnet = {"networkSecurityGroup": {"id": "/nsg"}}
    return [ADMIN_NSG._replace(id="/nsg"), resource(type_, "net", of_subnet, id="/net")]


def native(name: str, **configuration: object) -> Resource:
    return resource(AZURE_INTERFACE, name, {"ipConfigurations": [configuration]})


def classic(address: object) -> Resource:
    configuration = {"subnetId": "/net", "publicIpAddressId": address}
    inputs = {"ipConfigurations": [configuration]}
    return resource("azure:network/networkInterface:NetworkInterface", "nic", inputs, id="/nic")


def tie(kind: str, to: str) -> Resource:
    """Azure's classic association of an NSG with an interface or subnet."""
    name = f"{kind}SecurityGroupAssociation"
    field = "networkInterfaceId" if kind == "networkInterface" else "subnetId"
    type_ = f"azure:network/{name}:{name[0].upper()}{name[1:]}"
    return resource(type_, kind, {field: to, "networkSecurityGroupId": "/nsg"})


def template(**of_interface: object) -> Resource:
    inputs = {"networkInterfaces": [of_interface]}
    return resource("aws:ec2/launchTemplate:LaunchTemplate", "template", inputs)


def balancer(type_: str = "aws:lb/loadBalancer:LoadBalancer", **more: object) -> Resource:
    return resource(type_, "balancer", {"securityGroups": ["sg-9"], **more})


RELAY_RULES = {"security-group/relay": {"features": ["relay-mail"], "rows": ["smtp-in"]}}
EXTERNAL = firewall(external=True, rules=RELAY_RULES)


def relay(of_: object, cidr: str, **more: object) -> list:
    held = ours(of_)
    return [*held, rule(INGRESS, held[-1], "relay", 25, cidr, **more)]


CASES = [
    # SSH: every spelling of one opening
    one("passes: from a named network", set(), cidrIpv4="10.0.0.0/24"),
    one("violates: a standalone rule", {VIOLATED}),
    one("disguise: protocol -1", {VIOLATED}, ipProtocol="-1", fromPort=0, toPort=0),
    one("disguise: protocol all", {VIOLATED}, ipProtocol="all"),
    one("disguise: protocol TCP", {VIOLATED}, ipProtocol=" TCP "),
    one("disguise: protocol 6", {VIOLATED}, ipProtocol="6"),
    one("disguise: protocol 6 as a number", {VIOLATED}, ipProtocol=6),
    one("disguise: protocol 6.0 as a number", {VIOLATED}, ipProtocol=6.0),
    one("disguise: protocol -1 as a number", {VIOLATED}, ipProtocol=-1),
    one("disguise: ports as text", {VIOLATED}, fromPort="22", toPort=" 22"),
    one("disguise: ports as fractions", {VIOLATED}, fromPort=22.0, toPort=22.0),
    one("disguise: a range that contains it", {VIOLATED}, fromPort=20, toPort=25),
    one("disguise: every port", {VIOLATED}, fromPort=0, toPort=65535),
    one("disguise: host bits before a length of none", {VIOLATED}, cidrIpv4="1.2.3.4/0"),
    one("disguise: a mask", {VIOLATED}, cidrIpv4="0.0.0.0/0.0.0.0"),
    one("disguise: IPv6 only", {VIOLATED}, cidrIpv4=None, cidrIpv6="::/0"),
    one("disguise: IPv6 in another spelling", {VIOLATED}, cidrIpv4="", cidrIpv6="::0/0"),
    one("disguise: protocol -1, with ports to be", {VIOLATED}, ipProtocol="-1", fromPort=UNKNOWN),
    one("passes: UDP only", set(), ipProtocol="udp"),
    one("passes: protocol 50, whatever its ports", set(), ipProtocol="50"),
    one("passes: a security group", set(), cidrIpv4=None, referencedSecurityGroupId="sg-1"),
    one("not known: the prefix", {OPEN}, cidrIpv4=UNKNOWN),
    one("not known: the ports", {OPEN}, fromPort=UNKNOWN),
    one("not known: the protocol", {OPEN}, ipProtocol=UNKNOWN),
    one("not known: a prefix list of nobody here", {OPEN}, cidrIpv4=None, prefixListId="pl-1"),
    one("not known: a protocol that there is not", {OPEN}, ipProtocol="tpc"),
    one("not known: a protocol beyond 255", {OPEN}, ipProtocol=256),
    one("not known: a protocol between two", {OPEN}, ipProtocol=6.5),
    one("not known: a prefix that is none", {OPEN}, cidrIpv4="0.0.0.0/33"),
    one("not known: no ports", {OPEN}, fromPort=None, toPort=None),
    Case(SSH, "violates: inline", [group(ingress=[inline(22, ANYWHERE)])], {VIOLATED}),
    Case(SSH, "passes: egress", [group(egress=[inline(22, ANYWHERE)])], set()),
    Case(SSH, "disguise: one mapping in place of a list", [group(ingress=inline(22, ANYWHERE))], {VIOLATED}),
    Case(SSH, "disguise: legacy", [WEB, legacy(WEB, "r", 22, ANYWHERE)], {VIOLATED}),
    Case(SSH, "disguise: legacy, IPv6 among others", [WEB, legacy(WEB, "r", 22, "10.0.0.0/8", "::/0")], {VIOLATED}),
    Case(SSH, "passes: legacy egress", [WEB, legacy(WEB, "r", 22, ANYWHERE, type="egress")], set()),
    Case(SSH, "not known: legacy of no direction", [WEB, legacy(WEB, "r", 22, ANYWHERE, type="in")], {OPEN}),
    Case(SSH, "not known: legacy of a direction to be", [WEB, legacy(WEB, "r", 22, ANYWHERE, type=UNKNOWN)], {OPEN}),
    Case(SSH, "disguise: a default group", [resource(DEFAULT_GROUP, "default", {"ingress": [inline(22, ANYWHERE)]})], {VIOLATED}),
    Case(SSH, "disguise: halves in two rules", [WEB, ingress(WEB, "a", 22, "0.0.0.0/1"), ingress(WEB, "b", 22, "128.0.0.0/1")], {VIOLATED}),
    Case(SSH, "disguise: quarters over inline lists", [group(ingress=[inline("1-30", "0.0.0.0/2", "64.0.0.0/2"), inline("22-22", "128.0.0.0/1")])], {VIOLATED}),
    Case(SSH, "disguise: many rules that only together cover", [group(ingress=[inline(22, f"{n}.0.0.0/8") for n in (11, 12, 13)])], {VIOLATED}),
    Case(SSH, "disguise: described as a default", [group(ingress=[inline(22, ANYWHERE, description="default")])], {VIOLATED}),
    Case(SSH, "disguise: a prefix list of the stack", [WEB, LIST, resource(INGRESS, "r", {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}, depends={"securityGroupId": WEB, "prefixListId": LIST})], {VIOLATED}),
    Case(SSH, "disguise: a prefix list by its id", list(deployed(WEB, LIST, resource(LEGACY, "r", {**inline(22), "type": "ingress"}, depends={"securityGroupId": WEB, "prefixListIds": LIST}))), {VIOLATED}),
    Case(SSH, "disguise: beside a prefix that is not known", [group(ingress=[inline(22, ANYWHERE, cidrBlocks=[UNKNOWN, ANYWHERE])])], {VIOLATED, OPEN}),
    Case(SSH, "disguise: beside a rule that is not known", [group(ingress=[UNKNOWN, inline(22, ANYWHERE)])], {VIOLATED, OPEN}),
    Case(SSH, "disguise: beside something that is no rule", [group(ingress=[5, inline(22, ANYWHERE)])], {VIOLATED, OPEN}),
    Case(SSH, "disguise: a list with an entry that is not known", [prefix_list("l", entries=[UNKNOWN, {"cidr": ANYWHERE}])._replace(id="pl-1"), group(ingress=[inline(22, prefixListIds=["pl-1"])])], {VIOLATED, OPEN}),
    Case(SSH, "not known: one inline rule", [group(ingress=[UNKNOWN])], {OPEN}),
    Case(SSH, "not known: all inline rules", [group(ingress=UNKNOWN)], {OPEN}),
    Case(SSH, "foreign: a rule of a group of another stack", [resource(LEGACY, "r", {**inline(22, ANYWHERE), "type": "ingress", "securityGroupId": "sg-7"})], {VIOLATED}),
    Case(SSH, "foreign: a rule of a group to be", [resource(LEGACY, "r", {**inline(22, ANYWHERE), "type": "ingress", "securityGroupId": UNKNOWN})], {VIOLATED}),
    Case(SSH, "passes: a public network on an internal interface", [*(held := ours(firewall())), ingress(held[-1], "r", 22, "203.0.113.0/28")], set()),
    Case(SSH, "violates: a public network on an external interface", [*(held := ours(firewall(external=True))), ingress(held[-1], "r", 22, "203.0.113.0/28")], {VIOLATED}),
    Case(SSH, "violates: the port that was chosen", [*(held := ours(firewall(features={"ssh-admin": {"port": 2022.0}}))), ingress(held[-1], "r", 2022, ANYWHERE)], {VIOLATED}),
    # SSH on Azure: order, spelling, and what a deny really denies
    nsg_case("violates: an NSG", {VIOLATED}, ALLOW_SSH),
    nsg_case("disguise: Internet", {VIOLATED}, nsg_entry(200, "Allow", "22", "Internet")),
    nsg_case("disguise: internet, small", {VIOLATED}, nsg_entry(200, "allow", "22", "internet")),
    nsg_case("disguise: Any", {VIOLATED}, nsg_entry(200, "Allow", "22", "Any", protocol="*")),
    nsg_case("disguise: 0.0.0.0/0", {VIOLATED}, nsg_entry(200, "Allow", "22", ANYWHERE)),
    nsg_case("disguise: 1.2.3.4/0", {VIOLATED}, nsg_entry(200, "Allow", "22", "1.2.3.4/0")),
    nsg_case("disguise: halves, plural", {VIOLATED}, without(nsg_entry(200, "Allow", "22", sourceAddressPrefixes=["0.0.0.0/1", "128.0.0.0/1"]), "sourceAddressPrefix")),
    nsg_case("disguise: ports, plural", {VIOLATED}, without(nsg_entry(200, "Allow", "", destinationPortRanges=["80", "20-30"]), "destinationPortRange")),
    nsg_case("disguise: singular and plural", {VIOLATED}, nsg_entry(200, "Allow", "9", "10.0.0.0/8", destinationPortRanges=["22"], sourceAddressPrefixes=["::/0"])),
    nsg_case("disguise: every port", {VIOLATED}, nsg_entry(200, "Allow", "*", protocol="Any")),
    nsg_case("disguise: from one source port", {VIOLATED}, nsg_entry(200, "Allow", "22", sourcePortRange="1000")),
    nsg_case("passes: deny before allow", set(), nsg_entry(100, "Deny", "22"), ALLOW_SSH),
    nsg_case("passes: deny as a range before allow", set(), nsg_entry(100, "Deny", "0-1023", protocol="*"), ALLOW_SSH),
    nsg_case("violates: allow before deny", {VIOLATED}, nsg_entry(300, "Deny", "22"), ALLOW_SSH),
    nsg_case("disguise: order by priority and not in the list", {VIOLATED}, nsg_entry(300, "Deny", "*"), ALLOW_SSH),
    nsg_case("disguise: a deny for another address", {VIOLATED}, nsg_entry(300, "Deny", "22", destinationAddressPrefix="10.9.9.9"), ALLOW_SSH),
    nsg_case("not known: a deny for some address before allow", {OPEN}, nsg_entry(100, "Deny", "22", destinationAddressPrefix="10.9.9.9"), ALLOW_SSH),
    nsg_case("not known: a deny from one source port before allow", {OPEN}, nsg_entry(100, "Deny", "22", sourcePortRange="1000"), ALLOW_SSH),
    nsg_case("passes: a deny for the virtual network", set(), nsg_entry(100, "Deny", "22", destinationAddressPrefix="VirtualNetwork"), ALLOW_SSH),
    nsg_case("violates: a deny of the virtual network", {VIOLATED}, nsg_entry(100, "Deny", "22", "VirtualNetwork"), ALLOW_SSH),
    nsg_case("disguise: a deny of one half", {VIOLATED}, nsg_entry(100, "Deny", "22", "0.0.0.0/1"), ALLOW_SSH),
    nsg_case("disguise: a deny of IPv4 only", {VIOLATED}, nsg_entry(100, "Deny", "22", ANYWHERE), ALLOW_SSH),
    nsg_case("passes: from the virtual network", set(), nsg_entry(200, "Allow", "22", "VirtualNetwork")),
    nsg_case("passes: from the load balancer", set(), nsg_entry(200, "Allow", "22", "AzureLoadBalancer")),
    nsg_case("not known: a service tag", {OPEN}, nsg_entry(200, "Allow", "22", "AzureCloud")),
    nsg_case("not known: a regional service tag", {OPEN}, nsg_entry(200, "Allow", "22", "Storage.WestEurope")),
    nsg_case("not known: the access", {OPEN}, nsg_entry(200, "Permit", "22")),
    nsg_case("not known: the direction", {OPEN}, nsg_entry(200, "Allow", "22", direction="In")),
    nsg_case("not known: the priority, before a deny", {OPEN}, nsg_entry(200, "Allow", "22", priority=UNKNOWN)),
    nsg_case("not known: a priority that no rule has, before a deny", {OPEN}, nsg_entry(200, "Allow", "22", priority=70000)),
    nsg_case("not known: one port of several", {OPEN}, nsg_entry(200, "Allow", "9", destinationPortRanges=["80", UNKNOWN])),
    nsg_case("not known: one prefix of several", {OPEN}, nsg_entry(200, "Allow", "22", "10.0.0.0/8", sourceAddressPrefixes=[UNKNOWN])),
    Case(SSH, "disguise: a priority to be, with no deny", [nsg(nsg_entry(200, "Allow", "22", priority=UNKNOWN), closed=False)], {VIOLATED}),
    Case(SSH, "disguise: standalone", [nsg(), nsg_rule(nsg(), "r", ALLOW_SSH)], {VIOLATED}),
    Case(SSH, "passes: standalone behind an inline deny", [nsg(nsg_entry(100, "Deny", "*")), nsg_rule(nsg(), "r", ALLOW_SSH)], set()),
    Case(SSH, "passes: standalone, by the name in another case", [nsg(nsg_entry(100, "Deny", "*"), networkSecurityGroupName="Mail"), resource("azure-native:network:SecurityRule", "r", {**ALLOW_SSH, "networkSecurityGroupName": "mail", "resourceGroupName": "RG"})], set()),
    Case(SSH, "disguise: the name is that of one in another group", [nsg(nsg_entry(100, "Deny", "*"), networkSecurityGroupName="mail", name="a"), nsg(networkSecurityGroupName="mail", name="b", resourceGroupName="other"), resource("azure-native:network:SecurityRule", "r", {**ALLOW_SSH, "networkSecurityGroupName": "mail", "resourceGroupName": "other"})], {VIOLATED}),
    Case(SSH, "passes: of two of one name, the one in its group", [*TWO_OF_A_NAME, resource("azure-native:network:SecurityRule", "r", {**ALLOW_SSH, "networkSecurityGroupName": "mail", "resourceGroupName": "rg"})], set()),
    Case(SSH, "disguise: of two of one name, neither is in its group", [*TWO_OF_A_NAME, resource("azure-native:network:SecurityRule", "r", {**ALLOW_SSH, "networkSecurityGroupName": "mail", "resourceGroupName": "third"})], {VIOLATED}),
    Case(SSH, "not known: standalone of an NSG to be", [resource("azure-native:network:SecurityRule", "r", {**ALLOW_SSH, "networkSecurityGroupName": UNKNOWN})], {OPEN}),
    Case(SSH, "foreign: standalone of another stack's NSG", [resource("azure-native:network/v20240501:SecurityRule", "r", {**ALLOW_SSH, "networkSecurityGroupName": "theirs"})], {VIOLATED}),
    Case(SSH, "foreign: the classic provider", [resource(CLASSIC_NSG, "classic", {"securityRules": [ALLOW_SSH, *CLOSED]})], {VIOLATED}),
    # the other services, by the same reading
    Case(QUARANTINE, "passes", [group(ingress=[inline("82-83", "10.0.0.0/8")])], set()),
    Case(QUARANTINE, "violates", [group(ingress=[inline(83, ANYWHERE)])], {VIOLATED}),
    Case(QUARANTINE, "disguise: inside a range", [group(ingress=[inline("80-90", ANYWHERE)])], {VIOLATED}),
    Case(QUARANTINE, "disguise: a /8 of the internet", [group(ingress=[inline(83, "8.0.0.0/8")])], {VIOLATED}),
    Case(QUARANTINE, "passes: a /16 of the internet", [group(ingress=[inline(83, "8.8.0.0/16")])], set()),
    Case(QUARANTINE, "passes: a /8 on an internal interface", [*(held := ours(firewall())), ingress(held[-1], "r", 83, "8.0.0.0/8")], set()),
    Case(QUARANTINE, "disguise: a /8, where nobody recorded that it is internal", [*(held := ours(firewall(interface={"external": UNKNOWN}))), ingress(held[-1], "r", 83, "8.0.0.0/8")], {VIOLATED}),
    Case(QUARANTINE, "not known", [group(ingress=[inline(83, cidrBlocks=UNKNOWN)])], {OPEN}),
    Case(QUARANTINE, "foreign", [nsg(nsg_entry(100, "Allow", "82", "Internet"))], {VIOLATED}),
    Case(QUARANTINE, "violates: the port that was chosen", [*(held := ours(firewall(features={"quarantine-https": HOST}))), ingress(held[-1], "r", 8443, ANYWHERE)], {VIOLATED}),
    Case(QUARANTINE, "passes: a port that nobody chose", [*(held := ours(firewall())), ingress(held[-1], "r", 8443, ANYWHERE)], set()),
    Case(UI, "passes", [group(ingress=[inline(443, "198.51.100.0/28")])], set()),
    Case(UI, "violates", [group(ingress=[inline(443, ANYWHERE)])], {VIOLATED}),
    Case(UI, "disguise: the API, IPv6 only", [group(ingress=[inline(6443, "::/0")])], {VIOLATED}),
    Case(UI, "not known", [group(ingress=UNKNOWN)], {OPEN}),
    Case(UI, "not known: one port beside one that is violated", [group(ingress=[inline(443, ANYWHERE), inline(6443, cidrBlocks=UNKNOWN)])], {VIOLATED, OPEN}),
    Case(UI, "foreign", [nsg(nsg_entry(100, "Allow", "4000-5000"))], {VIOLATED}),
    Case(UI, "violates: a new interface moved to 8443", [*(held := ours(firewall(features={"new-ui": HOST}))), ingress(held[-1], "r", 8443, ANYWHERE)], {VIOLATED}),
    Case(CLUSTER, "passes", [group(ingress=[inline(2222, "10.0.0.0/28")])], set()),
    Case(CLUSTER, "passes: SSH is another's question", [group(ingress=[inline(22, ANYWHERE)])], set()),
    Case(CLUSTER, "violates", [group(ingress=[inline(2222, ANYWHERE)])], {VIOLATED}),
    Case(CLUSTER, "disguise: SNMP by number", [group(ingress=[inline(161, ANYWHERE, protocol="17")])], {VIOLATED}),
    Case(CLUSTER, "not known", [group(ingress=[inline(7025, cidrBlocks=[UNKNOWN])])], {OPEN}),
    Case(CLUSTER, "foreign", [nsg(nsg_entry(100, "Allow", "21"))], {VIOLATED}),
    Case(NETWORKS, "passes: 4,096 addresses", [group(ingress=[inline(22, "10.0.0.0/20")])], set()),
    Case(NETWORKS, "violates: one more", [group(ingress=[inline(22, "10.0.0.0/20", "192.0.2.1/32")])], {VIOLATED}),
    Case(NETWORKS, "passes: 256 networks of IPv6", [group(ingress=[inline(22, "2001:db8::/56")])], set()),
    Case(NETWORKS, "violates: more of IPv6", [group(ingress=[inline(22, "2001:db8::/55")])], {VIOLATED}),
    Case(NETWORKS, "disguise: two rules", [group(ingress=[inline("20-30", "10.0.0.0/21"), inline(22, "10.0.16.0/21", "10.1.0.0/21")])], {VIOLATED}),
    Case(NETWORKS, "not known", [group(ingress=[inline(22, cidrBlocks=UNKNOWN)])], {OPEN}),
    Case(NETWORKS, "violates: behind a deny of the load balancer", [nsg(nsg_entry(100, "Deny", "22", "AzureLoadBalancer"), nsg_entry(200, "Allow", "22", "10.0.0.0/8"))], {VIOLATED}),
    Case(NETWORKS, "not known: behind a deny of the virtual network", [nsg(nsg_entry(100, "Deny", "22", "VirtualNetwork"), nsg_entry(200, "Allow", "22", "10.0.0.0/8"))], {OPEN}),
    Case(NETWORKS, "foreign: rules of groups to be, which may be two", [resource(LEGACY, cidr, {**inline(22, cidr), "type": "ingress", "securityGroupId": UNKNOWN}) for cidr in ("10.0.0.0/20", "10.1.0.0/20")], set()),
    Case(NETWORKS, "foreign", [nsg(nsg_entry(100, "Allow", "161", "10.0.0.0/8", protocol="Udp"))], {VIOLATED}),
    Case(PUBLIC, "passes: no public address", [ADMIN, ELASTIC, ATTACHED], set()),
    Case(PUBLIC, "passes: private administrators", [ELASTIC, ADDRESS, other := group("inside", ingress=[inline(22, "10.0.0.0/24")]), resource(ATTACHMENT, "a", {"networkInterfaceId": "eni-1"}, depends={"securityGroupId": other})], set()),
    Case(PUBLIC, "violates: an attachment", [ADMIN, ELASTIC, ADDRESS, ATTACHED], {VIOLATED}),
    Case(PUBLIC, "violates: an interface's own list", [ADMIN, eni := resource(INTERFACE, "eni", depends={"securityGroups": [ADMIN]}), resource(EIP, "ip", depends={"networkInterface": eni})], {VIOLATED}),
    Case(PUBLIC, "violates: after the update", list(deployed(ADMIN, ELASTIC, ADDRESS, resource(ATTACHMENT, "attached", depends={"networkInterfaceId": ELASTIC, "securityGroupId": ADMIN}))), {VIOLATED}),
    Case(PUBLIC, "violates: an instance", [ADMIN, resource(INSTANCE, "host", {"associatePublicIpAddress": True}, depends={"vpcSecurityGroupIds": [ADMIN]})], {VIOLATED}),
    Case(PUBLIC, "disguise: by literal ids", [ADMIN._replace(id="sg-9"), ELASTIC, resource(EIP, "ip", {"networkInterface": "eni-1"})], {VIOLATED}),
    Case(PUBLIC, "disguise: the instance has the address, its interface the group", [ADMIN, eni := resource(INTERFACE, "eni", depends={"securityGroups": [ADMIN]}), host := resource(INSTANCE, "host", depends={"networkInterfaces": eni}), resource(EIP, "ip", depends={"instance": host})], {VIOLATED}),
    Case(PUBLIC, "disguise: the subnet gives the address", [ADMIN, net := resource("aws:ec2/subnet:Subnet", "net", {"mapPublicIpOnLaunch": True}), resource(INSTANCE, "host", depends={"subnetId": net, "vpcSecurityGroupIds": [ADMIN]})], {VIOLATED}),
    Case(PUBLIC, "passes: the instance takes none from its subnet", [ADMIN, net, resource(INSTANCE, "host", {"associatePublicIpAddress": False}, depends={"subnetId": net, "vpcSecurityGroupIds": [ADMIN]})], set()),
    Case(PUBLIC, "passes: an address for nothing yet", [ADMIN, resource(INTERFACE, "eni", depends={"securityGroups": [ADMIN]}), resource(EIP, "ip", {"instance": ""})], set()),
    Case(PUBLIC, "not known: whether it has an address", [ADMIN, resource(INSTANCE, "host", {"associatePublicIpAddress": UNKNOWN}, depends={"vpcSecurityGroupIds": [ADMIN]})], {OPEN}),
    Case(PUBLIC, "not known: Azure's configurations", [ADMIN_NSG, resource(AZURE_INTERFACE, "nic", {"ipConfigurations": UNKNOWN}, depends={"networkSecurityGroup": ADMIN_NSG})], {OPEN}),
    Case(PUBLIC, "not known: Azure's address", [ADMIN_NSG, resource(AZURE_INTERFACE, "nic", {"ipConfigurations": [{"publicIPAddress": UNKNOWN}]}, depends={"networkSecurityGroup": ADMIN_NSG})], {OPEN}),
    Case(PUBLIC, "foreign: Azure", [ADMIN_NSG, resource(AZURE_INTERFACE, "nic", {"ipConfigurations": [{"publicIPAddress": {"id": UNKNOWN}}]}, depends={"networkSecurityGroup": ADMIN_NSG})], {VIOLATED}),
    Case(PUBLIC, "foreign: Azure by id", [ADMIN_NSG._replace(id="/nsg"), resource(AZURE_INTERFACE, "nic", {"ipConfigurations": [{"publicIPAddress": {"id": "/ip"}}], "networkSecurityGroup": {"id": "/nsg"}})], {VIOLATED}),
    Case(PUBLIC, "passes: Azure without one", [ADMIN_NSG, resource(AZURE_INTERFACE, "nic", {"ipConfigurations": [{"subnet": {"id": "x"}}]}, depends={"networkSecurityGroup": ADMIN_NSG})], set()),
    Case(PUBLIC, "foreign: Azure's NSG of the subnet", [*behind(NATIVE_SUBNET), native("nic", subnet={"id": "/net"}, publicIPAddress={"id": "/ip"})], {VIOLATED}),
    Case(PUBLIC, "foreign: Azure's NSG of the subnet, before the update", [ADMIN_NSG, net := resource(NATIVE_SUBNET, "net", depends={"networkSecurityGroup": ADMIN_NSG}), resource(AZURE_INTERFACE, "nic", {"ipConfigurations": [{"subnet": {"id": UNKNOWN}, "publicIPAddress": {"id": UNKNOWN}}]}, depends={"ipConfigurations": net})], {VIOLATED}),
    Case(PUBLIC, "passes: Azure's NSG of another subnet", [*behind(NATIVE_SUBNET), native("nic", subnet={"id": "/other"}, publicIPAddress={"id": "/ip"})], set()),
    Case(PUBLIC, "passes: Azure's NSG of a subnet without public addresses", [*behind(NATIVE_SUBNET), native("nic", subnet={"id": "/net"})], set()),
    Case(PUBLIC, "not known: Azure's NSG of the subnet", [*behind(NATIVE_SUBNET), native("nic", subnet={"id": "/net"}, publicIPAddress=UNKNOWN)], {OPEN}),
    Case(PUBLIC, "not known: which of a network's inline subnets", [ADMIN_NSG, INLINE_NETWORK, native("nic", subnet={"id": "/net/subnets/a"}, publicIPAddress={"id": "/ip"})], {OPEN}),
    Case(PUBLIC, "not known: which of a network's inline subnets, before the update", [ADMIN_NSG, INLINE_NETWORK, native("nic", publicIPAddress={"id": "/ip"})._replace(depends={"ipConfigurations": (INLINE_NETWORK.urn,)})], {OPEN}),
    Case(PUBLIC, "passes: another network's inline subnets", [ADMIN_NSG, INLINE_NETWORK, native("nic", subnet={"id": "/other/subnets/a"}, publicIPAddress={"id": "/ip"})], set()),
    Case(PUBLIC, "foreign: Azure's classic provider", [CLASSIC, classic("/ip"), tie("networkInterface", "/nic")], {VIOLATED}),
    Case(PUBLIC, "foreign: Azure's classic provider, by the subnet", [CLASSIC, classic("/ip"), tie("subnetNetwork", "/net")], {VIOLATED}),
    Case(PUBLIC, "passes: Azure's classic provider without an address", [CLASSIC, classic(None), tie("networkInterface", "/nic"), tie("subnetNetwork", "/net")], set()),
    Case(PUBLIC, "passes: Azure's classic provider, another interface", [CLASSIC, classic("/ip"), tie("networkInterface", "/other")], set()),
    Case(PUBLIC, "not known: Azure's classic provider", [CLASSIC, classic(UNKNOWN), tie("networkInterface", "/nic")], {OPEN}),
    Case(PUBLIC, "violates: a launch template", [ADMIN_ID, template(associatePublicIpAddress="true", securityGroups=["sg-9"])], {VIOLATED}),
    Case(PUBLIC, "violates: a launch template's own groups", [ADMIN_ID, template(associatePublicIpAddress=True)._replace(depends={"vpcSecurityGroupIds": (ADMIN.urn,)})], {VIOLATED}),
    Case(PUBLIC, "passes: a launch template without an address", [ADMIN_ID, template(associatePublicIpAddress="false", securityGroups=["sg-9"])], set()),
    Case(PUBLIC, "not known: a launch template", [ADMIN_ID, template(associatePublicIpAddress=UNKNOWN, securityGroups=["sg-9"])], {OPEN}),
    Case(PUBLIC, "violates: a spot request", [ADMIN_ID, resource("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "spot", {"associatePublicIpAddress": True, "vpcSecurityGroupIds": ["sg-9"]})], {VIOLATED}),
    Case(PUBLIC, "violates: a load balancer", [ADMIN_ID, balancer(internal=False)], {VIOLATED}),
    Case(PUBLIC, "violates: a load balancer that says nothing", [ADMIN_ID, balancer("aws:alb/loadBalancer:LoadBalancer")], {VIOLATED}),
    Case(PUBLIC, "passes: an internal load balancer", [ADMIN_ID, balancer(internal=True)], set()),
    Case(PUBLIC, "not known: a load balancer", [ADMIN_ID, balancer(internal=UNKNOWN)], {OPEN}),
    Case(PUBLIC, "disguise: the instance has the address and names its interface", [ADMIN_ID, ELASTIC, resource(INSTANCE, "host", {"networkInterfaces": [{"deviceIndex": 0, "networkInterfaceId": "eni-1"}]}, id="i-1"), TO_INSTANCE], {VIOLATED}),
    Case(PUBLIC, "disguise: the interface names the instance that has the address", [ADMIN_ID, resource(INTERFACE, "front", {"securityGroups": ["sg-9"], "attachments": [{"instance": "i-1", "deviceIndex": 0}]}), TO_INSTANCE], {VIOLATED}),
    Case(PUBLIC, "disguise: attached to the instance that has the address", [ADMIN_ID, ELASTIC, TO_INSTANCE, resource("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", "a", {"instanceId": "i-1", "networkInterfaceId": "eni-1"})], {VIOLATED}),
    Case(PUBLIC, "disguise: IPv6 by number", [ADMIN_ID, resource(INSTANCE, "host", {"ipv6AddressCount": 1, "vpcSecurityGroupIds": ["sg-9"]})], {VIOLATED}),
    Case(PUBLIC, "disguise: IPv6 by address", [ADMIN_ID, resource(INTERFACE, "eni", {"ipv6Addresses": ["2001:db8::1"], "securityGroups": ["sg-9"]})], {VIOLATED}),
    Case(PUBLIC, "disguise: IPv6 by the subnet", [ADMIN_ID, net := resource("aws:ec2/subnet:Subnet", "net", {"assignIpv6AddressOnCreation": True}), resource(INSTANCE, "host", {"vpcSecurityGroupIds": ["sg-9"]}, depends={"subnetId": net})], {VIOLATED}),
    Case(PUBLIC, "passes: no IPv6", [ADMIN_ID, resource(INSTANCE, "host", {"ipv6AddressCount": 0, "ipv6Addresses": [], "vpcSecurityGroupIds": ["sg-9"]})], set()),
    Case(PUBLIC, "not known: IPv6", [ADMIN_ID, resource(INSTANCE, "host", {"ipv6Addresses": [UNKNOWN], "vpcSecurityGroupIds": ["sg-9"]})], {OPEN}),
    Case(PUBLIC, "not known: a subnet's addresses", [ADMIN_ID, net := resource("aws:ec2/subnet:Subnet", "net", {"mapPublicIpOnLaunch": UNKNOWN}), resource(INSTANCE, "host", {"vpcSecurityGroupIds": ["sg-9"]}, depends={"subnetId": net})], {OPEN}),
    Case(RELAY, "passes: private peers", relay(EXTERNAL, "10.0.0.0/28"), set()),
    Case(RELAY, "passes: an internal interface", relay(firewall(rules=RELAY_RULES), "203.0.113.0/28"), set()),
    Case(RELAY, "violates: a public peer", relay(EXTERNAL, "203.0.113.0/28"), {VIOLATED}),
    Case(RELAY, "violates: QMQP from anywhere", [*(held := ours(firewall())), ingress(held[-1], "r", 628, ANYWHERE)], {VIOLATED}),
    Case(RELAY, "passes: a rule of receive-mail too", relay(firewall(external=True, rules={"security-group/relay": {"features": ["relay-mail", "receive-mail"]}}), ANYWHERE), set()),
    Case(RELAY, "disguise: QMQP inside a range, in halves", [group(ingress=[inline("600-700", "0.0.0.0/1", "128.0.0.0/1")])], {VIOLATED}),
    Case(RELAY, "not known", relay(EXTERNAL, "", cidrIpv4=UNKNOWN), {OPEN}),
    Case(RELAY, "passes: an NSG rule that denies", our_nsg(firewall(external=True, rules={"nsg/rule-100": {"features": ["qmqp"]}}), nsg_entry(100, "Deny", "628")), set()),
    Case(RELAY, "foreign: port 25 is nobody's relay", [group(ingress=[inline(25, ANYWHERE)])], set()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_guardrail_says(case: Case) -> None:
    check(case)
