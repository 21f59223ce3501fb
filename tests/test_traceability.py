"""What a deployment's state says of each rule, and how values of ours look in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pytest

from segfw.catalog.model import Direction
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import Cloud, ProgramValue, StackOutput
from segfw.traceability import plain, rules_by_name
from tests.review.planning import features, plan_of
from tests.settings.reading import ON_AZURE


@dataclass(frozen=True)
class Record:
    ports: tuple[PortRange, ...]
    note: str | None = None


class Pair(NamedTuple):
    first: int
    second: str | None


PLAIN = {
    "a family is its keyword": (Family.IPV6, "ipv6"),
    "an enumeration is its value": (Direction.INGRESS, "ingress"),
    "a prefix is text": (parse_prefix("10.0.0.0/8"), "10.0.0.0/8"),
    "ports are text": (PortRange(1024, 65535), "1024-65535"),
    "another stack's output is text": (
        StackOutput("acme/net/prod", "vpcId"),
        "acme/net/prod:vpcId",
    ),
    "a program's value is its label": (ProgramValue("vpc"), "<vpc>"),
    "a day is ISO 8601": (date(2026, 11, 24), "2026-11-24"),
    "a mapping is sorted by its keys": ({Cloud.AZURE: 1, Cloud.AWS: 2}, {"aws": 2, "azure": 1}),
    "a set is a sorted list": (frozenset({"b", "a"}), ["a", "b"]),
    "a sequence is a list": ((1, [True]), [1, [True]]),
    "a record leaves out what is absent": (Record(ports=(PortRange(22, 22),)), {"ports": ["22"]}),
    "a named tuple is a record too": (Pair(1, None), {"first": 1}),
    "a class is itself": (Record, Record),
    "text is text": ("22", "22"),
    "nothing is nothing": (None, None),
}


@pytest.mark.parametrize(("value", "wanted"), PLAIN.values(), ids=PLAIN)
def test_a_value_is_plain_in_json(value, wanted):
    found = plain(value)

    assert found == wanted
    assert not isinstance(found, dict) or list(found) == list(wanted)


def test_each_rule_is_found_by_its_name_with_features_and_rows():
    found = rules_by_name(plan_of(features("ssh-admin: {}, new-ui: {}, gui-https: {}")))

    assert found["security-group/management-in-tcp-22-10.9.0.0_28"] == {
        "features": ["ssh-admin"],
        "rows": ["ssh-cli"],
    }
    assert found["security-group/management-in-tcp-443-10.9.0.0_28"] == {
        "features": ["gui-https", "new-ui"],
        "rows": ["gui-https"],
    }


def test_a_closing_deny_serves_nothing():
    found = rules_by_name(plan_of(features("ssh-admin: {}"), ON_AZURE))
    denies = [value for name, value in found.items() if "deny" in name]

    assert denies == [{"features": [], "rows": []}] * 6
