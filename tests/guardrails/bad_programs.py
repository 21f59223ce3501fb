"""Programs with planted faults: public templates' mistakes, and openings in disguise.

Each says which guardrails it violates, and it violates no other.
"""

from __future__ import annotations

from typing import NamedTuple

from segfw.catalog import load_catalog
from segfw.inventory import Resource
from tests.guardrails.building import (
    ANYWHERE,
    ATTACHMENT,
    CLOSED,
    DEFAULT_GROUP,
    EIP,
    INTERFACE,
    LEGACY,
    UNKNOWN,
    acl,
    deployed,
    egress,
    entry,
    exclusive,
    firewall,
    group,
    ingress,
    inline,
    legacy,
    nsg,
    nsg_entry,
    nsg_rule,
    our_acl,
    ours,
    outward,
    prefix_list,
    resource,
    without,
)


class Program(NamedTuple):
    """One bad program."""

    name: str
    resources: list[Resource]
    violated: set[str]


PORTS, ALL = "catalog-ports", "no-all-ports"
SSH = {"ssh-external", "management-networks", PORTS}
UI = {"web-internet", "management-networks", PORTS}
CLUSTER = {"cluster-internet", "management-networks", PORTS}
QUARANTINE = {"quarantine-internet", PORTS}
EVERYTHING = SSH | UI | CLUSTER | QUARANTINE | {"relay-external", ALL}

WEB = group()
ALL_OUT = {**inline(0, ANYWHERE), "protocol": "-1"}
ALL_OF_ITSELF = {**ALL_OUT, "cidrBlocks": [], "self": True}
OLD_FLOW = {"name": "old", "owner": "a", "reason": "b", "reviewBy": "2026-01-01"}
HALVES = ("0.0.0.0/1", "128.0.0.0/1")
LIST = prefix_list("everybody", *HALVES)
TALOS = [one for one in load_catalog().rows["talos"].prefixes if ":" not in one]
RELAY = firewall(external=True, rules={"security-group/relay": {"features": ["relay-mail"]}})
NO_SOURCE = ("sourceAddressPrefix", "destinationPortRange")


def interface(of: Resource, *rules: tuple[str, int, str], **inputs: object) -> list[Resource]:
    """Our component with its group, its rules, what owns them alone, and an attachment."""
    held = ours(of, **inputs)
    made = [ingress(held[-1], name, port, cidr) for name, port, cidr in rules]
    return [*held, *made, exclusive(held[-1])]


def two_rules(port: int) -> list[Resource]:
    made = [ingress(WEB, cidr, port, cidr) for cidr in HALVES]
    return [WEB, *made, exclusive(WEB)]


BAD = [
    Program(
        "Cisco's own FTDv template: 22 and 8305 from anywhere, everything out",
        [group(ingress=[inline(22, ANYWHERE), inline(8305, ANYWHERE)], egress=[ALL_OUT])],
        SSH | {ALL},
    ),
    Program(
        "a VPC module's example: an ACL that allows all, and 22 and 3389 besides",
        [
            acl(
                ingress=[
                    entry(100, "allow", 22, ANYWHERE),
                    entry(110, "allow", 3389, ANYWHERE),
                    entry(120, "allow", "all", ANYWHERE),
                ],
                egress=[entry(100, "allow", "all", ANYWHERE)],
            )
        ],
        {ALL, "acl-wider"},
    ),
    Program(
        "Check Point's permissive group",
        [group("PermissiveSecurityGroup", ingress=[ALL_OUT], egress=[ALL_OUT])],
        EVERYTHING,
    ),
    Program("everything out", [group(egress=[ALL_OUT])], {ALL, PORTS}),
    Program(
        "everything out, as all TCP ports in halves of both",
        [group(egress=[inline("0-32767", *HALVES), inline("32768-65535", *HALVES)])],
        {ALL, PORTS},
    ),
    Program(
        "inline and standalone rules, each of which removes the other",
        [held := group(ingress=[inline(25, ANYWHERE)]), ingress(held, "0", 587, ANYWHERE)],
        {"one-form", "exclusive"},
    ),
    Program(
        "an empty inline list that removes standalone rules at every update",
        [held := group(ingress=[]), ingress(held, "0", 587, ANYWHERE), exclusive(held)],
        {"one-form"},
    ),
    Program(
        "IPv4 from the office, IPv6 forgotten",
        [group(ingress=[inline(22, "203.0.113.0/28", "::/0")])],
        SSH,
    ),
    Program(
        "the quarantine inside a range",
        [group(ingress=[inline("80-90", ANYWHERE)])],
        UI | QUARANTINE,
    ),
    Program("the quarantine, in halves", [group(ingress=[inline(83, *HALVES)])], QUARANTINE),
    Program("SSH, in halves over two rules", two_rules(22), SSH),
    Program(
        "SSH from a prefix list of the stack that holds everybody",
        [
            WEB,
            LIST,
            exclusive(WEB),
            resource(
                LEGACY,
                "ssh",
                {"type": "ingress", **without(inline(22), "cidrBlocks")},
                depends={"securityGroupId": WEB, "prefixListIds": LIST},
            ),
        ],
        SSH,
    ),
    Program(
        "the same after the update, by ids",
        list(
            deployed(
                group(ingress=[inline(22, prefixListIds=["id-1"])]),
                LIST,
            )
        ),
        SSH,
    ),
    Program(
        "a legacy rule with the protocol as a number, and no owner of its rules",
        [WEB, legacy(WEB, "api", 6443, ANYWHERE, protocol=6.0, fromPort="6443")],
        UI | {"exclusive"},
    ),
    Program(
        "a default group that lets its members do anything",
        [
            resource(
                DEFAULT_GROUP, "default", {"ingress": [{**ALL_OUT, "cidrBlocks": [], "self": True}]}
            )
        ],
        {ALL},
    ),
    Program("an NSG without rules", [nsg(closed=False)], {"default-deny", PORTS}),
    Program(
        "an NSG that closes one direction",
        [nsg(CLOSED[0], closed=False)],
        {"default-deny", PORTS},
    ),
    Program(
        "an NSG whose allow is tried before its deny",
        [nsg(nsg_entry(300, "Deny", "*", protocol="*"), nsg_entry(200, "Allow", "22"))],
        SSH,
    ),
    Program(
        "an NSG that denies IPv4 and then allows everybody",
        [nsg(nsg_entry(100, "Deny", "22", ANYWHERE), nsg_entry(200, "Allow", "22"))],
        SSH,
    ),
    Program(
        "an NSG that denies SSH to a machine that is not there",
        [
            nsg(
                nsg_entry(100, "Deny", "443", destinationAddressPrefix="10.9.9.9"),
                nsg_entry(200, "Allow", "443", "Internet"),
                nsg_entry(300, "Allow", "22", "Internet"),
            )
        ],
        SSH,
    ),
    Program("an NSG with the Internet tag", [nsg(nsg_entry(100, "Allow", "443", "Internet"))], UI),
    Program(
        "an NSG with plural fields only",
        [
            nsg(
                without(
                    nsg_entry(
                        100,
                        "Allow",
                        "",
                        sourceAddressPrefixes=list(HALVES),
                        destinationPortRanges=["25", "2000-2300"],
                    ),
                    *NO_SOURCE,
                )
            )
        ],
        CLUSTER,
    ),
    Program(
        "an NSG that allows anything",
        [nsg(nsg_entry(100, "Allow", "*", "Any", protocol="*"))],
        EVERYTHING,
    ),
    Program(
        "an NSG with inline and standalone rules",
        [nsg(), nsg_rule(nsg(), "mail", nsg_entry(100, "Allow", "25"))],
        {"one-form"},
    ),
    Program(
        "everything to the internet, by the NSG's own rule",
        [nsg(outward(100, "Allow", "*", "Internet", protocol="*"))],
        {ALL, PORTS},
    ),
    Program(
        "an appliance's template with a restricted source of 0.0.0.0/0",
        [group(ingress=[inline(22, ANYWHERE), inline(8443, "1.2.3.4/0")])],
        SSH,
    ),
    Program("FTP from anywhere", [group(ingress=[inline(21, ANYWHERE)])], CLUSTER),
    Program(
        "SNMP from anywhere, by the number of UDP",
        [group(ingress=[inline(161, ANYWHERE, protocol="17")])],
        CLUSTER,
    ),
    Program(
        "QMQP from anywhere",
        [group(ingress=[inline(628, ANYWHERE)])],
        {"relay-external", PORTS},
    ),
    Program(
        "databases out to the internet",
        [group(egress=[inline(1433, ANYWHERE), inline(6379, "::/0")])],
        {PORTS},
    ),
    Program(
        "management from a whole company",
        [group(ingress=[inline(443, "10.0.0.0/8")])],
        {"management-networks"},
    ),
    Program(
        "SSH from the office on an external interface",
        interface(firewall(external=True), ("ssh", 22, "203.0.113.0/28")),
        {"ssh-external"},
    ),
    Program(
        "relaying for a partner on an external interface",
        interface(RELAY, ("relay", 25, "203.0.113.0/28")),
        {"relay-external"},
    ),
    Program(
        "a rule that somebody added by hand to a group of ours",
        [
            *(held := ours(firewall(rules={"security-group/ssh": {}}))),
            ingress(held[-1], "ssh", 22, "10.0.0.0/28"),
            ingress(held[-1], "by-hand", 22, "10.0.1.0/28"),
        ],
        {"exclusive", "described"},
    ),
    Program(
        "an elastic IP on the interface for administrators",
        [
            admin := group("admin", ingress=[inline(22, "203.0.113.0/28")]),
            eni := resource(INTERFACE, "eni", depends={"securityGroups": [admin]}),
            resource(EIP, "ip", depends={"networkInterface": eni}),
        ],
        {"public-management"},
    ),
    Program(
        "an elastic IP, and the group attached to the interface by its id",
        [
            admin,
            resource(EIP, "ip", {"networkInterface": "eni-7"}),
            resource(
                ATTACHMENT,
                "attached",
                {"networkInterfaceId": "eni-7"},
                depends={"securityGroupId": admin},
            ),
        ],
        {"public-management"},
    ),
    Program(
        "Talos, without one of its prefixes",
        [
            *(held := interface(firewall(features={"talos": {}}))),
            *(egress(held[2], cidr, 443, cidr) for cidr in TALOS[1:]),
        ],
        {"talos-published"},
    ),
    Program(
        "an ACL that takes back what the group grants",
        [
            *interface(firewall(), ("ssh", 22, "10.0.0.0/28")),
            *our_acl(firewall(), ingress=[entry(100, "allow", 443, "10.0.0.0/28")]),
        ],
        {"effective-access"},
    ),
    Program(
        "an ACL that lets the internet in where the group does not",
        [
            *interface(firewall()),
            *our_acl(firewall(), ingress=[entry(100, "allow", "80-90", ANYWHERE)]),
        ],
        {"acl-wider"},
    ),
    Program(
        "a subnet on two ACLs",
        [
            *interface(of := firewall(interface={"networkAcl": {"subnetIds": ["subnet-1"]}})),
            *our_acl(of),
            acl("theirs"),
        ],
        {"own-acl"},
    ),
    Program(
        "a group without tags, and rules without descriptions",
        [group(tags=None, ingress=[inline(25, ANYWHERE, description="")])],
        {"tagged", "described"},
    ),
    Program(
        "61 rules in one group",
        [group(ingress=[inline(25, *(f"10.0.0.{n}/32" for n in range(61)))])],
        {"quota-room"},
    ),
    Program(
        "a protocol that there is not",
        [group(ingress=[inline(25, ANYWHERE, protocol="smtp")])],
        {"readable"},
    ),
    Program(
        "an action that there is not",
        [acl(ingress=[entry(100, "permit", 25, ANYWHERE)])],
        {"readable"},
    ),
    Program(
        "a custom flow past its review",
        [
            firewall(
                features={
                    "custom-flow": [
                        {"name": "old", "owner": "a", "reason": "b", "reviewBy": "2026-01-01"}
                    ]
                }
            )
        ],
        {"custom-flows"},
    ),
    Program(
        "production without a confirmed checklist",
        [firewall(environment="prod")],
        {"gateway-checklist"},
    ),
]

GOOD = [
    Program("mail in, and what mail needs out", [group(ingress=[inline(25, ANYWHERE, "::/0")], egress=[inline(25, ANYWHERE), inline(53, ANYWHERE, protocol="udp"), inline(443, ANYWHERE)])], set()),
    Program("an NSG whose deny is tried first", [nsg(nsg_entry(100, "Deny", "0-24", protocol="*"), nsg_entry(200, "Allow", "0-25"))], set()),
    Program("an ACL whose deny is tried first", [acl(ingress=[entry(90, "deny", "all", ANYWHERE), entry(100, "allow", "all", ANYWHERE)])], set()),
    Program("administrators by reference", [group(ingress=[inline(22, securityGroups=["sg-1"])])], set()),
    Program("an NSG for the virtual network", [nsg(nsg_entry(100, "Allow", "22", "VirtualNetwork"), nsg_entry(110, "Allow", "*", "AzureLoadBalancer", protocol="*"))], set()),
    Program("what is not known yet", [group(ingress=UNKNOWN, egress=[UNKNOWN]), acl(ingress=UNKNOWN), nsg(closed=False, securityRules=UNKNOWN)], set()),
    Program("nothing of ours", [resource("aws:s3/bucket:Bucket", "b", {"acl": "public-read"})], set()),
]  # fmt: skip
