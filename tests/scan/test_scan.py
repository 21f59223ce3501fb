"""A scan, with canned answers in place of the scanners."""

from __future__ import annotations

import json
import stat

import pytest
from click.testing import CliRunner

import scan.command
import segfw.cli.waivers
from scan import run
from scan.command import main
from scan.findings import NotRead
from tests.cli.calling import TODAY, WITH_ACL
from tests.scan.canned import NOTHING, lint, report
from tests.waivers.registers import register

GROUP = ("CKV2_AWS_5", "aws_security_group.data")
ACL = ("CKV_AWS_231", "resource.data-acl")
WAIVED_GROUP = {"check": "CKV2_AWS_5", "resource": "data"}
WAIVED_ACL = {"check": "CKV_AWS_231", "resource": "data-acl"}


class Scanned:
    """A folder with one stack, and scanners that answer what they are told to."""

    def __init__(self, root, monkeypatch):
        self.root = root
        self.raw = [report("terraform_json", GROUP), report("cloudformation")]
        self.left = NOTHING
        self.lint = []
        self.skips = None
        (root / "config").mkdir()
        (root / "tools").mkdir()
        (root / "config" / "Pulumi.small.yaml").write_text(WITH_ACL)
        self.register(WAIVED_GROUP)
        monkeypatch.chdir(root)
        monkeypatch.setattr(run, "checkov", self.checkov)
        monkeypatch.setattr(run, "cfn_lint", lambda tools, template: self.lint)
        monkeypatch.setattr(run, "version", lambda tools, tool: "cfn-lint 1")
        for module in (scan.command, segfw.cli.waivers):
            monkeypatch.setattr(module, "today", lambda: TODAY)

    def register(self, *entries):
        (self.root / "config" / "waivers.yaml").write_text(register(*entries))

    def checkov(self, tools, folder, skips=()):
        if skips:
            self.skips = skips
        return self.left if skips else self.raw

    def call(self, *words):
        return CliRunner().invoke(main, ["--tools", "tools", *words])


@pytest.fixture
def scanned(tmp_path, monkeypatch):
    return Scanned(tmp_path, monkeypatch)


def test_what_was_run_is_printed_with_versions_and_counts(scanned):
    result = scanned.call()

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "small (dev)\n"
        "  checkov 3.3.30   terraform          3 checks     1 finding, 1 waived\n"
        "  checkov 3.3.30   cloudformation     3 checks     0 findings, 0 waived\n"
        "  cfn-lint 1       cloudformation     6 resources  0 findings, 0 waived\n"
        "scan: 2 exports of 1 stack: 1 finding, 1 waived, 0 not; 0 in spite of the skip files; "
        "0 problems in the register.\n"
    )


def test_the_exports_are_there_to_be_looked_at_and_old_ones_are_gone(scanned):
    work = scanned.root / "build" / "scan"
    (work / "small").mkdir(parents=True)
    (work / "small" / "old.json").write_text("{}")

    scanned.call()

    assert sorted(path.name for path in (work / "small").iterdir()) == [
        "main.tf.json",
        "template.json",
    ]
    assert sorted(path.name for path in work.iterdir() if path.is_file()) == [
        "small.checkov.baseline",
        "small.checkov.yaml",
    ]


def test_the_second_run_has_the_skip_files_that_the_register_gives(scanned):
    scanned.call()

    assert scanned.skips == (
        "--config-file",
        "build/scan/small.checkov.yaml",
        "--baseline",
        "build/scan/small.checkov.baseline",
    )
    baseline = json.loads((scanned.root / "build/scan/small.checkov.baseline").read_text())
    assert baseline["failed_checks"][0]["findings"][0] == {
        "resource": "aws_security_group.data",
        "check_ids": ["CKV2_AWS_5"],
    }


def test_a_finding_that_nothing_covers_fails_and_is_said_with_the_resources_name(scanned):
    scanned.raw[0] = report("terraform_json", GROUP, ACL)

    result = scanned.call()

    assert result.exit_code == 1
    assert "    not waived: CKV_AWS_231 data-acl: Ensure CKV_AWS_231 (terraform)\n" in result.stdout
    assert "2 findings, 1 waived, 1 not" in result.stdout


def test_a_resource_that_no_export_of_ours_has_keeps_the_scanners_name(scanned):
    scanned.raw[0] = report("terraform_json", GROUP, ("CKV_AWS_24", "aws_security_group.foreign"))

    assert "not waived: CKV_AWS_24 aws_security_group.foreign: " in scanned.call().stdout


def test_a_finding_of_cfn_lint_fails_too(scanned):
    scanned.lint = [lint("E3002", "Outputs", "x")]

    result = scanned.call()

    assert result.exit_code == 1
    assert "not waived: E3002 line 60: E3002 is violated (cloudformation)" in result.stdout


def test_a_waiver_whose_check_no_longer_fires_fails(scanned):
    scanned.register(WAIVED_GROUP, WAIVED_ACL)

    result = scanned.call()

    assert result.exit_code == 1
    assert "nothing is found that the waiver of resource" in result.stderr
    assert "1 problem in the register." in result.stdout


def test_a_waiver_of_a_scanner_that_was_not_run_is_not_unused(scanned):
    scanned.register(WAIVED_GROUP, {"check": "AWS-0104"})

    assert scanned.call().exit_code == 0


def test_an_expired_waiver_covers_nothing_and_fails(scanned):
    scanned.register({**WAIVED_GROUP, "expires": '"2026-11-01"'})

    result = scanned.call()

    assert result.exit_code == 1
    assert "not waived: CKV2_AWS_5 data" in result.stdout
    assert "expired on 2026-11-01" in result.stderr


def test_an_expired_waiver_of_another_tool_is_its_affair(scanned):
    scanned.register(WAIVED_GROUP, {"check": "AWS-0104", "expires": '"2026-11-01"'})

    assert scanned.call().exit_code == 0


def test_what_is_found_in_spite_of_the_skip_files_fails(scanned):
    scanned.left = [report("terraform_json", GROUP)]

    result = scanned.call()

    assert result.exit_code == 1
    assert "found in spite of the skip files: CKV2_AWS_5 aws_security_group.data" in result.stdout


@pytest.mark.parametrize("raw", [NOTHING, [report("terraform_json", passed=0)]])
def test_a_scan_that_looked_at_nothing_is_no_clean_scan(scanned, raw):
    scanned.raw = raw

    result = scanned.call()

    assert result.exit_code == 1
    assert result.stderr == (
        "error: checkov met no resource in build/scan/small/main.tf.json: nothing was scanned.\n"
    )


def test_some_stacks_may_be_scanned_alone_and_then_no_waiver_is_called_unused(scanned):
    (scanned.root / "config" / "Pulumi.other.yaml").write_text(
        WITH_ACL.replace("subnet-1", "subnet-2")
    )
    scanned.register(WAIVED_GROUP, WAIVED_ACL)

    result = scanned.call("small")

    assert result.exit_code == 0
    assert "other" not in result.stdout


def test_a_stack_with_problems_is_said_and_nothing_is_scanned(scanned):
    (scanned.root / "config" / "Pulumi.small.yaml").write_text("config: {}\n")

    result = scanned.call()

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Pulumi.small.yaml" in result.stderr


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


def test_checkov_is_called_offline_with_the_frameworks_that_read_the_exports(tmp_path):
    script = 'printf \'["%s", "%s"]\' "$*" "$LOG_LEVEL"'

    words, level = run.checkov(program(tmp_path, "checkov", script), tmp_path, ["--baseline", "b"])

    assert words == (
        f"--directory {tmp_path} --output json --framework terraform_json cloudformation arm "
        "--skip-download --compact --baseline b"
    )
    assert level == "ERROR"


def test_a_scanner_that_finds_something_ends_with_another_status_than_0(tmp_path):
    program(tmp_path, "cfn-lint", "echo '[1]'; exit 2")

    assert run.cfn_lint(tmp_path, tmp_path / "t.json") == [1]


@pytest.mark.parametrize("said", ["1.58.0", "cfn-lint 1.58.0"])
def test_a_version_is_said_with_its_tool(tmp_path, said):
    assert run.version(program(tmp_path, "cfn-lint", f"echo {said}"), "cfn-lint") == "cfn-lint 1.58.0"  # fmt: skip


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo oops", "answered no JSON: 'oops"),
        ("echo broken >&2; exit 1", "said nothing; on standard error: 'broken"),
    ],
)
def test_a_scanner_that_answers_nothing_of_use_is_said(tmp_path, script, said):
    with pytest.raises(NotRead, match=said):
        run.cfn_lint(program(tmp_path, "cfn-lint", script), tmp_path / "t.json")


def test_a_scanner_that_is_not_there_is_said_with_what_installs_it(tmp_path):
    with pytest.raises(NotRead, match="is not there; run `make scan`, which installs it"):
        run.cfn_lint(tmp_path, tmp_path / "t.json")


def test_a_scanner_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "SECONDS", 0.1)

    with pytest.raises(NotRead, match="was ended after"):
        run.cfn_lint(program(tmp_path, "cfn-lint", "exec sleep 20"), tmp_path / "t.json")
