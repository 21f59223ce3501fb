"""Plans of the shipped stacks are those that were last read and accepted."""

import pytest

from tests.golden.regenerate import HERE, plan_text, shipped

REGENERATE = "python -m tests.golden.regenerate"


@pytest.mark.parametrize("stack", shipped())
def test_a_plan_is_its_golden(stack):
    golden = HERE / f"{stack}.txt"

    assert golden.is_file(), f"no golden for {stack}; run {REGENERATE}"
    assert plan_text(stack) == golden.read_text(encoding="utf-8"), f"run {REGENERATE}, and read it"


def test_every_golden_belongs_to_a_stack():
    assert sorted(path.stem for path in HERE.glob("*.txt")) == shipped()
