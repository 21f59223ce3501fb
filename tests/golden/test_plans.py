"""Plans of the shipped stacks are those that were last read and accepted."""

import re
import shutil

import pytest

from segfw.cli.main import stacks_of
from tests.golden import made_of
from tests.golden.made_of import MADE_OF, STRICT, edited, files_of, skip_what_is_edited
from tests.golden.regenerate import plan_text
from tests.shipped import CONFIG, GOLDENS, SHIPPED

REGENERATE = "python -m tests.golden.regenerate"


@pytest.mark.parametrize("stack", SHIPPED)
def test_a_plan_is_its_golden(stack):
    skip_what_is_edited(stack)
    golden = (GOLDENS / f"{stack}.txt").read_text(encoding="utf-8")

    assert plan_text(stack) == golden, f"run {REGENERATE}, and read it"


def test_every_golden_belongs_to_a_stack():
    assert set(SHIPPED) <= set(stacks_of(CONFIG))


@pytest.mark.skipif(not STRICT, reason="asked by .ci/run: files of config/ may be your own")
def test_the_goldens_are_made_of_the_files_as_they_are():
    changed = {file for stack in SHIPPED for file in edited(stack)}

    assert changed == set(), f"run {REGENERATE}, and read what changed"


def test_what_the_goldens_are_made_of_is_listed_as_sha256sum_does():
    lines = MADE_OF.read_text(encoding="utf-8").splitlines()

    assert [
        line for line in lines if not re.fullmatch(r"[0-9a-f]{64}  config/\S+\.yaml", line)
    ] == []
    assert {line[66:] for line in lines} == {file for stack in SHIPPED for file in files_of(stack)}


def test_an_edited_import_is_named_for_the_stacks_that_import_it_and_no_other(
    tmp_path, monkeypatch
):
    shutil.copytree(CONFIG, tmp_path / "config")
    company = tmp_path / "config" / "shared" / "company.yaml"
    company.write_text(company.read_text("utf-8") + "# edited\n", "utf-8")
    monkeypatch.setattr(made_of, "CONFIG", tmp_path / "config")
    importing = {s for s in SHIPPED if "config/shared/company.yaml" in files_of(s)}

    assert "aws-dev-us-east-1" in importing
    assert "aws-lab" not in importing
    assert {s for s in SHIPPED if "config/shared/company.yaml" in edited(s)} == importing
