"""Guardrails about what is open at all: ports, denies, ACLs, published prefixes."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.guardrails.view import View
from segfw.inventory import Inventory
from segfw.sets.addresses import Family
from tests.guardrails.building import (
    ACL_RULE,
    ANYWHERE,
    CLOSED,
    DEFAULT_ACL,
    DEFAULT_GROUP,
    LISTED,
    NSG,
    OPEN,
    TODAY,
    UNKNOWN,
    VIOLATED,
    Case,
    acl,
    check,
    egress,
    entry,
    findings,
    firewall,
    group,
    ingress,
    inline,
    name_of,
    nsg,
    nsg_entry,
    nsg_rule,
    our_acl,
    ours,
    outward,
    resource,
)

PORTS, ALL, DENY = "catalog-ports", "no-all-ports", "default-deny"
TALOS, ACCESS, WIDER = "talos-published", "effective-access", "acl-wider"
WEB = group()
PREFIXES = load_catalog().rows["talos"].prefixes
V4 = [one for one in PREFIXES if ":" not in one]
ON = firewall(features={"talos": {}})
ALLOW_22 = entry(100, "allow", 22, ANYWHERE)


def talos(*cidrs: str, of: object = ON, **more: object) -> list:
    held = ours(of)
    return [*held, *(egress(held[-1], c, 443, c, **more) for c in cidrs)]


def both(group_rules: list, **entries: object) -> list:
    """A group and an ACL of one interface, by inline rules and entries."""
    of = firewall()
    return [*ours(of, ingress=group_rules), *our_acl(of, **entries)]


def standalone(number: int, action: str, port: int, cidr: str, **more: object) -> object:
    inputs = {"ruleNumber": number, "ruleAction": action, "protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlock": cidr, **more}  # fmt: skip
    return resource(ACL_RULE, f"entry-{number}", inputs, depends={"networkAclId": acl()})


CASES = [
    Case(PORTS, "passes: mail in and out", [group(ingress=[inline(25, ANYWHERE, "::/0")], egress=[inline(443, ANYWHERE)])], set()),
    Case(PORTS, "violates: a port of nobody", [group(ingress=[inline(8305, ANYWHERE)])], {VIOLATED}),
    Case(PORTS, "violates: the wrong direction", [group(ingress=[inline(53, ANYWHERE, protocol="udp")])], {VIOLATED}),
    Case(PORTS, "violates: a port for named networks, outwards", [group(egress=[inline(389, ANYWHERE)])], {VIOLATED}),
    Case(PORTS, "violates: what only FTP data may use, outwards", [group(egress=[inline(3389, ANYWHERE)])], {VIOLATED}),
    Case(PORTS, "disguise: many rules that only together cover", [group(ingress=[inline(3389, f"{n}.0.0.0/8") for n in (11, 13, 17)])], {VIOLATED}),
    Case(PORTS, "disguise: a range around a known port", [group(ingress=[inline("24-26", ANYWHERE)])], {VIOLATED}),
    Case(PORTS, "passes: a private network", [group(ingress=[inline(3389, "10.0.0.0/8")])], set()),
    Case(PORTS, "not known", [group(egress=[inline(8080, cidrBlocks=[UNKNOWN])])], {OPEN}),
    Case(PORTS, "foreign", [nsg(outward(100, "Allow", "6379", "Internet"))], {VIOLATED}),
    Case(PORTS, "not known: a service tag", [nsg(outward(100, "Allow", "1433", "Sql"))], {OPEN}),
    Case(ALL, "passes: ephemeral ports", [acl(ingress=[entry(100, "allow", "1024-65535", ANYWHERE)])], set()),
    Case(ALL, "violates: egress -1", [group(egress=[inline(0, ANYWHERE, protocol="-1")])], {VIOLATED}),
    Case(ALL, "violates: an allow-all ACL", [acl(ingress=[entry(100, "allow", "all", ANYWHERE)])], {VIOLATED}),
    Case(ALL, "passes: an ACL that denies first", [acl(ingress=[entry(100, "allow", "all", ANYWHERE), entry(99, "deny", "0-65535", ANYWHERE), entry(98, "deny", "0-65535", ANYWHERE, protocol="17")])], set()),
    Case(ALL, "disguise: 1 to 65535", [group(ingress=[inline("1-65535", "10.0.0.0/8")])], {VIOLATED}),
    Case(ALL, "disguise: two halves of the ports, one wider", [group(ingress=[inline("0-32767", "10.0.0.0/8"), inline("32768-65535", "10.0.0.0/8", "192.168.0.0/16")])], {VIOLATED}),
    Case(ALL, "passes: all that replies may need", [group(ingress=[inline("1024-65535", "10.0.0.0/8")])], set()),
    Case(ALL, "passes: two peers of half the ports", [group(ingress=[inline("0-32767", "10.0.0.0/8"), inline("32768-65535", "192.168.0.0/16")])], set()),
    Case(ALL, "disguise: all but one port", [group(ingress=[inline("0-24", "10.0.0.0/8"), inline("26-65535", "10.0.0.0/8")])], {VIOLATED}),
    Case(ALL, "disguise: all but the first", [group(ingress=[inline("2-65535", "10.0.0.0/8")])], {VIOLATED}),
    Case(ALL, "disguise: all but the last", [acl(ingress=[entry(100, "allow", "1-65534", ANYWHERE)])], {VIOLATED}),
    Case(ALL, "disguise: all but the last, from port 0", [nsg(nsg_entry(100, "Allow", "0-65534", "10.0.0.0/8"))], {VIOLATED}),
    Case(ALL, "disguise: all but a port, a group", [group(ingress=[{**inline("1-24"), "securityGroups": ["sg-1"]}, {**inline("26-65535"), "securityGroups": ["sg-1", "sg-2"]}])], {VIOLATED}),
    Case(ALL, "disguise: all but a port that a deny before takes away", [acl(ingress=[entry(90, "deny", 22, ANYWHERE), entry(91, "deny", 53, ANYWHERE, protocol="17"), entry(100, "allow", "all", ANYWHERE)])], {VIOLATED}),
    Case(ALL, "not known: whether all but a port", [group(ingress=[inline("1-24", "10.0.0.0/8"), inline("26-65535", cidrBlocks=[UNKNOWN])])], {OPEN}),
    Case(ALL, "disguise: described as a default", [nsg(nsg_entry(100, "Allow", "*", "10.0.0.0/8", description="default"))], {VIOLATED}),
    Case(ALL, "disguise: a permissive default group", [resource(DEFAULT_GROUP, "default", {"ingress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}]})], {VIOLATED}),
    Case(ALL, "disguise: IPv6, beside IPv4 that is not known", [group(ingress=[inline(0, protocol="-1", cidrBlocks=UNKNOWN, ipv6CidrBlocks=["::/0"])])], {VIOLATED}),
    Case(ALL, "passes: the platform's probes", [nsg(nsg_entry(100, "Allow", "*", "AzureLoadBalancer", protocol="*"))], set()),
    Case(ALL, "not known: a group", [group(ingress=UNKNOWN)], {OPEN}),
    Case(ALL, "not known: an ACL", [acl(egress=UNKNOWN)], {OPEN}),
    Case(ALL, "not known: the action", [acl(ingress=[entry(100, "permit", "all", ANYWHERE)])], {OPEN}),
    Case(ALL, "not known: the number, before a deny", [acl(ingress=[entry(UNKNOWN, "allow", "all", ANYWHERE), entry(1, "deny", "all", ANYWHERE)])], {OPEN}),
    Case(ALL, "not known: a number beyond the last", [acl(ingress=[entry(32767, "allow", "all", ANYWHERE), entry(1, "deny", "all", ANYWHERE)])], {OPEN}),
    Case(ALL, "foreign: a default ACL", [resource(DEFAULT_ACL, "default", {"egress": [entry(100, "allow", "all", "::/0")]})], {VIOLATED}),
    Case(ALL, "foreign: a standalone entry", [standalone(100, "allow", 0, ANYWHERE, protocol="-1", networkAclId="acl-7")], {VIOLATED}),
    Case(ALL, "passes: a standalone entry behind a standalone deny", [acl(), standalone(100, "ALLOW", 0, ANYWHERE, protocol="-1"), standalone(90, "deny", 0, ANYWHERE, protocol="all")], set()),
    Case(ALL, "violates: in capitals", [acl(ingress=[entry(100, "ALLOW", "all", ANYWHERE)])], {VIOLATED}),
    Case(ALL, "not known: a standalone entry of a direction to be", [standalone(100, "allow", 0, ANYWHERE, protocol="-1", egress=UNKNOWN, networkAclId="acl-7")], {OPEN}),
    Case(ALL, "not known: a standalone entry of no direction", [standalone(100, "allow", 0, ANYWHERE, protocol="-1", egress=UNKNOWN)], {OPEN}),
    Case(ALL, "not known: a standalone entry of an ACL to be", [resource(ACL_RULE, "e", {"ruleNumber": 1, "ruleAction": "allow", "protocol": -1, "cidrBlock": ANYWHERE, "networkAclId": UNKNOWN})], {OPEN}),
    Case(DENY, "passes", [nsg()], set()),
    Case(DENY, "violates", [nsg(closed=False)], {VIOLATED}),
    Case(DENY, "violates: one direction", [nsg(CLOSED[0], closed=False)], {VIOLATED}),
    Case(DENY, "disguise: a deny of IPv4 only", [nsg(CLOSED[1], nsg_entry(4096, "Deny", "*", ANYWHERE, protocol="*"), closed=False)], {VIOLATED}),
    Case(DENY, "disguise: a deny of TCP only", [nsg(CLOSED[1], nsg_entry(4096, "Deny", "*"), closed=False)], {VIOLATED}),
    Case(DENY, "passes: standalone denies", [nsg(closed=False), *(nsg_rule(nsg(), str(n), one) for n, one in enumerate(CLOSED))], set()),
    Case(DENY, "not known: a deny for some address", [nsg(CLOSED[1], {**CLOSED[0], "destinationAddressPrefix": "10.0.0.0/8"}, closed=False)], {OPEN}),
    Case(DENY, "not known: all rules", [nsg(closed=False, securityRules=UNKNOWN)], {OPEN}),
    Case(DENY, "not known: one rule", [nsg(closed=False, securityRules=[UNKNOWN])], {OPEN}),
    Case(DENY, "not known: the direction of the deny", [nsg(CLOSED[0], {**CLOSED[1], "direction": UNKNOWN}, closed=False)], {OPEN}),
    Case(DENY, "foreign: an NSG that the program only reads", [resource(NSG, "theirs")._replace(external=True)], set()),
    Case(DENY, "foreign: a versioned type", [resource(NSG.replace("network:", "network/v20230201:"), "n", {})], {VIOLATED}),
    Case(DENY, "foreign: rules of an NSG that the stack does not have", [resource("azure-native:network:SecurityRule", "r", {**nsg_entry(100, "Allow", "25"), "networkSecurityGroupName": "theirs"})], set()),
    Case(TALOS, "passes", talos(*V4), set()),
    Case(TALOS, "passes: the feature is off", talos(of=firewall()), set()),
    Case(TALOS, "passes: all of the internet", talos(ANYWHERE), set()),
    Case(TALOS, "violates: one is missing", talos(*V4[1:]), {VIOLATED}),
    Case(TALOS, "disguise: another group of the stack has it", [*talos(*V4[1:]), WEB, egress(WEB, "x", 443, V4[0])], {VIOLATED}),
    Case(TALOS, "disguise: another port has it", [*talos(*V4[1:]), egress(talos()[-1], "x", 80, V4[0])], {VIOLATED}),
    Case(TALOS, "violates: IPv6 that the interface has", talos(*V4, of=firewall(features={"talos": {}}, interface={"families": ["ipv4", "ipv6"]})), {VIOLATED}),
    Case(TALOS, "not known", talos("", cidrIpv4=None, prefixListId="pl-1"), {OPEN}),
    Case(TALOS, "foreign", [WEB], set()),
    Case(ACCESS, "passes", both([inline(22, "10.0.0.0/24")], ingress=[entry(100, "allow", "20-30", "10.0.0.0/8")]), set()),
    Case(ACCESS, "passes: the own subnet meets no ACL", both([inline(22, "10.1.0.0/24")]), set()),
    Case(ACCESS, "passes: other groups, whose addresses nobody here knows", both([{**inline(22), "securityGroups": ["sg-1"]}]), set()),
    Case(ACCESS, "violates", both([inline(22, "10.0.0.0/24")]), {VIOLATED}),
    Case(ACCESS, "disguise: a deny before the allow", both([inline(22, "10.0.0.0/24")], ingress=[entry(90, "deny", 22, "10.0.0.128/25"), entry(100, "allow", 22, "10.0.0.0/24")]), {VIOLATED}),
    Case(ACCESS, "passes: a deny after the allow", both([inline(22, "10.0.0.0/24")], ingress=[entry(190, "deny", 22, "10.0.0.128/25"), entry(100, "allow", 22, "10.0.0.0/24")]), set()),
    Case(ACCESS, "not known: the ACL", both([inline(22, "10.0.0.0/24")], ingress=UNKNOWN), {OPEN}),
    Case(ACCESS, "not known: the group", both([inline(22, cidrBlocks=UNKNOWN)], ingress=[entry(100, "allow", 22, "10.0.0.0/24")]), {OPEN}),
    Case(ACCESS, "foreign: nothing says what they share", [group(ingress=[inline(22, "10.0.0.0/24")]), acl()], set()),
    Case(WIDER, "passes", both([inline(22, "10.0.0.0/24")], ingress=[entry(100, "allow", 22, "10.0.0.0/24")]), set()),
    Case(WIDER, "violates", both([], ingress=[ALLOW_22]), {VIOLATED}),
    Case(WIDER, "passes: return traffic behind guards", both([], ingress=[entry(100, "allow", "50000-65535", ANYWHERE)]), set()),
    Case(WIDER, "passes: wider inside is listed", both([], ingress=[entry(100, "allow", 22, "10.0.0.0/24")]), {LISTED}),
    Case(WIDER, "disguise: inside a range", both([], ingress=[entry(100, "allow", "1024-65535", ANYWHERE)]), {VIOLATED}),
    Case(WIDER, "disguise: a group of another group", both([{**inline(22), "securityGroups": ["sg-1"]}], ingress=[ALLOW_22]), {VIOLATED}),
    Case(WIDER, "passes: inside, beside a group of another group", both([{**inline(22), "securityGroups": ["sg-1"]}], ingress=[entry(100, "allow", 22, "10.0.0.0/24")]), set()),
    Case(WIDER, "not known: the entries", both([], ingress=UNKNOWN), {OPEN}),
    Case(WIDER, "not known: the group", both([inline(22, cidrBlocks=UNKNOWN)], ingress=[ALLOW_22]), {OPEN}),
    Case(WIDER, "foreign: nothing says what is behind it", [acl(ingress=[ALLOW_22]), group()], {VIOLATED}),
    Case(WIDER, "foreign: a standalone entry", [standalone(100, "allow", 161, ANYWHERE, protocol="udp", networkAclId="acl-7")], {VIOLATED}),
    Case(WIDER, "foreign: a default ACL, IPv6", [resource(DEFAULT_ACL, "default", {"ingress": [entry(100, "allow", "0-100", "::/0")]})], {VIOLATED}),
    Case(WIDER, "passes: mail and replies in an ACL of others", [acl(ingress=[entry(100, "allow", 25, ANYWHERE), entry(110, "allow", "1024-65535", ANYWHERE)])], set()),
    Case(WIDER, "passes: a named network in an ACL of others", [acl(ingress=[entry(100, "allow", 22, "203.0.113.0/24")])], set()),
    Case(WIDER, "passes: an ACL of others that denies first", [acl(ingress=[entry(90, "deny", "0-1023", ANYWHERE), ALLOW_22])], set()),
    Case(WIDER, "not known: an ACL of others", [acl(ingress=UNKNOWN)], {OPEN}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_guardrail_says(case: Case) -> None:
    check(case)


def test_a_message_names_the_first_services_and_counts_the_rest() -> None:
    rules = [inline(port, ANYWHERE) for port in (22, 3389, 8305, 9000, 9001)]

    assert [one.found.message for one in findings(group(ingress=rules), only=PORTS)] == [
        "ingress is open to the internet (IPv4) on tcp 22, tcp 3389, tcp 8305 and 1 more, "
        "which the catalog does not know there"
    ]


def test_a_message_says_whether_ports_are_left_out() -> None:
    for ports, words in (("1-65535", "every port"), ("1-65534", "nearly every port")):
        (found,) = findings(group(ingress=[inline(ports, "10.0.0.0/8")]), only=ALL)

        assert found.found.message == f"ingress is open on {words} of tcp for 10.0.0.0/8"


def test_what_the_program_only_reads_is_never_taken_for_empty() -> None:
    """Azure's default rules are behind rules that nobody here knows."""
    read = [
        one._replace(external=True)
        for one in (resource(NSG, "nsg"), group(tags=None), acl(tags=None))
    ]
    rule = ingress(read[1], "mail", 25, ANYWHERE)

    assert [one for one in findings(*read, rule) if one.violated] == []


def test_an_icmp_type_that_an_acl_leaves_out_is_the_echo_reply() -> None:
    held = acl(ingress=[entry(1, "allow", 0, ANYWHERE, protocol="1")])
    space = (
        View(Inventory("test", (held,)), load_catalog(), TODAY)
        .network_acls[0]
        .allowed(Direction.INGRESS, Family.IPV4, surely=True)
    )

    assert str(space) == "icmp type 0 code 0: 0.0.0.0/0"


def test_a_standalone_rule_goes_to_the_group_and_not_to_what_has_its_id() -> None:
    """`VpcSecurityGroupRulesExclusive` has the id of its group."""
    web = group()._replace(id="sg-1")
    same = resource("aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive", "x", {"securityGroupId": "sg-1"}, id="sg-1")  # fmt: skip
    rule = ingress(web, "r", 22, ANYWHERE, securityGroupId="sg-1")._replace(depends={})

    for order in ((web, same, rule), (same, web, rule)):
        assert [one.found.subject for one in findings(*order, only="ssh-external")] == [
            'security group "web"'
        ]
        assert findings(*order, only="exclusive") == ()


def test_a_standalone_entry_is_for_the_direction_that_it_says() -> None:
    for egress_, way in (
        (True, "egress"),
        ("true", "egress"),
        (False, "ingress"),
        (None, "ingress"),
    ):
        held = standalone(100, "allow", 0, ANYWHERE, protocol="-1", egress=egress_, networkAclId="acl-7")  # fmt: skip
        (found,) = findings(held, only=ALL)

        assert found.found.message == f"{way} is open on every port of tcp for 0.0.0.0/0"


def test_ports_of_an_nsg_rule_for_icmp_mean_nothing() -> None:
    held = nsg(nsg_entry(100, "Allow", "22", "10.0.0.0/8", protocol="Icmp"))
    space = (
        View(Inventory("test", (held,)), load_catalog(), TODAY)
        .nsgs[0]
        .own.allowed(Direction.INGRESS, Family.IPV4, surely=True)
    )

    assert str(space) == "icmp: 10.0.0.0/8"
