"""`segfw waivers`: the list with its state, and the scanners' files."""

from __future__ import annotations

import json

import pytest

import segfw.cli.waivers
from tests.cli.calling import SMALL, TODAY, folder
from tests.shipped import CONFIG
from tests.waivers.registers import register

__all__ = ["folder"]
# It has an SSH rule from a named network, and nothing from the internet.
PRODUCTION = SMALL.replace("environment: dev", "environment: prod").replace(
    "  aws:region", '  aws:allowedAccountIds: ["111122223333"]\n  aws:region'
)
CHECKLIST = {"check": "gateway-checklist", "resource": '"*"', "environment": "prod"}
GROUPS = {"check": "CKV2_AWS_5", "resource": '"*"'}


@pytest.fixture(autouse=True)
def day(monkeypatch):
    monkeypatch.setattr(segfw.cli.waivers, "today", lambda: TODAY)


def put(folder, *entries):
    (folder.config / "waivers.yaml").write_text(register(*entries), encoding="utf-8")
    return folder


def test_the_shipped_register_is_in_force_and_every_entry_is_used(monkeypatch):
    monkeypatch.chdir(CONFIG.parent)
    from click.testing import CliRunner

    from segfw.cli.main import main

    result = CliRunner().invoke(main, ["waivers", "--format", "json"])
    entries = json.loads(result.stdout)["waivers"]

    assert (result.exit_code, result.stderr) == (0, "")
    assert {one["state"] for one in entries} == {"in force"}
    assert {one["used"] for one in entries if one["tool"] != "cfn-lint"} == {True}
    # Only cfn-lint itself knows what it finds.
    assert {one["used"] for one in entries if one["tool"] == "cfn-lint"} <= {None}


def test_the_list_says_state_place_reason_and_owner(folder):
    folder = put(folder.stack("small", PRODUCTION), CHECKLIST, GROUPS)

    assert folder.output("waivers") == (
        "Waivers\n"
        "  2 waivers, held against 1 stack.\n"
        "  in force: gateway-checklist (ours): every resource, prod\n"
        "      Replies.\n"
        "      until 2027-05-01, 158 days more; net; https://wiki.example.com/1; config/waivers.yaml:2\n"
        "  in force: CKV2_AWS_5 (checkov): every resource, all environments\n"
        "      Replies.\n"
        "      until 2027-05-01, 158 days more; net; https://wiki.example.com/1; config/waivers.yaml:9\n"
    )


def test_without_a_register_nothing_is_waived(folder):
    assert folder.stack("small").output("waivers") == (
        "Waivers\n  0 waivers, held against 1 stack.\n"
    )


def test_an_unused_waiver_fails_and_says_what_to_do(folder):
    result = put(folder.stack("small"), CHECKLIST).call("waivers")

    assert result.exit_code == 1
    assert "  unused: gateway-checklist (ours)" in result.stdout
    assert result.stderr == (
        "config/waivers.yaml:2: waivers[gateway-checklist]: nothing is found that the waiver of "
        "every resource (prod) covers; take the entry out, or correct what it names.\n"
        "1 problem.\n"
    )


def test_an_expired_waiver_fails_and_is_shown(folder):
    result = put(folder.stack("small"), {**GROUPS, "expires": '"2026-11-20"'}).call("waivers")

    assert result.exit_code == 1
    assert "  expired: CKV2_AWS_5 (checkov)" in result.stdout
    assert "expired on 2026-11-20; net" in result.stdout
    assert result.stderr.endswith("1 problem.\n")


def test_one_that_soon_expires_is_a_warning(folder):
    result = put(folder.stack("small"), {**GROUPS, "expires": '"2026-12-01"'}).call("waivers")

    assert result.exit_code == 0
    assert "  expires soon: CKV2_AWS_5 (checkov)" in result.stdout
    assert result.stderr.startswith("warning: config/waivers.yaml:2: waivers[CKV2_AWS_5]: ")


def test_the_list_as_json(folder):
    folder = put(folder.stack("small"), GROUPS, {"check": "CKV_AWS_24", "resource": None, "feature": "ldap"})  # fmt: skip
    document = folder.json("waivers")

    assert document["format"] == 1
    assert document["today"] == "2026-11-24"
    assert document["stacks"] == ["small"]
    assert document["waivers"][0] == {
        "check": "CKV2_AWS_5",
        "tool": "checkov",
        "resource": "*",
        "feature": None,
        "environment": "all",
        "stacks": [],
        "reason": "Replies.",
        "owner": "net",
        "expires": "2027-05-01",
        "daysLeft": 158,
        "link": "https://wiki.example.com/1",
        "file": "config/waivers.yaml",
        "line": 2,
        "state": "in force",
        "used": True,
    }
    # Nothing foresees whether CKV_AWS_24 trips: only checkov knows.
    assert document["waivers"][1]["used"] is None


def test_a_register_that_is_wrong_is_said_with_its_lines(folder):
    result = put(folder.stack("small"), {"check": "CKV2_AWS_55", "owner": None}).call("waivers")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.endswith("2 problems.\n")


def test_a_register_that_is_no_utf_8(folder):
    (folder.stack("small").config / "waivers.yaml").write_bytes(b"waivers: []  # \xff\n")

    assert folder.call("waivers").stderr == (
        "config/waivers.yaml: byte 15 is not UTF-8; save the file as UTF-8 text.\n1 problem.\n"
    )


def test_a_stack_with_problems_is_not_passed_over(folder):
    result = put(folder.stack("small", "config: {}\n"), GROUPS).call("waivers")

    assert result.exit_code == 1
    assert "Pulumi.small.yaml" in result.stderr


@pytest.mark.parametrize("words", [("small",), ("--out", "x")])
def test_the_list_is_of_all_stacks_and_goes_to_standard_output(folder, words):
    result = folder.stack("small").call("waivers", *words)

    assert result.exit_code == 2
    assert "STACKS and --out go with --scanner" in result.stderr


@pytest.mark.parametrize(
    ("scanner", "begins"),
    [
        ("checkov", "# Written by `segfw waivers --scanner checkov` for another, small;"),
        ("checkov-baseline", "{"),
        ("trivy", "# Written by `segfw waivers --scanner trivy` for another, small;"),
        ("prowler", "# Written by `segfw waivers --scanner prowler` for another, small;"),
    ],
)
def test_a_scanners_file_is_for_every_stack_unless_some_are_named(folder, scanner, begins):
    folder = put(folder.stack("small").stack("another"), GROUPS)

    assert folder.output("waivers", "--scanner", scanner).startswith(begins)
    assert "another" not in folder.output("waivers", "small", "--scanner", scanner)


def test_a_scanners_file_is_written_whole(folder):
    put(folder.stack("small"), GROUPS).output(
        "waivers", "--scanner", "checkov", "--out", "a/b.yaml"
    )

    written = (folder.config.parent / "a" / "b.yaml").read_text("utf-8")
    assert written == folder.output("waivers", "--scanner", "checkov")
    assert [path.name for path in (folder.config.parent / "a").iterdir()] == ["b.yaml"]


def test_a_file_that_is_no_file_is_written_to(folder):
    put(folder.stack("small"), GROUPS).output(
        "waivers", "--scanner", "checkov", "--out", "/dev/null"
    )


def test_a_file_that_cannot_be_written_is_said(folder):
    put(folder.stack("small"), GROUPS)
    (folder.config.parent / "taken").write_text("")

    result = folder.call("waivers", "--scanner", "checkov", "--out", "taken/x")

    assert result.exit_code == 1
    assert "cannot write" in result.stderr


def test_prowler_is_told_the_account_that_the_stack_names(folder):
    check = "ec2_securitygroup_not_used"
    folder = put(folder.stack("small", PRODUCTION), {"check": check, "resource": '"*"'})

    assert '    "111122223333":\n' in folder.output("waivers", "--scanner", "prowler")


def test_aws_config_is_about_one_stack(folder):
    folder = put(folder.stack("small").stack("another"), GROUPS)

    assert folder.output("waivers", "small", "--scanner", "aws-config") == "{}\n"
    result = folder.call("waivers", "--scanner", "aws-config")
    assert result.exit_code == 2
    assert "name one STACK" in result.stderr


def test_aws_config_is_not_for_azure(monkeypatch):
    from click.testing import CliRunner

    from segfw.cli.main import main

    words = ["waivers", "azure-lab", "--scanner", "aws-config", "--config-dir", str(CONFIG)]
    result = CliRunner().invoke(main, words)

    assert result.exit_code == 2
    assert 'stack "azure-lab" is not on AWS' in result.stderr


def test_the_subscription_of_an_azure_stack_is_its_account():
    assert segfw.cli.waivers._target(CONFIG, "azure-prod-westeurope").account == (
        "00000000-0000-0000-0000-000000000000"
    )
    assert segfw.cli.waivers._target(CONFIG, "azure-lab").account == "*"
