"""Golden plans: `segfw plan` of every shipped stack on one day.

``python -m tests.golden.regenerate`` writes them anew.
"""

from datetime import date
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

import segfw.cli.plan
from segfw.cli.main import main, stacks_of

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parents[1] / "config"
DAY = date(2026, 11, 24)


def shipped() -> list[str]:
    return stacks_of(CONFIG)


def plan_text(stack: str, *options: str) -> str:
    """What `segfw plan` prints, with the clock at DAY."""
    with patch.object(segfw.cli.plan, "today", lambda: DAY):
        result = CliRunner().invoke(main, ["plan", stack, "--config-dir", str(CONFIG), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def write() -> None:
    for old in HERE.glob("*.txt"):
        old.unlink()
    for stack in shipped():
        (HERE / f"{stack}.txt").write_text(plan_text(stack), encoding="utf-8")
        print(f"wrote tests/golden/{stack}.txt")


if __name__ == "__main__":
    write()
