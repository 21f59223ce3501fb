"""Numbers of guardrails in prose are how many there are."""

from __future__ import annotations

import re

import pytest

from segfw.guardrails.pack import GUARDRAILS
from tests.shipped import HERE

SAID = re.compile(r"\b(\d+) \[?(?:guardrails|policies that judge)|There are (\d+) of them")
PAGES = ("README.md", "CHANGELOG.md", "docs/policy.md", "policy/README.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_guardrails_is_the_one_that_there_is(page: str) -> None:
    text = (HERE.parent / page).read_text("utf-8")
    said = [int(one or other) for one, other in SAID.findall(text)]

    assert said
    assert set(said) == {len(GUARDRAILS)}
