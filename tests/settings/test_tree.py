"""Imports merge, later ones win, and Pulumi and the command line read the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from segfw.catalog import load_catalog
from segfw.problems import NOWHERE, ProblemsFound
from segfw.settings import (
    Node,
    read_settings,
    read_tree,
    read_yaml,
    tree_from_config,
    tree_from_values,
)
from segfw.settings.node import walk
from segfw.settings.spelling import spelled
from segfw.settings.types import ProgramValue
from tests.settings.reading import ON_AWS, TODAY, problems_of, tree_of, write
from tests.shipped import SHIPPED

CONFIG = Path("config").absolute()


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Each test runs where its files are, as a user does."""
    monkeypatch.chdir(tmp_path)


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


@pytest.mark.parametrize("stack", SHIPPED)
def test_pulumi_and_the_command_line_read_the_same_settings(stack):
    text = (CONFIG / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    read = read_settings(read_tree(CONFIG, stack), load_catalog(), stack=stack, today=TODAY)
    tree = tree_from_config(pulumi_config(text), (), CONFIG.absolute(), stack)
    handed = read_settings(tree, load_catalog(), stack=stack, today=TODAY)
    assert spelled(handed, load_catalog()) == spelled(read, load_catalog())
    assert handed.region == read.region
    assert handed.places == read.places


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


@pytest.mark.parametrize("value", ["\ud800", "a\u202eb", "x" * 600])
def test_text_of_a_program_is_plain(value):
    with pytest.raises(ProblemsFound) as found:
        tree = tree_from_values({**PROGRAM, "tags": {"a": value}})
        read_settings(tree, load_catalog(), stack="dev", today=TODAY)
    assert str(found.value) in {
        "stack config: tags.a: has half of a character pair; write plain text.",
        "stack config: tags.a: has the control character U+202E; write it as one line of plain text.",
        "stack config: tags.a: has 600 characters; write at most 512.",
    }


def test_values_of_a_program_are_not_nested_without_end():
    nested: list[object] = []
    nested.append(nested)
    with pytest.raises(ProblemsFound) as found:
        tree = tree_from_values({**PROGRAM, "tags": {"a": nested}})
        read_settings(tree, load_catalog(), stack="dev", today=TODAY)
    assert str(found.value).split("\n") == [
        "stack config: tags.a: is a list; write text.",
        "stack config: tags.a[]: is nested deeper than 24 levels.",
    ]


def test_a_number_of_a_program_is_one_that_readers_agree_on():
    with pytest.raises(ProblemsFound) as found:
        tree = tree_from_values({**PROGRAM, "tags": {"a": 1 << 53}})
        read_settings(tree, load_catalog(), stack="dev", today=TODAY)
    assert str(found.value) == (
        "stack config: tags.a: is a number larger than readers agree on; quote it."
    )


def test_outputs_of_a_program_are_attached_by_name():
    interface = {**PROGRAM["interfaces"]["data"], "securityGroup": {"attach": [ProgramValue("x")]}}
    with pytest.raises(ProblemsFound) as found:
        tree = tree_from_values({**PROGRAM, "interfaces": {"data": interface}})
        read_settings(tree, load_catalog(), stack="dev", today=TODAY)
    assert str(found.value) == (
        "stack config: interfaces.data.securityGroup.attach: names no value of a program in a "
        "list; write a mapping from a name to it."
    )


def test_places_of_a_file_serve_a_program_too():
    text = """\
config:
  seg-firewall:features:
    custom-flow:
      - {name: one, ports: [9000]}
      - {name: two, ports: [9001]}
  seg-firewall:networks: {a: [[x]]}
"""
    located = Node(
        {
            key.removeprefix("seg-firewall:"): node
            for key, node in read_yaml(text, "f.yaml").mapping()["config"].mapping().items()
        },
        NOWHERE,
    )
    values = {
        "features": {"custom-flow": [{"name": "two", "ports": [9001, 9002]}]},
        "networks": {"a": [["x"], ["y"]]},
    }
    tree = tree_from_values(values, located)
    places = {path: str(node.place) for path, node in walk(tree.settings)}
    assert places["features.custom-flow[two].name"] == "f.yaml:5"
    assert places["features.custom-flow[two].ports[9001]"] == "f.yaml:5"
    assert places["features.custom-flow[two].ports[9002]"] == "stack config"


@pytest.mark.parametrize("text", ["[a", '{"a": [' + "[" * 100_000])
def test_text_that_only_begins_like_json_is_text(tmp_path, text):
    config = write(tmp_path, "config: {}\n")
    tree = tree_from_config({"seg-firewall:tags": text}, (), config, "test")
    assert tree.settings.plain() == {"tags": text}


def test_a_flag_of_pulumi_is_true_or_false(tmp_path):
    given = {"seg-firewall:dropProviderAliases": "true", "other:key": "x"}
    tree = tree_from_config(given, (), tmp_path / "config", "test")
    assert tree.settings.plain() == {"dropProviderAliases": True}


def test_a_file_that_the_engine_read_and_we_cannot_only_lacks_lines(tmp_path):
    config = write(tmp_path, "- not\n- a mapping\n")
    tree = tree_from_config({"seg-firewall:tags": '{"a": "b"}'}, (), config, "test")
    assert (tree.settings.plain(), tree.problems) == ({"tags": {"a": "b"}}, ())


def test_doubtful_scalars_are_refused_under_pulumi_too(tmp_path):
    config = write(tmp_path, "config:\n  seg-firewall:gateway: {release: 15.0}\n")
    tree = tree_from_config({"seg-firewall:gateway": '{"release": 15}'}, (), config, "test")
    assert [str(each) for each in tree.problems] == [
        'config/Pulumi.test.yaml:2: gateway.release: 15.0 means different things to different readers; quote it: "15.0".'
    ]


def test_a_folder_in_the_place_of_a_file_is_no_file(tmp_path):
    config = write(tmp_path, "config:\n  seg-firewall:imports: [dir]\n")
    (config / "shared" / "dir.yaml").mkdir()
    tree = read_tree(config, "test")
    assert [str(each) for each in tree.problems] == [
        'config/Pulumi.test.yaml:2: imports[dir]: there is no file config/shared/dir.yaml; there are "aws", "azure" and "sound".'
    ]


def test_two_imports_may_stand_on_the_same_file():
    shared = {
        "base": "config: {seg-firewall:tags: {a: base}}\n",
        "one": "config: {seg-firewall:imports: [base], seg-firewall:tags: {b: one}}\n",
        "two": "config: {seg-firewall:imports: [base], seg-firewall:tags: {c: two}}\n",
    }
    tree = tree_of("config:\n  seg-firewall:imports: [one, two]\n", "", shared)
    assert tree.settings.plain() == {"tags": {"a": "base", "b": "one", "c": "two"}}
    assert tree.imports.count("config/shared/base.yaml") == 1


def test_a_file_that_cannot_be_read_says_why(tmp_path, monkeypatch):
    config = write(tmp_path, "config: {}\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ProblemsFound) as found:
        read_tree(config, "test")
    assert (
        str(found.value) == "config/Pulumi.test.yaml: the file cannot be read: Permission denied."
    )


def test_a_prefix_has_no_length_of_thousands_of_digits():
    given = {**PROGRAM, "networks": {"n": ["10.0.0.0/" + "1" * 5000, ProgramValue("p")]}}
    with pytest.raises(ProblemsFound) as found:
        read_settings(tree_from_values(given), load_catalog(), stack="dev", today=TODAY)
    first = str(found.value).split("\n")[0]
    path, prefix = "networks.n[10.0.0.0/" + "1" * 44, "10.0.0.0/" + "1" * 54
    assert first == (
        f'stack config: {path}...] (5,021 characters): "{prefix}..." (5,011 characters): '
        "an IPv4 length is at most 32."
    )


def test_an_output_of_a_program_is_no_text():
    with pytest.raises(ProblemsFound) as found:
        tree = tree_from_values({**PROGRAM, "tags": {"a": ProgramValue("x")}})
        read_settings(tree, load_catalog(), stack="dev", today=TODAY)
    assert str(found.value) == "stack config: tags.a: is a value of the program; write text."


def test_the_package_has_the_names_it_says():
    import segfw.settings

    assert all(hasattr(segfw.settings, name) for name in segfw.settings.__all__)
    with pytest.raises(AttributeError):
        _ = segfw.settings.nothing
