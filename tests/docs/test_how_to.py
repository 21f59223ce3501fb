"""The tutorial and each how-to page, done as they say, print what they show."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from segfw.cli.main import main
from segfw.clouds.aws_security_group import lower
from tests.docs.pages import ROOT, blocks
from tests.docs.trying import on_the_day, tried
from tests.golden.made_of import skip_what_is_edited
from tests.shipped import CONFIG

BASES = {
    "cluster-over-ccs": "aws-dev-us-east-1",
    "quarantine-to-sma": "aws-dev-us-east-1",
    "new-region": "aws-prod-us-east-1",
    "raise-a-quota": "aws-dev-us-east-1",
}
"""Each page, and the shipped stack that its `mail-dev` is a copy of."""
TRIED = {"first-stack": "aws-dev-us-east-1", **BASES}
PARTS = ["## Before you begin", "## Steps", "## See that it worked", "## Go back"]


@pytest.mark.parametrize("page", TRIED)
def test_a_page_that_is_followed_prints_what_it_shows(page, tmp_path, monkeypatch):
    skip_what_is_edited(TRIED[page])
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:
        for each in on_the_day():
            stack.enter_context(each)
        trial = tried(ROOT / "docs" / f"{page}.md", tmp_path, TRIED[page])

    assert trial.missing == []


@pytest.mark.parametrize("page", [*BASES, "failed-proof"])
def test_a_how_to_says_its_goal_first_and_has_its_four_parts(page):
    lines = (ROOT / "docs" / f"{page}.md").read_text("utf-8").splitlines()

    assert lines[2].startswith("Goal: ")
    assert [line for line in lines if line.startswith("## ")] == PARTS


def test_the_failed_proof_that_is_shown_is_what_a_broken_project_prints(tmp_path, monkeypatch):
    skip_what_is_edited("aws-dev-us-east-1")
    shutil.copytree(CONFIG, tmp_path / "config")
    source = tmp_path / "config" / "Pulumi.aws-dev-us-east-1.yaml"
    shutil.copy(source, tmp_path / "config" / "Pulumi.mail-dev.yaml")
    monkeypatch.chdir(tmp_path)
    ports = lower._ports
    whole = CliRunner().invoke(main, ["check", "mail-dev"])
    monkeypatch.setattr(
        lower, "_ports", lambda rule: (2222, 2222) if ports(rule) == (22, 22) else ports(rule)
    )
    check, prove = (CliRunner().invoke(main, [name, "mail-dev"]) for name in ("check", "prove"))
    printed = {
        untimed(line) for result in (whole, check, prove) for line in result.output.splitlines()
    }
    shown = [
        untimed(line)
        for block in blocks(ROOT / "docs" / "failed-proof.md")
        if block.language == "text"
        for line in block.text.splitlines()
    ]

    assert [result.exit_code for result in (whole, check, prove)] == [0, 3, 3]
    assert len(shown) > 10
    assert [line for line in shown if line not in printed | {"..."}] == []


def untimed(line):
    """A line, with its milliseconds taken out: they differ from run to run."""
    return re.sub(r"\d+\.\d( ms\.)?$", "", " ".join(line.split()))
