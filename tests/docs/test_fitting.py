"""The numbers that the page on fitting gives for its picture."""

from __future__ import annotations

import re
from pathlib import Path

from segfw.cover import Box, exact, union_space
from segfw.cover.superset import superset
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.headerspace import HeaderSpace
from segfw.sets.ports import PortRange

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "fitting.md").read_text(encoding="utf-8")
PICTURE = (ROOT / "docs" / "pictures" / "fit.svg").read_text(encoding="utf-8")
ASKED = {
    82: ("10.0.0.0/31", "10.0.0.1/32", "10.0.0.2/31"),
    83: ("10.0.0.2/31", "10.0.0.6/32"),
}
NOTHING = HeaderSpace(Family.IPV4)


def box(first: int, last: int, prefix: str) -> Box:
    return Box(6, PortRange(first, last), parse_prefix(prefix))


SPACE = union_space(
    Family.IPV4, (box(port, port, prefix) for port, held in ASKED.items() for prefix in held)
)


def test_the_page_asks_for_what_the_test_does() -> None:
    for prefixes in ASKED.values():
        for prefix in prefixes:
            assert f"`{prefix}`" in PAGE


def test_merge_makes_the_three_rules_of_the_picture() -> None:
    assert set(exact(SPACE)) == {
        box(82, 82, "10.0.0.0/30"),
        box(82, 83, "10.0.0.2/31"),
        box(83, 83, "10.0.0.6/32"),
    }


def test_a_superset_of_two_adds_the_two_packets_of_the_picture() -> None:
    found = superset(SPACE, 2, NOTHING, NOTHING)

    assert set(found) == {box(82, 83, "10.0.0.0/30"), box(83, 83, "10.0.0.6/32")}
    assert (union_space(Family.IPV4, found) - SPACE).size() == 2


def test_the_picture_has_the_numbers_of_the_table() -> None:
    rules = {"each": 5, "drop": 4, "merge": 3}
    for fit, count in rules.items():
        assert re.search(rf"\| `fit: {fit}`[^|]*\| [^|]* \| {count} \|", PAGE)
        assert f"{fit}: {count} rules" in PICTURE
