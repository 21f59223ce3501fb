"""A how-to page, done as it says: its YAML is put into the files it names, its commands are run.

A block of YAML names its file in a comment on the first line and is laid over what is there, as
a reader would write it in. A block of shell is run line by line: `segfw` here, `cp` and `rm` as
files; `pulumi stack export` writes the state that a deployment of the stack as it then is would
leave, and other programs are not run. A block of text holds lines that the shell block before it
prints; one that begins with "... " is the end of a line.
"""

from __future__ import annotations

import copy
import re
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import patch

import yaml
from click.testing import CliRunner

from segfw.catalog import load_catalog
from segfw.cli.main import main
from segfw.plan import make_plan
from segfw.settings import read_settings, read_tree
from tests.docs.pages import blocks
from tests.shipped import CONFIG, TODAY
from tests.states import exported

if TYPE_CHECKING:
    from pathlib import Path

FILE = re.compile(r"# (config/\S+\.yaml)\n")
SPACES = re.compile(r"\s+")


def laid_over(under, over):
    """Mappings merge, everything else is replaced: what a reader does who writes it in."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return copy.deepcopy(over)
    return {k: laid_over(under.get(k), over[k]) if k in over else under[k] for k in under | over}


def squeezed(line):
    return SPACES.sub(" ", line).strip()


@dataclass
class Trial:
    folder: Path
    printed: str = ""
    status: int = 0
    missing: list[str] = field(default_factory=list)

    def write_in(self, text):
        named = FILE.match(text)
        assert named, f"a block of YAML names its file in its first line:\n{text}"
        path = self.folder / named[1]
        there = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {"config": {}}
        merged = laid_over(there, {"config": yaml.safe_load(text)})
        path.write_text(yaml.safe_dump(merged, sort_keys=False, width=200), "utf-8")

    def run(self, line):
        line, _, target = line.partition(" > ")
        words = shlex.split(line, comments=True)
        match words[:3]:
            case ["segfw", *_]:
                self.segfw(words[1:], target.split("#")[0].strip())
            case ["cp", *_]:
                shutil.copy(self.folder / words[1], self.folder / words[2])
            case ["rm", *_]:
                (self.folder / words[1]).unlink()
            case ["pulumi", "stack", "export"]:
                self.export(words[words.index("--stack") + 1], words[words.index("--file") + 1])

    def segfw(self, words, target):
        result = CliRunner().invoke(main, words)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code in (0, 1, 3, 4), result.output
        if target:
            (self.folder / target).write_text(result.stdout, "utf-8")
        else:
            self.printed += result.output

    def export(self, stack, file):
        tree = read_tree(self.folder / "config", stack)
        settings = read_settings(tree, load_catalog(), stack=stack, today=TODAY)
        state = exported(make_plan(settings, load_catalog()))
        (self.folder / file).write_text(state, "utf-8")

    def compare(self, text, line):
        printed = {squeezed(one) for one in self.printed.splitlines()}
        shown = [one for one in map(squeezed, text.splitlines()) if one not in ("", "...")]
        if not shown:
            self.missing.append(f"line {line}: nothing is shown")
        for one in shown:
            end = one.removeprefix("... ")
            if not (one in printed or (end != one and any(each.endswith(end) for each in printed))):
                self.missing.append(f"line {line}: {one}")


def tried(page, folder, base):
    """What came of doing *page* in *folder*, where `mail-dev` is a copy of the stack *base*."""
    shutil.copytree(CONFIG, folder / "config")
    config = folder / "config"
    shutil.copy(config / f"Pulumi.{base}.yaml", config / "Pulumi.mail-dev.yaml")
    trial = Trial(folder)
    for block in blocks(page):
        match block.language:
            case "yaml":
                trial.write_in(block.text)
            case "sh":
                trial.printed = ""
                for line in block.text.splitlines():
                    trial.run(line)
            case "text":
                trial.compare(block.text, block.line)
    return trial


def on_the_day():
    """The clock of every command stands at the day of the goldens."""
    for name in main.list_commands(None):
        main.get_command(None, name)
    modules = [
        m for n, m in sys.modules.items() if n.startswith("segfw.cli.") and hasattr(m, "today")
    ]
    return [patch.object(module, "today", lambda: TODAY) for module in modules]
