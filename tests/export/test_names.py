"""Names in other formats: readable, from content alone, and one to one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segfw.export.names import cloud_name, label, logical_id

IDENTIFIER = re.compile(
    r"[A-Za-z_][A-Za-z0-9_-]*"
)  # developer.hashicorp.com/terraform/language/syntax/configuration#identifiers
LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")  # docs.aws.amazon.com, resources-section-structure
NAMES = st.text(alphabet="ab1-._/: ü", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("data", "data"),
        ("data-in-tcp-25-10.20.25.0_28", "data-in-tcp-25-10_20_25_0__28"),
        ("public-in-icmpv6-2.0---_0", "public-in-icmpv6-2_0---__0"),
    ],
)
def test_a_label_can_be_read_back(name, expected):
    assert label(name) == expected


@pytest.mark.parametrize(
    "name", ["1x", "a._b", "a_.b", "acme/network/dev:vpcId", "data-out-tcp-80,443-any"]
)
def test_a_name_that_cannot_be_read_back_ends_in_a_digest(name):
    assert re.search(r"-[0-9a-f]{8}$", label(name))


@given(NAMES, NAMES)
def test_two_names_have_two_labels(one, other):
    assert IDENTIFIER.fullmatch(label(one))
    assert (label(one) == label(other)) == (one == other)


@given(NAMES, NAMES)
def test_two_names_have_two_logical_ids(one, other):
    assert LOGICAL_ID.fullmatch(logical_id("rule", one))
    assert (logical_id("rule", one) == logical_id("rule", other)) == (one == other)


def test_two_kinds_may_have_one_name():
    assert logical_id("group", "admins") != logical_id("list", "admins")


def test_a_long_name_is_cut_and_told_apart():
    assert LOGICAL_ID.fullmatch(logical_id("rule", "a" * 400))
    assert logical_id("rule", "a" * 400) != logical_id("rule", "a" * 401)
    assert len(cloud_name("s" * 100, "management")) == 80
    assert cloud_name("s" * 100, "management") != cloud_name("s" * 100, "public")
