"""The schema knows the shipped stacks and refuses bad ones."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from segfw.catalog import load_catalog
from segfw.settings.schema import FILE, main, stack_schema, text_of

CONFIG = Path("config")
FILES = sorted([*CONFIG.glob("Pulumi.*.yaml"), *CONFIG.glob("shared/*.yaml")])


@pytest.fixture(scope="module")
def validator():
    schema = stack_schema(load_catalog())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_file_is_what_the_types_and_the_catalog_say():
    assert FILE.read_text(encoding="utf-8") == text_of(load_catalog())


def test_the_command_tells_a_stale_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert json.loads(Path(FILE).read_text(encoding="utf-8"))["required"] == ["config"]
    assert "stack.schema.json" in capsys.readouterr().out


def test_the_module_is_the_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["schema", "--check"])
    monkeypatch.delitem(sys.modules, "segfw.settings.schema")
    with pytest.raises(SystemExit) as left:
        runpy.run_module("segfw.settings.schema", run_name="__main__")
    assert left.value.code == 0


@pytest.mark.parametrize("path", FILES, ids=str)
def test_shipped_files_hold(validator, path):
    text = path.read_text(encoding="utf-8")
    assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_shipped_files_tell_editors_their_schema(path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    schema = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / schema).resolve() == FILE.resolve()


BAD = [
    "{}",
    "[]",
    "{config: {}, confg: {}}",
    "{config: {cloud: aws}}",
    "{config: {seg-firewall:clouds: aws}}",
    "{config: {seg-firewall:cloud: gcp}}",
    "{config: {seg-firewall:gateway: {release: 15}}}",
    "{config: {seg-firewall:gateway: {ciscoRegion: emea}}}",
    "{config: {seg-firewall:gateway: {checklist: {nothing: {by: a}}}}}",
    "{config: {seg-firewall:interfaces: {Public: {}}}}",
    "{config: {seg-firewall:interfaces: {public: {role: [public]}}}}",
    "{config: {seg-firewall:interfaces: {public: {roles: [outside]}}}}",
    "{config: {seg-firewall:interfaces: {public: {external: 'true'}}}}",
    "{config: {seg-firewall:interfaces: {public: {vpc: {stack: a}}}}}",
    "{config: {seg-firewall:interfaces: {public: {securityGroup: {groups: 0}}}}}",
    "{config: {seg-firewall:interfaces: {public: {networkAcl: {subnetIds: []}}}}}",
    "{config: {seg-firewall:networks: {a: 10.0.0.0/8}}}",
    "{config: {seg-firewall:networks: {a: [10.0.0.0]}}}",
    "{config: {seg-firewall:hosts: {example.com: internet}}}",
    "{config: {seg-firewall:hosts: {default: intranet}}}",
    "{config: {seg-firewall:features: {ldpa: {}}}}",
    "{config: {seg-firewall:features: {ldap: true}}}",
    "{config: {seg-firewall:features: {ldap: {port: 390}}}}",
    "{config: {seg-firewall:features: {ssh-admin: {port: '22'}}}}",
    "{config: {seg-firewall:features: {ssh-admin: {to: [a]}}}}",
    "{config: {seg-firewall:features: {custom-flow: [{name: x}]}}}",
    "{config: {seg-firewall:quotas: {networkAcl: {entries: 41}}}}",
    "{config: {seg-firewall:tags: {a: 5}}}",
    "{config: {aws:allowedAccountIds: ['12']}}",
]


@pytest.mark.parametrize("text", BAD)
def test_bad_files_do_not_hold(validator, text):
    assert list(validator.iter_errors(yaml.safe_load(text)))


def test_other_namespaces_are_left_alone(validator):
    given = {"config": {"aws:endpoints": [{"ec2": "http://127.0.0.1"}], "other:key": {"a": None}}}
    assert list(validator.iter_errors(given)) == []
