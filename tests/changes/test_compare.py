"""What an update would change, by rule, resource and packet."""

from __future__ import annotations

import pytest

from segfw.changes import Kind, compare
from segfw.changes.verdict import judge
from segfw.problems import ProblemsFound
from segfw.state import read_state
from tests.changes.comparing import changed, networks, parts, spaces, stack, told
from tests.review.planning import plan_of
from tests.settings.reading import ON_AZURE
from tests.states import FIREWALL, SECRET, export, named, resources_of, stack_resource, urn

SSH = stack("ssh-admin: {}")
BOTH = stack("ssh-admin: {}, gui-https: {}")


def test_a_feature_that_is_switched_on_adds_its_rules():
    changes = changed(SSH, BOTH)

    assert told(changes) == ["added management-in-tcp-443-10.9.0.0_28: gui-https"]
    assert changes.count(Kind.KEPT) == 1
    assert parts(changes) == []
    assert spaces(changes) == ["+security-group management ingress IPv4 tcp 443: 10.9.0.0/28"]


def test_a_feature_that_is_switched_off_takes_its_rules_along_and_the_state_knows_why():
    changes = changed(BOTH, SSH)

    assert told(changes) == ["removed management-in-tcp-443-10.9.0.0_28: gui-https"]
    assert changes.lines[1].line.reason.rows == ("gui-https",)
    assert spaces(changes) == ["-security-group management ingress IPv4 tcp 443: 10.9.0.0/28"]


def test_a_rule_that_the_state_does_not_explain_has_no_features():
    def forget(resources):
        del resources[1]["inputs"]

    assert told(changed(BOTH, SSH, edit=forget)) == [
        "removed management-in-tcp-443-10.9.0.0_28: none"
    ]


def test_a_peer_that_is_split_in_two_opens_and_closes_nothing():
    halves = stack("ssh-admin: {}", networks(admins="[10.9.0.0/29, 10.9.0.8/29]"))
    changes = changed(SSH, halves)

    assert told(changes) == [
        "removed management-in-tcp-22-10.9.0.0_28: ssh-admin",
        "added management-in-tcp-22-10.9.0.0_29: ssh-admin",
        "added management-in-tcp-22-10.9.0.8_29: ssh-admin",
    ]
    assert spaces(changes) == []


def test_another_description_alone_is_told_apart():
    def edit(resources):
        rule = named(resources, "management-in-tcp-22-10.9.0.0_28")
        rule["inputs"]["description"] = "what an older release said"

    assert told(changed(SSH, SSH, edit=edit)) == [
        "described management-in-tcp-22-10.9.0.0_28: ssh-admin"
    ]


def test_other_tags_alone_touch_no_rule():
    changes = changed(SSH, stack("ssh-admin: {}", "  seg-firewall:tags: {owner: mail}\n"))

    assert told(changes) == []
    assert parts(changes) == [
        "updated management: tags",
        "updated private: tags",
        "updated public: tags",
    ]


def test_a_provider_that_adds_inputs_changes_nothing():
    def edit(resources):
        named(resources, "management")["inputs"]["name"] = "management-b55c4d4"
        named(resources, "management-in-tcp-22-10.9.0.0_28")["inputs"]["tags"] = {}

    assert not changed(SSH, SSH, edit=edit).any


GROUPS = "{{prefixes: [10.9.0.0/28], aws: {{securityGroup: {}}}}}"


def test_a_reference_that_gets_another_id_changes_its_rules_in_place():
    old, new = (stack("ssh-admin: {}", networks(admins=GROUPS.format(f"sg-{n}"))) for n in "12")
    changes = changed(old, new)

    assert told(changes) == ["changed management-in-tcp-22-admins: ssh-admin"]
    assert changes.peers(changes.lines[0].old, old=True) == ("admins (sg-1)",)
    assert changes.peers(changes.lines[0].new, old=False) == ("admins (sg-2)",)
    assert spaces(changes) == [
        "+security-group management ingress IPv4 tcp 22: admins (sg-2)",
        "+security-group management ingress IPv6 tcp 22: admins (sg-2)",
        "-security-group management ingress IPv4 tcp 22: admins (sg-1)",
        "-security-group management ingress IPv6 tcp 22: admins (sg-1)",
    ]


def test_a_network_that_is_gone_is_named_as_it_was():
    old = stack("ssh-admin: {from: [theirs]}", networks(theirs=GROUPS.format("sg-1")))
    changes = changed(old, SSH)

    assert "-security-group management ingress IPv4 tcp 22: theirs (sg-1)" in spaces(changes)


def listed(weight):
    held = f"{{prefixList: {{id: pl-1, weight: {weight}, family: ipv4}}}}"
    return networks(dns_servers=f"{{prefixes: [10.9.0.0/28], aws: {held}}}")


def test_a_prefix_list_of_another_size_is_no_change_of_the_rule():
    old, new = (stack("dns: {}", listed(weight)) for weight in (5, 9))

    assert told(changed(old, new)) == []


def test_entries_of_a_list_of_ours_are_opened_and_its_rules_stay():
    listed = stack("talos: {prefixList: true}")

    def edit(resources):
        held = named(resources, "talos-ipv4")["inputs"]
        held["entries"] = held["entries"][1:]
        held["maxEntries"] = len(held["entries"])

    changes = changed(listed, listed, edit=edit)
    first = plan_of(listed).specs["prefix-lists"][0].inputs()["entries"][0]["cidr"]

    assert told(changes) == []
    assert parts(changes) == ["updated talos-ipv4: entries"]
    assert spaces(changes) == [f"+security-group public egress IPv4 tcp 443: {first}"]


ACL = "  seg-firewall:interfaces: {management: {networkAcl: {subnetIds: [subnet-1]}}}\n"


def test_a_network_acl_is_replaced_when_an_entry_changes():
    changes = changed(stack("ssh-admin: {}", ACL), stack("ssh-admin: {}, gui-https: {}", ACL))

    assert parts(changes) == ["replaced management-acl: entries"]
    assert told(changes) == [
        "added management-in-tcp-443-10.9.0.0_28: gui-https",
        "added management-in-tcp-443-10.9.0.0_28: gui-https",
    ]
    assert "+network-acl management ingress IPv4 tcp 443: 10.9.0.0/28" in spaces(changes)


def test_an_entry_that_only_gets_another_number_is_told_apart():
    def edit(resources):
        for entry in named(resources, "management-acl")["inputs"]["ingress"]:
            entry["ruleNo"] += 1

    changes = changed(stack("ssh-admin: {}", ACL), stack("ssh-admin: {}", ACL), edit=edit)

    assert {one.kind for one in changes.lines} == {Kind.KEPT, Kind.RENUMBERED}
    assert parts(changes) == ["replaced management-acl: entries"]
    assert spaces(changes) == []


def test_names_of_entries_are_those_of_the_plan():
    wide = stack("ssh-admin: {}, icmp-echo: {from: [admins]}, syslog: {to: [admins]}", ACL)
    plan = plan_of(wide)
    names = {rule.name for rules in plan.rule_sets for rule in rules.rules}

    assert {one.line.name for one in changed(wide, wide).lines} == names
    assert any("-deny-" in name for name in names)


def test_other_subnets_update_a_network_acl():
    two = ACL.replace("[subnet-1]", "[subnet-1, subnet-2]").replace("{networkAcl", "{networkAcl")
    changes = changed(stack("gui-https: {}", two), stack("gui-https: {}", two), edit=_one_subnet)

    assert parts(changes) == ["updated management-acl: subnets"]


def _one_subnet(resources):
    named(resources, "management-acl")["inputs"]["subnetIds"] = ["subnet-1"]


def test_a_rule_of_an_nsg_is_known_by_its_name():
    changes = changed(BOTH, SSH, ON_AZURE)

    assert told(changes) == ["removed management-in-tcp-443-10.9.0.0_28: gui-https"]
    assert parts(changes) == ["updated management: rules"]
    assert spaces(changes) == ["-nsg management ingress IPv4 tcp 443: 10.9.0.0/28"]


MERGE = "  seg-firewall:interfaces: {management: {nsg: {fit: merge}}}\n"


def test_a_rule_of_several_prefixes_changes_where_it_is():
    old = stack("ssh-admin: {}", MERGE)
    new = stack("ssh-admin: {}", MERGE + networks(admins="[10.9.0.0/28, 10.9.5.0/28]"))
    changes = changed(old, new, ON_AZURE)

    assert told(changes) == ["changed management-in-tcp-ssh-admin-ssh-cli-ipv4: ssh-admin"]
    assert spaces(changes) == ["+nsg management ingress IPv4 tcp 22: 10.9.5.0/28"]


def test_another_priority_is_told_apart():
    def edit(resources):
        rules = named(resources, "management")["inputs"]["securityRules"]
        rules[0]["priority"] = 101

    changes = changed(SSH, SSH, ON_AZURE, edit)

    assert told(changes) == ["renumbered management-in-tcp-22-10.9.0.0_28: ssh-admin"]
    assert parts(changes) == ["updated management: rules"]


def test_a_security_group_that_moves_to_another_vpc_is_replaced():
    def edit(resources):
        named(resources, "management")["inputs"]["vpcId"] = "vpc-0"

    assert parts(changed(SSH, SSH, edit=edit)) == ["replaced management: VPC"]


STACKED = (
    "  seg-firewall:interfaces: {management: {vpc: {stack: acme/network/prod, output: vpcId}}}\n"
)


def reference(**outputs):
    kind = "pulumi:pulumi:StackReference"
    return {
        "urn": urn("test", kind, name="acme/network/prod"),
        "custom": True,
        "id": "acme/network/prod",
        "type": kind,
        "inputs": {"name": "acme/network/prod"},
        "outputs": {"outputs": outputs},
    }


def test_an_output_of_another_stack_is_what_the_state_last_saw():
    def edit(resources):
        named(resources, "management")["inputs"]["vpcId"] = "vpc-9"
        resources.append(reference(vpcId="vpc-9"))

    wanted = stack("ssh-admin: {}", STACKED)

    assert not changed(wanted, wanted, edit=edit).any


def test_a_secret_id_is_not_compared_and_said():
    def edit(resources):
        named(resources, "management")["inputs"]["vpcId"] = SECRET

    changes = changed(SSH, SSH, edit=edit)

    assert not changes.any
    assert changes.uncompared == ("management.vpcId",)


def test_another_group_for_an_attachment_is_seen():
    attach = "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}}}\n"
    changes = changed(SSH, stack("ssh-admin: {}", attach))

    assert parts(changes) == ["added management-attach-eni-1: all"]
    assert parts(changed(stack("ssh-admin: {}", attach), SSH)) == [
        "removed management-attach-eni-1: all"
    ]


def test_nothing_deployed_is_all_added():
    plan = plan_of(SSH)
    for text in ('{"version": 3, "deployment": {}}', export([stack_resource("test")])):
        changes = compare(plan, read_state(text, "state.json"))
        assert told(changes) == ["added management-in-tcp-22-10.9.0.0_28: ssh-admin"]
        assert "added management: all" in parts(changes)


def test_resources_of_others_are_passed_over():
    def edit(resources):
        kind = "aws:ec2/securityGroup:SecurityGroup"
        resources.append(
            {
                "urn": urn("test", kind, name="theirs"),
                "custom": True,
                "id": "sg-9",
                "type": kind,
                "inputs": {},
                "parent": resources[0]["urn"],
            }
        )

    assert not changed(SSH, SSH, edit=edit).any


def test_a_firewall_inside_a_component_of_the_users_is_found():
    def edit(resources):
        for one in resources:
            one["urn"] = one["urn"].replace(f"::{FIREWALL}", f"::acme:mail:Gateway${FIREWALL}")
            if "parent" in one:
                one["parent"] = one["parent"].replace(
                    f"::{FIREWALL}", f"::acme:mail:Gateway${FIREWALL}"
                )

    assert not changed(SSH, SSH, edit=edit).any


def refused(text, old=SSH, below=None, edit=None):
    arguments = (old, text) if below is None else (old, text, below)
    with pytest.raises(ProblemsFound) as found:
        changed(*arguments, edit=edit)
    return str(found.value)


def other_stack(resources):
    for one in resources:
        one["urn"] = one["urn"].replace(":test::", ":prod::")


def test_the_state_of_another_stack_is_refused():
    assert refused(SSH, edit=other_stack) == (
        'state.json: this is the state of stack "prod", not of "test"; write that one with pulumi '
        "stack export --stack test --file state.json."
    )


def test_the_state_of_the_other_cloud_is_refused():
    state = read_state(export(resources_of(plan_of(SSH, ON_AZURE))), "state.json")
    with pytest.raises(ProblemsFound) as found:
        compare(plan_of(SSH), state)

    assert str(found.value) == (
        'state.json: a firewall on "azure" is deployed, and stack "test" is on "aws"; a stack '
        "stays on its cloud."
    )


def test_the_other_cloud_is_seen_without_a_record_too():
    resources = resources_of(plan_of(SSH, ON_AZURE))
    del resources[1]["inputs"]
    with pytest.raises(ProblemsFound) as found:
        compare(plan_of(SSH), read_state(export(resources), "state.json"))

    assert 'a firewall on "azure" is deployed' in str(found.value)


def test_the_state_of_a_program_without_our_component_is_refused():
    def edit(resources):
        del resources[1:]
        kind = "aws:s3/bucket:Bucket"
        resources.append(
            {"urn": urn("test", kind, name="b"), "custom": True, "id": "b", "type": kind}
        )

    assert refused(SSH, edit=edit) == (
        "state.json: no component seg-firewall:index:SecureEmailGatewayFirewall among 2 "
        "resources; the state of a program that makes one is needed (one that never made one is "
        'compared as {"version": 3, "deployment": {}}).'
    )


def test_two_firewalls_in_a_state_are_refused():
    def edit(resources):
        second = {**resources[1], "urn": resources[1]["urn"].removesuffix("seg") + "other"}
        resources.append(second)

    assert "state.json: 2 components seg-firewall:index:" in refused(SSH, edit=edit)


def test_a_second_firewalls_children_are_not_ours():
    """Removed above; here only its name differs, and its children go with it."""

    def edit(resources):
        for one in resources:
            one["urn"] = one["urn"].removesuffix("::seg") + "::gate" * one["urn"].endswith("::seg")
            if one.get("parent", "").endswith("::seg"):
                one["parent"] = one["parent"].removesuffix("::seg") + "::gate"

    assert not changed(SSH, SSH, edit=edit).any


BAD_INPUTS = {
    "no far end": ({"cidrIpv4": None}, "one of cidrIpv4, cidrIpv6"),
    "two far ends": ({"cidrIpv6": "::/0"}, "one of cidrIpv4, cidrIpv6"),
    "host bits": ({"cidrIpv4": "10.9.0.1/28"}, "has host bits set"),
    "a secret far end": ({"cidrIpv4": SECRET}, "cidrIpv4 is [secret], not text"),
    "ports that are text": ({"fromPort": "22"}, "fromPort is not a whole number"),
    "ports the wrong way round": ({"fromPort": 23}, "ports 23-22 are no range"),
    "an unknown protocol": ({"ipProtocol": "tcq"}, "ipProtocol 'tcq' is no protocol"),
    "a protocol in capitals": ({"ipProtocol": "TCP"}, "ipProtocol 'TCP' is no protocol"),
    "a protocol without end": ({"ipProtocol": "9" * 5000}, "9' is no protocol"),
    "no group": ({"securityGroupId": None}, "securityGroupId is not there"),
}


@pytest.mark.parametrize(("inputs", "said"), BAD_INPUTS.values(), ids=BAD_INPUTS)
def test_a_rule_that_cannot_be_read_is_a_problem(inputs, said):
    def edit(resources):
        held = named(resources, "management-in-tcp-22-10.9.0.0_28")["inputs"]
        for key, value in inputs.items():
            held.pop(key, None)
            if value is not None:
                held[key] = value

    text = refused(SSH, edit=edit)

    assert text.startswith(
        "state.json: the state has a resource that cannot be read: "
        '"management-in-tcp-22-10.9.0.0_28": '
    )
    assert said in text


BAD_PARTS = {
    "an attachment without a group": (
        "management-attach-eni-1",
        {"securityGroupId": None},
        "securityGroupId is not there",
    ),
    "an attachment of a list": (
        "management-attach-eni-1",
        {"networkInterfaceId": ["eni-1"]},
        "networkInterfaceId is ['eni-1'], not text",
    ),
    "tags that are text": ("management", {"tags": "a"}, "tags is 'a', not a mapping"),
    "subnets that are text": ("management-acl", {"subnetIds": "a"}, "subnetIds is 'a', not a list"),
    "a list of another family": (
        "talos-ipv4",
        {"addressFamily": "IPv5"},
        "addressFamily is neither IPv4 nor IPv6",
    ),
}
PARTS = (
    "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}, "
    "networkAcl: {subnetIds: [subnet-1]}}}\n"
)


@pytest.mark.parametrize(("name", "inputs", "said"), BAD_PARTS.values(), ids=BAD_PARTS)
def test_a_resource_that_cannot_be_read_is_named(name, inputs, said):
    wanted = stack("ssh-admin: {}, talos: {prefixList: true}", PARTS)

    def edit(resources):
        held = named(resources, name)["inputs"]
        held.update(inputs)
        for key in [key for key, value in inputs.items() if value is None]:
            del held[key]

    assert refused(wanted, wanted, edit=edit) == (
        f'state.json: the state has a resource that cannot be read: "{name}": {said}.'
    )


def test_a_subnet_list_that_is_secret_is_not_compared():
    wanted = stack("ssh-admin: {}", PARTS)

    def edit(resources):
        named(resources, "management-acl")["inputs"]["subnetIds"] = SECRET

    changes = changed(wanted, wanted, edit=edit)

    assert (changes.any, changes.uncompared) == (False, ("management-acl.subnetIds",))
    assert judge(changes).problems == ()


def test_rules_without_their_group_are_a_problem():
    def edit(resources):
        resources.remove(named(resources, "management"))
        resources.remove(named(resources, "management-exclusive"))

    assert refused(SSH, edit=edit) == (
        "state.json: the state has a resource that cannot be read: "
        '"management-in-tcp-22-10.9.0.0_28": its group is not in the state.'
    )


@pytest.mark.parametrize(
    "rules",
    [
        "none",
        [{"name": "a", "direction": ["Inbound"], "priority": 100}],
        [{"name": "a", "direction": "Sideways", "priority": 100}],
        ["text"],
        None,
    ],
)
def test_an_nsg_that_cannot_be_read_is_a_problem(rules):
    def edit(resources):
        named(resources, "management")["inputs"]["securityRules"] = rules

    assert "cannot be read" in refused(SSH, below=ON_AZURE, edit=edit)


ELSEWHERE = "{stack: acme/network/prod, output: adminGroup}"


@pytest.mark.parametrize("kind", ["securityGroup", "prefixList"])
def test_a_reference_to_another_stack_is_named_and_weighed_by_what_was_recorded(kind):
    """The network is gone from the plan; the state saw the output's value."""
    id_ = "sg-7" if kind == "securityGroup" else "pl-7"
    reference_ = ELSEWHERE
    if kind == "prefixList":
        reference_ = f"{{id: {ELSEWHERE}, weight: 7, family: ipv4}}"
    held = networks(theirs=f"{{prefixes: [10.9.0.0/28], aws: {{{kind}: {reference_}}}}}")
    spelled = "acme/network/prod:adminGroup"

    def edit(resources):
        for one in resources:
            for field, value in one.get("inputs", {}).items():
                if value == spelled:
                    one["inputs"][field] = id_
        resources.append(reference(adminGroup=id_))

    old = stack("syslog: {to: [theirs]}", held)
    here = changed(old, old, edit=edit)
    gone = changed(old, stack("dns: false"), edit=edit)

    assert not here.any
    assert {gone.peers(one.line, old=True) for one in gone.lines} == {(f"theirs ({id_})",)}
    assert [known.weights.get(4) for key, known in gone.deployed_ids.items() if key == id_] == [
        7 if kind == "prefixList" else 1
    ]


def test_an_output_that_the_state_has_not_seen_is_a_change():
    changes = changed(SSH, stack("ssh-admin: {}", STACKED))

    assert parts(changes) == ["replaced management: VPC"]


def test_a_renamed_interface_renames_the_rules_of_its_nsg_and_changes_none():
    def rename(resources):
        for one in resources:
            for field in ("urn", "parent"):
                if one.get(field, "").endswith("::management"):
                    one[field] = one[field].removesuffix("management") + "mgmt"
            for rule in one.get("inputs", {}).get("securityRules", ()):
                rule["name"] = rule["name"].replace("management-", "mgmt-")
        record = resources[1]["inputs"]["rules"]
        for name in list(record):
            record[name.replace("nsg/management-", "nsg/mgmt-")] = record.pop(name)

    renamed = "  seg-firewall:interfaces: {management: {renamedFrom: [mgmt]}}\n"
    changes = changed(SSH, stack("ssh-admin: {}", renamed), ON_AZURE, rename)

    assert {one.split()[0] for one in told(changes)} == {"described"}
    assert told(changes)[0] == "described management-in-tcp-22-10.9.0.0_28: ssh-admin"
    assert parts(changes) == ["updated management: rules"]
    assert spaces(changes) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("destinationPortRanges", "22"), ("sourceAddressPrefixes", "10.9.0.0/28")],
)
def test_lists_of_an_nsg_that_are_none_are_a_problem(field, value):
    def edit(resources):
        rule = named(resources, "management")["inputs"]["securityRules"][0]
        for gone in ("destinationPortRange", "sourceAddressPrefix"):
            if field.startswith(gone):
                del rule[gone]
        rule[field] = value

    assert f"{field} is not a list" in refused(SSH, below=ON_AZURE, edit=edit)


ODD = {
    "every protocol": ({"ipProtocol": "-1"}, "any", "any"),
    "every ICMP": ({"ipProtocol": "icmp", "fromPort": -1, "toPort": -1}, "icmp", "any"),
    "one type": ({"ipProtocol": "1", "fromPort": 8, "toPort": -1}, "icmp", "8"),
    "a range": ({"ipProtocol": "17", "fromPort": 1024, "toPort": 65535}, "udp", "1024-65535"),
    "another protocol": ({"ipProtocol": "50"}, "50", "any"),
}


@pytest.mark.parametrize(("inputs", "protocol", "ports"), ODD.values(), ids=ODD)
def test_rules_that_we_would_not_make_are_read_too(inputs, protocol, ports):
    def edit(resources):
        held = named(resources, "management-in-tcp-22-10.9.0.0_28")["inputs"]
        del held["fromPort"], held["toPort"]
        held.update(inputs)

    line = changed(SSH, SSH, edit=edit).lines[0].old

    assert (line.protocol, line.ports) == (protocol, ports)


def test_inputs_of_others_may_be_anything():
    def edit(resources):
        kind = "acme:mail:Thing"
        resources.append(
            {
                "urn": urn("test", kind, name="thing"),
                "custom": True,
                "id": "thing",
                "type": kind,
                "inputs": {"count": 3, "deep": [{"none": None}, True], "secret": SECRET},
                "parent": resources[0]["urn"],
            }
        )

    assert not changed(SSH, SSH, edit=edit).any


def test_a_reference_whose_value_nobody_saw_has_no_name():
    held = networks(theirs=f"{{prefixes: [10.9.0.0/28], aws: {{securityGroup: {ELSEWHERE}}}}}")
    old = stack("syslog: {to: [theirs]}", held)
    gone = changed(old, stack("dns: false"))

    assert {gone.peers(one.line, old=True) for one in gone.lines} == {
        ("acme/network/prod:adminGroup",)
    }


def test_members_of_the_cluster_are_the_group_itself():
    attach = "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}}}\n"
    old = stack("cluster: {peer: self}", attach)
    changes = changed(old, stack("ssh-admin: {}", attach))
    gone = [one.line for one in changes.lines if one.new is None]

    assert {changes.peers(line, old=True) for line in gone} == {("security group management",)}
    assert not changed(old, old).any


def test_an_nsg_of_a_renamed_interface_without_rules_is_a_change_of_all():
    def rename(resources):
        for one in resources:
            for field in ("urn", "parent"):
                if one.get(field, "").endswith("::management"):
                    one[field] = one[field].removesuffix("management") + "mgmt"
        del named(resources, "mgmt")["inputs"]["securityRules"]

    renamed = "  seg-firewall:interfaces: {management: {renamedFrom: [mgmt]}}\n"
    changes = changed(SSH, stack("ssh-admin: {}", renamed), ON_AZURE, rename)

    assert {one.kind for one in changes.lines if one.line.interface == "management"} == {Kind.ADDED}


def test_subnets_have_no_order():
    two = ACL.replace("[subnet-1]", "[subnet-1, subnet-2]")

    def edit(resources):
        named(resources, "management-acl")["inputs"]["subnetIds"].reverse()

    assert not changed(stack("gui-https: {}", two), stack("gui-https: {}", two), edit=edit).any
