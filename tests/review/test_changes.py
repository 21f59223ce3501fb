"""A comparison as sections of plain words."""

from __future__ import annotations

import pytest

from segfw.changes.comparison import with_state
from segfw.changes.verdict import judge
from segfw.review.changes import headline, sections, verdict_line
from segfw.review.changes_document import stack_document
from segfw.review.changes_where import applies
from segfw.review.changes_words import Words
from tests.changes.comparing import changed, networks, stack
from tests.changes.test_verdict import GROUP, hosts, interface, peers, two_interfaces
from tests.review.planning import CATALOG
from tests.settings.reading import ON_AZURE
from tests.states import named, urn

SSH = stack("ssh-admin: {}")
ACL = interface("networkAcl: {subnetIds: [subnet-1]}")
ATTACH = interface("securityGroup: {attach: [eni-1]}")


def whole(changes):
    """The comparison that a command makes of it."""
    return with_state(changes.plan, changes.state, CATALOG)


def section(changes, title):
    """The section of that title, or None."""
    found = [one for one in sections(whole(changes), CATALOG) if one.title == title]
    return found[0] if found else None


def rows(changes):
    held = section(changes, "Rules")
    return [] if held is None or held.table is None else list(held.table.rows)


def head(changes):
    return verdict_line(changes, judge(changes))


def test_the_verdict_counts_every_kind():
    old = peers("ssh-admin: {from: [a]}, gui-https: {from: [a]}", hosts(0, 2))
    new = peers("ssh-admin: {from: [a]}, gui-https: {from: [a]}", hosts(0, 3))

    assert head(changed(old, new)) == (
        "2 rules added, 4 kept; fits in one update, room 54 of 60 left"
    )
    assert head(changed(old, old)) == "no difference: 4 rules, all as deployed"


EMPTY = "config:\n{}  seg-firewall:features: {{pmtu: false}}\n"


def test_a_stack_without_rules_has_none():
    empty = EMPTY.format("")

    assert head(changed(empty, empty)) == "no difference: 0 rules, all as deployed"


def test_a_change_without_rules_is_a_change():
    tagged = "  seg-firewall:tags: {owner: mail}\n"

    assert head(changed(EMPTY.format(""), EMPTY.format(tagged))) == "no rules; fits in one update"


def test_azure_has_no_room_to_speak_of():
    changes = changed(SSH, stack("ssh-admin: {}, gui-https: {}"), ON_AZURE)

    assert head(changes) == "1 rule added, 7 kept; fits in one update"


def test_a_changed_rule_shows_both_far_ends():
    old, new = (
        stack("ssh-admin: {from: [a]}", networks(a=GROUP.replace("sg-1", f"sg-{n}"))) for n in "12"
    )

    assert rows(changed(old, new)) == [
        (
            "changed",
            "security group management",
            "in",
            "tcp",
            "22",
            "a (sg-2); was a (sg-1)",
            "ssh-admin (row 2)",
        )
    ]


def test_a_moved_rule_shows_where_from_and_where_to():
    two = interface("securityGroup: {groups: 2, attach: [eni-1]}")
    changes = changed(
        peers("ssh-admin: {from: [a]}", hosts(0, 20), more=ATTACH),
        peers("ssh-admin: {from: [a]}", hosts(0, 20), more=two),
    )

    assert {row[:2] for row in rows(changes)} == {("moved", "management to management-2")}
    assert section(changes, "Opened").lines == ("Nothing.",)


def test_a_rule_that_nobody_explains_says_so():
    def forget(resources):
        del resources[1]["inputs"]

    changes = changed(stack("ssh-admin: {}, gui-https: {}"), SSH, edit=forget)

    assert rows(changes) == [
        ("removed", "security group management", "in", "tcp", "443", "10.9.0.0/28", "not known")
    ]


def test_rows_that_this_release_does_not_know_are_named_by_their_id():
    def edit(resources):
        held = resources[1]["inputs"]["rules"]["security-group/management-in-tcp-443-10.9.0.0_28"]
        held["rows"] = ["of-old"]

    changes = changed(stack("ssh-admin: {}, gui-https: {}"), SSH, edit=edit)

    assert rows(changes)[0][-1] == "gui-https (of-old)"


def test_icmp_has_type_and_code():
    changes = changed(SSH, stack("ssh-admin: {}, icmp-echo: {from: [admins]}"))

    assert rows(changes)[0][:6] == (
        "added",
        "security group management",
        "in",
        "icmp",
        "type 8 code 0",
        "10.9.0.0/28 (admins)",
    )


def test_an_nsg_admits_all_of_icmp():
    changes = changed(SSH, stack("ssh-admin: {}, icmp-echo: {from: [admins]}"), ON_AZURE)

    assert rows(changes)[0][3:5] == ("icmp", "any")


def test_entries_with_another_number_alone_are_named_and_have_no_row():
    def edit(resources):
        for entry in named(resources, "management-acl")["inputs"]["egress"]:
            entry["ruleNo"] += 1

    changes = changed(stack("ssh-admin: {}", ACL), stack("ssh-admin: {}", ACL), edit=edit)

    assert section(changes, "Rules") is None
    assert section(changes, "The same meaning in another form").lines == (
        "network ACL management, out: 1 rule, another number: "
        "management-out-tcp-1024-65535-10.9.0.0_28",
    )
    assert section(changes, "Resources").lines == (
        "A replaced network ACL takes over its subnets as a whole before the old one is deleted.",
    )


SSH_FROM = "management-in-tcp-22-10.9.5.0"


def test_a_rule_that_a_wider_one_covers_is_in_no_other_form():
    narrow, wide = (peers("ssh-admin: {from: [a]}", f"[10.9.5.0/{n}]") for n in (26, 25))
    grows, shrinks = changed(narrow, wide), changed(wide, narrow)

    assert section(grows, "The same meaning in another form") is None
    assert "another form" not in headline(whole(grows))
    assert section(grows, "Covered by other rules").lines == (
        f"security group management, in: {SSH_FROM}_26 goes; its packets are let through by "
        f"{SSH_FROM}_25",
    )
    assert section(shrinks, "Covered by other rules").lines == (
        f"security group management, in: {SSH_FROM}_26 comes; its packets were already let "
        f"through by {SSH_FROM}_25",
    )


def test_more_than_six_described_rules_are_counted():
    def edit(resources):
        for one in resources:
            if "description" in one.get("inputs", {}) and "cidrIpv4" in one["inputs"]:
                one["inputs"]["description"] = "of old"

    eight = peers("ssh-admin: {from: [a]}", hosts(0, 8))
    names = ", ".join(f"management-in-tcp-22-10.9.5.{n}_32" for n in range(0, 12, 2))

    assert section(changed(eight, eight, edit=edit), "The same meaning in another form").lines == (
        f"security group management, in: 8 rules, another description or name: {names} and 2 more",
    )


def test_a_network_acl_that_comes_closes_what_it_does_not_let_through():
    changes = changed(SSH, stack("ssh-admin: {}", ACL))

    assert section(changes, "Opened").lines == ("Nothing.",)
    assert section(changes, "Closed").lines == (
        "network ACL management is new: everything that its rules do not let through.",
    )


def test_a_network_acl_that_goes_filters_no_more():
    changes = changed(stack("ssh-admin: {}", ACL), SSH)

    assert section(changes, "Opened").lines == (
        "network ACL management goes: what was behind it is no longer filtered here.",
    )
    assert section(changes, "Closed").lines == ("Nothing.",)
    points = stack_document(whole(changes), CATALOG)["points"]
    assert [(p["point"], p["planned"], p["attached"]) for p in points[:2]] == [
        ("security-group", True, "not seen: nothing in this state attaches it."),
        ("network-acl", False, None),
    ]


ELSEWHERE = {
    "group": (
        interface("securityGroup: {attach: [eni-1, eni-2]}"),
        interface("securityGroup: {attach: [eni-2, eni-3, eni-4]}"),
        "security group management leaves eni-1, comes to eni-3 and 1 more; opens nothing; "
        "closes nothing; fits in one update",
    ),
    "network ACL": (
        ACL,
        interface("networkAcl: {subnetIds: [subnet-1, subnet-2]}"),
        "network ACL management comes to subnet-2; opens nothing; closes nothing; fits in one "
        "update",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_first_line_says_where_a_group_or_acl_leaves_and_comes(old, new, said):
    changes = changed(stack("ssh-admin: {}", old), stack("ssh-admin: {}", new))

    assert headline(whole(changes)) == said


def test_where_a_network_acl_comes_to_is_no_place_that_it_has():
    changes = changed(
        stack("ssh-admin: {}", ACL),
        stack("ssh-admin: {}", interface("networkAcl: {subnetIds: [subnet-1, subnet-2]}")),
    )

    assert list(applies(changes, stated=True))[1] == (
        "network ACL management: this update attaches it to subnet-1, subnet-2; now on subnet-1."
    )


APPLIES = {
    "by us": (ATTACH, ATTACH, "attached by us to eni-1."),
    "newly by us": ("", ATTACH, "this update attaches it to eni-1."),
    "moved": (
        ATTACH,
        ATTACH.replace("eni-1", "eni-2"),
        "this update attaches it to eni-2; now on eni-1.",
    ),
    "no longer": (ATTACH, "", "this update takes it off eni-1, and attaches it nowhere."),
    "not seen": ("", "", "not seen: nothing in this state attaches it."),
}


@pytest.mark.parametrize(("old", "new", "said"), APPLIES.values(), ids=APPLIES)
def test_where_a_group_applies_is_what_the_state_knows(old, new, said):
    changes = changed(stack("ssh-admin: {}", old), stack("ssh-admin: {}", new))

    assert next(iter(applies(changes, stated=True))) == f"security group management: {said}"


def test_where_a_network_acl_applies_is_its_subnets():
    both = stack("ssh-admin: {}", ACL)

    assert list(applies(changed(both, both), stated=True))[1] == (
        "network ACL management: attached by us to subnet-1."
    )
    assert list(applies(changed(SSH, both), stated=True))[1] == (
        "network ACL management: this update attaches it to subnet-1."
    )


def test_an_nsg_on_a_subnet_of_the_same_state_is_attached_elsewhere():
    def edit(resources):
        kind = "azure-native:network:Subnet"
        resources.append(
            {
                "urn": urn("test", kind, name="gateways"),
                "custom": True,
                "id": "subnet",
                "type": kind,
                "inputs": {"networkSecurityGroup": {"id": named(resources, "management")["id"]}},
                "parent": resources[0]["urn"],
            }
        )

    assert next(iter(applies(changed(SSH, SSH, ON_AZURE, edit), stated=True))) == (
        "NSG management: attached elsewhere, in this state by gateways."
    )


def test_far_ends_of_a_step_are_listed_by_what_comes_and_what_goes():
    """31 and 29 make 60: two of the 31 exchanges wait for the second update."""
    changes = changed(
        peers("ssh-admin: {from: [a]}", hosts(0, 31)), peers("ssh-admin: {from: [a]}", hosts(1, 31))
    )
    first, second = section(changes, "In 2 updates").items
    old = sorted(f"10.9.5.{n}/32" for n in range(0, 62, 2))[:29]
    new = sorted(f"10.9.5.{n}/32" for n in range(1, 62, 2))[:29]

    assert first.text == (
        "1. Change these far ends only, in the lists of addresses: 29 added, 29 removed, room 0 left."
    )
    assert first.notes[0] == f"put {', '.join(new)} in the place of {', '.join(old)}"
    assert [note.partition(":")[0] for note in first.notes[1:]] == [
        "add for ssh-admin",
        "remove for ssh-admin",
    ]
    assert second.text == "2. Take the rest: 2 added, 2 removed, room 27 left."


def test_steps_of_rules_that_nobody_explains_list_them_too():
    def forget(resources):
        del resources[1]["inputs"]

    features = "ssh-admin: {from: [a]}, gui-https: {from: [a]}"
    changes = changed(peers(features, hosts(0, 20)), peers(features, hosts(1, 20)), edit=forget)
    items = section(changes, "In 3 updates") or section(changes, "In 2 updates")

    assert any("an unknown feature" in note for item in items.items for note in item.notes)


def test_a_guard_is_explained_as_in_the_plan():
    changes = changed(stack("receive-mail: {}"), stack("receive-mail: {}"))
    words = Words(changes, CATALOG)

    assert {words.reason(change) for change in changes.lines} == {"receive-mail (row 6)"}


def test_an_interface_that_goes_closes_its_rules():
    changes = changed(two_interfaces("data"), two_interfaces("main"), below="")

    assert [one.notes[1] for one in section(changes, "Closed").items] == [
        "security group, in: tcp 22: 10.9.0.0/28"
    ]
    assert [one.text for one in section(changes, "Opened").items] == [
        "management, newly reachable: tcp 22 on main from admins (16 addresses)"
    ]


def test_where_only_tags_change_there_is_no_table_of_rules():
    changes = changed(SSH, stack("ssh-admin: {}", "  seg-firewall:tags: {owner: mail}\n"))

    assert section(changes, "Rules") is None
    assert [row[:2] for row in section(changes, "Resources").table.rows] == [
        ("updated", "security group")
    ] * 3
