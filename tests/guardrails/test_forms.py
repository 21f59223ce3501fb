"""Guardrails about the form of rule sets: whose they are, how they are made, what they protect."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.guardrails.pack import judge
from segfw.inventory import Inventory
from segfw.state import SECRET
from tests.guardrails.building import (
    ACL_RULE,
    ANYWHERE,
    ASSOCIATION,
    ATTACHMENT,
    DEFAULT_ACL,
    DEFAULT_GROUP,
    EXCLUSIVE,
    INSTANCE,
    LEGACY,
    LISTED,
    NSG_RULE,
    OPEN,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    TODAY,
    UNKNOWN,
    VIOLATED,
    Case,
    acl,
    check,
    deployed,
    entry,
    exclusive,
    findings,
    firewall,
    group,
    ingress,
    inline,
    legacy,
    name_of,
    nsg,
    nsg_entry,
    nsg_rule,
    our_acl,
    ours,
    prefix_list,
    resource,
)

OWN, FORM, SOLE = "own-acl", "one-form", "exclusive"
ATTACHED, READABLE, QUOTA = "attached", "readable", "quota-room"
WEB, PLAIN = group(), group(ingress=[inline(80, ANYWHERE)])
BAD = {"protocol": "tpc"}


def asks(*subnets: str) -> object:
    return firewall(interface={"networkAcl": {"subnetIds": list(subnets)}})


def own(
    kind: str, verdicts: set, *more: object, wants: tuple = ("subnet-1",), **acl_: object
) -> Case:
    of = asks(*wants)
    return Case(OWN, kind, [of, *our_acl(of, **acl_), *more], verdicts)


def readable(kind: str, verdicts: set, *resources: object) -> Case:
    return Case(READABLE, kind, list(resources), verdicts)


def hosts(count: int, third: int = 0) -> list[str]:
    return [f"10.0.{third}.{n}/32" for n in range(count)]


def standalone(of: object, number: int) -> object:
    inputs = {"ruleNumber": number, "ruleAction": "allow", "protocol": "-1", "cidrBlock": ANYWHERE}
    return resource(ACL_RULE, f"entry-{number}", inputs, depends={"networkAclId": of})


FIREWALLS = (
    "aws-native:ec2:SecurityGroup",
    "aws-native:ec2:SecurityGroupIngress",
    "aws-native:ec2:NetworkAclEntry",
    "aws:index/securityGroup:SecurityGroup",
    "azure-native:network:AdminRule",
    "azure-native:network/v20240501:AdminRuleCollection",
    "azure-native:sql:FirewallRule",
)
NO_FIREWALLS = (
    ATTACHMENT,
    ASSOCIATION,
    EXCLUSIVE,
    "azure:network/subnetNetworkSecurityGroupAssociation:SubnetNetworkSecurityGroupAssociation",
    "azure-native:network:ApplicationSecurityGroup",
    "aws:s3/bucket:Bucket",
)

CASES = [
    own("passes", set()),
    own("passes: an id that the program gives", set(), wants=("<args.subnet>",)),
    own("violates: another subnet", {VIOLATED}, wants=("subnet-1", "subnet-2")),
    Case(OWN, "violates: no ACL at all", [asks("subnet-1")], {VIOLATED}),
    Case(OWN, "passes: none is asked for", [firewall()], set()),
    own("disguise: another ACL takes it as well", {VIOLATED}, acl("theirs")),
    own("disguise: the default ACL takes it as well", {VIOLATED}, resource(DEFAULT_ACL, "default", {"subnetIds": ["subnet-1"]})),
    own("disguise: an association takes it as well", {VIOLATED}, resource(ASSOCIATION, "a", {"subnetId": "subnet-1", "networkAclId": "acl-9"})),
    own("passes: another ACL for another subnet", set(), acl("theirs", subnetIds=["subnet-3"])),
    own("not known", {OPEN}, subnetIds=UNKNOWN),
    own("not known: one of several", {OPEN}, subnetIds=["subnet-9", UNKNOWN]),
    own("not known: secret", {OPEN}, subnetIds=[SECRET]),
    Case(OWN, "foreign", [acl("one"), acl("two")], set()),
    Case(FORM, "passes: inline", [PLAIN], set()),
    Case(FORM, "passes: standalone", [WEB, ingress(WEB, "r", 22, ANYWHERE)], set()),
    Case(FORM, "violates: inline and standalone", [PLAIN, ingress(PLAIN, "r", 22, ANYWHERE)], {VIOLATED}),
    Case(FORM, "violates: standalone and legacy", [WEB, ingress(WEB, "r", 22, ANYWHERE), legacy(WEB, "l", 23, ANYWHERE)], {VIOLATED}),
    Case(FORM, "disguise: an empty inline list", [none := group(ingress=[]), legacy(none, "l", 23, ANYWHERE)], {VIOLATED}),
    Case(FORM, "passes: an empty inline list of the other direction", [none := group(egress=[]), legacy(none, "l", 23, ANYWHERE)], set()),
    Case(FORM, "disguise: described as a default", [PLAIN, ingress(PLAIN, "r", 22, ANYWHERE, description="default")], {VIOLATED}),
    Case(FORM, "disguise: joined by id", list(deployed(PLAIN, ingress(PLAIN, "r", 22, ANYWHERE))), {VIOLATED}),
    Case(FORM, "not known", [later := group(ingress=UNKNOWN), ingress(later, "r", 22, ANYWHERE)], {OPEN}),
    Case(FORM, "foreign: an ACL", [held := acl(ingress=[entry(1, "deny", "all", ANYWHERE)]), standalone(held, 2)], {VIOLATED}),
    Case(FORM, "foreign: an NSG", [nsg(), nsg_rule(nsg(), "r", nsg_entry(100, "Allow", "25"))], {VIOLATED}),
    Case(FORM, "foreign: an NSG of standalone rules", [bare := nsg(closed=False, securityRules=None), nsg_rule(bare, "r", nsg_entry(100, "Allow", "25"))], set()),
    Case(SOLE, "passes", [WEB, ingress(WEB, "r", 22, ANYWHERE), exclusive(WEB)], set()),
    Case(SOLE, "passes: inline rules are the whole", [PLAIN], set()),
    Case(SOLE, "violates", [WEB, ingress(WEB, "r", 22, ANYWHERE)], {VIOLATED}),
    Case(SOLE, "disguise: exclusive for another group", [WEB, ingress(WEB, "r", 22, ANYWHERE), exclusive(group("other"))._replace(depends={}, inputs={"securityGroupId": "sg-2"})], {VIOLATED}),
    Case(SOLE, "not known", [WEB, ingress(WEB, "r", 22, ANYWHERE), resource(exclusive(WEB).type, "x", {"securityGroupId": UNKNOWN})], {OPEN}),
    Case(SOLE, "foreign: a legacy rule", [WEB, legacy(WEB, "r", 22, ANYWHERE)], {VIOLATED}),
    Case(SOLE, "foreign: a group that the stack does not have", [resource(LEGACY, "r", {"type": "ingress", "securityGroupId": "sg-1"})], set()),
    Case(ATTACHED, "passes: an attachment", [WEB, resource(ATTACHMENT, "a", depends={"securityGroupId": WEB})], set()),
    Case(ATTACHED, "passes: an instance", [WEB, resource(INSTANCE, "i", depends={"vpcSecurityGroupIds": WEB})], set()),
    Case(ATTACHED, "passes: named by its id, deep within", [WEB._replace(id="sg-1"), resource("aws:lambda/function:Function", "f", {"vpcConfig": {"securityGroupIds": ["sg-1"]}})], set()),
    Case(ATTACHED, "passes: an ACL with subnets, and a default group", [acl(), resource(DEFAULT_GROUP, "d")], set()),
    Case(ATTACHED, "violates: seen from here nothing is", [WEB], {OPEN}),
    Case(ATTACHED, "disguise: only its own rules name it", [WEB, ingress(WEB, "r", 22, ANYWHERE), exclusive(WEB)], {OPEN}),
    Case(ATTACHED, "disguise: only another group names it", [WEB, other := group("b")._replace(depends={"ingress": (WEB.urn,)}), resource(INSTANCE, "i", depends={"vpcSecurityGroupIds": other})], {OPEN}),
    Case(ATTACHED, "disguise: an ACL with no subnets", [acl(subnetIds=[])], {OPEN}),
    Case(ATTACHED, "not known: the subnets", [acl(subnetIds=UNKNOWN)], set()),
    Case(ATTACHED, "foreign: an NSG", [nsg()], {OPEN}),
    Case(ATTACHED, "foreign: an NSG with a subnet", [nsg(), resource("azure-native:network:Subnet", "s", depends={"networkSecurityGroup": nsg()})], set()),
    readable("not known: a type that looks like a firewall", {OPEN}, *(resource(one, one) for one in FIREWALLS)),
    readable("passes: what ties a firewall to something", set(), *(resource(one, one) for one in NO_FIREWALLS)),
    readable("passes: a component that makes what is read", set(), made := resource("acme:net:MailSecurityGroup", "mail"), group()._replace(parent=made.urn)),
    readable("not known: a group that the program only reads", {OPEN}, group()._replace(external=True)),
    readable("not known: an ACL, an NSG and a list that it only reads", {OPEN}, *(one._replace(external=True) for one in (acl(), nsg(), prefix_list("l")))),
    readable("passes: something else that it only reads", set(), resource(INSTANCE, "host")._replace(external=True)),
    readable("passes", set(), PLAIN, acl(ingress=[entry(1, "deny", "all", ANYWHERE)]), nsg()),
    readable("violates", {VIOLATED}, group(ingress=[inline(22, ANYWHERE, **BAD)])),
    readable("violates: ports that are none", {VIOLATED}, group(ingress=[inline("30-20", ANYWHERE)])),
    readable("violates: no far end", {VIOLATED}, group(ingress=[inline(22)])),
    readable("violates: a rule that is a number", {VIOLATED}, group(ingress=[7])),
    readable("violates: a list that is a number", {VIOLATED}, group(ingress=7)),
    readable("violates: a self that is neither", {VIOLATED}, group(ingress=[inline(22, ANYWHERE, self="yes")])),
    readable("passes: a self that is text", set(), group(ingress=[inline(22, self="true")])),
    readable("violates: a group that is a number", {VIOLATED}, group(ingress=[inline(22, securityGroups=[7])])),
    readable("violates: a prefix list that is a number", {VIOLATED}, group(ingress=[inline(22, prefixListIds=[7])])),
    readable("violates: ICMP beyond 255", {VIOLATED}, group(ingress=[inline("256-0", ANYWHERE, protocol="icmp")])),
    readable("passes: every ICMP, and every code of one", set(), group(ingress=[inline(0, ANYWHERE, protocol="icmp", fromPort=-1, toPort=-1), inline(0, ANYWHERE, protocol=58, fromPort=3, toPort=-1)])),
    readable("violates: an action that is none", {VIOLATED}, acl(ingress=[entry(1, "permit", 22, ANYWHERE)])),
    readable("violates: an ACL number beyond the last", {VIOLATED}, acl(ingress=[entry(32767, "allow", 22, ANYWHERE)])),
    readable("violates: an ACL entry without far end", {VIOLATED}, acl(ingress=[entry(1, "allow", 22, "")])),
    readable("violates: an ACL entry that is text", {VIOLATED}, acl(egress=["x"])),
    readable("violates: an NSG priority below the first", {VIOLATED}, nsg(nsg_entry(99, "Allow", "25"))),
    readable("violates: an NSG direction that is none", {VIOLATED}, nsg(nsg_entry(100, "Allow", "25", direction="In"))),
    readable("violates: NSG ports that are none", {VIOLATED}, nsg(nsg_entry(100, "Allow", "25,26"))),
    readable("violates: no NSG ports", {VIOLATED}, nsg(nsg_entry(100, "Allow", ""))),
    readable("violates: no NSG source", {VIOLATED}, nsg(nsg_entry(100, "Allow", "25", ""))),
    readable("violates: an NSG rule that is text", {VIOLATED}, nsg("x")),
    readable("violates: an entry of a prefix list", {VIOLATED}, bad := prefix_list("bad", "nowhere"), resource(LEGACY, "r", {**inline(22), "type": "ingress"}, depends={"securityGroupId": WEB, "prefixListIds": bad})),
    readable("disguise: a number that only looks whole", {VIOLATED}, group(ingress=[inline(22, ANYWHERE, fromPort=float("nan"))])),
    readable("disguise: far too large a number", {VIOLATED}, group(ingress=[inline(22, ANYWHERE, toPort=10**5000)])),
    readable("disguise: a flag as a port", {VIOLATED}, group(ingress=[inline(22, ANYWHERE, fromPort=True)])),
    readable("disguise: half a character", {VIOLATED}, group(ingress=[inline(22, ANYWHERE, protocol="\ud800")])),
    readable("not known", {OPEN}, group(ingress=[inline(22, cidrBlocks=UNKNOWN)])),
    readable("not known: secret", {OPEN}, group(ingress=[inline(22, cidrBlocks=[SECRET])])),
    readable("not known: an inline rule", {OPEN}, group(ingress=[UNKNOWN])),
    readable("not known: an ACL entry", {OPEN}, acl(ingress=[UNKNOWN])),
    readable("not known: an NSG rule", {OPEN}, nsg(UNKNOWN)),
    readable("not known: two prefix lists for one value", {OPEN}, WEB, a := prefix_list("a", "10.0.0.0/8"), b := prefix_list("b", "10.0.0.0/8"), resource(LEGACY, "r", {**inline(22), "type": "ingress", "prefixListIds": [UNKNOWN]}, depends={"securityGroupId": WEB, "prefixListIds": [a, b]})),
    readable("not known: an entry of a prefix list of nobody", {OPEN}, WEB, a, resource(PREFIX_LIST_ENTRY, "e", {"cidr": ANYWHERE, "prefixListId": UNKNOWN}), resource(LEGACY, "r", {**inline(22), "type": "ingress"}, depends={"securityGroupId": WEB, "prefixListIds": a})),
    readable("not known: what the firewall recorded", {OPEN}, resource(firewall().type, "f", {"settings": UNKNOWN})),
    readable("foreign: an unknown type is ignored", set(), resource("aws:ec2/other:Other", "x", {"ingress": 7})),
    readable("foreign: a standalone rule", {VIOLATED}, resource(NSG_RULE, "r", {"priority": "high", "networkSecurityGroupName": "theirs"})),
    Case(QUOTA, "passes", [group(ingress=[inline(22, *hosts(53))])], set()),
    Case(QUOTA, "passes: nearly used is listed", [group(ingress=[inline(22, *hosts(54))])], {LISTED}),
    Case(QUOTA, "violates", [group(ingress=[inline(22, *hosts(61))])], {VIOLATED}),
    Case(QUOTA, "disguise: one rule with many prefixes, another beside it", [group(ingress=[inline(22, *hosts(60)), inline(23, *hosts(1))])], {VIOLATED}),
    Case(QUOTA, "disguise: a prefix list counts as its most entries", [group(ingress=[inline(22, *hosts(20), prefixListIds=["pl-1"])]), prefix_list("l", "10.0.0.0/8", maxEntries=41)._replace(id="pl-1")], {VIOLATED}),
    Case(QUOTA, "passes: families and directions are apart", [group(ingress=[inline(22, *hosts(40), *(f"2001:db8::{n}/128" for n in range(40)))], egress=[inline(22, *hosts(40))])], set()),
    Case(QUOTA, "passes: a quota that was raised", ours(firewall(quotas={"securityGroup": {"rules": 200}}), ingress=[inline(22, *hosts(61))]), set()),
    Case(QUOTA, "passes: a quota that is no number", ours(firewall(quotas={"securityGroup": {"rules": float("nan")}}), ingress=[inline(22, *hosts(53))]), set()),
    Case(QUOTA, "violates: an ACL", [acl(ingress=[entry(n, "allow", 25, ANYWHERE) for n in range(1, 21)])], {VIOLATED}),
    Case(QUOTA, "passes: an ACL's raised quota, nearly used", [of := firewall(quotas={"networkAcl": {"entries": 22}}), *our_acl(of, ingress=[entry(n, "allow", 25, ANYWHERE) for n in range(1, 21)])], {LISTED}),
    Case(QUOTA, "not known: a list of rules counts as none", [group(ingress=UNKNOWN)], set()),
    Case(QUOTA, "foreign: an NSG", [nsg(*(nsg_entry(100 + n, "Allow", "25") for n in range(999)))], {VIOLATED}),
    Case(QUOTA, "foreign: an NSG nearly full", [nsg(*(nsg_entry(100 + n, "Allow", "25") for n in range(898)))], {LISTED}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_guardrail_says(case: Case) -> None:
    check(case)


def test_a_prefix_list_holds_its_inline_and_its_standalone_entries() -> None:
    of = prefix_list("l", "10.0.0.0/8")
    more = resource(PREFIX_LIST_ENTRY, "e", {"cidr": ANYWHERE}, depends={"prefixListId": of})
    rule = resource(LEGACY, "r", {**inline(22), "type": "ingress"}, depends={"securityGroupId": WEB, "prefixListIds": of})  # fmt: skip

    assert findings(WEB, of, rule, only="ssh-external") == ()
    assert [one.found.verdict for one in findings(WEB, of, more, rule, only="ssh-external")] == [
        VIOLATED
    ]


def test_a_message_shows_only_what_can_be_written() -> None:
    (found,) = findings(group(ingress=[inline(22, "\ud800\x00nowhere")]), only=READABLE)

    assert found.found.message == 'ingress[0] of "web": "??nowhere" is no prefix'


def test_prefix_lists_are_counted_by_their_entries_where_no_most_is_said() -> None:
    lists = [prefix_list("l", *hosts(61), maxEntries=None)._replace(id="pl-1")]
    held = group(ingress=[inline(22, prefixListIds=["pl-1"])])

    assert [one.found.verdict for one in findings(held, *lists, only=QUOTA)] == [VIOLATED]
    assert lists[0].type == PREFIX_LIST


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (7, 'ingress of "web": ingress is a number, not a list'),
        ([7], 'ingress[0] of "web": ingress[0] is a number, no rule'),
        ([None], 'ingress[0] of "web": ingress[0] is nothing, no rule'),
        ([[]], 'ingress[0] of "web": ingress[0] is a list, no rule'),
        ([inline(22, ANYWHERE, fromPort={})], 'ingress[0] of "web": fromPort is a mapping, not a whole number'),
        ([inline(22, ANYWHERE, fromPort="x")], 'ingress[0] of "web": fromPort is the text "x", not a whole number'),
        ([inline(22, ANYWHERE, self=1)], 'ingress[0] of "web": self is a number, not true or false'),
        ([inline(22, cidrBlocks=[False])], 'ingress[0] of "web": cidrBlocks is true or false, not text'),
        ([inline(22, ANYWHERE, protocol=None)], 'ingress[0] of "web": protocol is absent'),
    ],
)  # fmt: skip
def test_a_message_says_what_the_value_is(rules: object, message: str) -> None:
    found = [one.found for one in findings(group(ingress=rules), only=READABLE)]

    assert [(one.verdict, one.message) for one in found][:1] == [(VIOLATED, message)]


def test_an_entry_of_a_prefix_list_without_addresses_is_a_fault_of_its_rules() -> None:
    bad = prefix_list("bad", entries=[{}])._replace(id="pl-1")
    held = group(ingress=[inline(22, prefixListIds=["pl-1"])])
    (found,) = findings(held, bad, only=READABLE)

    assert found.found.message == 'ingress[0] of "web": prefixListIds: cidr is absent'


def test_an_application_security_group_is_nobody_on_the_internet() -> None:
    rule = nsg_entry(100, "Allow", "22", "", sourceApplicationSecurityGroups=[{"id": "asg"}])

    assert findings(nsg(rule), only="ssh-external") == ()
    assert findings(nsg(rule), only=READABLE) == ()


def test_what_cannot_be_decided_shows_as_such() -> None:
    assert (repr(UNKNOWN), repr(SECRET)) == ("[not known yet]", "[secret]")


def test_each_resource_that_cannot_be_read_is_reported_once() -> None:
    read = [group(name, ingress=[])._replace(external=True) for name in ("a", "b")]

    assert [one.found for one in findings(*read, only=READABLE)] == [
        (OPEN, one.urn, f'"{one.name}"', "the program only reads it: what it holds is not known here")
        for one in read
    ]  # fmt: skip


def test_an_interrupted_operation_is_not_known() -> None:
    inventory = Inventory("test", (), pending=("web",))
    (found,) = judge(inventory, load_catalog(), TODAY)

    assert found.guardrail.id == READABLE
    assert found.found == (
        OPEN, "", '"web"', "its last operation was interrupted, and what became of it is not known"
    )  # fmt: skip
