"""The JSON that ships: up to date, true to its schema, and quick to read."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from segfw.catalog import load_catalog
from segfw.catalog.builder import make
from segfw.catalog.builder.assemble import DATA
from segfw.catalog.loader import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = SHIPPED.with_name("catalog.schema.json")
HEAVY = ("yaml", "cattrs", "pydantic", "pulumi", "jsonschema")


def test_the_shipped_files_are_what_the_yaml_says() -> None:
    for file, text in make.shipped_files(DATA).items():
        assert file.read_text(encoding="utf-8") == text, "run python -m segfw.catalog"


def test_the_catalog_satisfies_its_schema() -> None:
    schema = json.loads(SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(SHIPPED.read_bytes()))


def test_the_schema_refuses_an_unknown_key_a_missing_one_and_a_wrong_type() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    data = json.loads(SHIPPED.read_bytes())
    data["rows"][0]["prot"] = []
    del data["rows"][1]["ports"]
    data["rows"][2]["listens"] = "no"
    found = sorted(error.message for error in validator.iter_errors(data))
    assert found == [
        "'no' is not of type 'boolean'",
        "'ports' is a required property",
        "Additional properties are not allowed ('prot' was unexpected)",
    ]


def test_every_field_of_the_schema_that_is_not_plain_has_its_meaning() -> None:
    row = json.loads(SCHEMA.read_bytes())["$defs"]["Row"]["properties"]
    assert row["guarded"]["description"].startswith("The published host is the gateway itself")
    assert row["sourcePort"]["description"].endswith("replies go there.")


def test_the_catalog_is_read_once() -> None:
    assert load_catalog() is load_catalog()


def test_reading_the_catalog_imports_nothing_heavy() -> None:
    program = (
        "import sys; from segfw.catalog import load_catalog; load_catalog();"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_check_says_what_is_not_up_to_date_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "SHIPPED", tmp_path / "catalog.json")
    assert make.main(["--check"]) == 1
    assert capsys.readouterr().out == (
        "catalog.json: is not what the YAML says; run python -m segfw.catalog.\n"
        "catalog.schema.json: is not what the YAML says; run python -m segfw.catalog.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_it_writes_what_is_not_up_to_date_and_then_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "SHIPPED", tmp_path / "catalog.json")
    assert make.main([]) == 0
    assert capsys.readouterr().out == "catalog.json: written.\ncatalog.schema.json: written.\n"
    assert (tmp_path / "catalog.json").read_bytes() == SHIPPED.read_bytes()
    assert make.main([]) == 0
    assert make.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert make.main(["--force"]) == 2
    assert capsys.readouterr().err == "usage: python -m segfw.catalog [--check]\n"


def test_it_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["segfw.catalog", "--check"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("segfw.catalog", run_name="__main__")
    assert left.value.code == 0
    assert capsys.readouterr() == ("", "")
