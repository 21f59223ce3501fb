"""Exports of two short stacks are those that were last read and accepted."""

import pytest

from tests.export.short import FOLDER, SHORT
from tests.golden.regenerate import exports

REGENERATE = "python -m tests.golden.regenerate"


@pytest.mark.parametrize("name", exports())
def test_an_export_is_its_golden(name):
    golden = (FOLDER / name).read_bytes().decode()

    assert exports()[name] == golden, f"run {REGENERATE}, and read it"


def test_every_golden_is_an_export_or_the_stack_of_one():
    stacks = {f"Pulumi.{stack}.yaml" for stack in SHORT}

    assert {path.name for path in FOLDER.iterdir()} == {*exports(), *stacks}
