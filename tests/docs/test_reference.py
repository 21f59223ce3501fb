"""The reference is what the code says, and a real plan is what its schema says."""

import json
import runpy
import sys

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from segfw import limits
from segfw.catalog import load_catalog
from segfw.cli.limits import MEANINGS, groups
from segfw.cli.main import main
from segfw.cli.reference import all_pages, drift
from segfw.cli.reference.command import main as reference
from segfw.cli.reference.markdown import text_of
from tests.docs.pages import ROOT
from tests.golden.regenerate import plan_text
from tests.shipped import SHIPPED

FOLDER = ROOT / "docs" / "reference"


def closed(schema):
    """The schema with no key allowed that it does not name."""
    if isinstance(schema, dict):
        inner = {key: closed(value) for key, value in schema.items()}
        return {**inner, "additionalProperties": False} if "properties" in schema else inner
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


def test_the_reference_is_what_the_code_says():
    assert drift(FOLDER, all_pages()) == (), "run `make docs`"


def test_the_reference_is_the_same_every_time():
    assert all_pages() == all_pages()


def test_a_changed_missing_or_foreign_file_is_drift(tmp_path):
    pages = {"a.md": "a\n", "b.md": "b\n", "c.md": "c\n"}
    (tmp_path / "a.md").write_text("a\n")
    (tmp_path / "b.md").write_text("other\n")
    (tmp_path / "old.md").write_text("")

    assert drift(tmp_path, pages) == ("b.md", "c.md", "old.md")


def test_the_generator_writes_what_it_then_finds_unchanged(tmp_path):
    written = CliRunner().invoke(reference, ["--write", str(tmp_path / "new")])
    checked = CliRunner().invoke(reference, ["--check", str(tmp_path / "new")])

    assert (written.exit_code, checked.exit_code) == (0, 0)


def test_the_generator_names_the_files_that_drifted(tmp_path):
    CliRunner().invoke(reference, ["--write", str(tmp_path)])
    (tmp_path / "rows.md").write_text("changed\n")

    checked = CliRunner().invoke(reference, ["--check", str(tmp_path)])

    assert checked.exit_code == 1
    assert f"{tmp_path}/rows.md is not what the code says." in checked.output
    assert "Run `make docs`" in checked.output


def test_the_generator_is_a_module_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["reference", "--write", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("segfw.cli.reference", run_name="__main__")

    assert ended.value.code == 0
    assert (tmp_path / "rows.md").is_file()


@pytest.mark.parametrize("arguments", [[], ["--write", "a", "--check", "a"]])
def test_the_generator_does_one_thing(arguments):
    assert CliRunner().invoke(reference, arguments).exit_code == 2


@pytest.mark.parametrize("stack", SHIPPED)
def test_the_json_of_a_plan_is_what_its_schema_says(stack):
    schema = closed(json.loads((FOLDER / "plan.schema.json").read_text("utf-8")))
    Draft202012Validator.check_schema(schema)
    document = json.loads(plan_text(stack, "--format", "json"))

    errors = list(Draft202012Validator(schema).iter_errors(document))

    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_the_json_of_a_plan_lists_what_its_schema_lists_in_order():
    schema = json.loads((FOLDER / "plan.schema.json").read_text("utf-8"))
    document = json.loads(plan_text("aws-lab", "--format", "json"))

    assert list(schema["properties"]) == list(document)


def test_a_page_has_no_two_blank_lines_and_one_line_break_at_its_end():
    assert text_of(["", "# A", "", "", "b", "", ""]) == "# A\n\nb\n"


def test_every_limit_is_on_its_page_with_a_meaning_and_a_source():
    found = groups()
    names = {name for group in found for name, _ in group.entries}

    assert names == {name for name in vars(limits) if name.isupper()}
    assert [name for group in found for name, meaning in group.entries if not meaning] == []
    assert all(group.source for group in found)
    assert names >= set(MEANINGS)


def test_every_setting_has_a_meaning():
    page = (FOLDER / "settings.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]

    assert [row[0] for row in rows if not row[-1].strip(" |")] == []


def test_every_row_feature_host_and_checklist_item_has_a_section():
    catalog = load_catalog()
    pages = all_pages()

    assert all(f"\n## {name}\n" in pages["features.md"] for name in catalog.features)
    assert all(f"\n## {name}\n" in pages["hosts.md"] for name in catalog.hosts)
    assert all(f"\n## {item.id}\n" in pages["checklist.md"] for item in catalog.checklist)
    assert all(f": {name}\n" in pages["rows.md"] for name in catalog.rows)
    assert all(f"### Row {number}: " in pages["rows.md"] for number in range(1, 49))
    assert all(f"\n## segfw {name}\n" in pages["cli.md"] for name in main.list_commands(None))
