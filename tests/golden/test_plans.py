"""Plans of the shipped stacks are those that were last read and accepted."""

import pytest

from segfw.cli.main import stacks_of
from tests.golden.regenerate import plan_text
from tests.shipped import CONFIG, GOLDENS, SHIPPED

REGENERATE = "python -m tests.golden.regenerate"


@pytest.mark.parametrize("stack", SHIPPED)
def test_a_plan_is_its_golden(stack):
    golden = (GOLDENS / f"{stack}.txt").read_text(encoding="utf-8")

    assert plan_text(stack) == golden, f"run {REGENERATE}, and read it"


def test_every_golden_belongs_to_a_stack():
    assert set(SHIPPED) <= set(stacks_of(CONFIG))
