"""The numbers that the page on fitting gives for its picture."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from segfw.catalog import load_catalog
from segfw.cover import Box, exact, union_space
from segfw.cover.superset import superset
from segfw.plan import Plan, make_plan
from segfw.problems import ProblemsFound
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.headerspace import HeaderSpace
from segfw.sets.ports import PortRange
from segfw.settings.types import Fit
from tests.docs.pages import blocks
from tests.settings.reading import ON_AZURE
from tests.settings.reading import settings_of as settings_over_a_sound_stack
from tests.shipped import settings_of

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "fitting.md"
PAGE = PATH.read_text(encoding="utf-8")
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


def test_a_superset_of_two_adds_the_two_pairs_of_the_picture() -> None:
    found = superset(SPACE, 2, NOTHING, NOTHING)

    assert set(found) == {box(82, 83, "10.0.0.0/30"), box(83, 83, "10.0.0.6/32")}
    assert (union_space(Family.IPV4, found) - SPACE).size() == 2


def test_the_picture_has_the_numbers_of_the_table() -> None:
    rules = {"each": 5, "drop": 4, "merge": 3}
    for fit, count in rules.items():
        assert re.search(rf"\| `fit: {fit}`[^|]*\| [^|]* \| {count} \|", PAGE)
        assert f"{fit}: {count} rules" in PICTURE


def test_the_picture_names_its_axes_its_colours_and_pairs() -> None:
    for words in (">port<", ">10.0.0<", "superset: 2 rules", "two pairs are added"):
        assert words in PICTURE
    for word in ("Blue", "Grey", "Hatched", "Outline", "Dashed"):
        assert f"{word}: " in PICTURE
    assert "packet" not in PICTURE


def test_no_text_of_the_picture_reaches_its_edge() -> None:
    """A letter is taken to be 0.62 of its size wide, 0.7 in bold: more than common fonts have."""
    width = int(re.search(r'viewBox="0 0 (\d+) ', PICTURE)[1])
    ends, left = [], 0
    for line in PICTURE.splitlines():
        moved = re.match(r'<g transform="translate\((\d+),', line)
        left = int(moved[1]) if moved else 0 if line == "</g>" else left
        text = re.match(r'<text x="(\d+)" y="\d+" class="([ts])">([^<]+)<', line)
        if text:
            letter = 13 * 0.7 if text[2] == "t" else 11 * 0.62
            ends.append(left + int(text[1]) + letter * len(text[3]))

    assert len(ends) > 10
    assert max(ends) <= width


def test_the_settings_that_the_page_shows_are_read_as_they_stand() -> None:
    aws, azure = [f"config:\n{b.text}\n" for b in blocks(PATH) if b.language == "yaml"]
    on_aws = settings_over_a_sound_stack(aws)
    management = on_aws.interfaces["management"]

    assert on_aws.quotas.network_acl_entries == 40
    assert (management.security_group.groups, management.security_group.fit) == (2, Fit.DROP)
    assert management.network_acl is not None
    assert management.network_acl.fit is Fit.MERGE
    on_azure = settings_over_a_sound_stack(azure, ON_AZURE)
    assert on_azure.interfaces["management"].nsg.fit is Fit.MERGE


def with_scattered_admins(stack: str, fit: Fit = Fit.EACH) -> Plan:
    """The plan of a shipped stack whose administrators are at 300 addresses, none neighbours."""
    settings = settings_of(stack)
    scattered = tuple(parse_prefix(f"10.40.{n // 64}.{n % 64 * 4}/32") for n in range(300))
    admins = replace(settings.networks["admins"], prefixes=scattered)
    interfaces = {
        name: replace(one, nsg=replace(one.nsg, fit=fit))
        for name, one in settings.interfaces.items()
    }
    return make_plan(
        replace(settings, interfaces=interfaces, networks={**settings.networks, "admins": admins}),
        load_catalog(),
    )


def test_300_scattered_administrators_give_the_message_of_the_page_on_aws() -> None:
    with pytest.raises(ProblemsFound) as found:
        with_scattered_admins("aws-prod-us-east-1")

    assert [problem.message in PAGE for problem in found.value.problems] == [True]


def test_300_scattered_administrators_compile_on_azure_and_merge_to_a_handful() -> None:
    as_they_are = with_scattered_admins("azure-prod-westeurope").rule_sets[0]
    merged = with_scattered_admins("azure-prod-westeurope", Fit.MERGE).rule_sets[0]

    # The web interfaces are at 443, 4431 and 6443: three rules to an address, or three in all.
    assert len(as_they_are.rules) > 3 * 300
    assert sum(len(rule.prefixes) == 300 for rule in merged.rules) == 3
