"""Goldens, as of one day: `segfw plan` of every shipped stack, `segfw export` of two short ones.

``python -m tests.golden.regenerate`` writes them anew; with names, plans of new stacks too.
"""

import sys
from unittest.mock import patch

from click.testing import CliRunner

import segfw.cli.plan
from segfw.catalog import load_catalog
from segfw.cli.main import main
from segfw.export.formats import FORMATS
from tests.export.short import FOLDER, SHORT, short_plan
from tests.golden.made_of import write_made_of
from tests.shipped import CONFIG, GOLDENS, SHIPPED, TODAY


def plan_text(stack: str, *options: str) -> str:
    """What `segfw plan` prints, with the clock at TODAY."""
    with patch.object(segfw.cli.plan, "today", lambda: TODAY):
        result = CliRunner().invoke(main, ["plan", stack, "--config-dir", str(CONFIG), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def exports() -> dict[str, str]:
    """The export of each short stack in each format of its cloud, by file name."""
    return {
        each.file.format(stack=stack).replace("/", "."): each.write(plan, load_catalog())
        for stack in SHORT
        for plan in (short_plan(stack),)
        for each in FORMATS.values()
        if plan.settings.cloud in each.clouds
    }


def write(new: list[str]) -> None:
    for stack in sorted({*SHIPPED, *new}):
        (GOLDENS / f"{stack}.txt").write_text(plan_text(stack), encoding="utf-8")
        print(f"wrote tests/golden/{stack}.txt")
    write_made_of(sorted({*SHIPPED, *new}))
    print("wrote tests/golden/made-of.sha256")
    for name, text in exports().items():
        (FOLDER / name).write_bytes(text.encode())
        print(f"wrote tests/golden/exports/{name}")


if __name__ == "__main__":
    write(sys.argv[1:])
