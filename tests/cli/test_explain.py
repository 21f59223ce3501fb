"""`segfw explain`: the command, its forms, its exit statuses, and what it says of bad calls."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from contextlib import chdir
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import segfw.cli.explain
from segfw.cli.main import main
from segfw.cli.reference.explain_schema import schema
from segfw.clouds.aws_security_group import lower
from tests.cli.calling import BROKEN, TODAY, WITH_ACL
from tests.cli.test_plan import off_by_one
from tests.docs.pages import ROOT, blocks
from tests.docs.test_reference import closed
from tests.shipped import CONFIG, SHIPPED, planned
from tests.states import exported

ASK = "in tcp 10.9.0.1 -> data:22"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(segfw.cli.explain, "today", lambda: TODAY)


def explain(stack, *words):
    """A call on a shipped stack."""
    with chdir(CONFIG.parent):
        return CliRunner().invoke(main, ["explain", stack, *words])


ALLOWED = """\
Allowed: in tcp 10.9.0.1 -> data:22
  small, as planned

1. Network ACL "data" allows it
  entry 10140 allows
      ssh-admin (row 2, SSH to the command line) from admins
      put there by config/Pulumi.small.yaml:14 features.ssh-admin; config/Pulumi.small.yaml:13 networks.admins[10.9.0.0/28]

2. Security group "data" allows it
  rule "data-in-tcp-22-10.9.0.0_28" allows
      ssh-admin (row 2, SSH to the command line) from admins
      put there by config/Pulumi.small.yaml:14 features.ssh-admin; config/Pulumi.small.yaml:13 networks.admins[10.9.0.0/28]

Replies
  the network ACL "data" is stateless, and lets them back to tcp 1024-65535
  the security group "data" lets them back by itself: it is stateful
  entry 10140 allows tcp 1024-65535
      answers ssh-admin (row 2, SSH to the command line) from admins
      put there by config/Pulumi.small.yaml:14 features.ssh-admin; config/Pulumi.small.yaml:13 networks.admins[10.9.0.0/28]
"""


def test_an_allowed_packet_is_explained_point_by_point(folder):
    said = folder.stack("small", WITH_ACL).output("explain", "small", ASK)
    number = said.partition("  entry ")[2].partition(" ")[0]

    assert said == ALLOWED.replace("10140", number)


def test_a_denied_packet_is_exit_status_1_and_says_what_would_let_it_pass(folder):
    said = folder.stack("small").output("explain", "small", "in tcp 10.9.0.99 -> data:22", status=1)

    assert said.startswith("Denied: in tcp 10.9.0.99 -> data:22\n")
    assert "open to others: in tcp 22 at data\n      from admins: ssh-admin (row 2), by " in said
    assert "add 10.9.0.99/32 to networks.admins (config/Pulumi.small.yaml:12)" in said
    assert "tried: with this it is allowed" in said
    assert "Replies" not in said


def test_a_part_that_is_denied_is_exit_status_1(folder):
    said = folder.stack("small").output("explain", "small", "in tcp 10.9.0.0/24 -> 22", status=1)

    assert said.startswith("Partly: in tcp 10.9.0.0/24 -> data:22\n")
    assert "allowed: tcp 22: 10.9.0.0/28\n" in said
    assert "denied: tcp 22: 10.9.0.0/24 (but for 10.9.0.0/28)\n" in said


def test_flags_ask_as_the_text_does(folder):
    folder.stack("small")
    flags = ("--direction", "in", "--protocol", "tcp", "--remote", "10.9.0.1", "--port", "22")

    assert folder.output("explain", "small", *flags) == folder.output("explain", "small", ASK)


@pytest.mark.parametrize("text", ["in tcp 192.0.2.1 -> data:22", "in tcp internet -> data:22"])
def test_why_not_tries_what_the_catalog_knows(folder, text):
    said = folder.stack("small").call("explain", "small", text, "--why-not")

    assert said.exit_code == 1
    assert "What would let it pass" in said.stdout
    assert "tried" in said.stdout


def test_a_refused_proposal_says_why(folder):
    text = "in tcp internet -> data:22"
    said = folder.stack("small").output("explain", "small", text, "--why-not", status=1)

    assert "tried, and refused: " in said


@pytest.mark.parametrize("words", [("--json",), ("--format", "json")])
def test_json_is_as_its_schema_says(words):
    for stack in SHIPPED:
        interface = next(iter(planned(stack).settings.interfaces))
        for text in (
            f"in tcp internet -> {interface}:22",
            f"in tcp 10.40.8.4 -> {interface}:22",
            f"in icmp 10.40.8.4 -> {interface}:8.0",
            f"out tcp {interface} -> 192.0.2.1:25",
        ):
            result = explain(stack, text, *words, "--why-not")
            document = json.loads(result.stdout)
            Draft202012Validator(closed(schema())).validate(document)
            expected = {"allowed": 0, "denied": 1, "partly": 1, "not known": 4}
            assert result.exit_code == expected[document["verdict"]]


def test_json_says_the_rule_the_feature_and_the_line(folder):
    document = folder.stack("small", WITH_ACL).json("explain", "small", ASK)
    (family,) = document["families"]

    assert document["question"]["text"] == ASK
    assert [one["point"] for one in family["points"]] == ["network-acl", "security-group"]
    (rule,) = family["points"][1]["rules"]
    assert rule["name"] == "data-in-tcp-22-10.9.0.0_28"
    (serves,) = rule["serves"]
    assert (serves["feature"], serves["label"]) == ("ssh-admin", "row 2")
    assert {"path": "features.ssh-admin", "file": "config/Pulumi.small.yaml", "line": 14} in serves[
        "origins"
    ]
    assert family["points"][0]["replies"]["verdict"] == "allowed"
    assert family["points"][1]["replies"] is None


def test_markdown_has_headings_and_lists(folder):
    said = folder.stack("small").output("explain", "small", ASK, "--format", "markdown")

    assert said.startswith("# Allowed: in tcp 10.9.0.1 -> data:22\n")
    assert '\n## 1. Security group "data" allows it\n' in said


BAD_CALLS = [
    ((), "no packet is asked for"),
    ((ASK, "--port", "22"), "the packet is said twice: as a text, and by --port."),
    (("in tcp 10.9.0.1",), '"in tcp 10.9.0.1" is no question; write "in tcp 198.51.100.7'),
    (("in tcp admns -> data:22",), 'network "admns": no such network in this stack; did you mean "admins"?'),
    (("in tcp 10.9.0.1 -> data",), "it says no port, and tcp has ports"),
    (("in tcp 10.9.0.1/24 -> data:22",), 'did you mean "10.9.0.0/24"?'),
    (("--port", "22"), "it says no direction; write in or out."),
    ((ASK, "--at", "data=sg-1"), "--at says where things of a --state belong; there is none."),
    ((ASK, "--state", "no.json"), "no.json: no such file or directory."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "says"), BAD_CALLS)
def test_a_call_that_cannot_be_read_is_exit_status_2(folder, words, says):
    result = folder.stack("small").call("explain", "small", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


SPLIT = [
    ("in", "tcp", "internet", "->", "data:22"),
    ("in", "tcp", "internet", "-"),  # a shell took > and the word behind it
    ("out", "tcp", "data", "->", "[2001:db8::1]:443", "--why-not"),
    ("in tcp 10.9.0.1", "->", "data:22"),
]


@pytest.mark.parametrize("words", SPLIT)
def test_a_packet_without_quotes_is_told_to_have_them(folder, words):
    result = folder.stack("small").call("explain", "small", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert 'write the packet in quotes, such as "in tcp 198.51.100.7 -> management:22"' in (
        result.stderr
    )


@pytest.mark.parametrize("words", [(ASK, "--prot", "6"), ("--direction", "in", "--prt", "6")])
def test_another_mistake_in_a_call_is_not_taken_for_missing_quotes(folder, words):
    result = folder.stack("small").call("explain", "small", *words)

    assert result.exit_code == 2
    assert "quotes" not in result.stderr


def test_questions_that_may_be_meant_stand_ready_to_copy(folder):
    result = folder.stack("small").call("explain", "small", "in tcp 10.9.0.1 -> data")

    assert result.exit_code == 2
    assert f'What can be read, and may be meant:\n  "{ASK}"\n' in result.stderr


@pytest.mark.parametrize("text", [BROKEN, "config: [", "config:\n  a: &b 1\n"])
def test_a_stack_file_with_problems_does_not_look_like_a_denial(folder, text):
    result = folder.stack("small", text).call("explain", "small", ASK)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "problem" in result.stderr


def test_a_stack_that_is_not_there_is_exit_status_2(folder):
    result = folder.stack("small").call("explain", "smal", ASK)

    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_a_proof_that_does_not_hold_is_exit_status_3(folder, monkeypatch):
    monkeypatch.setattr(lower, "_ports", off_by_one)
    result = folder.stack("small").call("explain", "small", ASK)

    assert (result.exit_code, result.stdout) == (3, "")
    assert "This is a bug in seg-firewall" in result.stderr


def test_a_state_is_asked_for_what_is_deployed(tmp_path):
    stack = "aws-prod-us-east-1"
    file = tmp_path / "state.json"
    file.write_text(exported(planned(stack)), "utf-8")
    result = explain(stack, "in tcp 10.40.8.4 -> management:22", "--state", str(file))

    assert result.exit_code == 0
    assert "state.json, as deployed\n" in result.stdout
    assert "ssh-admin (row 2" in result.stdout


def test_a_state_needs_no_stack_file(folder):
    Path("state.json").write_text(exported(planned("azure-lab")), "utf-8")
    said = folder.output(
        "explain", "gone", "in tcp admins -> management:22", "--state", "state.json"
    )

    assert "ssh-admin (row 2" in said


GROUP = {
    "SecurityGroups": [
        {
            "GroupId": "sg-0aa",
            "GroupName": "mgmt",
            "Description": "by hand",
            "VpcId": "vpc-1",
            "OwnerId": "111122223333",
            "IpPermissions": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 22,
                    "ToPort": 22,
                    "UserIdGroupPairs": [],
                    "IpRanges": [{"CidrIp": "10.9.0.0/28"}, {"CidrIp": "203.0.113.0/24"}],
                    "Ipv6Ranges": [],
                    "PrefixListIds": [],
                },
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "UserIdGroupPairs": [],
                    "IpRanges": [],
                    "Ipv6Ranges": [],
                    "PrefixListIds": [{"PrefixListId": "pl-0123"}],
                },
            ],
            "IpPermissionsEgress": [],
        }
    ]
}
"""What `aws ec2 describe-security-groups` prints of a group that nobody here made."""


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("in tcp 203.0.113.7 -> data:22", 0, "the stack has no such rule\n"),
        ("in tcp 10.9.0.1 -> data:22", 0, "but a feature means these packets:\n      ssh-admin"),
        ("in tcp 203.0.113.7 -> data:23", 1, "no rule matches it"),
        ("in tcp 203.0.113.7 -> data:443", 4, "perhaps allows"),
    ],
)
def test_what_the_cloud_itself_says_is_asked(folder, text, status, says):
    Path("groups.json").write_text(json.dumps(GROUP), "utf-8")
    words = ("explain", "small", text, "--state", "groups.json", "--at", "data=sg-0aa")
    said = folder.stack("small").output(*words, status=status)

    assert says in said


def test_a_holder_that_nothing_places_is_to_be_placed_by_the_user(folder):
    Path("groups.json").write_text(json.dumps(GROUP), "utf-8")
    words = ("explain", "gone", "in tcp 10.9.0.1 -> data:22", "--state", "groups.json")
    result = folder.call(*words)

    assert result.exit_code == 2
    assert "say it, as in --at management=ID." in result.stderr
    assert folder.call(*words, "--at", "data=sg-0aa").exit_code == 0
    assert folder.call(*words, "--at", "data=sg-0ab").exit_code == 2


def test_without_advice_nothing_of_it_is_imported():
    """An allowed packet is answered without what only a denied one needs."""
    code = (
        "import sys; from click.testing import CliRunner; from segfw.cli.main import main; "
        "CliRunner().invoke(main, ['explain', 'aws-prod-us-east-1', 'in tcp internet -> public:25']); "
        "print(sorted(m for m in sys.modules if m in ('pulumi', 'rich', 'jinja2', "
        "'segfw.review.explain.proposals', 'segfw.guardrails.view', 'segfw.live')))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=CONFIG.parent, capture_output=True, text=True, check=True
    )

    assert said.stdout == "[]\n"


def shown():
    """Each command of the page that its output follows."""
    held = blocks(ROOT / "docs" / "explain.md")
    return [
        (asking.text, said.text)
        for asking, said in pairwise(held)
        if (asking.language, said.language) == ("sh", "text")
    ]


@pytest.mark.parametrize(("command", "said"), shown(), ids=[command for command, _ in shown()])
def test_the_page_shows_what_is_really_printed(command, said):
    _, _, stack, *words = shlex.split(command)

    assert explain(stack, *words).stdout.startswith(said)


def test_the_page_shows_a_verdict_of_each_kind_that_a_plan_has():
    assert [said.partition(":")[0] for _, said in shown()] == ["Allowed", "Partly", "Denied"]
