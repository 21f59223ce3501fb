"""No input raises anything but problems, and the order of an input means nothing."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from segfw.catalog import load_catalog
from segfw.problems import ProblemsFound
from segfw.settings import read_settings, tree_from_config, tree_from_values
from segfw.settings.spelling import spelled
from tests.settings.reading import SOUND, TODAY, tree_of

CATALOG = load_catalog()
LAB = yaml.safe_load(Path("config/shared/lab.yaml").read_text(encoding="utf-8"))["config"]
STACK = yaml.safe_load(Path("config/Pulumi.aws-lab.yaml").read_text(encoding="utf-8"))["config"]
WORDS = [
    *("aws", "internet", "self", "admins", "10.0.0.0/8", "0.0.0.0/0", "::/0", "15.0", "merge"),
    *("management", "2026-01-01", "10000-65535", "{}", "[", "\x00", "\ud800", "a\nb", "~", "é"),
    *("name", "secure", "stack", "output", "imports", "proxy", "from", "1" * 40, "", "x.y[z]"),
]
TEXT = st.sampled_from(WORDS) | st.text(max_size=5)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
ANY = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def merged(base, over):
    if isinstance(base, dict) and isinstance(over, dict):
        return base | {key: merged(base.get(key), value) for key, value in over.items()}
    return over


WHOLE = {
    key.removeprefix("seg-firewall:"): value
    for key, value in merged(LAB, STACK).items()
    if key != "seg-firewall:imports"
}


def judged(tree):
    """Read *tree*; only problems may come, one to a line."""
    try:
        read_settings(tree, CATALOG, stack="test", today=TODAY)
    except ProblemsFound as found:
        assert len(str(found).split("\n")) == len(found.problems)
        assert all(problem.message.endswith((".", "?")) for problem in found.problems)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_stack_file_or_a_problem(text):
    try:
        judged(tree_of(text.encode("utf-8", "replace").decode(), ""))
    except ProblemsFound as found:
        assert found.problems


@settings(deadline=None)
@given(st.dictionaries(TEXT, ANY, max_size=4))
def test_any_values_are_settings_or_problems(values):
    judged(tree_from_values(values))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), ANY, min_size=1, max_size=3))
def test_any_section_is_settings_or_a_problem(values):
    judged(tree_from_values({**WHOLE, **values}))


def paths(value, path=()):
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in inner:
        yield from paths(child, (*path, key))


PATHS = [path for path in paths(WHOLE) if path]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATHS), ANY, st.booleans())
def test_any_value_in_any_place_is_settings_or_a_problem(path, value, gone):
    whole = deepcopy(WHOLE)
    holder = whole
    for key in path[:-1]:
        holder = holder[key]
    if gone:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    judged(tree_from_values(whole))


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([f"seg-firewall:{k}" for k in WHOLE]),
        TEXT | ANY.map(json.dumps),
    )
)
def test_any_config_of_pulumi_is_settings_or_a_problem(config):
    judged(tree_from_config(config, (), Path("nowhere/config"), "test"))


@settings(deadline=None)
@given(st.lists(st.sampled_from(SOUND.splitlines()), max_size=20))
def test_any_lines_of_a_stack_file_are_settings_or_a_problem(lines):
    try:
        judged(tree_of("\n".join(lines), ""))
    except ProblemsFound as found:
        assert found.problems


def shuffled(value, random):
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    if isinstance(value, list):
        items = [shuffled(item, random) for item in value]
        random.shuffle(items)
        return items
    return value


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_mappings_and_lists_means_nothing(random):
    one = read_settings(tree_from_values(WHOLE), CATALOG, stack="test", today=TODAY)
    tree = tree_from_values(shuffled(WHOLE, random))
    two = read_settings(tree, CATALOG, stack="test", today=TODAY)
    assert spelled(one, CATALOG) == spelled(two, CATALOG)
    assert list(one.interfaces) == list(two.interfaces)
    assert list(one.features) == list(two.features)
