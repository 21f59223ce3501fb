"""The register's schema knows the shipped register and refuses bad ones."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from segfw.catalog import load_catalog
from segfw.waivers.schema import FILE, main, text_of, waivers_schema
from tests.waivers.registers import register

REGISTER = Path("config/waivers.yaml")


@pytest.fixture(scope="module")
def validator():
    schema = waivers_schema(load_catalog())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_file_is_what_the_checks_and_the_catalog_say():
    assert FILE.read_text(encoding="utf-8") == text_of(load_catalog())


def test_the_command_tells_a_stale_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert json.loads(Path(FILE).read_text(encoding="utf-8"))["additionalProperties"] is False
    assert "waivers.schema.json" in capsys.readouterr().out


def test_the_module_is_the_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["schema", "--check"])
    monkeypatch.delitem(sys.modules, "segfw.waivers.schema")
    with pytest.raises(SystemExit) as left:
        runpy.run_module("segfw.waivers.schema", run_name="__main__")
    assert left.value.code == 0


def test_the_shipped_register_holds_and_tells_editors_its_schema(validator):
    text = REGISTER.read_text(encoding="utf-8")

    assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []
    assert text.startswith("# yaml-language-server: $schema=waivers.schema.json\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"check": "CKV_AWS_321"},
        {"resource": '"pub*acl"'},
        {"resource": '"*acl*"'},
        {"feature": "send-mail"},
        {"resource": None},
        {"environment": "prood"},
        {"expires": '"soon"'},
        {"link": "http://wiki.example.com"},
        {"reason": '""'},
        {"owner": None},
        {"stacks": "[]"},
        {"rason": "x"},
    ],
)
def test_what_the_reader_refuses_an_editor_shows(validator, changes):
    assert list(validator.iter_errors(yaml.safe_load(register(**changes))))


@pytest.mark.parametrize(
    "changes",
    [{}, {"resource": '"*"'}, {"resource": '"*-acl"'}, {"resource": '"public*"'}, {"resource": None, "feature": "send-mail"}, {"stacks": "[a]"}],
)  # fmt: skip
def test_what_the_reader_takes_an_editor_takes(validator, changes):
    assert list(validator.iter_errors(yaml.safe_load(register(**changes)))) == []
