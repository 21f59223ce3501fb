"""The pages on starting a stack and on releases show what their commands print."""

from __future__ import annotations

import shlex
import shutil
from itertools import pairwise

import pytest
from click.testing import CliRunner

import segfw.cli.catalog_diff
import segfw.cli.init
from segfw.cli.main import main
from tests.docs.pages import ROOT, blocks
from tests.shipped import CONFIG, TODAY


def shown(page: str) -> list[tuple[str, str]]:
    """Each call of a page with the text that follows it."""
    held = list(blocks(ROOT / "docs" / f"{page}.md"))
    return [
        (one.text, after.text)
        for one, after in pairwise(held)
        if (one.language, after.language) == ("sh", "text")
    ]


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copytree(CONFIG, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    for module in (segfw.cli.init, segfw.cli.catalog_diff):
        monkeypatch.setattr(module, "today", lambda: TODAY)


@pytest.mark.parametrize(
    ("call", "text"), [*shown("start-a-stack"), *shown("new-release")], ids=lambda one: one[:40]
)
def test_a_call_prints_what_stands_below_it(call, text, project):
    result = CliRunner().invoke(main, shlex.split(call)[1:])
    printed = (result.stdout + result.stderr).splitlines()
    wanted = text.splitlines()

    starts = [i for i, line in enumerate(printed) if line == wanted[0]]
    assert any(printed[i : i + len(wanted)] == wanted for i in starts), "\n".join(printed)


def test_each_page_shows_what_its_commands_print():
    assert (len(shown("start-a-stack")), len(shown("new-release"))) == (2, 3)
