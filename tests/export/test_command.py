"""`segfw export`: what it writes, and what it refuses."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

import segfw.cli.export
from segfw.catalog import load_catalog
from segfw.clouds.aws_security_group import lower
from segfw.export import cloudformation
from segfw.export.formats import FORMATS
from tests.cli.calling import BROKEN, SMALL, TODAY, WITH_ACL, folder

if TYPE_CHECKING:
    from tests.cli.calling import Folder

__all__ = ["folder"]

ON_AZURE = (
    SMALL.replace("aws:region: eu-central-1", "azure-native:location: westeurope")
    .replace("cloud: aws", "cloud: azure")
    .replace("vpc: vpc-1", "resourceGroup: rg-1")
)
MISSPELT = (
    'config/Pulumi.broken.yaml:13: features.ssh-admn: no such feature; did you mean "ssh-admin"?'
)
USAGE = "Usage: main export [OPTIONS] [STACK]\nTry 'main export --help' for help.\n\nError: "


@pytest.fixture
def both(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder with a stack on AWS and one on Azure."""
    monkeypatch.setattr(segfw.cli.export, "today", lambda: TODAY)
    return folder.stack("on-aws", WITH_ACL).stack("on-azure", ON_AZURE)


@pytest.mark.parametrize(
    ("form", "stack"),
    [
        ("terraform", "on-aws"),
        ("terraform", "on-azure"),
        ("cloudformation", "on-aws"),
        ("arm", "on-azure"),
        ("csv", "on-aws"),
        ("csv", "on-azure"),
    ],
)
def test_a_stack_goes_to_standard_output_or_to_a_file(form, stack, both, tmp_path):
    shown = both.call("export", stack, "--format", form)
    both.output("export", stack, "--format", form, "--out", "made/here.txt")

    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout_bytes == (tmp_path / "made" / "here.txt").read_bytes()
    assert b'"on-a' in shown.stdout_bytes or shown.stdout_bytes.startswith(b"stack,")


def test_a_file_is_replaced_whole_and_nothing_else_is_left(both, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rules.csv").write_text("older\n" * 10_000, "utf-8")
    both.output("export", "on-aws", "--format", "csv", "--out", "out/rules.csv")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["rules.csv"]
    assert (tmp_path / "out" / "rules.csv").read_bytes().startswith(b'"stack","point",')


def test_a_file_that_cannot_be_written_stays_as_it_was(both, tmp_path, monkeypatch):
    (tmp_path / "rules.csv").write_text("older\n", "utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr("pathlib.Path.replace", full)
    result = both.call("export", "on-aws", "--format", "csv", "--out", "rules.csv")

    assert result.exit_code == 1
    assert result.stderr == f"Error: cannot write {tmp_path}/rules.csv: No space left on device.\n"
    assert (tmp_path / "rules.csv").read_text("utf-8") == "older\n"
    assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == []


def test_what_is_no_file_is_written_to_and_never_replaced(both, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    both.output("export", "on-aws", "--format", "csv", "--out", "pipe")

    assert os.read(reader, 10) == b'"stack","p'
    assert pipe.is_fifo()
    os.close(reader)


def test_a_stack_with_problems_is_not_exported(both, tmp_path):
    both.stack("broken", BROKEN)
    result = both.call("export", "broken", "--format", "terraform", "--out", "x.tf.json")
    plan = both.call("plan", "broken")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == plan.stderr
    assert MISSPELT in result.stderr
    assert not (tmp_path / "x.tf.json").exists()


def test_a_proof_that_does_not_hold_is_a_bug_and_nothing_is_written(both, tmp_path, monkeypatch):
    monkeypatch.setattr(lower, "_ports", lambda rule: (23, 23))
    result = both.call("export", "on-aws", "--format", "csv", "--out", "x.csv")

    assert result.exit_code == 3
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    ("stack", "form", "message"),
    [
        (
            "on-azure",
            "cloudformation",
            'stack "on-azure" is on Azure, and cloudformation knows AWS only; the formats for '
            "Azure are terraform, arm, csv.\n",
        ),
        (
            "on-aws",
            "arm",
            'stack "on-aws" is on AWS, and arm knows Azure only; the formats for AWS are '
            "terraform, cloudformation, csv.\n",
        ),
    ],
)
def test_a_format_of_the_other_cloud_is_refused(stack, form, message, both):
    result = both.call("export", stack, "--format", form)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", USAGE + message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["on-aws", "--format", "bicep"],
            "Invalid value for '--format': 'bicep' is not one of 'terraform', 'cloudformation', "
            "'arm', 'csv'.\n",
        ),
        (["--format", "csv"], "name one STACK, or write --all --out-dir DIR.\n"),
        (
            ["on-aws", "--format", "csv", "--out-dir", "x"],
            "name one STACK, or write --all --out-dir DIR.\n",
        ),
        *(
            (
                [*words, "--all", "--format", "csv"],
                "--all writes every stack: name --out-dir, no STACK, no --out.\n",
            )
            for words in ([], ["on-aws", "--out-dir", "x"], ["--out", "x", "--out-dir", "x"])
        ),
    ],
)
def test_a_call_that_cannot_be_read(words, message, both):
    result = both.call("export", *words)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", USAGE + message)


@pytest.mark.parametrize("form", FORMATS)
def test_every_stack_that_the_format_is_for_goes_to_a_folder(form, both, tmp_path):
    said = both.output("export", "--all", "--format", form, "--out-dir", "made")
    stacks = {"on-aws": "AWS", "on-azure": "Azure"}
    fitting = [
        s for s in stacks if s.removeprefix("on-") in {c.value for c in FORMATS[form].clouds}
    ]

    assert said == "".join(
        f"{stack}: made/{FORMATS[form].file.format(stack=stack)}\n"
        if stack in fitting
        else f"{stack}: left out, it is on {stacks[stack]}.\n"
        for stack in stacks
    )
    written = sorted(p for p in (tmp_path / "made").rglob("*") if p.is_file())
    assert written == [tmp_path / "made" / FORMATS[form].file.format(stack=s) for s in fitting]
    for stack, path in zip(fitting, written, strict=True):
        alone = both.call("export", stack, "--format", form)
        assert path.read_bytes() == alone.stdout_bytes


def test_one_stack_with_problems_keeps_every_stack_from_being_written(both, tmp_path):
    both.stack("broken", BROKEN)
    result = both.call("export", "--all", "--format", "csv", "--out-dir", "made")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{MISSPELT}\n1 problem.\n"
    assert not (tmp_path / "made").exists()


def test_a_folder_with_no_stack_for_the_format(folder, monkeypatch):
    monkeypatch.setattr(segfw.cli.export, "today", lambda: TODAY)
    folder.stack("on-azure", ON_AZURE)
    result = folder.call("export", "--all", "--format", "cloudformation", "--out-dir", "made")

    assert result.exit_code == 2
    assert 'stack "on-azure" is on Azure, and cloudformation knows AWS only' in result.stderr


def test_a_template_that_is_too_long_is_refused(both, monkeypatch):
    monkeypatch.setattr(cloudformation, "RESOURCES_LENGTH", 2)
    result = both.call("export", "on-aws", "--format", "cloudformation")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: on-aws: a CloudFormation template would have ")


def test_an_export_has_the_digest_of_the_plan(both):
    program = json.loads(both.output("export", "on-aws", "--format", "terraform"))
    plan = both.json("plan", "on-aws")

    assert program["//"]["planDigest"] == plan["digest"]
    assert program["//"]["catalogEdition"] == load_catalog().edition


def test_the_help_has_examples_that_name_every_format(both):
    said = both.output("export", "--help")

    for form in FORMATS:
        assert f"--format {form}" in said
