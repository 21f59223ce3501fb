"""Imports merge, later ones win, and Pulumi and the command line read the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from segfw.catalog import load_catalog
from segfw.problems import ProblemsFound
from segfw.settings import read_settings, read_tree, tree_from_config, tree_from_values
from segfw.settings.types import ProgramValue
from tests.settings.reading import ON_AWS, TODAY, problems_of, tree_of, write

CONFIG = Path("config")
STACKS = sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in CONFIG.glob("Pulumi.*.yaml"))


def pulumi_config(text: str) -> dict[str, str]:
    """What the engine hands to a program: objects and lists as JSON, scalars as text."""
    return {
        key: json.dumps(value)
        if isinstance(value, (dict, list))
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
        for key, value in yaml.safe_load(text)["config"].items()
    }


@pytest.mark.parametrize("stack", STACKS)
def test_pulumi_and_the_command_line_read_the_same_settings(stack):
    text = (CONFIG / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    read = read_settings(read_tree(CONFIG, stack), load_catalog(), stack=stack, today=TODAY)
    tree = tree_from_config(pulumi_config(text), (), CONFIG.absolute(), stack)
    handed = read_settings(tree, load_catalog(), stack=stack, today=TODAY)
    assert handed == read


def test_a_value_that_is_not_in_the_file_stands_in_stack_config(tmp_path):
    text = "config:\n  seg-firewall:tags: {a: b, c: d}\n  seg-firewall:quotas: {}\n"
    config = write(tmp_path, text)
    given = {
        "seg-firewall:tags": '{"a": "b", "c": "other"}',
        "seg-firewall:cloud": "aws",
        "seg-firewall:quotas": "{}",
    }
    settings = tree_from_config(given, (), config, "test").settings.mapping()
    assert str(settings["tags"].place) == "config/Pulumi.test.yaml:2"
    assert str(settings["tags"].mapping()["a"].place) == "config/Pulumi.test.yaml:2"
    assert str(settings["tags"].mapping()["c"].place) == "stack config"
    assert str(settings["cloud"].place) == "stack config"
    assert str(settings["quotas"].place) == "config/Pulumi.test.yaml:3"


def test_an_item_keeps_its_line_when_the_list_was_changed(tmp_path):
    text = "config:\n  seg-firewall:networks:\n    a:\n      - 10.0.0.0/8\n      - 10.1.0.0/16\n"
    config = write(tmp_path, text)
    given = {"seg-firewall:networks": '{"a": ["10.2.0.0/16", "10.1.0.0/16"]}'}
    items = (
        tree_from_config(given, (), config, "test").settings.mapping()["networks"].mapping()["a"]
    )
    assert [str(item.place) for item in items.items()] == [
        "stack config",
        "config/Pulumi.test.yaml:5",
    ]


def test_a_secret_of_pulumi_is_refused(tmp_path):
    config = write(
        tmp_path, "config:\n  seg-firewall:tags: {secure: AAA}\n  aws:secretKey: {secure: B}\n"
    )
    given = {"seg-firewall:tags": '{"a": "b"}', "aws:secretKey": "b"}
    tree = tree_from_config(given, {"seg-firewall:tags", "aws:secretKey"}, config, "test")
    assert [str(problem) for problem in tree.problems] == [
        "config/Pulumi.test.yaml:2: tags: is a secret, and firewall settings are shown in plans; write the value in plain text.",
    ]


@pytest.mark.parametrize(
    ("written", "handed"), [('"true"', "true"), ('"[a]"', "[a]"), ("'{\"a\": 1}'", '{"a": 1}')]
)
def test_text_that_looks_like_something_else_is_text_either_way(tmp_path, written, handed):
    text = f"config:\n  seg-firewall:dropProviderAliases: {written}\n"
    config = write(tmp_path, text)
    tree = tree_from_config({"seg-firewall:dropProviderAliases": handed}, (), config, "test")
    node = tree.settings.mapping()["dropProviderAliases"]
    assert node.value == read_tree(config, "test").settings.mapping()["dropProviderAliases"].value


def test_later_imports_win_and_the_stack_wins_last():
    shared = {
        "one": "config: {seg-firewall:tags: {a: one, b: one, c: one}}\n",
        "two": "config: {seg-firewall:tags: {b: two, c: two}}\n",
    }
    tree = tree_of(
        "config:\n  seg-firewall:imports: [one, two]\n  seg-firewall:tags: {c: own}\n", "", shared
    )
    assert tree.settings.plain() == {"tags": {"a": "one", "b": "two", "c": "own"}}
    assert tree.imports == ("config/shared/one.yaml", "config/shared/two.yaml")
    places = {
        key: str(node.place) for key, node in tree.settings.mapping()["tags"].mapping().items()
    }
    assert places == {
        "a": "config/shared/one.yaml:1",
        "b": "config/shared/two.yaml:1",
        "c": "config/Pulumi.test.yaml:3",
    }


def test_an_import_stands_on_what_it_imports():
    shared = {
        "base": "config: {seg-firewall:tags: {a: base, b: base}}\n",
        "over": "config: {seg-firewall:imports: [base], seg-firewall:tags: {b: over}}\n",
    }
    tree = tree_of("config:\n  seg-firewall:imports: [over]\n", "", shared)
    assert tree.settings.plain() == {"tags": {"a": "base", "b": "over"}}
    assert tree.imports == ("config/shared/base.yaml", "config/shared/over.yaml")


def test_mappings_merge_and_everything_else_is_replaced():
    shared = {
        "base": """\
config:
  seg-firewall:networks: {a: [10.0.0.0/8], b: [10.0.0.0/8]}
  seg-firewall:features: {ldap: {port: 3268}, dns: {}, ntp: {}}
"""
    }
    text = """
config:
  seg-firewall:imports: [base]
  seg-firewall:networks: {a: [10.1.0.0/16]}
  seg-firewall:features: {ldap: {to: [a]}, dns: false}
"""
    tree = tree_of(text, "", shared)
    assert tree.settings.plain() == {
        "networks": {"a": ["10.1.0.0/16"], "b": ["10.0.0.0/8"]},
        "features": {"ldap": {"port": 3268, "to": ["a"]}, "dns": False, "ntp": {}},
    }
    assert [(loss.path, str(loss.lost), str(loss.won)) for loss in tree.losses] == [
        (
            "networks.a",
            "[10.0.0.0/8] (config/shared/base.yaml:2)",
            "[10.1.0.0/16] (config/Pulumi.test.yaml:3)",
        ),
        (
            "features.dns",
            "{} (config/shared/base.yaml:3)",
            "false (config/Pulumi.test.yaml:4)",
        ),
    ]


def test_a_stack_that_is_not_there_is_named_with_the_nearest(tmp_path):
    config = write(tmp_path, "config: {}\n")
    with pytest.raises(ProblemsFound) as found:
        read_tree(config, "tset")
    assert (
        str(found.value) == 'config/Pulumi.tset.yaml: there is no such file; did you mean "test"?'
    )


def test_an_import_of_a_broken_file_names_that_file():
    shared = {"bad": "config: [\n"}
    text = "config:\n  seg-firewall:imports: [bad]\n"
    assert problems_of(text, "", shared) == [
        "config/shared/bad.yaml:2: this is no YAML: did not find expected node content, column 1; check the indentation, brackets and quotes here."
    ]


def test_a_file_in_another_encoding_is_refused(tmp_path):
    config = write(tmp_path, "config: {}\n")
    (config / "Pulumi.test.yaml").write_bytes("config: {a: é}\n".encode("latin-1"))
    with pytest.raises(ProblemsFound) as found:
        read_tree(config, "test")
    assert (
        str(found.value)
        == "config/Pulumi.test.yaml:1: byte 12 is not UTF-8; save the file as UTF-8 text."
    )


def test_an_organisation_before_the_stack_is_no_part_of_its_file(tmp_path):
    config = write(tmp_path, "config:\n  seg-firewall:tags: {a: b}\n")
    assert read_tree(config, "acme/seg-firewall/test").settings.plain() == {"tags": {"a": "b"}}


PROGRAM = {
    "cloud": "aws",
    "gateway": {"environment": "prod", "release": "15.0", "ciscoRegion": "europe"},
    "interfaces": {
        "data": {
            "roles": ["management", "public", "private"],
            "external": True,
            "vpc": ProgramValue("interfaces.data.vpc"),
            "securityGroup": {"attach": {"one": ProgramValue("one")}, "groups": 2.0},
        }
    },
    "features": {"receive-mail": {}},
}


def test_a_program_gives_plain_values_and_outputs():
    tree = tree_from_values(PROGRAM)
    settings = read_settings(tree, load_catalog(), stack="dev", today=TODAY)
    data = settings.interfaces["data"]
    assert data.vpc == ProgramValue("interfaces.data.vpc")
    assert data.security_group.attach == {"one": ProgramValue("one")}
    assert data.security_group.groups == 2
    assert (settings.region, data.default_route) == (None, True)


def test_what_a_program_gives_wrong_is_a_problem():
    given = {
        **PROGRAM,
        "tags": {"a": None, "b": 1.5, "c": object(), 5: "d", "e": float("nan")},
        "networks": {"n": [ProgramValue("cidr")]},
        "features": {},
        "imports": ["base"],
    }
    with pytest.raises(ProblemsFound) as found:
        read_settings(tree_from_values(given), load_catalog(), stack="dev", today=TODAY)
    assert str(found.value).split("\n") == [
        "stack config: imports[base]: imports are files beside a stack's own; give their values here.",
        "stack config: tags: the key 5 is not text; write it as text.",
        'stack config: tags.a: has no value; write "{}" for an empty mapping, "[]" for an empty list, "" for empty text.',
        'stack config: tags.b: 1.5 is a number with a fraction; quote it: "1.5".',
        "stack config: tags.c: is a Python object; give a mapping, a list, text, a number or a bool.",
        'stack config: tags.e: nan is a number with a fraction; quote it: "nan".',
    ]


def test_a_prefix_is_no_output_of_a_program():
    given = {**PROGRAM, "networks": {"n": [ProgramValue("cidr")]}}
    with pytest.raises(ProblemsFound) as found:
        read_settings(tree_from_values(given), load_catalog(), stack="dev", today=TODAY)
    assert str(found.value) == (
        "stack config: networks.n[<cidr>]: is an output, and quotas and proofs need prefixes "
        "before anything is made; write the prefix itself."
    )


def test_on_aws_alone_nothing_is_wrong():
    assert problems_of("config:\n  seg-firewall:tags: {a: b}\n", ON_AWS) == []
