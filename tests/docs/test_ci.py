"""The pipelines to copy are YAML, and every command in them is one that there is."""

from __future__ import annotations

import re
import shlex

import click
import pytest
import yaml

from segfw.cli.main import main
from tests.docs.pages import ROOT, shown
from tests.shipped import SHIPPED

FILES = sorted((ROOT / "docs" / "ci").glob("*.yml"))
STACK = re.compile(r'"?\$\{\{ matrix\.stack \}\}"?|"?\$(?:stack|STACK)"?')
JOBS = {"check", "prove", "policy", "scan", "changes", "diff", "drift"}


def scripts(value):
    """Every line that a shell runs: of `run`, `script` and `before_script`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"run", "script", "before_script"}:
                texts = [inner] if isinstance(inner, str) else inner
                yield from (line.strip() for text in texts for line in text.splitlines())
            else:
                yield from scripts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scripts(inner)


def lines(path, program):
    found = [line for line in scripts(yaml.safe_load(path.read_text("utf-8"))) if line]
    return [line for line in found if line.split()[0] == program]


SEGFW = [(path, line) for path in FILES for line in lines(path, "segfw")]


def test_both_pipelines_have_every_job():
    assert len(FILES) == 2
    for path in FILES:
        document = yaml.safe_load(path.read_text("utf-8"))
        assert set(document.get("jobs", document)) >= JOBS, shown(path)


@pytest.mark.parametrize(("path", "line"), SEGFW, ids=lambda one: getattr(one, "name", one))
def test_every_command_is_one_that_there_is(path, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "state.json").write_text("{}")
    own = re.split(r" (?:>>|>|\|\||&&|\|) ", STACK.sub("aws-lab", line))[0]
    _, name, *words = shlex.split(own)
    command = main.get_command(click.Context(main), name)

    assert command is not None
    command.make_context(name, words, help_option_names=["-h", "--help"])


def test_the_pipelines_run_the_same_commands():
    first, second = ({line for path, line in SEGFW if path == one} for one in FILES)

    assert first == second
    assert {line.split()[1] for line in first} == {"check", "prove", "policy", "waivers", "diff"}


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_every_target_of_make_is_there(path):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert {line.split()[1] for line in lines(path, "make")} == {"scan"} <= set(targets)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_the_stacks_are_shipped_ones(path):
    named = set(re.findall(r"\b(?:aws|azure)-prod-[a-z0-9-]+", path.read_text("utf-8")))

    assert named <= set(SHIPPED)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_the_drift_job_refreshes_and_changes_nothing(path):
    (preview,) = [line for line in lines(path, "pulumi") if "preview" in line]

    assert {"--refresh", "--expect-no-changes", "--diff"} <= set(shlex.split(preview))
    assert not [line for line in lines(path, "pulumi") if line.split()[1] in {"up", "refresh"}]


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_the_changes_of_a_pull_request_are_read_with_the_whole_history(path):
    """A shallow clone has not the commit in which both sides parted."""
    document = yaml.safe_load(path.read_text("utf-8"))
    job = document.get("jobs", document)["changes"]
    depths = [step.get("with", {}).get("fetch-depth") for step in job.get("steps", [])]
    (call,) = [line for line in scripts(job) if line.startswith("segfw diff ")]

    assert 0 in depths or job["variables"]["GIT_DEPTH"] == "0"
    assert call.startswith('segfw diff --all --rev "origin/$BASE...HEAD" --format markdown > ')


def test_each_comment_on_github_is_found_again_by_a_mark_of_its_own():
    (path,) = [one for one in FILES if one.name.startswith("github")]
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    marks = [job["env"]["MARK"] for job in jobs.values() if "MARK" in job.get("env", {})]

    assert len(set(marks)) == len(marks) == 2
