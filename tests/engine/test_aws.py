"""The life of an AWS stack on the real engine: what an update touches, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.engine.conftest import Clouds, Stack

pytestmark = pytest.mark.engine

OURS = ("pulumi:", "seg-firewall:")


def touched(result) -> dict[str, set[str]]:
    """Names of the cloud resources that an operation changed, by what was done to them."""
    found: dict[str, set[str]] = {}
    for step in result.report.changed:
        if not step.type.startswith(OURS):
            found.setdefault(step.op, set()).add(step.name)
    return found


def test_a_second_up_changes_nothing(aws_stack: Stack) -> None:
    first = aws_stack.up()
    assert first.report.named("create")

    assert touched(aws_stack.up()) == {}


def test_shuffled_input_changes_nothing(aws_stack: Stack) -> None:
    aws_stack.up()
    settings = aws_stack.settings
    settings["networks"] = dict(reversed(settings["networks"].items()))
    settings["networks"]["admins"] = settings["networks"]["admins"][::-1]
    settings["features"] = dict(reversed(settings["features"].items()))
    settings["interfaces"] = dict(reversed(settings["interfaces"].items()))
    settings["interfaces"]["management"]["routes"] = ["dns-servers", "admins"]

    assert touched(aws_stack.up()) == {}


def test_one_more_peer_adds_its_own_rules_and_touches_no_other(aws_stack: Stack) -> None:
    aws_stack.up()
    aws_stack.settings["networks"]["admins"].append("10.40.9.0/28")

    assert touched(aws_stack.up()) == {
        "create": {
            "management-in-tcp-22-10.40.9.0_28",
            "management-in-tcp-443-10.40.9.0_28",
        },
        "update": {"management-exclusive"},
    }


def test_a_peer_that_goes_takes_only_its_own_rules_along(aws_stack: Stack) -> None:
    aws_stack.up()
    aws_stack.settings["networks"]["admins"].remove("10.40.8.0/28")

    assert touched(aws_stack.up()) == {
        "delete": {
            "management-in-tcp-22-10.40.8.0_28",
            "management-in-tcp-443-10.40.8.0_28",
        },
        "update": {"management-exclusive"},
    }


def test_a_changed_acl_is_created_before_the_old_one_goes(aws_stack: Stack, clouds: Clouds) -> None:
    aws_stack.up()
    before = aws_stack.urns()["public-acl"]
    aws_stack.settings["features"]["submission"] = {}
    result = aws_stack.up()

    order = [s.op for s in result.report.steps if s.name == "public-acl" and s.changes]
    assert order.index("create-replacement") < order.index("delete-replaced")
    after = aws_stack.urns()["public-acl"]
    subnet = aws_stack.settings["interfaces"]["public"]["networkAcl"]["subnetIds"][0]
    acls = clouds.ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )["NetworkAcls"]
    assert [acl["NetworkAclId"] for acl in acls] == [after]
    assert before != after


def test_what_is_changed_behind_the_engines_back_is_repaired(
    aws_stack: Stack, clouds: Clouds
) -> None:
    aws_stack.up()
    ids = aws_stack.urns()
    group, rule = ids["management"], ids["management-in-tcp-22-10.40.0.0_24"]
    clouds.ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )
    clouds.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule])

    drift = aws_stack.pulumi.preview(aws_stack.name, "--expect-no-changes", check=False)
    assert drift.code != 0, "a check in CI sees the drift"
    aws_stack.up()
    rules = clouds.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [group]}]
    )["SecurityGroupRules"]
    ssh = {r["CidrIpv4"] for r in rules if r["FromPort"] == 22 and not r["IsEgress"]}
    assert ssh == {"10.40.0.0/24", "10.40.8.0/28"}
    assert touched(aws_stack.up()) == {}


def test_a_renamed_interface_replaces_nothing(aws_stack: Stack) -> None:
    aws_stack.up()
    ids = set(aws_stack.urns().values())
    interfaces = aws_stack.settings["interfaces"]
    interfaces["mgmt"] = interfaces.pop("management") | {"renamedFrom": ["management"]}
    result = aws_stack.up()

    assert set(touched(result)) <= {"update"}, "the Name tag, and nothing else"
    assert set(aws_stack.urns().values()) == ids
    assert "mgmt-in-tcp-22-10.40.0.0_24" in aws_stack.urns()


def test_more_groups_move_rules_and_the_first_group_stays(aws_stack: Stack) -> None:
    aws_stack.up()
    first = aws_stack.urns()["management"]
    aws_stack.settings["interfaces"]["management"]["securityGroup"]["groups"] = 2
    aws_stack.up()

    ids = aws_stack.urns()
    assert ids["management"] == first
    assert "management-2" in ids
    assert touched(aws_stack.up()) == {}


def test_destroy_leaves_nothing(aws_stack: Stack, clouds: Clouds) -> None:
    aws_stack.up()
    vpc = aws_stack.settings["interfaces"]["public"]["vpc"]
    aws_stack.pulumi.destroy(aws_stack.name)

    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    groups = clouds.ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
    acls = clouds.ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    assert [g["GroupName"] for g in groups] == ["default"]
    assert [a["IsDefault"] for a in acls] == [True]
    assert aws_stack.urns() == {}


def test_an_existing_group_and_rule_are_imported_and_then_unchanged(
    aws_stack: Stack, clouds: Clouds, tmp_path
) -> None:
    aws_stack.up()
    ids = aws_stack.urns()
    names = ["management", "management-in-tcp-22-10.40.0.0_24"]
    resources = {
        r["urn"].rsplit("::", 1)[-1]: r
        for r in aws_stack.pulumi.resources(aws_stack.name)
        if r.get("custom")
    }
    parent = resources["management"]["parent"]
    state_deleted = ["management-exclusive", *[n for n in ids if n.startswith("management-attach")]]
    for name in [
        *state_deleted,
        *reversed([n for n in resources if n.startswith(("management-in", "management-out"))]),
        "management",
    ]:
        aws_stack.pulumi.run(
            aws_stack.name, "state", "delete", resources[name]["urn"], "--yes", "--force"
        )
    listed = {
        "nameTable": {"parent": parent},
        "resources": [
            {
                "type": resources[name]["type"],
                "name": name,
                "id": ids[name],
                "parent": "parent",
                "version": "7.51.1",
            }
            for name in names
        ],
    }
    import json

    file = tmp_path / "import.json"
    file.write_text(json.dumps(listed))
    aws_stack.pulumi.run(
        aws_stack.name,
        "import",
        "--file",
        str(file),
        "--yes",
        "--skip-preview",
        "--generate-code=false",
        "--protect=false",
    )
    again = aws_stack.urns()
    assert {name: again[name] for name in names} == {name: ids[name] for name in names}
    planned = aws_stack.pulumi.preview(aws_stack.name)
    untouched = {s.name for s in planned.report.steps if s.op == "same"}
    assert names[1] in untouched
    group = [step for step in planned.report.steps if step.name == names[0] and step.changes]
    assert {step.op for step in group} <= {"update"}, "revokeRulesOnDelete is no part of an import"


def test_problems_stop_before_anything_is_made(aws_stack: Stack) -> None:
    aws_stack.settings["networks"]["admins"] = ["0.0.0.0/0"]
    aws_stack.settings["features"]["ldpa"] = {}
    result = aws_stack.up(check=False)

    assert result.code != 0
    assert "nothing was made" in result.text
    assert 'did you mean "ldap"' in result.text
    assert "Traceback" not in result.text
    assert not [s for s in result.report.steps if s.op == "create" and "aws:" in s.type]


def test_a_secret_among_the_settings_is_refused(aws_stack: Stack) -> None:
    aws_stack.up()
    pulumi = aws_stack.pulumi
    pulumi.run(aws_stack.name, "config", "set", "--secret", "seg-firewall:tags", '{"owner": "me"}')
    result = pulumi.up(aws_stack.name, check=False)

    assert result.code != 0
    assert "secret" in result.text
    assert "Traceback" not in result.text


def test_the_stacks_of_two_regions_stand_side_by_side(aws_stack: Stack) -> None:
    result = aws_stack.up()
    outputs = aws_stack.pulumi.outputs(aws_stack.name)

    assert result.code == 0
    assert set(outputs["securityGroupIds"]) == {"management", "public"}
    assert set(outputs["networkAclIds"]) == {"public"}
    assert outputs["nsgIds"] == {}
    assert "# Secure Email Gateway firewall" in outputs["readme"]
