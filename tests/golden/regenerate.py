"""Golden plans: `segfw plan` of every shipped stack on one day.

``python -m tests.golden.regenerate`` writes them anew; with names, those of new stacks too.
"""

import sys
from unittest.mock import patch

from click.testing import CliRunner

import segfw.cli.plan
from segfw.cli.main import main
from tests.shipped import CONFIG, GOLDENS, SHIPPED, TODAY


def plan_text(stack: str, *options: str) -> str:
    """What `segfw plan` prints, with the clock at TODAY."""
    with patch.object(segfw.cli.plan, "today", lambda: TODAY):
        result = CliRunner().invoke(main, ["plan", stack, "--config-dir", str(CONFIG), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def write(new: list[str]) -> None:
    for stack in sorted({*SHIPPED, *new}):
        (GOLDENS / f"{stack}.txt").write_text(plan_text(stack), encoding="utf-8")
        print(f"wrote tests/golden/{stack}.txt")


if __name__ == "__main__":
    write(sys.argv[1:])
