"""`segfw diff`: what an update would change, in three forms, and its exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import segfw.cli.diff
from segfw.catalog import load_catalog
from segfw.cli.main import main
from segfw.cli.reference.diff_schema import schema
from segfw.clouds.aws_security_group import lower
from segfw.plan import make_plan
from segfw.settings import read_settings, read_tree
from tests.cli.calling import SMALL, TODAY
from tests.cli.test_plan import off_by_one
from tests.docs.test_reference import closed
from tests.states import export, exported, named, resources_of

BOTH = SMALL.replace("ssh-admin: {}", "ssh-admin: {}, gui-https: {}")
MANY = "[" + ", ".join(f"10.9.5.{n}/32" for n in range(0, 80, 2)) + "]"
OTHERS = "[" + ", ".join(f"10.9.5.{n}/32" for n in range(1, 81, 2)) + "]"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(segfw.cli.diff, "today", lambda: TODAY)


def plan_of(folder, text):
    """The plan of a stack ``small`` with that text."""
    folder.stack("small", text)
    tree = read_tree(folder.config, "small")
    settings = read_settings(tree, load_catalog(), stack="small", today=TODAY)
    return make_plan(settings, load_catalog())


def with_state(folder, deployed, wanted=SMALL, **more):
    """A folder with the state of *deployed* and the stack file *wanted*."""
    Path("state.json").write_text(exported(plan_of(folder, deployed), **more), "utf-8")
    return folder.stack("small", wanted)


DIFF = ("diff", "small", "--state", "state.json")

TEXT = """\
small: opens nothing; closes tcp 443 on data from admins (16 addresses); fits in one update
  1 rule removed, 1 kept; fits in one update, room 58 of 60 left
  Deployed: project seg-firewall, region eu-central-1, account 111122223333.

Opened
  Nothing.

Closed
  tcp 443 on data from admins (16 addresses)
      gui-https (row 21)
      security group, in: tcp 443: 10.9.0.0/28

Rules
  Change   Where                Direction  Protocol  Ports  Peer                  Why
  removed  security group data  in         tcp       443    10.9.0.0/28 (admins)  gui-https (row 21)

Room in security groups during the update
  Group  Direction  Family  Now  After  Side by side  Quota  Room
  data   ingress    IPv4    2    1      2             60     58

Where the rules apply
  security group data: not seen: nothing in this state attaches it.
"""
MARKDOWN = """\
**small: opens tcp 443 on data from admins (16 addresses); closes nothing; fits in one update**

Deployed: project seg-firewall, region eu-central-1, account 111122223333.

1 rule added, 1 kept; fits in one update, room 58 of 60 left

<details><summary>Opened (1)</summary>

- management, newly reachable: tcp 443 on data from admins (16 addresses)
  - gui-https (row 21)
  - security group, in: tcp 443: 10.9.0.0/28
  - config/Pulumi.small.yaml:13 features.gui-https
  - config/Pulumi.small.yaml:12 networks.admins

</details>

**Closed**: Nothing.

<details><summary>Rules (1)</summary>

| Change | Where | Direction | Protocol | Ports | Peer | Why |
| --- | --- | --- | --- | --- | --- | --- |
| added | security group data | in | tcp | 443 | 10.9.0.0/28 (admins) | gui-https (row 21) |

</details>

<details><summary>Room in security groups during the update (1)</summary>

| Group | Direction | Family | Now | After | Side by side | Quota | Room |
| --- | --- | --- | --- | --- | --- | --- | --- |
| data | ingress | IPv4 | 1 | 2 | 2 | 60 | 58 |

</details>

**Where the rules apply**: security group data: not seen: nothing in this state attaches it.
"""


def test_the_verdict_comes_first_then_packets_then_tables(folder):
    assert with_state(folder, BOTH).output(*DIFF) == TEXT


def test_markdown_suits_a_pull_request(folder):
    assert with_state(folder, SMALL, BOTH).output(*DIFF, "--format", "markdown") == MARKDOWN


def test_no_difference_is_one_line_and_where_the_rules_apply(folder):
    assert with_state(folder, SMALL).output(*DIFF, "--exit-code") == (
        "small: no difference: 1 rule, all as deployed\n"
        "  Deployed: project seg-firewall, region eu-central-1, account 111122223333.\n\n"
        "Where the rules apply\n"
        "  security group data: not seen: nothing in this state attaches it.\n"
    )


def test_a_difference_has_an_exit_status_only_on_request(folder):
    with_state(folder, BOTH)

    assert folder.call(*DIFF).exit_code == 0
    assert folder.call(*DIFF, "--exit-code").exit_code == 4


def test_rules_of_others_are_differences(folder):
    resources = resources_of(plan_of(folder, SMALL))
    named(resources, "data")["inputs"]["ingress"] = [{"protocol": "-1", "self": True}]
    Path("state.json").write_text(export(resources), "utf-8")

    assert "1 rule kept, 1 not of the plan" in folder.output(*DIFF)
    assert folder.json(*DIFF)["changes"] is True
    assert folder.call(*DIFF, "--exit-code").exit_code == 4


def test_the_project_of_a_users_own_program_is_said(folder):
    text = exported(plan_of(folder, SMALL)).replace("::seg-firewall::", "::mail::")
    Path("state.json").write_text(text, "utf-8")

    assert "  Deployed: project mail, region eu-central-1," in folder.output(*DIFF)


def test_nothing_deployed_is_said(folder):
    Path("state.json").write_text('{"version": 3, "deployment": {}}', "utf-8")

    assert folder.stack("small").output(*DIFF).splitlines()[2] == "  Nothing is deployed."


MOVED = {
    "another region": SMALL.replace("eu-central-1", "us-east-1"),
    "another account": SMALL.replace(
        "config:\n", 'config:\n  aws:allowedAccountIds: ["999922223333"]\n'
    ),
}


@pytest.mark.parametrize("wanted", MOVED.values(), ids=MOVED)
def test_a_firewall_does_not_move(folder, wanted):
    result = with_state(folder, SMALL, wanted).call(*DIFF)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "no update moves it without loss" in result.stderr


def test_the_account_that_is_named_is_the_one_that_is_deployed(folder):
    named_too = SMALL.replace("config:\n", 'config:\n  aws:allowedAccountIds: ["111122223333"]\n')

    assert "no difference" in with_state(folder, SMALL, named_too).output(*DIFF)


def test_the_state_may_come_from_standard_input(folder):
    text = exported(plan_of(folder, BOTH))
    folder.stack("small", SMALL)
    result = CliRunner().invoke(main, ["diff", "small", "--state", "-"], input=text)

    assert (result.exit_code, result.stdout) == (0, TEXT)


def wide(peers):
    return SMALL.replace("admins: [10.9.0.0/28]", f"admins: {peers}")


REFUSED = (
    'config/Pulumi.small.yaml:6: interfaces.data: security group "data": ingress IPv4 has 40 now '
    "and 40 after the change, 80 side by side during the update, 20 over the quota of 60; the "
    "engine creates before it deletes. Take a part of the rules first and the rest after (2 "
    "updates); or have the quota raised to 80 and say so under quotas.securityGroup.rules.\n"
    "1 problem.\n"
)


def test_a_change_that_does_not_fit_is_refused_with_the_steps_that_do(folder):
    result = with_state(folder, wide(MANY), wide(OTHERS)).call(*DIFF)
    lines = result.stdout.splitlines()

    assert (result.exit_code, result.stderr) == (1, REFUSED)
    assert lines[:2] == [
        "small: opens tcp 22 on data from admins (40 addresses); closes tcp 22 on data from admins "
        "(40 addresses); cannot be made in one update",
        "  40 rules added, 40 removed; cannot be made in one update",
    ]
    assert "In 2 updates" in lines
    assert (
        "  1. Change these far ends only, in the lists of addresses: 20 added, 20 removed, room 0 left."
    ) in lines
    assert "  2. Take the rest: 20 added, 20 removed, room 0 left." in lines
    assert any(
        line.startswith("      add for ssh-admin: data in tcp 22 from 10.9.5.1/32, 10.9.5.3/32")
        for line in lines
    )


def test_a_refused_change_in_json_says_its_problems_there(folder):
    result = with_state(folder, wide(MANY), wide(OTHERS)).call(*DIFF, "--format", "json")
    (document,) = json.loads(result.stdout)["stacks"]

    assert (result.exit_code, result.stderr) == (1, "")
    assert (document["oneUpdate"], document["ways"]["quota"]) == (False, 80)
    assert [len(step["adds"]) for step in document["ways"]["steps"]] == [20, 20]
    assert document["problems"][0]["path"] == "interfaces.data"


def test_json_is_what_its_schema_says(folder):
    checked = Draft202012Validator(closed(schema()))
    for deployed, wanted in (
        (SMALL, SMALL),
        (SMALL, BOTH),
        (BOTH, SMALL),
        (wide(MANY), wide(OTHERS)),
        (SMALL, SMALL.replace("data:", "main:")),
    ):
        document = json.loads(
            with_state(folder, deployed, wanted).call(*DIFF, "--format", "json").stdout
        )
        assert [f"{e.json_path}: {e.message}" for e in checked.iter_errors(document)] == []
        assert list(document) == list(schema()["properties"])


def test_json_has_both_sides_of_a_rule(folder):
    (stack,) = with_state(folder, BOTH).json(*DIFF)["stacks"]
    (rule,) = stack["rules"]

    assert rule == {
        "change": "removed",
        "point": "security-group",
        "interface": "data",
        "name": "data-in-tcp-443-10.9.0.0_28",
        "direction": "ingress",
        "action": "allow",
        "protocol": "tcp",
        "ports": "443",
        "peer": "10.9.0.0/28 (admins)",
        "why": "gui-https (row 21)",
        "features": ["gui-https"],
        "rows": ["gui-https"],
        "old": {
            "name": "data-in-tcp-443-10.9.0.0_28",
            "holder": "data",
            "number": 0,
            "peers": ["10.9.0.0/28"],
            "description": "gui-https (row 21): Web interface over HTTPS",
        },
        "new": None,
    }


def test_a_state_that_is_not_there_is_a_problem(folder):
    result = folder.stack("small").call("diff", "small", "--state", "none.json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "none.json: no such file or directory.\n1 problem.\n"


def test_a_compressed_state_is_a_problem(folder):
    Path("state.json").write_bytes(b"\x1f\x8b\x08\x00\xff\xff")
    result = folder.stack("small").call(*DIFF)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "state.json: this is no text, so no JSON; a compressed state is read after gunzip.\n"
        "1 problem.\n"
    )


def test_no_state_is_a_wrong_call(folder):
    result = folder.stack("small").call("diff", "small")

    assert result.exit_code == 2
    assert "name two stacks; or one with --state FILE or --rev REV." in result.stderr


def test_a_stack_file_with_problems_is_said_before_the_state_is_read(folder):
    result = folder.stack("small", SMALL.replace("ssh-admin", "ssh-admn")).call(*DIFF)

    assert result.exit_code == 1
    assert 'did you mean "ssh-admin"?' in result.stderr


def test_a_proof_that_fails_is_exit_status_3(folder, monkeypatch):
    with_state(folder, SMALL)
    monkeypatch.setattr(lower, "_ports", off_by_one)

    assert folder.call(*DIFF).exit_code == 3


def test_whoever_attaches_a_group_in_the_same_state_is_named(folder):
    resources = resources_of(plan_of(folder, SMALL))
    group = named(resources, "data")["id"]
    resources.append(
        {
            "urn": "urn:pulumi:small::seg-firewall::aws:ec2/instance:Instance::esa-1",
            "custom": True,
            "id": "i-1",
            "type": "aws:ec2/instance:Instance",
            "inputs": {"vpcSecurityGroupIds": [group]},
            "parent": resources[0]["urn"],
        }
    )
    Path("state.json").write_text(export(resources), "utf-8")

    assert folder.output(*DIFF).endswith(
        "  security group data: attached elsewhere, in this state by esa-1.\n"
    )


def test_secrets_are_never_printed(folder):
    resources = resources_of(plan_of(folder, SMALL))
    key = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    named(resources, "data")["inputs"]["vpcId"] = {**key, "plaintext": '"hunter2"'}
    Path("state.json").write_text(export(resources), "utf-8")
    for form in ("text", "markdown", "json"):
        text = folder.output(*DIFF, "--format", form)
        assert "hunter2" not in text
        assert "data.vpcId" in text


def test_renaming_in_the_state_is_shown_as_commands(folder):
    group = "{prefixes: [10.9.0.0/28], aws: {securityGroup: sg-1}}"
    old = SMALL.replace("admins: [10.9.0.0/28]", f"admins: {group}")
    new = old.replace("admins:", "people:").replace("ssh-admin: {}", "ssh-admin: {from: [people]}")
    result = with_state(folder, old, new).call(*DIFF)

    assert result.exit_code == 1
    assert (
        "          pulumi state rename 'urn:pulumi:small::seg-firewall::seg-firewall:index:"
        "SecureEmailGatewayFirewall$seg-firewall:index:GatewaySecurityGroup$aws:vpc/"
        "securityGroupIngressRule:SecurityGroupIngressRule::data-in-tcp-22-admins' "
        "'data-in-tcp-22-people' --yes\n"
    ) in result.stdout
