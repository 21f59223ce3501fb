"""What `docs/diff.md` shows is what is printed."""

from __future__ import annotations

import re
import shutil
from contextlib import chdir

import pytest
from click.testing import CliRunner

import segfw.cli.diff
from segfw.cli.main import main
from segfw.settings import read_settings, read_tree
from tests.cli.calling import SMALL
from tests.docs.pages import ROOT, blocks
from tests.shipped import CONFIG, TODAY
from tests.states import exported

PAGE = ROOT / "docs" / "diff.md"


def peers(first):
    listed = ", ".join(f"10.9.5.{n}/32" for n in range(first, first + 40, 2))
    return SMALL.replace("[10.9.0.0/28]", f"[{listed}]").replace(
        "ssh-admin: {}", "ssh-admin: {}, gui-https: {}"
    )


SHIPPED = (CONFIG / "Pulumi.aws-dev-us-east-1.yaml").read_text("utf-8")
SHOWN = {
    "aws-dev-us-east-1": (SHIPPED, SHIPPED.replace("icmp-echo: {}", "snmp: {}")),
    "small": (peers(0), peers(1)),
}


def printed(folder, stack, deployed, wanted):
    from segfw.catalog import load_catalog
    from segfw.plan import make_plan

    catalog = load_catalog()
    shutil.copytree(CONFIG, folder / "config")
    file = folder / "config" / f"Pulumi.{stack}.yaml"
    file.write_text(deployed, "utf-8")
    tree = read_tree(folder / "config", stack)
    plan = make_plan(read_settings(tree, catalog, stack=stack, today=TODAY), catalog)
    (folder / "state.json").write_text(exported(plan), "utf-8")
    file.write_text(wanted, "utf-8")
    words = ["diff", str(file), "--state", str(folder / "state.json")]
    with chdir(folder):
        return CliRunner().invoke(main, words).stdout


@pytest.mark.parametrize("stack", SHOWN)
def test_a_comparison_that_is_shown_is_what_is_printed(stack, tmp_path, monkeypatch):
    monkeypatch.setattr(segfw.cli.diff, "today", lambda: TODAY)
    lines = printed(tmp_path, stack, *SHOWN[stack]).splitlines()
    (block,) = (b for b in blocks(PAGE) if b.language == "text" and b.text.startswith(f"{stack}:"))
    shown = block.text.splitlines()

    assert [line for line in shown if line and line not in lines] == []


def test_the_table_of_changes_and_of_exit_statuses_is_whole():
    from segfw.changes import Kind
    from segfw.review.changes import COUNTED

    text = PAGE.read_text("utf-8")

    assert [COUNTED[kind] for kind in Kind if COUNTED[kind] not in text] == []
    assert re.findall(r"^\| (\d) \|", text, re.MULTILINE) == ["0", "1", "2", "3", "4"]
