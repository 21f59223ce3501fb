"""Whatever is said, it comes to a file that reads back, or to problems; nothing else happens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from segfw.catalog import load_catalog
from segfw.settings import read_settings, read_tree
from segfw.starting.given import Given
from segfw.starting.start import wrong
from tests.shipped import CONFIG, TODAY
from tests.starting.starting import ONE, SHARED, begun

CATALOG = load_catalog()
WORDS = some.sampled_from(
    ["data", "management", "external", "internal", "public", "admins", "dns", "ssh-admin", "talos",
     "cluster", "custom-flow", "port", "from", "10.9.0.0/28", "2001:db8::/64", "internet", "proxy", "22",
     "true", "{}", "[1, 2]", "{a: b}", "features", "interfaces", "networks", "gateway", "hosts", "tags",
     "vpc-1", "eni-1", "subnet-1", "merge", "roles", "default", "*", "é", "\n", "\x00", "~", ""]
)  # fmt: skip
TEXT = some.lists(
    some.tuples(WORDS, some.sampled_from(["", ":", "=", ",", ".", " "])), max_size=5
).map(lambda parts: "".join(word + mark for word, mark in parts))
SINGLE = ("cloud", "region", "environment", "release", "cisco_region", "account", "default_route")
ANYTHING = some.builds(
    Given,
    **{field: some.none() | TEXT for field in SINGLE},
    **{
        field: some.lists(TEXT, max_size=2).map(tuple)
        for field in Given._fields
        if field not in SINGLE
    },
)


@given(ANYTHING)
@settings(max_examples=300)
def test_any_text_in_any_flag_is_a_problem_or_a_value(said):
    start = begun(said)
    found = wrong(start, CATALOG, CONFIG, TODAY)

    assert all(problem.message.endswith((".", "?")) for problem in found)
    assert found or start.missing


@given(some.sampled_from([f for f in Given._fields if f not in SINGLE]), TEXT)
@settings(max_examples=300)
def test_one_flag_more_is_refused_or_the_file_reads_back(tmp_path_factory, field, text):
    start = begun(ONE, **{field: (*getattr(ONE, field), text)})
    if start.missing or wrong(start, CATALOG, CONFIG, TODAY):
        return
    folder = tmp_path_factory.mktemp("one")
    (folder / "shared").symlink_to(CONFIG / "shared")
    (folder / f"Pulumi.{start.stack}.yaml").write_text(start.text(), encoding="utf-8")

    read_settings(read_tree(folder, start.stack), CATALOG, stack=start.stack, today=TODAY)


def test_a_stack_is_called_after_its_cloud_environment_and_region():
    azure = begun(cloud="azure", region="UK South", vpcs=(), resource_groups=("rg",))

    assert begun().stack == "aws-dev-eu-central-1"
    assert azure.stack == "azure-dev-uksouth"


def test_the_environment_of_an_import_is_in_the_name():
    start = begun(environment=None, release=None, imports=("production",), account="111122223333")

    assert start.stack == "aws-prod-eu-central-1"
    assert "production" in SHARED
