"""Plain scalars mean the same to PyYAML, to the engine's reader and here, or are refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segfw.problems import ProblemsFound
from segfw.settings import read_yaml

DOUBTFUL = [
    *("on", "Off", "yes", "NO", "True", "FALSE", "Null", "NULL", "~", "=", "<<"),
    *("15.0", "1.", ".5", "1e3", "1.5e3", "-1.5", ".inf", "-.INF", ".NaN", "1_000.5"),
    *("0x1F", "0b11", "0o17", "017", "08", "+5", "-0", "1_000", "00", "9007199254740993"),
    *("20:21", "1:30:00", "190:20:30.15", "2026-11-24", "2026-1-2", "2026-11-24 10:00:00"),
]
NULLS = ["Null", "NULL", "~"]
TEXT = [
    *("y", "n", "aws", "10.20.0.0/16", "2001:db8::/32", "::1/128", "8000-8010", "15.0.1"),
    *("vpc-0a1b", "0a1b", "1x", "v1:salt", "10.0.0.1", "a: b".replace(": ", ":"), "2026-11", "-"),
    *("on-call", "nope", "0xg", "1_000_a", "--", "1-2-3", "é", "3d", "1.2.3"),
]


@pytest.mark.parametrize("text", [text for text in DOUBTFUL if text not in NULLS])
def test_a_scalar_that_readers_disagree_on_is_to_be_quoted(text):
    with pytest.raises(ProblemsFound) as found:
        read_yaml(f"a: {text}", "f.yaml")
    message = str(found.value)
    assert message.startswith(f"f.yaml:1: a: {text} means different things to different readers; ")
    assert message.endswith(f'quote it: "{text}".')


@pytest.mark.parametrize("text", [*NULLS, "null"])
def test_a_null_is_no_value(text):
    with pytest.raises(ProblemsFound) as found:
        read_yaml(f"a: {text}", "f.yaml")
    assert str(found.value) == (
        f'f.yaml:1: a: {text} is no value; write "{{}}" for an empty mapping, "[]" for an empty '
        f'list, "" for empty text, or quote it: "{text}".'
    )


@pytest.mark.parametrize(
    "text",
    ["1e3", "0x1F", "0b11", "0o17", "017", "08", "+5", "1_000", "00", "0X1f", "-0o7", "1E3"],
)
def test_a_number_in_another_writing_is_told_both_ways_out(text):
    with pytest.raises(ProblemsFound) as found:
        read_yaml(f"a: {text}", "f.yaml")
    assert str(found.value) == (
        f"f.yaml:1: a: {text} means different things to different readers; write a number in "
        f'plain decimal digits, or quote it: "{text}".'
    )


@pytest.mark.parametrize("text", [*DOUBTFUL, *TEXT, ""])
def test_a_quoted_scalar_is_text(text):
    assert read_yaml(f'a: "{text}"', "f.yaml").plain() == {"a": text}


@pytest.mark.parametrize("text", [text for text in TEXT if text != "-"])
def test_what_no_reader_takes_for_something_else_is_text(text):
    assert read_yaml(f"a: {text}", "f.yaml").plain() == {"a": text}
    assert yaml.safe_load(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("0", 0), ("-7", -7)]
)
def test_true_false_and_decimal_integers_are_themselves(text, value):
    read = read_yaml(f"a: {text}", "f.yaml").plain()
    assert read == {"a": value}
    assert type(read["a"]) is type(value)


@given(st.text(alphabet="0123456789abefox_:.+-TZ~nulyrsNOIF=<", min_size=1, max_size=8))
def test_whatever_is_taken_plain_pyyaml_takes_the_same(text):
    try:
        ours = read_yaml(f"a: {text}", "f.yaml").plain()
    except ProblemsFound:
        return
    assert ours == yaml.safe_load(f"a: {text}")


def test_a_value_stands_where_its_key_does():
    node = read_yaml("a:\n  b:\n    - c\n    - d: e\n", "f.yaml")
    inner = node.mapping()["a"].mapping()["b"]
    assert (str(node.mapping()["a"].place), str(inner.place)) == ("f.yaml:1", "f.yaml:2")
    assert [str(item.place) for item in inner.items()] == ["f.yaml:3", "f.yaml:4"]


def test_every_doubt_is_reported_at_once():
    with pytest.raises(ProblemsFound) as found:
        read_yaml("a: on\nb: &x 5\nc: !!int 5\n", "f.yaml")
    assert str(found.value).split("\n") == [
        'f.yaml:1: a: on means different things to different readers; write true, or quote it: "on".',
        'f.yaml:2: b: "&x" names a value; take the name out.',
        'f.yaml:3: c: "!!int" is a tag; take it out, and quote the value.',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%YAML 1.1\n---\na: b\n", 'f.yaml:1: a "%" directive stands here; take it out.'),
        (
            "a: \x00",
            "f.yaml:1: the character U+0000 stands in column 4, and YAML is plain text; take it out.",
        ),
        (
            "a: b\r\nc:\n  d: e\x1bf\n",
            "f.yaml:3: the character U+001B stands in column 7, and YAML is plain text; take it out.",
        ),
        (
            "a: \ud800",
            "f.yaml:1: the character U+D800 stands in column 4, and YAML is plain text; take it out.",
        ),
        ("a: " + "[" * 30, "f.yaml:1: this is nested deeper than 24 levels; no setting is."),
        ("? [a]\n: b\n", "f.yaml:1: a key here is not text; write it as text."),
        ("? \n: b\n", "f.yaml:1: a key here is empty; write its name."),
    ],
)
def test_odd_files_are_refused(text, message):
    with pytest.raises(ProblemsFound) as found:
        read_yaml(text, "f.yaml")
    assert str(found.value) == message
