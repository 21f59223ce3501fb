"""What a cloud has is taken into a fresh stack by the file that `segfw adopt` writes."""

from __future__ import annotations

import copy
import json
import shlex
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.arm_store import Store
from segfw.adopt import adopt
from segfw.adopt.importing import import_file, import_of
from segfw.adopt.sections import commands_of
from segfw.catalog import load_catalog
from segfw.changes import compare
from segfw.cli.adopt import provider_versions
from segfw.live import read_files
from segfw.plan import make_plan
from segfw.settings import read_settings, tree_from_values
from segfw.state import read_state
from tests.changes.comparing import told
from tests.engine.test_aws import touched

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.adopt import Adoption
    from segfw.adopt.importing import Import
    from segfw.live import Live
    from segfw.plan import Plan
    from tests.engine.conftest import Clouds, Stack

pytestmark = pytest.mark.engine


def plan_of(stack: Stack) -> Plan:
    tree = tree_from_values(copy.deepcopy(stack.settings))
    settings = read_settings(tree, load_catalog(), stack=stack.name, today=date.today())
    return make_plan(settings, load_catalog())


def described(clouds: Clouds, vpc: str) -> Live:
    """What the `aws` command would answer, asked of the stand-in."""
    ec2, here = clouds.ec2, [{"Name": "vpc-id", "Values": [vpc]}]
    groups = ec2.describe_security_groups(Filters=here)
    ids = [group["GroupId"] for group in groups["SecurityGroups"]]
    answers = {
        "groups.json": groups,
        "rules.json": ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": ids}]
        ),
        "acls.json": ec2.describe_network_acls(Filters=here),
        "interfaces.json": ec2.describe_network_interfaces(Filters=here),
    }
    return read_files((name, json.dumps(said, default=str)) for name, said in answers.items())


def forget(stack: Stack) -> None:
    """The stack knows nothing any more, and the cloud has everything still."""
    stack.pulumi.run(stack.name, "stack", "rm", "--yes", "--force", "--preserve-config")
    stack.pulumi.init(stack.name)


def taken_in(stack: Stack, live: Live, tmp_path: Path) -> tuple[Adoption, Import]:
    """Write the import file, and run the import that the command tells to run."""
    found = adopt(plan_of(stack), live.inventory, (), "groups.json")
    taken = import_of(found, live.defaults, "seg")
    assert taken.lacking == ()
    file = tmp_path / "import.json"
    file.write_text(json.dumps(import_file(taken.entries, provider_versions())))
    (command,) = (c for c in commands_of(stack.name, str(file)) if c.startswith("pulumi import "))
    words = shlex.split(command)[1:]
    at = words.index("--stack")
    stack.pulumi.run(stack.name, *words[:at], *words[at + 2 :])
    return found, taken


def ends(ids: dict[str, str]) -> dict[str, list[str]]:
    """Ids by name; an attachment's is its two ends, made in one order and imported in the other."""
    return {name: sorted(id_.split("_")) for name, id_ in ids.items()}


def changes_of(stack: Stack) -> Any:
    exported = stack.pulumi.run(stack.name, "stack", "export").stdout
    return compare(plan_of(stack), read_state(exported, "state.json"))


def as_of_others(clouds: Clouds, stack: Stack, ids: dict[str, str]) -> None:
    """Groups and ACL as somebody made them by hand: without a tag that says whose they are."""
    ours = [ids["management"], ids["public"], ids["public-acl"]]
    clouds.ec2.delete_tags(Resources=ours)


def test_what_aws_has_is_imported_and_no_rule_changes(
    aws_stack: Stack, clouds: Clouds, tmp_path: Path
) -> None:
    aws_stack.up()
    ids = aws_stack.urns()
    vpc = aws_stack.settings["interfaces"]["public"]["vpc"]
    as_of_others(clouds, aws_stack, ids)
    live = described(clouds, vpc)
    forget(aws_stack)

    found, taken = taken_in(aws_stack, live, tmp_path)
    ours = [one for one in found.explanations if one.existing.match.name]
    assert {one.kind.value for one in ours} == {"same"}
    others = {one.existing.match.placed.held.id for one in found.explanations} - set(ids.values())
    assert others <= live.defaults, "the VPC's own group is on the interfaces too"
    assert (found.openings, taken.created, taken.revoked) == ((), (), ())
    assert ends(aws_stack.urns()) == ends(ids)

    preview = aws_stack.pulumi.preview(aws_stack.name)
    left = touched(preview)
    assert set(left) <= {"update"}, "nothing is made, replaced or deleted"
    assert left.get("update", set()) <= {"management", "public", "public-acl"}, "tags, no rules"
    changes = changes_of(aws_stack)
    assert told(changes) == []
    assert not any(any(one.opened.values()) or any(one.closed.values()) for one in changes.points)

    aws_stack.up()
    assert ends(aws_stack.urns()) == ends(ids)
    assert touched(aws_stack.up()) == {}


def test_a_rule_that_only_the_cloud_has_is_told_and_then_revoked(
    aws_stack: Stack, clouds: Clouds, tmp_path: Path
) -> None:
    aws_stack.up()
    ids = aws_stack.urns()
    clouds.ec2.authorize_security_group_ingress(
        GroupId=ids["management"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 3389,
                "ToPort": 3389,
                "IpRanges": [{"CidrIp": "10.77.0.0/16"}],
            }
        ],
    )
    clouds.ec2.revoke_security_group_ingress(
        GroupId=ids["management"], SecurityGroupRuleIds=[ids["management-in-tcp-22-10.40.0.0_24"]]
    )
    live = described(clouds, aws_stack.settings["interfaces"]["public"]["vpc"])
    forget(aws_stack)

    found, taken = taken_in(aws_stack, live, tmp_path)
    assert [one.existing.words for one in taken.revoked] == ["in tcp 3389 from 10.77.0.0/16"]
    assert taken.created == ("management-in-tcp-22-10.40.0.0_24",)
    assert [one.rule.name for one in found.openings] == list(taken.created)

    aws_stack.up()
    rules = clouds.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [ids["management"]]}]
    )["SecurityGroupRules"]
    ports = {(rule["FromPort"], rule.get("CidrIpv4")) for rule in rules if not rule["IsEgress"]}
    assert (3389, "10.77.0.0/16") not in ports
    assert (22, "10.40.0.0/24") in ports


def test_an_nsg_is_imported_and_no_rule_changes(
    azure_stack: Stack, clouds: Clouds, tmp_path: Path
) -> None:
    azure_stack.up()
    ids = azure_stack.urns()
    answer = Store(clouds.environment.arm_store).request("GET", ids["gate"])
    live = read_files([("nsg.json", json.dumps(answer.body))])
    forget(azure_stack)

    found, taken = taken_in(azure_stack, live, tmp_path)
    assert found.explained
    assert (found.openings, taken.created, taken.revoked) == ((), (), ())
    assert azure_stack.urns() == ids

    assert touched(azure_stack.pulumi.preview(azure_stack.name)) in ({}, {"update": {"gate"}})
    changes = changes_of(azure_stack)
    assert told(changes) == []
    assert not any(any(one.opened.values()) or any(one.closed.values()) for one in changes.points)
    azure_stack.up()
    assert azure_stack.urns() == ids
    assert touched(azure_stack.up()) == {}
