"""`segfw plan`: every rule with its reason, in three forms."""

from __future__ import annotations

import json

import pytest

from segfw.clouds.aws_security_group import lower
from tests.cli.calling import BROKEN, SMALL, WARNED, WITH_ACL

DIGEST = "digest <digest>"

HEAD = """\
Plan of small
  aws eu-central-1, dev, AsyncOS 15.0, Cisco region europe, table ug-14-ja
  1 feature, 1 flow, 1 rule, 3 resources and their components, digest <digest>
  custom flows: none

Exposure (what the security groups admit)
  from the internet: nothing
  to any address: nothing
  Reach       Interface  Peer                   What
  management  data       admins (16 addresses)  tcp 22 (ssh-admin)

Security group "data" (management; internal)
  attached elsewhere: whoever owns the network interface adds the output securityGroupIds.data; until then it protects nothing.
  fit: each; 1 rule for flows
  quota: rules ingress IPv4: 1 of 60, room to change 59
"""
RULES = """\
  Direction  Protocol  Ports  Peer                  Why
  in         tcp       22     10.9.0.0/28 (admins)  ssh-admin (row 2)
"""
REST = """\

Widenings
  None: the rules allow exactly what the features need.

On the gateway itself (commands: segfw plan small --checklist)
  [ ] ip-access-list: Admit administrators by address

What the cloud still blocks
  Nothing that this stack needs.

Proof
  holds: 4 of 4 comparisons (enforcement point, direction, family); lifted back, the resources allow what the flows mean and the widenings above, and nothing else.
"""
MARKDOWN = """\
# Plan of small

- aws eu-central-1, dev, AsyncOS 15.0, Cisco region europe, table ug-14-ja
- 1 feature, 1 flow, 1 rule, 3 resources and their components, digest <digest>
- custom flows: none

## Exposure (what the security groups admit)

- from the internet: nothing
- to any address: nothing

| Reach | Interface | Peer | What |
| --- | --- | --- | --- |
| management | data | admins (16 addresses) | tcp 22 (ssh-admin) |

## Security group "data" (management; internal)

- attached elsewhere: whoever owns the network interface adds the output securityGroupIds.data; until then it protects nothing.
- fit: each; 1 rule for flows
- quota: rules ingress IPv4: 1 of 60, room to change 59

| Direction | Protocol | Ports | Peer | Why |
| --- | --- | --- | --- | --- |
| in | tcp | 22 | 10.9.0.0/28 (admins) | ssh-admin (row 2) |

## Widenings

- None: the rules allow exactly what the features need.

## On the gateway itself

- [ ] ip-access-list: Admit administrators by address

  The gateway should accept its web interface and command line from known addresses only. Give it the same prefixes as the rules have, those of Cisco Secure Email and Web Manager and of the cluster members included; whoever is not on the list is locked out as soon as it is committed.

  ```text
  adminaccessconfig
  ipaccess
  10.9.0.0/28
  commit
  ```

## What the cloud still blocks

- Nothing that this stack needs.

## Proof

- holds: 4 of 4 comparisons (enforcement point, direction, family); lifted back, the resources allow what the flows mean and the widenings above, and nothing else.
"""


def without_digest(text: str, folder) -> str:
    digest = folder.json("plan", "small")["digest"]
    assert len(digest) == 64
    return text.replace(digest[:12], "<digest>")


def test_a_plan_says_each_rule_with_its_feature_and_row(folder):
    text = folder.stack("small").output("plan", "small")

    assert without_digest(text, folder) == HEAD + RULES + REST


def test_a_summary_leaves_only_the_tables_out(folder):
    text = folder.stack("small").output("plan", "small", "--summary")

    assert without_digest(text, folder) == HEAD + REST


def test_markdown_has_headings_lists_and_tables(folder):
    text = folder.stack("small").output("plan", "small", "--format", "markdown")

    assert without_digest(text, folder) == MARKDOWN


CHECKLIST = """\
On the gateway itself, for small
  [ ] ip-access-list: Admit administrators by address
      The gateway should accept its web interface and command line from known addresses only. Give it the same prefixes as the rules have, those of Cisco Secure Email and Web Manager and of the cluster members included; whoever is not on the list is locked out as soon as it is committed.
          adminaccessconfig
          ipaccess
          10.9.0.0/28
          commit
"""


def test_the_checklist_alone_has_its_commands(folder):
    assert folder.stack("small").output("plan", "small", "--checklist") == CHECKLIST


def test_the_checklist_alone_in_markdown_is_that_of_the_plan(folder):
    text = folder.stack("small").output("plan", "small", "--checklist", "--format", "markdown")
    _, _, rest = MARKDOWN.partition("## On the gateway itself\n")

    assert text == f"# On the gateway itself, for small\n{rest.partition('## What')[0]}"[:-1]


def test_json_has_the_checklist_as_it_is(folder):
    result = folder.stack("small").call("plan", "small", "--checklist", "--format", "json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        'Error: a plan in json has the checklist with its commands under "checklist"; leave one '
        "of --checklist and --format json out.\n"
    )
    assert folder.json("plan", "small")["checklist"][0]["commands"] == [
        "adminaccessconfig",
        "ipaccess",
        "10.9.0.0/28",
        "commit",
    ]


def test_json_holds_the_resources_as_they_are_registered(folder):
    plan = folder.stack("small").json("plan", "small")

    assert [(r["type"], r["name"]) for r in plan["resources"]] == [
        ("aws:ec2/securityGroup:SecurityGroup", "data"),
        (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "data-in-tcp-22-10.9.0.0_28",
        ),
        ("aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive", "data-exclusive"),
    ]
    assert plan["resources"][1]["inputs"] == {
        "cidrIpv4": "10.9.0.0/28",
        "description": "ssh-admin (row 2): SSH to the command line",
        "fromPort": 22,
        "ipProtocol": "tcp",
        "securityGroupId": "${data.id}",
        "toPort": 22,
    }


def test_the_stack_files_may_lie_elsewhere(folder, tmp_path):
    folder.stack("small").config.rename(tmp_path / "stacks")

    assert folder.call("plan", "small").exit_code == 1
    assert folder.output("plan", "small", "--config-dir", "stacks").startswith("Plan of small\n")


def test_an_unknown_stack_is_asked_back(folder):
    result = folder.stack("small").call("plan", "smal")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        'config/Pulumi.smal.yaml: there is no such file; did you mean "small"?\n1 problem.\n'
    )


def test_every_problem_goes_to_standard_error_with_its_place(folder):
    folder.stack("broken", BROKEN.replace("10.9.0.0/28", "10.9.0.1/28"))
    result = folder.call("plan", "broken")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "config/Pulumi.broken.yaml:12: networks.admins[10.9.0.1/28]: "
        '"10.9.0.1/28" has host bits set; did you mean "10.9.0.0/28"?\n'
        "config/Pulumi.broken.yaml:13: features.ssh-admn: "
        'no such feature; did you mean "ssh-admin"?\n'
        "2 problems.\n"
    )


def test_no_stack_named_is_a_wrong_call(folder):
    assert folder.call("plan").exit_code == 2


def test_a_plan_with_warnings_is_a_plan(folder):
    text = folder.stack("warned", WARNED).output("plan", "warned", "--summary")

    assert (
        "\nWarnings and notes\n"
        "  warning: config/Pulumi.warned.yaml:13: features.receive-mail: mail is received and has "
        "nowhere to go; switch deliver-inside on, or give send-mail the networks it goes to.\n"
    ) in text


def off_by_one(rule):
    return rule.ports[0].first, rule.ports[0].last + 1


BUG = """\
small: the rules that were made do not mean what the stack file asks for.
  security group "data", ingress IPv4: tcp 23, 10.9.0.0 is let through by rule "data-in-tcp-22-10.9.0.0_28" and no flow means it.
This is a bug in seg-firewall, not a mistake in the stack file; nothing was made.
Report it as SECURITY.md says, with this text, the version (segfw --version) and the stack file, addresses replaced.
"""


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_proof_that_fails_is_said_to_be_our_bug(folder, monkeypatch, form):
    monkeypatch.setattr(lower, "_ports", off_by_one)
    result = folder.stack("small").call("plan", "small", "--format", form)

    assert (result.exit_code, result.stdout, result.stderr) == (3, "", BUG)


def test_check_reports_the_other_stacks_beside_a_failed_proof(folder, monkeypatch):
    def only_two_ports(rule):
        return off_by_one(rule) if rule.prefixes[0].length == 28 else (22, 22)

    monkeypatch.setattr(lower, "_ports", only_two_ports)
    folder.stack("small").stack("other", SMALL.replace("10.9.0.0/28", "10.9.0.0/29"))
    result = folder.call("check", "--all")

    assert result.exit_code == 3
    assert result.stdout == "other: 1 rule at 1 enforcement point, proven; 0 warnings.\n"
    assert result.stderr == BUG


def test_check_says_a_failed_proof_in_json_too(folder, monkeypatch):
    monkeypatch.setattr(lower, "_ports", off_by_one)
    result = folder.stack("small").call("check", "small", "--format", "json")

    assert (result.exit_code, result.stderr) == (3, BUG)
    assert json.loads(result.stdout) == {
        "format": 2,
        "stacks": {"small": {"proven": False, "problems": [], "bug": BUG.rstrip("\n")}},
        "across": [],
    }


def test_a_network_acl_is_shown_by_number_with_its_replies(folder):
    text = folder.stack("small", WITH_ACL).output("plan", "small")

    assert (
        'Network ACL "data" (management; internal)\n  attached by us: takes over subnet-1.\n'
    ) in text
    assert ("  Number  Direction  Protocol  Ports       Peer                  Why\n  ") in text
    assert "  replies to ssh-admin (row 2)\n" in text
