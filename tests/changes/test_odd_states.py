"""A state that was edited by hand: whatever is odd in it is a problem, never a traceback."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from segfw.changes.comparison import with_state
from segfw.cli.write import markdown_text, plain_text
from segfw.problems import ProblemsFound
from segfw.review.changes import sections
from segfw.review.changes_document import Sides, document
from segfw.state import read_state
from tests.changes.comparing import networks, stack
from tests.review.planning import CATALOG, plan_of
from tests.settings.reading import ON_AZURE
from tests.states import SECRET, export, resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]

LISTS = networks(
    dns_servers="{prefixes: [10.9.0.0/28], aws: {prefixList: {id: pl-1, weight: 5, family: ipv4}}}"
)
POINTS = (
    "  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}, "
    "networkAcl: {subnetIds: [subnet-1]}}}\n"
)
FEATURES = "ssh-admin: {}, dns: {}, icmp-echo: {from: [admins]}"
AWS = plan_of(stack(f"{FEATURES}, talos: {{prefixList: true}}", POINTS + LISTS))
AZURE = plan_of(stack(FEATURES, networks(dns_servers="[10.9.0.0/28]")), ON_AZURE)
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    1e300,
    float("nan"),
    "",
    "tcp",
    "²",
    "9" * 5000,
    "\ud800",
    "\x1b[31m",
    [],
    [None],
    ["*"],
    {},
    {"a": 1},
    SECRET,
)
KINDS = {"AWS": AWS, "Azure": AZURE}


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in *value* but the whole; of a list, only the first items."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:1]):
            yield from places(inner, (*path, index))


def first_of_each_type(resources: list[dict[str, Any]]) -> Iterator[int]:
    seen = set[str]()
    for index, one in enumerate(resources):
        if one["type"] not in seen:
            seen.add(one["type"])
            yield index


def edited(resources: list[dict[str, Any]], path: Path, value: Any) -> list[dict[str, Any]]:
    """The resources with *value* at *path*; without what is there, where it is the path itself."""
    index = int(path[0])
    found = [*resources]
    found[index] = copy.deepcopy(resources[index])
    holder: Any = found
    for step in path[:-1]:
        holder = holder[step]
    if value is places:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return found


def written(plan: Any, resources: list[dict[str, Any]]) -> str:
    """Everything that `segfw diff` can print of it; the problems where there are some."""
    try:
        state = read_state(export(resources), "state.json")
        found = with_state(plan, state, CATALOG, ["111122223333"])
    except ProblemsFound as found:
        return str(found)
    said = list(sections(found, CATALOG))
    held = json.dumps(
        document([found], Sides("state", "state.json", "test"), CATALOG, compiled_by="x")
    )
    problems = "\n".join(map(str, found.refused))
    return "\n".join((plain_text(said), markdown_text(said), held, problems))


@pytest.mark.parametrize("cloud", KINDS)
def test_whatever_is_odd_is_a_problem_or_a_difference(cloud):
    plan = KINDS[cloud]
    resources = resources_of(plan)
    assert "no difference" in written(plan, resources)
    for index in first_of_each_type(resources):
        small = resources[index]
        if "settings" in small.get("inputs", {}):  # a record of its own, read leniently: a part
            small = {**small, "inputs": {key: {} for key in small["inputs"]}}
        for path in places(small):
            for value in (*ODD, places):
                written(plan, edited(resources, (index, *path), value)).encode()
